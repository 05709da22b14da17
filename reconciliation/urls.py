"""The addresses of the reconciliation app, stage by stage in the order of the street."""

from django.urls import path

from reconciliation.views import (
    aliases,
    demo,
    entries,
    groups,
    ingestion,
    jobs,
    layouts,
    matching,
    overview,
    reporting,
    suggestions,
    trials,
    workbench,
)

app_name = "reconciliation"

ROOT = "projects/<uuid:project_id>/"
INGESTION = f"{ROOT}ingestion/"
FILE = f"{INGESTION}<uuid:file_id>/"
MATCHING = f"{ROOT}matching/"
RUN = f"{MATCHING}runs/<uuid:run_id>/"
TRIAL = f"{MATCHING}trials/<uuid:trial_id>/"
REVIEW = f"{ROOT}review/"
GROUP = f"{REVIEW}groups/<uuid:group_id>/"
ENTRY = f"{REVIEW}adjustments/<uuid:entry_id>/"
SUGGESTION = f"{REVIEW}suggestions/<uuid:suggestion_id>/"
REPORTING = f"{ROOT}reporting/"
ALIASES = f"{ROOT}settings/aliases/"
LAYOUTS = f"{ROOT}settings/layouts/"
LAYOUT = f"{LAYOUTS}<uuid:layout_id>/"
JOB = "jobs/<uuid:job_id>/"

urlpatterns = [
    # overview
    path("projects/", overview.project_list, name="project_list"),
    path("projects/new/", overview.project_new, name="project_new"),
    path("projects/demo/", demo.demo_start, name="demo_start"),
    *(
        path(f"projects/samples/{name}", demo.sample_file, {"name": name}, name="sample_file")
        for name in demo.SAMPLE_NAMES
    ),
    path(ROOT, overview.dashboard, name="dashboard"),
    path(f"{ROOT}opening/", overview.opening_balances, name="opening_balances"),
    # ingestion
    path(INGESTION, ingestion.ingestion, name="ingestion"),
    path(FILE, ingestion.source_file, name="source_file"),
    path(f"{FILE}answers/", ingestion.file_answers, name="file_answers"),
    path(f"{FILE}layout/", ingestion.file_layout, name="file_layout"),
    path(f"{FILE}again/", ingestion.file_again, name="file_again"),
    path(f"{FILE}import/", ingestion.file_import, name="file_import"),
    path(f"{FILE}cancel/", ingestion.file_cancel, name="file_cancel"),
    path(f"{FILE}undo/", ingestion.file_undo, name="file_undo"),
    *(
        path(f"{FILE}{kind}.csv", ingestion.file_list, {"kind": kind}, name=f"file_{kind}")
        for kind in ("errors", "skipped", "repeats")
    ),
    path(LAYOUTS, layouts.layout_list, name="layouts"),
    path(f"{LAYOUTS}layouts.json", layouts.layouts_json, name="layouts_json"),
    path(f"{LAYOUT}layout.json", layouts.layout_json, name="layout_json"),
    path(f"{LAYOUT}delete/", layouts.layout_delete, name="layout_delete"),
    # matching
    path(MATCHING, matching.matching, name="matching"),
    path(f"{MATCHING}ruleset.json", matching.ruleset_json, name="ruleset_json"),
    path(f"{MATCHING}run/", matching.match_start, name="match_start"),
    path(f"{MATCHING}trust/", aliases.rule_trust, name="rule_trust"),
    path(ALIASES, aliases.aliases, name="aliases"),
    path(f"{ALIASES}aliases.json", aliases.aliases_json, name="aliases_json"),
    path(f"{ALIASES}remove/", aliases.aliases_remove, name="aliases_remove"),
    path(f"{ALIASES}copy/", aliases.aliases_copy, name="aliases_copy"),
    path(RUN, matching.match_run, name="match_run"),
    path(f"{RUN}undo/", matching.match_run_undo, name="match_run_undo"),
    path(f"{MATCHING}preview/", trials.match_preview, name="match_preview"),
    path(f"{MATCHING}estimate/", trials.match_estimate, name="match_estimate"),
    path(TRIAL, trials.match_trial, name="match_trial"),
    path(f"{TRIAL}apply/", trials.match_trial_apply, name="match_trial_apply"),
    # review
    path(REVIEW, workbench.review, name="review"),
    path(f"{REVIEW}match/", workbench.match, name="match"),
    path(f"{REVIEW}adjustments/", entries.entries_to_post, name="adjustments"),
    path(f"{ENTRY}settle/", entries.entry_settle, name="entry_settle"),
    path(f"{REVIEW}notes/", workbench.write_notes, name="notes"),
    path(f"{REVIEW}candidates/", workbench.line_candidates, name="candidates"),
    path(f"{REVIEW}groups/", groups.match_groups, name="match_groups"),
    path(GROUP, groups.match_group, name="match_group"),
    path(f"{GROUP}unmatch/", groups.unmatch, name="unmatch"),
    path(f"{REVIEW}suggestions/", suggestions.suggestion_queue, name="suggestions"),
    path(f"{REVIEW}suggestions/accept/", suggestions.suggestions_accept, name="suggestions_accept"),
    path(f"{SUGGESTION}accept/", suggestions.suggestion_accept, name="suggestion_accept"),
    path(f"{SUGGESTION}decline/", suggestions.suggestion_decline, name="suggestion_decline"),
    # reporting
    path(REPORTING, reporting.reporting, name="reporting"),
    path(f"{REPORTING}export/", reporting.reporting_export, name="reporting_export"),
    path(f"{REPORTING}workbook.xlsx", reporting.workbook, name="workbook"),
    path(
        f"{REPORTING}workbooks/<uuid:workbook_id>.xlsx",
        reporting.stored_workbook,
        name="stored_workbook",
    ),
    # background jobs
    path(JOB, jobs.job, name="job"),
    path(f"{JOB}cancel/", jobs.job_cancel, name="job_cancel"),
]

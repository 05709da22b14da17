"""The addresses of the reconciliation app, stage by stage in the order of the street."""

from django.urls import path

from reconciliation.views import jobs, matching, overview

app_name = "reconciliation"

ROOT = "projects/<uuid:project_id>/"
MATCHING = f"{ROOT}matching/"
RUN = f"{MATCHING}runs/<uuid:run_id>/"
JOB = "jobs/<uuid:job_id>/"

urlpatterns = [
    # overview
    path("projects/", overview.project_list, name="project_list"),
    path("projects/new/", overview.project_new, name="project_new"),
    path(ROOT, overview.dashboard, name="dashboard"),
    # matching
    path(MATCHING, matching.matching, name="matching"),
    path(f"{MATCHING}ruleset.json", matching.ruleset_json, name="ruleset_json"),
    path(f"{MATCHING}run/", matching.match_start, name="match_start"),
    path(RUN, matching.match_run, name="match_run"),
    path(f"{RUN}undo/", matching.match_run_undo, name="match_run_undo"),
    # background jobs
    path(JOB, jobs.job, name="job"),
    path(f"{JOB}cancel/", jobs.job_cancel, name="job_cancel"),
]

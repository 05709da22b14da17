"""A match run: read the open lines, let the engine propose, record what is sure. Door 5.

Law: the engine computes outside any transaction; what it decided is recorded in one short one, in
which the database refuses it where a line was taken meanwhile. Then the run starts over on the
books as they are. Nothing is recorded in part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from projects.models import Project
from reconciliation import entries, groups, jobs
from reconciliation.columns import LineColumns
from reconciliation.copying import refresh_statistics
from reconciliation.errors import AlreadyMatched, BooksMoved
from reconciliation.matching.engine import ENGINE_VERSION, propose_matches
from reconciliation.matching.open_reasons import (
    has_matched,
    last_bank_day,
    reason_counts,
    replace_diagnoses,
)
from reconciliation.matching.opposites import days_apart, opposite_count
from reconciliation.matching.proposals import Proposals
from reconciliation.matching.recording import groups_to_record, replace_suggestions
from reconciliation.matching.remembering import freeze_memory, remember_run
from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.runs import make_run
from reconciliation.matching.unchanged import stands_by_last
from reconciliation.models import MatchRun
from reconciliation.open_lines import earlier_lines, open_lines
from reconciliation.transactions import tried_again
from reconciliation.vocabulary import Side

Progress = Callable[[str, int, int], None]

#: How often a run starts over because lines were matched while it computed.
MOST_TRIES = 3
#: After a run over so many lines the planner is told what the tables hold: by statistics from
#: before it the queue of suggestions would be read for minutes.
MANY_LINES = 20_000
RECORDED = ("reconciliation_matchmember", "reconciliation_suggestion")


def execute_run(ticket: jobs.Ticket) -> dict[str, Any]:
    """Carry out the run a job is about; return the counts the job shows."""
    run = MatchRun.objects.select_related("project", "made_by").get(pk=ticket.subject)
    _propose_and_record(
        run,
        progress=lambda message, done, total: ticket.progress(done, total, message),
        fence=ticket.fence,
    )
    return {"run": str(run.pk)}


def run_matching(
    *, project: Project, actor: Any, ruleset: Ruleset, progress: Progress | None = None
) -> MatchRun:
    """Make a run and carry it out at once, without a background job; return it finished."""
    run = make_run(project=project, actor=actor, ruleset=ruleset)
    _propose_and_record(run, progress=progress or _silent, fence=lambda: None)
    run.refresh_from_db()
    return run


def _silent(message: str, done: int, total: int) -> None:
    """Tell nobody."""


def _propose_and_record(run: MatchRun, *, progress: Progress, fence: Callable[[], None]) -> None:
    ruleset = Ruleset.from_json(run.ruleset)
    memory = freeze_memory(run)
    if stands_by_last(run, engine_version=ENGINE_VERSION, fence=fence):
        return
    for _ in range(MOST_TRIES):
        progress("Reading open lines", 0, 0)
        postings = entries.certain_postings(run.project)
        bank = open_lines(run.project, Side.BANK).without(entries.lines_of(postings))
        ledger = open_lines(run.project, Side.LEDGER).without(entries.lines_of(postings))
        earlier = earlier_lines(run.project) if has_matched(run.project) else None
        proposals = propose_matches(
            bank, ledger, ruleset=ruleset, memory=memory, earlier=earlier, progress=progress,
            explain_open=True, last_bank_day=last_bank_day(run.project),
        )  # fmt: skip
        progress("Recording matches", 0, 0)
        try:
            _record(run, bank, ledger, proposals, postings, fence)
        except AlreadyMatched:
            continue
        if len(bank) + len(ledger) >= MANY_LINES:
            refresh_statistics(*RECORDED)
        return
    raise BooksMoved("Lines were matched by hand while the run computed. Please run it again.")


@tried_again
def _record(
    run: MatchRun,
    bank: LineColumns,
    ledger: LineColumns,
    proposals: Proposals,
    postings: Sequence[entries.Posted],
    fence: Callable[[], None],
) -> None:
    """Record matches, suggestions, diagnoses and the run's report in one transaction."""
    diagnoses = proposals.diagnosis
    assert diagnoses is not None, "a run asks for the diagnosis"
    with transaction.atomic():
        entries.settle_all(run, postings)
        groups.record_run(run=run, columns=groups_to_record(bank, ledger, proposals))
        replace_suggestions(run, proposals)
        replace_diagnoses(run.project, diagnoses, run)
        remember_run(run, proposals.taught)
        MatchRun.objects.filter(pk=run.pk).update(
            report={
                **proposals.report,
                "opposites": opposite_count(bank, ledger, proposals),
                "days_apart": days_apart(bank, ledger, proposals),
                "reasons": reason_counts(diagnoses, bank, ledger),
            },
            engine_version=ENGINE_VERSION,
            finished_at=Now(),
        )
        fence()

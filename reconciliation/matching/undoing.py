"""Undoing a run in the background: all of it or nothing, with progress, effective once."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from reconciliation import groups, jobs
from reconciliation.copying import refresh_statistics
from reconciliation.models import MatchRun
from reconciliation.transactions import tried_again

#: After undoing so many groups the planner is told what the tables hold.
MANY_GROUPS = 20_000
UNDONE = ("reconciliation_matchmember", "reconciliation_openitem")


def execute_undo(ticket: jobs.Ticket) -> dict[str, Any]:
    """Carry out the undoing a job is about; return the counts the job shows."""
    run = MatchRun.objects.select_related("project").get(pk=ticket.subject)
    ticket.progress(0, 0, "Unmatching")
    count = _undo(ticket, run)
    if count >= MANY_GROUPS:
        refresh_statistics(*UNDONE)
    return {"run": str(run.pk), "groups": count}


@tried_again
def _undo(ticket: jobs.Ticket, run: MatchRun) -> int:
    """Unmatch the run's groups and mark the job done, in one transaction."""
    with transaction.atomic():
        count = groups.reverse_run(
            project=run.project,
            actor=ticket.job.created_by,
            run=run,
            reason=ticket.job.asked["reason"],
            progress=lambda done, total: ticket.progress(done, total, "Unmatching"),
        )
        ticket.fence()
    return count

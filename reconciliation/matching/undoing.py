"""Undoing a run in the background."""

from __future__ import annotations

from typing import Any

from reconciliation import groups, jobs, undoing
from reconciliation.models import MatchRun


def execute_undo(ticket: jobs.Ticket) -> dict[str, Any]:
    """Carry out the undoing a job is about; return the counts the job shows."""
    run = MatchRun.objects.select_related("project").get(pk=ticket.subject)

    def undo(progress: undoing.Progress) -> int:
        return groups.reverse_run(
            project=run.project,
            actor=ticket.job.created_by,
            run=run,
            reason=ticket.job.asked["reason"],
            progress=progress,
        )

    return {"run": str(run.pk), "groups": undoing.carry_out(ticket, undo)}

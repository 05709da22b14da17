"""Undoing by a worker what is too large for a request: all of it or nothing, with progress,
effective once.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction

from projects.models import Project
from reconciliation import jobs
from reconciliation.copying import refresh_statistics
from reconciliation.errors import BeingRecorded
from reconciliation.models import Job
from reconciliation.transactions import tried_again
from reconciliation.vocabulary import JobKind

#: After undoing so many groups the planner is told what the tables hold.
MANY_GROUPS = 20_000
UNDONE = ("reconciliation_matchmember", "reconciliation_openitem")

#: Is told how much of the whole is undone.
Progress = Callable[[int, int], None]


def tell_nobody(done: int, total: int) -> None:
    """Be the progress of an undoing that nobody waits for."""


def refuse_twice(books: Project, kind: JobKind, refusal: str, **which: Any) -> None:
    """Raise BeingRecorded with these words where such an undoing is under way already."""
    if Job.objects.in_project(books).of(kind).filter(**which).under_way().exists():
        raise BeingRecorded(refusal)


def subjects_under_way(project: Project, kind: JobKind) -> set[uuid.UUID | None]:
    """Return what is being undone at this moment: the files (UNLOAD) or runs (UNDO)."""
    jobs_of_kind = Job.objects.in_project(project).of(kind).under_way()
    return set(jobs_of_kind.values_list("subject", flat=True))


def hand_over(
    books: Project, *, kind: JobKind, subject: uuid.UUID, actor: Any, reason: str
) -> None:
    """Hand an undoing to the workers; call inside ``open_books``."""
    asked = {"reason": reason}
    jobs.enqueue(kind=kind, project=books, subject=subject, created_by=actor, asked=asked)


def carry_out(ticket: jobs.Ticket, undo: Callable[[Progress], int]) -> int:
    """Carry out the undoing a job is about; return how many match groups it unmatched."""
    ticket.progress(0, 0, "Unmatching")
    count = _undo(ticket, undo)
    if count >= MANY_GROUPS:
        refresh_statistics(*UNDONE)
    return count


@tried_again
def _undo(ticket: jobs.Ticket, undo: Callable[[Progress], int]) -> int:
    """Undo and mark the job done, in one transaction."""
    with transaction.atomic():
        count = undo(lambda done, total: ticket.progress(done, total, "Unmatching"))
        ticket.fence()
    return count

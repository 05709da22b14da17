"""Undo: taking an imported file out of the books, and what that would reopen.

Law: nothing is deleted. The file is withdrawn, its lines and the match groups keep their history.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from projects import audit
from projects.models import Project
from reconciliation import groups, jobs, undoing
from reconciliation.errors import WrongState
from reconciliation.models import Line, MatchMember, SourceFile
from reconciliation.transactions import open_books, tried_again
from reconciliation.vocabulary import IMPORT_UNDONE, FileStatus, JobKind

#: How many matched lines are listed; all of their groups are counted.
LISTED = 20
#: The groups of this many matched lines are counted; of a file with more the rest are not.
MOST_COUNTED = 20_000
#: A file with more rows than this is taken out of the books by a worker.
MOST_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Reopened:
    """How many live groups would be unmatched, ``at_least`` where more lines are matched than are
    looked at; the first matched lines, with ``group_id``.
    """

    group_count: int
    at_least: bool
    first: list[Line]


def reopened_by_undo(source_file: SourceFile) -> Reopened:
    """Return what undoing the import would reopen."""
    if source_file.first_line_id is None:
        return Reopened(0, False, [])
    members = _members_touched(source_file).order_by("line_id")
    first = members.values_list("line_id", flat=True)[:LISTED]
    lines = Line.objects.in_project(source_file.project).with_ids(first).with_status()
    counted = list(members.values_list("group_id", flat=True)[: MOST_COUNTED + 1])
    count = groups.reversal_count(source_file.project, counted[:MOST_COUNTED])
    return Reopened(count, len(counted) > MOST_COUNTED, list(lines.order_by("id")))


@tried_again
def ask_to_undo(*, source_file: SourceFile, reason: str, by: Any) -> int | None:
    """Take the file's lines out of the books at once where they are few, and return how many match
    groups that reversed; else hand it to the workers and return None.

    Raises WrongState where the file is not in the books, BeingRecorded where the workers are taking
    it out already.
    """
    with open_books(source_file.project) as books:
        current = lock_file(source_file, (FileStatus.IMPORTED,))
        refusal = f"The import of “{current.name}” is being undone already."
        undoing.refuse_twice(books, JobKind.UNLOAD, refusal, subject=current.pk)
        if current.row_count <= MOST_AT_ONCE:
            return undo_import(source_file=source_file, reason=reason, by=by)
        undoing.hand_over(books, kind=JobKind.UNLOAD, subject=current.pk, actor=by, reason=reason)
    return None


def execute_undo(ticket: jobs.Ticket) -> dict[str, Any]:
    """Carry out the undoing a job is about; return the counts the job shows."""
    found = SourceFile.objects.select_related("project").get(pk=ticket.subject)
    reason, by = ticket.job.asked["reason"], ticket.job.created_by

    def undo(progress: undoing.Progress) -> int:
        return undo_import(source_file=found, reason=reason, by=by, progress=progress)

    return {"source_file": str(found.pk), "groups": undoing.carry_out(ticket, undo)}


@tried_again
def undo_import(
    *,
    source_file: SourceFile,
    reason: str,
    by: Any,
    progress: undoing.Progress = undoing.tell_nobody,
) -> int:
    """Take the file's lines out of the books, in one transaction; return how many match groups that
    reversed.

    ``progress`` is told how many of its rows are free. Raises WrongState where the file is not in
    the books.
    """
    with open_books(source_file.project) as books:
        current = lock_file(source_file, (FileStatus.IMPORTED,))
        reopened = _free_lines(books, current, by, f"{IMPORT_UNDONE}{reason}", progress)
        current.status, current.withdrawn_at = FileStatus.WITHDRAWN, Now()
        current.withdrawn_by, current.withdrawal_reason = by, reason
        current.save(update_fields=["status", "withdrawn_at", "withdrawn_by", "withdrawal_reason"])
        after = {"rows": current.row_count, "groups_reversed": reopened}
        record_event(books, by, "file.withdrawn", current, reason=reason, after=after)
    source_file.refresh_from_db()
    return reopened


def _free_lines(
    books: Project, current: SourceFile, by: Any, reason: str, progress: undoing.Progress
) -> int:
    """Reverse the groups of the file's lines, PIECE lines at a time; return how many there were."""
    first, last = current.first_line_id, current.last_line_id
    assert first is not None and last is not None
    reopened = 0
    for start in range(first, last + 1, groups.PIECE):
        end = min(start + groups.PIECE - 1, last)
        touched = _groups_touched(current).filter(line_id__range=(start, end))
        ids = touched.values_list("group_id", flat=True)
        reopened += groups.reverse_groups(project=books, actor=by, group_ids=ids, reason=reason)
        progress(end - first + 1, last - first + 1)
    return reopened


def _groups_touched(source_file: SourceFile) -> QuerySet[MatchMember, Any]:
    """Return the ids of the live groups with a member among the file's lines, each once."""
    return _members_touched(source_file).values("group_id").distinct()


def _members_touched(source_file: SourceFile) -> QuerySet[MatchMember]:
    """Return the live members that are lines of the file."""
    members = MatchMember.objects.filter(
        project_id=source_file.project_id,
        line_id__range=(source_file.first_line_id, source_file.last_line_id),
        side=source_file.side,
        released_at__isnull=True,
    )
    if not source_file.shares_ids():
        return members
    lines = Line.objects.filter(project=source_file.project_id, source_file=source_file)
    return members.filter(Exists(lines.filter(id=OuterRef("line_id"))))


def lock_file(source_file: SourceFile, states: tuple[FileStatus, ...]) -> SourceFile:
    """Return the file as it is now, locked; raises WrongState where its status is none of these."""
    current = SourceFile.objects.select_for_update().get(pk=source_file.pk)
    if current.status not in states:
        raise WrongState(f"“{current.name}” is {FileStatus(current.status).label.lower()}.")
    return current


def record_event(
    books: Project, by: Any, action: str, source_file: SourceFile, **details: Any
) -> None:
    """Write the audit event of a change to the file."""
    subject = f"source_file:{source_file.pk}"
    audit.record(project=books, actor=by, action=action, subject=subject, **details)

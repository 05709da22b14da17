"""Notes: what people write about breaks, one line or many at once, and who is to look at them.

Law: notes are added, never edited; writing them is a change of the books and audited.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from projects import audit
from projects.models import Project
from reconciliation.errors import NothingSelected, UnknownLines, WrongState
from reconciliation.models import BreakNote, Line
from reconciliation.review.selection import refuse_bad_ids
from reconciliation.transactions import open_books, tried_again


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be noted: a reason, a text and an assignee, each of which may be missing."""

    reason: str = ""
    note: str = ""
    assignee: Any = None


@tried_again
def write_notes(*, project: Project, actor: Any, line_ids: Sequence[int], remark: Remark) -> int:
    """Note the remark on each of the lines; return how many there are.

    Raises NothingSelected, UnknownLines, ProjectLocked, and WrongState for an empty remark.
    """
    if not line_ids:
        raise NothingSelected("Choose the lines the note is for.")
    if not (remark.reason or remark.note.strip() or remark.assignee):
        raise WrongState("Write a note, give a reason or name somebody.")
    refuse_bad_ids(line_ids)
    with open_books(project) as books:
        if Line.objects.in_project(books).with_ids(line_ids).count() < len(line_ids):
            raise UnknownLines("A chosen line is not in this project's books.")
        BreakNote.objects.bulk_create(
            BreakNote(
                project=books,
                line_id=line_id,
                reason=remark.reason,
                note=remark.note.strip(),
                assignee=remark.assignee,
                made_by=actor,
            )
            for line_id in line_ids
        )
        audit.record(
            project=books,
            actor=actor,
            action="note.written",
            subject=f"line:{line_ids[0]}",
            after={
                "lines": list(line_ids),
                "reason": remark.reason,
                "note": remark.note.strip(),
                "assignee": remark.assignee.get_username() if remark.assignee else "",
            },
        )
    return len(line_ids)


def newest_notes(project: Project, line_ids: Iterable[int]) -> dict[int, BreakNote]:
    """Return the newest note of each of the lines that has one."""
    notes = BreakNote.objects.in_project(project).filter(line_id__in=list(line_ids))
    newest = notes.newest_per_line().select_related("assignee", "made_by")
    return {note.line_id: note for note in newest}


def lines_of_assignee(project: Project, assignee_id: int) -> Any:
    """Return a query for the ids of the lines whose newest note names this member."""
    newest = BreakNote.objects.in_project(project).newest_per_line()
    noted = BreakNote.objects.filter(id__in=newest.values("id"), assignee_id=assignee_id)
    return noted.values("line_id")


def lines_noted_as(project: Project, reason: str) -> Any:
    """Return a query for the ids of the lines whose newest note gives this reason."""
    newest = BreakNote.objects.in_project(project).newest_per_line()
    return BreakNote.objects.filter(id__in=newest.values("id"), reason=reason).values("line_id")


def notes_of(project: Project, line: Line) -> list[BreakNote]:
    """Return the line's notes, newest first."""
    notes = BreakNote.objects.in_project(project).filter(line_id=line.id)
    return list(notes.select_related("assignee", "made_by"))

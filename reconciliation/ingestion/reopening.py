"""What undoing an import would reopen: counted, and the first lines to look at."""

from __future__ import annotations

from dataclasses import dataclass

from reconciliation.models import Line, MatchMember, SourceFile

#: How many matched lines are listed; all of their groups are counted.
LISTED = 20


@dataclass(frozen=True, slots=True)
class Reopened:
    """How many live groups hold lines of the file; its first matched lines, with ``group_id``."""

    group_count: int
    first: list[Line]


def reopened_by_undo(source_file: SourceFile) -> Reopened:
    """Return what would be open again if the file left the books."""
    if source_file.first_line_id is None:
        return Reopened(0, [])
    touched = MatchMember.objects.filter(
        project_id=source_file.project_id,
        line_id__range=(source_file.first_line_id, source_file.last_line_id),
        side=source_file.side,
        released_at__isnull=True,
    )
    first = touched.order_by("line_id").values_list("line_id", flat=True)[:LISTED]
    lines = Line.objects.in_project(source_file.project).with_ids(first).with_status()
    count = touched.values("group_id").distinct().count()
    return Reopened(count, list(lines.order_by("id")))

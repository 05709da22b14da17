"""What undoing an import would reopen: counted, and the first groups to look at."""

from __future__ import annotations

from dataclasses import dataclass

from reconciliation.models import MatchGroup, MatchMember, SourceFile

#: How many of the groups are listed; all of them are counted.
LISTED = 20


@dataclass(frozen=True, slots=True)
class Reopened:
    """The live match groups with a line of the file."""

    group_count: int
    first: list[MatchGroup]


def reopened_by_undo(source_file: SourceFile) -> Reopened:
    """Return how many live groups hold lines of the file, and the first of them."""
    if source_file.first_line_id is None:
        return Reopened(0, [])
    touched = MatchMember.objects.filter(
        project_id=source_file.project_id,
        line_id__range=(source_file.first_line_id, source_file.last_line_id),
        side=source_file.side,
        released_at__isnull=True,
    )
    ids = touched.values("group_id").distinct()
    first = list(ids.order_by("group_id").values_list("group_id", flat=True)[:LISTED])
    groups = MatchGroup.objects.in_project(source_file.project).filter(id__in=first)
    return Reopened(ids.count(), list(groups.order_by("id")))

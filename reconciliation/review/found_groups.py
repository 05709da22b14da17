"""Finding match groups: by what their lines say, by who made them, when, and how.

Law: reads only. A group fits where one of its lines fits all that is asked of a line. Few such
lines are looked up first and lead to their groups; where there are many, the newest groups are
looked through, and a page is soon full.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery

from projects.models import Project
from reconciliation.keyset import Cursor
from reconciliation.models import Line, MatchGroup, MatchMember, Recording, SearchBlock
from reconciliation.models.match import MatchGroupQuerySet
from reconciliation.review.words import ids_within, spans_of, with_words
from reconciliation.vocabulary import GroupStatus

#: So many lines are looked up before their groups are.
FEW_LINES = 10_000
#: Words that stand in no more search blocks than this are looked for in those alone.
FEW_BLOCKS = 3_000


@dataclass(frozen=True, slots=True)
class GroupFilter:
    """Which groups to show; an empty text, an empty tuple and None mean any.

    Of a line: ``words`` that all appear in its texts, ``amounts`` of which it has one, or bounds in
    minor units, the days it was booked on, its file and the ids between which that file's lines
    are. Of the group: who made it by which method, run and rule, and whether it is live.
    """

    words: tuple[str, ...] = ()
    amounts: tuple[int, ...] = ()
    lowest: int | None = None
    highest: int | None = None
    first_on: dt.date | None = None
    last_on: dt.date | None = None
    file_id: uuid.UUID | None = None
    line_ids: tuple[int, int] | None = None
    method: str = ""
    status: str = ""
    rule: str = ""
    maker_id: int | None = None
    run_id: uuid.UUID | None = None
    cursor: Cursor | None = None

    @property
    def asks_for_lines(self) -> bool:
        """Say whether anything is asked of the groups' lines."""
        bounds = (self.lowest, self.highest, self.first_on, self.last_on, self.line_ids)
        return bool(self.words or self.amounts) or any(bound is not None for bound in bounds)


def fitting_groups(project: Project, wanted: GroupFilter) -> MatchGroupQuerySet:
    """Return the project's groups that fit, in no order."""
    groups = MatchGroup.objects.in_project(project)
    makers = {"method": wanted.method, "made_by": wanted.maker_id, "run": wanted.run_id}
    asked = {name: value for name, value in makers.items() if value}
    if asked:
        recordings = Recording.objects.filter(project=project, **asked)
        groups = groups.filter(recording__in=recordings.values("pk"))
    if wanted.status:
        groups = groups.filter(reversed_at__isnull=wanted.status == GroupStatus.LIVE)
    if wanted.rule:
        groups = groups.filter(rule=wanted.rule)
    return _with_a_line(project, groups, wanted) if wanted.asks_for_lines else groups


def _with_a_line(project: Project, groups: Any, wanted: GroupFilter) -> Any:
    """Keep the groups one of whose lines fits."""
    lines = _fitting_lines(project, wanted)
    few = list(lines.values_list("id", flat=True)[: FEW_LINES + 1])
    if len(few) > FEW_LINES:
        mine = MatchMember.objects.filter(project=project, group_id=OuterRef(OuterRef("id")))
        # asked group by group: as EXISTS the planner would look at all of them at once
        first = lines.filter(id__in=mine.values("line_id")).values("id")[:1]
        return groups.alias(fitting_line=Subquery(first)).filter(fitting_line__isnull=False)
    members = MatchMember.objects.filter(project=project, line_id__in=few)
    found: set[uuid.UUID] = set()
    for is_live in (True, False):  # an index each
        of_them = members.filter(released_at__isnull=is_live)
        found.update(of_them.values_list("group_id", flat=True))
    return groups.filter(id__in=found)


def _fitting_lines(project: Project, wanted: GroupFilter) -> Any:
    """Return the lines of the project, matched or not, that fit."""
    bounds = {
        "amount_minor__gte": wanted.lowest,
        "amount_minor__lte": wanted.highest,
        "amount_minor__in": wanted.amounts or None,
        "booked_on__gte": wanted.first_on,
        "booked_on__lte": wanted.last_on,
        "id__range": wanted.line_ids,
        # files that come in at the same time have ids between each other's
        "source_file": wanted.file_id,
    }
    asked = {name: bound for name, bound in bounds.items() if bound is not None}
    lines = Line.objects.in_project(project).filter(**asked)
    if not wanted.words:
        return lines
    blocks = SearchBlock.objects.in_project(project)
    spans = spans_of(blocks, wanted.words, most=FEW_BLOCKS)
    if spans is not None:
        lines = lines.filter(id__in=ids_within(spans))
    return with_words(lines, wanted.words)

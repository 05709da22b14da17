"""Breaks, door 6: the open lines of one side, filtered, sorted and paged on the server.

Law: reads only, from the open items the database keeps; a page costs the
same few queries whatever its filter.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from projects.models import Project
from reconciliation.diagnoses import because, diagnoses_of
from reconciliation.keyset import Cursor, Page, page_of
from reconciliation.matching.open_sentences import OpenReason
from reconciliation.models import BookTotal, BreakNote, Line, OpenItem, SearchBlock
from reconciliation.review.notes import lines_noted_as, lines_of_assignee, newest_notes
from reconciliation.review.words import Spans, ids_within, spans_of, with_words
from reconciliation.vocabulary import LineStatus, Side

PAGE_LENGTH = 50

#: Words that stand in no more search blocks than this are looked for in those alone.
FEW_BLOCKS = 500

#: The columns a list can be sorted by, each with the line id as tie-breaker.
SORT_FIELDS = {"date": "booked_on", "amount": "amount_minor"}


@dataclass(frozen=True, slots=True)
class BreakFilter:
    """Which breaks to show and in which order; amounts in minor units, bounds inclusive.

    ``words`` must all appear in the line's texts, in any case. ``amounts`` lists exact amounts
    (none = any). ``ages`` are the least and the most days, ``line_ids`` the first and the last id
    of one file, ``file_id`` that file where others have ids in between, ``reason`` why they are
    open, ``assignee_id`` whose they are. ``sort`` is ``date`` or ``amount``, with a minus for
    descending. ``spans`` are the blocks that hold the words, None where these are many; they mean
    that only where ``with_spans`` has looked them up (``is_looked_up``).
    """

    words: tuple[str, ...] = ()
    spans: Spans | None = None
    is_looked_up: bool = False
    amounts: tuple[int, ...] = ()
    lowest: int | None = None
    highest: int | None = None
    first_on: dt.date | None = None
    last_on: dt.date | None = None
    ages: tuple[int, int | None] | None = None
    line_ids: tuple[int, int] | None = None
    file_id: uuid.UUID | None = None
    reason: str = ""
    assignee_id: int | None = None
    sort: str = "date"
    cursor: Cursor | None = None

    @property
    def narrows(self) -> bool:
        """Say whether some open lines may be hidden."""
        bounds = (self.lowest, self.highest, self.first_on, self.last_on)
        rare = (self.ages, self.line_ids, self.assignee_id)
        return bool(self.words or self.amounts or self.reason) or any(
            bound is not None for bound in (*bounds, *rare)
        )

    @property
    def is_pasted(self) -> bool:
        """Say whether several amounts were asked for at once."""
        return len(self.amounts) > 1


@dataclass(frozen=True, slots=True)
class OpenTotal:
    """How many lines of a side are open and what they add up to, in minor units.

    ``is_more``: there are more than ``line_count``, and nobody added them up.
    """

    line_count: int = 0
    total_minor: int = 0
    is_more: bool = False


@dataclass(frozen=True, slots=True)
class BreakRow:
    """An open line as a list shows it."""

    line: Line
    age_days: int
    note: BreakNote | None = None
    why: OpenReason | None = None
    is_other_year: bool = False


def open_totals(project: Project) -> dict[Side, OpenTotal]:
    """Return count and total of the open lines of both sides."""
    totals = {side: OpenTotal() for side in Side}
    for row in BookTotal.objects.filter(project=project, status=LineStatus.OPEN):
        totals[Side(row.side)] = OpenTotal(row.line_count, int(row.total_minor))
    return totals


def with_spans(project: Project, side: Side, wanted: BreakFilter) -> BreakFilter:
    """Return the filter with the blocks that hold its words, looked up for all lists of a page."""
    if not wanted.words or wanted.is_looked_up:
        return wanted
    blocks = SearchBlock.objects.in_project(project).on(side)
    spans = spans_of(blocks, wanted.words, most=FEW_BLOCKS)
    return replace(wanted, spans=spans, is_looked_up=True)


def break_page(
    project: Project, side: Side, wanted: BreakFilter, *, until: dt.date, length: int = PAGE_LENGTH
) -> Page:
    """Return one page of the side's breaks as BreakRows; ages count to ``until``."""
    field = SORT_FIELDS[wanted.sort.removeprefix("-")]
    chosen = _in_order(fitting(project, side, wanted, until=until), field, wanted)[: length + 1]
    page = page_of(
        list(chosen.values_list(field, "line_id")),
        length=length,
        cursor=wanted.cursor,
        place=_place,
    )
    rows = rows_of(project, [line_id for _, line_id in page.rows], until=until)
    return replace(page, rows=rows)


def rows_of(project: Project, line_ids: Iterable[int], *, until: dt.date) -> list[BreakRow]:
    """Return the lines with these ids as BreakRows, in the order of the ids; ages count to
    ``until``.
    """
    ids = list(line_ids)
    lines = Line.objects.in_project(project).with_ids(ids).select_related("source_file")
    by_id = {line.id: line for line in lines}
    notes, reasons = newest_notes(project, ids), diagnoses_of(project, ids)
    return [
        BreakRow(
            line=by_id[i],
            age_days=(until - by_id[i].booked_on).days,
            note=notes.get(i),
            why=reasons.get(i),
            is_other_year=by_id[i].booked_on.year != until.year,
        )
        for i in ids
    ]


def fitting(project: Project, side: Side, wanted: BreakFilter, *, until: dt.date) -> Any:
    """Return the open items of the side that fit the filter, in no order; ages count to
    ``until``.
    """
    items = OpenItem.objects.in_project(project).on(side)
    bounds = {
        "amount_minor__gte": wanted.lowest,
        "amount_minor__lte": wanted.highest,
        "booked_on__gte": wanted.first_on,
        "booked_on__lte": wanted.last_on,
        "amount_minor__in": wanted.amounts or None,
        "line_id__range": wanted.line_ids,
    }
    items = items.filter(**{name: bound for name, bound in bounds.items() if bound is not None})
    if wanted.words:
        named = Line.objects.filter(project=project, id=OuterRef("line_id"))
        spans = with_spans(project, side, wanted).spans
        items = items if spans is None else items.filter(line_id__in=ids_within(spans))
        items = items.filter(Exists(with_words(named, wanted.words)))
    if wanted.file_id is not None:
        of_file = Line.objects.filter(project=project, source_file=wanted.file_id)
        items = items.filter(Exists(of_file.filter(id=OuterRef("line_id"))))
    if wanted.ages is not None:
        items = items.filter(**_days_of(wanted.ages, until))
    if wanted.reason:
        items = _because(project, items, wanted.reason)
    if wanted.assignee_id is not None:
        items = items.filter(line_id__in=lines_of_assignee(project, wanted.assignee_id))
    return items


def _because(project: Project, items: Any, reason: str) -> Any:
    """Keep the items that are open for the reason: as the latest run saw it, or as noted."""
    noted = lines_noted_as(project, reason)
    found = because(items, reason)
    if not noted.exists():
        return found
    return items.filter(Q(line_id__in=found.values("line_id")) | Q(line_id__in=noted))


def _days_of(ages: tuple[int, int | None], until: dt.date) -> dict[str, dt.date]:
    """Return the bounds of the days on which lines of these ages were booked."""
    least, most = ages
    days = {"booked_on__lte": until - dt.timedelta(days=least)} if least else {}
    if most is not None:
        days["booked_on__gte"] = until - dt.timedelta(days=most)
    return days


def _in_order(items: Any, field: str, wanted: BreakFilter) -> Any:
    """Sort the items and keep those beyond the cursor, in the direction of reading."""
    descending = wanted.sort.startswith("-")
    cursor = wanted.cursor
    if cursor is not None:
        place = (_key_of(field, cursor.key), int(cursor.tie))
        rising = descending == cursor.is_backward
        beyond = TupleGreaterThan if rising else TupleLessThan
        items = items.filter(beyond(Tuple(F(field), F("line_id")), place))
        descending = descending != cursor.is_backward
    sign = "-" if descending else ""
    return items.order_by(f"{sign}{field}", f"{sign}line_id")


def _key_of(field: str, text: str) -> Any:
    return dt.date.fromisoformat(text) if field == "booked_on" else int(text)


def _place(row: tuple[Any, int]) -> tuple[Any, int]:
    return row

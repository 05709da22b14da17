"""Candidates: the open lines of the other side that may belong to a line, best first, with reasons.

Law: reads only, a fixed number of queries and of lines looked at, whatever the size of the books.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from projects.models import Project
from reconciliation.models import Line, OpenItem
from reconciliation.money import MAX_AMOUNT_MINOR
from reconciliation.review.ranking import Candidate, Texts, rank
from reconciliation.review.sums import MOST_LINES, Sums, find_sums
from reconciliation.vocabulary import Side

#: How many lines of each kind are looked at, and how many are offered.
EQUAL_AMOUNTS, NEAR_AMOUNTS, NEAR_DATES = 100, 25, 50
MOST_OFFERED = 12


@dataclass(frozen=True, slots=True)
class SumRows:
    """Groups of lines that add up to a line, and what the search can say about them."""

    sums: Sums
    groups: list[list[Line]]


def find_line(project: Project, line_id: int) -> Line | None:
    """Return the project's line, or None where it has none with this id."""
    lines = Line.objects.in_project(project).select_related("source_file")
    return lines.filter(id=line_id).first()


def candidates_for(project: Project, line: Line, *, most: int = MOST_OFFERED) -> list[Candidate]:
    """Return the likeliest partners of the line on the other side, best first."""
    items = OpenItem.objects.in_project(project).on(Side(line.side).other)
    ids = {i for query in _neighbourhoods(items, line) for i in query}
    found = Line.objects.in_project(project).with_ids(ids).select_related("source_file")
    return rank(texts_of(line), [(texts_of(one), one) for one in found], most=most)


def sums_for(project: Project, line: Line) -> SumRows:
    """Return the groups of open lines near in date on the other side that add up to the line."""
    items = OpenItem.objects.in_project(project).on(Side(line.side).other)
    smaller = items.filter(**_smaller_than(line.amount_minor))
    later = smaller.filter(booked_on__gte=line.booked_on).order_by("booked_on", "line_id")
    earlier = smaller.filter(booked_on__lt=line.booked_on).order_by("-booked_on", "-line_id")
    half = MOST_LINES // 2
    near = [
        pair
        for query in (later[: half + 1], earlier[: half + 1])
        for pair in query.values_list("line_id", "amount_minor")
    ]
    sums = find_sums(line.amount_minor, near)
    ids = {i for answer in sums.answers for i in answer}
    lines = {one.id: one for one in Line.objects.in_project(project).with_ids(ids)}
    return SumRows(sums, [[lines[i] for i in answer] for answer in sums.answers])


def texts_of(line: Line) -> Texts:
    """Return what ranking compares of a line."""
    return Texts(
        amount_minor=line.amount_minor,
        booked_on=line.booked_on,
        text=f"{line.reference} {line.description} {line.counterparty}",
        line_id=line.id,
        is_bank=line.side == Side.BANK,
    )


def _neighbourhoods(items: Any, line: Line) -> list[Any]:
    """Return queries for line ids: equal amounts, the next amounts up and down, the same days."""
    amount, day = line.amount_minor, line.booked_on
    week = dt.timedelta(days=7)
    equal = items.filter(amount_minor=amount)
    queries = [
        equal.filter(booked_on__gte=day).order_by("booked_on", "line_id")[:EQUAL_AMOUNTS],
        equal.filter(booked_on__lt=day).order_by("-booked_on", "line_id")[:EQUAL_AMOUNTS],
        items.filter(amount_minor__gt=amount).order_by("amount_minor", "line_id")[:NEAR_AMOUNTS],
        items.filter(amount_minor__lt=amount).order_by("-amount_minor", "-line_id")[:NEAR_AMOUNTS],
        items.filter(amount_minor__in=_slips(amount)).order_by("line_id")[:NEAR_AMOUNTS],
        items.filter(booked_on__gte=day, booked_on__lte=day + week).order_by(
            "booked_on", "line_id"
        )[:NEAR_DATES],
        items.filter(booked_on__lt=day, booked_on__gte=day - week).order_by(
            "-booked_on", "-line_id"
        )[:NEAR_DATES],
    ]
    return [query.values_list("line_id", flat=True) for query in queries]


def _slips(amount: int) -> list[int]:
    """Return the amounts that a wrong sign or a moved decimal point makes of this one."""
    slips = [-amount, amount * 10, amount * 100]
    slips += [amount // factor for factor in (10, 100) if amount % factor == 0]
    return [slip for slip in slips if abs(slip) <= MAX_AMOUNT_MINOR]


def _smaller_than(amount: int) -> dict[str, int]:
    """Return the bounds of the amounts of the same sign that can be a part of this one."""
    if amount > 0:
        return {"amount_minor__gt": 0, "amount_minor__lt": amount}
    return {"amount_minor__lt": 0, "amount_minor__gt": amount}

"""Candidates: the open lines of the other side that may belong to a line, best first, with reasons.

Law: reads only, a fixed number of queries and of lines looked at, whatever the size of the books.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from projects.models import Project
from reconciliation.models import Line, OpenItem
from reconciliation.money import MAX_AMOUNT_MINOR
from reconciliation.review.ranking import Candidate, Texts, rank
from reconciliation.vocabulary import Side

#: How many lines of each kind are looked at, and how many are offered.
EQUAL_AMOUNTS, NEAR_AMOUNTS, NEAR_DATES = 100, 25, 50
MOST_OFFERED = 12


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


def texts_of(line: Line) -> Texts:
    """Return what ranking compares of a line."""
    return Texts(
        amount_minor=line.amount_minor,
        booked_on=line.booked_on,
        text=f"{line.reference} {line.description} {line.counterparty}",
        line_id=line.id,
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

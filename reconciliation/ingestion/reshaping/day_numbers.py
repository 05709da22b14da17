"""Day numbers: Excel's count of days in the first rows of a table that names no column.

Law: asked always, for numbers of cheques and vouchers look the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from reconciliation.ingestion.cells import is_data_row, is_filled, is_number
from reconciliation.ingestion.dates import date_of_number
from reconciliation.ingestion.reading import Answer, Evidence, Question
from reconciliation.ingestion.reshaping.steps import (
    Found,
    Stream,
    cell_at,
    whole_number,
    with_cells,
)

#: 1 January 2000 and 2070, and the days that a file covers at most.
_FIRST, _LAST, _SPAN = 36_526, 62_093, 800
_LEAST = 4


def find(rows: Sequence[Sequence[Any]], options: Mapping[str, str]) -> Found | None:
    """Return the step where a column without a name holds numbers that may be days."""
    if any(map(is_data_row, rows)):
        return None
    filled = [row for row in rows if sum(map(is_filled, row)) > 1]
    for column in range(min(map(len, filled), default=0) if len(filled) >= _LEAST else 0):
        days = [_day(cell_at(row, column)) for row in filled]
        known = [day for day in days if day is not None]
        if (
            len(known) == len(days)
            and _run_like_days(known)
            and _are_beside_amounts(filled, column)
        ):
            return _found(column, known[0], options)
    return None


def _day(cell: Any) -> int | None:
    number = whole_number(cell)
    return number if number is not None and _FIRST <= number < _LAST else None


def _run_like_days(days: Sequence[int]) -> bool:
    """Tell days that run one way, with a gap or a day that comes twice, from a count."""
    steps = {b - a for a, b in pairwise(days)}
    one_way = min(steps) >= 0 or max(steps) <= 0
    return one_way and max(days) - min(days) <= _SPAN and len(steps - {1, -1}) > 0 and any(steps)


def _are_beside_amounts(rows: Sequence[Sequence[Any]], column: int) -> bool:
    return all(any(is_number(c) for i, c in enumerate(row) if i != column) for row in rows)


def _found(column: int, first: int, options: Mapping[str, str]) -> Found:
    day = date_of_number(first)
    answer = Answer(f"date={column + 1}", f"Yes: {first} = {day:%-d %B %Y}")
    text = f"Is {first} in column {column + 1} a day, counted as Excel does? No column has dates."
    questions = () if "date" in options else (Question("date", text, (answer,)),)
    evidence = Evidence("dates", "Excel day numbers", f"{first} is {day:%-d %B %Y}")
    return Found(f"daynumbers {column}", evidence, questions)


def with_dates(rows: Stream, arguments: str) -> Stream:
    """Yield the records with the day in the place of its number."""
    column = int(arguments)
    for row, line in rows:
        number = _day(cell_at(row, column))
        if number is not None:
            row = with_cells(row, {column: date_of_number(number).isoformat()})
        yield row, line

"""Date parts: year, month and day in columns of their own, made into one date.

Named by their header, or told by three neighbours of which every row makes a date; a year or month
printed once holds for the rows below it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from reconciliation.ingestion.cells import as_text, is_data_row, is_filled, is_number
from reconciliation.ingestion.months import ENGLISH, month_of
from reconciliation.ingestion.reading import Evidence
from reconciliation.ingestion.reshaping.steps import (
    Found,
    OneWay,
    Stream,
    cell_at,
    numbers_of,
    whole_number,
    with_cells,
)
from reconciliation.ingestion.words import DAYS, MONTHS, YEARS, clean_header

#: Records in which the header is looked for, and rows that must agree where no header names them.
_HEAD, _LEAST = 60, 5


def find(rows: Sequence[Sequence[Any]], options: Mapping[str, str]) -> Found | None:
    """Return the step where year, month and day stand in columns of their own."""
    del options
    if any(map(is_data_row, rows[:_HEAD])):
        return None
    columns = _named(rows) or _unnamed(rows)
    if not columns:
        return None
    places = ", ".join(str(c + 1) for c in columns)
    why = "the parts of the date stand in columns of their own"
    evidence = Evidence("dates", f"put together from columns {places}", why)
    return Found(f"parts {'-'.join(map(str, columns))}", evidence)


def _named(rows: Sequence[Sequence[Any]]) -> tuple[int, ...]:
    """Return the columns of year, month and day that a header names, () for none."""
    for i, row in enumerate(rows[:_HEAD]):
        names = [clean_header(as_text(cell)) for cell in row]
        found = [
            next((c for c, name in enumerate(names) if name in words), -1)
            for words in (YEARS, MONTHS, DAYS)
        ]
        if min(found[1:]) < 0:
            continue
        if found[0] < 0:
            return _without_year(rows[i + 1 :], found[1], found[2])
        below = [r for r in rows[i + 1 :] if any(is_filled(cell_at(r, c)) for c in found)]
        dated = [r for r in below if whole_number(cell_at(r, found[2])) is not None]
        year, month = found[:2]
        starts = dated and _month(cell_at(dated[0], month)) and _year(cell_at(dated[0], year))
        return tuple(found) if len(dated) >= 2 and starts else ()
    return ()


def _without_year(rows: Sequence[Sequence[Any]], month: int, day: int) -> tuple[int, ...]:
    """Return the columns of month and day where every row that has both makes a day of a year."""
    parts = [(_month(cell_at(r, month)), whole_number(cell_at(r, day))) for r in rows]
    filled = [part for part in parts if part[1] is not None]
    fits = [_is_date(2024, part[0], part[1]) for part in filled]
    return (month, day) if len(fits) >= 2 and all(fits) else ()


def _unnamed(rows: Sequence[Sequence[Any]]) -> tuple[int, ...]:
    """Return three neighbouring columns that make a date in every row of a table without a header
    (or under nameless columns), year first or last; () for none.
    """
    booked = [row for row in rows if sum(is_filled(c) and is_number(c) for c in row) >= 4]
    if len(booked) < _LEAST:
        return ()
    for at in range(min(map(len, booked)) - 2):
        parts = [tuple(whole_number(c) for c in row[at : at + 3]) for row in booked]
        if all(_is_date(*p) for p in parts) and len({p[2] for p in parts}) > 1:
            return (at, at + 1, at + 2)
    return ()


def _is_date(year: int | None, month: int | None, day: int | None) -> bool:
    try:
        return 1990 <= (year or 0) <= 2100 and bool(dt.date(year or 0, month or 0, day or 0))
    except ValueError:
        return False


def _year(cell: Any) -> int:
    """Return the year of two or four digits, one of the Buddhist calendar as ours; 0 for none."""
    number = whole_number(cell)
    if number is None:
        return 0
    if 2540 <= number <= 2600:
        return number - 543
    return number + 2000 if number < 70 else number if 1900 <= number < 2200 else 0


def _month(cell: Any) -> int:
    """Return the month of a number or a name, 0 for none."""
    number = whole_number(cell)
    if number is not None:
        return number if 1 <= number <= 12 else 0
    return month_of(as_text(cell).strip())


def with_dates(rows: Stream, arguments: str) -> Stream:
    """Yield the records with the date in the place of the year; year and month hold downwards."""
    columns = numbers_of(arguments)
    if len(columns) == 2:
        yield from _days_of_a_year(rows, *columns)
        return
    year, month, months, days = 0, 0, OneWay(), OneWay()
    for row, line in rows:
        cells = [cell_at(row, c) for c in columns]
        months = OneWay() if _year(cells[0]) else months
        days = OneWay() if _month(cells[1]) else days
        year, month = _year(cells[0]) or year, _month(cells[1]) or month
        day = whole_number(cells[2])
        if day is None or not year or not month or _is_wrong(cells):
            yield row, line
            continue
        if not (months.goes_on(month) and days.goes_on(day)):
            yield row, line
            continue
        text = f"{year}-{month:02d}-{day:02d}"
        yield with_cells(row, dict(zip(columns, (text, "", ""), strict=True))), line


def _days_of_a_year(rows: Stream, month: int, day: int) -> Stream:
    """Yield the records with day and month, without a year, in the place of the month."""
    for row, line in rows:
        parts = _month(cell_at(row, month)), whole_number(cell_at(row, day))
        if _is_date(2024, *parts):
            row = with_cells(row, {month: f"{parts[1]} {ENGLISH[parts[0] - 1]}", day: ""})
        elif clean_header(as_text(cell_at(row, month))) in MONTHS:
            row = with_cells(row, {month: "Date", day: ""})
        yield row, line


def _is_wrong(cells: Sequence[Any]) -> bool:
    """Tell a record whose year or month is filled and is none."""
    year, month = cells[:2]
    return bool((is_filled(year) and not _year(year)) or (is_filled(month) and not _month(month)))

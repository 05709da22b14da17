"""Date headings: days that stand in rows of their own above their bookings, and months above days.

Law: rows that name a total are given no date; where there is one heading only it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from reconciliation.ingestion.cells import as_text, is_data_row, is_date, is_filled, is_number
from reconciliation.ingestion.months import month_of
from reconciliation.ingestion.reading import Answer, Evidence, Question
from reconciliation.ingestion.reshaping.steps import (
    Found,
    OneWay,
    Stream,
    cell_at,
    whole_number,
    width_of,
    with_cells,
)
from reconciliation.ingestion.words import (
    BALANCE_ROW,
    DAYS,
    TOTAL_WORDS,
    clean_header,
    roles_of_header,
)

_WORD = re.compile(r"[^\W\d_]{2}")
_MONTH = re.compile(r"(?:.*?\W)?([^\W\d_]{3,12})\.?[ ,/-]+(?:de )?((?:19|20)\d\d)\W*")
_NUMERIC_MONTH = re.compile(
    r"(0?[1-9]|1[0-2])[./-]((?:19|20)\d\d)|((?:19|20)\d\d)[./-](0[1-9]|1[0-2])"
)
_DAY_AND_MONTH = re.compile(r"(\d{1,2})([./-])(\d{1,2})[./-]?")
_LEAST = 2


def find(rows: Sequence[Sequence[Any]], options: Mapping[str, str]) -> Found | None:
    """Return the step where days or months stand in rows of their own."""
    if any(map(is_data_row, rows)):
        return None
    return _find_days(rows, options) or _find_months(rows) or _find_years(rows)


def _find_days(rows: Sequence[Sequence[Any]], options: Mapping[str, str]) -> Found | None:
    headed = [i for i, row in enumerate(rows) if _day_heading(row)]
    booked = [i for i, row in enumerate(rows) if _is_booking(row)]
    if not headed or len(booked) < _LEAST or booked[0] < headed[0]:
        return None
    used = [a for a, b in pairwise([*headed, len(rows)]) if any(a < i < b for i in booked)]
    shown = as_text(_only(rows[headed[0]])).strip()
    questions: tuple[Question, ...] = ()
    if len(used) < _LEAST and options.get("dates") != "above":
        text = f"The only date is “{shown}” in line {headed[0] + 1}. Are all rows of that day?"
        answer = Answer("dates=above", f"Yes, all rows are of {shown}")
        questions = (Question("headed", text, (answer,)),)
    elif (text := _text_of_all_days(rows, headed)) and options.get("dates") != "above":
        answer = Answer("dates=above", "Yes, all of them are bookings", (text,))
        said = f"Every day has one row “{text}” at the same place. Are these bookings, no balances?"
        questions = (Question("headed", said, (answer,)),)
    why = f"days such as “{shown}” stand in rows of their own above their bookings"
    evidence = Evidence("dates", "taken from the headings", why)
    return Found(f"days {width_of(rows)}", evidence, questions)


def _text_of_all_days(rows: Sequence[Sequence[Any]], headed: Sequence[int]) -> str:
    """Return the text that begins, or ends, every day of two rows and more and stands nowhere else,
    as that of a day's balance does; "" for none.
    """
    parts = [rows[a + 1 : b] for a, b in pairwise([*headed, len(rows)])]
    days = [[_text(row) for row in part if _is_booking(row)] for part in parts]
    longer = [texts for texts in days if len(texts) > 1]
    for at in (-1, 0) if len(longer) >= _LEAST else ():
        text = longer[0][at]
        if all(d[at] == text for d in longer) and all(d.count(text) == 1 for d in longer):
            return text
    return ""


def _text(row: Sequence[Any]) -> str:
    return " ".join(as_text(c).strip() for c in row if is_filled(c) and not is_number(c))


def _only(row: Sequence[Any]) -> Any:
    """Return the only filled cell of a record, "" where there are more or none."""
    filled = [cell for cell in row if is_filled(cell)]
    return filled[0] if len(filled) == 1 else ""


def _day_heading(row: Sequence[Any]) -> bool:
    cell = _only(row)
    return is_filled(cell) and is_date(cell)


def _is_booking(row: Sequence[Any]) -> bool:
    """Tell a record with a text and a figure that names no total."""
    filled = [cell for cell in row if is_filled(cell)]
    texts = [as_text(cell).strip() for cell in filled if not is_number(cell)]
    if len(texts) == len(filled) or not any(_WORD.search(text) for text in texts):
        return False
    return not any(TOTAL_WORDS.search(text) or BALANCE_ROW.fullmatch(text) for text in texts)


def with_days(rows: Stream, arguments: str) -> Stream:
    """Yield the bookings with the day of the heading above them in a cell of their own; the
    headings go into their rows.
    """
    place, day = int(arguments), ""
    for row, line in rows:
        if _day_heading(row):
            day = _only(row)
        elif is_filled(day) and _is_booking(row):
            yield with_cells(row, {place: day}), line
        else:
            yield row, line


def _find_months(rows: Sequence[Sequence[Any]]) -> Found | None:
    """Return the step for days as numbers under a month's heading, or under one title."""
    headed = [i for i, row in enumerate(rows) if _month_heading(row)]
    column = _day_column(rows, headed[0] if headed else 0)
    if not headed or column is None:
        return None
    days: list[tuple[int, int]] = []
    for a, b in pairwise([*headed, len(rows)]):
        inside = [whole_number(cell_at(r, column)) for r in rows[a:b] if _is_booking(r)]
        found = [day for day in inside if day is not None]
        if any(y < x for x, y in pairwise(found)) and any(y > x for x, y in pairwise(found)):
            return None  # the days jump back: another month may have begun without a heading
        days += [(a, day) for day in found]
    if len(days) < _LEAST:
        return None
    shown = as_text(_only(rows[headed[0]])).strip()
    why = f"months such as “{shown}” stand in rows of their own, days in column {column + 1}"
    return Found(f"months {column}", Evidence("dates", "day and month put together", why))


def _month_heading(row: Sequence[Any]) -> tuple[int, int] | None:
    """Return (year, month) of a record of one cell that names a month, None for any other."""
    cell = _only(row)
    if not isinstance(cell, str) or len(cell) > 80:
        return None
    text = cell.strip()
    if found := _NUMERIC_MONTH.fullmatch(text):
        return int(found[2] or found[3]), int(found[1] or found[4])
    if (found := _MONTH.fullmatch(text)) and (month := month_of(found[1])):
        return int(found[2]), month
    return None


def _day_column(rows: Sequence[Sequence[Any]], first: int) -> int | None:
    """Return the column of days of the month: named so, or a first column of such numbers."""
    booked = [row for row in rows[first:] if _is_booking(row)]
    if len(booked) < _LEAST:
        return None
    for column in range(min(3, min(map(len, booked)))):
        cells = [cell_at(row, column) for row in booked if is_filled(cell_at(row, column))]
        if not cells or not all(1 <= (whole_number(c) or 0) <= 31 for c in cells):
            continue
        names = [as_text(cell_at(row, column)) for row in rows if not _is_booking(row)]
        if any(clean_header(n) in DAYS or "date" in roles_of_header(n) for n in names):
            return column
    return None


def with_months(rows: Stream, arguments: str) -> Stream:
    """Yield the bookings with their date in the place of the day."""
    column, heading, days = int(arguments), None, OneWay()
    for row, line in rows:
        if found := _month_heading(row):
            heading, days = found, OneWay()
        day = whole_number(cell_at(row, column))
        if heading and day is not None and _is_booking(row) and days.goes_on(day):
            row = with_cells(row, {column: f"{heading[0]}-{heading[1]:02d}-{day:02d}"})
        yield row, line


def _year_heading(row: Sequence[Any]) -> int:
    """Return the year that stands alone in a record, 0 for any other."""
    year = whole_number(_only(row)) or 0
    return year if 1990 <= year <= 2100 else 0


def _find_years(rows: Sequence[Sequence[Any]]) -> Found | None:
    """Return the step for days and months, in one column, under years in rows of their own."""
    headed = [i for i, row in enumerate(rows) if _year_heading(row)]
    booked = [row for row in rows if _is_booking(row)]
    if not headed or len(booked) < _LEAST or any(map(_is_booking, rows[: headed[0]])):
        return None
    for column in range(min(3, min(map(len, booked)))):
        cells = [as_text(cell_at(row, column)).strip() for row in booked]
        if all(_DAY_AND_MONTH.fullmatch(cell) for cell in cells):
            why = f"years such as {_year_heading(rows[headed[0]])} stand in rows of their own"
            return Found(f"years {column}", Evidence("dates", "taken with their year", why))
    return None


def with_years(rows: Stream, arguments: str) -> Stream:
    """Yield the bookings with the year of the heading above them behind day and month."""
    column, year = int(arguments), 0
    for row, line in rows:
        year = _year_heading(row) or year
        text = as_text(cell_at(row, column)).strip()
        if year and (found := _DAY_AND_MONTH.fullmatch(text)) and _is_booking(row):
            row = with_cells(row, {column: f"{found[1]}{found[2]}{found[3]}{found[2]}{year}"})
        yield row, line

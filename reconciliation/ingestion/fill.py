"""Fill: dates that a file prints only on the first row of a day, written into the rows below it.

Law: they are filled in only where no two rows in a row print the same date, or where a person says
so; rows that name a total are never given a date. Where no balance proves it, it is asked: a row
without a date may explain the one above it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from reconciliation.ingestion.cells import (
    as_text,
    date_places,
    is_data_row,
    is_date,
    is_filled,
    is_number,
)
from reconciliation.ingestion.entries import entries_balance
from reconciliation.ingestion.reading import Answer, Question
from reconciliation.ingestion.words import BALANCE_ROW, TOTAL_WORDS

_WORD = re.compile(r"[^\W\d_]{2}")
#: Rows with a date, and rows without one where nobody says so, that there must be at least.
_LEAST = 2
#: Rows in which the column of dates is looked for.
_LOOKED_AT = 100


def column_to_fill(rows: Sequence[Sequence[Any]], chosen: str) -> int | None:
    """Return the column whose empty cells stand for the date above; None where there is none.

    ``chosen``: "above" or "own" as a person says, "" to look at the rows.
    """
    dated = list(islice(filter(is_data_row, rows), _LOOKED_AT))
    if chosen == "own" or len(dated) < _LEAST:
        return None
    least = 1 if chosen == "above" else _LEAST
    column = Counter(date_places(row)[0] for row in dated).most_common(1)[0][0]
    if sum(column < len(row) and not is_filled(row[column]) for row in rows) < least:
        return None
    others = {c for row in dated for c in date_places(row)} - {column}
    last = max(i for i, row in enumerate(rows) if is_data_row(row))
    figures = {c for row in dated for c, cell in enumerate(row) if is_number(cell)}
    blank = [row for row in rows[:last] if _lacks_date(row, column) and _has_any(row, figures)]
    if len(blank) < least or any(is_date(row[c]) for row in blank for c in others if c < len(row)):
        return None
    if chosen == "above" or not _repeats(rows, column) or entries_balance(rows, column):
        return column
    return None


def ask_dates(rows: Sequence[Sequence[Any]], column: int) -> Question:
    """Return the question whether rows without a date are bookings of the day above."""
    undated = [row for row in rows if _lacks_date(row, column)]
    shown = tuple(
        " · ".join(as_text(cell).strip() for cell in row if is_filled(cell))[:60]
        for row in undated[:2]
    )
    count = "1 row has" if len(undated) == 1 else f"{len(undated):,} rows have"
    answers = (
        Answer("dates=above", "Bookings of the day above", shown),
        Answer("dates=own,errors=skip", "Details of the row above: leave them out"),
    )
    text = f"{count} a text, an amount and no date. Bookings of the day above, or details of it?"
    return Question("dates", text, answers)


def filled_down(rows: Sequence[list[Any]], column: int, above: Any = "") -> Iterator[list[Any]]:
    """Yield the rows with the date above them where they have none; ``above`` is the last one."""
    for row in rows:
        if column < len(row) and is_date(row[column]):
            above = row[column]
        elif not any(map(is_filled, row)):
            above = ""
        elif above != "" and _lacks_date(row, column):
            row = [*row[:column], above, *row[column + 1 :]]
        yield row


def date_below(rows: Sequence[Sequence[Any]], column: int, above: Any) -> Any:
    """Return the date above what follows these rows, themselves below ``above``; "" for none."""
    for row in reversed(rows):
        if column < len(row) and is_date(row[column]):
            return row[column]
        if not any(map(is_filled, row)):
            return ""
    return above


def _lacks_date(row: Sequence[Any], column: int) -> bool:
    """Tell a row with a text and an amount and no date."""
    if column >= len(row) or is_filled(row[column]):
        return False
    filled = [cell for cell in row if is_filled(cell)]
    texts = [as_text(cell).strip() for cell in filled if not is_number(cell)]
    if len(texts) == len(filled) or not any(_WORD.search(text) for text in texts):
        return False
    return not any(TOTAL_WORDS.search(text) or BALANCE_ROW.fullmatch(text) for text in texts)


def _has_any(row: Sequence[Any], figures: set[int]) -> bool:
    """Tell a row with a figure where bookings have one; details have theirs in other columns."""
    return any(c in figures and is_number(cell) for c, cell in enumerate(row))


def _repeats(rows: Sequence[Sequence[Any]], column: int) -> bool:
    """Tell a table in which two neighbouring rows print the same date."""
    last: Any = None
    for row in rows:
        if column < len(row) and is_date(row[column]):
            if row[column] == last:
                return True
            last = row[column]
        elif any(map(is_filled, row)):
            last = None if not _lacks_date(row, column) else last
    return False

"""Joined: amounts with a decimal comma in a file divided by commas that nobody quoted.

“3.3.2025,Rent,-850,00” has a cell more than its header has names: the last two are one amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from reconciliation.ingestion.cells import as_text, is_data_row, is_filled
from reconciliation.ingestion.limits import Unreadable
from reconciliation.ingestion.words import roles_of_header

_WHOLE = re.compile(r"\s*[-+]?\s?\d{1,3}(?:[. ']?\d{3})*")
_PART = re.compile(r"\d{1,2}\s*")


def find_joined(rows: Sequence[Sequence[Any]], delimiter: str) -> tuple[int, ...]:
    """Return the positions of cells whose decimals stand in the next cell.

    Raises Unreadable where amounts fall apart so, but not in all rows alike.
    """
    names = _names(rows) if delimiter == "," else 0
    if not names or not any(len(row) > names for row in rows):
        return ()
    booked = [[as_text(c) for c in row] for row in rows if is_data_row(row)]
    if len(booked) < 2:
        return ()
    width = len(booked[0])
    if any(len(row) != width for row in booked):
        if sum(_ends_apart(row, names) for row in booked) >= max(2, 0.5 * len(booked)):
            raise Unreadable(
                "Commas divide the cells and also stand in amounts such as "
                f"“{','.join(booked[0][-2:])}” without quotation marks, not in every row alike; "
                "export the file with another delimiter or a decimal point."
            )
        return ()
    found: list[int] = []
    for at in range(width - 1):
        apart = all(_is_apart(row, at) for row in booked)
        if apart and (not found or found[-1] < at - 1):
            found.append(at)
    return tuple(found) if found and len(found) == width - names else ()


def joined_rows(rows: Iterable[list[Any]], positions: Sequence[int]) -> Iterator[list[Any]]:
    """Yield the rows with the divided amounts in one cell again."""
    for row in rows:
        for at in reversed(positions):
            if at + 1 < len(row) and _is_apart(row, at):
                cell = f"{row[at]},{row[at + 1]}" if row[at + 1] else row[at]
                row = [*row[:at], cell, *row[at + 2 :]]
        yield row


def _names(rows: Sequence[Sequence[Any]]) -> int:
    """Return how many names the header above the first booking has, 0 without a header."""
    first = next((i for i, row in enumerate(rows) if is_data_row(row)), 0)
    for row in reversed(rows[:first]):
        filled = [as_text(cell) for cell in row if is_filled(cell)]
        if len(filled) >= 2 and sum(bool(roles_of_header(name)) for name in filled) >= 2:
            return max(i for i, cell in enumerate(row) if is_filled(cell)) + 1
    return 0


def _is_apart(row: Sequence[Any], at: int) -> bool:
    whole, part = as_text(row[at]), as_text(row[at + 1])
    if not whole.strip():
        return not part.strip()
    return _WHOLE.fullmatch(whole) is not None and _PART.fullmatch(part) is not None


def _ends_apart(row: Sequence[str], names: int) -> bool:
    return len(row) == names + 1 and _is_apart(row, names - 1) and bool(row[-1].strip())

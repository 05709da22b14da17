"""Joined: amounts with a decimal comma in a file divided by commas that nobody quoted.

“3.3.2025,Rent,-850,00” has a cell more than its header has names: the last two are one amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, islice, pairwise
from typing import Any

from reconciliation.ingestion.cells import as_text, is_data_row
from reconciliation.ingestion.limits import Unreadable
from reconciliation.ingestion.words import roles_of_header

_WHOLE = re.compile(r"\s*[-+]?\s?\d{1,3}(?:[. ']?\d{3})*")
_PART = re.compile(r"\d{1,2}\s*")
_MONEY = {"amount", "debit", "credit", "balance", "fee", "tax"}
_UNEVEN = (
    "Commas divide the cells and also stand in amounts such as “{}” without quotation marks, not "
    "in every row alike; export the file with another delimiter or a decimal point."
)
_UNCLEAR = (
    "A row such as “{}” has more cells than the header has names, and which of its commas divide "
    "cells and which are decimal commas is not clear; export the file with another delimiter or a "
    "decimal point."
)


def find_joined(rows: Sequence[Sequence[Any]], delimiter: str) -> tuple[int, ...]:
    """Return the positions of cells whose decimals stand in the next cell.

    Raises Unreadable where amounts fall apart so, but not in all rows alike or in several ways.
    """
    names = len(_header(rows)) if delimiter == "," else 0
    if not names or not any(len(row) > names for row in rows):
        return ()
    booked = [[as_text(c) for c in row] for row in rows if is_data_row(row)]
    if len(booked) < 2:
        return ()
    width = len(booked[0])
    if any(len(row) != width for row in booked):
        if sum(_ends_apart(row, names) for row in booked) >= max(2, 0.5 * len(booked)):
            raise Unreadable(_UNEVEN.format(",".join(booked[0][-2:])))
        return ()
    found = _ways(rows, booked, width - names)
    if not found:
        return ()
    parts = [row[at + 1].strip() for row in booked for at in found[0] if row[at + 1].strip()]
    if len(found) > 1 or not _are_decimals(parts):
        raise Unreadable(_UNCLEAR.format(",".join(booked[0])))
    return found[0]


def _ways(
    rows: Sequence[Sequence[Any]], booked: Sequence[Sequence[str]], count: int
) -> list[tuple[int, ...]]:
    """Return in which ways ``count`` pairs of neighbouring cells may be one amount each; those
    under names of money, if there are any.
    """
    apart = [
        at
        for at in range(len(booked[0]) - 1)
        if all(_is_apart(row, at) for row in booked) and any(row[at].strip() for row in booked)
    ]
    ways = [
        way
        for way in islice(combinations(apart, count), 500)
        if all(b - a > 1 for a, b in pairwise(way))
    ]
    header = _header(rows)
    named = [way for way in ways if all(_is_money(header[at - n]) for n, at in enumerate(way))]
    return named or ways


def _header(rows: Sequence[Sequence[Any]]) -> list[str]:
    """Return the names above the first booking, [] where there are none."""
    first = next((i for i, row in enumerate(rows) if is_data_row(row)), 0)
    for row in reversed(rows[:first]):
        names = [as_text(cell) for cell in row]
        while names and not names[-1].strip():
            names.pop()
        filled = [name for name in names if name.strip()]
        if len(filled) >= 2 and sum(bool(roles_of_header(name)) for name in filled) >= 2:
            return names
    return []


def _is_money(name: str) -> bool:
    return bool(_MONEY & roles_of_header(name).keys())


def _are_decimals(parts: Sequence[str]) -> bool:
    """Tell decimals from whole numbers of their own column: two digits each, or one where the
    second were a nought.
    """
    short = sum(len(part) == 1 for part in parts)
    return not short or (short < len(parts) and not any(p[1:] == "0" for p in parts))


def joined_rows(rows: Iterable[list[Any]], positions: Sequence[int]) -> Iterator[list[Any]]:
    """Yield the rows with the divided amounts in one cell again."""
    for row in rows:
        for at in reversed(positions):
            if at + 1 < len(row) and _is_apart(row, at):
                cell = f"{row[at]},{row[at + 1]}" if row[at + 1] else row[at]
                row = [*row[:at], cell, *row[at + 2 :]]
        yield row


def _is_apart(row: Sequence[Any], at: int) -> bool:
    whole, part = as_text(row[at]), as_text(row[at + 1])
    if not whole.strip():
        return not part.strip()
    return _WHOLE.fullmatch(whole) is not None and _PART.fullmatch(part) is not None


def _ends_apart(row: Sequence[str], names: int) -> bool:
    return len(row) == names + 1 and _is_apart(row, names - 1) and bool(row[-1].strip())

"""Headers: where the table begins in a file, what its header says, and which rows around it are
none.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reconciliation.ingestion.cells import (
    as_text,
    date_places,
    is_data_row,
    is_date,
    is_filled,
    is_number,
)
from reconciliation.ingestion.dates import vote
from reconciliation.ingestion.header_rows import joined_header
from reconciliation.ingestion.words import clean_header, roles_of_header


@dataclass(frozen=True, slots=True)
class Table:
    """The table found in a file's first records.

    ``header_row`` −1 = no header. ``header`` has one text per column, "" where it has none;
    ``width`` is the number of columns; ``first`` the first record below the header.
    """

    header_row: int
    header: tuple[str, ...]
    width: int
    first: int
    why: str


def find_table(rows: Sequence[Sequence[Any]], chosen: int | None = None) -> Table | None:
    """Return the table, or None where no record has a date and an amount and no header is known.

    ``chosen`` is a header row given by a person (0-based, −1 = none).
    """
    data = [i for i, row in enumerate(rows) if is_data_row(row)]
    if chosen is not None:
        found = data or (_bare_dates(rows) if chosen < 0 else [])
        return _table(rows, chosen, found, "chosen by you")
    data = _without_preamble(rows, data)
    if not data:
        best = _best_header(rows, len(rows))
        if best < 0:
            data = _bare_dates(rows)
            return _table(rows, -1, data, "its rows begin at once") if data else None
        return _table(
            rows,
            best,
            data,
            "the row with the most known column names; no row below has a date and an amount",
        )
    best = _best_header(rows, data[0])
    if best < 0 and data[0] <= 1:
        best = _late_header(rows, data)
    if best >= 0:
        known = _known_names(rows[best])
        why = (
            f"line {best + 1} has {known} known column names"
            if known
            else f"line {best + 1} is text only"
        )
        return _table(rows, best, data, f"{why}, and rows with a date and an amount follow")
    return _table(rows, -1, data, "the first row with cells is a booking already")


def _bare_dates(rows: Sequence[Sequence[Any]]) -> list[int]:
    """Return the rows of a table without a header, in one column of which all is dates of six
    digits; none where there is no such column.
    """
    filled = [i for i, row in enumerate(rows) if sum(map(is_filled, row)) >= 2]
    for column in range(max((len(rows[i]) for i in filled), default=0)):
        votes = vote([rows[i][column] for i in filled if column < len(rows[i])])
        if 3 <= len(filled) == votes.bare and votes.other == 0:
            return filled
    return []


def _without_preamble(rows: Sequence[Sequence[Any]], data: list[int]) -> list[int]:
    """Leave out up to three rows above a header with many known names whose dates stand elsewhere
    than those of the rows below it: a stated period, the day of the export; never rows that have a
    header of bookings of their own.
    """
    own = any(map(_names_bookings, rows[: data[0]])) if data else False
    for i in range(data[0] + 1, min(data[-1], 60)) if len(data) >= 2 and not own else ():
        above, below = [at for at in data if at < i], [at for at in data if at > i]
        if len(above) > 3:
            break
        if _header_score(rows[i], 0)[0] < 3 or _is_repeated(rows, i):
            continue
        usual = Counter(date_places(rows[at]) for at in below).most_common(1)[0][0]
        wide = min(_used(rows[at]) for at in below)
        if all(date_places(rows[at]) != usual or _used(rows[at]) < wide for at in above):
            return below
    return data


def _names_bookings(row: Sequence[Any]) -> bool:
    """Tell a header that names a date, an amount and something else."""
    if _header_score(row, 0)[0] < 3:
        return False
    found = [roles_of_header(as_text(cell)) for cell in row if is_filled(cell)]
    best = {max(roles, key=lambda role: roles[role]) for roles in found if roles}
    return "date" in best and bool(best & {"amount", "debit", "credit"})


def _table(rows: Sequence[Sequence[Any]], header_row: int, data: list[int], why: str) -> Table:
    below = [i for i in data if i > header_row]
    widths = Counter(_used(rows[i]) for i in below)
    named = _used(rows[header_row]) if 0 <= header_row < len(rows) else 0
    full = Counter(len(rows[i]) for i in below).most_common(1)
    width = max(
        [named, *[w for w, n in widths.items() if n >= max(2, len(below) * 0.02)]], default=0
    )
    if not width or (below and named == 0):
        width = max(widths, default=named)
    if full:
        width = max(width, min(full[0][0], width + 50))
    header = joined_header(rows, header_row, width) if header_row >= 0 else [""] * width
    first = header_row + 1 if header_row >= 0 else (data[0] if data else 0)
    return Table(header_row, tuple(header), width, first, why)


def _is_repeated(rows: Sequence[Sequence[Any]], i: int) -> bool:
    """Tell a row that says the same as one above it: a header again, not the header."""
    return any(list(row) == list(rows[i]) for row in rows[:i])


def _used(row: Sequence[Any]) -> int:
    """Return how many cells a record has up to its last filled one."""
    return max((i + 1 for i, cell in enumerate(row) if is_filled(cell)), default=0)


def _best_header(rows: Sequence[Sequence[Any]], end: int) -> int:
    """Return the likeliest header among the records before ``end``, or −1."""
    best, best_score = -1, (0, 0)
    width = _used(rows[end]) if end < len(rows) else 0
    for i, row in enumerate(rows[:end]):
        score = _header_score(row, width)
        if score != (0, 0) and score >= best_score:
            best, best_score = i, score
    return best


def _late_header(rows: Sequence[Sequence[Any]], data: list[int]) -> int:
    """Return a header with many known names just below one stray row with a date and a number, or
    −1.
    """
    for i in range(data[0] + 1, min(data[0] + 3, len(rows))):
        known, _ = _header_score(rows[i], 0)
        above = sum(1 for at in data if at < i)
        if known >= 5 and above <= 1 and not _is_repeated(rows, i):
            return i
    return -1


def _header_score(row: Sequence[Any], width: int) -> tuple[int, int]:
    """Return (known names, filled cells) of a record that may be a header, (0, 0) for one that is
    none.
    """
    filled = [cell for cell in row if is_filled(cell)]
    if len(filled) < 2 or any(is_date(c) or is_number(c) or len(as_text(c)) > 120 for c in filled):
        return (0, 0)
    known = _known_names(row)
    if known >= 2 or (len(filled) >= 3 and len(filled) >= 0.6 * width):
        return (known, len(filled))
    return (1, len(filled)) if known and len(filled) >= 0.5 * width else (0, 0)


def _known_names(row: Sequence[Any]) -> int:
    return sum(1 for cell in row if is_filled(cell) and roles_of_header(as_text(cell)))


def is_repeated_header(row: Sequence[Any], header: Sequence[str]) -> bool:
    """Tell whether a record says the same as the header."""
    cells = [clean_header(as_text(cell)) for cell in row]
    names = [clean_header(name) for name in header]
    size = max(len(cells), len(names))
    return (cells + [""] * size)[:size] == (names + [""] * size)[:size] and any(cells)


def fingerprint(header: Sequence[str], kinds: Sequence[str]) -> str:
    """Return what a remembered layout is recognised by: the header's words and the columns'
    kinds.
    """
    text = "\x1f".join(clean_header(name) for name in header) + "\x1e" + "\x1f".join(kinds)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def column_name(header: Sequence[str], position: int) -> str:
    """Return the header text of a column, or “column 3” where it has none."""
    name = header[position] if position < len(header) else ""
    return name or f"column {position + 1}"

"""Entries: journals that print the date on the first row of each entry only, proved by each entry
coming to nothing: what is debited is credited.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion import numbers
from reconciliation.ingestion.cells import is_date, is_filled, is_number

#: Entries of two rows or more that there must be at least, and columns that are added up.
_LEAST, _COLUMNS = 2, 12


def entries_balance(rows: Sequence[Sequence[Any]], dates: int) -> bool:
    """Tell rows of which each dated one and the undated below it come to nothing, in one signed
    column or in one against another.
    """
    kept = [row for row in rows if dates < len(row) and any(map(is_number, row))]
    while kept and not is_date(kept[0][dates]):
        kept = kept[1:]
    starts = np.array([is_date(row[dates]) for row in kept], bool)
    if starts.sum() < _LEAST or (~starts).sum() < _LEAST:
        return False
    at = np.flatnonzero(starts)
    figures = list(_figures(kept, dates))
    sums = [np.add.reduceat(minor, at) for minor in figures]
    if any(not total.any() for total in sums):
        return True
    turns = combinations(zip(figures, sums, strict=True), 2)
    return any(np.array_equal(a[1], b[1]) and not np.any(a[0] * b[0]) for a, b in turns)


def _figures(rows: Sequence[Sequence[Any]], dates: int) -> Iterator[NDArray[np.int64]]:
    """Yield the columns of amounts that move in most entries, as figures."""
    width = max(map(len, rows))
    found = 0
    for column in range(width):
        cells = [row[column] if column < len(row) else "" for row in rows]
        filled = [cell for cell in cells if is_filled(cell)]
        if column == dates or 3 * len(filled) < len(rows) or not all(map(is_number, filled)):
            continue
        minor, marks = numbers.read_amounts(cells, numbers.vote(cells).decided or "point", 2)
        if (marks == numbers.BAD).any() or 3 * np.count_nonzero(minor) < len(rows):
            continue
        found += 1
        if found > _COLUMNS:
            return
        yield minor

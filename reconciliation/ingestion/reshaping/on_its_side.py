"""On its side: tables whose every column is a booking, turned round so that every row is one.

Law: turned round only where the first column names a date and an amount and every other column has
both; a table of months with accounts below it has no row named so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from reconciliation.ingestion.cells import as_text, is_date, is_filled, is_number
from reconciliation.ingestion.reading import Evidence
from reconciliation.ingestion.reshaping.steps import Found, Stream, cell_at, width_of
from reconciliation.ingestion.words import roles_of_header

_LEAST, _MOST_ROWS = 3, 40
_AMOUNTS = {"amount", "debit", "credit"}
_SAID = (
    "The table lies on its side: each of its columns is a booking. Lines are counted as columns."
)


def find(rows: Sequence[Sequence[Any]], options: Mapping[str, str]) -> Found | None:
    """Return the step where a date, an amount and other names stand in the first column."""
    if len(rows) > 2 * _MOST_ROWS:
        return None
    filled = [row for row in rows if any(map(is_filled, row))]
    wide = width_of(filled)
    if not 2 <= len(filled) <= _MOST_ROWS or wide <= _LEAST:
        return None
    names = [as_text(cell_at(row, 0)).strip() for row in filled]
    dated = [
        row for row, name in zip(filled, names, strict=True) if "date" in roles_of_header(name)
    ]
    paid = [r for r, n in zip(filled, names, strict=True) if _AMOUNTS & roles_of_header(n).keys()]
    if not dated or not paid or not all(map(roles_of_header, (n for n in names[:2] if n))):
        return None
    columns = range(1, wide)
    if not all(is_date(cell_at(dated[0], c)) for c in columns):
        return None
    if not all(any(is_number(cell_at(row, c)) for row in paid) for c in columns):
        return None
    why = f"“{names[0]}” and the other names stand in the first column"
    return Found("turn ", Evidence("table", "turned round", why), messages=(_SAID,))


def turned_round(rows: Stream, arguments: str) -> Stream:
    """Yield the columns as records, the numbers of the columns in place of their lines."""
    del arguments
    columns = zip_longest(*(row for row, _ in rows), fillvalue="")
    for number, column in enumerate(columns, 1):
        yield list(column), number

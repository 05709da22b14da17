"""No lines: records with a date and an amount that are none all the same — cells too many or too
few, damaged texts, balances carried forward.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion import rows, taken_out
from reconciliation.ingestion.cells import as_text, has_control
from reconciliation.ingestion.explained import explained_rows
from reconciliation.ingestion.layout import Layout
from reconciliation.ingestion.limits import MAX_CELL_CHARS
from reconciliation.ingestion.plain import PlainColumn, PlainRows
from reconciliation.ingestion.words import BALANCE_HINTS, BALANCE_ROW, PLAIN_HINTS, TOTAL_WORDS

_BALANCE = "states a balance or turnover, no booking"
CARRIED = "a balance carried forward, or a transfer: the word says both"
#: What statements call a balance carried forward, and people a transfer between their accounts.
_BOTH = re.compile(r"\W*übertrag[\W\d]*", re.IGNORECASE)


def set_aside(
    good: NDArray[np.bool_],
    columns: Sequence[Sequence[Any]],
    amounts: NDArray[np.int64],
    look: rows.Look,
    notes: rows.Notes,
) -> None:
    """Take the records that are no lines out of ``good``, each with its note."""
    width = look.layout.width
    lengths = _lengths(look.records)
    for i in np.flatnonzero(lengths > width).tolist():
        beyond = any(as_text(cell).strip() for cell in look.records[i][width:])
        if beyond and (good[i] or not TOTAL_WORDS.search(as_text(look.records[i][0]))):
            text = as_text(look.records[i][width])
            taken_out.refuse(good, look, notes, i, look.too_many(i), text)
    _check_short(lengths, good, look, notes)
    stored = _stored_texts(look.layout)
    for column in stored:
        _check_texts(column, good, columns[column], look, notes)
    for column in sorted(set(range(width)) - set(look.layout.columns_used()) | set(stored)):
        _leave_out_balances(column, good, columns, amounts, look, notes)


def _lengths(records: Sequence[Sequence[Any]]) -> NDArray[np.int64]:
    if isinstance(records, PlainRows):
        return np.full(len(records), len(records.columns))
    return np.fromiter(map(len, records), np.int64, len(records))


def _check_short(
    lengths: NDArray[np.int64], good: NDArray[np.bool_], look: rows.Look, notes: rows.Notes
) -> None:
    """Report single records with fewer cells than all the others: their cells may have shifted."""
    if look.layout.format != "text":
        return
    short = np.flatnonzero((lengths < look.layout.width) & good).tolist()
    if len(short) > max(2, 0.1 * good.sum()) or 2 * len(short) >= good.sum():
        return
    for i in short:
        taken_out.refuse(good, look, notes, i, look.too_few(i), as_text(look.records[i][-1]))


def _stored_texts(layout: Layout) -> list[int]:
    single = (layout.reference, layout.counterparty, layout.kind)
    return sorted({*layout.description, *(c for c in single if c is not None)})


def _texts(cells: Sequence[Any], look: rows.Look) -> Sequence[str]:
    """Return the cells as texts; those of a text file are texts already."""
    if look.layout.format == "text" or set(map(type, cells)) == {str}:
        return cells
    return [as_text(cell) for cell in cells]


def _check_texts(
    column: int,
    good: NDArray[np.bool_],
    cells: Sequence[Any],
    look: rows.Look,
    notes: rows.Notes,
) -> None:
    """Report texts that are too long, damaged, or swallow rows."""
    cells = _texts(cells, look)
    joined = cells.spaced if isinstance(cells, PlainColumn) else " ".join(cells)
    if len(joined) > MAX_CELL_CHARS and max(map(len, cells)) > MAX_CELL_CHARS:
        look.refuse(cells, good, notes, column, lambda t: len(t) > MAX_CELL_CHARS, rows.TOO_LONG)
    if not joined.isprintable() and has_control(joined):
        look.refuse(cells, good, notes, column, has_control, rows.CONTROL)
    if look.layout.format == "text" and ("\n" in joined or "\r" in joined):
        look.refuse(cells, good, notes, column, look.swallows, rows.SWALLOWED)


def _leave_out_balances(
    column: int,
    good: NDArray[np.bool_],
    columns: Sequence[Sequence[Any]],
    amounts: NDArray[np.int64],
    look: rows.Look,
    notes: rows.Notes,
) -> None:
    """Skip rows in which one cell names a balance and nothing else, unless the running balance
    moves by them; a column in which most cells do so, in one or two words, says something about
    every booking.
    """
    if look.layout.format != "text" and set(map(type, columns[column])) <= {float, int}:
        return
    cells = _texts(columns[column], look)
    texts = _naming_balances(set(cells))
    if not texts:
        return
    both = {text for text in texts if _BOTH.fullmatch(text)}
    texts -= both if look.layout.totals == "keep" else set()
    named = [i for i, text in enumerate(cells) if text in texts and good[i]]
    usual = 2 * len(named) > good.sum() > 2 and len({cells[i] for i in named}) < 3
    if usual and column not in _stored_texts(look.layout):
        return
    booked = explained_rows(named, cells, good, columns, amounts, look)
    for i in [i for i in named if i not in booked]:
        reason = CARRIED if cells[i] in both else _BALANCE
        taken_out.skip(good, look, notes, i, reason, cells[i], column)


def _naming_balances(texts: set[str]) -> set[str]:
    """Return those of the texts that name a balance and nothing else."""
    lower = "\x01".join(texts).casefold()
    hints = PLAIN_HINTS if lower.isascii() else BALANCE_HINTS
    if not any(hint in lower for hint in hints):
        return set()
    return {text for text in texts if BALANCE_ROW.fullmatch(text)}

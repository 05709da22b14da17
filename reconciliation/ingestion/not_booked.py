"""Not booked: rows that a status column, or the heading of their section, calls pending, declined
or cancelled; no money has moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion import rows
from reconciliation.ingestion.cells import as_text, is_filled
from reconciliation.ingestion.words import (
    NEVER_BOOKED,
    PENDING_HEADING,
    PENDING_WORDS,
    roles_of_header,
)


def set_aside_not_booked(
    good: NDArray[np.bool_],
    columns: Sequence[Sequence[Any]],
    look: rows.Look,
    notes: rows.Notes,
    above: Sequence[Any] = (),
) -> None:
    """Take rows that are not booked out of ``good``; ``above`` is the record above the header."""
    for column, name in enumerate(look.header):
        if "status" in roles_of_header(name) and column < len(columns):
            _by_status(good, columns[column], column, look, notes)
    if _names_pending(above) or any(
        _names_pending(look.records[i]) for i in np.flatnonzero(~good).tolist()
    ):
        _by_heading(good, look, notes, _names_pending(above))


def _by_status(
    good: NDArray[np.bool_],
    cells: Sequence[Any],
    column: int,
    look: rows.Look,
    notes: rows.Notes,
) -> None:
    """Skip the rows whose status says so and that state no balance, where others are booked."""
    texts = [as_text(cell) for cell in cells]
    never = NEVER_BOOKED if look.layout.pending == "keep" else PENDING_WORDS
    gone = {text for text in set(texts) if never.search(text)}
    balance = look.layout.balance
    out = [
        i
        for i in np.flatnonzero(good).tolist()
        if texts[i] in gone and not (balance is not None and _states(look.records[i], balance))
    ]
    if len(out) == good.sum():
        return
    for i in out:
        notes.skip(look, i, look.header, column, texts[i], rows.PENDING)
        good[i] = False
        look.settled.add(i)


def _states(record: Sequence[Any], column: int) -> bool:
    return column < len(record) and is_filled(record[column])


def pending_rows(header: Sequence[str], records: Sequence[Sequence[Any]]) -> int:
    """Return how many records a status column calls pending."""
    columns = [c for c, name in enumerate(header) if "status" in roles_of_header(name)]
    return sum(
        any(PENDING_WORDS.search(as_text(r[c])) for c in columns if c < len(r)) for r in records
    ) - sum(any(NEVER_BOOKED.search(as_text(r[c])) for c in columns if c < len(r)) for r in records)


def _by_heading(
    good: NDArray[np.bool_], look: rows.Look, notes: rows.Notes, is_pending: bool
) -> None:
    """Skip the rows of sections under a heading that says so, up to the next heading."""
    for i, record in enumerate(look.records):
        if not good[i]:
            alone = sum(map(is_filled, record)) == 1
            is_pending = _names_pending(record) or (is_pending and not alone)
        elif is_pending:
            text = " · ".join(as_text(cell).strip() for cell in record if is_filled(cell))
            notes.skip(look, i, look.header, None, text, rows.PENDING)
            good[i] = False
            look.settled.add(i)


def _names_pending(record: Sequence[Any]) -> bool:
    """Tell a record of one cell that heads a section of pending bookings."""
    texts = [as_text(cell) for cell in record if is_filled(cell)]
    return len(texts) == 1 and PENDING_HEADING.fullmatch(texts[0].strip()) is not None

"""Not booked: rows that a status column, or the heading of their section, calls pending, declined
or cancelled; no money has moved.

Law: it is asked about where the section has no end, or where a row with the opposite amount is
booked: then what was cancelled may have been booked before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion import rows, taken_out
from reconciliation.ingestion.cells import as_text, is_filled
from reconciliation.ingestion.headers import is_repeated_header
from reconciliation.ingestion.words import (
    BOOKED_WORDS,
    NEVER_BOOKED,
    PENDING_HEADING,
    PENDING_WORDS,
    roles_of_header,
)

_SAYS = re.compile(rf"{PENDING_WORDS.pattern}|{BOOKED_WORDS.pattern}", re.IGNORECASE)
UNDER_HEADING = "below a heading of pending rows that no other heading follows"
ALL_CALLED = "called not booked by its status, as all the others are"
TAKEN_BACK = "cancelled, and a row with the opposite amount is booked"


def set_aside_not_booked(
    good: NDArray[np.bool_],
    columns: Sequence[Sequence[Any]],
    amounts: NDArray[np.int64],
    look: rows.Look,
    notes: rows.Notes,
    above: Sequence[Any] = (),
) -> None:
    """Take rows that are not booked out of ``good``; ``above`` is the record above the header."""
    if look.layout.pending == "all":
        return
    for column, name in enumerate(look.header):
        if column < len(columns) and (_is_status(name) or _holds_status(name, columns[column])):
            _by_status(good, columns[column], amounts, column, look, notes)
    if _names_pending(above) or any(
        _names_pending(look.records[i]) for i in np.flatnonzero(~good).tolist()
    ):
        _by_heading(good, look, notes, _names_pending(above))


def _by_status(
    good: NDArray[np.bool_],
    cells: Sequence[Any],
    amounts: NDArray[np.int64],
    column: int,
    look: rows.Look,
    notes: rows.Notes,
) -> None:
    """Skip the rows whose status says so and that state no balance."""
    texts = [as_text(cell) for cell in cells]
    never = NEVER_BOOKED if look.layout.pending == "keep" else PENDING_WORDS
    gone = {text for text in set(texts) if never.search(text)}
    balance = look.layout.balance
    out = [
        i
        for i in np.flatnonzero(good).tolist()
        if texts[i] in gone and not (balance is not None and _states(look.records[i], balance))
    ]
    is_all = len(out) == good.sum()
    booked = set(amounts[np.setdiff1d(np.flatnonzero(good), out)].tolist())
    for i in out:
        is_twin = -int(amounts[i]) in booked and NEVER_BOOKED.search(texts[i]) is not None
        reason = ALL_CALLED if is_all else TAKEN_BACK if is_twin else rows.PENDING
        taken_out.skip(good, look, notes, i, reason, texts[i], column)


def _is_status(name: str) -> bool:
    """Tell a header that names the status of a booking, not of its account."""
    roles = roles_of_header(name)
    return "status" in roles and "account_column" not in roles


def _holds_status(name: str, cells: Sequence[Any]) -> bool:
    """Tell a column without a known name in which every cell says booked, pending or cancelled."""
    if roles_of_header(name) or not len(cells) or not _SAYS.search(as_text(cells[0])):
        return False
    texts = {as_text(cell).strip() for cell in cells}
    return len(texts) > 1 and all(_SAYS.search(text) for text in texts)


def _states(record: Sequence[Any], column: int) -> bool:
    return column < len(record) and is_filled(record[column])


def pending_rows(header: Sequence[str], records: Sequence[Sequence[Any]]) -> int:
    """Return how many records a status column calls pending."""
    columns = [
        c
        for c, name in enumerate(header)
        if _is_status(name) or _holds_status(name, [r[c] if c < len(r) else "" for r in records])
    ]
    return sum(
        any(PENDING_WORDS.search(as_text(r[c])) for c in columns if c < len(r)) for r in records
    ) - sum(any(NEVER_BOOKED.search(as_text(r[c])) for c in columns if c < len(r)) for r in records)


def _by_heading(
    good: NDArray[np.bool_], look: rows.Look, notes: rows.Notes, is_pending: bool
) -> None:
    """Skip the rows of sections under a heading that says so, up to the next heading or header."""
    section: list[int] = []
    for i, record in enumerate(look.records):
        if good[i]:
            section += [i] if is_pending else []
            continue
        alone = sum(map(is_filled, record)) == 1 and not _continues(i, good, look)
        if alone or (section and is_repeated_header(record, look.header)):
            _skip_section(section, rows.PENDING, good, look, notes)
            section, is_pending = [], alone and _names_pending(record)
    _skip_section(section, UNDER_HEADING, good, look, notes)


def _skip_section(
    section: Sequence[int], reason: str, good: NDArray[np.bool_], look: rows.Look, notes: rows.Notes
) -> None:
    for i in section:
        taken_out.skip(good, look, notes, i, reason)


def _continues(i: int, good: NDArray[np.bool_], look: rows.Look) -> bool:
    """Tell a record of one cell that continues the text of the booking right above it."""
    place = next(c for c, cell in enumerate(look.records[i]) if is_filled(cell))
    return bool(place and i and good[i - 1] and place in look.layout.description)


def _names_pending(record: Sequence[Any]) -> bool:
    """Tell a record of one cell that heads a section of pending bookings."""
    texts = [as_text(cell) for cell in record if is_filled(cell)]
    return len(texts) == 1 and PENDING_HEADING.fullmatch(texts[0].strip()) is not None

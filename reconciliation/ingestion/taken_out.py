"""Taken out: records of a block that come out of the good ones, each with a note that says why.

Law: what a rule took out is settled; no later rule looks at it again or notes it twice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion import rows
from reconciliation.ingestion.cells import as_text, is_filled


def skip(
    good: NDArray[np.bool_],
    look: rows.Look,
    notes: rows.Notes,
    i: int,
    reason: str,
    text: str = "",
    column: int | None = None,
) -> None:
    """Take a record out that is no booking; ``text`` is what it says ("": all of it)."""
    notes.skip(look, i, look.header, column, text or text_of(look, i), reason)
    _settle(good, look, i)


def refuse(
    good: NDArray[np.bool_],
    look: rows.Look,
    notes: rows.Notes,
    i: int,
    reason: str,
    text: str,
    column: str = "",
) -> None:
    """Make a record a row error; ``column`` is the name of the one that holds ``text``."""
    notes.error(look, i, column, text, reason)
    _settle(good, look, i)


def text_of(look: rows.Look, i: int) -> str:
    """Return all that a record says."""
    return " · ".join(as_text(cell).strip() for cell in look.records[i] if is_filled(cell))


def _settle(good: NDArray[np.bool_], look: rows.Look, i: int) -> None:
    good[i] = False
    look.settled.add(i)

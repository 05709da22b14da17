"""Balance marks: balances printed without a sign beside a column that says debit or credit.

An overdrawn account whose balances lose their sign would look like one with its movements reversed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion.cells import as_text
from reconciliation.ingestion.profiles import Profile
from reconciliation.ingestion.schemes import flag_signs, flag_words, money_columns
from reconciliation.vocabulary import Side


def mark_of(profiles: Sequence[Profile], balance: int | None) -> int | None:
    """Return the column beside a balance without signs that says debit or credit, None for none."""
    if balance is None or is_signed(profiles[balance]):
        return None
    money = {p.index for p in money_columns(profiles) if not _names_a_side(p)}
    for column, beyond in ((balance + 1, balance + 2), (balance - 1, balance - 2)):
        is_inside = 0 <= column < len(profiles)
        if is_inside and _is_mark(profiles[column]) and (column > balance or beyond not in money):
            return column
    return None


def is_signed(p: Profile) -> bool:
    """Tell balances that carry a sign or a letter, more than a few."""
    return 10 * (p.negatives + p.marked) > p.filled


def _names_a_side(p: Profile) -> bool:
    return max(p.speaks_for("debit"), p.speaks_for("credit")) > p.speaks_for("amount")


def _is_mark(p: Profile) -> bool:
    return p.flag_share >= 0.9 and p.filled >= 0.9 * p.rows and p.number_share < 0.5


def signed_by(balances: NDArray[np.int64], cells: Sequence[Any], side: Side) -> NDArray[np.int64]:
    """Return the balances with the signs that the words beside them say."""
    texts = [as_text(cell) for cell in cells]
    signs = flag_signs(texts, *flag_words(set(texts), side))
    return np.where(signs < 0, -np.abs(balances), balances)

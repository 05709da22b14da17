"""Explained: rows that name a balance and are bookings all the same, for the running balance moves
by their amount, as the opening entries of a ledger do.

Law: a balance of nothing above a row explains it only where another row of the same text is
explained: whatever is stated first looks like a movement from nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion import numbers, rows
from reconciliation.ingestion.cells import as_text


def explained_rows(
    named: Sequence[int],
    texts: Sequence[str],
    good: NDArray[np.bool_],
    columns: Sequence[Sequence[Any]],
    amounts: NDArray[np.int64],
    look: rows.Look,
) -> set[int]:
    """Return those of the rows that name a balance by which the running balance moves."""
    layout = look.layout
    if layout.balance is None or not named:
        return set()
    cells = columns[layout.balance]
    balances, marks = numbers.read_amounts(cells, layout.decimal, look.decimals)
    stated = good & (marks == numbers.GOOD)
    accounts = () if layout.account_column is None else columns[layout.account_column]
    sure: set[int] = set()
    from_nothing: set[int] = set()
    for i in named:
        for other in (i - 1, i + 1):
            if not (0 <= other < len(good) and stated[i] and stated[other] and amounts[i]):
                continue
            if accounts and as_text(accounts[i]) != as_text(accounts[other]):
                continue
            if balances[i] - balances[other] == amounts[i]:
                (sure if balances[other] else from_nothing).add(i)
    known = {texts[i] for i in sure}
    return sure | {i for i in from_nothing if texts[i] in known}

"""Unmoved: rows without an amount whose own balance says that no money moved.

Law: only a balance that runs with the amounts around the row says so; else the amount is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion import numbers
from reconciliation.ingestion.layout import Layout

UNMOVED = "no amount, and the balance does not move"


def is_unmoved(
    records: Sequence[Sequence[Any]],
    i: int,
    amounts: NDArray[np.int64],
    layout: Layout,
    decimals: int,
) -> bool:
    """Tell a record with the balance of one beside it, where amounts move the balances around."""
    if layout.balance is None:
        return False
    near = [k for k in range(max(i - 2, 0), min(i + 3, len(records))) if amounts[k]]
    cells = [_cell(records[k], layout.balance) for k in (i, *near)]
    minor, marks = numbers.read_amounts(cells, layout.decimal, decimals)
    if len(near) < 2 or (marks != numbers.GOOD).any():
        return False
    balances, moved = minor[1:], np.abs(amounts[near])
    steps = np.abs(np.diff(balances))
    runs = (steps == moved[1:]).all() or (steps == moved[:-1]).all()
    beside = np.abs(np.asarray(near) - i) == 1
    return bool(runs and (beside & (balances == minor[0])).any())


def _cell(record: Sequence[Any], column: int) -> Any:
    return record[column] if column < len(record) else ""

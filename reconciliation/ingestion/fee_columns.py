"""Fee columns: fees that stand beside the amount and move the balance with it.

Law: a fee becomes part of the amount only where the running balance proves it; one that nothing
proves is said to be left out, never passed over in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from reconciliation.ingestion import numbers
from reconciliation.ingestion.balance import Chain, check_chain
from reconciliation.ingestion.layout import Layout
from reconciliation.ingestion.parse import columns_of
from reconciliation.ingestion.profiles import Profile
from reconciliation.ingestion.proof import Figures
from reconciliation.ingestion.schemes import Scheme


def prove_fee(
    schemes: Sequence[Scheme],
    balances: Sequence[int],
    figures: Figures,
    profiles: Sequence[Profile],
    columns: Sequence[Sequence[Any]],
    decimals: int,
) -> tuple[Scheme, int, Chain] | None:
    """Return the signed amount with the fee that a balance proves and without which it does not."""
    fees = [p for p in profiles if p.speaks_for("fee") >= 2 and p.number_share >= 0.8]
    fees = [p for p in fees if p.moves.any()]
    singles = [s for s in schemes if s.amount is not None and s.flag is None][:3]
    for scheme, balance, fee in product(singles, balances if fees else (), fees):
        if balance in (scheme.amount, fee.index) or scheme.amount == fee.index:
            continue
        assert scheme.amount is not None
        own, stated = figures[scheme.amount][0], figures[balance]
        mark = fee.marks.decided or profiles[scheme.amount].marks.decided or "point"
        cost, _ = numbers.read_amounts(columns[fee.index], mark, decimals)
        filled = stated[1] == numbers.GOOD
        alone = check_chain(own, stated[0], filled)
        for way in (-1, 1):
            chain = check_chain(own + way * cost, stated[0], filled)
            if chain.telling >= 2 and chain.share == 1 and chain.good > alone.good:
                return replace(scheme, fee=fee.index, fee_way=way), balance, chain
    return None


def tell_fee(
    profiles: Sequence[Profile],
    data_rows: Callable[[], list[list[Any]]],
    layout: Layout,
    decimals: int,
) -> list[str]:
    """Say that fees stand beside the amounts and are not part of them, where no balance and no
    third column tell what becomes of them.
    """
    if layout.amount is None or layout.fee is not None or layout.balance is not None:
        return []
    fees = [p for p in profiles if p.speaks_for("fee") >= 2 and p.number_share >= 0.8]
    fees = [p for p in fees if p.moves.any() and p.index not in layout.columns_used()]
    if not fees:
        return []
    columns = columns_of(data_rows(), len(profiles))
    money = {p.index for p in profiles if p.number_share >= 0.8 and p.moves.any()}
    figures = {
        c: numbers.read_amounts(columns[c], profiles[c].marks.decided or layout.decimal, decimals)
        for c in money | {layout.amount}
    }
    return [
        f"“{p.header}” holds fees that are not part of the amounts, and no running balance says "
        "whether they were taken as well: check them against the statement."
        for p in fees
        if not _is_explained(p.index, layout.amount, figures)
    ]


def _is_explained(fee: int, amount: int, figures: Figures) -> bool:
    """Tell a fee that leads from another column to the amount, or back: “net” and “gross”."""
    cost, own = np.abs(figures[fee][0]), np.abs(figures[amount][0])
    others = [np.abs(figures[c][0]) for c in figures if c not in (fee, amount)]
    return any(
        np.array_equal(own, other + cost) or np.array_equal(other, own + cost) for other in others
    )

"""Fee columns: fees that stand beside the amount and move the balance with it.

Law: a fee becomes part of the amount only where the running balance proves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from reconciliation.ingestion import numbers
from reconciliation.ingestion.balance import Chain, check_chain
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

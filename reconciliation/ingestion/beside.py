"""Beside: names that stand one column beside their figures, as above the currency of an amount.

Law: a name moves only from a column that holds no figures to an unnamed neighbour that does; from
an empty one only where the neighbour takes turns with the other side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from reconciliation.ingestion.profiles import Profile

_SIDES = ("debit", "credit")
_MONEY = ("amount", *_SIDES, "balance")


def settle_names(profiles: Sequence[Profile]) -> list[Profile]:
    """Return the columns, each with the name that is meant for it."""
    settled = list(profiles)
    for p in profiles:
        if not p.header or max(map(p.speaks_for, _MONEY)) < 1:
            continue
        near = [settled[i] for i in (p.index + 1, p.index - 1) if 0 <= i < len(settled)]
        near = [n for n in near if _is_unnamed(n) and _is_meant(p, n, settled)]
        if len(near) == 1:
            settled[near[0].index] = replace(near[0], header=p.header, words=p.words)
            settled[p.index] = replace(p, header="", words={})
    return settled


def _is_unnamed(p: Profile) -> bool:
    return not p.header and p.filled > 0 and p.number_share >= 0.8 and p.date_share < 0.6


def _is_meant(p: Profile, near: Profile, profiles: Sequence[Profile]) -> bool:
    """Tell whether a name cannot mean its own column and can mean the one beside it."""
    if p.filled:
        return p.currency_share > 0.9
    other = "credit" if p.speaks_for("debit") > p.speaks_for("credit") else "debit"
    partners = [q for q in profiles if q.speaks_for(other) >= 1 and q.moves.any()]
    return max(map(p.speaks_for, _SIDES)) >= 1 and any(_take_turns(near, q) for q in partners)


def _take_turns(a: Profile, b: Profile) -> bool:
    both = bool((a.moves & b.moves).any())
    return a.one_signed and not both and float(np.mean(a.moves | b.moves)) >= 0.9

"""Rivals: other columns that the header names as strongly as those taken for the amount, and that
hold other figures, as what was ordered beside what was paid.

Law: between two such readings the file is asked about, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion.profiles import Profile
from reconciliation.ingestion.reading import Answer, Question
from reconciliation.ingestion.schemes import Scheme, combine

#: By so much the weights of two readings may differ where only the place of a column tells.
_AS_STRONG = 0.3


def ask_rivals(
    best: Scheme,
    schemes: Sequence[Scheme],
    profiles: Sequence[Profile],
    figures: Mapping[int, NDArray[np.int64]],
    flags: Mapping[int, Sequence[str]],
) -> list[Question]:
    """Return the question which amounts of several are meant, of those with a flag or in pairs."""
    if best.weight >= 9 or (best.flag is None and best.debit is None):
        return []
    words = None if best.flag is None else flags[best.flag]
    taken = combine(best, dict(figures), words)
    differing = [
        s
        for s in schemes
        if _is_alike(s, best)
        and s.weight >= best.weight - _AS_STRONG
        and not np.array_equal(combine(s, dict(figures), words), taken)
    ]
    if not differing:
        return []
    answers = tuple(_answer(s, profiles) for s in (best, *differing))
    text = "Several columns could be the amounts. Which are they?"
    return [Question("amount" if best.flag is not None else "debit", text, answers)]


def is_translated(
    rival: Scheme,
    best: Scheme,
    profiles: Sequence[Profile],
    figures: Mapping[int, NDArray[np.int64]],
) -> bool:
    """Tell a column with the same movements as another, some of them in other figures: the amounts
    in another currency, unless only the other one keeps to a single currency, or with a fee, unless
    the names say net and gross.
    """
    if _currencies(best, profiles) == 1 < _currencies(rival, profiles):
        return False
    if _named(best, "net", profiles) and _named(rival, "gross", profiles):
        return False
    a, b = combine(rival, dict(figures), None), combine(best, dict(figures), None)
    return bool((np.sign(a) == np.sign(b)).all() and (a == b).any() and (a != b).any())


def _named(scheme: Scheme, role: str, profiles: Sequence[Profile]) -> bool:
    return scheme.amount is not None and profiles[scheme.amount].speaks_for(role) >= 2


def in_one_currency(best: Scheme, schemes: Sequence[Scheme], profiles: Sequence[Profile]) -> Scheme:
    """Return the signed column whose own column of currencies, right behind it, names only one,
    where that of ``best`` names several: accounts are kept in one currency.
    """
    if _currencies(best, profiles) < 2:
        return best
    single = [s for s in schemes if s.columns != best.columns and _currencies(s, profiles) == 1]
    return single[0] if len(single) == 1 else best


def _currencies(scheme: Scheme, profiles: Sequence[Profile]) -> int:
    """Return how many currencies the column right behind a signed amount names."""
    if scheme.amount is None or scheme.flag is not None or scheme.weight >= 9:
        return 0
    behind = profiles[scheme.amount + 1 : scheme.amount + 2]
    return behind[0].distinct if behind and behind[0].currency_share > 0.95 else 0


def _is_alike(rival: Scheme, best: Scheme) -> bool:
    """Tell a reading of the same kind from columns of its own."""
    if set(rival.columns) & set(best.columns) or rival.flag != best.flag:
        return False
    return [c is None for c in (rival.debit, rival.credit)] == [
        c is None for c in (best.debit, best.credit)
    ]


def _answer(scheme: Scheme, profiles: Sequence[Profile]) -> Answer:
    names = " and ".join(f"“{profiles[c].header}”" for c in scheme.columns)
    shown = tuple(sample for c in scheme.columns for sample in profiles[c].samples[:2])
    chosen = {"amount": scheme.amount, "debit": scheme.debit, "credit": scheme.credit}
    chosen["flag"] = scheme.flag
    option = ",".join(f"{key}={c + 1}" for key, c in chosen.items() if c is not None)
    return Answer(option, names, shown)

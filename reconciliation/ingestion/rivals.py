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

"""Proof: which scheme, sign and row order a running balance proves.

Law: a balance that fits only with reversed signs proves them only where the dates agree with the
order of rows it needs; a balance *before* each row looks exactly like reversed signs otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion import numbers
from reconciliation.ingestion.balance import NO_CHAIN, Chain, check_chain
from reconciliation.ingestion.schemes import Scheme, combine

#: The share of steps that must agree before a balance turns the signs the header speaks for.
_FLIPPED = 0.8

Figures = dict[int, tuple[NDArray[np.int64], NDArray[np.int8]]]
Proof = tuple[Scheme | None, int | None, Chain]


def prove(
    candidates: Sequence[Scheme],
    balance_columns: Sequence[int],
    figures: Figures,
    flags: dict[int, Sequence[str]],
    groups: NDArray[np.int64] | None,
    direction: int = 0,
    doubtful: Sequence[int] = (),
) -> Proof:
    """Return the scheme, the balance column and the chain that explain most; (None, None, …) if
    none.

    A balance column that is ``doubtful`` (its header says something else) must explain three
    movements.

    ``direction``: +1 where the dates say oldest row first, −1 newest first, 0 where they do not
    say. A balance before each row proves the scheme, but its column is not returned.
    """
    best: Proof = (None, None, NO_CHAIN)
    if len(balance_columns) == 0:
        return best
    for scheme, column in product(candidates, balance_columns):
        if column in scheme.columns:
            continue
        for variant, amounts in _readings(scheme, figures, flags):
            balances, marks = figures[column]
            chain = check_chain(amounts, balances, marks == numbers.GOOD, groups)
            least = 3 if column in doubtful else 1 if variant == scheme else 2
            if chain.telling >= least and _is_better(variant == scheme, chain, best[2], direction):
                best = (variant, column, chain)
    return best if best[0] else _before(candidates, balance_columns, figures, flags, direction)


def _readings(
    scheme: Scheme, figures: Figures, flags: dict[int, Sequence[str]]
) -> Iterator[tuple[Scheme, NDArray[np.int64]]]:
    """Return the scheme's variants, each with the amounts it makes."""
    values = {column: minor for column, (minor, _) in figures.items()}
    words = flags.get(scheme.flag) if scheme.flag is not None else None
    unsigned = not any((values[c] < 0).any() for c in scheme.columns)
    for variant in _variants(scheme):
        if variant.style == "signed" and unsigned and scheme.style != "signed":
            continue
        yield variant, combine(variant, values, words)


def _is_better(usual: bool, chain: Chain, best: Chain, direction: int) -> bool:
    """Tell whether a chain proves more than the best so far, and by rows in the dates' order."""
    if not chain.proves or chain.good <= best.good:
        return False
    return usual or (chain.share >= _FLIPPED and not _contradicts(chain, direction))


def _contradicts(chain: Chain, direction: int) -> bool:
    """Tell whether the balance needs another order of rows than the dates have."""
    return bool(direction) and chain.newest_first == (direction > 0)


def _before(
    candidates: Sequence[Scheme],
    balance_columns: Sequence[int],
    figures: Figures,
    flags: dict[int, Sequence[str]],
    direction: int,
) -> Proof:
    """Look for a column that states the balance before each row, in the order of the dates."""
    if not direction:
        return None, None, NO_CHAIN
    for scheme, column in product(candidates, balance_columns):
        balances, marks = figures[column]
        if column in scheme.columns or (marks != numbers.GOOD).any():
            continue
        for variant, amounts in _readings(scheme, figures, flags):
            chain = check_chain(amounts, balances + amounts, marks == numbers.GOOD)
            clear = chain.proves and chain.telling >= 2 and not _contradicts(chain, direction)
            if clear and chain.share == 1:
                return variant, None, chain
    return None, None, NO_CHAIN


def _variants(scheme: Scheme) -> list[Scheme]:
    """Return the scheme and its other readings: reversed, other side in, other style."""
    if scheme.amount is not None and scheme.flag is None:
        return [scheme, replace(scheme, reversed=not scheme.reversed)]
    if scheme.flag is not None:
        swapped = replace(scheme, in_words=scheme.out_words, out_words=scheme.in_words)
        return [scheme, swapped]
    styles = [scheme.style, *(s for s in ("plain", "signed", "absolute") if s != scheme.style)]
    other = "debit" if scheme.money_in == "credit" else "credit"
    ways = product(styles, (scheme.money_in,) if scheme.plain_words else (scheme.money_in, other))
    return [replace(scheme, style=style, money_in=way) for style, way in ways]

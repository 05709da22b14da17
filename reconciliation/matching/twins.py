"""Twins: lines of one side that nobody can tell apart, decided together as one class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reconciliation.columns import TEXT_COLUMNS, LineColumns
from reconciliation.matching.edges import distinct

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TwinPairs:
    """Accepted pairs of twins: rows of both sides, and the probability of the class pair."""

    bank: Ints
    ledger: Ints
    chance: Floats


def twin_classes(lines: LineColumns, rows: Ints) -> Ints:
    """Return a class id for each of ``rows``: equal where every visible column is equal."""
    seen: dict[tuple, int] = {}
    columns = [getattr(lines, name)[rows] for name in TEXT_COLUMNS]
    keys = zip(
        lines.amount_minor[rows].tolist(),
        lines.booked_on[rows].tolist(),
        lines.valued_on[rows].tolist(),
        *columns,
        strict=True,
    )
    return np.fromiter((seen.setdefault(key, len(seen)) for key in keys), np.int64, len(rows))


def accept_twins(
    lines: tuple[LineColumns, LineColumns], bank: Ints, ledger: Ints, chance: Floats, bound: Floats
) -> TwinPairs:
    """Return pairs between classes whose number of matches is certain, whichever twin takes part.

    ``chance`` is the probability of each edge, ``bound`` what the sum over a class must reach.
    """
    classes = [_edge_classes(side, ends) for side, ends in zip(lines, (bank, ledger), strict=True)]
    pair = classes[0] * (classes[1].max(initial=0) + 1) + classes[1]
    by_ledger = _sums(ledger, classes[0], chance)
    by_bank = _sums(bank, classes[1], chance)
    _, pair = np.unique(pair, return_inverse=True)
    sure = np.zeros(int(pair.max(initial=-1)) + 1, bool)
    total = np.full(len(sure), 1.0)
    for sums in (by_ledger, by_bank):
        lowest = np.full(len(sure), np.inf)
        np.minimum.at(lowest, pair, np.where(sums >= bound, sums, -1.0))
        good = lowest >= 0
        total[good & ~sure] = np.minimum(lowest[good & ~sure], 1.0)
        sure |= good
    return _assign(bank, ledger, pair, sure, total)


def _edge_classes(lines: LineColumns, ends: Ints) -> Ints:
    """Return the twin class of each edge's end."""
    rows, back = np.unique(ends, return_inverse=True)
    return twin_classes(lines, rows)[back]


def _sums(end: Ints, other_class: Ints, chance: Floats) -> Floats:
    """Return for each edge the probability that its end is matched within the other end's class."""
    key = end * (other_class.max(initial=0) + 1) + other_class
    _, back = np.unique(key, return_inverse=True)
    return np.bincount(back, weights=chance)[back] if len(back) else chance


def _assign(bank: Ints, ledger: Ints, pair: Ints, sure: NDArray, total: Floats) -> TwinPairs:
    """Return the i-th row of one class with the i-th of the other, as far as both reach."""
    keep = np.flatnonzero(sure[pair]) if len(pair) else np.empty(0, np.int64)
    left = _numbered(pair[keep], bank[keep])
    right = _numbered(pair[keep], ledger[keep])
    key, li, ri = np.intersect1d(left[0], right[0], return_indices=True)
    return TwinPairs(left[1][li], right[1][ri], total[key // _WIDE])


_WIDE = np.int64(1) << 32


def _numbered(pair: Ints, row: Ints) -> tuple[Ints, Ints]:
    """Return (class pair and place in it, row) for the distinct rows of each class pair."""
    both = distinct(pair * _WIDE + row)
    owner = both // _WIDE
    size = np.bincount(owner) if len(owner) else np.empty(0, np.int64)
    place = np.arange(len(both)) - np.repeat(np.cumsum(size) - size, size)
    return owner * _WIDE + place, both % _WIDE

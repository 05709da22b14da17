"""Twins: lines of one side that nobody can tell apart, decided together as one class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reconciliation.columns import TEXT_COLUMNS, LineColumns

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
    keep = np.flatnonzero(sure[pair])
    chosen = (bank[keep], ledger[keep], classes[0][keep], classes[1][keep], total[pair[keep]])
    return _assign(*chosen)


def _edge_classes(lines: LineColumns, ends: Ints) -> Ints:
    """Return the twin class of each edge's end."""
    rows, back = np.unique(ends, return_inverse=True)
    return twin_classes(lines, rows)[back]


def _sums(end: Ints, other_class: Ints, chance: Floats) -> Floats:
    """Return for each edge the probability that its end is matched within the other end's class."""
    key = end * (other_class.max(initial=0) + 1) + other_class
    _, back = np.unique(key, return_inverse=True)
    return np.bincount(back, weights=chance)[back].astype(np.float64) if len(back) else chance


def _assign(
    bank: Ints, ledger: Ints, bank_class: Ints, ledger_class: Ints, total: Floats
) -> TwinPairs:
    """Return pairs taken from the accepted class pairs, each line of a class used once."""
    pools = [_members(bank, bank_class), _members(ledger, ledger_class)]
    pairs = dict.fromkeys(
        zip(bank_class.tolist(), ledger_class.tolist(), total.tolist(), strict=True)
    )
    rows: tuple[list[int], list[int], list[float]] = ([], [], [])
    for left, right, chance in sorted(pairs):
        count = min(len(pools[0][left]), len(pools[1][right]))
        rows[0].extend(pools[0][left][:count])
        rows[1].extend(pools[1][right][:count])
        rows[2].extend([chance] * count)
        del pools[0][left][:count], pools[1][right][:count]
    return TwinPairs(np.array(rows[0], np.int64), np.array(rows[1], np.int64), np.array(rows[2]))


def _members(rows: Ints, classes: Ints) -> dict[int, list[int]]:
    """Return the distinct rows of each class, ascending."""
    both = np.unique(np.stack([classes, rows]), axis=1)
    members: dict[int, list[int]] = {}
    for which, row in both.T.tolist():
        members.setdefault(which, []).append(row)
    return members

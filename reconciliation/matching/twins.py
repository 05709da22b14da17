"""Twins: lines of one side that nobody can tell apart, decided together as one class.

Soft twins differ in their date alone, by a few days, and carry a number: one entry made twice. The
earliest of them is taken, the later ones are left over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reconciliation.columns import TEXT_COLUMNS, LineColumns

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


#: Copies of one entry are dated this many days apart at most.
SOFT_DAYS = 5

#: Gives the class of each of some rows of a side.
ClassesOf = Callable[[LineColumns, Ints], Ints]


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


def soft_classes(lines: LineColumns, rows: Ints) -> Ints:
    """Return a class id for each of ``rows``: equal where only the dates differ, each from the one
    before by SOFT_DAYS at most."""
    undated = np.zeros(len(lines), np.int32)
    same = twin_classes(replace(lines, booked_on=undated, valued_on=undated), rows)
    day = lines.booked_on[rows]
    order = np.lexsort((day, same))
    fresh = (np.diff(same[order], prepend=-1) != 0) | (np.diff(day[order], prepend=0) > SOFT_DAYS)
    classes = np.empty(len(rows), np.int64)
    classes[order] = np.cumsum(fresh) - 1
    return classes


def accept_twins(
    lines: tuple[LineColumns, LineColumns],
    bank: Ints,
    ledger: Ints,
    chance: Floats,
    bound: Floats,
    classes_of: ClassesOf = twin_classes,
) -> TwinPairs:
    """Return pairs between classes whose number of matches is certain, whichever twin takes part.

    ``chance`` is the probability of each edge, ``bound`` what the sum over a class must reach.
    """
    classes = [
        _edge_classes(side, ends, classes_of)
        for side, ends in zip(lines, (bank, ledger), strict=True)
    ]
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
    pools = [
        _members(side.booked_on, ends[keep], of_edge[keep])
        for side, ends, of_edge in zip(lines, (bank, ledger), classes, strict=True)
    ]
    return _assign(pools, classes[0][keep], classes[1][keep], total[pair[keep]])


def _edge_classes(lines: LineColumns, ends: Ints, classes_of: ClassesOf) -> Ints:
    """Return the twin class of each edge's end."""
    rows, back = np.unique(ends, return_inverse=True)
    return classes_of(lines, rows)[back]


def _sums(end: Ints, other_class: Ints, chance: Floats) -> Floats:
    """Return for each edge the probability that its end is matched within the other end's class."""
    key = end * (other_class.max(initial=0) + 1) + other_class
    _, back = np.unique(key, return_inverse=True)
    return np.bincount(back, weights=chance)[back].astype(np.float64) if len(back) else chance


def _assign(
    pools: list[dict[int, list[int]]], bank_class: Ints, ledger_class: Ints, total: Floats
) -> TwinPairs:
    """Return pairs taken from the accepted class pairs, each line of a class used once."""
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


def _members(day: Ints, rows: Ints, classes: Ints) -> dict[int, list[int]]:
    """Return the distinct rows of each class, the earliest first."""
    both = np.unique(np.stack([classes, day[rows], rows]), axis=1)
    members: dict[int, list[int]] = {}
    for which, _, row in both.T.tolist():
        members.setdefault(which, []).append(row)
    return members

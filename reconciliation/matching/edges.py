"""Edges: which pairs of a bank line and a ledger line are worth comparing. Positions in,
positions out.

Everything here is sort and search: the cost grows with n log n and the number of edges, never with
the product of equal amounts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

#: A key on more rows than this is no reason to look at any of them.
CROWD = 200


Each = TypeVar("Each")


def both_sides(make: Callable[[int], Each]) -> tuple[Each, Each]:
    """Return what ``make`` makes of the bank side (0) and of the ledger side (1)."""
    return make(0), make(1)


@dataclass(frozen=True, slots=True)
class Ranges:
    """For each bank row the run ``start[i]:stop[i]`` of ``order`` that holds its candidates."""

    order: Ints
    start: Ints
    stop: Ints

    @property
    def count(self) -> Ints:
        """Return the number of candidates of each bank row."""
        return self.stop - self.start


def same_amount_ranges(
    bank_amount: Ints,
    bank_day: Ints,
    ledger_amount: Ints,
    ledger_day: Ints,
    days_before: Ints | int,
    days_after: Ints | int,
) -> Ranges:
    """Return for each bank row the ledger rows of its amount dated ``bank day − after … +
    before``.
    """
    amounts = distinct(np.concatenate([bank_amount, ledger_amount]))
    base = min(bank_day.min(initial=0), ledger_day.min(initial=0))
    span = max(bank_day.max(initial=0), ledger_day.max(initial=0)) - base + 1
    margin = int(max(np.max(days_before, initial=0), np.max(days_after, initial=0))) + 1
    width = np.int64(span + 2 * margin)
    ledger_key = np.searchsorted(amounts, ledger_amount) * width + (ledger_day - base + margin)
    order = np.argsort(ledger_key, kind="stable")
    key = np.searchsorted(amounts, bank_amount) * width + (bank_day - base + margin)
    sorted_key = ledger_key[order]
    start = np.searchsorted(sorted_key, key - days_after, side="left")
    stop = np.searchsorted(sorted_key, key + days_before, side="right")
    return Ranges(order, start, stop)


def expand(ranges: Ranges, rows: Ints | None = None) -> tuple[Ints, Ints]:
    """Return the edges of ``ranges`` (of the bank ``rows`` only, if given) as two position
    arrays.
    """
    rows = np.arange(len(ranges.start)) if rows is None else rows
    count = ranges.count[rows]
    left = np.repeat(rows, count)
    return left, ranges.order[runs(ranges.start[rows], count)]


def runs(start: Ints, count: Ints) -> Ints:
    """Return ``start[0], start[0]+1, … start[0]+count[0]-1, start[1], …`` in one array."""
    total = int(count.sum())
    offset = np.repeat(start - np.cumsum(count) + count, count)
    return offset + np.arange(total)


def join(left_key: Ints, right_key: Ints) -> tuple[Ints, Ints]:
    """Return the index pairs with equal keys, leaving out keys crowded on the right."""
    order = np.argsort(right_key, kind="stable")
    keys = right_key[order]
    start = np.searchsorted(keys, left_key, side="left")
    found = np.searchsorted(keys, left_key, side="right") - start
    found[found > CROWD] = 0
    left = np.repeat(np.arange(len(left_key)), found)
    return left, order[runs(start, found)]


def distinct(keys: Ints) -> Ints:
    """Return the distinct keys, ascending; by sorting, which is quicker here than by hashing."""
    ordered = np.sort(keys)
    fresh = np.ones(len(ordered), bool)
    fresh[1:] = ordered[1:] != ordered[:-1]
    return ordered[fresh]

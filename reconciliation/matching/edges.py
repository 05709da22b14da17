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
_MOST_CODE = 2**62


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
    base = min(bank_day.min(initial=0), ledger_day.min(initial=0))
    span = max(bank_day.max(initial=0), ledger_day.max(initial=0)) - base + 1
    margin = int(max(np.max(days_before, initial=0), np.max(days_after, initial=0))) + 1
    width = np.int64(span + 2 * margin)
    bank_code, ledger_code = _codes(bank_amount, ledger_amount, int(width))
    ledger_key = ledger_code * width + (ledger_day - base + margin)
    order = np.argsort(ledger_key, kind="stable")
    key = bank_code * width + (bank_day - base + margin)
    by_key, sorted_key = np.argsort(key, kind="stable"), ledger_key[order]
    start, stop = np.empty((2, len(key)), np.int64)
    for out, wanted, border in (
        (start, key - days_after, "left"), (stop, key + days_before, "right"),
    ):  # fmt: skip
        out[by_key] = np.searchsorted(sorted_key, wanted[by_key], side=border)
    return Ranges(order, start, stop)


def _codes(amounts: Ints, others: Ints, width: int) -> tuple[Ints, Ints]:
    """Return numbers in the order of the amounts that may be multiplied by ``width``."""
    low = min(amounts.min(initial=0), others.min(initial=0))
    high = max(amounts.max(initial=0), others.max(initial=0))
    if (int(high) - int(low) + 1) * width < _MOST_CODE:
        return amounts - low, others - low
    every = distinct(np.concatenate([amounts, others]))
    return np.searchsorted(every, amounts), np.searchsorted(every, others)


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
    begin = np.flatnonzero(np.diff(keys, prepend=keys[:1] - 1))
    keys, size = keys[begin], np.diff(begin, append=len(keys))
    by_key = np.argsort(left_key, kind="stable")
    at = np.empty(len(left_key), np.int64)
    at[by_key] = np.searchsorted(keys, left_key[by_key])
    hit = at < len(keys)
    hit[hit] = keys[at[hit]] == left_key[hit]
    start, found = np.zeros((2, len(left_key)), np.int64)
    start[hit], found[hit] = begin[at[hit]], size[at[hit]]
    found[found > CROWD] = 0
    left = np.repeat(np.arange(len(left_key)), found)
    return left, order[runs(start, found)]


def distinct(keys: Ints) -> Ints:
    """Return the distinct keys, ascending; by sorting, which is quicker here than by hashing, and
    quickest where they ascend in long runs."""
    ordered = np.sort(keys, kind="stable")
    fresh = np.ones(len(ordered), bool)
    fresh[1:] = ordered[1:] != ordered[:-1]
    return ordered[fresh]


def in_order(codes: Ints) -> Ints:
    """Return the codes numbered anew as they come."""
    count = len(codes)
    first = np.full(int(codes.max(initial=-1)) + 1, count)
    first[codes[::-1]] = np.arange(count - 1, -1, -1)
    present = np.flatnonzero(first < count)
    first[present[np.argsort(first[present])]] = np.arange(len(present))
    return first[codes]

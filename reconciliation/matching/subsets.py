"""Subsets: which of a few lines add up to an amount, counted. A suggestion, never a proof: with
twenty candidates one accidental solution is the usual case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

#: At most this many candidates are searched, and a subset has at most this many lines.
MOST_CANDIDATES = 22
MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class Subsets:
    """``count`` subsets of two to MOST_LINES lines add up; ``first`` is the smallest of them
    (positions among the candidates), the earliest positions among equals."""

    count: int
    first: tuple[int, ...]


def subset_sums(amounts: Ints, target: int, most: int = MOST_LINES) -> Subsets:
    """Return how many subsets of ``amounts`` (MOST_CANDIDATES at most) add up to ``target``.

    Meet in the middle: all sums of either half, the one sorted, the other looked up.
    """
    if len(amounts) > MOST_CANDIDATES:
        raise ValueError(f"{len(amounts)} candidates, at most {MOST_CANDIDATES} are searched")
    half = len(amounts) // 2
    left, right = _sums(amounts[:half]), _sums(amounts[half:])
    size_left, size_right = _sizes(half), _sizes(len(amounts) - half)
    order = np.argsort(right, kind="stable")
    low = np.searchsorted(right[order], target - left, side="left")
    count = np.searchsorted(right[order], target - left, side="right") - low
    mask = np.repeat(np.arange(len(left)), count)
    offset = np.arange(len(mask)) - np.repeat(np.cumsum(count) - count, count)
    other = order[np.repeat(low, count) + offset]
    lines = size_left[mask] + size_right[other]
    fits = (lines >= 2) & (lines <= most)
    if not fits.any():
        return Subsets(0, ())
    whole = mask[fits] | (other[fits] << half)
    best = whole[np.lexsort((whole, lines[fits]))[0]]
    chosen = tuple(i for i in range(len(amounts)) if best >> i & 1)
    return Subsets(int(fits.sum()), chosen)


def _sums(amounts: Ints) -> Ints:
    """Return the sum of every subset, by bit mask."""
    sums = np.zeros(1, np.int64)
    for amount in amounts:
        sums = np.concatenate([sums, sums + amount])
    return sums


def _sizes(n: int) -> Ints:
    """Return the size of every subset of n lines, by bit mask."""
    return _sums(np.ones(n, np.int64))


def accidental_subsets(amounts: Ints, target: int, most: int = MOST_LINES) -> float:
    """Return how many subsets one expects to add up to an unrelated target, by a normal
    approximation.
    """
    n = len(amounts)
    if n < 2:
        return 0.0
    mean, spread = float(amounts.mean()), float(amounts.std()) + 1e-9
    lattice = float(np.gcd.reduce(np.append(np.abs(amounts), abs(target))) or 1)
    total, ways = 0.0, float(n)
    for k in range(2, min(most, n) + 1):
        ways *= (n - k + 1) / k
        sigma = spread * np.sqrt(k * max(1.0 - k / (n + 1), 1e-9))
        total += ways * lattice / sigma * np.exp(-((target - k * mean) ** 2) / (2 * sigma**2))
    return total / np.sqrt(2 * np.pi)

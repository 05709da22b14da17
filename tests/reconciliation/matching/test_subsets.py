"""Counted subset sums against every subset."""

from itertools import combinations

import numpy as np
import pytest

from reconciliation.matching.subsets import (
    MOST_CANDIDATES,
    MOST_LINES,
    accidental_subsets,
    subset_sums,
)


def every_subset(amounts, target):
    """Return all index subsets of two to MOST_LINES lines that add up."""
    return [
        chosen
        for size in range(2, MOST_LINES + 1)
        for chosen in combinations(range(len(amounts)), size)
        if sum(amounts[i] for i in chosen) == target
    ]


@pytest.mark.parametrize("seed", range(10))
def test_count_and_smallest_subset_equal_enumeration(seed):
    random = np.random.default_rng(seed)
    for _ in range(200):
        amounts = random.integers(1, 60, random.integers(0, 10))
        target = int(random.integers(1, 150))
        found, all_of_them = subset_sums(amounts, target), every_subset(amounts.tolist(), target)
        assert found.count == len(all_of_them)
        assert len(found.first) == (len(all_of_them[0]) if all_of_them else 0)
        assert not all_of_them or found.first in all_of_them


def test_too_many_candidates_are_refused():
    with pytest.raises(ValueError, match="at most"):
        subset_sums(np.ones(MOST_CANDIDATES + 1, np.int64), 3)


def test_expected_accidents_grow_with_candidates():
    amounts = np.arange(100, 1700, 83)
    few = accidental_subsets(amounts[:8], 2000)
    assert 0 < few < accidental_subsets(amounts, 2000)

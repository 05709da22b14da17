"""Sorting and searching find what looking at every pair finds."""

import numpy as np
import pytest

from reconciliation.matching.edges import expand, in_order, join, same_amount_ranges
from reconciliation.matching.keys import _code, _ranked_code
from reconciliation.matching.lookalikes import Tally

RANDOM = np.random.default_rng(7)


def whole(most, size=60, least=0):
    """Return random whole numbers."""
    return RANDOM.integers(least, most, size)


def test_join_finds_every_pair_of_equal_keys():
    left, right = whole(12), whole(12, 40)
    pairs = [(i, j) for i in range(60) for j in range(40) if left[i] == right[j]]
    assert list(zip(*(each.tolist() for each in join(left, right)), strict=True)) == pairs


@pytest.mark.parametrize("unit", [1, -250, 2**54])
def test_ranges_hold_equal_amounts_near_in_time(unit):
    amount, day, theirs, when = whole(6) * unit, whole(30), whole(6) * unit, whole(30)
    after = whole(5)
    found = expand(same_amount_ranges(amount, day, theirs, when, 2, after))
    assert set(zip(*(each.tolist() for each in found), strict=True)) == {
        (i, j)
        for i in range(60)
        for j in range(60)
        if amount[i] == theirs[j] and -2 <= day[i] - when[j] <= after[i]
    }


def test_codes_of_combinations_are_in_the_order_of_ranks():
    parts = (whole(9, least=-9), whole(4), whole(2**40))
    _, code = np.unique(_code(*parts), return_inverse=True)
    assert code.tolist() == _ranked_code(*parts).tolist()
    huge = (whole(2**62), whole(2**62))
    assert _code(*huge).tolist() == _ranked_code(*huge).tolist()


def test_codes_are_numbered_as_they_come():
    assert in_order(np.array([7, 3, 7, 0, 3])).tolist() == [0, 1, 0, 2, 1]
    assert in_order(np.empty(0, np.int64)).tolist() == []


def test_tally_counts_rows_and_knows_no_others():
    tally = Tally.of(np.array([5, 2, 5, 9]))
    assert tally.at(np.array([1, 2, 5, 9, 10])).tolist() == [0, 1, 2, 1, 0]
    assert Tally.of(np.empty(0, np.int64)).at(np.array([1])).tolist() == [0]

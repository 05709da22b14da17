"""Candidate groups: which of them can all be true."""

import numpy as np

from reconciliation.matching.stars import compatible, group_stars, join_stars


def stars(*groups):
    """Return stars of (centre, leaves) groups."""
    key = np.concatenate([[i] * len(leaves) for i, (_, leaves) in enumerate(groups)])
    centre = np.concatenate([[c] * len(leaves) for c, leaves in groups])
    leaf = np.concatenate([leaves for _, leaves in groups])
    return group_stars(0, key.astype(int), centre.astype(int), leaf.astype(int))


def test_leaves_are_distinct_and_sums_are_theirs():
    found = stars((7, [3, 1, 3]))
    assert (found.leaf.tolist(), found.sums(np.array([0, 10, 20, 30])).tolist()) == ([1, 3], [40])


def test_equal_groups_are_kept_once():
    assert len(join_stars([stars((7, [1, 2])), stars((7, [2, 1]), (7, [1, 3]))])) == 2


def test_smaller_group_wins_and_ties_lose_both():
    found = stars((0, [1, 2, 3]), (1, [3, 4]), (2, [8, 9]), (3, [9, 10]))
    assert compatible(found, found.count).tolist() == [False, True, False, False]


def test_line_of_a_losing_group_is_free_for_another():
    found = stars((0, [1, 2]), (1, [2, 3, 4]), (2, [4, 5, 6, 7]))
    assert compatible(found, found.count).tolist() == [True, False, True]

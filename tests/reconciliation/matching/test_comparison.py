"""What would become of the groups that are there, under another ruleset."""

import numpy as np

from reconciliation.matching.comparison import (
    OPEN,
    OTHERWISE,
    SAME,
    SUGGESTED,
    CurrentGroups,
    fates,
    sample_groups,
)
from reconciliation.matching.engine import propose_matches
from reconciliation.matching.proposals import MATCHED, Proposals
from tests.reconciliation.matching.tables import EVERYTHING, bank, ledger

NONE = np.empty(0, object)


def proposed(*groups) -> Proposals:
    """Return proposals of (outcome, bank ids, ledger ids)."""
    members = [
        (index, side, line)
        for index, (_, *sides) in enumerate(groups)
        for side, ids in enumerate(sides)
        for line in ids
    ]
    columns = np.array(members, np.int64).reshape(-1, 3).T
    size = len(groups)
    return Proposals(
        np.array([outcome for outcome, *_ in groups], np.int8), np.full(size, "block", object),
        np.linspace(0.9, 0.99, size), np.zeros(size, np.int64), np.zeros(size, np.int32),
        np.full(size, None, object), columns[0].astype(np.int32), columns[1].astype(np.int8),
        columns[2],
    )  # fmt: skip


def current(*groups) -> CurrentGroups:
    """Return current groups of (bank ids, ledger ids)."""
    members = [
        (index, side, line)
        for index, sides in enumerate(groups)
        for side, ids in enumerate(sides)
        for line in ids
    ]
    group, side, line = np.array(members, np.int64).T
    return CurrentGroups(group, side.astype(np.int8), line, np.full(len(groups), "x", object))


def test_each_group_is_told_what_would_become_of_it():
    rows = [(day, 100 + day, f"a{day}") for day in range(1, 6)]
    found = proposed((1, [1], [1]), (0, [2], [2]), (1, [3], [4]), (1, [4], []))
    made = current(([1], [1]), ([2], [2]), ([3], [3]), ([5], [5]))
    assert fates(made, bank(rows), ledger(rows), found).tolist() == [
        SAME, SUGGESTED, OTHERWISE, OPEN,
    ]  # fmt: skip


def test_swapped_twins_are_no_change():
    rows = [(1, 100, "same"), (1, 100, "same")]
    found = proposed((1, [1], [2]), (1, [2], [1]))
    made = current(([1], [1]), ([2], [2]))
    assert fates(made, bank(rows), ledger(rows), found).tolist() == [SAME, SAME]


def test_part_of_a_group_is_not_the_group():
    rows = [(1, 100, "a"), (1, 200, "b")]
    made = current(([1, 2], [1, 2]))
    assert fates(made, bank(rows), ledger(rows), proposed((1, [1], [1]))).tolist() == [OTHERWISE]


def test_what_the_engine_matched_it_matches_again():
    rows = [(day, 1_000 + 37 * day, f"inv {10_000 + day} acme") for day in range(1, 20)]
    lines = bank(rows), ledger(rows)
    found = propose_matches(*lines, ruleset=EVERYTHING)
    pairs = [([line], [line]) for line in range(1, 20)]
    assert set(fates(current(*pairs), *lines, found).tolist()) == {SAME}


def test_samples_are_the_least_certain_of_each_rule():
    found = proposed(*[(1, [line], [line]) for line in range(1, 10)])
    assert sample_groups(found, MATCHED) == [0, 1, 2]
    assert sample_groups(found, 1 - MATCHED) == []

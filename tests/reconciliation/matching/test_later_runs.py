"""A later run weighs what is left by the statistics of the whole books, not of the residue."""

from __future__ import annotations

import numpy as np
import pytest

from reconciliation.benchmarks.problems import make_problem
from reconciliation.benchmarks.scoring import score
from reconciliation.matching.engine import propose_matches
from reconciliation.matching.memory import Memory
from reconciliation.matching.proposals import MATCHED
from tests.reconciliation.matching.tables import EVERYTHING, bank, groups, ledger, lines, match

LEFT = [(40, 50_000, "transfer")], [(36, 50_000, "settlement")]


def usual(side):
    """Thirty matched lines of the same round amount, each with a number of its own."""
    return lines(side, [(day, 50_000, f"order 88{day}31") for day in range(1, 31)], first_id=100)


def test_round_amount_alone_matches_where_nothing_is_known_of_the_books():
    near = [(37, 50_000, "transfer")]
    assert len(match(bank(near), ledger(LEFT[1]))) == 1


def test_matched_lines_of_the_same_amount_make_it_weak():
    near = bank([(37, 50_000, "transfer")]), ledger(LEFT[1])
    earlier = tuple(usual(side.side) for side in near)
    found = propose_matches(*near, ruleset=EVERYTHING, earlier=earlier)
    assert (found.outcome == MATCHED).sum() == 0
    assert not {line for _, *rows in groups(found, 0) for line in sum(rows, ())} - {1}


@pytest.mark.parametrize("family", ["mandates", "bare", "mixture"])
def test_run_on_what_the_first_left_over_matches_nothing_wrong(family):
    *sides, true_bank, true_ledger = make_problem(family, 1500, 2)
    found = propose_matches(*sides, ruleset=EVERYTHING)
    matched = (found.outcome == MATCHED)[found.member_group]
    taken = [
        np.isin(side.id, found.member_line[matched & (found.member_side == code)])
        for code, side in enumerate(sides)
    ]
    aliases = {(each.bank_name, each.ledger_name): each.count for each in found.taught}
    again = propose_matches(
        *(side.take(~gone) for side, gone in zip(sides, taken, strict=True)),
        ruleset=EVERYTHING,
        memory=Memory(aliases=aliases),
        earlier=tuple(side.take(gone) for side, gone in zip(sides, taken, strict=True)),
    )
    assert wrong_groups(sides, (true_bank, true_ledger), again) == 0
    assert (again.outcome == MATCHED).sum() <= (found.outcome == MATCHED).sum() // 200


def wrong_groups(sides, truth, found):
    """Return how many matched groups are not true; line ids are row numbers from one."""
    made = {
        group: list(zip(*(part[found.member_group == group].tolist() for part in (
            found.member_side, found.member_line - 1)), strict=True))
        for group in np.flatnonzero(found.outcome == MATCHED).tolist()
    }  # fmt: skip
    figures = score(tuple(sides), truth, made)
    return figures.groups - figures.right

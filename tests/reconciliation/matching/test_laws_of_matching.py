"""Properties that hold on any books: order, ids, signs and calendars do not matter."""

import dataclasses
import random
from collections import Counter

import numpy as np
import pytest

from reconciliation.benchmarks.problems import FAMILIES, make_problem
from reconciliation.columns import TEXT_COLUMNS, LineColumns
from reconciliation.matching.decoy import count_false_matches
from reconciliation.matching.engine import propose_matches
from reconciliation.matching.explanations import explain
from reconciliation.matching.proposals import MATCHED
from reconciliation.matching.ruleset import DIFFERENCE_RULES, FEE_RULES, Ruleset
from tests.reconciliation.matching.tables import EVERYTHING

SIZE = 500


def visible(lines, row):
    """Return what a person sees of a line."""
    texts = tuple(getattr(lines, name)[row] for name in TEXT_COLUMNS)
    return int(lines.amount_minor[row]), int(lines.booked_on[row]), *texts


def decisions(sides, found=None):
    """Return the matched groups as sorted tuples of what is visible of their lines."""
    found = found or propose_matches(*sides, ruleset=EVERYTHING)
    place = [{line: row for row, line in enumerate(side.id.tolist())} for side in sides]
    members = {}
    for group, side, line in zip(
        found.member_group.tolist(), found.member_side.tolist(), found.member_line.tolist(),
        strict=True,
    ):  # fmt: skip
        if found.outcome[group] == MATCHED:
            row = place[side][line]
            members.setdefault(group, []).append((side, *visible(sides[side], row)))
    return sorted((found.rule[group], sorted(lines)) for group, lines in members.items())


LAWFUL = ["mixture", "bare", "mandates"]


@pytest.fixture(scope="module", params=LAWFUL)
def sides(request):
    return make_problem(request.param, SIZE, 3)[:2]


@pytest.fixture(scope="module")
def found(sides):
    return propose_matches(*sides, ruleset=EVERYTHING)


def shuffled(lines, seed):
    """Return the lines in another order and under other ids."""
    order = np.array(random.Random(seed).sample(range(len(lines)), len(lines)))
    moved = lines.take(order)
    return dataclasses.replace(moved, id=np.arange(7000, 7000 + len(lines), dtype=np.int64))


def test_order_and_ids_do_not_matter(sides, found):
    other = tuple(shuffled(side, seed) for seed, side in enumerate(sides))
    assert decisions(other) == decisions(sides, found)


def test_negating_every_amount_changes_no_decision(sides, found):
    other = tuple(dataclasses.replace(side, amount_minor=-side.amount_minor) for side in sides)
    expected = [
        (rule, sorted((line[0], -line[1], *line[2:]) for line in lines))
        for rule, lines in decisions(sides, found)
    ]
    assert decisions(other) == sorted(expected)


def test_twenty_eight_years_later_the_decisions_are_the_same(sides, found):
    days = np.int32(28 * 365 + 7)
    other = tuple(dataclasses.replace(side, booked_on=side.booked_on + days) for side in sides)
    expected = [
        (rule, [(line[0], line[1], line[2] + days, *line[3:]) for line in lines])
        for rule, lines in decisions(sides, found)
    ]
    assert decisions(other) == expected


@pytest.mark.parametrize("ruleset", [EVERYTHING, Ruleset()])
def test_no_line_is_in_two_matched_groups_nor_in_a_suggestion_as_well(sides, ruleset):
    found = propose_matches(*sides, ruleset=ruleset)
    matched = found.outcome[found.member_group] == MATCHED
    keys = found.member_line * 2 + found.member_side
    assert len(np.unique(keys[matched])) == matched.sum()
    assert not set(keys[matched].tolist()) & set(keys[~matched].tolist())


def test_every_group_nets_to_its_stated_difference(sides, found):
    total = np.zeros(len(found), np.int64)
    for code, (side, sign) in enumerate(zip(sides, (1, -1), strict=True)):
        mine = found.member_side == code
        rows = found.member_line[mine] - 1
        np.add.at(total, found.member_group[mine], sign * side.amount_minor[rows])
    assert total.tolist() == found.difference_minor.tolist()
    odd = set(found.rule[found.difference_minor != 0].tolist())
    assert odd <= DIFFERENCE_RULES | FEE_RULES


def test_every_explanation_is_a_sentence_whose_dates_follow_from_the_lines(sides, found):
    for group in range(len(found)):
        evidence = found.evidence[group]
        assert explain(found.rule[group], evidence).endswith(".")
        mine = found.member_group == group
        if "lag_days" in evidence and found.rule[group] != "reversal":
            day = [side.booked_on[found.member_line[mine & (found.member_side == code)][0] - 1]
                   for code, side in enumerate(sides)]  # fmt: skip
            assert evidence["lag_days"] == day[0] - day[1]


@pytest.mark.parametrize("sides", [*LAWFUL, "corrections"], indirect=True)
@pytest.mark.parametrize("kept", [0, 1])
def test_deleting_one_side_of_matches_leaves_the_other_unmatched(sides, found, kept):
    both = np.stack([members_of(found, code) for code in (0, 1)])
    chosen = np.flatnonzero((both == 1).all(axis=0) & (found.outcome == MATCHED))[::5]
    own, other = (
        np.isin(found.member_group, chosen) & (found.member_side == code)
        for code in (kept, 1 - kept)
    )
    again = list(sides)
    gone = found.member_line[other]
    again[1 - kept] = sides[1 - kept].take(~np.isin(sides[1 - kept].id, gone))
    made = propose_matches(*again, ruleset=EVERYTHING)
    matched = (made.outcome == MATCHED)[made.member_group] & (made.member_side == kept)
    left = found.member_line[own & ~in_twins(sides, found)]
    assert own.sum() > 8
    assert np.isin(left, made.member_line[matched]).sum() <= own.sum() // 100


def in_twins(sides, found):
    """Return which members stand in a group one of whose lines has a twin on its side."""
    seen = [[visible(side, row) for row in range(len(side))] for side in sides]
    count = [Counter(lines) for lines in seen]
    members = zip(found.member_side.tolist(), (found.member_line - 1).tolist(), strict=True)
    twin = np.array([count[side][seen[side][row]] > 1 for side, row in members])
    return np.isin(found.member_group, found.member_group[twin])


def members_of(found, code):
    """Return how many lines of one side each group has."""
    return np.bincount(found.member_group[found.member_side == code], minlength=len(found))


@pytest.mark.parametrize("family", ["payments", "bare", "mandates"])
def test_decoy_ledger_forty_days_later_matches_next_to_nothing(family):
    bank, ledger = make_problem(family, 1500, 5)[:2]
    decoy = count_false_matches(bank, ledger, ruleset=EVERYTHING)
    assert decoy.matched <= max(decoy.lines // 1000, 1)


def test_lines_of_an_unrelated_account_change_no_match_into_another(sides, found):
    other = make_problem("payments", 200, 99)[:2]
    both = tuple(
        LineColumns.concat(own.side, [own, dataclasses.replace(more, id=more.id + 1_000_000)])
        for own, more in zip(sides, other, strict=True)
    )
    again = {tuple(map(tuple, lines)) for _, lines in decisions(both)}
    before = {tuple(map(tuple, lines)) for _, lines in decisions(sides, found)}
    partner = {lines[0]: lines for lines in before}
    moved = [lines for lines in again if partner.get(lines[0], lines) != lines]
    assert len(moved) <= len(before) // 100


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_problems_are_the_same_for_the_same_seed(family):
    first, second = (make_problem(family, 60, 4) for _ in range(2))
    assert first[0].amount_minor.tolist() == second[0].amount_minor.tolist()
    assert first[2:] == second[2:]

"""What sums to this: every group of two to four lines once, and an honest "is that all"."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from reconciliation.review.sums import MOST_ANSWERS, MOST_LINES, Sums, find_sums

LINES = [(1, 100), (2, 250), (3, 650), (4, -50), (5, 900)]


@pytest.mark.parametrize(
    "target, answers",
    [
        (350, ((1, 2),)),
        (1000, ((1, 5), (1, 2, 3))),
        (950, ((1, 2, 3, 4), (1, 4, 5))),
        (7, ()),
    ],
)
def test_groups_that_add_up_are_found(target, answers):
    found = find_sums(target, LINES)
    assert (set(found.answers), found.is_complete) == (set(answers), True)


def test_a_single_answer_is_unique():
    assert find_sums(350, LINES).is_unique
    assert not find_sums(1000, LINES).is_unique


def test_many_answers_stop_the_search():
    found = find_sums(2, [(i, 1) for i in range(20)])
    assert (len(found.answers), found.is_complete) == (MOST_ANSWERS, False)


def test_more_lines_than_the_budget_are_not_claimed_to_be_all():
    lines = [(i, 10**i if i < 15 else 3 * i) for i in range(MOST_LINES + 1)]
    found = find_sums(11, lines)
    assert (found.answers, found.is_complete, found.is_unique) == (((0, 1),), False, False)


def test_no_lines_give_no_answer():
    assert find_sums(5, []) == Sums((), True, 0)


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_trying_everything_in_any_order(seed):
    chance = random.Random(seed)
    lines = [(i, chance.randrange(-900, 900)) for i in range(12)]
    target = sum(amount for _, amount in chance.sample(lines, 3))
    wanted = {
        tuple(i for i, _ in group)
        for size in (2, 3, 4)
        for group in combinations(lines, size)
        if sum(amount for _, amount in group) == target
    }
    chance.shuffle(lines)
    found = find_sums(target, lines)
    assert set(found.answers) <= wanted
    assert len(found.answers) == min(len(wanted), MOST_ANSWERS)

"""Files nobody expects: nothing crashes, nothing hangs, nothing absurd is matched."""

import time

import numpy as np
import pytest

from reconciliation.columns import NO_DAY, LineColumns
from reconciliation.matching.engine import propose_matches
from reconciliation.matching.proposals import MATCHED
from reconciliation.vocabulary import Side
from tests.reconciliation.matching.tables import EVERYTHING, FIRST

MANY = 1500
HUGE = 10**15


def lines(side, amount, day, text="", count=MANY):
    """Return lines whose columns are given as one value for all, or as one each."""
    texts = np.full((4, count), "", dtype=object)
    texts[1] = text
    ids = np.arange(1, count + 1, dtype=np.int64)
    return LineColumns(
        side, ids, ids.astype(np.int32), np.full(count, FIRST, np.int32) + np.int32(day),
        np.full(count, NO_DAY, np.int32), np.full(count, 0, np.int64) + amount, *texts,
    )  # fmt: skip


def both(make):
    """Return both sides of one make, with randomness of their own."""
    return tuple(make(side, np.random.default_rng(seed)) for seed, side in enumerate(Side, 1))


def numbered(random, count=MANY):
    """Return texts with a word and a number each, some of them shared by accident."""
    return [f"W{n % 50}X {n}" for n in random.integers(0, 10**6, count).tolist()]


ODD = {
    "nothing at all": lambda side, r: lines(side, 5, 0, count=0),
    "one amount, one day, one text": lambda side, r: lines(side, 500, 0, side.value),
    "one amount, all year": lambda side, r: lines(side, 500, r.integers(0, 365, MANY)),
    "zeros": lambda side, r: lines(side, 0, r.integers(0, 99, MANY), numbered(r)),
    "huge": lambda side, r: lines(
        side, r.choice([HUGE, -HUGE, HUGE - 1, 3 * HUGE], MANY), r.integers(0, 9, MANY), numbered(r)
    ),
    "pennies": lambda side, r: lines(side, r.integers(1, 30, MANY), 0, side.value),
    "one number for all": lambda side, r: lines(
        side, r.integers(1, 10**6, MANY), r.integers(0, 365, MANY), "payment 4711"
    ),
    "reversals everywhere": lambda side, r: lines(
        side, r.choice([-500, 500], MANY), r.integers(0, 30, MANY), "VOID ACME 4711"
    ),
    "centuries": lambda side, r: lines(
        side, r.integers(1, 999, MANY), r.integers(-700_000, 2_000_000, MANY)
    ),
    "odd writing": lambda side, r: lines(
        side,
        r.integers(1, 999, MANY),
        0,
        [f"\1\2²½٣٤ İıß𝟘 東京☕ {chr(200 + n)}" for n in range(MANY)],
    ),
    "long texts": lambda side, r: lines(side, r.integers(1, 999, MANY), 0, "wordy 77 " * 150),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_file_gives_proposals_of_finite_probability(name):
    found = propose_matches(*both(ODD[name]), ruleset=EVERYTHING)
    assert np.isfinite(found.probability).all()
    assert ((found.probability >= 0) & (found.probability < 1)).all()


@pytest.mark.parametrize("name", ["one amount, all year", "pennies", "centuries", "odd writing"])
def test_lines_that_have_nothing_to_do_with_each_other_are_not_matched(name):
    found = propose_matches(*both(ODD[name]), ruleset=EVERYTHING)
    assert (found.outcome == MATCHED).sum() <= MANY // 500


def test_zeros_are_no_group():
    found = propose_matches(*both(ODD["zeros"]), ruleset=EVERYTHING)
    sizes = np.bincount(found.member_group)[found.outcome == MATCHED]
    assert set(sizes.tolist()) <= {2}


def test_few_bank_lines_against_a_large_ledger_match_what_is_theirs():
    random = np.random.default_rng(4)
    amount, day = random.integers(100, 10**7, 9000), random.integers(0, 365, 9000)
    texts = np.array(numbered(random, 9000), dtype=object)
    ledger = lines(Side.LEDGER, amount, day, texts, count=9000)
    own = np.arange(0, 9000, 900)
    bank = lines(Side.BANK, amount[own], day[own], texts[own], count=10)
    found = propose_matches(bank, ledger, ruleset=EVERYTHING)
    pairs = found.member_line.reshape(-1, 2)[found.outcome == MATCHED]
    assert (own[pairs[:, 0] - 1] == pairs[:, 1] - 1).all()
    assert len(pairs) >= 9


def test_crowds_of_equal_amounts_do_not_bend_the_growth():
    def seconds(count):
        sides = both(lambda side, r: lines(side, 500, r.integers(0, 3, count), side.value, count))
        began = time.process_time()
        propose_matches(*sides, ruleset=EVERYTHING)
        return time.process_time() - began

    seconds(2_000)
    assert seconds(32_000) < 16 * max(seconds(4_000), 0.02)

"""Fee schedules are learned only where they reproduce batches to the cent."""

import numpy as np

from reconciliation.matching.fees import Schedule, learn_schedule
from reconciliation.matching.stars import group_stars


def batches(count, seed=1):
    """Return stars of random batches and the gross amount of every item."""
    random = np.random.default_rng(seed)
    sizes = random.integers(2, 12, count)
    key = np.repeat(np.arange(count), sizes)
    leaf = np.arange(len(key))
    return group_stars(0, key, key, leaf), random.integers(200, 30_000, len(leaf))


def test_schedule_is_found_again():
    stars, gross = batches(40)
    true = Schedule(2600, 10, "half_up", False)
    net = stars.sums(gross) - true.batch_fees(stars, gross)
    learned, hits = learn_schedule(stars, gross, net)
    assert (learned.rate, learned.fixed, hits.all()) == (2600, 10, True)


def test_some_incomplete_batches_do_not_hide_the_schedule():
    stars, gross = batches(60)
    true = Schedule(1900, 0, "half_even", False)
    net = stars.sums(gross) - true.batch_fees(stars, gross)
    net[::4] -= 777
    learned, hits = learn_schedule(stars, gross, net)
    assert (learned.rate, int(hits.sum())) == (1900, 45)


def test_arbitrary_deductions_are_no_schedule():
    stars, gross = batches(60)
    net = stars.sums(gross) - np.random.default_rng(2).integers(1, 2000, len(stars))
    assert learn_schedule(stars, gross, net) is None


def test_few_batches_are_no_schedule():
    stars, gross = batches(5)
    assert learn_schedule(stars, gross, stars.sums(gross) - 100) is None

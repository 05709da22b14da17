"""Slips: open lines that are one event but for a slip: the sign turned round, digits exchanged, an
amount a little off, a date far off. Only ever suggested.

Law: only lines without a likely partner take part, and the chance is that of the slip against the
accidents one expects.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.candidates import Candidates, describe
from reconciliation.matching.differences import relation
from reconciliation.matching.edges import both_sides, expand, same_amount_ranges
from reconciliation.matching.names import NO_NAME, STRONG_NAME
from reconciliation.matching.reading import share_number
from reconciliation.matching.ruleset import OFF
from reconciliation.matching.tolerant import same_name_pairs
from reconciliation.matching.working import Working

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Masks = tuple[NDArray[np.bool_], NDArray[np.bool_]]

#: How far off in days a date may be, and where a name or a number is shared: a year mistyped.
FAR_DAYS, FARTHEST_DAYS = 60, 400
#: A line that so many others fit is not told by its amount.
CROWD = 3
#: How often two lonely lines of one amount, of opposite amounts, or of one name and related
#: amounts, are one event.
FAR_SHARE, SIGN_SHARE, RELATED_SHARE = 0.2, 0.3, 0.3
#: How likely two lines of one amount and name are one event, where many lines have the amount.
CROWD_SHARE = 0.8
#: How often two unrelated amounts are related by accident.
ACCIDENT = {
    "rounding": 0.002, "transposition": 0.01, "slide": 0.005, "digit": 0.02, "discount": 0.02,
    "close": 0.1,
}  # fmt: skip


def find_slips(work: Working, lonely: Masks, known: Candidates) -> tuple[Candidates, Floats]:
    """Return the pairs of lonely lines (by row of each side) that a slip explains, and the chance
    of each; none that is ``known`` already."""
    rows = both_sides(lambda side: work.rows(side)[lonely[side][work.rows(side)]])
    found = [_far(work, *rows)]
    if work.rules.mode("name_with_difference") != OFF:
        found += [_turned(work, *rows), _named(work, *rows)]
    bank, ledger, chance = (np.concatenate(parts) for parts in zip(*found, strict=True))
    width = np.int64(max(len(work.reading.ledger), 1))
    fresh = ~np.isin(bank * width + ledger, known.bank * width + known.ledger)
    bank, ledger, chance = bank[fresh], ledger[fresh], chance[fresh]
    number = np.full(len(bank), -1, np.int64)
    return describe(work.reading, bank, ledger, number), chance / _rivals(bank, ledger)


def _far(work: Working, bank: Ints, ledger: Ints) -> tuple[Ints, Ints, Floats]:
    """Return pairs of one amount whose dates are further apart than the ruleset allows."""
    reading, rules = work.reading, work.rules
    left, right = _of_amount(work, bank, ledger, 1, FARTHEST_DAYS)
    lag = reading.bank.day[left] - reading.ledger.day[right]
    far = (lag < -rules.days_before) | (lag > rules.days_after)
    far &= (np.abs(lag) <= FAR_DAYS) | _shows(work, left, right)
    left, right = left[far], right[far]
    return left, right, _odds(FAR_SHARE, _accidents(work, left))


def _turned(work: Working, bank: Ints, ledger: Ints) -> tuple[Ints, Ints, Floats]:
    """Return pairs of opposite amounts that share a name or a number."""
    left, right = _of_amount(work, bank, ledger, -1, FAR_DAYS)
    shown = _shows(work, left, right)
    left, right = left[shown], right[shown]
    return left, right, _odds(SIGN_SHARE, _accidents(work, left))


def _named(work: Working, bank: Ints, ledger: Ints) -> tuple[Ints, Ints, Floats]:
    """Return pairs of one name and near dates whose amounts are equal, in crowds of that amount
    too large to be compared, or differ in a way that has a name."""
    reading, rules = work.reading, work.rules
    bank, ledger = same_name_pairs(work, (bank, ledger))
    lag = reading.bank.day[bank] - reading.ledger.day[ledger]
    near = (lag >= -rules.days_before) & (lag <= rules.days_after)
    bank, ledger = bank[near], ledger[near]
    equal = reading.bank.amount[bank] == reading.ledger.amount[ledger]
    told = relation(reading.bank.amount[bank], reading.ledger.amount[ledger], rules)
    keep = equal | np.isin(told, list(ACCIDENT))
    bank, ledger, told, equal = bank[keep], ledger[keep], told[keep], equal[keep]
    level = describe(reading, bank, ledger, np.full(len(bank), -1, np.int64)).level
    keep = level == STRONG_NAME
    chance = np.full(int(keep.sum()), CROWD_SHARE)
    accident = np.array([ACCIDENT[each] for each in told[keep & ~equal]], np.float64)
    chance[~equal[keep]] = _odds(RELATED_SHARE, accident)
    return bank[keep], ledger[keep], chance


def _shows(work: Working, bank: Ints, ledger: Ints) -> NDArray[np.bool_]:
    """Return which pairs share a name or a number."""
    level = describe(work.reading, bank, ledger, np.full(len(bank), -1, np.int64)).level
    return (level > NO_NAME) | share_number(work.reading, 0, bank, 1, ledger)


def _of_amount(work: Working, bank: Ints, ledger: Ints, sign: int, days: int) -> tuple[Ints, Ints]:
    """Return the pairs of rows of one amount (times ``sign``), so many days apart at most, that
    few others fit."""
    sides = work.reading.sides
    ranges = same_amount_ranges(
        sign * sides[0].amount[bank], sides[0].day[bank], sides[1].amount[ledger],
        sides[1].day[ledger], days, days,
    )  # fmt: skip
    few = (ranges.count > 0) & (ranges.count <= CROWD) & (sides[0].amount[bank] != 0)
    left, right = expand(ranges, np.flatnonzero(few))
    crowded = np.bincount(right, minlength=len(ledger))[right] > CROWD
    return bank[left[~crowded]], ledger[right[~crowded]]


def _accidents(work: Working, bank: Ints) -> Floats:
    """Return how many lines of the bank row's amount one expects by accident."""
    reading = work.reading
    code = reading.bank.amount_code[bank]
    return reading.expected[code] + np.maximum(reading.amount_lines[0][code] - 1, 0)


def _odds(share: float, accident: Floats) -> Floats:
    """Return the chance of something that happens so often, against the accidents expected."""
    return share / (share + accident)


def _rivals(bank: Ints, ledger: Ints) -> Floats:
    """Return how many pairs each pair's fuller line is in."""
    sizes = [np.bincount(ends)[ends] if len(ends) else ends for ends in (bank, ledger)]
    return np.maximum(*sizes).astype(np.float64)

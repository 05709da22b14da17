"""Look-alikes: how many lines of the file have this amount, and this amount with this token.

The one statistic that makes 500.00 weak and 1,237.43 strong without anybody saying so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.edges import same_amount_ranges
from reconciliation.matching.tokens import Csr

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Amounts of one roundness are compared with each other: multiples of these, the coarsest first.
LATTICES = (100_000, 10_000, 5_000, 1_000, 500, 100)
#: Endings people like, each as good as a whole unit.
CHARM_ENDINGS = (99, 95, 90, 50, 49)
NEIGHBOURHOOD = 0.2
#: The share of all lines that might have lain in a neighbourhood although none does.
UNSEEN_SHARE = 0.002
#: … and so many lines, which matters only where a file has next to none.
UNSEEN_LINES = 0.2
#: So many lines of one amount within so many days of each other are a crowd.
CROWD_LINES, CROWD_DAYS = 20, 3


def roundness(amount: Ints) -> tuple[NDArray[np.int8], Ints]:
    """Return each amount's class of roundness and the spacing of that class's lattice."""
    size = np.abs(amount)
    cls = np.full(len(size), len(LATTICES) + 1, np.int8)
    step = np.ones(len(size), np.int64)
    charm = np.isin(size % 100, CHARM_ENDINGS)
    cls[charm], step[charm] = len(LATTICES), 100
    for rank in range(len(LATTICES) - 1, -1, -1):
        fits = size % LATTICES[rank] == 0
        cls[fits], step[fits] = rank, LATTICES[rank]
    return cls, step


def expected_at(amount: Ints, weight: Ints) -> Floats:
    """Return how many lines one expects at each amount, from its neighbours of the same roundness.

    ``amount`` distinct and ascending, ``weight`` the lines at each. The line itself is no
    neighbour; a small share of all lines is taken to be one, so that few lines do not look like
    proof.
    """
    unseen = UNSEEN_LINES + UNSEEN_SHARE * float(weight.sum())
    cls, step = roundness(amount)
    out = np.zeros(len(amount))
    for each in np.unique(cls):
        mine = np.flatnonzero(cls == each)
        total = np.concatenate([[0], np.cumsum(weight[mine])])
        size = amount[mine]
        reach = np.maximum(np.abs(size) * NEIGHBOURHOOD, step[mine])
        low = np.searchsorted(size, size - reach, side="left")
        high = np.searchsorted(size, size + reach, side="right")
        points = 2 * np.floor(reach / step[mine]) + 1
        out[mine] = np.maximum(total[high] - total[low] - 1, unseen) / points
    return out


def crowding(amount: Ints, day: Ints, year: Ints, days: int) -> Floats:
    """Return for each row how many times denser its amount is around its day than over all the
    ``days``; one unless a crowd has come together. ``year``: the rows of each row's amount.

    Rents are due on one day: that somebody else's has the same date is no accident.
    """
    out = np.ones(len(amount))
    some = np.flatnonzero(year >= CROWD_LINES)
    mine = amount[some], day[some]
    near = same_amount_ranges(*mine, *mine, CROWD_DAYS, CROWD_DAYS).count
    denser = near * days / ((2 * CROWD_DAYS + 1) * year[some])
    out[some] = np.where(near >= CROWD_LINES, np.maximum(denser, 1.0), 1.0)
    return out


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows stand at each ``key`` (ascending, distinct): an amount code with a number or a
    name."""

    key: Ints
    lines: Ints

    @classmethod
    def of(cls, keys: Ints) -> Tally:
        """Return the tally of rows with these keys."""
        return cls(*np.unique(keys, return_counts=True))

    def at(self, wanted: Ints) -> Ints:
        """Return how many rows stand at each wanted key; quick where these ascend."""
        place = np.searchsorted(self.key, wanted)
        found = np.zeros(len(wanted), np.int64)
        hit = place < len(self.key)
        hit[hit] = self.key[place[hit]] == wanted[hit]
        found[hit] = self.lines[place[hit]]
        return found


def count_variants(wanted: Ints, named: Tally, variants: Csr, size: int, amounts: int) -> Ints:
    """Return on how many rows each wanted key ``amount code * size + variant`` stands.

    ``wanted`` ascending and distinct; ``named`` tells the rows by ``amount code * names + name``,
    there are ``amounts`` codes.
    """
    names = np.int64(len(variants.start))
    asked = np.zeros(amounts, bool)
    asked[wanted // size] = True
    code = named.key // names
    some = np.flatnonzero(asked[code])
    index, token = variants.take(named.key[some] % names)
    key = code[some][index] * np.int64(size) + token
    at = np.searchsorted(wanted, key)
    hit = at < len(wanted)
    hit[hit] = wanted[at[hit]] == key[hit]
    counts = np.bincount(at[hit], weights=named.lines[some][index[hit]], minlength=len(wanted))
    return counts.astype(np.int64)

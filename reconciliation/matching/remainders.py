"""Remainders: a line names some references and pays more; what is left over is exactly one more
open line of the same party."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.batches import groups_batch
from reconciliation.matching.edges import join
from reconciliation.matching.groups_by_number import number_links
from reconciliation.matching.proposals import MATCHED, SUGGESTED
from reconciliation.matching.ruleset import AUTO, OFF
from reconciliation.matching.stars import Stars, compatible, group_stars
from reconciliation.matching.working import Working

Ints = NDArray[np.int64]

CHANCE = 0.9995
RESIDUE_DAYS = 3


def match_remainders(work: Working) -> None:
    """Match a line with the lines it names and the one open line that makes up the remainder."""
    mode = work.rules.mode("reference_and_remainder")
    if mode == OFF:
        return
    for side in (0, 1):
        stars, rest = _completed(work, side)
        keep = compatible(stars, stars.count)
        stars, rest = stars.take(keep), rest[keep]
        evidence = [
            {"lines": lines, "remainder_minor": amount}
            for lines, amount in zip(stars.count.tolist(), rest.tolist(), strict=True)
        ]
        outcome = MATCHED if mode == AUTO else SUGGESTED
        chance = np.full(len(stars), CHANCE)
        work.add(groups_batch(outcome, "reference_and_remainder", chance, evidence, *stars.rows()))


def _completed(work: Working, side: int) -> tuple[Stars, Ints]:
    """Return the named groups together with their only possible remainder, and its amount."""
    reading, rules = work.reading, work.rules
    mine, other = reading.sides[side], reading.sides[1 - side]
    centre, leaf, *_ = number_links(work, side)
    named = group_stars(side, centre, centre, leaf)
    total = named.sums(other.amount)
    rest = mine.amount[named.centre] - total
    fits = (rest != 0) & (np.sign(total) == np.sign(mine.amount[named.centre]))
    named, rest = named.take(fits), rest[fits]
    group, extra = _remainders(work, named, rest)
    day = other.day[extra]
    near = np.abs(day - mine.day[named.centre[group]]) <= rules.group_days
    near &= ~np.isin(extra * np.int64(len(mine) + 1) + named.centre[group],
                     leaf * np.int64(len(mine) + 1) + centre)  # fmt: skip
    group, extra = group[near], extra[near]
    single = np.bincount(group, minlength=len(named))[group] == 1
    group, extra = group[single], extra[single]
    chosen = named.take(group)
    owner = np.concatenate([chosen.owner, np.arange(len(group))])
    leaves = np.concatenate([chosen.leaf, extra])
    return group_stars(side, owner, chosen.centre[owner], leaves), rest[group]


def _remainders(work: Working, named: Stars, rest: Ints) -> tuple[Ints, Ints]:
    """Return (group, row) for open rows of the remainder's amount and of a named line's name."""
    reading = work.reading
    other = reading.sides[1 - named.side]
    pool = work.rows(1 - named.side)
    names = np.int64(len(reading.names.sides[1 - named.side].lines))
    at = np.minimum(np.searchsorted(reading.amounts, rest), max(len(reading.amounts) - 1, 0))
    first = other.name[named.leaf[named.start[:-1]]]
    usable = (first > 0) & (reading.amounts[at] == rest) if len(rest) else first > 0
    key = np.where(usable, at * names + first, -1)
    group, place = join(key, other.amount_code[pool] * names + other.name[pool])
    return group, pool[place]


def has_remainder(work: Working, bank: Ints, ledger: Ints) -> NDArray[np.bool_]:
    """Return the pairs whose difference is one more open line on either side: of the same name,
    or of the same channel and at most RESIDUE_DAYS away."""
    sides = work.reading.sides
    difference = sides[0].amount[bank] - sides[1].amount[ledger]
    found = np.zeros(len(bank), bool)
    for side, ends, rest in ((1, ledger, difference), (0, bank, -difference)):
        pool, amounts, mine = work.rows(side), work.reading.amounts, sides[side]
        at = np.minimum(np.searchsorted(amounts, rest), len(amounts) - 1)
        exists = amounts[at] == rest
        hit, place = join(np.where(exists, at, -1), mine.amount_code[pool])
        other, row = pool[place], ends[hit]
        named = (mine.name[other] == mine.name[row]) & (mine.name[row] > 0)
        close = np.abs(mine.day[other] - mine.day[row]) <= RESIDUE_DAYS
        found[hit[named | (close & (mine.channel[other] == mine.channel[row]))]] = True
    return found

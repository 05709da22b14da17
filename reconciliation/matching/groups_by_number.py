"""Groups by number: one line of one side and all lines of the other that share its reference and
add up to it exactly. The smallest such group wins; two equally small ones are both left alone."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.batches import Batch, groups_batch
from reconciliation.matching.edges import join
from reconciliation.matching.proposals import MATCHED, SUGGESTED
from reconciliation.matching.ruleset import AUTO, OFF
from reconciliation.matching.stars import Stars, compatible, group_stars, join_stars
from reconciliation.matching.tokens import FIELDS
from reconciliation.matching.working import Working

Ints = NDArray[np.int64]

#: A reference has at least this many digits.
DIGITS = 3
CHANCE = 0.9999


def match_reference_groups(work: Working) -> None:
    """Match every line with the lines of the other side that share its reference and its total."""
    mode = work.rules.mode("reference_group")
    if mode == OFF:
        return
    for side in (0, 1):
        stars = reference_stars(work, side)
        mine, other = work.reading.sides[side], work.reading.sides[1 - side]
        total = mine.amount[stars.centre]
        exact = stars.take((stars.sums(other.amount) == total) & (total != 0))
        found = exact.take(compatible(exact, exact.count))
        outcome = MATCHED if mode == AUTO else SUGGESTED
        work.add(_batch(work, found, outcome))


def reference_stars(work: Working, side: int, least: int = 2) -> Stars:
    """Return every candidate: a line and the open lines that show a number of it, all its
    numbers, or a number within one channel, always in one field; ``least`` of them and close
    enough in time."""
    centre, leaf, number, fields = number_links(work, side)
    channel = work.reading.sides[1 - side].channel[leaf]
    channels = np.int64(work.reading.sides[1 - side].channels + 1)
    size = np.int64(len(work.reading.texts.number) + 1)
    keys = (
        centre * size * channels + number * channels,
        centre * size * channels + number * channels + channel + 1,
        centre,
        centre * channels + channel,
    )
    parts = []
    for key, field in product(keys, range(len(FIELDS))):
        mine = (fields >> field) & 1 == 1
        parts.append(group_stars(side, key[mine], centre[mine], leaf[mine]))
    stars = join_stars([part.take(part.count >= least) for part in parts])
    day = work.reading.sides[1 - side].day
    near = stars.highest(day) - stars.lowest(day) <= work.rules.group_days
    return stars.take(near)


def number_links(work: Working, side: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Return (row of ``side``, row of the other side, number, the fields it stands in on the other
    side) for open rows sharing a reference."""
    reading, rules = work.reading, work.rules
    long = reading.texts.digits >= DIGITS
    parts = []
    for each in (side, 1 - side):
        table, rows = reading.sides[each].numbers, work.rows(each)
        index, number = table.take(rows)
        fields = reading.texts.fields[each][table.places(rows)]
        keep = long[number] & (reading.number_lines[1 - each][number] > 0)
        parts.append((rows[index[keep]], number[keep], fields[keep]))
    at, other = join(parts[0][1], parts[1][1])
    centre, leaf, number = parts[0][0][at], parts[1][0][other], parts[0][1][at]
    fields = parts[1][2][other]
    lag = reading.sides[side].day[centre] - reading.sides[1 - side].day[leaf]
    lag = lag if side == 0 else -lag
    near = (lag >= -rules.number_days_before) & (lag <= rules.number_days_after)
    return centre[near], leaf[near], number[near], fields[near]


def _batch(work: Working, stars: Stars, outcome: int) -> Batch:
    """Return the groups with their evidence."""
    evidence = [
        {"number": shared_number(work, stars, group), "lines": count}
        for group, count in enumerate(stars.count.tolist())
    ]
    chance = np.full(len(stars), CHANCE)
    return groups_batch(outcome, "reference_group", chance, evidence, *stars.rows())


def shared_number(work: Working, stars: Stars, group: int) -> str:
    """Return the number most leaves of a group share with its centre; the longest among equals."""
    texts, sides = work.reading.texts, work.reading.sides
    mine, other = sides[stars.side].numbers, sides[1 - stars.side].numbers
    centre = stars.centre[group]
    own = mine.token[mine.start[centre] : mine.start[centre + 1]]
    leaves = stars.leaf[stars.start[group] : stars.start[group + 1]]
    _, theirs = other.take(leaves)
    counts = [(int((theirs == token).sum()), len(texts.number[token]), token) for token in own]
    shared = [each for each in counts if each[0]]
    return texts.number[max(shared)[2]] if shared else ""

"""Groups by key: lines that belong together by their structure and whose total is one open line.

A hit is trusted by local false discovery rate: E, the hits one expects by accident at this amount,
against pi, the share of lines of this kind that are seen to reconcile in this way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.agreement import compare_names
from reconciliation.matching.groups_by_number import number_links
from reconciliation.matching.keys import Family
from reconciliation.matching.lookalikes import expected_at
from reconciliation.matching.names import STRONG_NAME
from reconciliation.matching.stars import Stars, group_stars
from reconciliation.matching.working import Working

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Standard errors by which the share of a kind is lowered.
CAUTION = 2.0
LEAST_SHARE = 1e-9
#: Fewer lines of a kind than this say nothing about how the kind reconciles.
LEAST_HITS = 2.5
LAG_SMOOTHING = 1.0
LAG_ROUNDS = 6
#: A total that this many open lines have says nothing.
CROWDED = 50


@dataclass(frozen=True, slots=True)
class Hits:
    """Groups whose total is an open line: the ``stars``, the ``family`` of each, the accidental
    hits ``expected`` at that amount, and the ``share`` of the centre's kind that reconciles so."""

    stars: Stars
    family: NDArray[np.object_]
    expected: Floats
    share: Floats
    any_share: Floats

    def take(self, index: NDArray) -> Hits:
        """Return the hits at ``index``."""
        return Hits(
            self.stars.take(index),
            self.family[index],
            self.expected[index],
            self.share[index],
            self.any_share[index],
        )

    @property
    def odds(self) -> Floats:
        """Return the odds of each hit against an accident."""
        return self.share / np.maximum(self.expected * (1.0 - self.any_share), 1e-12)


def find_hits(
    work: Working,
    side: int,
    centres: Ints,
    families: Iterable[Family],
    total_of: Callable[[Stars], Ints],
    least: int = 2,
) -> Hits:
    """Return the groups of the ``families`` (of the other side) that add up to one of ``centres``.

    ``total_of`` tells what a group comes to; a group has ``least`` leaves.
    """
    _, kind = np.unique(work.reading.kinds[side][centres], return_inverse=True)
    links = _number_shares(work, side)
    found = []
    for family in families:
        groups = group_stars(1 - side, family.key, np.zeros_like(family.key), family.row)
        groups = groups.take(groups.count >= least)
        stars, expected = _family_hits(work, side, centres, groups, total_of)
        if len(stars):
            shown = _shared_number_share(work, stars, *links)
            expected = expected * np.minimum(shown, _shared_name_share(work, stars))
            share = _shares(kind, centres, stars.centre, expected)
            name = np.full(len(stars), family.name, dtype=object)
            found.append(Hits(stars, name, expected, share, share))
    return _merged(side, found, kind, centres)


def hit_chances(hits: Hits, prior: Floats) -> Floats:
    """Return the probability of each hit among all hits its lines take part in, or none.

    ``prior`` is the chance that a centre is not explained otherwise, by row.
    """
    stars = hits.stars
    odds = hits.odds * prior[stars.centre]
    at_centre = np.bincount(stars.centre, odds)[stars.centre] if len(stars) else odds
    by_leaf = np.bincount(stars.leaf, odds[stars.owner]) if len(stars) else odds
    worst = np.maximum.reduceat(by_leaf[stars.leaf], stars.start[:-1]) if len(stars) else odds
    return odds / (1.0 + np.maximum(at_centre, worst))


def _family_hits(
    work: Working, side: int, centres: Ints, groups: Stars, total_of: Callable[[Stars], Ints]
) -> tuple[Stars, Floats]:
    """Return the groups of one family whose total is a centre's amount near enough in time."""
    if not len(groups) or not len(centres):
        return Stars(side, centres[:0], np.zeros(1, np.int64), centres[:0]), np.empty(0)
    day = work.reading.sides[1 - side].day
    first, last = groups.lowest(day), groups.highest(day)
    total = total_of(groups)
    group, centre = _equal_totals(work, side, total, centres)
    before, after = _reach(work, side, centre)
    centre_day = work.reading.sides[side].day[centre]
    near = (centre_day >= last[group] - before) & (centre_day <= last[group] + after)
    near &= last[group] - first[group] <= work.rules.group_days
    group, centre = group[near], centre[near]
    amounts, weight = np.unique(total, return_counts=True)
    by_chance = expected_at(amounts, weight)[np.searchsorted(amounts, total[group])]
    lag = centre_day[near] - last[group] + before[near]
    size = work.rules.days_before + work.rules.days_after + 1
    by_chance /= work.reading.days * _lag_density(centre, lag, size, by_chance)
    chosen = groups.take(group)
    return Stars(side, centre, chosen.start, chosen.leaf), by_chance


def _lag_density(centre: Ints, lag: Ints, size: int, expected: Floats) -> Floats:
    """Return how usual each hit's lag is among the hits that are no accident, never above one.

    Where a centre has several hits, those with the more usual lag are taken to be the true ones.
    """
    density = np.full(size, 1.0 / size)
    for _ in range(LAG_ROUNDS if len(lag) else 0):
        odds = density[lag] / np.maximum(expected, 1e-12)
        real = odds / (1.0 + np.bincount(centre, odds)[centre])
        density = np.bincount(lag, real, size) + LAG_SMOOTHING / size
        density /= density.sum()
    return density[lag]


def _number_shares(work: Working, side: int) -> tuple[Ints, Floats]:
    """Return the pairs (centre, leaf) sharing a number, ascending, and how common the rarest is."""
    centre, leaf, number, _ = number_links(work, side)
    link = centre * np.int64(max(len(work.reading.sides[1 - side]), 1)) + leaf
    share = work.reading.number_share[number]
    order = np.lexsort((share, link))
    link, first = np.unique(link[order], return_index=True)
    return link, share[order[first]]


def _shared_number_share(work: Working, stars: Stars, link: Ints, share: Floats) -> Floats:
    """Return how common the rarest number is that a centre shares with its leaves; 1 where none."""
    width = np.int64(max(len(work.reading.sides[1 - stars.side]), 1))
    wanted = stars.centre[stars.owner] * width + stars.leaf
    found = np.ones(len(wanted))
    if len(link):
        at = np.minimum(np.searchsorted(link, wanted), len(link) - 1)
        hit = link[at] == wanted
        found[hit] = share[at[hit]]
    return np.minimum.reduceat(found, stars.start[:-1])


def _shared_name_share(work: Working, stars: Stars) -> Floats:
    """Return how common the name is that a centre shares with all of its leaves; 1 where none."""
    names, sides = work.reading.names, work.reading.sides
    theirs = sides[1 - stars.side].name
    mine, first = sides[stars.side].name[stars.centre], stars.lowest(theirs)
    pairs = (mine, first) if stars.side == 0 else (first, mine)
    agree = compare_names(names, *pairs).look_up(*pairs)
    one = (first == stars.highest(theirs)) & (agree.level == STRONG_NAME)
    share = np.ones(len(stars))
    share[one] = names.share[agree.token[one]]
    return share


def _reach(work: Working, side: int, centre: Ints) -> tuple[Ints, Ints]:
    """Return how many days the centre may be dated before and after its group's last day."""
    before = np.full(len(centre), work.rules.days_before)
    after = np.full(len(centre), work.rules.days_after)
    return (before, after) if side == 0 else (after, before)


def _equal_totals(work: Working, side: int, total: Ints, centres: Ints) -> tuple[Ints, Ints]:
    """Return (group, centre row) where the total is the centre's amount."""
    amount = work.reading.sides[side].amount[centres]
    order = np.argsort(amount, kind="stable")
    low = np.searchsorted(amount[order], total, side="left")
    count = np.searchsorted(amount[order], total, side="right") - low
    count[count > CROWDED] = 0
    group = np.repeat(np.arange(len(total)), count)
    offset = np.arange(len(group)) - np.repeat(np.cumsum(count) - count, count)
    return group, centres[order[low[group] + offset]]


def _shares(kind: Ints, centres: Ints, hit: Ints, expected: Floats) -> Floats:
    """Return for each hit the cautious share of its kind's lines that reconcile in this family."""
    place = np.searchsorted(centres, hit)
    size = np.bincount(kind)
    lines, first = np.unique(place, return_index=True)
    real = np.bincount(
        kind[lines], weights=1.0 - np.minimum(expected[first], 1.0), minlength=len(size)
    )
    share = _lower_bound(np.where(real >= LEAST_HITS, real, 0.0), size)
    return np.maximum(share[kind[place]], LEAST_SHARE)


def _lower_bound(count: Floats, size: Ints) -> Floats:
    """Return Wilson's lower bound of count / size."""
    size = np.maximum(size, 1)
    rate = np.minimum(count / size, 1.0)
    z = CAUTION**2
    centre = rate + z / (2 * size)
    spread = CAUTION * np.sqrt(rate * (1 - rate) / size + z / (4.0 * size**2))
    return np.maximum((centre - spread) / (1 + z / size), 0.0)


def _merged(side: int, found: list[Hits], kind: Ints, centres: Ints) -> Hits:
    """Return all hits, each distinct group once, under the family that speaks most for it."""
    none = Stars(side, centres[:0], np.zeros(1, np.int64), centres[:0])
    empty = Hits(none, np.empty(0, dtype=object), *[np.empty(0)] * 3)
    if not found:
        return empty
    count = np.concatenate([hits.stars.count for hits in found])
    stars = Stars(
        side,
        np.concatenate([hits.stars.centre for hits in found]),
        np.concatenate([[0], np.cumsum(count)]),
        np.concatenate([hits.stars.leaf for hits in found]),
    )
    expected = np.concatenate([hits.expected for hits in found])
    share = np.concatenate([hits.share for hits in found])
    family = np.concatenate([hits.family for hits in found])
    any_share = _shares(kind, centres, stars.centre, expected)
    every = Hits(stars, family, expected, share, np.maximum(any_share, share))
    order = np.argsort(-every.odds, kind="stable")
    _, first = np.unique(
        np.stack([stars.centre[order], stars.signature()[order]]), axis=1, return_index=True
    )
    return every.take(np.sort(order[first]))

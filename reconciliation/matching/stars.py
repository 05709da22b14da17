"""Stars: candidate groups of one line of one side and several of the other, as columns, and which
of them can all be true at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.edges import runs

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stars:
    """k candidate groups: the ``centre`` row on ``side``, and its leaves on the other side, which
    are ``leaf[start[i]:start[i+1]]``, ascending."""

    side: int
    centre: Ints
    start: Ints
    leaf: Ints

    def __len__(self) -> int:
        """Return the number of candidate groups."""
        return len(self.centre)

    @property
    def count(self) -> Ints:
        """Return the number of leaves of each group."""
        return np.diff(self.start)

    @property
    def owner(self) -> Ints:
        """Return the group of each leaf."""
        return np.repeat(np.arange(len(self)), self.count)

    def take(self, index: NDArray) -> Stars:
        """Return the groups at ``index`` (positions or a mask)."""
        index = np.flatnonzero(index) if index.dtype == bool else index
        count = self.count[index]
        start = np.concatenate([[0], np.cumsum(count)])
        return Stars(
            self.side, self.centre[index], start, self.leaf[runs(self.start[index], count)]
        )

    def sums(self, amount: Ints) -> Ints:
        """Return the total of ``amount`` (one per row of the leaves' side) over each group's
        leaves.
        """
        total = np.concatenate([[0], np.cumsum(amount[self.leaf])])
        return total[self.start[1:]] - total[self.start[:-1]]

    def lowest(self, of_row: Ints) -> Ints:
        """Return the least of ``of_row`` among each group's leaves."""
        return np.minimum.reduceat(of_row[self.leaf], self.start[:-1]) if len(self) else self.centre

    def highest(self, of_row: Ints) -> Ints:
        """Return the greatest of ``of_row`` among each group's leaves."""
        return np.maximum.reduceat(of_row[self.leaf], self.start[:-1]) if len(self) else self.centre

    def signature(self) -> Ints:
        """Return a number for each group that equals for equal sets of leaves."""
        mixed = (self.leaf.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(32)
        total = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed, dtype=np.uint64)])
        return (total[self.start[1:]] - total[self.start[:-1]]).astype(np.int64)

    def rows(self) -> tuple[list[list[int]], list[list[int]]]:
        """Return the groups' bank rows and ledger rows as lists."""
        centres = [[row] for row in self.centre.tolist()]
        leaves = (
            [each.tolist() for each in np.split(self.leaf, self.start[1:-1])] if len(self) else []
        )
        return (centres, leaves) if self.side == 0 else (leaves, centres)


def group_stars(side: int, key: Ints, centre: Ints, leaf: Ints) -> Stars:
    """Return a star per distinct key; each key has one centre, its leaves are the distinct ones."""
    rising = bool((leaf[1:] >= leaf[:-1]).all())
    order = np.argsort(key, kind="stable") if rising else np.lexsort((leaf, key))
    key, centre, leaf = key[order], centre[order], leaf[order]
    fresh = np.ones(len(key), bool)
    fresh[1:] = (key[1:] != key[:-1]) | (leaf[1:] != leaf[:-1])
    key, centre, leaf = key[fresh], centre[fresh], leaf[fresh]
    begin = np.flatnonzero(np.diff(key, prepend=key[:1] - 1))
    return Stars(side, centre[begin], np.concatenate([begin, [len(key)]]), leaf)


def join_stars(parts: list[Stars]) -> Stars:
    """Return the stars of all parts (of one side), each distinct group once."""
    centre = np.concatenate([part.centre for part in parts])
    count = np.concatenate([part.count for part in parts])
    leaf = np.concatenate([part.leaf for part in parts])
    stars = Stars(parts[0].side, centre, np.concatenate([[0], np.cumsum(count)]), leaf)
    _, first = np.unique(np.stack([centre, stars.signature()]), axis=1, return_index=True)
    return stars.take(np.sort(first))


def compatible(stars: Stars, rank: NDArray, rounds: int = 20) -> NDArray[np.bool_]:
    """Return the groups to keep so that no line is in two: lower rank first, ties both dropped."""
    alive = np.ones(len(stars), bool)
    kept = np.zeros(len(stars), bool)
    member_group = np.concatenate([stars.owner, np.arange(len(stars))])
    offset = int(stars.leaf.max(initial=0)) + 1
    member = np.concatenate([stars.leaf, stars.centre + offset])
    order = np.unique(rank, return_inverse=True)[1]
    for _ in range(rounds):
        live = alive[member_group]
        if not live.any():
            break
        winner, tied = _winners(member[live], member_group[live], order, len(stars))
        kept |= winner
        taken = np.isin(member, member[live][winner[member_group[live]]])
        alive &= ~(winner | tied)
        alive[member_group[taken]] = False
    return kept


def _winners(member: Ints, group: Ints, order: Ints, size: int) -> tuple[NDArray, NDArray]:
    """Return which groups are the only best at all their lines, and which are tied at one."""
    best = np.full(int(member.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(best, member, order[group])
    is_best = best[member] == order[group]
    rivals = np.bincount(member[is_best], minlength=len(best))
    lost = np.bincount(group[~is_best], minlength=size) > 0
    shared = np.bincount(group[is_best & (rivals[member] > 1)], minlength=size) > 0
    present = np.bincount(group, minlength=size) > 0
    return present & ~lost & ~shared, present & ~lost & shared

"""Comparison: what a ruleset would make of lines beside the groups they are in now.

Law: lines nobody can tell apart count as the same line, so a swap of twins is no change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reconciliation.columns import LineColumns
from reconciliation.matching.proposals import MATCHED, Proposals
from reconciliation.matching.twins import twin_classes

Ints = NDArray[np.int64]

#: What would become of a group that is there now: made again, only suggested, its lines matched
#: otherwise, or left open.
SAME, SUGGESTED, OTHERWISE, OPEN = "same", "suggested", "otherwise", "open"
#: Of each rule so many groups are shown, the least certain ones, of at most so many lines each.
SAMPLES, SAMPLE_LINES = 3, 8


@dataclass(frozen=True, slots=True)
class CurrentGroups:
    """The live automatic groups: a member's ``group`` (0 … n−1, ascending), ``side`` (0 bank,
    1 ledger) and ``line`` id; each group's ``rule``."""

    group: Ints
    side: NDArray[np.int8]
    line: Ints
    rule: NDArray[np.object_]

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self.rule)


def fates(
    current: CurrentGroups, bank: LineColumns, ledger: LineColumns, found: Proposals
) -> NDArray[np.object_]:
    """Return what would become of each current group (SAME, SUGGESTED, OTHERWISE or OPEN).

    ``bank`` and ``ledger`` are the lines that ``found`` was found among, those of the current
    groups included, in order of their ids.
    """
    sides = (bank, ledger)
    proposed = _proposed_group(found, sides, outcome=MATCHED)
    offered = _proposed_group(found, sides, outcome=1 - MATCHED)
    at = _places(current.side, current.line, sides)
    match, offer = proposed[at], offered[at]
    groups, n = current.group, len(current)
    matched = np.bincount(groups[match >= 0], minlength=n) > 0
    suggested = np.bincount(groups[offer >= 0], minlength=n) == np.bincount(groups, minlength=n)
    out = np.full(n, OPEN, dtype=object)
    out[suggested] = SUGGESTED
    out[matched] = OTHERWISE
    out[_made_again(current, match, found)] = SAME
    rest = np.flatnonzero(out != SAME)
    out[rest[_with_twins(current, rest, out, at, sides, found)]] = SAME
    return out


def sample_groups(found: Proposals, outcome: int) -> list[int]:
    """Return the indexes of groups to show: of each rule the least certain of few lines."""
    sizes = np.bincount(found.member_group, minlength=len(found))
    chosen: list[int] = []
    rows = np.flatnonzero((found.outcome == outcome) & (sizes <= SAMPLE_LINES))
    rules = found.rule[rows].astype(str)
    for rule in np.unique(rules):
        mine = rows[rules == rule]
        chosen += mine[np.argsort(found.probability[mine], kind="stable")][:SAMPLES].tolist()
    return chosen


def members_of(found: Proposals, index: int) -> tuple[list[int], list[int]]:
    """Return the ids of one group's bank lines and of its ledger lines."""
    start, stop = np.searchsorted(found.member_group, [index, index + 1])
    line, side = found.member_line[start:stop], found.member_side[start:stop]
    return line[side == 0].tolist(), line[side == 1].tolist()


def _places(side: NDArray, line: Ints, sides: tuple[LineColumns, LineColumns]) -> Ints:
    """Return where each line stands among all bank lines and then all ledger lines."""
    at = np.empty(len(line), np.int64)
    for which, lines in enumerate(sides):
        mine = side == which
        at[mine] = np.searchsorted(lines.id, line[mine]) + which * len(sides[0])
    return at


def _proposed_group(
    found: Proposals, sides: tuple[LineColumns, LineColumns], *, outcome: int
) -> Ints:
    """Return for each line a proposed group of that outcome it is in, or −1."""
    out = np.full(len(sides[0]) + len(sides[1]), -1, np.int64)
    mine = (found.outcome == outcome)[found.member_group]
    places = _places(found.member_side[mine], found.member_line[mine], sides)
    out[places] = found.member_group[mine]
    return out


def _made_again(current: CurrentGroups, match: Ints, found: Proposals) -> NDArray[np.bool_]:
    """Return which current groups are proposed with exactly their lines."""
    n = len(current)
    low, high = np.full(n, np.iinfo(np.int64).max), np.full(n, -1, np.int64)
    np.minimum.at(low, current.group, match)
    np.maximum.at(high, current.group, match)
    size = np.bincount(current.group, minlength=n)
    proposed = np.bincount(found.member_group, minlength=len(found) + 1)
    return (low == high) & (low >= 0) & (proposed[np.maximum(high, 0)] == size)


def _with_twins(
    current: CurrentGroups,
    rest: Ints,
    fate: NDArray[np.object_],
    at: Ints,
    sides: tuple[LineColumns, LineColumns],
    found: Proposals,
) -> list[int]:
    """Return which of the other current groups are proposed with twins of their lines."""
    if not (fate[rest] == OTHERWISE).any():
        return []
    is_rest = np.isin(current.group, rest)
    matched = (found.outcome == MATCHED)[found.member_group]
    places = _places(found.member_side, found.member_line, sides)
    again = np.isin(places, at[is_rest]) & matched
    wanted = np.isin(found.member_group, found.member_group[again])
    signature = _signatures(np.concatenate([at[is_rest], places[wanted]]), sides)
    proposed = Counter(signature(found.member_group[wanted], places[wanted]).values())
    ours = signature(current.group[is_rest], at[is_rest])
    twins = []
    for index, group in enumerate(rest.tolist()):
        if proposed[ours[group]] > 0:
            proposed[ours[group]] -= 1
            twins.append(index)
    return twins


def _signatures(
    places: Ints, sides: tuple[LineColumns, LineColumns]
) -> Callable[[Ints, Ints], dict[int, tuple[int, ...]]]:
    """Return a function from (group, place) pairs to each group's lines as twin classes."""
    distinct = np.unique(places)
    first = len(sides[0])
    bank = twin_classes(sides[0], distinct[distinct < first])
    ledger = twin_classes(sides[1], distinct[distinct >= first] - first)
    classes = np.concatenate([bank, -1 - ledger])

    def signature(group: Ints, place: Ints) -> dict[int, tuple[int, ...]]:
        lines: dict[int, list[int]] = {}
        codes = classes[np.searchsorted(distinct, place)].tolist()
        for each, code in zip(group.tolist(), codes, strict=True):
            lines.setdefault(each, []).append(code)
        return {each: tuple(sorted(codes)) for each, codes in lines.items()}

    return signature

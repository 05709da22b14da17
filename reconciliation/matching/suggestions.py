"""Suggestions: what may be true but is not certain, best first; never committed by the engine."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from reconciliation.matching.batches import Batch, groups_batch, pairs_batch
from reconciliation.matching.candidates import Candidates, find_candidates
from reconciliation.matching.differences import relation
from reconciliation.matching.edges import both_sides
from reconciliation.matching.evidence import difference_evidence, pair_evidence
from reconciliation.matching.marginals import belief, certain
from reconciliation.matching.pairs import pair_rules
from reconciliation.matching.proposals import MATCHED, SUGGESTED
from reconciliation.matching.ruleset import OFF
from reconciliation.matching.short_payments import find_short_payments
from reconciliation.matching.slips import find_slips
from reconciliation.matching.subsets import (
    MOST_CANDIDATES,
    accidental_subsets,
    subset_sums,
)
from reconciliation.matching.working import Working

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: A line is offered this many single partners, none less likely than this.
OFFERED = 3
LEAST_CHANCE = 0.002
#: An approximate probability is never taken for more than this.
APPROXIMATE_CAP = 0.9
#: A line with a partner this likely needs no other explanation.
LIKELY = 0.5
#: Blocks hold lines that are linked at least this strongly.
BLOCK_LINK = 1e-3
#: A block is offered where each of its lines is matched inside it this surely.
BLOCK_CERTAINTY = 0.98
#: Subset sums are looked for at this many lines at most, the largest amounts first.
SUBSET_LINES = 300


def suggest(work: Working) -> None:
    """Offer blocks, single partners and subset sums for the lines that are still open."""
    reading = work.reading
    edges = find_candidates(reading, work.rows(0), work.rows(1), work.windows, work.rules)
    weight = work.weigh(edges)
    chance = certain(edges.bank, edges.ledger, weight)
    likely, _ = belief(edges.bank, edges.ledger, weight, steps=20)
    score = np.maximum(chance, np.minimum(likely, APPROXIMATE_CAP))
    best = _best(work, edges, score)
    slips, slip_score = find_slips(work, (best[0] < LIKELY, best[1] < LIKELY), edges)
    slip_score = np.minimum(slip_score, APPROXIMATE_CAP)
    known = {group for each in work.batches for group in _line_sets(each) if group}
    for batch in (
        _blocks(work, edges, chance),
        _partners(work, edges.and_also(slips), np.concatenate([score, slip_score])),
        *_group_batches(work, best),
        _subset_batch(work, edges, score),
    ):
        groups = _line_sets(batch)
        fresh = batch.take(np.array([group not in known for group in groups], bool))
        work.batches.append(fresh)
        known.update(group for group in groups if group)


def _line_sets(batch: Batch) -> list[frozenset[tuple[int, int]] | None]:
    """Return the lines of each suggested group of more than two, as (side, row); else nothing."""
    sets: list[frozenset[tuple[int, int]] | None] = [None] * len(batch)
    if batch.outcome == MATCHED:
        return sets
    several = (np.bincount(batch.group, minlength=len(batch)) > 2)[batch.group]
    members: dict[int, set[tuple[int, int]]] = {}
    columns = (batch.group, batch.side, batch.position)
    for group, side, row in zip(*(each[several].tolist() for each in columns), strict=True):
        members.setdefault(group, set()).add((side, row))
    for group, lines in members.items():
        sets[group] = frozenset(lines)
    return sets


def _group_batches(work: Working, best: tuple[Floats, Floats]) -> Iterator[Batch]:
    """Yield the groups without a likely partner at their centre: those that are likely and not
    certain, and those whose total is a little off."""
    free = both_sides(lambda side: np.zeros(len(work.reading.sides[side]), bool))
    for side in (0, 1):
        rows = work.rows(side)
        free[side][rows] = best[side][rows] < LIKELY
    found = list(work.leads)
    if work.rules.mode("number_with_difference") != OFF:
        found += [find_short_payments(work, side) for side in (0, 1)]
    for batch in found:
        ok = np.where(batch.side == 0, *_members_free(batch, free))
        taken = np.bincount(batch.group[~ok], minlength=len(batch)) > 0
        yield batch.take(~taken)


def _members_free(batch: Batch, free: tuple[NDArray, NDArray]) -> list[NDArray[np.bool_]]:
    """Return for each member whether the row of that number is free, by side."""
    return [each[np.minimum(batch.position, max(len(each) - 1, 0))] if len(each)
            else np.zeros(len(batch.position), bool) for each in free]  # fmt: skip


def _best(work: Working, edges: Candidates, score: Floats) -> tuple[Floats, Floats]:
    """Return for each row of either side the score of its likeliest partner."""
    best = both_sides(lambda side: np.zeros(len(work.reading.sides[side])))
    np.maximum.at(best[0], edges.bank, score)
    np.maximum.at(best[1], edges.ledger, score)
    return best


def _partners(work: Working, edges: Candidates, score: Floats) -> Batch:
    """Return the likeliest partners of each line, ranked."""
    reading = work.reading
    rule = pair_rules(reading, edges)
    named = np.full(len(edges), "", dtype=object)
    odd = np.flatnonzero(~edges.equal)
    amounts = (reading.bank.amount[edges.bank[odd]], reading.ledger.amount[edges.ledger[odd]])
    named[odd] = relation(*amounts, work.rules)
    numbered = edges.number[odd] >= 0
    rule[odd] = np.where(numbered, "number_with_difference", "name_with_difference")
    allowed = np.isin(rule, [name for name in set(rule) if work.rules.mode(name) != OFF])
    some = np.flatnonzero(allowed & (score >= LEAST_CHANCE))
    edges, score, rule, named = edges.take(some), score[some], rule[some], named[some]
    rank = np.minimum(_rank(edges.bank, score), _rank(edges.ledger, score))
    top = rank <= OFFERED
    edges, score, rule, named, rank = edges.take(top), score[top], rule[top], named[top], rank[top]
    evidence = pair_evidence(reading, edges)
    odd = np.flatnonzero(~edges.equal)
    told = difference_evidence(reading, edges.take(odd), named[odd].tolist())
    for index, entry in zip(odd.tolist(), told, strict=True):
        evidence[index] = entry
    batch = pairs_batch(SUGGESTED, rule, score, evidence, edges.bank, edges.ledger)
    return batch.ranked(rank)


def _rank(ends: Ints, score: Floats) -> Ints:
    """Return each edge's place among the edges of its end, the best first, equals sharing the
    best.
    """
    order = np.lexsort((-score, ends))
    place = np.arange(len(order))
    first = np.diff(ends[order], prepend=-1) != 0
    place -= np.maximum.accumulate(np.where(first, place, 0))
    rank = np.empty(len(order), np.int64)
    rank[order] = place + 1
    return rank


def _blocks(work: Working, edges: Candidates, chance: Floats) -> Batch:
    """Return k:k blocks: as many lines of one amount on either side, each surely matched inside."""
    linked = np.flatnonzero(edges.equal & (chance >= BLOCK_LINK))
    if work.rules.mode("block") == OFF or not len(linked):
        return groups_batch(SUGGESTED, "block", [], [], [], [])
    bank, ledger, chance = edges.bank[linked], edges.ledger[linked], chance[linked]
    sizes = [len(side) for side in work.reading.sides]
    graph = coo_matrix((chance, (bank, sizes[0] + ledger)), shape=(sum(sizes),) * 2)
    count, label = connected_components(graph, directed=False)
    inside = np.concatenate(
        [np.bincount(bank, chance, sizes[0]), np.bincount(ledger, chance, sizes[1])]
    )
    lines = [
        np.bincount(label[np.unique(ends) + shift], minlength=count)
        for ends, shift in ((bank, 0), (ledger, sizes[0]))
    ]
    sure = np.full(count, np.inf)
    np.minimum.at(sure, label, inside)
    good = (lines[0] == lines[1]) & (lines[0] > 1) & (sure >= BLOCK_CERTAINTY)
    return _block_batch(bank, ledger, label, good, sure)


def _block_batch(
    bank: Ints, ledger: Ints, label: Ints, good: NDArray[np.bool_], sure: Floats
) -> Batch:
    """Return the good components as one group each."""
    rows: dict[int, tuple[set, set]] = {}
    mine = good[label[bank]]
    for b, other, part in zip(
        bank[mine].tolist(), ledger[mine].tolist(), label[bank[mine]].tolist(), strict=True
    ):
        both = rows.setdefault(part, (set(), set()))
        both[0].add(b)
        both[1].add(other)
    parts = sorted(rows)
    return groups_batch(
        SUGGESTED,
        "block",
        [min(float(sure[part]), 1.0) for part in parts],
        [{"lines": len(rows[part][0])} for part in parts],
        [sorted(rows[part][0]) for part in parts],
        [sorted(rows[part][1]) for part in parts],
    )


def _subset_batch(work: Working, edges: Candidates, score: Floats) -> Batch:
    """Return sums of lines that happen to be an open amount, for lines without a likely partner."""
    found: list[tuple[float, dict, list[int], list[int]]] = []
    if work.rules.mode("subset_sum") != OFF:
        best = _best(work, edges, score)
        for side in (0, 1):
            found += _subsets_of_side(work, side, best[side] < LIKELY)
    chance, evidence, bank, ledger = zip(*found, strict=True) if found else ([], [], [], [])
    return groups_batch(SUGGESTED, "subset_sum", chance, list(evidence), bank, ledger)


def _subsets_of_side(work: Working, side: int, lonely: NDArray[np.bool_]) -> list[tuple]:
    """Return (chance, evidence, bank rows, ledger rows) for the largest lonely lines of a side."""
    mine, other = work.reading.sides[side], work.reading.sides[1 - side]
    rows = work.rows(side)
    rows = rows[lonely[rows]]
    rows = rows[np.lexsort((mine.day[rows], mine.amount[rows], -np.abs(mine.amount[rows])))]
    pool = work.rows(1 - side)
    pool = pool[np.argsort(other.day[pool], kind="stable")]
    days = other.day[pool]
    found = []
    for row in rows[:SUBSET_LINES].tolist():
        reach = work.rules.days_after, work.rules.days_before
        before, after = reach if side == 0 else reach[::-1]
        near = slice(*np.searchsorted(days, [mine.day[row] - before, mine.day[row] + after + 1]))
        entry = _subset_of_line(mine.amount[row], other.amount, pool[near])
        if entry:
            chance, evidence, leaves = entry
            both = ([row], leaves) if side == 0 else (leaves, [row])
            found.append((chance, evidence, *both))
    return found


def _subset_of_line(target: int, amount: Ints, rows: Ints) -> tuple[float, dict, list[int]] | None:
    """Return the chance, evidence and rows of the smallest subset that adds up, if one does."""
    rows = rows[(np.sign(amount[rows]) == np.sign(target)) & (np.abs(amount[rows]) < abs(target))]
    stopped = len(rows) > MOST_CANDIDATES
    rows = rows[:MOST_CANDIDATES]
    subsets = subset_sums(amount[rows], int(target))
    if not subsets.count:
        return None
    accidental = accidental_subsets(amount[rows], int(target))
    evidence = {
        "lines": len(subsets.first),
        "solutions": subsets.count,
        "accidental": round(accidental, 4),
        "stopped": stopped,
        "candidates": len(rows),
    }
    chance = 0.5 / (0.5 + accidental) / subsets.count
    return chance, evidence, rows[list(subsets.first)].tolist()

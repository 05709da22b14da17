"""Dense: many equal lines of one day. Where nobody could tell them apart, any pairing is right.

Law: each side's candidates are one class of twins and no other line, and either both classes are
equally large or the weights make it certain. No edge is ever listed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.batches import pairs_batch
from reconciliation.matching.candidates import describe
from reconciliation.matching.edges import Ranges, both_sides, same_amount_ranges
from reconciliation.matching.evidence import pair_evidence
from reconciliation.matching.marginals import uniform_chance
from reconciliation.matching.pairs import vetoed
from reconciliation.matching.proposals import MATCHED, SUGGESTED
from reconciliation.matching.ruleset import AUTO, OFF
from reconciliation.matching.twins import twin_classes
from reconciliation.matching.working import Working

Ints = NDArray[np.int64]

#: Fewer candidates than this are compared one by one.
CROWDED = 5
#: That so many twins on one side are as many on the other is no accident.
EQUAL_CHANCE = 0.9995


def match_dense_twins(work: Working) -> None:
    """Match classes of twins that are each other's only candidates, as far as both reach."""
    mode = work.rules.mode("interchangeable")
    if mode == OFF or work.rates is None:
        return
    for bank, ledger, chance in _certain_blocks(work):
        count = min(len(bank), len(ledger))
        left, right = bank[:count], ledger[:count]
        edges = describe(work.reading, left, right, np.full(count, -1, np.int64))
        evidence = pair_evidence(work.reading, edges)
        outcome = MATCHED if mode == AUTO else SUGGESTED
        chances = np.full(count, chance)
        work.add(pairs_batch(outcome, "interchangeable", chances, evidence, left, right))


def _certain_blocks(work: Working) -> list[tuple[Ints, Ints, float]]:
    """Return the class pairs whose lines are surely matched inside, with that probability."""
    blocks = _isolated_blocks(work)
    if not blocks:
        return []
    firsts = both_sides(lambda side: np.array([block[side][0] for block in blocks]))
    edges = describe(work.reading, firsts[0], firsts[1], np.full(len(blocks), -1, np.int64))
    weight = work.weigh(edges)
    barred = vetoed(work.reading, edges)
    out = []
    for (bank, ledger), heavy, bad in zip(blocks, weight.tolist(), barred.tolist(), strict=True):
        chance = uniform_chance(len(bank), len(ledger), max(heavy, 1e-12))
        inside = min(chance * max(len(bank), len(ledger)), 1.0)
        if len(bank) == len(ledger):
            inside = max(inside, EQUAL_CHANCE)
        if inside >= work.rules.certainty and not bad:
            out.append((bank, ledger, inside))
    return out


def _isolated_blocks(work: Working) -> list[tuple[Ints, Ints]]:
    """Return (bank rows, ledger rows) of twin classes that have no candidates but each other."""
    before, after = (np.full(1, int(each.max(initial=0))) for each in work.windows)
    sides, rows = work.reading.sides, [work.rows(side) for side in (0, 1)]
    columns = [(sides[i].amount[rows[i]], sides[i].day[rows[i]]) for i in (0, 1)]
    crowded = (
        same_amount_ranges(*columns[0], *columns[1], before, after),
        same_amount_ranges(*columns[1], *columns[0], after, before),
    )
    chosen = [np.flatnonzero(ranges.count >= CROWDED) for ranges in crowded]
    if not all(len(each) for each in chosen):
        return []
    classes = [_classes(work, side, rows[side], chosen[side]) for side in (0, 1)]
    points = [_only_class(crowded[side], chosen[side], classes[1 - side]) for side in (0, 1)]
    return _mutual(rows, classes, points, chosen)


def _classes(work: Working, side: int, rows: Ints, chosen: Ints) -> Ints:
    """Return the twin class of each chosen place among ``rows``; −1 elsewhere."""
    out = np.full(len(rows), -1, np.int64)
    out[chosen] = twin_classes(work.reading.lines[side], rows[chosen])
    return out


def _only_class(ranges: Ranges, chosen: Ints, classes: Ints) -> Ints:
    """Return for each chosen place the one class all its candidates are of, or −1."""
    ordered = classes[ranges.order]
    changes = np.cumsum(np.diff(ordered, prepend=ordered[:1]) != 0)
    start, stop = ranges.start[chosen], ranges.stop[chosen]
    pure = changes[start] == changes[stop - 1]
    return np.where(pure, ordered[start], -1)


def _mutual(
    rows: list[Ints], classes: list[Ints], points: list[Ints], chosen: list[Ints]
) -> list[tuple[Ints, Ints]]:
    """Return the rows of class pairs that point to each other."""
    towards = [
        dict(zip(classes[side][chosen[side]].tolist(), points[side].tolist(), strict=True))
        for side in (0, 1)
    ]
    pairs = [
        (own, other)
        for own, other in sorted(towards[0].items())
        if other >= 0 and towards[1].get(other) == own
    ]
    wanted = ({own for own, _ in pairs}, {other for _, other in pairs})
    members = [_by_class(rows[i], classes[i], chosen[i], wanted[i]) for i in (0, 1)]
    return [(members[0][own], members[1][other]) for own, other in pairs]


def _by_class(rows: Ints, classes: Ints, chosen: Ints, wanted: set[int]) -> dict[int, Ints]:
    """Return the rows of each wanted class, ascending."""
    order = chosen[np.argsort(classes[chosen], kind="stable")]
    labels, first = np.unique(classes[order], return_index=True)
    spans = zip(labels.tolist(), first.tolist(), [*first[1:].tolist(), len(order)], strict=True)
    return {label: rows[order[start:stop]] for label, start, stop in spans if label in wanted}

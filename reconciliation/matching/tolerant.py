"""Tolerant: lines of the same name whose amounts are close but not equal (currency, fees kept
back).

The last 1:1 pass, on the residue only, with rates of its own: exact evidence never competes with
it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.agreement import compare_names
from reconciliation.matching.batches import pairs_batch
from reconciliation.matching.differences import relation
from reconciliation.matching.edges import distinct, runs
from reconciliation.matching.marginals import belief, certain
from reconciliation.matching.names import STRONG_NAME
from reconciliation.matching.proposals import MATCHED, SUGGESTED
from reconciliation.matching.ruleset import AUTO, OFF
from reconciliation.matching.tokens import Csr
from reconciliation.matching.working import Working

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ROUNDS = 20
#: Relative differences are told apart at these borders.
BUCKETS = np.array([0.001, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2])
#: How densely unrelated amounts of one name lie around each other, per unit of relative difference.
AMOUNT_DENSITY = 0.5
#: A name on more open lines than this says too little.
CROWD = 400
SMOOTHING = 1.0
#: Fewer certain pairs than this are too few to have learned from: they are only suggested.
LEAST_SURE = 5


@dataclass(frozen=True, slots=True)
class CloseEdges:
    """Pairs with one name and close amounts: rows, lag, bucket of the difference, share of the
    name.
    """

    bank: Ints
    ledger: Ints
    lag: Ints
    bucket: Ints
    share: Floats


def match_close_amounts(work: Working) -> None:
    """Match lines of one strong name whose amounts differ within the tolerance, where it is
    certain.
    """
    mode = work.rules.mode("name_with_difference")
    edges = find_close(work) if mode != OFF else None
    if edges is None or not len(edges.bank):
        return
    weight = _learned_weights(work, edges)
    chance = certain(edges.bank, edges.ledger, weight)
    sure = np.flatnonzero(chance >= work.rules.certainty)
    bank, ledger = edges.bank[sure], edges.ledger[sure]
    sides = work.reading.sides
    named = relation(sides[0].amount[bank], sides[1].amount[ledger], work.rules)
    sure, bank, ledger, named = (each[named != ""] for each in (sure, bank, ledger, named))
    columns = (named, edges.lag[sure], sides[0].amount[bank], sides[1].amount[ledger])
    evidence = [
        {"relation": how, "lag_days": lag, "bank_minor": paid, "ledger_minor": booked}
        for how, lag, paid, booked in zip(*(c.tolist() for c in columns), strict=True)
    ]
    learned = len(sure) >= LEAST_SURE
    outcome = MATCHED if mode == AUTO and learned else SUGGESTED
    work.add(pairs_batch(outcome, "name_with_difference", chance[sure], evidence, bank, ledger))


def find_close(work: Working) -> CloseEdges:
    """Return the open pairs with a strong common name, unequal amounts of one sign and near
    dates.
    """
    reading, rules = work.reading, work.rules
    bank, ledger = same_name_pairs(work, (work.rows(0), work.rows(1)))
    sides = reading.sides
    amounts = (sides[0].amount[bank], sides[1].amount[ledger])
    lag = sides[0].day[bank] - sides[1].day[ledger]
    off = np.abs(amounts[0] - amounts[1]) / np.maximum(np.abs(amounts[1]), 1)
    keep = (off > 0) & (off <= rules.tolerance_pct / 100.0)
    bank, ledger, lag, off = bank[keep], ledger[keep], lag[keep], off[keep]
    names = (sides[0].name[bank], sides[1].name[ledger])
    agree = compare_names(reading.names, *names).look_up(*names)
    strong = agree.level == STRONG_NAME
    share = reading.names.share[agree.token[strong]]
    bucket = np.searchsorted(BUCKETS, off[strong])
    return CloseEdges(bank[strong], ledger[strong], lag[strong], bucket, share)


def same_name_pairs(work: Working, chosen: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Return the distinct pairs of the chosen rows sharing a name token and the sign of the
    amount, dated as near to each other as the ruleset asks.
    """
    reading = work.reading
    parts = []
    for side in (0, 1):
        rows, names = chosen[side], reading.names.sides[side]
        index, token = names.variants.take(reading.sides[side].name[rows])
        sign = (reading.sides[side].amount[rows] < 0).astype(np.int64)
        known = reading.names.known[token]
        parts.append((rows[index[known]], (token * 2 + sign[index])[known]))
    size = 2 * len(reading.names.share)
    order = np.argsort(parts[1][1], kind="stable")
    table = Csr.of(parts[1][1][order], parts[1][0][order], size)
    count = table.count[parts[0][1]]
    count[count > CROWD] = 0
    bank = np.repeat(parts[0][0], count)
    ledger = table.token[runs(table.start[parts[0][1]], count)]
    near = _near(work, bank, ledger)
    width = np.int64(max(len(reading.ledger), 1))
    code = distinct(bank[near] * width + ledger[near])
    return code // width, code % width


def _near(work: Working, bank: Ints, ledger: Ints) -> NDArray[np.bool_]:
    """Return which pairs of rows are within the date window of the ruleset."""
    lag = work.reading.bank.day[bank] - work.reading.ledger.day[ledger]
    return (lag >= -work.rules.days_before) & (lag <= work.rules.days_after)


def _learned_weights(work: Working, edges: CloseEdges) -> Floats:
    """Return the weight of every edge under rates learned from the edges themselves."""
    sides = work.reading.sides
    channels = [
        side.channel[ends] for side, ends in zip(sides, (edges.bank, edges.ledger), strict=True)
    ]
    cell = channels[0] * sides[1].channels + channels[1]
    open_lines = [
        np.bincount(side.channel[work.rows(i)], minlength=side.channels)
        for i, side in enumerate(sides)
    ]
    random = AMOUNT_DENSITY * 2.0 * np.diff(BUCKETS, prepend=0.0)[edges.bucket]
    lag = edges.lag + work.rules.days_before
    window = work.rules.days_before + work.rules.days_after + 1
    chance = np.full(len(edges.bank), 0.3)
    weight, state = chance, None
    for _ in range(ROUNDS):
        pairs = np.bincount(cell, chance, sides[0].channels * sides[1].channels)
        left = [
            np.maximum(total - np.bincount(channel, chance, len(total)), 0.05 * total + 1.0)
            for total, channel in zip(open_lines, channels, strict=True)
        ]
        density = _smoothed(np.bincount(lag, chance, window))[lag]
        likely = _smoothed(np.bincount(edges.bucket, chance, len(BUCKETS)))[edges.bucket]
        rate = (pairs[cell] + 0.01) / (left[0][channels[0]] * left[1][channels[1]])
        weight = rate * work.reading.days * density * likely / (random * edges.share)
        weight = np.minimum(weight, 1e12)
        chance, state = belief(edges.bank, edges.ledger, weight, state)
    return weight


def _smoothed(counts: NDArray) -> Floats:
    """Return the counts as shares, drawn a little towards all being equal."""
    counts = counts + SMOOTHING / len(counts)
    return counts / counts.sum()

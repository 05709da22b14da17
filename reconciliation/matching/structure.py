"""Structure: the passes over groups by key and over batches less their fee."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.batches import Batch, groups_batch
from reconciliation.matching.fees import LEAST_BATCHES, Schedule, learn_schedule
from reconciliation.matching.groups_by_key import Hits, find_hits, hit_chances
from reconciliation.matching.groups_by_number import CHANCE, reference_stars, shared_number
from reconciliation.matching.keys import key_families
from reconciliation.matching.payouts import Processor, learn_payouts
from reconciliation.matching.proposals import MATCHED, SUGGESTED
from reconciliation.matching.ruleset import AUTO, OFF
from reconciliation.matching.stars import Stars, compatible
from reconciliation.matching.working import Working

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: A processor pays batches: at least this share of what it pays covers several entries.
BATCH_SHARE = 0.3
#: Groups at least this likely are offered where they are not certain.
OFFERED_FROM = 0.05


def match_structure(work: Working) -> None:
    """Match open lines with groups of the other side that belong together and add up to them."""
    if work.rules.mode("structure_group") == OFF:
        return
    for side in (0, 1):
        amount = work.reading.sides[1 - side].amount
        centres = work.rows(side)
        centres = centres[work.reading.sides[side].amount[centres] != 0]
        families = key_families(work.reading, 1 - side, work.rows(1 - side))
        hits = find_hits(work, side, centres, families, partial(Stars.sums, amount=amount))
        _add_hits(work, "structure_group", hits, side)


def match_fee_batches(work: Working) -> None:
    """Match bank lines that pay a batch of entries less the processor's fee, to the cent."""
    payee = work.reading.texts.written[1].phrases(
        np.arange(len(work.reading.ledger)), "counterparty"
    )
    processors = _match_referenced(work, payee)
    if work.rules.mode("structure_net_of_fee") == OFF:
        return
    for processor in [*processors, *learn_payouts(work, payee)]:
        centres, leaves = (
            rows[work.is_free(side, rows)] for side, rows in enumerate(processor.rows)
        )
        families = [*key_families(work.reading, 1, leaves), *processor.covered(leaves)]
        net_of = partial(processor.schedule.net, amount=work.reading.ledger.amount)
        hits = find_hits(work, 0, centres, families, net_of, least=1)
        _add_hits(work, "structure_net_of_fee", hits, 0, processor.schedule.describe())


def _match_referenced(work: Working, payee: Ints) -> list[Processor]:
    """Learn each processor's schedule from referenced batches and match those that keep to it."""
    stars = reference_stars(work, 0, least=1)
    same = stars.lowest(payee) == stars.highest(payee)
    stars = stars.take(same)
    kind_of = work.reading.bank.channel // 2
    both = np.stack([kind_of[stars.centre], stars.lowest(payee)], axis=1)
    kinds, kind, count = np.unique(both, axis=0, return_inverse=True, return_counts=True)
    processors = []
    for index in np.flatnonzero(count >= LEAST_BATCHES).tolist():
        mine = stars.take(kind == index)
        if (mine.count >= 2).mean() < BATCH_SHARE:
            continue
        learned = learn_schedule(
            mine, work.reading.ledger.amount, work.reading.bank.amount[mine.centre]
        )
        if learned:
            rows = [np.flatnonzero(of == key) for of, key in zip(
                (kind_of, payee), kinds[index].tolist(), strict=True
            )]  # fmt: skip
            processors.append(Processor(learned[0], (rows[0], rows[1])))
            _add_referenced(work, learned[0], mine.take(learned[1]))
    return processors


def _add_referenced(work: Working, schedule: Schedule, stars) -> None:
    """Propose referenced batches whose fee is the schedule's to the cent."""
    mode = work.rules.mode("reference_net_of_fee")
    if mode == OFF:
        return
    stars = stars.take(compatible(stars, stars.count))
    fee = schedule.batch_fees(stars, work.reading.ledger.amount)
    evidence = [
        {
            "number": shared_number(work, stars, group),
            "lines": lines,
            "fee_minor": kept,
            **schedule.describe(),
        }
        for group, (lines, kept) in enumerate(zip(stars.count.tolist(), fee.tolist(), strict=True))
    ]
    outcome = MATCHED if mode == AUTO else SUGGESTED
    chance = np.full(len(stars), CHANCE)
    work.add(groups_batch(outcome, "reference_net_of_fee", chance, evidence, *stars.rows()))


def _add_hits(work: Working, rule: str, hits: Hits, side: int, extra: dict | None = None) -> None:
    """Propose the hits that are certain and do not contradict each other; keep the likely ones to
    be offered."""
    chance = hit_chances(hits, work.unexplained[side])
    sure = chance >= work.rules.certainty
    likely = ~sure & (chance >= OFFERED_FROM)
    work.leads.append(_hits_batch(rule, hits.take(likely), chance[likely], SUGGESTED, extra))
    outcome = MATCHED if work.rules.mode(rule) == AUTO else SUGGESTED
    work.add(_hits_batch(rule, hits.take(sure), chance[sure], outcome, extra))


def _hits_batch(rule: str, hits: Hits, chance: Floats, outcome: int, extra: dict | None) -> Batch:
    """Return the hits that do not contradict each other, the likeliest first."""
    keep = compatible(hits.stars, -chance)
    hits, chance = hits.take(keep), chance[keep]
    columns = (hits.family, hits.stars.count, hits.expected, hits.share)
    evidence = [
        {
            "key": family,
            "lines": lines,
            "accidental": round(expected, 6),
            "share_pct": round(100 * share),
            **(extra or {}),
        }
        for family, lines, expected, share in zip(*(c.tolist() for c in columns), strict=True)
    ]
    return groups_batch(outcome, rule, chance, evidence, *hits.stars.rows())

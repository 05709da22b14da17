"""Batches: the groups one pass decided on, as columns over row positions, and how they become
Proposals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reconciliation.columns import LineColumns
from reconciliation.matching.calibration import shown_probability
from reconciliation.matching.proposals import BANK, LEDGER, MATCHED, SUGGESTED, Proposals


@dataclass(frozen=True, slots=True)
class Batch:
    """Some groups of one outcome; members are positions in the bank or ledger columns.

    ``group`` (index into the batch), ``side`` and ``position`` are equally long, one entry per
    member.
    """

    outcome: int
    rule: NDArray[np.object_]
    probability: NDArray[np.float64]
    evidence: list[dict]
    group: NDArray[np.int64]
    side: NDArray[np.int8]
    position: NDArray[np.int64]
    rank: NDArray[np.int32] | None = None

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self.rule)

    def take(self, keep: NDArray[np.bool_]) -> Batch:
        """Return the groups of a mask."""
        mine, place = keep[self.group], np.cumsum(keep) - 1
        return Batch(
            self.outcome,
            self.rule[keep],
            self.probability[keep],
            [entry for entry, kept in zip(self.evidence, keep.tolist(), strict=True) if kept],
            place[self.group[mine]],
            self.side[mine],
            self.position[mine],
            None if self.rank is None else self.rank[keep],
        )

    def told(self, outcome: int, evidence: list[dict]) -> Batch:
        """Return the batch with another outcome and evidence."""
        return replace(self, outcome=outcome, evidence=evidence)

    def ranked(self, rank: NDArray[np.integer]) -> Batch:
        """Return the batch with a rank for each suggestion."""
        return replace(self, rank=rank.astype(np.int32))


def pairs_batch(
    outcome: int,
    rule: NDArray[np.object_] | str,
    probability: NDArray[np.float64],
    evidence: list[dict],
    bank: NDArray[np.integer],
    ledger: NDArray[np.integer],
) -> Batch:
    """Return a batch of 1:1 groups, the i-th of bank row ``bank[i]`` and ledger row
    ``ledger[i]``.
    """
    m = len(bank)
    rules = np.full(m, rule, dtype=object) if isinstance(rule, str) else rule
    position = np.empty(2 * m, np.int64)
    position[0::2], position[1::2] = bank, ledger
    side = np.tile(np.array([BANK, LEDGER], np.int8), m)
    return Batch(outcome, rules, probability, evidence, np.repeat(np.arange(m), 2), side, position)


def groups_batch(
    outcome: int,
    rule: str,
    probability: Sequence[float] | NDArray[np.float64],
    evidence: list[dict],
    bank_rows: Sequence[Sequence[int]],
    ledger_rows: Sequence[Sequence[int]],
) -> Batch:
    """Return a batch of groups with any number of rows on either side."""
    m = len(evidence)
    group, side, position = [], [], []
    for index, (bank, ledger) in enumerate(zip(bank_rows, ledger_rows, strict=True)):
        group += [index] * (len(bank) + len(ledger))
        side += [BANK] * len(bank) + [LEDGER] * len(ledger)
        position += [*bank, *ledger]
    return Batch(
        outcome,
        np.full(m, rule, dtype=object),
        np.asarray(probability, np.float64).reshape(m),
        evidence,
        np.asarray(group, np.int64),
        np.asarray(side, np.int8),
        np.asarray(position, np.int64),
    )


def assemble(
    batches: Sequence[Batch], bank: LineColumns, ledger: LineColumns, slope: float | None = None
) -> Proposals:
    """Return the proposals of all ``batches``, matched groups first, without a report.

    ``slope`` calibrates the probabilities for show; None = the usual one.
    """
    ordered = sorted((b for b in batches if len(b)), key=lambda batch: batch.outcome == SUGGESTED)
    if not ordered:
        return _nothing()
    starts = np.cumsum([0, *(len(batch) for batch in ordered)])
    group = np.concatenate([b.group + s for b, s in zip(ordered, starts[:-1], strict=True)])
    side = np.concatenate([batch.side for batch in ordered])
    position = np.concatenate([batch.position for batch in ordered])
    line, signed = _lines_and_amounts(bank, ledger, side, position)
    total = np.zeros(starts[-1], np.int64)
    np.add.at(total, group, signed)
    evidence = np.empty(starts[-1], dtype=object)
    for batch, start in zip(ordered, starts[:-1], strict=True):
        evidence[start : start + len(batch)] = batch.evidence
    order = np.lexsort((line, side, group))
    return Proposals(
        outcome=np.concatenate([np.full(len(b), b.outcome, np.int8) for b in ordered]),
        rule=np.concatenate([b.rule for b in ordered]),
        probability=shown_probability(np.concatenate([b.probability for b in ordered]), slope),
        difference_minor=total,
        rank=np.concatenate([_rank(b) for b in ordered]),
        evidence=evidence,
        member_group=group[order].astype(np.int32),
        member_side=side[order],
        member_line=line[order],
    )


def _rank(batch: Batch) -> NDArray[np.int32]:
    """Return the batch's ranks: 0 where matched, 1 where suggested and nobody said otherwise."""
    if batch.rank is not None:
        return batch.rank
    return np.full(len(batch), 0 if batch.outcome == MATCHED else 1, np.int32)


def _lines_and_amounts(
    bank: LineColumns, ledger: LineColumns, side: NDArray[np.int8], position: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each member's line id, and its amount signed so that a group's sum is its
    difference.
    """
    line = np.empty(len(position), np.int64)
    signed = np.empty(len(position), np.int64)
    for code, columns, sign in ((BANK, bank, 1), (LEDGER, ledger, -1)):
        mine = side == code
        line[mine] = columns.id[position[mine]]
        signed[mine] = sign * columns.amount_minor[position[mine]]
    return line, signed


def _nothing() -> Proposals:
    """Return proposals of no groups."""
    floats, whole = np.empty(0, np.float64), np.empty(0, np.int64)
    objects, small = np.empty(0, dtype=object), np.empty(0, np.int8)
    short = np.empty(0, np.int32)
    return Proposals(small, objects, floats, whole, short, objects, short, small, whole)

"""Groups of many: several lines of either side that share a reference and have one total.

Law: no line or part of the group would balance by itself, so nothing finer than the whole is true.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.batches import groups_batch
from reconciliation.matching.groups_by_number import CHANCE
from reconciliation.matching.proposals import MATCHED, SUGGESTED
from reconciliation.matching.reading import Reading
from reconciliation.matching.ruleset import AUTO, OFF
from reconciliation.matching.subsets import subset_sums
from reconciliation.matching.working import Working

Ints = NDArray[np.int64]

#: A reference has at least this many digits, and a group at most this many lines a side.
DIGITS, MOST = 4, 20


def match_many_to_many(work: Working) -> None:
    """Match all open lines of a reference that has several on both sides and one total."""
    mode = work.rules.mode("reference_group")
    if mode == OFF:
        return
    numbers, bank, ledger = [], [], []
    for number, rows in _candidates(work):
        if _is_whole(work, *rows):
            numbers.append(number)
            bank.append(rows[0].tolist())
            ledger.append(rows[1].tolist())
    alone = _disjoint(list(zip(bank, ledger, strict=True)))
    evidence = [_told(work, numbers[i], len(bank[i]), len(ledger[i])) for i in alone]
    outcome = MATCHED if mode == AUTO else SUGGESTED
    lines = [bank[i] for i in alone], [ledger[i] for i in alone]
    work.add(groups_batch(outcome, "reference_group", [CHANCE] * len(alone), evidence, *lines))


def _told(work: Working, number: int, bank: int, ledger: int) -> dict[str, object]:
    """Return the evidence of a group."""
    shown = work.reading.texts.number[number]
    return {
        "number": shown,
        "lines": max(bank, ledger),
        "bank_lines": bank,
        "ledger_lines": ledger,
    }


def _candidates(work: Working) -> list[tuple[int, tuple[Ints, Ints]]]:
    """Return (number, its open rows of both sides) where both have several and one total."""
    sides, size = work.reading.sides, len(work.reading.texts.number)
    rows, totals, counts = [], [], []
    for side in (0, 1):
        pool = work.rows(side)
        index, number = sides[side].numbers.take(pool)
        rows.append((pool[index], number))
        total = np.zeros(size, np.int64)
        np.add.at(total, number, sides[side].amount[pool[index]])
        totals.append(total)
        counts.append(np.bincount(number, minlength=size))
    usable = (work.reading.texts.digits >= DIGITS) & (totals[0] == totals[1]) & (totals[0] != 0)
    for count in counts:
        usable &= (count >= 2) & (count <= MOST)
    found = []
    for place in np.flatnonzero(usable).tolist():
        bank, ledger = (np.unique(row[token == place]) for row, token in rows)
        found.append((place, (bank, ledger)))
    return found


def _is_whole(work: Working, bank: Ints, ledger: Ints) -> bool:
    """Return whether the lines are near enough in time, and none balances with some others."""
    reading, rules = work.reading, work.rules
    days = [side.day[rows] for side, rows in zip(reading.sides, (bank, ledger), strict=True)]
    every = np.concatenate(days)
    if int(every.max() - every.min()) > rules.group_days:
        return False
    return not (_has_part(reading, 0, bank, ledger) or _has_part(reading, 1, ledger, bank))


def _has_part(reading: Reading, side: int, rows: Ints, others: Ints) -> bool:
    """Return whether one row's amount is that of one of the others, or of some of them."""
    amount, other = reading.sides[side].amount[rows], reading.sides[1 - side].amount[others]
    if np.isin(amount, other).any():
        return True
    return any(subset_sums(other, each).count for each in amount.tolist())


def _disjoint(groups: list[tuple[list[int], list[int]]]) -> list[int]:
    """Return the first of each distinct group, without those that share a line with another."""
    owner: dict[tuple[int, int], set[int]] = {}
    first = {
        (tuple(bank), tuple(ledger)): i for i, (bank, ledger) in reversed([*enumerate(groups)])
    }
    for i in first.values():
        for side, rows in enumerate(groups[i]):
            for row in rows:
                owner.setdefault((side, row), set()).add(i)
    torn = {i for owners in owner.values() if len(owners) > 1 for i in owners}
    return sorted(set(first.values()) - torn)

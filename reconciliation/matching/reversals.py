"""Reversals: two lines of one side that cancel each other, because one of them says so.

Law: the lines are opposite amounts of one side; one carries a word for reversing; they share a
number, or the same name with a single candidate; and the other side has nothing that corresponds.
An entry that was reversed although the bank shows its payment is recalled: was it the entry that is
wrong, or its reversal? The payment is offered with it, never matched.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.batches import Batch, groups_batch
from reconciliation.matching.candidates import describe
from reconciliation.matching.edges import expand, join, same_amount_ranges
from reconciliation.matching.names import PARTIAL_NAME, STRONG_NAME
from reconciliation.matching.proposals import LEDGER, MATCHED, SUGGESTED
from reconciliation.matching.reading import share_number
from reconciliation.matching.ruleset import AUTO, OFF
from reconciliation.matching.tokens import Csr, is_reversing
from reconciliation.matching.working import Working

Ints = NDArray[np.int64]

#: The reversal follows its original within these days, by number and by name.
NUMBER_DAYS, NAME_DAYS = 200, 31
#: A line this close on the other side may be the original's counterpart.
COUNTERPART_DAYS = 10
#: The probabilities of a reversal known by number and by name, as measured on generated problems.
NUMBER_CHANCE, NAME_CHANCE = 0.9999, 0.9995


def match_reversals(work: Working, *, residual: bool = False) -> None:
    """Pair reversals with their originals on each side; ``residual``: whatever else is open."""
    mode = work.rules.mode("reversal")
    if mode == OFF:
        return
    for side in (0, 1):
        first, later, number = _pairs(work, side)
        if not residual:
            free, recalled = _free(work, side, first, later, number)
            if side == LEDGER:
                work.recalled = first[recalled]
            first, later, number = first[free], later[free], number[free]
        work.add(_batch(work, side, first, later, number, MATCHED if mode == AUTO else SUGGESTED))


def _free(
    work: Working, side: int, first: Ints, later: Ints, number: Ints
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which pairs leave nothing on the other side without its counterpart, and which leave
    there only that of the original."""
    any_first, any_later = (_counterparts(work, side, rows, number) for rows in (first, later))
    sure_first, sure_later = (
        _counterparts(work, side, rows, number, STRONG_NAME) for rows in (first, later)
    )
    again = _booked_again(work, side, first, later)
    replaced = (number >= 0) & (again > 0) & (again >= sure_first) & (sure_later == 0)
    free = replaced | ((any_first == 0) & (any_later == 0))
    return free, ~free & (any_later == 0) & (any_first > again)


def _pairs(work: Working, side: int) -> tuple[Ints, Ints, Ints]:
    """Return (original, reversal, shared number or −1), each line in one pair only."""
    rows = work.rows(side)
    saying = rows[_says_reversed(work, side)[rows]]
    pairs = [np.empty(0, np.int64)] * 3
    for candidates in (_by_number, _by_name):
        left = saying[~np.isin(saying, pairs[1])]
        pool = rows[~np.isin(rows, np.concatenate(pairs[:2]))]
        found = _one_to_one(*candidates(work, side, left, pool))
        pairs = [np.concatenate(each) for each in zip(pairs, found, strict=True)]
    return pairs[0], pairs[1], pairs[2]


def _says_reversed(work: Working, side: int) -> NDArray[np.bool_]:
    """Return which rows carry a word for reversing."""
    texts = work.reading.texts
    says = np.fromiter((is_reversing(word) for word in texts.word), bool, len(texts.word))
    words: Csr = texts.words[side]
    return np.bincount(words.row[says[words.token]], minlength=len(words.start) - 1) > 0


def _by_number(work: Working, side: int, saying: Ints, pool: Ints) -> tuple[Ints, Ints, Ints]:
    """Return pairs of opposite amounts sharing a number of three digits or more."""
    lines, texts = work.reading.sides[side], work.reading.texts
    li, ln = lines.numbers.take(saying)
    ri, rn = lines.numbers.take(pool)
    opposite, exists = _opposite(work, lines.amount[saying])
    size = np.int64(max(len(texts.number), 1))
    left_key = np.where(exists[li], opposite[li] * size + ln, -1)
    at, other = join(left_key, lines.amount_code[pool][ri] * size + rn)
    number = ln[at]
    long = texts.digits[number] >= 3
    later, first = saying[li[at]], pool[ri[other]]
    gap = lines.day[later] - lines.day[first]
    keep = long & (gap >= -1) & (gap <= NUMBER_DAYS) & (later != first)
    return first[keep], later[keep], number[keep]


def _by_name(work: Working, side: int, saying: Ints, pool: Ints) -> tuple[Ints, Ints, Ints]:
    """Return pairs of opposite amounts with the very same name, of reversals whose number tells no
    original, matched or not."""
    lines = work.reading.sides[side]
    names = np.int64(len(work.reading.names.sides[side].lines))
    opposite, exists = _opposite(work, lines.amount[saying])
    key = np.where(exists & (lines.name[saying] > 0), opposite * names + lines.name[saying], -1)
    at, other = join(key, lines.amount_code[pool] * names + lines.name[pool])
    later, first = saying[at], pool[other]
    gap = lines.day[later] - lines.day[first]
    told = _by_number(work, side, np.unique(later), np.arange(len(lines)))[1]
    keep = (gap >= 0) & (gap <= NAME_DAYS) & ~np.isin(later, told)
    first, later = first[keep], later[keep]
    return first, later, np.full(len(first), -1, np.int64)


def _opposite(work: Working, amount: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the amount code of each amount's negative, and whether any line has it."""
    amounts = work.reading.amounts
    at = np.minimum(np.searchsorted(amounts, -amount), max(len(amounts) - 1, 0))
    return at, (amounts[at] == -amount) & (amount != 0)


def _one_to_one(first: Ints, later: Ints, number: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the distinct pairs whose two lines have no other candidate."""
    both = np.unique(np.stack([first, later, number]), axis=1)
    _, index = np.unique(both[:2], axis=1, return_index=True)
    first, later, number = both[:, index]
    _, back, count = np.unique(
        np.concatenate([first, later]), return_inverse=True, return_counts=True
    )
    single = count[back] == 1
    keep = single[: len(first)] & single[len(first) :]
    return first[keep], later[keep], number[keep]


def _booked_again(work: Working, side: int, first: Ints, later: Ints) -> Ints:
    """Return for each original how many other open lines of its side say the same: one that was
    reversed and booked again leaves its counterpart to the new booking."""
    mine, rows = work.reading.sides[side], work.rows(side)
    rows = rows[~np.isin(rows, np.concatenate([first, later]))]
    reach = mine.day[later] - mine.day[first] + COUNTERPART_DAYS
    ranges = same_amount_ranges(
        mine.amount[first], mine.day[first], mine.amount[rows], mine.day[rows], reach, 0
    )
    left, right = expand(ranges)
    original, other = first[left], rows[right]
    same = (mine.name[original] == mine.name[other]) & (mine.name[original] > 0)
    same |= share_number(work.reading, side, original, side, other)
    payee = work.reading.lines[side].counterparty
    same |= (payee[original] == payee[other]).astype(bool) & (payee[original] != "").astype(bool)
    return np.bincount(left[same], minlength=len(first))


def _counterparts(
    work: Working, side: int, rows: Ints, number: Ints, level: int = PARTIAL_NAME
) -> Ints:
    """Return how many open counterparts each row has on the other side, by names so alike.

    For rows paired by number only a counterpart sharing text counts; elsewhere any equal amount.
    """
    mine, other = work.reading.sides[side], work.reading.sides[1 - side]
    pool = work.rows(1 - side)
    ranges = same_amount_ranges(
        mine.amount[rows], mine.day[rows], other.amount[pool], other.day[pool],
        COUNTERPART_DAYS, COUNTERPART_DAYS,
    )  # fmt: skip
    left, right = expand(ranges)
    ends = (rows[left], pool[right])
    bank, ledger = ends if side == 0 else ends[::-1]
    edges = describe(work.reading, bank, ledger, np.full(len(bank), -1, np.int64))
    told = (edges.level >= level) | share_number(work.reading, 0, bank, 1, ledger)
    blocking = (number[left] < 0) | told
    return np.bincount(left[blocking], minlength=len(rows))


def _batch(work: Working, side: int, first: Ints, later: Ints, number: Ints, outcome: int) -> Batch:
    """Return the pairs as one-sided groups."""
    lines, texts = work.reading.sides[side], work.reading.texts
    gaps = (lines.day[later] - lines.day[first]).tolist()
    evidence = [
        {"lag_days": gap, "number": texts.number[n]} if n >= 0 else {"lag_days": gap}
        for gap, n in zip(gaps, number.tolist(), strict=True)
    ]
    members = np.stack([first, later], axis=1).tolist()
    nobody: list[list[int]] = [[]] * len(members)
    rows = (members, nobody) if side == 0 else (nobody, members)
    chance = np.where(number >= 0, NUMBER_CHANCE, NAME_CHANCE)
    return groups_batch(outcome, "reversal", chance, evidence, *rows)

"""Payouts: what a processor pays without naming the sales. Which days each payout covers and what
fee is kept back are learned together.

Law: a calendar and a schedule count only where they reproduce at least half of eight payouts or
more to the cent. No tolerance, and no match is made here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.fees import LEAST_BATCHES, Schedule, learn_schedule
from reconciliation.matching.keys import Family
from reconciliation.matching.reading import USUAL_SHARE
from reconciliation.matching.stars import Stars, group_stars
from reconciliation.matching.working import Working

Ints = NDArray[np.int64]
Rows = tuple[Ints, Ints]

#: The largest streams of either side that are compared with each other.
STREAMS = 10
#: A payout stands for more entries than this on average, and pays this share of them at least.
ITEMS, PAID = 1.3, 0.6
#: Calendar days and working days after which an entry is paid out.
CALENDAR_DAYS, WORKING_DAYS = range(11), range(1, 6)
#: Nothing waits longer for its payout.
LONGEST_WAIT = 21
#: So many payouts to the cent are no accident, whatever schedule was fitted to them.
LEAST_TO_THE_CENT = 6


@dataclass(frozen=True, slots=True)
class Processor:
    """A fee schedule, the bank and ledger ``rows`` it applies to, and where it is known the bank
    row that is to pay each of those ledger rows."""

    schedule: Schedule
    rows: Rows
    paid_by: Ints | None = None

    def covered(self, leaves: Ints) -> Iterator[Family]:
        """Yield the family of the entries that one payout is to cover, over some ledger rows."""
        if self.paid_by is not None:
            by = self.paid_by[np.searchsorted(self.rows[1], leaves)]
            yield Family("days up to the payout", leaves[by >= 0], by[by >= 0])


def learn_payouts(work: Working, payee: Ints) -> list[Processor]:
    """Return the processors whose open payouts follow a calendar and a schedule to the cent.

    ``payee`` of each ledger row; a stream is what one payee, or one source of it, sells.
    """
    rows = (work.rows(0), work.rows(1))
    kind, named = work.reading.kinds[0][rows[0]], _usual_words(work, rows[0])
    bank = _streams([(rows[0], kind), (rows[0], _sourced(work, 0, kind)), named], LEAST_BATCHES)
    who = payee[rows[1]]
    sold = [(rows[1], who), (rows[1], _sourced(work, 1, who))]
    found = []
    for payouts in bank:
        for entries in _streams(sold, round(LEAST_BATCHES * ITEMS)):
            if _may_pay(work, payouts, entries):
                found += _learn(work, (payouts, entries))
    return found


def _streams(parts: list[tuple[Ints, Ints]], least: int) -> list[Ints]:
    """Return the distinct streams of ``least`` rows or more, the largest of each part: the rows of
    one code."""
    found = {}
    for rows, code in parts:
        keys, stream, count = np.unique(code, return_inverse=True, return_counts=True)
        ordered, start = rows[np.argsort(stream, kind="stable")], np.cumsum(count) - count
        largest = np.lexsort((keys, -count))[:STREAMS]
        chosen = [ordered[start[i] : start[i] + count[i]] for i in largest if count[i] >= least]
        found.update({each.tobytes(): each for each in chosen})
    return list(found.values())


def _usual_words(work: Working, rows: Ints) -> tuple[Ints, Ints]:
    """Return bank rows and a code of their channel and of each word many lines have: one payer
    may be named in several kinds of line."""
    words, size = work.reading.texts.words[0].distinct(len(work.reading.texts.word)), len(rows)
    lines = np.bincount(words.token, minlength=len(work.reading.texts.word))
    index, word = words.take(rows)
    usual = lines[word] > max(USUAL_SHARE * size, ITEMS)
    named = rows[index[usual]]
    return named, work.reading.bank.channel[named] * np.int64(len(lines)) + word[usual]


def _sourced(work: Working, side: int, what: Ints) -> Ints:
    """Return a code of what the open rows of a side are and of their source."""
    source = _sources(work, side)[work.rows(side)]
    return what * np.int64(len(work.reading.texts.number) + 1) + source + 1


def _sources(work: Working, side: int) -> Ints:
    """Return for each row its most usual number, where many lines have it, else −1: a till, a
    terminal, a merchant number."""
    numbers = work.reading.sides[side].numbers
    lines = work.reading.number_lines[side]
    usual = np.flatnonzero(lines[numbers.token] > max(USUAL_SHARE * len(numbers.count), ITEMS))
    row, token = numbers.row[usual], numbers.token[usual]
    order = np.lexsort((token, lines[token], row))
    source = np.full(len(numbers.count), -1, np.int64)
    source[row[order]] = token[order]
    return source


def _may_pay(work: Working, payouts: Ints, entries: Ints) -> bool:
    """Return whether the payouts could pay for the entries, by their number and totals."""
    if len(entries) < ITEMS * len(payouts):
        return False
    paid = float(work.reading.bank.amount[payouts].sum())
    sold = float(work.reading.ledger.amount[entries].sum())
    return paid * sold > 0 and PAID <= abs(paid) / abs(sold) <= 1.0 / PAID


def _learn(work: Working, rows: Rows) -> list[Processor]:
    """Return the processor of one stream of payouts and one of entries, under the calendar that
    explains most of them; none where no calendar explains enough."""
    best: tuple[int, list[Processor]] = (LEAST_TO_THE_CENT - 1, [])
    amounts = [side.amount for side in work.reading.sides]
    for due in _calendars(work.reading.ledger.day[rows[1]]):
        paid_by = _payers(work, rows, due)
        stars = _whole(paid_by, rows)
        learned = learn_schedule(stars, amounts[1], amounts[0][stars.centre])
        if learned and int(learned[1].sum()) > best[0]:
            best = int(learned[1].sum()), [Processor(learned[0], rows, paid_by)]
    return best[1]


def _calendars(day: Ints) -> Iterator[Ints]:
    """Yield the day on which each entry is due to be paid out, under each usual calendar."""
    for days in CALENDAR_DAYS:
        yield _opened(day + days)
    for days in WORKING_DAYS:
        weekday = (_opened(day) + 3) % 7
        yield _opened(day) + days + 2 * ((weekday + days) // 5)


def _opened(day: Ints) -> Ints:
    """Return each day, or the Monday after it."""
    weekday = (day + 3) % 7
    return np.where(weekday > 4, day + 7 - weekday, day)


def _payers(work: Working, rows: Rows, due: Ints) -> Ints:
    """Return for each entry the first payout on or after the day it is due, −1 where there is
    none in time or there are several on that day."""
    day = work.reading.bank.day[rows[0]]
    days, first, count = np.unique(day, return_index=True, return_counts=True)
    at = np.minimum(np.searchsorted(days, due), len(days) - 1)
    fits = (days[at] >= due) & (days[at] - due <= LONGEST_WAIT) & (count[at] == 1)
    return np.where(fits, rows[0][first[at]], -1)


def _whole(paid_by: Ints, rows: Rows) -> Stars:
    """Return the payouts with the entries they are to cover."""
    paid = paid_by >= 0
    return group_stars(0, paid_by[paid], paid_by[paid], rows[1][paid])

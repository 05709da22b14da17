"""Candidates: the edges of a pass with everything known about each, as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.agreement import compare_names
from reconciliation.matching.edges import Ranges, distinct, expand, join, same_amount_ranges
from reconciliation.matching.lookalikes import count_variants
from reconciliation.matching.names import STRONG_NAME
from reconciliation.matching.reading import RARE_LINES, Reading
from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.tokens import REFERENCE_DIGITS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Of equal amounts, a line with more candidates than this is looked at only if it shares a number;
#: the first of these with which there are not too many edges. Small books can afford more.
DENSE = ((400, 400_000), *((most, 5_000_000) for most in (60, 40, 25, 15, 10, 6, 4)))
#: Lines a channel must have before its lags widen its window.
LEARNED_FROM = 50
#: Digits from which a rare number may join unequal amounts.
LONG_NUMBER = 4


@dataclass(frozen=True, slots=True)
class Candidates:
    """Edges as columns: bank and ledger row, ``lag`` in days, the rarest shared ``number`` (−1:
    none), name ``level`` and rarest shared name ``token`` (−1: none), ``equal`` amounts, and
    ``alike``, how many other lines one would expect to look like this (never zero)."""

    bank: Ints
    ledger: Ints
    lag: Ints
    number: Ints
    level: NDArray[np.int8]
    token: Ints
    equal: NDArray[np.bool_]
    alike: Floats

    def __len__(self) -> int:
        """Return the number of edges."""
        return len(self.bank)

    def and_also(self, other: Candidates) -> Candidates:
        """Return these edges and others behind them."""
        columns = ((getattr(self, name), getattr(other, name)) for name in self.__slots__)
        return Candidates(*(np.concatenate(each) for each in columns))

    def take(self, index: NDArray) -> Candidates:
        """Return the edges at ``index``."""
        return Candidates(*(getattr(self, name)[index] for name in self.__slots__))


def find_candidates(
    reading: Reading, open_bank: Ints, open_ledger: Ints, windows: tuple[Ints, Ints], rules: Ruleset
) -> Candidates:
    """Return every edge worth weighing between the open rows.

    ``windows``: days before and after for each bank row.
    """
    number_edges, numbers = _number_edges(reading, open_bank, open_ledger, rules)
    window_edges = _window_edges(reading, open_bank, open_ledger, windows)
    width = np.int64(max(len(reading.ledger), 1))
    code = distinct(np.concatenate([number_edges, window_edges]))
    number = np.full(len(code), -1, np.int64)
    number[np.searchsorted(code, number_edges)] = numbers
    return describe(reading, code // width, code % width, number)


def learned_windows(reading: Reading, rules: Ruleset) -> tuple[Ints, Ints]:
    """Return the days before and after for each bank row.

    A channel whose lines with a shared rare number and equal amounts are seen to take longer than
    the ruleset says (cheques, say) is given the time that all but a thousandth of them take.
    """
    bank = reading.bank
    every = (np.arange(len(reading.bank)), np.arange(len(reading.ledger)))
    code, number = _number_edges(reading, every[0], every[1], rules)
    width = np.int64(max(len(reading.ledger), 1))
    left, right = code // width, code % width
    sure = bank.amount_code[left] == reading.ledger.amount_code[right]
    sure &= _long_and_rare(reading)[number]
    lag = (bank.day[left] - reading.ledger.day[right])[sure]
    channel = bank.channel[left[sure]]
    after = np.full(bank.channels, rules.days_after)
    for each in range(bank.channels):
        lags = lag[channel == each]
        if len(lags) >= LEARNED_FROM:
            after[each] = max(rules.days_after, int(np.quantile(lags, 0.999)))
    return np.full(len(bank), rules.days_before), after[bank.channel]


def describe(reading: Reading, bank: Ints, ledger: Ints, number: Ints) -> Candidates:
    """Return the edges with their evidence."""
    names = compare_names(reading.names, reading.bank.name[bank], reading.ledger.name[ledger])
    agree = names.look_up(reading.bank.name[bank], reading.ledger.name[ledger])
    equal = reading.bank.amount_code[bank] == reading.ledger.amount_code[ledger]
    alike = _alike(reading, bank, number, agree.token)
    told = (number >= 0) | (agree.level == STRONG_NAME)
    denser = np.maximum(reading.crowding[0][bank], reading.crowding[1][ledger])
    alike *= np.where(told, 1.0, denser)
    alike[~equal] = _alike_by_number(reading, number[~equal])
    lag = reading.bank.day[bank] - reading.ledger.day[ledger]
    return Candidates(bank, ledger, lag, number, agree.level, agree.token, equal, alike)


def _number_edges(
    reading: Reading, open_bank: Ints, open_ledger: Ints, rules: Ruleset
) -> tuple[Ints, Ints]:
    """Return the edge codes of rows sharing a number, with the rarest such number.

    The amounts are equal, or the number is long and rare on both sides.
    """
    bank_row, bank_number = _row_numbers(reading, 0, open_bank)
    ledger_row, ledger_number = _row_numbers(reading, 1, open_ledger)
    size = np.int64(max(len(reading.texts.number), 1))
    equal = join(
        reading.bank.amount_code[bank_row] * size + bank_number,
        reading.ledger.amount_code[ledger_row] * size + ledger_number,
    )
    rare = _long_and_rare(reading)
    some = [np.flatnonzero(rare[n]) for n in (bank_number, ledger_number)]
    other = join(bank_number[some[0]], ledger_number[some[1]])
    left = np.concatenate([equal[0], some[0][other[0]]])
    right = np.concatenate([equal[1], some[1][other[1]]])
    bank, ledger, number = bank_row[left], ledger_row[right], bank_number[left]
    near = _number_window(reading, bank, ledger, number, rules)
    return _rarest(reading, bank[near], ledger[near], number[near])


def _number_window(
    reading: Reading, bank: Ints, ledger: Ints, number: Ints, rules: Ruleset
) -> NDArray[np.bool_]:
    """Return the pairs close enough in time: only a rare number reaches beyond the date window."""
    lag = reading.bank.day[bank] - reading.ledger.day[ledger]
    near = (lag >= -rules.days_before) & (lag <= rules.days_after)
    wide = (lag >= -rules.number_days_before) & (lag <= rules.number_days_after)
    rare = np.maximum(*reading.number_lines)[number] <= RARE_LINES
    far = np.flatnonzero(wide & ~near & ~rare)
    near |= wide & rare
    near[far] = _only_of_amount(reading, bank[far], ledger[far], number[far])
    return near


def _only_of_amount(reading: Reading, bank: Ints, ledger: Ints, number: Ints) -> NDArray[np.bool_]:
    """Return the pairs of one amount whose long number no other line of that amount shows: the
    numbers of a cheque book come again, but hardly with the same amount."""
    code = reading.bank.amount_code[bank]
    equal = (code == reading.ledger.amount_code[ledger]) & (
        reading.texts.digits[number] >= LONG_NUMBER
    )
    equal[equal] = _number_counts(reading, code[equal], number[equal]) == 1
    return equal


def _row_numbers(reading: Reading, side: int, rows: Ints) -> tuple[Ints, Ints]:
    """Return (row, number) for the numbers of ``rows`` that the other side has too."""
    index, number = reading.sides[side].numbers.take(rows)
    known = (reading.number_lines[1 - side][number] > 0) & (
        reading.texts.digits[number] >= REFERENCE_DIGITS
    )
    return rows[index[known]], number[known]


def _long_and_rare(reading: Reading) -> NDArray[np.bool_]:
    """Return which numbers may join unequal amounts."""
    return (reading.texts.digits >= LONG_NUMBER) & (np.maximum(*reading.number_lines) <= RARE_LINES)


def _rarest(reading: Reading, bank: Ints, ledger: Ints, number: Ints) -> tuple[Ints, Ints]:
    """Return distinct edge codes, ascending, each with its rarest number."""
    code = bank * np.int64(max(len(reading.ledger), 1)) + ledger
    order = np.lexsort((number, reading.number_share[number], code))
    unique, first = np.unique(code[order], return_index=True)
    return unique, number[order[first]]


def _window_edges(
    reading: Reading, open_bank: Ints, open_ledger: Ints, windows: tuple[Ints, Ints]
) -> Ints:
    """Return the edge codes of equal amounts within the date window, the nearest where there are
    many.
    """
    bank, ledger = reading.bank, reading.ledger
    ranges = same_amount_ranges(
        bank.amount[open_bank], bank.day[open_bank], ledger.amount[open_ledger],
        ledger.day[open_ledger], windows[0][open_bank], windows[1][open_bank],
    )  # fmt: skip
    ranges = _thin(ranges)
    left, right = expand(ranges)
    return open_bank[left] * np.int64(max(len(ledger), 1)) + open_ledger[right]


def _thin(ranges: Ranges) -> Ranges:
    """Return the ranges without those of rows that have more candidates than anyone could tell
    apart; fewer still where all of them together would be too many."""
    count = ranges.count
    fits = (most for most, edges in DENSE if count[count <= most].sum() <= edges)
    most = next(fits, DENSE[-1][0])
    return Ranges(ranges.order, ranges.start, np.where(count > most, ranges.start, ranges.stop))


def _alike(reading: Reading, bank: Ints, number: Ints, token: Ints) -> Floats:
    """Return the expected look-alikes of each edge: by amount alone, number or name, the fewest."""
    code = reading.bank.amount_code[bank]
    expected = reading.expected[code]
    lines = np.maximum(reading.amount_lines[0][code], reading.amount_lines[1][code])
    alike = np.maximum(lines - 1, 0) + expected
    for which, share, counts in (
        (number, reading.number_share, _number_counts),
        (token, reading.names.share, _token_counts),
    ):
        has = which >= 0
        seen = counts(reading, code[has], which[has])
        fewer = np.maximum(seen - 1, 0) + expected[has] * share[which[has]]
        alike[has] = np.minimum(alike[has], fewer)
    return np.maximum(alike, 1e-9)


def _number_counts(reading: Reading, code: Ints, number: Ints) -> Ints:
    """Return how many lines of the fuller side have this amount and this number."""
    size = len(reading.texts.number)
    wanted, back = np.unique(code * np.int64(size) + number, return_inverse=True)
    return np.maximum(*(tally.at(wanted) for tally in reading.numbered))[back]


def _token_counts(reading: Reading, code: Ints, token: Ints) -> Ints:
    """Return how many lines of the fuller side have this amount and this name token."""
    size = len(reading.names.share)
    wanted, back = np.unique(code * np.int64(size) + token, return_inverse=True)
    counts = [
        count_variants(wanted, tally, names.variants, size, len(reading.amounts))
        for tally, names in zip(reading.named, reading.names.sides, strict=True)
    ]
    return np.maximum(*counts)[back]


def _alike_by_number(reading: Reading, number: Ints) -> Floats:
    """Return the expected look-alikes of lines that share only a rare number; 1 without one."""
    alike = np.ones(len(number))
    shared = number >= 0
    lines = np.maximum(*(lines[number[shared]] for lines in reading.number_lines))
    alike[shared] = np.maximum(lines - 1, 0) + 1e-3
    return alike

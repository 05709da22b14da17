"""Clues: the lines an open line points to, one function per kind of clue.

Rows are positions in the reading; ``is_open`` tells for each side which of them are open. The cost
grows with the open lines and the lines of their amounts, numbers and names, never with products.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.differences import relation
from reconciliation.matching.edges import expand, join, same_amount_ranges
from reconciliation.matching.reading import RARE_LINES, Reading, SideReading, share_number
from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.twins import twin_classes

Ints = NDArray[np.int64]
OpenRows = tuple[NDArray[np.bool_], NDArray[np.bool_]]

DUPLICATE_DAYS = 5
OPPOSITE_DAYS = 31
NAME_DAYS = 31
#: A name or an amount on more lines than this points to none of them.
NAME_LINES = 12
OPPOSITE_LINES = 20
AMOUNT_LINES = 50
#: How many pairs of amounts are compared at a time.
CHUNK = 200_000
#: Words that begin like these say that a line is a fee or interest.
_FEE_BEGINNINGS_TEXT = (
    "CHARGE COMMISSION INTEREST GEBUEHR GEBUHR ZINS FRAIS KOSTEN SPESEN COMISION COMMISSIONI"
)
FEE_BEGINNINGS = tuple(_FEE_BEGINNINGS_TEXT.split())
FEE_WORDS = frozenset({"FEE", "FEES"})


@dataclass(frozen=True, slots=True)
class Clue:
    """For some open rows the row they point to, a word on how, the number (or −1) and the name of
    the row's side (or 0) both show, and how many lines could be meant."""

    row: Ints
    other: Ints
    detail: NDArray[np.object_]
    number: Ints
    name: Ints
    count: Ints


def own_duplicates(reading: Reading, side: int, is_open: OpenRows) -> Clue:
    """Return rows that repeat an earlier line of their side: amount, text, within a few days."""
    lines, mine = reading.lines[side], reading.sides[side]
    rows = _of_open_amounts(reading, side, is_open)
    rows = rows[(mine.numbers.count[rows] > 0) | (lines.counterparty[rows] != "")]
    rows = _with_neighbours(mine, rows, DUPLICATE_DAYS)
    blank = np.zeros(len(rows), np.int32)
    undated = type(lines)(
        lines.side, lines.id[rows], lines.row_number[rows], blank, blank, lines.amount_minor[rows],
        lines.reference[rows], lines.description[rows], lines.counterparty[rows], lines.kind[rows],
    )  # fmt: skip
    same = twin_classes(undated, np.arange(len(rows)))
    order = np.lexsort((rows, mine.day[rows], same))
    before, after = order[:-1], order[1:]
    repeats = (same[before] == same[after]) & is_open[side][rows[after]]
    repeats &= mine.day[rows[after]] - mine.day[rows[before]] <= DUPLICATE_DAYS
    return _clue(rows[after[repeats]], rows[before[repeats]])


def own_opposites(reading: Reading, side: int, is_open: OpenRows) -> Clue:
    """Return rows with one open line of the opposite amount on their side, of the same name or
    number.
    """
    mine, rows = reading.sides[side], np.flatnonzero(is_open[side])
    rows = rows[mine.amount[rows] != 0]
    amount, day = mine.amount[rows], mine.day[rows]
    opposite = same_amount_ranges(-amount, day, amount, day, OPPOSITE_DAYS, OPPOSITE_DAYS)
    few = (opposite.count > 0) & (opposite.count <= OPPOSITE_LINES)
    left, right = (rows[ends] for ends in expand(opposite, np.flatnonzero(few)))
    same_name = (mine.name[left] == mine.name[right]) & (mine.name[left] > 0)
    keep = same_name | share_number(reading, side, left, side, right)
    return _single(left[keep], right[keep])


def taken_counterparts(
    reading: Reading, side: int, is_open: OpenRows, days: int, *, by_name: bool
) -> Clue:
    """Return rows whose counterpart seems matched with another line: same amount, and the same
    number, or the same whole name.
    """
    mine, other = reading.sides[side], reading.sides[1 - side]
    rows, taken = np.flatnonzero(is_open[side]), np.flatnonzero(~is_open[1 - side])
    if not by_name:
        rows, taken = rows[mine.number_state[rows] > 0], taken[other.number_state[taken] > 0]
    wanted = np.zeros(len(reading.amounts), bool)
    wanted[mine.amount_code[rows]] = True
    taken = taken[wanted[other.amount_code[taken]]]
    left, right = _of_one_amount(reading, side, rows, taken, days)
    if by_name:
        mine_name, their_name = _shared_names(reading, side, left, right)
        keep = (mine_name == their_name) & (mine_name >= 0)
    else:
        keep = share_number(reading, side, left, 1 - side, right)
    left, right = left[keep], right[keep]
    number = np.full(len(left), -1) if by_name else _number_shared(reading, side, left, right)
    name = mine.name[left] if by_name else np.zeros(len(left), np.int64)
    return _nearest(left, right, np.abs(mine.day[left] - other.day[right]), number, name)


def equal_amounts(reading: Reading, side: int, is_open: OpenRows, days: int) -> Clue:
    """Return rows for which the other side has an open line of the same amount near enough: the
    nearest of them, the earlier of two.
    """
    mine, other = reading.sides[side], reading.sides[1 - side]
    rows, theirs = np.flatnonzero(is_open[side]), np.flatnonzero(is_open[1 - side])
    width = np.int64(reading.days + 2 * days + 2)
    first = min(mine.day.min(initial=0), other.day.min(initial=0))
    keys = other.amount_code[theirs] * width + (other.day[theirs] - first)
    order = np.lexsort((theirs, keys))
    keys, theirs = keys[order], theirs[order]
    key = mine.amount_code[rows] * width + (mine.day[rows] - first)
    low = np.searchsorted(keys, key - np.minimum(days, mine.day[rows] - first))
    high = np.searchsorted(keys, key + days, side="right")
    found = high > low
    rows, key, low, high = rows[found], key[found], low[found], high[found]
    after = np.clip(np.searchsorted(keys, key), low, high - 1)
    before = np.maximum(after - 1, low)
    place = np.where(np.abs(keys[before] - key) <= np.abs(keys[after] - key), before, after)
    return replace(_clue(rows, theirs[place]), count=high - low)


def differing_amounts(reading: Reading, side: int, is_open: OpenRows, rules: Ruleset) -> Clue:
    """Return rows whose counterpart seems to be there with another amount.

    They share a rare number, or their name and a difference that has a name of its own.
    """
    mine, other = reading.sides[side], reading.sides[1 - side]
    by_number = _by_number(reading, side, is_open)
    by_name = _by_name(reading, side, is_open)
    near = np.abs(mine.day[by_name[0]] - other.day[by_name[1]]) <= NAME_DAYS
    left = np.concatenate([by_number[0], by_name[0][near]])
    right = np.concatenate([by_number[1], by_name[1][near]])
    number = np.concatenate([by_number[2], np.full(int(near.sum()), -1)])
    unequal = mine.amount[left] != other.amount[right]
    left, right, number = left[unequal], right[unequal], number[unequal]
    detail = _told(reading, side, left, right, rules)
    keep = (detail != "") | (number >= 0)
    left, right, number, detail = left[keep], right[keep], number[keep], detail[keep]
    detail[detail == ""] = "number"
    name = np.where(number < 0, mine.name[left], 0)
    gap = np.abs(mine.day[left] - other.day[right]) + np.where(number < 0, NAME_DAYS + 1, 0)
    return _nearest(left, right, gap, number, name, detail)


def says_fee(reading: Reading, side: int, rows: Ints) -> NDArray[np.bool_]:
    """Return which of the rows carry a word for a fee or interest."""
    index, word = reading.texts.words[side].take(rows)
    says = np.zeros(len(reading.texts.word), bool)
    for each in np.unique(word).tolist():
        text = reading.texts.word[each]
        says[each] = text in FEE_WORDS or text.startswith(FEE_BEGINNINGS)
    return np.bincount(index[says[word]], minlength=len(rows)) > 0


def _with_neighbours(mine: SideReading, rows: Ints, days: int) -> Ints:
    """Return those of the rows that have another one of their amount and name within ``days``."""
    order = np.lexsort((mine.day[rows], mine.name[rows], mine.amount_code[rows]))
    code, name, day = (each[rows[order]] for each in (mine.amount_code, mine.name, mine.day))
    near = (np.diff(code) == 0) & (np.diff(name) == 0) & (np.diff(day) <= days)
    keep = np.zeros(len(rows), bool)
    keep[order[:-1][near]] = True
    keep[order[1:][near]] = True
    return rows[keep]


def _of_open_amounts(reading: Reading, side: int, is_open: OpenRows) -> Ints:
    """Return the rows of a side, open or not, whose amount some open row of the side has."""
    code = reading.sides[side].amount_code
    wanted = np.zeros(len(reading.amounts), bool)
    wanted[code[is_open[side]]] = True
    return np.flatnonzero(wanted[code])


def _of_one_amount(
    reading: Reading, side: int, rows: Ints, theirs: Ints, days: int
) -> tuple[Ints, Ints]:
    """Return the pairs of equal amounts dated within ``days``, leaving out crowded amounts."""
    mine, other = reading.sides[side], reading.sides[1 - side]
    ranges = same_amount_ranges(
        mine.amount[rows], mine.day[rows], other.amount[theirs], other.day[theirs], days, days
    )
    few = (ranges.count > 0) & (ranges.count <= AMOUNT_LINES)
    left, right = expand(ranges, np.flatnonzero(few))
    return rows[left], theirs[right]


def _told(reading: Reading, side: int, left: Ints, right: Ints, rules: Ruleset) -> NDArray:
    """Return how the amounts of each pair are related; one that is close, with less at the bank, is
    of the size of a fee.
    """
    amounts = reading.sides[side].amount[left], reading.sides[1 - side].amount[right]
    bank, ledger = amounts if side == 0 else amounts[::-1]
    parts = [
        relation(bank[at : at + CHUNK], ledger[at : at + CHUNK], rules)
        for at in range(0, len(left), CHUNK)
    ]
    detail = np.concatenate([*parts, np.empty(0, object)])
    detail[(detail == "close") & (bank < ledger)] = "fee"
    return detail


def _by_number(reading: Reading, side: int, is_open: OpenRows) -> tuple[Ints, Ints, Ints]:
    """Return open pairs sharing a number that is long and rare on both sides, and the number."""
    rare = (reading.texts.digits >= 4) & (np.maximum(*reading.number_lines) <= RARE_LINES)
    parts = []
    for which in (side, 1 - side):
        rows = np.flatnonzero(is_open[which])
        index, number = reading.sides[which].numbers.take(rows)
        keep = rare[number]
        parts.append((rows[index[keep]], number[keep]))
    at, other = join(parts[0][1], parts[1][1])
    return parts[0][0][at], parts[1][0][other], parts[0][1][at]


def _by_name(reading: Reading, side: int, is_open: OpenRows) -> tuple[Ints, Ints]:
    """Return open pairs whose whole names are written alike, crowded names left out."""
    rows, theirs = np.flatnonzero(is_open[side]), np.flatnonzero(is_open[1 - side])
    mine, other = _shared_names(reading, side, rows, theirs)
    few = []
    for code in (mine, other):
        count = np.bincount(code[code >= 0], minlength=1)
        few.append((code >= 0) & (count[np.maximum(code, 0)] <= NAME_LINES))
    rows, theirs = rows[few[0]], theirs[few[1]]
    left, right = join(mine[few[0]], other[few[1]])
    return rows[left], theirs[right]


def _shared_names(reading: Reading, side: int, rows: Ints, theirs: Ints) -> tuple[Ints, Ints]:
    """Return each row's name and each of the other side's as ids of the other side, −1 where there
    is none that the other side writes alike.
    """
    names = reading.names.sides
    mine, other = reading.sides[side].name[rows], reading.sides[1 - side].name[theirs]
    place = {names[1 - side].keys[index]: index for index in np.unique(other).tolist() if index}
    code = np.full(len(names[side].keys), -1, np.int64)
    for index in np.unique(mine).tolist():
        code[index] = place.get(names[side].keys[index], -1) if index else -1
    return code[mine], np.where(other > 0, other, -1)


def _number_shared(reading: Reading, side: int, left: Ints, right: Ints) -> Ints:
    """Return for each pair one number both lines show, of three digits or more, else −1."""
    out = np.full(len(left), -1, np.int64)
    size = np.int64(max(len(reading.texts.number), 1))
    keys = []
    for which, rows in ((side, left), (1 - side, right)):
        index, number = reading.sides[which].numbers.take(rows)
        long = reading.texts.digits[number] >= 3
        keys.append(index[long] * size + number[long])
    both = np.intersect1d(*keys, assume_unique=True)
    out[both // size] = both % size
    return out


def _clue(row: Ints, other: Ints) -> Clue:
    """Return a clue without a word on how."""
    size = len(row)
    blank = np.full(size, "", dtype=object)
    return Clue(row, other, blank, np.full(size, -1), np.zeros(size, np.int64), np.ones(size, int))


def _single(left: Ints, right: Ints) -> Clue:
    """Return the pairs whose left row has no other candidate."""
    single = np.bincount(left, minlength=1)[left] == 1
    return _clue(left[single], right[single])


def _nearest(
    left: Ints, right: Ints, gap: Ints, number: Ints, name: Ints, detail: NDArray | None = None
) -> Clue:
    """Return each left row's nearest candidate in time, the first in order among equals."""
    order = np.lexsort((right, gap, left))
    chosen = order[np.diff(left[order], prepend=-1) != 0]
    words = np.full(len(left), "", dtype=object) if detail is None else detail
    count = np.bincount(left, minlength=1)[left[chosen]]
    return Clue(left[chosen], right[chosen], words[chosen], number[chosen], name[chosen], count)

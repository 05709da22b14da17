"""Clues: the lines an open line points to, one function per kind of clue.

Rows are positions in the reading; on each side the open lines come first, matched ones after them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.differences import relation
from reconciliation.matching.edges import expand, join, same_amount_ranges
from reconciliation.matching.reading import RARE_LINES, Reading, share_number
from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.twins import twin_classes

Ints = NDArray[np.int64]

DUPLICATE_DAYS = 5
OPPOSITE_DAYS = 31
NAME_DAYS = 31
_FEE_WORDS_TEXT = (
    "FEE CHARGE COMMISSION INTEREST GEBUEHR GEBÜHR ZINS FRAIS KOSTEN SPESEN COMISION COMMISSIONI"
)
FEE_WORDS = tuple(_FEE_WORDS_TEXT.split())


@dataclass(frozen=True, slots=True)
class Clue:
    """For some open rows the row they point to, and a word on how."""

    row: Ints
    other: Ints
    detail: NDArray[np.object_]


def own_duplicates(reading: Reading, side: int, n: int) -> Clue:
    """Return rows that repeat an earlier line of their side: amount, text, within a few days."""
    lines, mine = reading.lines[side], reading.sides[side]
    blank = np.zeros(len(lines), np.int32)
    undated = type(lines)(
        lines.side, lines.id, lines.row_number, blank, blank, lines.amount_minor,
        lines.reference, lines.description, lines.counterparty, lines.kind,
    )  # fmt: skip
    same = twin_classes(undated, np.arange(len(lines)))
    said = (mine.numbers.count > 0) | (lines.counterparty != "")
    order = np.lexsort((np.arange(len(lines)), mine.day, same))
    before, after = order[:-1], order[1:]
    repeats = (same[before] == same[after]) & (after < n) & said[after]
    repeats &= mine.day[after] - mine.day[before] <= DUPLICATE_DAYS
    return _clue(after[repeats], before[repeats])


def own_opposites(reading: Reading, side: int, n: int) -> Clue:
    """Return rows with one open line of the opposite amount on their side, of the same name or
    number.
    """
    mine = reading.sides[side]
    rows = np.arange(n)
    opposite = same_amount_ranges(
        -mine.amount[:n], mine.day[:n], mine.amount[:n], mine.day[:n], OPPOSITE_DAYS, OPPOSITE_DAYS
    )
    left, right = expand(opposite, rows[(opposite.count > 0) & (opposite.count <= 20)])
    same_name = (mine.name[left] == mine.name[right]) & (mine.name[left] > 0)
    keep = (same_name | share_number(reading, side, left, side, right)) & (mine.amount[left] != 0)
    return _single(left[keep], right[keep])


def equal_amounts(reading: Reading, side: int, sizes: tuple[int, int], days: int) -> Clue:
    """Return rows for which the other side has an open line of the same amount near enough."""
    mine, other = reading.sides[side], reading.sides[1 - side]
    n, m = sizes[side], sizes[1 - side]
    ranges = same_amount_ranges(
        mine.amount[:n], mine.day[:n], other.amount[:m], other.day[:m], days, days
    )
    left, right = expand(ranges, np.flatnonzero((ranges.count > 0) & (ranges.count <= 50)))
    return _nearest(left, right, np.abs(mine.day[left] - other.day[right]))


def differing_amounts(reading: Reading, side: int, sizes: tuple[int, int], rules: Ruleset) -> Clue:
    """Return rows whose counterpart seems to be there with another amount.

    They share a rare number, or their name and a difference that has a name of its own.
    """
    mine, other = reading.sides[side], reading.sides[1 - side]
    n, m = sizes[side], sizes[1 - side]
    left, right = _by_number(reading, side, n, m)
    named_left, named_right = _by_name(reading, side, n, m)
    amounts = (mine.amount[named_left], other.amount[named_right])
    bank, ledger = amounts if side == 0 else amounts[::-1]
    told = relation(bank, ledger, rules)
    keep = (told != "") & (np.abs(mine.day[named_left] - other.day[named_right]) <= NAME_DAYS)
    left = np.concatenate([left, named_left[keep]])
    right = np.concatenate([right, named_right[keep]])
    unequal = mine.amount[left] != other.amount[right]
    left, right = left[unequal], right[unequal]
    amounts = (mine.amount[left], other.amount[right])
    detail = relation(*(amounts if side == 0 else amounts[::-1]), rules)
    detail[detail == ""] = "number"
    clue = _nearest(left, right, np.abs(mine.day[left] - other.day[right]), detail)
    return clue


def says_fee(reading: Reading, side: int) -> NDArray[np.bool_]:
    """Return which rows carry a word for a fee or interest."""
    texts = reading.texts
    says = np.fromiter(
        (any(word.startswith(each) for each in FEE_WORDS) for word in texts.word),
        bool,
        len(texts.word),
    )
    words = texts.words[side]
    return np.bincount(words.row[says[words.token]], minlength=len(words.start) - 1) > 0


def _by_number(reading: Reading, side: int, n: int, m: int) -> tuple[Ints, Ints]:
    """Return open pairs sharing a number that is long and rare on both sides."""
    rare = (reading.texts.digits >= 4) & (np.maximum(*reading.number_lines) <= RARE_LINES)
    parts = []
    for which, size in ((side, n), (1 - side, m)):
        index, number = reading.sides[which].numbers.take(np.arange(size))
        parts.append((index[rare[number]], number[rare[number]]))
    at, other = join(parts[0][1], parts[1][1])
    return parts[0][0][at], parts[1][0][other]


def _by_name(reading: Reading, side: int, n: int, m: int) -> tuple[Ints, Ints]:
    """Return open pairs whose whole names are written alike."""
    names = reading.names.sides
    place = {key: index for index, key in enumerate(names[1 - side].keys)}
    there = np.array([place.get(key, -1) for key in names[side].keys], np.int64)
    mine = there[reading.sides[side].name[:n]]
    mine[reading.sides[side].name[:n] == 0] = -1
    return join(mine, reading.sides[1 - side].name[:m])


def _clue(row: Ints, other: Ints) -> Clue:
    """Return a clue without a word on how."""
    return Clue(row, other, np.full(len(row), "", dtype=object))


def _single(left: Ints, right: Ints) -> Clue:
    """Return the pairs whose left row has no other candidate."""
    single = np.bincount(left, minlength=1)[left] == 1
    return _clue(left[single], right[single])


def _nearest(left: Ints, right: Ints, gap: Ints, detail: NDArray | None = None) -> Clue:
    """Return each left row's nearest candidate in time, the first in order among equals."""
    order = np.lexsort((right, gap, left))
    first = np.diff(left[order], prepend=-1) != 0
    chosen = order[first]
    words = np.full(len(left), "", dtype=object) if detail is None else detail
    return Clue(left[chosen], right[chosen], words[chosen])

"""Reading: both sides read once, as numbers: everything the passes ask of a line, one array each.

Statistics are always those of the whole file, never of what a pass left over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from reconciliation.columns import LineColumns
from reconciliation.matching.agreement import name_states
from reconciliation.matching.edges import both_sides
from reconciliation.matching.lookalikes import Tally, crowding, expected_at
from reconciliation.matching.names import NameBook, distinct_sequences, read_names
from reconciliation.matching.tokens import Csr, Texts, read_texts

Ints = NDArray[np.int64]

#: At most this many kinds of line are told apart on a side; the rest are one.
MAX_KINDS = 12
#: A file stands for a month at least, however few days its lines span.
LEAST_DAYS = 28
#: A token no other line has might still have been on another one.
UNSEEN_LINES = 0.2
NO_NUMBER, FREQUENT_NUMBER, RARE_NUMBER = 0, 1, 2
#: Number states times name states.
STATES = 9
#: Words on more than this share of a side's lines tell kinds of line apart.
USUAL_SHARE, USUAL_LINES = 0.02, 3
#: A number on at most this many lines of either side points to a line.
RARE_LINES = 2
#: What is worked out once: it does not depend on which names stand for each other.
_LASTING = frozenset(
    ("population", "days", "kinds", "serials", "expected", "crowding", "number_share", "numbered",
     "named")
)  # fmt: skip


@dataclass(frozen=True)
class SideReading:
    """One side's rows: amount (minor units), day, ``amount_code`` shared by both sides, channel
    (kind and sign), distinct numbers, name id, and what of them the other side knows."""

    amount: Ints
    day: Ints
    amount_code: Ints
    channel: Ints
    channels: int
    numbers: Csr
    name: Ints
    number_state: NDArray[np.int8]
    name_state: NDArray[np.int8]

    @property
    def state(self) -> Ints:
        """Return what the other side knows of each row, number and name in one code below
        STATES.
        """
        return self.number_state.astype(np.int64) * 3 + self.name_state

    @property
    def classes(self) -> Ints:
        """Return each row's class: channel and state in one code below ``channels`` · STATES."""
        return self.channel * STATES + self.state

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.amount)


@dataclass(frozen=True)
class Reading:
    """Both sides, their texts, and the statistics of the whole file."""

    lines: tuple[LineColumns, LineColumns]
    sides: tuple[SideReading, SideReading]
    texts: Texts
    names: NameBook
    amounts: Ints
    amount_lines: tuple[Ints, Ints]
    number_lines: tuple[Ints, Ints]

    def with_names(self, names: NameBook) -> Reading:
        """Return the reading under another book of names."""
        sides = both_sides(
            lambda index: replace(
                self.sides[index], name_state=name_states(names, index)[self.sides[index].name]
            )
        )
        other = replace(self, sides=sides, names=names)
        vars(other).update((key, found) for key, found in vars(self).items() if key in _LASTING)
        return other

    @property
    def bank(self) -> SideReading:
        """Return the bank side."""
        return self.sides[0]

    @property
    def ledger(self) -> SideReading:
        """Return the ledger side."""
        return self.sides[1]

    @cached_property
    def population(self) -> int:
        """Return the number of lines of the larger side."""
        return max(len(self.bank), len(self.ledger), 1)

    @cached_property
    def days(self) -> int:
        """Return how many days the lines span, a month at least."""
        every = np.concatenate([self.bank.day, self.ledger.day])
        return max(int(every.max() - every.min()) + 1, LEAST_DAYS) if len(every) else LEAST_DAYS

    @cached_property
    def kinds(self) -> tuple[Ints, Ints]:
        """Return the kind of each row: its channel and the words many lines of its side have."""
        return both_sides(lambda side: _kinds(self.texts, side, self.sides[side].channel))

    @cached_property
    def serials(self) -> Ints:
        """Return the value of each number one can count on (four to fifteen digits), else −1."""
        text, written = self.texts.number, (self.texts.digits >= 4).tolist()
        values = (
            int(each) if long and each.isdecimal() and len(each) <= 15 else -1
            for each, long in zip(text, written, strict=True)
        )
        return np.fromiter(values, np.int64, len(text))

    @cached_property
    def expected(self) -> NDArray[np.float64]:
        """Return for each amount code the lines one expects to have it by chance."""
        return np.maximum(*(expected_at(self.amounts, lines) for lines in self.amount_lines))

    @cached_property
    def crowding(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return for each row how many times denser its amount is around its day than usual."""
        lines = [
            each[side.amount_code] for each, side in zip(self.amount_lines, self.sides, strict=True)
        ]
        return both_sides(
            lambda i: crowding(self.sides[i].amount, self.sides[i].day, lines[i], self.days)
        )

    @cached_property
    def numbered(self) -> tuple[Tally, Tally]:
        """Return each side's rows by ``amount code * numbers + number``."""
        size = np.int64(len(self.texts.number))
        return both_sides(
            lambda side: Tally.of(
                self.sides[side].amount_code[self.sides[side].numbers.row] * size
                + self.sides[side].numbers.token
            )
        )

    @cached_property
    def named(self) -> tuple[Tally, Tally]:
        """Return each side's rows by ``amount code * (names + 1) + name``."""
        sizes = [np.int64(len(names.lines) + 1) for names in self.names.sides]
        return both_sides(
            lambda side: Tally.of(
                self.sides[side].amount_code * sizes[side] + self.sides[side].name
            )
        )

    @cached_property
    def number_share(self) -> NDArray[np.float64]:
        """Return for each number its share of the other lines of the side it is more common on."""
        shares = [
            np.maximum(lines - 1, UNSEEN_LINES) / max(len(side), 1)
            for lines, side in zip(self.number_lines, self.sides, strict=True)
        ]
        return np.maximum(*shares)


def read_sides(bank: LineColumns, ledger: LineColumns) -> Reading:
    """Return what the passes need to know of both sides."""
    texts = read_texts(bank, ledger)
    names = read_names(texts)
    amounts, codes = np.unique(
        np.concatenate([bank.amount_minor, ledger.amount_minor]), return_inverse=True
    )
    lines, code = (bank, ledger), (codes[: len(bank)], codes[len(bank) :])
    number_lines = both_sides(
        lambda side: np.bincount(texts.numbers[side].token, minlength=len(texts.number))
    )
    sides = both_sides(
        lambda side: _read_side(lines[side], side, code[side], texts, names, number_lines)
    )
    amount_lines = both_sides(lambda side: np.bincount(code[side], minlength=len(amounts)))
    return Reading(lines, sides, texts, names, amounts, amount_lines, number_lines)


def _read_side(
    lines: LineColumns, side: int, code: Ints, texts: Texts, names: NameBook, number_lines: tuple
) -> SideReading:
    """Return one side's arrays."""
    channel, channels = _channels(lines)
    name = names.sides[side].of_row
    return SideReading(
        amount=lines.amount_minor,
        day=lines.booked_on.astype(np.int64),
        amount_code=code,
        channel=channel,
        channels=channels,
        numbers=texts.numbers[side],
        name=name,
        number_state=_number_states(texts.numbers[side], texts.digits >= 3, number_lines, side),
        name_state=name_states(names, side)[name],
    )


def _kinds(texts: Texts, side: int, channel: Ints) -> Ints:
    """Return an id for each row's channel and usual words."""
    words, size = texts.words[side], len(texts.word)
    lines = np.bincount(words.distinct(size).token, minlength=size)
    keep = (lines > max(USUAL_SHARE * len(channel), USUAL_LINES))[words.token]
    shown = Csr.of(words.row[keep], words.token[keep], len(channel))
    text, _ = distinct_sequences(shown)
    return channel * np.int64(len(text) + 1) + text


def _channels(lines: LineColumns) -> tuple[Ints, int]:
    """Return each row's channel, its kind and its sign, and how many channels there are."""
    names = sorted(set(lines.kind.tolist()))
    place = {name: index for index, name in enumerate(names)}
    kind = np.fromiter(map(place.__getitem__, lines.kind.tolist()), np.int64, len(lines))
    size = np.bincount(kind, minlength=len(names))
    rank = np.empty(len(names), np.int64)
    rank[np.lexsort((np.arange(len(names)), -size))] = np.arange(len(names))
    kinds = min(len(names), MAX_KINDS)
    kind = np.minimum(rank[kind], kinds - 1) if len(lines) else kind
    return kind * 2 + (lines.amount_minor < 0), max(2 * kinds, 2)


def _number_states(
    numbers: Csr, long: NDArray[np.bool_], lines: tuple[Ints, Ints], side: int
) -> NDArray[np.int8]:
    """Return for each row whether the other side knows one of its numbers, and how well."""
    other = lines[1 - side]
    known = (other > 0) & long
    rare = known & (other <= RARE_LINES) & (lines[side] <= RARE_LINES)
    state = np.zeros(len(numbers.start) - 1, np.int8)
    row = numbers.row
    state[row[known[numbers.token]]] = FREQUENT_NUMBER
    state[row[rare[numbers.token]]] = RARE_NUMBER
    return state


def share_number(
    reading: Reading, side: int, left: Ints, other: int, right: Ints
) -> NDArray[np.bool_]:
    """Return which pairs (row of ``side``, row of ``other``) share a number of three digits or
    more.
    """
    size = np.int64(max(len(reading.texts.number), 1))
    sets = []
    for which, rows in ((side, left), (other, right)):
        index, number = reading.sides[which].numbers.take(rows)
        long = reading.texts.digits[number] >= 3
        sets.append(index[long] * size + number[long])
    found = np.zeros(len(left), bool)
    found[np.intersect1d(*sets, assume_unique=True) // size] = True
    return found

"""Rows: the lines of a generated problem while it is made, their days, and the ground to make more.

Law: a problem is a function of its name, its size and its seed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

FIRST_DAY = 19_723
DAYS = 365
_WEEK = 7


@dataclass(frozen=True)
class Row:
    """One generated line; ``group`` is its true group, 0 = it has no counterpart."""

    day: int
    amount: int
    kind: str
    reference: str
    counterparty: str
    description: str
    group: int


@dataclass
class Problem:
    """The rows of both sides while they are made, and the randomness they are made of."""

    random: Random
    bank: list[Row] = field(default_factory=list)
    ledger: list[Row] = field(default_factory=list)
    groups: int = 0

    def fresh_group(self) -> int:
        """Return the number of a group not used before."""
        self.groups += 1
        return self.groups

    def any_day(self) -> int:
        """Return a working day of the year."""
        return working_day(FIRST_DAY + self.random.randrange(DAYS))

    def later(self, day: int, most: int = 3) -> int:
        """Return a working day a few days after ``day``."""
        return working_day(day + self.random.choice((0, 0, 1, 1, 1, 2, most)))

    def add(self, bank: list[Row], ledger: list[Row], *, missing: float = 0.02) -> None:
        """Add one event; now and then one of its sides was never recorded."""
        chance = self.random.random()
        if chance < missing:
            bank = []
        elif chance < 2 * missing:
            ledger = []
        group = self.fresh_group() if bank and ledger else 0
        self.bank += [of_group(row, group) for row in bank]
        self.ledger += [of_group(row, group) for row in ledger]

    def add_contra(self, rows: list[Row], *, bank: bool) -> None:
        """Add lines of one side that cancel each other."""
        group = self.fresh_group()
        (self.bank if bank else self.ledger).extend(of_group(row, group) for row in rows)

    def begin_ledger_at(self, day: int) -> None:
        """Take the ledger's rows before ``day`` away; their counterparts stay, without one."""
        gone = {row.group for row in self.ledger if row.day < day}
        self.ledger = [row for row in self.ledger if row.day >= day]
        self.bank = [of_group(row, 0) if row.group in gone else row for row in self.bank]


def of_group(row: Row, group: int) -> Row:
    """Return the row as a member of the group."""
    return replace(row, group=group)


def working_day(day: int) -> int:
    """Return ``day``, or the Monday after it."""
    weekday = (day + 3) % _WEEK
    return day + _WEEK - weekday if weekday > 4 else day


def bank_row(day: int, amount: int, kind: str, text: str, reference: str = "") -> Row:
    """Return a bank line."""
    return Row(day, amount, kind, reference, "", text, 0)


def ledger_row(day: int, amount: int, kind: str, reference: str, party: str, text: str) -> Row:
    """Return a ledger entry."""
    return Row(day, amount, kind, reference, party, text, 0)

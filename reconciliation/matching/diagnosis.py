"""Diagnosis: why each open line is open, and the line it points to. Clues, not decisions.

Law: the first reason that fits is given, the most telling first; a line always gets one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from reconciliation.columns import LineColumns
from reconciliation.matching.clues import (
    Clue,
    OpenRows,
    differing_amounts,
    equal_amounts,
    own_duplicates,
    own_opposites,
    says_fee,
    taken_counterparts,
)
from reconciliation.matching.edges import both_sides
from reconciliation.matching.reading import Reading, read_sides
from reconciliation.matching.ruleset import Ruleset
from reconciliation.vocabulary import BreakReason, Side

#: Points to nothing.
NO_LINE = -1
#: An outgoing payment this many days old may still be presented (cheques).
STALE_DAYS = 180


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One reason per open line of a side, in the order of the lines.

    ``line`` id · ``reason`` BreakReason value · ``detail`` how two amounts differ
    ("transposition", "sign", "slide", "digit", "discount", "rounding", "fee", "close", "number":
    in no way that has a name) or "" · ``points_to`` line id or −1 · ``pointed_side`` 0 bank,
    1 ledger, −1 none · ``difference_minor`` bank − ledger where a pair is meant · ``number`` and
    ``name`` both lines show, or "" · ``count`` how many lines could be meant.
    """

    side: Side
    line: NDArray[np.int64]
    reason: NDArray[np.object_]
    detail: NDArray[np.object_]
    points_to: NDArray[np.int64]
    pointed_side: NDArray[np.int8]
    difference_minor: NDArray[np.int64]
    number: NDArray[np.object_]
    name: NDArray[np.object_]
    count: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of open lines."""
        return len(self.line)


def diagnose(
    bank_open: LineColumns,
    ledger_open: LineColumns,
    *,
    bank_matched: LineColumns | None = None,
    ledger_matched: LineColumns | None = None,
    last_bank_day: int | None = None,
    ruleset: Ruleset | None = None,
) -> tuple[Diagnosis, Diagnosis]:
    """Return the diagnosis of the open bank lines and of the open ledger lines.

    ``*_matched`` are further lines, matched already, that an open line may repeat or belong to.
    ``last_bank_day`` is the last day the statement covers (else that of the latest bank line).
    """
    matched = (
        bank_matched or LineColumns.empty(Side.BANK),
        ledger_matched or LineColumns.empty(Side.LEDGER),
    )
    opens = (bank_open, ledger_open)
    whole = both_sides(
        lambda side: LineColumns.concat(opens[side].side, [opens[side], matched[side]])
    )
    is_open = both_sides(lambda side: np.arange(len(whole[side])) < len(opens[side]))
    return diagnose_reading(
        read_sides(*whole), is_open, ruleset=ruleset or Ruleset(), last_bank_day=last_bank_day
    )


def diagnose_reading(
    reading: Reading, is_open: OpenRows, *, ruleset: Ruleset, last_bank_day: int | None = None
) -> tuple[Diagnosis, Diagnosis]:
    """Return the same of lines that have been read: those marked in ``is_open``."""
    if last_bank_day is None:
        last = reading.bank.day if len(reading.bank) else reading.ledger.day
        last_bank_day = int(last.max()) if len(last) else 0
    rows = both_sides(lambda side: np.flatnonzero(is_open[side]))
    reasons = (
        _bank_reasons(reading, rows[0]),
        _ledger_reasons(reading, rows[1], last_bank_day, ruleset),
    )
    return both_sides(lambda side: _diagnose_side(reading, side, is_open, reasons[side], ruleset))


def _diagnose_side(
    reading: Reading, side: int, is_open: OpenRows, reason: NDArray, rules: Ruleset
) -> Diagnosis:
    """Return one side's diagnosis: the clues in order, then what holds without any."""
    lines, rows = reading.lines[side], np.flatnonzero(is_open[side])
    n = len(rows)
    out = Diagnosis(
        lines.side, lines.id[rows], reason, np.full(n, "", dtype=object),
        np.full(n, NO_LINE, np.int64), np.full(n, -1, np.int8), np.zeros(n, np.int64),
        np.full(n, "", dtype=object), np.full(n, "", dtype=object), np.zeros(n, np.int64),
    )  # fmt: skip
    place = np.full(len(lines), -1)
    place[rows] = np.arange(n)
    near, far = rules.days_after, max(rules.number_days_after, rules.days_after)
    taken = partial(taken_counterparts, reading, side, is_open)
    for each, pointed_side, find in (
        (BreakReason.DUPLICATE, side, lambda: own_duplicates(reading, side, is_open)),
        (BreakReason.MATCHED_ELSEWHERE, 1 - side, lambda: taken(far, by_name=False)),
        (BreakReason.AMOUNT_DIFFERS, 1 - side,
         lambda: differing_amounts(reading, side, is_open, rules)),
        (BreakReason.LIKELY_CONTRA, side, lambda: own_opposites(reading, side, is_open)),
        (BreakReason.AMBIGUOUS, 1 - side, lambda: equal_amounts(reading, side, is_open, near)),
        (BreakReason.MATCHED_ELSEWHERE, 1 - side, lambda: taken(near, by_name=True)),
        (BreakReason.OUTSIDE_WINDOW, 1 - side, lambda: equal_amounts(reading, side, is_open, far)),
    ):  # fmt: skip
        _apply(out, reading, place, each, pointed_side, find())
    return out


def _apply(
    out: Diagnosis,
    reading: Reading,
    place: NDArray[np.int64],
    reason: BreakReason,
    side: int,
    clue: Clue,
) -> None:
    """Write the clue for the lines that no other clue was found for."""
    keep = out.points_to[place[clue.row]] == NO_LINE
    row, other = clue.row[keep], clue.other[keep]
    at, own = place[row], 0 if out.side is Side.BANK else 1
    out.reason[at] = reason.value
    out.detail[at] = clue.detail[keep]
    out.points_to[at] = reading.lines[side].id[other]
    out.pointed_side[at] = side
    out.count[at] = clue.count[keep]
    out.number[at] = _texts(reading.texts.number, clue.number[keep])
    out.name[at] = _texts(reading.names.sides[own].keys, np.maximum(clue.name[keep], 0))
    if side != own:
        gap = reading.sides[own].amount[row] - reading.sides[side].amount[other]
        out.difference_minor[at] = gap if own == 0 else -gap


def _texts(texts: list[str], index: NDArray[np.int64]) -> list[str]:
    """Return the text of each index, "" for −1."""
    return [texts[each] if each >= 0 else "" for each in index.tolist()]


def _bank_reasons(reading: Reading, rows: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return what holds of a bank line without a clue: a fee, or nobody booked it."""
    reason = np.full(len(rows), BreakReason.MISSING_IN_LEDGER.value, dtype=object)
    reason[says_fee(reading, 0, rows)] = BreakReason.BANK_FEE.value
    return reason


def _ledger_reasons(
    reading: Reading, rows: NDArray[np.int64], last_bank_day: int, rules: Ruleset
) -> NDArray[np.object_]:
    """Return what holds of a ledger entry without a clue: on its way, or it never arrived."""
    age = last_bank_day - reading.ledger.day[rows]
    receipt = reading.ledger.amount[rows] > 0
    transit = receipt & (age <= rules.days_after)
    outstanding = ~receipt & (age <= STALE_DAYS)
    reason = np.full(len(rows), BreakReason.MISSING_AT_BANK.value, dtype=object)
    reason[transit] = BreakReason.DEPOSIT_IN_TRANSIT.value
    reason[outstanding] = BreakReason.OUTSTANDING_PAYMENT.value
    return reason

"""Diagnosis: why each open line is open, and the line it points to. Clues, not decisions.

Law: the first reason that fits is given, the most telling first; a line always gets one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reconciliation.columns import LineColumns
from reconciliation.matching.clues import (
    Clue,
    differing_amounts,
    equal_amounts,
    own_duplicates,
    own_opposites,
    says_fee,
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
    """One reason per open line, in the order of the lines given.

    ``line`` id · ``reason`` BreakReason value · ``detail`` what exactly ("transposition", "sign",
    "slide", "digit", "discount", "rounding", "close", "number" or "") · ``points_to`` line id or
    −1 · ``pointed_side`` 0 bank, 1 ledger, −1 none · ``difference_minor`` bank − ledger where a
    pair is meant.
    """

    side: Side
    line: NDArray[np.int64]
    reason: NDArray[np.object_]
    detail: NDArray[np.object_]
    points_to: NDArray[np.int64]
    pointed_side: NDArray[np.int8]
    difference_minor: NDArray[np.int64]


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

    ``*_matched`` are further lines, matched already, that an open line may repeat.
    ``last_bank_day`` is the last day the statement covers (else that of the latest bank line).
    """
    rules = ruleset or Ruleset()
    matched = (
        bank_matched or LineColumns.empty(Side.BANK),
        ledger_matched or LineColumns.empty(Side.LEDGER),
    )
    opens = (bank_open, ledger_open)
    whole = both_sides(
        lambda side: LineColumns.concat(opens[side].side, [opens[side], matched[side]])
    )
    reading = read_sides(*whole)
    sizes = (len(bank_open), len(ledger_open))
    if last_bank_day is None:
        last_bank_day = int(whole[0].booked_on.max(initial=whole[1].booked_on.max(initial=0)))
    reasons = (
        _bank_reasons(reading, sizes[0]),
        _ledger_reasons(reading, sizes[1], last_bank_day, rules),
    )
    return both_sides(lambda side: _diagnose_side(reading, side, sizes, reasons[side], rules))


def _diagnose_side(
    reading: Reading, side: int, sizes: tuple[int, int], reason: NDArray, rules: Ruleset
) -> Diagnosis:
    """Return one side's diagnosis: the clues in order, then what holds without any."""
    lines, n = reading.lines[side], sizes[side]
    out = Diagnosis(
        lines.side, lines.id[:n], reason, np.full(n, "", dtype=object),
        np.full(n, NO_LINE, np.int64), np.full(n, -1, np.int8), np.zeros(n, np.int64),
    )  # fmt: skip
    free = np.ones(n, bool)
    far = max(rules.number_days_after, rules.days_after)
    clues = (
        (BreakReason.DUPLICATE, side, own_duplicates(reading, side, n)),
        (BreakReason.AMOUNT_DIFFERS, 1 - side, differing_amounts(reading, side, sizes, rules)),
        (BreakReason.LIKELY_CONTRA, side, own_opposites(reading, side, n)),
        (BreakReason.AMBIGUOUS, 1 - side, equal_amounts(reading, side, sizes, rules.days_after)),
        (BreakReason.OUTSIDE_WINDOW, 1 - side, equal_amounts(reading, side, sizes, far)),
    )
    for each, pointed_side, clue in clues:
        _apply(out, reading, free, each, pointed_side, clue)
    return out


def _apply(
    out: Diagnosis,
    reading: Reading,
    free: NDArray[np.bool_],
    reason: BreakReason,
    side: int,
    clue: Clue,
) -> None:
    """Write the clue for the lines that have no reason yet."""
    keep = free[clue.row]
    row, other = clue.row[keep], clue.other[keep]
    own = 0 if out.side is Side.BANK else 1
    free[row] = False
    out.reason[row] = reason.value
    out.detail[row] = clue.detail[keep]
    out.points_to[row] = reading.lines[side].id[other]
    out.pointed_side[row] = side
    if side != own:
        gap = reading.sides[own].amount[row] - reading.sides[side].amount[other]
        out.difference_minor[row] = gap if own == 0 else -gap


def _bank_reasons(reading: Reading, n: int) -> NDArray[np.object_]:
    """Return what holds of a bank line without a clue: a fee, or nobody booked it."""
    reason = np.full(n, BreakReason.MISSING_IN_LEDGER.value, dtype=object)
    reason[says_fee(reading, 0)[:n]] = BreakReason.BANK_FEE.value
    return reason


def _ledger_reasons(reading: Reading, n: int, last_bank_day: int, rules: Ruleset) -> NDArray:
    """Return what holds of a ledger entry without a clue: on its way, or it never arrived."""
    age = last_bank_day - reading.ledger.day[:n]
    receipt = reading.ledger.amount[:n] > 0
    transit = receipt & (age <= rules.days_after)
    outstanding = ~receipt & (age <= STALE_DAYS)
    reason = np.full(n, BreakReason.MISSING_AT_BANK.value, dtype=object)
    reason[transit] = BreakReason.DEPOSIT_IN_TRANSIT.value
    reason[outstanding] = BreakReason.OUTSTANDING_PAYMENT.value
    return reason

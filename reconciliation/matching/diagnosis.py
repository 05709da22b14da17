"""Diagnosis: why each open line is open, and the line on the other side it points to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reconciliation.columns import LineColumns
from reconciliation.vocabulary import BreakReason, Side

#: Points to nothing.
NO_LINE = -1


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One reason per open line: ``line`` id, ``reason`` (BreakReason value), ``points_to`` line
    id or −1, ``pointed_side`` 0 bank, 1 ledger, −1 none, ``difference_minor`` bank − ledger where
    a pair is meant."""

    side: Side
    line: NDArray[np.int64]
    reason: NDArray[np.object_]
    points_to: NDArray[np.int64]
    pointed_side: NDArray[np.int8]
    difference_minor: NDArray[np.int64]


def diagnose(
    bank_open: LineColumns,
    ledger_open: LineColumns,
    *,
    last_bank_day: int | None = None,
    days_after: int = 15,
) -> tuple[Diagnosis, Diagnosis]:
    """Return the diagnosis of the open bank lines and of the open ledger lines.

    ``last_bank_day`` is the last day the statement covers (else the latest open bank line).
    """
    if last_bank_day is None:
        last_bank_day = int(bank_open.booked_on.max(initial=ledger_open.booked_on.max(initial=0)))
    return _bank_reasons(bank_open), _ledger_reasons(ledger_open, last_bank_day, days_after)


def _blank(lines: LineColumns, reason: NDArray[np.object_]) -> Diagnosis:
    """Return a diagnosis that points nowhere."""
    n = len(lines)
    return Diagnosis(
        lines.side,
        lines.id,
        reason,
        np.full(n, NO_LINE),
        np.full(n, -1, np.int8),
        np.zeros(n, np.int64),
    )


def _bank_reasons(bank: LineColumns) -> Diagnosis:
    """Bank lines nobody booked."""
    return _blank(bank, np.full(len(bank), BreakReason.MISSING_IN_LEDGER.value, dtype=object))


def _ledger_reasons(ledger: LineColumns, last_bank_day: int, days_after: int) -> Diagnosis:
    """Ledger entries on their way to the bank, or that never arrived."""
    recent = ledger.booked_on > last_bank_day - days_after
    on_the_way = np.where(
        ledger.amount_minor > 0,
        BreakReason.DEPOSIT_IN_TRANSIT.value,
        BreakReason.OUTSTANDING_PAYMENT.value,
    )
    reason = np.where(recent, on_the_way, BreakReason.MISSING_AT_BANK.value).astype(object)
    return _blank(ledger, reason)

"""Preview: counts and control totals of all batches, and the first and last lines as they will be
stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from reconciliation.columns import NO_DAY, LineColumns, date_of
from reconciliation.ingestion.balance import NO_CHAIN, Chain, check_chain
from reconciliation.ingestion.normalise import Batch
from reconciliation.ingestion.reading import LISTED, PreviewLine, Reading, RowNote
from reconciliation.ingestion.row_notes import RowLists
from reconciliation.money import format_plain

#: Lines shown at the start and at the end of a preview.
SHOWN = 10


@dataclass(slots=True)
class Tally:
    """Adds up batches; ``fill`` writes the result into a reading."""

    decimals: int
    currency: str = ""
    lists: RowLists | None = None
    rows: int = 0
    money_in: int = 0
    money_out: int = 0
    first_day: int | None = None
    last_day: int | None = None
    positives: int = 0
    by_currency: Counter[str] = field(default_factory=Counter)
    accounts: dict[str, list[int]] = field(default_factory=dict)
    first: list[PreviewLine] = field(default_factory=list)
    last: list[PreviewLine] = field(default_factory=list)
    skipped: list[RowNote] = field(default_factory=list)
    errors: list[RowNote] = field(default_factory=list)
    skipped_count: int = 0
    error_count: int = 0
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]] = field(
        default_factory=list
    )
    groups: list[str] = field(default_factory=list)

    def add(self, batch: Batch) -> None:
        """Count one batch in."""
        self._add_notes(batch)
        lines = batch.lines
        if not len(lines):
            return
        amounts = lines.amount_minor
        self.rows += len(lines)
        self.money_in += exact_sum(amounts[amounts > 0])
        self.money_out -= exact_sum(amounts[amounts < 0])
        self.positives += int((amounts > 0).sum())
        low, high = int(lines.booked_on.min()), int(lines.booked_on.max())
        self.first_day = low if self.first_day is None else min(self.first_day, low)
        self.last_day = high if self.last_day is None else max(self.last_day, high)
        self._add_currencies(batch)
        self._add_accounts(batch)
        self._show(lines, batch.currencies)
        self.parts.append((amounts, batch.balances, batch.has_balance))
        self.groups.extend(batch.accounts or batch.currencies)

    def _add_notes(self, batch: Batch) -> None:
        self.skipped_count += len(batch.skipped)
        self.error_count += len(batch.errors)
        self.skipped.extend(batch.skipped[: LISTED - len(self.skipped)])
        self.errors.extend(batch.errors[: LISTED - len(self.errors)])
        if self.lists is not None:
            self.lists.add_notes("skipped", batch.skipped)
            self.lists.add_notes("errors", batch.errors)

    def _add_currencies(self, batch: Batch) -> None:
        amounts = batch.lines.amount_minor
        if not batch.currencies:
            self.by_currency[self.currency] += exact_sum(amounts)
            return
        for code in sorted(set(batch.currencies)):
            chosen = np.fromiter((c == code for c in batch.currencies), bool, len(amounts))
            self.by_currency[code or self.currency] += exact_sum(amounts[chosen])

    def _add_accounts(self, batch: Batch) -> None:
        """Count lines, money in and money out by account; a contra account has them swapped."""
        amounts = batch.lines.amount_minor
        for names, signed in ((batch.accounts, amounts), (batch.contras, -amounts)):
            for name in dict.fromkeys(names):
                chosen = np.fromiter((each == name for each in names), bool, len(names))
                counts = self.accounts.setdefault(name, [0, 0, 0])
                counts[0] += int(chosen.sum())
                counts[1] += exact_sum(signed[chosen & (signed > 0)])
                counts[2] -= exact_sum(signed[chosen & (signed < 0)])

    def _show(self, lines: LineColumns, currencies: Sequence[str]) -> None:
        missing = SHOWN - len(self.first)
        self.first.extend(self._line(lines, currencies, i) for i in range(min(missing, len(lines))))
        tail = range(max(len(lines) - SHOWN, 0), len(lines))
        self.last = (self.last + [self._line(lines, currencies, i) for i in tail])[-SHOWN:]

    def _line(self, lines: LineColumns, currencies: Sequence[str], i: int) -> PreviewLine:
        return PreviewLine(
            row=int(lines.row_number[i]),
            date=date_of(lines.booked_on[i]).isoformat() if lines.booked_on[i] != NO_DAY else "",
            amount=format_plain(int(lines.amount_minor[i]), self.decimals),
            currency=(currencies[i] if currencies else "") or self.currency,
            description=lines.description[i],
            reference=lines.reference[i],
            counterparty=lines.counterparty[i],
            kind=lines.kind[i],
        )

    def chain(self) -> Chain:
        """Return how the running balance agrees with all lines, if a balance column was read."""
        if not self.parts or not any(has.any() for _, _, has in self.parts):
            return NO_CHAIN
        amounts, balances, has = (
            np.concatenate(column) for column in zip(*self.parts, strict=True)
        )
        groups = None
        if len(set(self.groups)) > 1:
            codes = {code: n for n, code in enumerate(dict.fromkeys(self.groups))}
            groups = np.array([codes[code] for code in self.groups], dtype=np.int64)
        return check_chain(amounts, balances, has, groups)

    def fill(self, reading: Reading) -> None:
        """Write counts, totals and sample lines into the reading; close the whole lists."""
        if self.lists is not None:
            self.lists.close()
        reading.rows = self.rows
        reading.first, reading.last = self.first, self.last
        if self.first_day is not None and self.last_day is not None:
            reading.first_date = date_of(self.first_day).isoformat()
            reading.last_date = date_of(self.last_day).isoformat()
        reading.money_in = format_plain(self.money_in, self.decimals)
        reading.money_out = format_plain(self.money_out, self.decimals)
        reading.sum = format_plain(self.money_in - self.money_out, self.decimals)
        reading.sum_by_currency = {
            code: format_plain(total, self.decimals)
            for code, total in sorted(self.by_currency.items())
        }
        reading.skipped, reading.skipped_count = self.skipped, self.skipped_count
        reading.errors, reading.error_count = self.errors, self.error_count


def exact_sum(amounts: NDArray[np.int64]) -> int:
    """Return the sum as a Python integer, also where it would not fit into 64 bits."""
    high, low = np.divmod(amounts, 1_000_000_000)
    return int(high.sum()) * 1_000_000_000 + int(low.sum())

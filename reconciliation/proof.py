"""The proof of the balances: one arithmetic for the overview, the statement and the workbook.

The bank's closing balance, with the ledger entries the bank has not seen, must be the ledger's
closing balance with the bank transactions the ledger has not seen, once adjustments to post and a
difference of the opening balances are counted. What is left is unexplained, and it says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Sum

from projects.models import Project
from reconciliation.models import Adjustment, SourceFile
from reconciliation.vocabulary import Side


@dataclass(frozen=True, slots=True)
class Figure:
    """How many lines, and what they add up to in minor units."""

    count: int = 0
    total_minor: int = 0


@dataclass(frozen=True, slots=True)
class Balances:
    """One side in minor units; ``stated_minor`` is the closing balance its latest file states."""

    opening_minor: int | None
    stated_minor: int | None
    movements_minor: int
    open_minor: int
    adjustments: Figure

    @property
    def computed_minor(self) -> int | None:
        """Return opening balance + movements."""
        if self.opening_minor is None:
            return None
        return self.opening_minor + self.movements_minor

    @property
    def closing_minor(self) -> int | None:
        """Return the closing balance: as the files state it, else as computed."""
        return self.computed_minor if self.stated_minor is None else self.stated_minor

    def adjusted_by(self, other: Balances) -> int | None:
        """Return the closing balance once this side has seen what is open on the other."""
        if self.closing_minor is None:
            return None
        return self.closing_minor + other.open_minor + self.adjustments.total_minor


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the closing balances agree once everything known is counted."""

    bank: Balances
    ledger: Balances

    @property
    def is_provable(self) -> bool:
        """Say whether both closing balances are known."""
        return not self.lacking

    @property
    def lacking(self) -> tuple[Side, ...]:
        """Return the sides whose closing balance nothing tells, for want of an opening balance."""
        sides = ((Side.BANK, self.bank), (Side.LEDGER, self.ledger))
        return tuple(side for side, balances in sides if balances.closing_minor is None)

    @property
    def lack(self) -> str:
        """Say which opening balance is missing."""
        if len(self.lacking) == 2:
            return "both opening balances are missing"
        return f"the {self.lacking[0].value}'s opening balance is missing" if self.lacking else ""

    @property
    def is_stated(self) -> bool:
        """Say whether a file states a closing balance that opening balance and lines must make."""
        return any(side.stated_minor is not None for side in (self.bank, self.ledger))

    @property
    def adjusted_bank_minor(self) -> int | None:
        """Return the bank's closing balance once the bank has seen every ledger entry."""
        return self.bank.adjusted_by(self.ledger)

    @property
    def adjusted_ledger_minor(self) -> int | None:
        """Return the ledger's closing balance once every bank transaction is posted."""
        return self.ledger.adjusted_by(self.bank)

    @property
    def opening_difference_minor(self) -> int:
        """Return bank − ledger of the opening balances: items from before the period."""
        if self.bank.opening_minor is None or self.ledger.opening_minor is None:
            return 0
        return self.bank.opening_minor - self.ledger.opening_minor

    @property
    def unexplained_minor(self) -> int | None:
        """Return what is left when everything known is counted; None where it cannot be told."""
        bank, ledger = self.adjusted_bank_minor, self.adjusted_ledger_minor
        if bank is None or ledger is None:
            return None
        return bank - ledger - self.opening_difference_minor

    @property
    def is_proved(self) -> bool:
        """Say whether the two sides agree with nothing unexplained."""
        return self.unexplained_minor == 0


@dataclass(frozen=True, slots=True)
class KnownBalances:
    """What is told of one side's balances: by the project's settings, else by its files."""

    opening_minor: int | None
    stated_minor: int | None


def known_balances(project: Project) -> dict[Side, KnownBalances]:
    """Return the opening balance and the stated closing balance of each side."""
    files = list(
        SourceFile.objects.in_project(project)
        .imported()
        .only("side", "opening_minor", "closing_minor", "first_booked_on", "last_booked_on")
    )
    settled = {Side.BANK: project.bank_opening_minor, Side.LEDGER: project.ledger_opening_minor}
    known = {}
    for side, opening in settled.items():
        mine = [file for file in files if file.side == side]
        first = _first_opening(mine) if opening is None else opening
        known[side] = KnownBalances(first, _last_closing(mine))
    return known


def adjustments_to_post(project: Project) -> dict[Side, Figure]:
    """Return the entries still to post, by the side they are missing on."""
    entries = Adjustment.objects.in_project(project).to_post().order_by()
    rows = entries.values_list("side").annotate(count=Count("pk"), total=Sum("amount_minor"))
    missing = dict.fromkeys(Side, Figure())
    return missing | {Side(side): Figure(count, int(total)) for side, count, total in rows}


def _first_opening(files: Iterable[SourceFile]) -> int | None:
    told = [file for file in files if file.opening_minor is not None and file.first_booked_on]
    return min(told, key=lambda file: str(file.first_booked_on)).opening_minor if told else None


def _last_closing(files: Iterable[SourceFile]) -> int | None:
    dated = [file for file in files if file.last_booked_on]
    return max(dated, key=lambda file: str(file.last_booked_on)).closing_minor if dated else None

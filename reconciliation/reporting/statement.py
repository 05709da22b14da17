"""The reconciliation statement: both closing balances, what is outstanding, and whether they agree.

The bank's closing balance, with the ledger entries the bank has not seen, must be the ledger's
closing balance with the bank transactions the ledger has not seen, once adjustments to post and a
difference of the opening balances are counted. What is left is unexplained, and it says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from projects.models import Project
from reconciliation.models import BookTotal, MatchMember, OpenItem, SourceFile
from reconciliation.vocabulary import Side

NOT_PROVABLE = "not provable: opening balance missing"
PROVED = "proved: both sides agree"


@dataclass(frozen=True, slots=True)
class Figure:
    """How many lines, and what they add up to in minor units."""

    count: int = 0
    total_minor: int = 0


@dataclass(frozen=True, slots=True)
class SideFigures:
    """One side: its balances and its outstanding lines, all in minor units.

    ``stated_minor`` is the closing balance its latest file tells of, where it tells. ``money_in``
    and ``money_out`` are the open lines by sign; ``adjustments`` the live entries to post.
    """

    opening_minor: int | None
    movements: Figure
    stated_minor: int | None
    money_in: Figure
    money_out: Figure
    adjustments: Figure

    @property
    def computed_minor(self) -> int | None:
        """Return opening balance + movements."""
        if self.opening_minor is None:
            return None
        return self.opening_minor + self.movements.total_minor

    @property
    def closing_minor(self) -> int | None:
        """Return the closing balance: as the files state it, else as computed."""
        return self.computed_minor if self.stated_minor is None else self.stated_minor

    @property
    def open_minor(self) -> int:
        """Return the sum of the open lines."""
        return self.money_in.total_minor + self.money_out.total_minor


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the printed statement; ``look`` is "balance", "entry", "total" or "check"."""

    label: str
    amount_minor: int | None
    count: int | None = None
    look: str = "entry"


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the printed statement."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """The proof of a project's books."""

    bank: SideFigures
    ledger: SideFigures

    @property
    def is_provable(self) -> bool:
        """Say whether both closing balances are known."""
        return self.bank.closing_minor is not None and self.ledger.closing_minor is not None

    @property
    def adjusted_bank_minor(self) -> int | None:
        """Return the bank's closing balance once the bank has seen every ledger entry."""
        return _adjusted(self.bank, self.ledger)

    @property
    def adjusted_ledger_minor(self) -> int | None:
        """Return the ledger's closing balance once every bank transaction is posted."""
        return _adjusted(self.ledger, self.bank)

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

    @property
    def verdict(self) -> str:
        """Return the outcome in words, without an amount."""
        if not self.is_provable:
            return NOT_PROVABLE
        return PROVED if self.is_proved else "an amount is unexplained"

    @property
    def sections(self) -> tuple[Section, ...]:
        """Return the statement as it is printed, on the page and in the workbook."""
        return (
            Section("Bank", tuple(_side_rows(Side.BANK, self.bank, self.ledger))),
            Section("Ledger", tuple(_side_rows(Side.LEDGER, self.ledger, self.bank))),
            Section("Proof", tuple(_proof_rows(self))),
        )


def make_statement(project: Project) -> Statement:
    """Return the statement of the project's books as they are now."""
    return Statement(_side_figures(project, Side.BANK), _side_figures(project, Side.LEDGER))


def _adjusted(side: SideFigures, other: SideFigures) -> int | None:
    if side.closing_minor is None:
        return None
    return side.closing_minor + other.open_minor + side.adjustments.total_minor


def _side_figures(project: Project, side: Side) -> SideFigures:
    totals = BookTotal.objects.filter(project=project, side=side).aggregate(
        count=Coalesce(Sum("line_count"), 0), total=Sum("total_minor")
    )
    files = list(SourceFile.objects.in_project(project).on(side).imported())
    settled = {Side.BANK: project.bank_opening_minor, Side.LEDGER: project.ledger_opening_minor}
    opening = settled[side]
    return SideFigures(
        opening_minor=_first_opening(files) if opening is None else opening,
        movements=_figure(totals),
        stated_minor=_last_closing(files),
        **_open_figures(project, side),
        adjustments=_adjustment_figure(project, side),
    )


def _open_figures(project: Project, side: Side) -> dict[str, Figure]:
    signs = {"money_in": Q(amount_minor__gt=0), "money_out": Q(amount_minor__lte=0)}
    sums: dict[str, Any] = {}
    for name, sign in signs.items():
        sums[f"{name}_count"] = Count("line_id", filter=sign)
        sums[f"{name}_total"] = Sum("amount_minor", filter=sign)
    found = OpenItem.objects.in_project(project).on(side).aggregate(**sums)
    return {
        name: Figure(found[f"{name}_count"], int(found[f"{name}_total"] or 0)) for name in signs
    }


def _adjustment_figure(project: Project, side: Side) -> Figure:
    live = MatchMember.objects.filter(
        project=project, side=side, adjustment_id__isnull=False, released_at__isnull=True
    )
    return _figure(live.aggregate(count=Count("adjustment_id"), total=Sum("amount_minor")))


def _figure(found: dict[str, Any]) -> Figure:
    return Figure(int(found["count"]), int(found["total"] or 0))


def _first_opening(files: Iterable[SourceFile]) -> int | None:
    told = [file for file in files if file.opening_minor is not None and file.first_booked_on]
    return min(told, key=lambda file: str(file.first_booked_on)).opening_minor if told else None


def _last_closing(files: Iterable[SourceFile]) -> int | None:
    dated = [file for file in files if file.last_booked_on]
    return max(dated, key=lambda file: str(file.last_booked_on)).closing_minor if dated else None


def _side_rows(side: Side, here: SideFigures, there: SideFigures) -> Iterable[Row]:
    """List one side from its opening balance to its adjusted balance."""
    other = "ledger" if side is Side.BANK else "bank statement"
    yield Row("Opening balance", here.opening_minor, look="balance")
    yield Row("Movements of the period", here.movements.total_minor, here.movements.count)
    yield Row("Closing balance", here.computed_minor, look="total")
    if here.stated_minor is not None:
        yield Row("Closing balance as the file states it", here.stated_minor, look="balance")
    yield _outstanding(f"Money in on the {other}, not here yet", there.money_in)
    yield _outstanding(f"Money out on the {other}, not here yet", there.money_out)
    if here.adjustments.count:
        yield _outstanding("Adjustments to post here", here.adjustments)
    yield Row("Adjusted balance", _adjusted(here, there), look="total")


def _outstanding(label: str, figure: Figure) -> Row:
    return Row(label, figure.total_minor, figure.count)


def _proof_rows(statement: Statement) -> Iterable[Row]:
    yield Row("Adjusted bank balance", statement.adjusted_bank_minor, look="balance")
    yield Row("Adjusted ledger balance", statement.adjusted_ledger_minor, look="balance")
    if statement.opening_difference_minor:
        yield Row(
            "Difference of the opening balances, from before the period",
            statement.opening_difference_minor,
        )
    yield Row("Unexplained", statement.unexplained_minor, look="check")

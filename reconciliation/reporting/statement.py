"""The reconciliation statement: both closing balances, what is outstanding, and whether they agree.

The arithmetic is the one of ``reconciliation.proof``; this counts the open lines by sign and
prints.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from projects.models import Project
from reconciliation.models import BookTotal, OpenItem
from reconciliation.proof import (
    Balances,
    Figure,
    KnownBalances,
    Proof,
    adjustments_to_post,
    known_balances,
)
from reconciliation.vocabulary import Side

PROVED = "proved: both sides agree"


@dataclass(frozen=True, slots=True)
class SideFigures(Balances):
    """One side: its balances, and its open lines by sign."""

    movement_count: int
    money_in: Figure
    money_out: Figure


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
class Statement(Proof):
    """The proof of a project's books, as it is printed."""

    bank: SideFigures
    ledger: SideFigures

    @property
    def verdict(self) -> str:
        """Return the outcome in words, without an amount."""
        if not self.is_provable:
            return f"not provable: {self.lack}"
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
    known, missing = known_balances(project), adjustments_to_post(project)
    sides = [_side_figures(project, side, known[side], missing[side]) for side in Side]
    return Statement(*sides)


def _side_figures(
    project: Project, side: Side, known: KnownBalances, adjustments: Figure
) -> SideFigures:
    movements = BookTotal.objects.filter(project=project, side=side).aggregate(
        count=Coalesce(Sum("line_count"), 0), total=Sum("total_minor")
    )
    money_in, money_out = _open_figures(project, side)
    return SideFigures(
        opening_minor=known.opening_minor,
        stated_minor=known.stated_minor,
        movements_minor=int(movements["total"] or 0),
        open_minor=money_in.total_minor + money_out.total_minor,
        adjustments=adjustments,
        movement_count=int(movements["count"]),
        money_in=money_in,
        money_out=money_out,
    )


def _open_figures(project: Project, side: Side) -> tuple[Figure, Figure]:
    signs = {"money_in": Q(amount_minor__gt=0), "money_out": Q(amount_minor__lte=0)}
    sums: dict[str, Any] = {}
    for name, sign in signs.items():
        sums[f"{name}_count"] = Count("line_id", filter=sign)
        sums[f"{name}_total"] = Sum("amount_minor", filter=sign)
    found = OpenItem.objects.in_project(project).on(side).aggregate(**sums)
    money_in, money_out = (
        Figure(found[f"{name}_count"], int(found[f"{name}_total"] or 0)) for name in signs
    )
    return money_in, money_out


def _side_rows(side: Side, here: SideFigures, there: SideFigures) -> Iterable[Row]:
    """List one side from its opening balance to its adjusted balance."""
    other = "ledger" if side is Side.BANK else "bank statement"
    yield Row("Opening balance", here.opening_minor, look="balance")
    yield Row("Movements of the period", here.movements_minor, here.movement_count)
    yield Row("Closing balance", here.computed_minor, look="total")
    if here.stated_minor is not None:
        yield Row("Closing balance as the file states it", here.stated_minor, look="balance")
    yield _outstanding(f"Money in on the {other}, not here yet", there.money_in)
    yield _outstanding(f"Money out on the {other}, not here yet", there.money_out)
    if here.adjustments.count:
        yield _outstanding("Adjustments to post here", here.adjustments)
    yield Row("Adjusted balance", here.adjusted_by(there), look="total")


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

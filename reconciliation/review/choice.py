"""Choice: the lines somebody has chosen so far, with their totals, as the server counts them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from projects.models import Project
from reconciliation.models import Line
from reconciliation.money import difference
from reconciliation.vocabulary import Side

#: What the bar shows.
NONE, OUT, BALANCED = "none", "out", "balanced"


@dataclass(frozen=True, slots=True)
class Choice:
    """Chosen open lines of both sides; ``elsewhere`` are those the page's lists do not show."""

    bank: tuple[Line, ...]
    ledger: tuple[Line, ...]
    elsewhere: tuple[Line, ...]

    @property
    def ids(self) -> frozenset[int]:
        """Return the ids of all chosen lines."""
        return frozenset(line.id for line in (*self.bank, *self.ledger))

    @property
    def bank_total_minor(self) -> int:
        """Return the sum of the chosen bank lines."""
        return sum(line.amount_minor for line in self.bank)

    @property
    def ledger_total_minor(self) -> int:
        """Return the sum of the chosen ledger lines."""
        return sum(line.amount_minor for line in self.ledger)

    @property
    def difference_minor(self) -> int:
        """Return bank total − ledger total, signed."""
        return difference(self.bank_total_minor, self.ledger_total_minor)

    @property
    def state(self) -> str:
        """Return what the bar shows: none, out or balanced."""
        if not self.ids:
            return NONE
        return BALANCED if self.difference_minor == 0 and len(self.ids) > 1 else OUT


def choose(project: Project, line_ids: Iterable[int], *, shown: Collection[int]) -> Choice:
    """Return the open lines among ``line_ids``; ``shown`` are the ids on the page."""
    lines = Line.objects.in_project(project).with_ids(line_ids).open()
    chosen = list(lines.order_by("booked_on", "id"))
    return Choice(
        bank=tuple(line for line in chosen if line.side == Side.BANK),
        ledger=tuple(line for line in chosen if line.side == Side.LEDGER),
        elsewhere=tuple(line for line in chosen if line.id not in shown),
    )

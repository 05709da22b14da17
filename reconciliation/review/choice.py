"""Choice: the lines somebody has chosen so far, with their totals, as the server counts them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from projects.models import Project
from reconciliation.models import Line
from reconciliation.money import difference
from reconciliation.review.breaks import OpenTotal
from reconciliation.vocabulary import Side

#: What the bar shows.
NONE, OUT, BALANCED = "none", "out", "balanced"


@dataclass(frozen=True, slots=True)
class Choice:
    """Chosen open lines, by side how many they are and what they add up to.

    ``lines`` were chosen one by one, ``elsewhere`` are those of them that the page's lists do not
    show. A side in ``wholes`` is chosen by its filter instead: it counts as one figure.
    """

    lines: tuple[Line, ...]
    elsewhere: tuple[Line, ...]
    wholes: Mapping[Side, OpenTotal]

    @property
    def ids(self) -> frozenset[int]:
        """Return the ids of the lines chosen one by one."""
        return frozenset(line.id for line in self.lines)

    @property
    def bank(self) -> OpenTotal:
        """Return count and total of the chosen bank lines."""
        return self._on(Side.BANK)

    @property
    def ledger(self) -> OpenTotal:
        """Return count and total of the chosen ledger lines."""
        return self._on(Side.LEDGER)

    @property
    def difference_minor(self) -> int:
        """Return bank total − ledger total, signed."""
        return difference(self.bank.total_minor, self.ledger.total_minor)

    @property
    def state(self) -> str:
        """Return what the bar shows: none, out or balanced."""
        count = self.bank.line_count + self.ledger.line_count
        if not count:
            return NONE
        return BALANCED if self.difference_minor == 0 and count > 1 else OUT

    def _on(self, side: Side) -> OpenTotal:
        amounts = [line.amount_minor for line in self.lines if line.side == side]
        return self.wholes.get(side, OpenTotal(len(amounts), sum(amounts)))


def choose(
    project: Project,
    line_ids: Iterable[int],
    *,
    shown: Collection[int],
    wholes: Mapping[Side, OpenTotal],
) -> Choice:
    """Return the open lines among ``line_ids`` of the sides not chosen as a whole; ``shown`` are
    the ids on the page.
    """
    chosen = Line.objects.in_project(project).with_ids(line_ids).open()
    lines = tuple(chosen.exclude(side__in=list(wholes)).order_by("booked_on", "id"))
    return Choice(lines, tuple(line for line in lines if line.id not in shown), wholes)

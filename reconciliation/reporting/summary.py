"""The pivot of the books: lines by side and status, matches by rule."""

from __future__ import annotations

from dataclasses import dataclass

from projects.models import Project
from reconciliation.kept import kept_figures
from reconciliation.models import BookTotal
from reconciliation.reporting.register import rule_label
from reconciliation.reporting.snapshot import fetch
from reconciliation.vocabulary import LineStatus, Side


@dataclass(frozen=True, slots=True)
class StatusFigures:
    """The lines of one side with one status; ``gross_minor`` adds up the amounts without signs."""

    side: Side
    status: LineStatus
    line_count: int = 0
    total_minor: int = 0
    gross_minor: int = 0


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """The live match groups one rule made; ``total_minor`` is their bank side."""

    label: str
    status: LineStatus
    group_count: int
    line_count: int
    total_minor: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The pivot; ``statuses`` has every side and status, in the order of the words."""

    statuses: tuple[StatusFigures, ...]
    rules: tuple[RuleFigures, ...]

    def of(self, side: Side) -> tuple[StatusFigures, ...]:
        """Return the figures of one side."""
        return tuple(figures for figures in self.statuses if figures.side == side)

    def line_count(self, side: Side) -> int:
        """Return how many lines the side has in the books."""
        return sum(figures.line_count for figures in self.of(side))

    def open_count(self, side: Side) -> int:
        """Return how many lines of the side are open."""
        return sum(f.line_count for f in self.of(side) if f.status == LineStatus.OPEN)

    def matched_pct(self, side: Side) -> float | None:
        """Return the matched share of the side's lines, 0–100; None where there are none."""
        count = self.line_count(side)
        return 100 * (count - self.open_count(side)) / count if count else None


def make_summary(project: Project) -> Summary:
    """Return the pivot of the project's books as they are now, counted."""
    stored = {(t.side, t.status): t for t in BookTotal.objects.filter(project=project)}
    statuses = tuple(
        _figures(side, status, stored.get((side.value, status.value)))
        for side in Side
        for status in (LineStatus.AUTO, LineStatus.MANUAL, LineStatus.OPEN)
    )
    return Summary(statuses, tuple(_rules(project)))


def shown_summary(project: Project) -> Summary:
    """Return the same pivot for a page, which does not count a million matches anew each time."""
    return kept_figures(project, "summary", lambda: make_summary(project))


def _figures(side: Side, status: LineStatus, total: BookTotal | None) -> StatusFigures:
    if total is None:
        return StatusFigures(side, status)
    return StatusFigures(
        side, status, total.line_count, int(total.total_minor), int(total.gross_minor)
    )


def _rules(project: Project) -> list[RuleFigures]:
    rows = fetch(
        """SELECT g.rule, m.method, count(DISTINCT g.id), count(m.line_id),
                  coalesce(sum(m.amount_minor)
                           FILTER (WHERE m.side = 'bank' AND m.line_id IS NOT NULL), 0)
           FROM reconciliation_matchmember m
           JOIN reconciliation_matchgroup g ON g.project_id = m.project_id AND g.id = m.group_id
           WHERE m.project_id = %s AND m.released_at IS NULL
           GROUP BY g.rule, m.method ORDER BY m.method, count(*) DESC, g.rule""",
        [project.pk],
    )
    return [
        RuleFigures(rule_label(rule), LineStatus(method), groups, lines, int(total))
        for rule, method, groups, lines, total in rows
    ]

"""The table a command prints of what became of a project's lines."""

from __future__ import annotations

from projects.models import Project
from reconciliation.management.terminal import table
from reconciliation.money import format_grouped, format_percent
from reconciliation.reporting.statement import make_statement
from reconciliation.reporting.summary import Summary, make_summary
from reconciliation.vocabulary import LineStatus, Side


def outcome_table(project: Project) -> str:
    """Return lines by side and status, the open amounts, and whether the books prove."""
    summary = make_summary(project)
    rows = [["", *(side.label for side in Side)]]
    rows.append(["Lines", *(f"{summary.line_count(side):,}" for side in Side)])
    for status in (LineStatus.AUTO, LineStatus.MANUAL, LineStatus.OPEN):
        rows.append([status.label, *(_count(summary, side, status) for side in Side)])
    rows.append(["Match rate", *(_rate(summary, side) for side in Side)])
    rows.append(
        [f"Open ({project.currency})", *(_open_amount(summary, side, project) for side in Side)]
    )
    return f"{table(rows)}\nStatement: {make_statement(project).verdict}."


def _count(summary: Summary, side: Side, status: LineStatus) -> str:
    return f"{sum(f.line_count for f in summary.of(side) if f.status == status):,}"


def _rate(summary: Summary, side: Side) -> str:
    matched = summary.matched_pct(side)
    return "–" if matched is None else format_percent(matched)


def _open_amount(summary: Summary, side: Side, project: Project) -> str:
    total = sum(f.total_minor for f in summary.of(side) if f.status == LineStatus.OPEN)
    return format_grouped(total, project.decimals)

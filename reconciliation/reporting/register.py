"""The long lists of a report: every transaction with its status, the breaks, the groups, the trail.

Each is a ``Listing``: columns, and a query whose rows come in the order of the columns, amounts in
minor units.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any

from projects.models import Project
from reconciliation.ages import counted_to
from reconciliation.diagnoses import DIAGNOSIS_COLUMNS, DIAGNOSIS_JOINS, open_reason
from reconciliation.matching.explanations import RULE_LABELS, explain
from reconciliation.period import outside_period
from reconciliation.reporting.cells import Column, Kind
from reconciliation.reporting.snapshot import fetch, stream
from reconciliation.vocabulary import HAND_RULES, BreakReason, LineStatus, Side

MASTER_REGISTER = "Master Register"
BREAK_SHEETS = {Side.BANK: "Bank Breaks", Side.LEDGER: "Ledger Breaks"}
MATCH_GROUPS = "Match Groups"
ADJUSTMENTS = "Adjustments"
AUDIT_TRAIL = "Audit Trail"

_STATUS_LABELS = {status.value: status.label for status in LineStatus}
_SIDE_LABELS = {side.value: side.label for side in Side}
_REASON_LABELS = {reason.value: reason.label for reason in BreakReason}
#: How many columns of a break come before those of its diagnosis.
_NOTED = 13
_LINE_TEXTS = (
    Column("Reference", width=18),
    Column("Description", width=40),
    Column("Counterparty", width=24),
    Column("Type", width=12),
    Column("File", width=26),
    Column("Row", Kind.NUMBER, 8),
)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of the report: its sheet, its columns, its query, what becomes of each row."""

    name: str
    columns: tuple[Column, ...]
    query: str
    parameters: Sequence[Any]
    count_query: str
    count_parameters: Sequence[Any]
    finish: Callable[[tuple[Any, ...]], Sequence[Any]] = tuple

    def count(self) -> int:
        """Return how many rows there are."""
        return int(fetch(self.count_query, self.count_parameters)[0][0])

    def rows(self) -> Generator[Sequence[Any]]:
        """Yield the rows, one value per column."""
        with closing(stream(self.query, self.parameters)) as found:
            for row in found:
                yield self.finish(row)


def listings(project: Project, *, today: dt.date) -> list[Listing]:
    """Return the report's lists in the order of their sheets.

    Ages count to the end of the project's period, or as ``counted_to`` says where it has none.
    """
    return [
        master_register(project),
        breaks(project, Side.BANK, today=today),
        breaks(project, Side.LEDGER, today=today),
        match_groups(project),
        adjustments(project),
        audit_trail(project),
    ]


def master_register(project: Project) -> Listing:
    """Return every line in the books with its status, and why it has it."""
    columns = (
        Column("Side", width=15),
        Column("Status", width=20),
        Column("Date", Kind.DATE, 12),
        Column("Value date", Kind.DATE, 12),
        Column(f"Amount ({project.currency})", Kind.AMOUNT, 16),
        *_LINE_TEXTS,
        Column("Match group", width=38),
        Column("Rule", width=24),
        Column("Explanation", width=60),
        Column("Matched by", width=16),
        Column("Matched at (UTC)", Kind.TIME, 20),
        Column("Line", Kind.NUMBER, 12),
        Column("Outside the period", width=18),
    )
    query = """
        SELECT l.side, coalesce(m.method, 'open'), l.booked_on, l.valued_on,
               l.amount_minor, l.reference, l.description, l.counterparty,
               l.kind, f.name, l.row_number, m.group_id::text, g.rule, g.evidence::text,
               u.username, r.made_at, l.id
        FROM reconciliation_line l
        JOIN reconciliation_sourcefile f ON f.id = l.source_file_id AND f.status = 'imported'
        LEFT JOIN reconciliation_matchmember m
               ON m.project_id = l.project_id AND m.line_id = l.id AND m.released_at IS NULL
        LEFT JOIN reconciliation_matchgroup g ON g.project_id = m.project_id AND g.id = m.group_id
        LEFT JOIN reconciliation_recording r ON r.id = g.recording_id
        LEFT JOIN accounts_user u ON u.id = r.made_by_id
        WHERE l.project_id = %s
        ORDER BY l.side, l.booked_on, l.id"""
    count = """SELECT coalesce(sum(row_count), 0) FROM reconciliation_sourcefile
               WHERE project_id = %s AND status = 'imported'"""
    place = [project.pk]
    finish = partial(_register_row, project.period_start, project.period_end, project.decimals)
    return Listing(MASTER_REGISTER, columns, query, place, count, place, finish)


def breaks(project: Project, side: Side, *, today: dt.date) -> Listing:
    """Return the open lines of one side with their age, and what people noted about them."""
    columns = (
        Column("Date", Kind.DATE, 12),
        Column("Age (days)", Kind.NUMBER, 10),
        Column(f"Amount ({project.currency})", Kind.AMOUNT, 16),
        *_LINE_TEXTS,
        Column("Reason", width=22),
        Column("Note", width=40),
        Column("Assigned to", width=16),
        Column("Line", Kind.NUMBER, 12),
        Column("Diagnosis", width=24),
        Column("Diagnosis in words", width=60),
        Column("Points to", width=48),
        Column("Points to line", Kind.NUMBER, 12),
    )
    query = f"""
        WITH noted AS (
            SELECT DISTINCT ON (line_id) line_id, reason, note, assignee_id
            FROM reconciliation_breaknote WHERE project_id = %s
            ORDER BY line_id, made_at DESC, id DESC)
        SELECT l.booked_on, %s::date - l.booked_on,
               l.amount_minor, l.reference, l.description, l.counterparty,
               l.kind, f.name, l.row_number, n.reason, n.note, u.username, l.id,
               {DIAGNOSIS_COLUMNS}
        FROM reconciliation_openitem o
        JOIN reconciliation_line l ON l.project_id = o.project_id AND l.id = o.line_id
        JOIN reconciliation_sourcefile f ON f.id = l.source_file_id
        LEFT JOIN noted n ON n.line_id = o.line_id
        LEFT JOIN accounts_user u ON u.id = n.assignee_id
        LEFT JOIN reconciliation_linediagnosis d
               ON d.project_id = o.project_id AND d.line_id = o.line_id
        {DIAGNOSIS_JOINS}
        WHERE o.project_id = %s AND o.side = %s
        ORDER BY o.booked_on, o.line_id"""  # noqa: S608
    count = """SELECT coalesce(sum(line_count), 0) FROM reconciliation_booktotal
               WHERE project_id = %s AND side = %s AND status = 'open'"""
    until = counted_to(project, today=today)
    place = [project.pk, side.value]
    parameters = [project.pk, until, *place]
    finish = partial(_break_row, project.decimals)
    return Listing(BREAK_SHEETS[side], columns, query, parameters, count, place, finish)


def match_groups(project: Project) -> Listing:
    """Return every match group ever recorded, live or unmatched, with its totals and its why."""
    columns = (
        Column("Match group", width=38),
        Column("State", width=12),
        Column("Status of its lines", width=20),
        Column("Rule", width=24),
        Column("Explanation", width=60),
        Column("Probability", Kind.PERCENT, 11),
        Column("Bank lines", Kind.NUMBER, 10),
        Column(f"Bank total ({project.currency})", Kind.AMOUNT, 16),
        Column("Ledger lines", Kind.NUMBER, 10),
        Column(f"Ledger total ({project.currency})", Kind.AMOUNT, 16),
        Column(f"Adjustments ({project.currency})", Kind.AMOUNT, 16),
        Column("Made by", width=16),
        Column("Made at (UTC)", Kind.TIME, 20),
        Column("Unmatched by", width=16),
        Column("Unmatched at (UTC)", Kind.TIME, 20),
        Column("Reason for unmatching", width=40),
    )
    query = """
        WITH sums AS (
            SELECT group_id,
                   count(*) FILTER (WHERE side = 'bank' AND line_id IS NOT NULL) AS bank_lines,
                   sum(amount_minor)
                       FILTER (WHERE side = 'bank' AND line_id IS NOT NULL) AS bank,
                   count(*) FILTER (WHERE side = 'ledger' AND line_id IS NOT NULL) AS ledger_lines,
                   sum(amount_minor)
                       FILTER (WHERE side = 'ledger' AND line_id IS NOT NULL) AS ledger,
                   sum(CASE side WHEN 'bank' THEN -amount_minor ELSE amount_minor END)
                       FILTER (WHERE adjustment_id IS NOT NULL) AS adjusted
            FROM reconciliation_matchmember WHERE project_id = %s GROUP BY group_id)
        SELECT g.id::text, CASE WHEN g.reversed_at IS NULL THEN 'Live' ELSE 'Unmatched' END,
               r.method, g.rule, g.evidence::text, g.probability, s.bank_lines,
               coalesce(s.bank, 0), s.ledger_lines,
               coalesce(s.ledger, 0), s.adjusted,
               u.username, r.made_at, v.username, g.reversed_at,
               g.reversal_reason
        FROM reconciliation_matchgroup g
        JOIN sums s ON s.group_id = g.id
        JOIN reconciliation_recording r ON r.id = g.recording_id
        LEFT JOIN accounts_user u ON u.id = r.made_by_id
        LEFT JOIN accounts_user v ON v.id = g.reversed_by_id
        WHERE g.project_id = %s
        ORDER BY g.id"""
    count = "SELECT count(*) FROM reconciliation_matchgroup WHERE project_id = %s"
    place = [project.pk]
    finish = partial(_group_row, project.decimals)
    return Listing(MATCH_GROUPS, columns, query, place * 2, count, place, finish)


def adjustments(project: Project) -> Listing:
    """Return the entries to post, live or withdrawn with their group."""
    columns = (
        Column("Date", Kind.DATE, 12),
        Column("To post on", width=15),
        Column(f"Amount ({project.currency})", Kind.AMOUNT, 16),
        Column("Reason", width=30),
        Column("Note", width=40),
        Column("State", width=12),
        Column("Match group", width=38),
        Column("Made by", width=16),
        Column("Made at (UTC)", Kind.TIME, 20),
    )
    query = """
        SELECT a.booked_on, a.side, a.amount_minor, a.reason,
               a.note, CASE WHEN m.released_at IS NOT NULL THEN 'Withdrawn'
                           WHEN EXISTS (
                               SELECT FROM reconciliation_adjustment s
                               JOIN reconciliation_matchmember t
                                 ON t.project_id = s.project_id AND t.adjustment_id = s.id
                                AND t.released_at IS NULL
                               WHERE s.project_id = a.project_id AND s.settles_id = a.id)
                           THEN 'Posted' ELSE 'To post' END,
               m.group_id::text, u.username, a.made_at
        FROM reconciliation_adjustment a
        JOIN reconciliation_matchmember m
          ON m.project_id = a.project_id AND m.adjustment_id = a.id
        LEFT JOIN accounts_user u ON u.id = a.made_by_id
        WHERE a.project_id = %s AND a.settles_id IS NULL
        ORDER BY a.booked_on, a.made_at, a.id"""
    count = """SELECT count(*) FROM reconciliation_adjustment a
               JOIN reconciliation_matchmember m
                 ON m.project_id = a.project_id AND m.adjustment_id = a.id
               WHERE a.project_id = %s AND a.settles_id IS NULL"""
    place = [project.pk]
    return Listing(ADJUSTMENTS, columns, query, place, count, place, _adjustment_row)


def audit_trail(project: Project) -> Listing:
    """Return the project's chain of events, with all that is hashed."""
    columns = (
        Column("No.", Kind.NUMBER, 8),
        Column("Time (UTC)", Kind.TIME, 20),
        Column("Who", width=16),
        Column("Action", width=24),
        Column("Subject", width=40),
        Column("Details", width=60),
        Column("Time as hashed", width=28),
        Column("User as hashed", width=10),
        Column("Previous hash", width=66),
        Column("Hash", width=66),
    )
    query = """
        SELECT seq, at, actor_name, action, subject, details,
               to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
               actor_id::text, previous_hash, hash
        FROM projects_auditevent WHERE project_id = %s ORDER BY seq"""
    count = "SELECT count(*) FROM projects_auditevent WHERE project_id = %s"
    return Listing(AUDIT_TRAIL, columns, query, [project.pk], count, [project.pk])


def rule_label(rule: str) -> str:
    """Return the rule's name for people."""
    return HAND_RULES.get(rule) or RULE_LABELS.get(rule) or rule.replace("_", " ").capitalize()


def why(rule: str, evidence_json: str, decimals: int) -> str:
    """Return the sentence that explains a group; a rule of an older engine is only named."""
    if rule not in RULE_LABELS:
        return f"{rule_label(rule)}."
    return explain(rule, json.loads(evidence_json), decimals)


def _register_row(
    start: dt.date | None, end: dt.date | None, decimals: int, row: tuple[Any, ...]
) -> Sequence[Any]:
    side, status, *line, group, rule, evidence, who, at, line_id = row
    matched = (rule_label(rule), why(rule, evidence, decimals)) if group else (None, None)
    return (
        _SIDE_LABELS[side],
        _STATUS_LABELS[status],
        *line,
        group,
        *matched,
        who,
        at,
        line_id,
        outside_period(line[0], start, end) or None,
    )


def _break_row(decimals: int, row: tuple[Any, ...]) -> Sequence[Any]:
    *line, reason, note, assignee, line_id = row[:_NOTED]
    noted = _REASON_LABELS.get(reason), note, assignee, line_id
    if row[_NOTED] is None:
        return *line, *noted, None, None, None, None
    found = open_reason(row[_NOTED:], decimals)
    pointed = (found.pointed.place, found.pointed.id) if found.pointed else (None, None)
    return *line, *noted, found.label, found.sentence, *pointed


def _group_row(decimals: int, row: tuple[Any, ...]) -> Sequence[Any]:
    group, state, method, rule, evidence, probability, *rest = row
    told = rule_label(rule), why(rule, evidence, decimals), _shown(probability)
    return group, state, _STATUS_LABELS[method], *told, *rest


def _shown(probability: float | None) -> float | None:
    """Return the probability as the pages show it: a tenth of a per cent, never all of it."""
    return None if probability is None else min(round(probability, 3), 0.999)


def _adjustment_row(row: tuple[Any, ...]) -> Sequence[Any]:
    day, side, amount_minor, reason, *rest = row
    return day, _SIDE_LABELS[side], amount_minor, RULE_LABELS.get(reason, reason), *rest

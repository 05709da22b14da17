"""What a finished run did: matches by rule, with their value and the errors to expect.

Law: counted from the recorded groups, so that the report is right whatever was unmatched since.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import connection
from django.db.models import QuerySet, Sum

from projects.models import Project
from reconciliation.matching.ruleset import RULE_LABELS, Ruleset
from reconciliation.matching.runs import runs_of
from reconciliation.models import MatchRun

_BY_RULE = """
    SELECT g.rule, count(*), count(*) FILTER (WHERE g.reversed_at IS NULL),
           coalesce(sum(1 - g.probability), 0)::float8, sum(g.member_count),
           coalesce(sum(v.gross), 0)
    FROM reconciliation_matchgroup g
    JOIN reconciliation_recording r ON r.id = g.recording_id
    LEFT JOIN LATERAL (
        SELECT sum(abs(m.amount_minor)) AS gross FROM reconciliation_matchmember m
        WHERE m.project_id = g.project_id AND m.group_id = g.id AND m.side = 'bank'
    ) v ON true
    WHERE g.project_id = %s AND r.run_id = %s
    GROUP BY g.rule
"""


@dataclass(frozen=True, slots=True)
class RuleCount:
    """What one rule matched; ``expected_errors`` adds up the chances of being wrong."""

    rule: str
    group_count: int
    live_count: int
    expected_errors: float
    line_count: int
    gross_minor: int

    @property
    def label(self) -> str:
        """Return the rule's reading."""
        return RULE_LABELS.get(self.rule, self.rule)


@dataclass(frozen=True, slots=True)
class RunReport:
    """The matches of one run by rule, and the rules it ran with."""

    rules: list[RuleCount]
    suggestion_count: int
    ruleset_sentences: list[str] = field(default_factory=list)

    @property
    def group_count(self) -> int:
        """Return how many match groups the run recorded."""
        return sum(rule.group_count for rule in self.rules)

    @property
    def live_count(self) -> int:
        """Return how many of them are live still: what undoing the run would reopen."""
        return sum(rule.live_count for rule in self.rules)

    @property
    def line_count(self) -> int:
        """Return how many lines the run matched."""
        return sum(rule.line_count for rule in self.rules)

    @property
    def gross_minor(self) -> int:
        """Return the bank amounts matched, added without their signs."""
        return sum(rule.gross_minor for rule in self.rules)

    @property
    def expected_errors(self) -> float:
        """Return how many of the matches are expected to be wrong."""
        return sum(rule.expected_errors for rule in self.rules)


def listed_runs(project: Project) -> QuerySet[MatchRun]:
    """Return the project's runs, newest first, each with its job's state and ``group_count``."""
    return runs_of(project).annotate(group_count=Sum("recordings__group_count"))


def report_of(run: MatchRun) -> RunReport:
    """Return the report of a run, the rules in the order in which they are tried."""
    order = {rule: index for index, rule in enumerate(RULE_LABELS)}
    with connection.cursor() as cursor:
        cursor.execute(_BY_RULE, [run.project_id, run.pk])
        counted = [_rule_count(*row) for row in cursor.fetchall()]
    return RunReport(
        rules=sorted(counted, key=lambda count: order.get(count.rule, len(order))),
        suggestion_count=run.suggestions.count(),
        ruleset_sentences=Ruleset.from_json(run.ruleset).describe(),
    )


def _rule_count(
    rule: str, groups: int, live: int, errors: float, lines: int, gross: int
) -> RuleCount:
    return RuleCount(rule, groups, live, errors, int(lines), int(gross))

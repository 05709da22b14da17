"""What a finished run did, for its page: the engine's report, and what is live of it today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet, Sum

from projects.models import Project
from reconciliation.matching.ruleset import RULE_LABELS, Ruleset
from reconciliation.matching.runs import runs_of
from reconciliation.models import MatchGroup, MatchRun
from reconciliation.vocabulary import RULE_POSTED, BreakReason, Side


@dataclass(frozen=True, slots=True)
class RuleCount:
    """What one rule matched or suggested; ``gross_minor`` adds up the amounts of both sides."""

    rule: str
    group_count: int
    line_count: int
    gross_minor: int
    expected_errors: float

    @property
    def label(self) -> str:
        """Return the rule's reading."""
        return RULE_LABELS.get(self.rule, self.rule)


@dataclass(frozen=True, slots=True)
class OpenCount:
    """What a run left open on one side, and how many of these lines it has a suggestion for."""

    side: Side
    line_count: int
    gross_minor: int
    suggested_count: int

    @property
    def plain_count(self) -> int:
        """Return how many open lines nothing is suggested for."""
        return self.line_count - self.suggested_count


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many lines of either side a run left open for one reason; the amounts' sizes added up."""

    key: str
    label: str
    bank_count: int = 0
    bank_gross_minor: int = 0
    ledger_count: int = 0
    ledger_gross_minor: int = 0


@dataclass(frozen=True, slots=True)
class RuleReport:
    """What was matched and suggested, rule by rule, and its totals."""

    matched: list[RuleCount]
    suggested: list[RuleCount]

    @property
    def group_count(self) -> int:
        """Return how many match groups there are."""
        return sum(rule.group_count for rule in self.matched)

    @property
    def line_count(self) -> int:
        """Return how many lines are matched."""
        return sum(rule.line_count for rule in self.matched)

    @property
    def gross_minor(self) -> int:
        """Return the amounts matched on both sides, added without their signs."""
        return sum(rule.gross_minor for rule in self.matched)

    @property
    def suggestion_count(self) -> int:
        """Return how many suggestions there are."""
        return sum(rule.group_count for rule in self.suggested)

    @property
    def expected_errors(self) -> float:
        """Return how many of the matches are expected to be wrong."""
        return sum(rule.expected_errors for rule in self.matched)


@dataclass(frozen=True, slots=True)
class RunReport(RuleReport):
    """The matches and suggestions of one run by rule, what stayed open, the rules it ran with.

    ``live_count`` is how many of its match groups are live: what undoing the run would reopen.
    ``settled_count`` is how many entries to post the run found posted.
    ``opposites`` counts open bank lines whose amount stands in the ledger with the other sign,
    ``days_apart`` the days between sides that have no date in common.
    """

    still_open: list[OpenCount]
    reasons: list[ReasonCount]
    live_count: int
    settled_count: int = 0
    opposites: int = 0
    days_apart: int = 0
    ruleset_sentences: list[str] = field(default_factory=list)

    @property
    def warning(self) -> str:
        """Return the sentence about a file that does not fit the other, or ""."""
        return wrong_file_sentence(self.opposites, self.days_apart)


def wrong_file_sentence(opposites: int, apart: int) -> str:
    """Say that one file looks like the wrong one; "" where nothing speaks for it."""
    if apart:
        return (
            f"The open lines of the two sides have no date in common: {apart:,} days lie between "
            "them. One of the files looks to be of another period."
        )
    return _reversed_sentence(opposites)


def _reversed_sentence(opposites: int) -> str:
    """Say that one file looks read with the wrong sign; "" where nothing speaks for it."""
    if not opposites:
        return ""
    return (
        f"{opposites:,} open bank lines have an exact counterpart of the opposite sign in the "
        "ledger: one of the files looks reversed. Undo its import and read it again with amounts "
        "reversed."
    )


def listed_runs(project: Project) -> QuerySet[MatchRun]:
    """Return the project's runs, newest first, each with its job's state and ``group_count``."""
    runs = runs_of(project).defer("ruleset", "memory", "report")
    counted = runs.annotate(group_count=Sum("recordings__group_count"))
    return counted.order_by("-started_at", "id")


def report_of(run: MatchRun) -> RunReport:
    """Return the report of a run, the rules in the order in which they are tried."""
    made = MatchGroup.objects.in_project(run.project).of_run(run)
    return RunReport(
        matched=rule_counts(run.report.get("matched", {})),
        suggested=rule_counts(run.report.get("suggested", {})),
        still_open=_open(run.report.get("open", {})),
        reasons=_reasons(run.report.get("reasons", {})),
        live_count=made.live().count(),
        settled_count=made.filter(rule=RULE_POSTED).count(),
        opposites=run.report.get("opposites", 0),
        days_apart=run.report.get("days_apart", 0),
        ruleset_sentences=Ruleset.from_json(run.ruleset).describe(run.project.decimals),
    )


def rule_counts(counts: Mapping[str, Mapping[str, Any]]) -> list[RuleCount]:
    """Return the counts of the engine's report, the rules in the order in which they are tried."""
    order = {rule: index for index, rule in enumerate(RULE_LABELS)}
    return [
        RuleCount(
            rule=rule,
            group_count=count["groups"],
            line_count=count["lines"],
            gross_minor=count["value_minor"],
            expected_errors=count["expected_errors"],
        )
        for rule, count in sorted(counts.items(), key=lambda item: order.get(item[0], len(order)))
    ]


def _open(counts: Mapping[str, Mapping[str, int]]) -> list[OpenCount]:
    return [
        OpenCount(side, count["lines"], count["value_minor"], count["suggested_lines"])
        for side in Side
        if (count := counts.get(side))
    ]


def _reasons(counts: Mapping[str, Mapping[str, Mapping[str, int]]]) -> list[ReasonCount]:
    """Return a count for each reason that some line is open for, the most frequent first."""
    bank, ledger = (counts.get(side, {}) for side in Side)
    found = [
        ReasonCount(
            key=reason.value,
            label=reason.label,
            bank_count=bank.get(reason, {}).get("lines", 0),
            bank_gross_minor=bank.get(reason, {}).get("value_minor", 0),
            ledger_count=ledger.get(reason, {}).get("lines", 0),
            ledger_gross_minor=ledger.get(reason, {}).get("value_minor", 0),
        )
        for reason in BreakReason
        if reason in bank or reason in ledger
    ]
    return sorted(found, key=lambda each: -each.bank_count - each.ledger_count)

"""What a trial found out, for its page: the changes a run would make, or the false matches."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from projects import audit
from projects.models import Project
from reconciliation.matching.explanations import explain
from reconciliation.matching.ruleset import RULE_LABELS, Ruleset
from reconciliation.matching.run_report import RuleReport, rule_counts
from reconciliation.matching.unchanged import QUIET
from reconciliation.models import Line, MatchGroup, Trial
from reconciliation.vocabulary import Side

#: What would become of a match that is there, in words.
FATES = {
    "same": "Made again",
    "suggested": "Only suggested",
    "otherwise": "Matched otherwise",
    "open": "Left open",
}


@dataclass(frozen=True, slots=True)
class StatusChange:
    """How many lines of a side would change their status, by what to what."""

    side: Side
    open_matched: int
    suggested_matched: int
    open_suggested: int
    suggested_open: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One match or suggestion a run would make, with its lines and its reason."""

    label: str
    is_match: bool
    probability_pct: float
    sentence: str
    bank: list[Line]
    ledger: list[Line]


@dataclass(frozen=True, slots=True)
class LostMatch:
    """A live automatic match that these rules would not make."""

    group: MatchGroup
    label: str
    sentence: str
    fate: str
    gross_minor: int


@dataclass(frozen=True, slots=True)
class FateCount:
    """How many of the live automatic matches would meet one fate."""

    label: str
    group_count: int
    line_count: int
    gross_minor: int


@dataclass(frozen=True, slots=True)
class PreviewReport(RuleReport):
    """What a run with the trial's rules would change; ``lost_count`` live automatic matches they
    would not make, the largest of them in ``lost``."""

    status: list[StatusChange]
    fates: list[FateCount]
    lost_count: int
    lost: list[LostMatch]
    samples: list[Sample]


@dataclass(frozen=True, slots=True)
class EstimateReport:
    """How many ledger lines, moved forty days away, would be matched all the same."""

    line_count: int
    false_count: int
    by_rule: list[tuple[str, int]]

    @property
    def sentence(self) -> str:
        """Say what was tried and what came of it."""
        if not self.line_count:
            return "There is no ledger line whose amount is the only one of its kind to try with."
        lines = "1 ledger line" if self.line_count == 1 else f"{self.line_count:,} ledger lines"
        share = 100.0 * self.false_count / self.line_count
        return (
            f"Of {lines} moved 40 days away, {self.false_count:,} would be matched all the same "
            f"({share:.2f} %)."
        )


def estimate_report(trial: Trial) -> EstimateReport:
    """Return what a finished estimate counted."""
    found = trial.report
    by_rule = sorted(found.get("by_rule", {}).items(), key=lambda each: (-each[1], each[0]))
    return EstimateReport(
        found.get("lines", 0),
        found.get("matched", 0),
        [(RULE_LABELS.get(rule, rule), count) for rule, count in by_rule],
    )


def preview_report(trial: Trial) -> PreviewReport:
    """Return what a finished preview found; lines and groups are read as they are now."""
    found, current = trial.report, trial.report.get("current", {})
    counts = current.get("counts", {})
    return PreviewReport(
        matched=rule_counts(found.get("matched", {})),
        suggested=rule_counts(found.get("suggested", {})),
        status=[
            StatusChange(side, **found["status"][side])
            for side in Side
            if side in found.get("status", {})
        ],
        fates=[
            FateCount(label, count["groups"], count["lines"], count["value_minor"])
            for fate, label in FATES.items()
            if (count := counts.get(fate))
        ],
        lost_count=sum(count["groups"] for fate, count in counts.items() if fate != "same"),
        lost=_lost(trial.project, current.get("lost", [])),
        samples=_samples(trial.project, found.get("samples", [])),
    )


def is_outdated(trial: Trial) -> bool:
    """Say whether lines moved in the project since the trial read its books."""
    since = audit.events_of(trial.project).filter(seq__gt=trial.trail_seq)
    return since.exclude(action__in=[*QUIET, "ruleset.changed"]).exists()


def changed_sentences(trial: Trial) -> list[str]:
    """Return what the trial's rules say that the project's own do not."""
    project, tried = trial.project, Ruleset.from_json(trial.ruleset)
    own = Ruleset.from_json(project.ruleset).describe(project.decimals)
    return [each for each in tried.describe(project.decimals) if each not in own]


def _lost(project: Project, listed: list[Mapping[str, Any]]) -> list[LostMatch]:
    ids = [uuid.UUID(each["group"]) for each in listed]
    groups = {
        group.id: group for group in MatchGroup.objects.in_project(project).filter(id__in=ids)
    }
    return [
        LostMatch(
            group=groups[group_id],
            label=RULE_LABELS.get(groups[group_id].rule, groups[group_id].rule),
            sentence=_sentence(project, groups[group_id].rule, groups[group_id].evidence),
            fate=FATES[each["fate"]],
            gross_minor=each["value_minor"],
        )
        for group_id, each in zip(ids, listed, strict=True)
        if group_id in groups
    ]


def _samples(project: Project, found: list[Mapping[str, Any]]) -> list[Sample]:
    wanted = {line for each in found for line in (*each["bank"], *each["ledger"])}
    lines = {line.id: line for line in Line.objects.in_project(project).with_ids(wanted)}
    return [
        Sample(
            label=RULE_LABELS.get(each["rule"], each["rule"]),
            is_match=bool(each["outcome"]),
            probability_pct=100.0 * each["probability"],
            sentence=_sentence(project, each["rule"], each["evidence"]),
            bank=[lines[line] for line in each["bank"] if line in lines],
            ledger=[lines[line] for line in each["ledger"] if line in lines],
        )
        for each in found
    ]


def _sentence(project: Project, rule: str, evidence: Mapping[str, Any]) -> str:
    """Return why, or only the rule where it is not the engine's."""
    return explain(rule, evidence, project.decimals) if rule in RULE_LABELS else f"{rule}."

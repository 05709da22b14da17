"""Trials: what a run would do is found out without doing it, and comes true when applied."""

from __future__ import annotations

import pytest

from projects import audit
from reconciliation.matching.ruleset import OFF, RULE_LABELS, Ruleset
from reconciliation.matching.run import run_matching
from reconciliation.matching.trial import estimate, preview
from reconciliation.matching.trial_report import estimate_report, is_outdated, preview_report
from reconciliation.models import MatchGroup, Suggestion, Trial
from reconciliation.vocabulary import Side, TrialKind
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

NOTHING = Ruleset().with_modes(dict.fromkeys(RULE_LABELS, OFF))
ROWS = [(f"2025-12-{day:02d}", 1000 + 37 * day, f"INV 40{day:03d} ACME") for day in range(1, 13)]


@pytest.fixture
def project():
    project = factories.make_project()
    for side in Side:
        factories.make_lines(project, side, *ROWS)
    return project


def quiet(message, done, total):
    """Progress nobody looks at."""


def made(project, kind, report) -> Trial:
    return Trial.objects.create(
        project=project, kind=kind, report=report, made_by=project.created_by, trail_seq=10_000
    )


def test_preview_tells_what_the_run_then_does_and_changes_nothing(project):
    found = preview(project, Ruleset(), quiet)
    assert (MatchGroup.objects.count(), Suggestion.objects.count()) == (0, 0)
    run = run_matching(project=project, actor=project.created_by, ruleset=Ruleset())
    assert (found["matched"], found["suggested"]) == (
        run.report["matched"],
        run.report["suggested"],
    )
    assert found["status"]["bank"]["open_matched"] == MatchGroup.objects.count() == len(ROWS)


def test_matches_the_rules_would_not_make_are_listed_and_stay(project):
    run_matching(project=project, actor=project.created_by, ruleset=Ruleset())
    report = preview_report(made(project, TrialKind.PREVIEW, preview(project, NOTHING, quiet)))
    assert (report.group_count, report.lost_count, len(report.lost)) == (0, 12, 12)
    assert {lost.fate for lost in report.lost} == {"Left open"}
    assert report.lost[0].gross_minor == 2 * (1000 + 37 * 12)
    assert MatchGroup.objects.live().count() == 12


def test_the_same_rules_would_make_every_match_again(project):
    run_matching(project=project, actor=project.created_by, ruleset=Ruleset())
    report = preview_report(made(project, TrialKind.PREVIEW, preview(project, Ruleset(), quiet)))
    assert [(fate.label, fate.group_count) for fate in report.fates] == [("Made again", 12)]


def test_samples_show_their_lines_and_their_reason(project):
    report = preview_report(made(project, TrialKind.PREVIEW, preview(project, Ruleset(), quiet)))
    sample = report.samples[0]
    assert (len(sample.bank), len(sample.ledger), sample.is_match) == (1, 1, True)
    assert sample.bank[0].amount_minor == sample.ledger[0].amount_minor
    assert sample.sentence.startswith("Same amount")


def test_estimate_counts_what_is_matched_forty_days_away(project):
    found = estimate(project, Ruleset(), quiet)
    report = estimate_report(made(project, TrialKind.ESTIMATE, found))
    assert report.sentence == (
        "Of 12 ledger lines moved 40 days away, 0 would be matched all the same (0.00 %)."
    )


def test_trial_is_outdated_once_lines_moved(project):
    trial = made(project, TrialKind.PREVIEW, {})
    trial.trail_seq = audit.last_seq(project)
    assert not is_outdated(trial)
    run_matching(project=project, actor=project.created_by, ruleset=Ruleset())
    assert is_outdated(trial)

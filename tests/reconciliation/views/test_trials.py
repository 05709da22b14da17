"""Previews and estimates: asked for, shown, applied."""

from __future__ import annotations

import pytest
from django.db.models.functions import Now

from projects import lifecycle
from reconciliation.matching.ruleset import Ruleset
from reconciliation.models import Job, MatchRun, Trial
from reconciliation.vocabulary import JobKind, JobState, Side
from tests import factories
from tests.actors import cast_of
from tests.reconciliation.views.pages import address, said, typed_rules

pytestmark = pytest.mark.django_db

COUNT = {"groups": 2, "lines": 4, "value_minor": 4321, "expected_errors": 0.5}
STATUS = {"open_matched": 3, "suggested_matched": 1, "open_suggested": 5, "suggested_open": 7}


def finished(project, **fields) -> Trial:
    return Trial.objects.create(
        project=project, made_by=project.created_by, finished_at=Now(), trail_seq=10_000,
        **{"kind": "preview", "ruleset": Ruleset(days_after=20).to_json()} | fields,
    )  # fmt: skip


def preview_of_a_pair(project) -> Trial:
    """A finished preview that would match one pair and not make one live match again."""
    [bank] = factories.make_lines(project, Side.BANK, ("2025-12-01", 10000, "Rent of the office"))
    [ledger] = factories.make_lines(project, Side.LEDGER, ("2025-12-01", 10000, "Rent"))
    group = factories.make_group(project, [bank], [ledger], method="auto")
    sample = {
        "outcome": 1, "rule": "amount_and_date", "probability": 0.9995,
        "evidence": {"lag_days": 0}, "bank": [bank.id], "ledger": [ledger.id],
    }  # fmt: skip
    lost = [{"group": str(group), "fate": "open", "value_minor": 20000}]
    counts = {"open": {"groups": 1, "lines": 2, "value_minor": 20000}}
    report = {
        "matched": {"amount_and_date": COUNT}, "suggested": {"block": COUNT},
        "status": {"bank": STATUS, "ledger": STATUS}, "samples": [sample],
        "current": {"counts": counts, "lost": lost},
    }  # fmt: skip
    return finished(project, report=report)


def test_preview_of_the_typed_rules_is_handed_to_the_workers_once(project, owner):
    response = owner.post(address("match_preview", project), typed_rules(days_after="20"))
    trial = Trial.objects.get()
    assert response["Location"] == address("match_trial", project, trial.pk)
    assert (trial.ruleset["days_after"], trial.kind) == (20, "preview")
    assert Job.objects.get().subject == trial.pk
    again = owner.post(address("match_preview", project), typed_rules(days_after="21"))
    assert "tried out in this project already" in said(again)
    project.refresh_from_db()
    assert project.ruleset == {}


def test_preview_without_rules_takes_the_projects_own(project, owner):
    owner.post(address("match_preview", project))
    assert Trial.objects.get().ruleset == Ruleset().to_json()


def test_wrong_rules_are_shown_in_place(project, owner):
    response = owner.post(address("match_preview", project), typed_rules(days_after="900"))
    assert response.status_code == 400
    assert 'role="alert"' in response.text and Trial.objects.count() == 0


def test_trial_under_way_shows_its_progress_and_how_it_ended(project, owner):
    owner.post(address("match_estimate", project))
    trial = Trial.objects.get(kind="estimate")
    assert "data-progress=" in owner.get(trial.get_absolute_url()).text
    Job.objects.update(state=JobState.FAILED, message="It did not work.")
    assert "It did not work." in owner.get(trial.get_absolute_url()).text


def test_preview_shows_what_would_change(project, owner):
    page = owner.get(preview_of_a_pair(project).get_absolute_url()).text
    assert "Nothing has been recorded" in page and "Would match, by rule" in page
    assert 'data-minor="4321"' in page and "Not suggested any more" in page
    assert "Left open" in page and "Same amount, same date." in page
    assert "Rent of the office" in page and "20 days after its ledger entry" in page


def test_estimate_is_said_in_words(project, owner):
    found = {"lines": 8431, "matched": 3, "by_rule": {"amount_and_date": 3}}
    page = owner.get(finished(project, kind="estimate", report=found).get_absolute_url()).text
    assert "Of 8,431 ledger lines moved 40 days away, 3 would be matched all the same" in page
    assert "(0.04 %)" in page and "3 false matches" in page


def test_applied_preview_saves_its_rules_and_runs(project, owner):
    trial = finished(project)
    response = owner.post(address("match_trial_apply", project, trial.pk))
    run = MatchRun.objects.get()
    assert response["Location"] == address("match_run", project, run.pk)
    project.refresh_from_db()
    assert run.ruleset["days_after"] == project.ruleset["days_after"] == 20
    assert Job.objects.get().kind == JobKind.MATCH


def test_preview_in_locked_books_is_not_applied(project, owner):
    trial = finished(project)
    lifecycle.lock_project(project=project, actor=project.created_by)
    response = owner.post(address("match_trial_apply", project, trial.pk))
    assert response["Location"] == trial.get_absolute_url()
    assert "is locked" in said(response) and MatchRun.objects.count() == 0


def test_estimate_cannot_be_applied(project, owner):
    trial = finished(project, kind="estimate")
    assert owner.post(address("match_trial_apply", project, trial.pk)).status_code == 404


@pytest.mark.parametrize("name", ["match_preview", "match_estimate"])
def test_only_editors_try_rules_out(project, name):
    cast = cast_of(project)
    answers = {who: client.post(address(name, project)).status_code for who, client in cast.items()}
    assert (answers.pop("owner"), answers.pop("editor")) == (303, 303)
    assert answers == {
        "anonymous": 302, "stranger": 404, "viewer": 403, "reviewer": 403, "elsewhere": 404,
    }  # fmt: skip

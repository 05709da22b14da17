"""The rules, the runs, and undoing one."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now

from projects import audit, lifecycle
from reconciliation import groups
from reconciliation.matching import settings
from reconciliation.matching.ruleset import Ruleset
from reconciliation.models import Job, MatchGroup, MatchRun
from reconciliation.vocabulary import JobKind, JobState, MatchMethod, Side
from tests import factories
from tests.actors import cast_of
from tests.reconciliation.views.pages import address, said, typed_rules

pytestmark = pytest.mark.django_db


#: What the engine leaves of a run that matched a pair and suggested another.
REPORT = {
    "matched": {
        "amount_and_date": {
            "groups": 1,
            "lines": 2,
            "value_minor": 20000,
            "expected_errors": 0.25,
        }
    },
    "suggested": {"block": {"groups": 3, "lines": 6, "value_minor": 600, "expected_errors": 1.5}},
    "open": {"bank": {"lines": 9, "value_minor": 777, "suggested_lines": 4}},
    "reasons": {"bank": {"bank_fee": {"lines": 3, "value_minor": 345}}},
}


@pytest.fixture
def run(project):
    """A finished run that matched one pair of 100.00."""
    bank = factories.make_lines(project, Side.BANK, ("2025-12-01", 10000, "Rent"))
    ledger = factories.make_lines(project, Side.LEDGER, ("2025-12-01", 10000, "Rent"))
    run = MatchRun.objects.create(
        project=project, made_by=project.created_by, finished_at=Now(), report=REPORT
    )
    group = groups.NewGroup(
        [(bank[0].id, 10000)], [(ledger[0].id, 10000)], "amount_and_date", probability=0.9995
    )
    groups.record_groups(
        project=project,
        actor=project.created_by,
        method=MatchMethod.AUTO,
        groups=[group],
        run=run,
    )
    return run


def test_rules_are_read_in_plain_words(project, owner):
    page = owner.get(address("matching", project)).text
    assert "Run Auto-Reconciliation" in page
    assert "Lines of one group lie within 31 days." in page
    assert "No run yet" in page


def test_rules_are_saved_and_audited(project, owner):
    response = owner.post(
        address("matching", project), typed_rules(days_after="20", rule_reversal="off")
    )
    assert (response.status_code, response["Location"]) == (303, address("matching", project))
    project.refresh_from_db()
    saved = Ruleset.from_json(project.ruleset)
    assert (saved.days_after, saved.rules["reversal"]) == (20, "off")
    assert audit.events_of(project).last().action == "ruleset.changed"


@pytest.mark.parametrize(
    "chosen, certainty",
    [
        ({"strictness": "strict"}, 0.9999),
        ({"strictness": "standard", "certainty_pct": "95"}, 0.999),
        ({"strictness": "", "certainty_pct": "99.95"}, 0.9995),
    ],
)
def test_strictness_is_chosen_by_name_or_typed(project, owner, chosen, certainty):
    owner.post(address("matching", project), typed_rules(**chosen))
    project.refresh_from_db()
    assert Ruleset.from_json(project.ruleset).certainty == certainty


def test_strict_is_advised_where_a_year_has_many_lines(project, owner, monkeypatch):
    factories.make_lines(project, Side.BANK, ("2025-12-01", 1, "a"), ("2025-12-02", 2, "b"))
    assert settings.lines_a_year(project) == 2 * 365 // 30
    assert "equal amounts meet by chance" not in owner.get(address("matching", project)).text
    monkeypatch.setattr(settings, "STRICT_LINES_A_YEAR", 20)
    assert "about 24 lines a year" in owner.get(address("matching", project)).text
    owner.post(address("matching", project), typed_rules(strictness="strict"))
    assert "about 24 lines a year" not in owner.get(address("matching", project)).text


def test_each_wrong_rule_is_told_at_its_field(project, owner):
    wrong = {"days_after": "900", "tolerance": "5.001", "certainty_pct": "", "strictness": ""}
    form = owner.post(address("matching", project), typed_rules(**wrong)).context["form"]
    assert set(form.errors) == {"days_after", "tolerance", "certainty_pct"}


def test_rules_survive_their_file(project, owner):
    chosen = Ruleset(days_after=33, certainty=0.9999, differences="off")
    chosen = chosen.with_modes({"reversal": "off", "block": "off"})
    project.ruleset = chosen.to_json()
    project.save()
    given = owner.get(address("ruleset_json", project)).content
    other = factories.make_project(project.created_by)
    upload = SimpleUploadedFile("rules.json", given)
    owner.post(address("ruleset_json", other), {"ruleset": upload})
    other.refresh_from_db()
    assert Ruleset.from_json(other.ruleset) == chosen


def test_saving_the_same_rules_changes_nothing(project, owner):
    owner.post(address("matching", project), typed_rules())
    assert audit.events_of(project).count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"days_after": "121"},
        {"days_before": "-1"},
        {"certainty_pct": "50"},
        {"tolerance": "0.005"},
        {"tolerance": "NaN"},
        {"rule_block": "auto"},
        {"differences": "maybe"},
    ],
)
def test_wrong_rule_is_an_alert_and_nothing_is_saved(project, owner, wrong):
    response = owner.post(address("matching", project), typed_rules(**wrong))
    assert response.status_code == 400
    assert 'role="alert"' in response.text
    project.refresh_from_db()
    assert project.ruleset == {}


def test_rules_go_out_and_come_in_as_a_file(project, owner):
    given = owner.get(address("ruleset_json", project))
    assert given["Content-Disposition"] == 'attachment; filename="ruleset.json"'
    rules = given.json() | {"days_after": 33}
    upload = SimpleUploadedFile("rules.json", json.dumps(rules).encode())
    owner.post(address("ruleset_json", project), {"ruleset": upload})
    project.refresh_from_db()
    assert project.ruleset["days_after"] == 33


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff\xfe", b'{"x": 1}', b'{"rules": 1}', b"[" * 60000]
)
def test_file_that_is_no_ruleset_is_refused(project, owner, content):
    upload = SimpleUploadedFile("rules.json", content)
    response = owner.post(address("ruleset_json", project), {"ruleset": upload})
    assert response.status_code == 303
    assert said(response)
    project.refresh_from_db()
    assert project.ruleset == {}


def test_run_is_handed_to_the_workers_once(project, owner):
    response = owner.post(address("match_start", project))
    job = Job.objects.get(kind=JobKind.MATCH)
    assert response["Location"] == address("match_run", project, job.subject)
    assert "running in this project already" in said(owner.post(address("match_start", project)))
    assert Job.objects.count() == 1


def test_run_under_way_shows_its_progress(project, owner):
    owner.post(address("match_start", project))
    run = MatchRun.objects.get()
    assert "data-progress=" in owner.get(address("match_run", project, run.pk)).text
    Job.objects.update(state=JobState.FAILED, message="It did not work.")
    page = owner.get(address("match_run", project, run.pk)).text
    assert "It did not work." in page and 'role="alert"' in page


def test_finished_run_is_reported_by_rule(project, owner, run):
    page = owner.get(address("match_run", project, run.pk)).text
    assert "Same amount, close dates" in page and "0.25" in page
    assert "Block of equal lines" in page and "What stayed open" in page
    assert 'data-minor="20000"' in page and 'data-minor="777"' in page
    assert "1 match group; first a preview" in page
    assert "?reason=bank_fee" in page and 'data-minor="345"' in page


def test_undoing_a_run_is_previewed(project, owner, run):
    page = owner.get(address("match_run_undo", project, run.pk)).text
    assert "Bank lines open again" in page and 'data-minor="10000"' in page
    assert "the newest 1" in page and MatchGroup.objects.live().count() == 1
    owner.post(address("match_run_undo", project, run.pk), {"reason": "Wrong file"})
    assert "Nothing to undo" in owner.get(address("match_run_undo", project, run.pk)).text


def test_run_is_undone_with_a_reason(project, owner, run):
    undo = address("match_run_undo", project, run.pk)
    assert "Say why" in said(owner.post(undo, {"reason": " "}))
    assert MatchGroup.objects.live().count() == 1
    assert "Match groups undone: 1." in said(owner.post(undo, {"reason": "Wrong file"}))
    assert MatchGroup.objects.get().reversal_reason == "Wrong file"


def test_run_in_locked_books_is_refused_with_a_sentence(project, owner):
    lifecycle.lock_project(project=project, actor=project.created_by)
    response = owner.post(address("match_start", project))
    assert response["Location"] == address("matching", project)
    assert "is locked" in said(response)


@pytest.mark.parametrize("name", ["matching", "match_start", "ruleset_json"])
def test_only_editors_change_rules_and_run(project, name):
    cast = cast_of(project)
    answers = {who: client.post(address(name, project)).status_code for who, client in cast.items()}
    assert answers.pop("owner") in (303, 400)
    assert answers.pop("editor") in (303, 400)
    assert answers == {
        "anonymous": 302,
        "stranger": 404,
        "viewer": 403,
        "reviewer": 403,
        "elsewhere": 404,
    }


def test_run_of_another_project_is_not_found(project, owner, run):
    other = factories.make_project(project.created_by)
    assert owner.get(address("match_run", other, run.pk)).status_code == 404
    assert owner.post(address("match_run_undo", other, run.pk)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_matching_page_asks_the_same_queries_for_one_and_three(
    project, owner, count, django_assert_num_queries
):
    for _ in range(count):
        MatchRun.objects.create(project=project, made_by=project.created_by)
    with django_assert_num_queries(7):
        owner.get(address("matching", project))


def test_runs_are_listed_newest_first(project, owner, run):
    for day in (3, 1, 2):
        MatchRun.objects.create(
            project=project, made_by=project.created_by, started_at=f"2025-12-0{day}T12:00:00Z"
        )
    runs = owner.get(address("matching", project)).context["runs"]
    assert [each.started_at.day for each in runs][1:] == [3, 2, 1]
    assert runs[0].pk == run.pk

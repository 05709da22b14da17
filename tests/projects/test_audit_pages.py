"""The audit page: its events, its filter, the chain's state, and the export with its verifier."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects import audit, trail
from projects.models import AuditEvent
from reconciliation.vocabulary import Side
from tests import factories
from tests.actors import cast_of, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return factories.make_project(factories.make_user("alice"), name="Dec 2025")


@pytest.fixture
def owner(project):
    return client_of(project.created_by)


def address(project, name="audit") -> str:
    return reverse(f"projects:{name}", args=[project.pk])


@pytest.mark.parametrize(
    "details, shown",
    [
        (
            {"after": {"total_minor": -123456, "bank": [7, 8]}},
            [("total", "", "−1,234.56"), ("bank", "", "7, 8")],
        ),
        ({"before": {"role": "editor"}, "after": {"role": None}}, [("role", "editor", "")]),
        ({"reason": "wrong", "after": {"period_end": None}}, [("reason", "", "wrong")]),
        ({"before": "text", "n": {"a": True}}, [("before", "", "text"), ("n", "", "a yes")]),
        (
            {"after": {"lines": [*range(12)]}},
            [("lines", "", "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more")],
        ),
        ({}, []),
    ],
)
def test_details_are_told_in_words(details, shown):
    changes = trail.changes_of(details, 2)
    assert [(change.name, change.before, change.after) for change in changes] == shown


def record(project, action, **details):
    actor = project.created_by
    return audit.record(project=project, actor=actor, action=action, subject="x:1", **details)


def forge(statement: str) -> None:
    """Change events behind the back of the promises, as a burglar in the database would."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")


def test_page_tells_who_did_what_with_before_and_after(project, owner):
    record(project, "project.settings_changed", before={"name": "Old"}, after={"name": "New"})
    page = owner.get(address(project)).text
    assert "alice changed the settings" in page
    assert "<del>Old</del> → New" in page
    assert "verified" in page and audit.head_hash(project) in page


@pytest.mark.parametrize(
    "query, numbers",
    [
        ({}, {1, 2, 3}),
        ({"subject": "file"}, {2}),
        ({"actor": "ALI"}, {1, 2, 3}),
        ({"actor": "bob"}, set()),
        ({"text": "bank.csv"}, {2}),
        ({"text": "x:1"}, {2, 3}),
        ({"since": "2999-01-01"}, set()),
        ({"until": "2001-01-01"}, set()),
        ({"before": "2"}, {1}),
        ({"after": "2"}, {3}),
        ({"before": "rubbish", "since": "never"}, {1, 2, 3}),
    ],
)
def test_filter_keeps_what_fits(project, query, numbers):
    record(project, "file.uploaded", name="bank.csv")
    record(project, "run.started")
    page = client_of(project.created_by).get(address(project), query)
    assert {row.event.seq for row in page.context["page"].rows} == numbers


def test_pages_lead_to_their_neighbours(project):
    for _ in range(4):
        record(project, "run.started")
    first = trail.trail_page(project, trail.TrailFilter(), length=2)
    second = trail.trail_page(project, trail.TrailFilter(before=first.older), length=2)
    last = trail.trail_page(project, trail.TrailFilter(before=second.older), length=2)
    back = trail.trail_page(project, trail.TrailFilter(after=last.newer), length=2)
    numbers = [[row.event.seq for row in page.rows] for page in (first, second, last, back)]
    assert numbers == [[5, 4], [3, 2], [1], [3, 2]]
    assert (first.newer, last.older) == (None, None)


def test_page_costs_the_same_for_few_and_many_events(project, owner):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            owner.get(address(project))
        return len(captured)

    few = queries()
    record(project, "run.started"), record(project, "run.started")
    assert queries() == few <= 8


def test_altered_event_breaks_the_chain(project, owner):
    record(project, "run.started")
    forge("UPDATE projects_auditevent SET actor_name = 'mallory' WHERE action = 'run.started'")
    page = owner.get(address(project)).text
    assert "The chain is broken." in page and "event 2 was altered" in page


def test_long_chain_is_checked_at_its_end_and_whole_on_demand(project, owner, monkeypatch):
    monkeypatch.setattr(trail, "MOST_CHECKED", 2)
    for _ in range(4):
        record(project, "run.started")
    assert "Check all 5 events" in owner.get(address(project)).text
    forge("UPDATE projects_auditevent SET subject = 'y' WHERE seq = 2")
    assert "The chain is broken." not in owner.get(address(project)).text
    assert "event 2 was altered" in owner.get(address(project), {"verify": "all"}).text


def export(client, project, folder):
    """Unpack an export into the folder and return its events."""
    answer = client.post(address(project, "audit_export"))
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as pack:
        pack.extractall(folder)
    return [json.loads(line) for line in (folder / "audit.jsonl").read_text().splitlines()]


def verify(folder) -> subprocess.CompletedProcess:
    command = [sys.executable, "-I", "verify_audit.py", "audit.jsonl"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_export_is_an_event_and_verifies_alone(project, owner, tmp_path):
    record(project, "file.uploaded", name="Müller ‘quoted’\n€.csv")
    events = export(owner, project, tmp_path)
    assert [event["action"] for event in events][-1] == "audit.exported"
    assert AuditEvent.objects.filter(project=project).count() == len(events) == 3
    checked = verify(tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert audit.head_hash(project) in checked.stdout


@pytest.mark.parametrize("attack", ["change", "remove", "swap", "rubbish"])
def test_verifier_finds_a_forged_export(project, owner, tmp_path, attack):
    export(owner, project, tmp_path)
    lines = (tmp_path / "audit.jsonl").read_text().splitlines(keepends=True)
    forged = {
        "change": [lines[0].replace("alice", "mallo"), *lines[1:]],
        "remove": lines[1:],
        "swap": [lines[1], lines[0]],
        "rubbish": [*lines, "{}\n"],
    }[attack]
    (tmp_path / "audit.jsonl").write_text("".join(forged))
    assert verify(tmp_path).returncode == 1


def test_people_by_role(project):
    cast = cast_of(project)
    for method, path in (("get", address(project)), ("post", address(project, "audit_export"))):
        answers = {name: getattr(one, method)(path).status_code for name, one in cast.items()}
        assert answers == {"anonymous": 302, "stranger": 404, "elsewhere": 404} | dict.fromkeys(
            ("viewer", "reviewer", "editor", "owner"), 200
        )


def test_wrong_methods_are_405(project, owner):
    assert owner.post(address(project)).status_code == 405
    assert owner.get(address(project, "audit_export")).status_code == 405


def test_nested_values_are_words_not_json():
    ruleset = {"days_after": 15, "tolerance_minor": 500, "tolerance_pct": 5.0}
    [change] = trail.changes_of({"ruleset": {**ruleset, "rules": {"reversal": "auto"}}}, 2)
    told = "days after 15, tolerance 5.00, tolerance 5.0 %, rules reversal automatic"
    assert change.after == told


def test_events_name_files_and_lines_as_people_know_them(project, owner):
    file = factories.make_source_file(project, Side.BANK, name="December.csv")
    factories.copy_lines(file, [(f"2025-12-0{i}", 100 * i, f"Meyer {i}") for i in range(1, 6)])
    factories.finish_import(file)
    ids = list(file.lines.order_by("id").values_list("id", flat=True))
    subject = f"source_file:{file.pk}"
    audit.record(project=project, actor=None, action="file.imported", subject=subject)
    audit.record(project=project, actor=None, action="match.recorded", after={"bank": ids})
    matched, imported = trail.trail_page(project, trail.TrailFilter()).rows[:2]
    assert imported.about == "December.csv"
    [bank] = matched.changes
    assert bank.after.startswith("1 Dec 2025 1.00 Meyer 1; 2 Dec 2025 2.00 Meyer 2; ")
    assert bank.after.endswith("Meyer 3 and 2 more")

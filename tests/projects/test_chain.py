"""The chains against somebody with the database's own rights: every forgery is noticed.

Triggers off, events altered, removed, added, moved; what the books' own check and the verifier
shipped with the export say.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from projects import audit, verify_audit
from projects.models import AuditEvent
from reconciliation.verification import verify_site
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db

EVENTS = 6
LAST = EVENTS
FORGERIES = {
    "actor": "SET actor_name = 'mallory' WHERE seq = 3",
    "who": "SET actor_id = 4711 WHERE seq = 3",
    "action": "SET action = 'nothing' WHERE seq = 3",
    "subject": "SET subject = 'line:1' WHERE seq = 3",
    "details": "SET details = '{}' WHERE seq = 3",
    "time": "SET at = at - interval '1 day' WHERE seq = 3",
    "a field's letters in its neighbour": (
        "SET actor_name = actor_name || left(action, 1), action = substr(action, 2) WHERE seq = 3"
    ),
    "own hash": "SET hash = repeat('a', 64) WHERE seq = 3",
    "link": "SET previous_hash = repeat('a', 64) WHERE seq = 3",
    "number": "SET seq = 99 WHERE seq = 3",
    "last event": f"SET subject = 'line:1' WHERE seq = {LAST}",
}
REMOVALS = {"first": 1, "middle": 3, "last": LAST}


@pytest.fixture
def project():
    """A project with EVENTS events, the first of them its making."""
    project = make_project(make_user("alice"))
    for number in range(2, EVENTS + 1):
        subject, after = f"match_run:{number}", {"groups": number}
        audit.record(
            project=project, actor=project.created_by, action="run.recorded", subject=subject,
            after=after,
        )  # fmt: skip
    return project


def forge(statement: str) -> None:
    """Change the trail as a superuser could: with its triggers switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE projects_auditevent DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE projects_auditevent ENABLE TRIGGER USER")


def lines_of(project) -> list[str]:
    """Return the chain as the export writes it, whatever is in the table."""
    names = ("previous_hash", "chain", "seq", "at", "actor_id", "actor", "action", "subject")
    lines = []
    for event in AuditEvent.objects.filter(project=project).order_by("seq"):
        fields = dict(zip((*names, "details"), audit.hashed_fields(event), strict=True))
        lines.append(json.dumps(fields | {"seq": event.seq, "hash": event.hash}))
    return lines


def check(project) -> tuple[str, str]:
    """Return what the books' check and the auditor's verifier find wrong."""
    return audit.verify_chain(project).reason, verify_audit.verify(lines_of(project))[2]


def test_an_honest_chain_is_whole_for_both(project):
    assert check(project) == ("", "")
    assert audit.verify_chain(project).count == len(lines_of(project)) == EVENTS


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_an_altered_event_is_noticed_by_both(project, forgery):
    forge(f"UPDATE projects_auditevent {forgery} AND project_id = '{project.pk}'")
    ours, auditors = check(project)
    assert ours and auditors


@pytest.mark.parametrize("seq", REMOVALS.values(), ids=REMOVALS)
def test_a_removed_event_is_noticed(project, seq):
    head = audit.head_hash(project)
    forge(f"DELETE FROM projects_auditevent WHERE seq = {seq} AND project_id = '{project.pk}'")
    ours, auditors = check(project)
    assert ours
    cut_off = verify_audit.verify(lines_of(project))[1] != head
    assert auditors or (seq == LAST and cut_off)


def test_swapped_events_are_noticed_by_both(project):
    for was, becomes in ((3, 99), (4, 3), (99, 4)):
        forge(f"UPDATE projects_auditevent SET seq = {becomes} WHERE seq = {was}")
    ours, auditors = check(project)
    assert ours and auditors


def test_an_event_slipped_in_is_noticed_by_both(project):
    columns = (
        "project_id, seq, at, actor_id, actor_name, action, subject, details, previous_hash, hash"
    )
    forge(
        f"INSERT INTO projects_auditevent ({columns}) SELECT {columns.replace('seq', '7')} "
        f"FROM projects_auditevent WHERE seq = 3 AND project_id = '{project.pk}'"
    )
    ours, auditors = check(project)
    assert ours and auditors


def test_a_rewritten_past_has_another_head(project):
    known_head = audit.head_hash(project)
    rewrite(project, altered=3)
    assert audit.verify_chain(project).reason != ""
    count, head, fault = verify_audit.verify(lines_of(project))
    assert (count, fault) == (EVENTS, "")
    assert head != known_head


def rewrite(project, altered: int) -> None:
    """Alter an event and hash it and all after it anew, as somebody thorough would."""
    previous = audit.GENESIS_HASH
    for event in AuditEvent.objects.filter(project=project).order_by("seq"):
        event.previous_hash = previous
        event.subject = "line:1" if event.seq == altered else event.subject
        previous = audit.event_hash(event)
        forge(
            f"UPDATE projects_auditevent SET subject = '{event.subject}', hash = '{previous}', "
            f"previous_hash = '{event.previous_hash}' WHERE id = '{event.pk}'"
        )


def test_forged_account_events_are_noticed():
    for _ in range(3):
        audit.record(project=None, actor=make_user(), action="account.signed_in")
    assert verify_site().is_kept
    forge("UPDATE projects_auditevent SET actor_name = 'x' WHERE seq = 2 AND project_id IS NULL")
    assert verify_site().faults == ("event 2 was altered",)


def test_the_verifier_runs_alone(project, tmp_path):
    trail = tmp_path / "audit.jsonl"
    trail.write_text("\n".join(lines_of(project)) + "\n")
    words = [sys.executable, "-I", "-S", str(Path(verify_audit.__file__)), str(trail)]
    answer = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (answer.returncode, audit.head_hash(project) in answer.stdout) == (0, True)


def offline(tmp_path: Path, lines: list[str], *known: str) -> tuple[int, str]:
    """Let the shipped program check these lines; return its exit status and what it said."""
    trail = tmp_path / "audit.jsonl"
    trail.write_text("".join(f"{line}\n" for line in lines))
    words = [sys.executable, "-I", "-S", str(Path(verify_audit.__file__)), str(trail), *known]
    answer = subprocess.run(words, capture_output=True, text=True, check=False)
    return answer.returncode, answer.stdout


def with_event(lines: list[str], number: int, was: str, becomes: str) -> list[str]:
    assert was in lines[number]
    return [line.replace(was, becomes) if i == number else line for i, line in enumerate(lines)]


TAMPERINGS = {
    "deleted": lambda lines: [*lines[:3], *lines[4:]],
    "first deleted": lambda lines: lines[1:],
    "reordered": lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]],
    "doubled": lambda lines: [*lines[:3], lines[2], *lines[3:]],
    "edited": lambda lines: with_event(lines, 3, '"actor": "', '"actor": "not '),
    "number as text": lambda lines: with_event(lines, 3, '"seq": 4', '"seq": "4"'),
    "a field beside": lambda lines: with_event(lines, 3, '{"', '{"note": "all is well", "'),
    "a field twice": lambda lines: with_event(lines, 3, '{"', '{"actor": "somebody else", "'),
    "no event": lambda lines: [*lines[:3], "[]", *lines[4:]],
}


@pytest.mark.parametrize("tamper", TAMPERINGS.values(), ids=TAMPERINGS)
def test_a_tampered_export_is_broken_offline(project, tmp_path, tamper):
    code, said = offline(tmp_path, tamper(lines_of(project)))
    assert (code, said.startswith("BROKEN: ")) == (1, True)


def test_an_export_cut_off_or_made_anew_is_told_by_a_known_hash_alone(project, tmp_path):
    head = audit.head_hash(project)
    whole = lines_of(project)
    assert offline(tmp_path, whole, head, head.upper()) == (0, offline(tmp_path, whole, head)[1])
    code, said = offline(tmp_path, whole[:-1])
    assert code == 0 and "only a hash known" in said
    assert offline(tmp_path, whole[:-1], head)[0] == 1
    rewrite(project, altered=3)
    assert offline(tmp_path, lines_of(project))[0] == 0
    code, said = offline(tmp_path, lines_of(project), head)
    assert code == 1 and "made anew" in said


def test_the_verifier_says_that_a_file_is_not_there(tmp_path, capsys):
    assert verify_audit.main([str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl cannot be read" in capsys.readouterr().out

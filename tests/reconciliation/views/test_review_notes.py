"""Notes on breaks: one line or many, reasons, assignees, who may write them."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from projects import audit, lifecycle
from reconciliation.models import BreakNote
from reconciliation.vocabulary import Side
from tests import factories
from tests.actors import cast_of

pytestmark = pytest.mark.django_db

DAY = "2025-12-01"


@pytest.fixture
def project():
    return factories.make_project(factories.make_user("alice"))


@pytest.fixture
def lines(project):
    return factories.make_lines(project, Side.BANK, (DAY, 100, "Rent"), (DAY, 200, "Fee"))


def address(project, name="notes") -> str:
    return reverse(f"reconciliation:{name}", args=[project.pk])


def write(client, project, lines, query="", **fields):
    body = {"bank": [line.id for line in lines], **fields}
    return client.post(f"{address(project)}{query}", body, follow=True)


def test_note_is_written_on_all_chosen_lines_and_shown(project, owner, lines):
    alice = project.created_by
    page = write(
        owner, project, lines, break_reason="bank_fee", break_note="Ask the bank", assignee=alice.pk
    ).text
    assert "Noted on 2 lines." in page
    assert page.count('title="Bank fee or interest: Ask the bank (alice)"') == 2
    event = audit.events_of(project).last()
    assert (event.action, event.changes["after"]["assignee"]) == ("note.written", "alice")


def test_newest_note_counts_and_the_line_keeps_them_all(project, owner, lines):
    query = f"?line={lines[0].id}"
    for text in ("first", "second"):
        page = write(owner, project, lines[:1], query, break_note=text).text
    assert page.index("second") < page.index("first")
    assert "Candidates for Rent" in page
    workbench = owner.get(address(project, "review")).text
    assert "second" in workbench and "first" not in workbench


@pytest.mark.parametrize(
    "fields, sentence",
    [
        ({}, "Write a note, give a reason or name somebody."),
        ({"break_note": "  "}, "Write a note, give a reason or name somebody."),
        ({"break_reason": "magic"}, "The note was not understood"),
        ({"assignee": 0}, "The note was not understood"),
        ({"bank": ["x"]}, "The note was not understood"),
        ({"bank": [], "break_note": "x"}, "Choose the lines the note is for."),
        ({"bank": [2**40], "break_note": "x"}, "is not in this project"),
    ],
)
def test_bad_notes_are_refused_with_a_sentence(project, owner, lines, fields, sentence):
    body = {"bank": [lines[0].id]} | fields
    assert sentence in owner.post(address(project), body, follow=True).text
    assert not BreakNote.objects.exists()


def test_stranger_cannot_be_assigned(project, owner, lines):
    stranger = factories.make_user()
    write(owner, project, lines, assignee=stranger.pk)
    assert not BreakNote.objects.exists()


def test_locked_books_take_no_note(project, owner, lines):
    lifecycle.lock_project(project=project, actor=project.created_by)
    assert "is locked" in write(owner, project, lines, break_note="late").text


def test_people_by_role(project, lines):
    body = {"bank": [lines[0].id], "break_note": "seen"}
    cast = cast_of(project)
    answers = {
        name: client.post(address(project), body).status_code for name, client in cast.items()
    }
    assert answers == {
        "anonymous": 302,
        "stranger": 404,
        "elsewhere": 404,
        "viewer": 403,
        "reviewer": 303,
        "editor": 303,
        "owner": 303,
    }
    assert cast["owner"].get(address(project)).status_code == 405


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE reconciliation_breaknote SET note = 'forged'",
        "DELETE FROM reconciliation_breaknote",
        "INSERT INTO reconciliation_breaknote (id, project_id, line_id, reason, note, made_by_id)"
        " SELECT gen_random_uuid(), project_id, 0, '', 'x', made_by_id"
        " FROM reconciliation_breaknote",
    ],
)
def test_database_keeps_notes_as_they_were_written(project, owner, lines, attack):
    write(owner, project, lines, break_note="true")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


def test_notes_leave_with_their_purged_project(project, owner, lines):
    write(owner, project, lines, break_note="gone soon")
    lifecycle.delete_project(project=project, actor=project.created_by)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE projects_project SET state_changed_at = now() - interval '31 days'"
            " WHERE id = %s",
            [project.pk],
        )
        cursor.execute("SET session_replication_role = origin")
    assert lifecycle.purge_deleted() == 1
    assert not BreakNote.objects.exists()

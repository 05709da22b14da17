"""verify_books proves what is true and names what is not, however it came to be."""

from __future__ import annotations

import hashlib
import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from reconciliation import groups, verification
from reconciliation.models import SourceFile
from reconciliation.vocabulary import Side
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    """Two matches, one of them reversed, and a break; the originals in storage."""
    project = factories.make_project()
    rows = [("2025-12-01", 100, "A"), ("2025-12-02", -250, "B"), ("2025-12-03", 7, "C")]
    bank = factories.make_lines(project, Side.BANK, *rows)
    ledger = factories.make_lines(project, Side.LEDGER, *rows)
    factories.make_group(project, bank[:1], ledger[:1])
    undone = factories.make_group(project, bank[1:2], ledger[1:2])
    groups.reverse_group(project=project, actor=project.created_by, group_id=undone, reason="no")
    keep_originals(project)
    return project


def keep_originals(project):
    """Store bytes with each file's digest under its stored name."""
    for source_file in SourceFile.objects.in_project(project):
        content = source_file.name.encode()
        assert hashlib.sha256(content).hexdigest() == source_file.sha256
        default_storage.save(source_file.stored_name, ContentFile(content))


def tamper(table: str, statement: str, *parameters) -> None:
    """Change rows behind the database's back, as a superuser could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, parameters)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def broken(project) -> list[str]:
    return [proof.promise for proof in verification.verify_project(project) if not proof.is_kept]


def test_verify_project_proves_sound_books(project):
    proofs = list(verification.verify_project(project))
    assert [proof.faults for proof in proofs if proof.faults] == []
    assert {proof.promise: proof.count for proof in proofs}[
        "the open items are exactly the lines in the books without a live match"
    ] == 4


@pytest.mark.parametrize(
    ("table", "statement", "promise"),
    [
        (
            "reconciliation_openitem",
            "DELETE FROM reconciliation_openitem WHERE amount_minor = 7",
            "the open items are exactly the lines in the books without a live match",
        ),
        (
            "reconciliation_booktotal",
            "UPDATE reconciliation_booktotal SET line_count = line_count + 1",
            "the totals by side and status are those of the lines",
        ),
        (
            "reconciliation_matchmember",
            "UPDATE reconciliation_matchmember SET amount_minor = 99 WHERE position = 1",
            "every match group nets to zero, adjustments included",
        ),
        (
            "reconciliation_matchmember",
            "UPDATE reconciliation_matchmember SET amount_minor = amount_minor + 1",
            "every member is a true copy of a line or adjustment of this project",
        ),
        (
            "reconciliation_matchgroup",
            "UPDATE reconciliation_matchgroup SET member_count = 3",
            "every match group has all its members, released exactly where it was reversed",
        ),
        (
            "reconciliation_recording",
            "UPDATE reconciliation_recording SET group_count = 2",
            "every recording holds exactly what it announced",
        ),
        (
            "reconciliation_line",
            "DELETE FROM reconciliation_line WHERE amount_minor = 7 AND side = 'bank'",
            "every file's lines add up to its control totals",
        ),
        (
            "reconciliation_sourcefile",
            "UPDATE reconciliation_sourcefile SET side = 'ledger'",
            "every line belongs to an imported file of its project and side",
        ),
        (
            "reconciliation_sourcefile",
            "UPDATE reconciliation_sourcefile SET status = 'importing', imported_at = NULL",
            "every line belongs to an imported file of its project and side",
        ),
        (
            "reconciliation_sourcefile",
            "UPDATE reconciliation_sourcefile SET sha256 = repeat('0', 64), name = name || id",
            "every original file is kept, byte for byte",
        ),
    ],
)
def test_verify_project_names_the_promise_that_was_broken(project, table, statement, promise):
    if "sha256" in statement:
        statement += ", is_repeat_confirmed = true"
    tamper(table, statement)
    assert promise in broken(project)


def test_verify_project_sees_an_altered_event(project):
    tamper("projects_auditevent", "UPDATE projects_auditevent SET subject = 'else' WHERE seq = 2")
    faults = [fault for proof in verification.verify_project(project) for fault in proof.faults]
    assert "event 2 was altered" in faults


def test_verify_project_misses_the_original_of_a_file(project):
    default_storage.delete(SourceFile.objects.first().stored_name)
    assert broken(project) == ["every original file is kept, byte for byte"]


def test_verify_books_prints_what_it_proved(project):
    out = io.StringIO()
    call_command("verify_books", project=str(project.pk), stdout=out)
    assert "proved: every match group nets to zero, adjustments included (2)" in out.getvalue()
    assert out.getvalue().endswith("Everything is proved.\n")


def test_verify_books_ends_with_one_on_a_fault(project):
    tamper("reconciliation_openitem", "DELETE FROM reconciliation_openitem")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_books", stdout=io.StringIO(), stderr=io.StringIO())
    assert ended.value.code == 1


@pytest.mark.parametrize("wrong", ["x", "00000000-0000-0000-0000-000000000000"])
def test_verify_books_refuses_a_project_that_is_none(wrong):
    with pytest.raises(CommandError) as refused:
        call_command("verify_books", project=wrong)
    assert refused.value.returncode == 2

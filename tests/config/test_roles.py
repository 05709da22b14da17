"""The runtime role writes rows and changes no table; the owner's address serves migrations only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import ProgrammingError, connection, transaction

from config.database.choice import database_settings, runtime_role
from config.database.roles import grant_rows
from reconciliation.models import MatchGroup
from reconciliation.vocabulary import Side
from tests import factories

ROLE = "runtime under test"


@pytest.fixture
def as_runtime_role(db: None) -> Iterator[None]:
    """Everything in the test is done by a role that was only granted rows."""
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE ROLE "{ROLE}"')
        grant_rows(connection, ROLE)
        cursor.execute(f'SET ROLE "{ROLE}"')
        yield
        cursor.execute("RESET ROLE")


@pytest.mark.parametrize(
    "attack",
    [
        "ALTER TABLE projects_auditevent DISABLE TRIGGER USER",
        "DROP TRIGGER audit_event_is_final ON projects_auditevent",
        "DROP TABLE reconciliation_line",
        "ALTER TABLE reconciliation_matchmember ADD COLUMN extra int",
        "TRUNCATE projects_auditevent",
        "CREATE TABLE mine (id int)",
        "CREATE OR REPLACE FUNCTION require_open(project_ids uuid[]) RETURNS void LANGUAGE sql"
        " AS 'SELECT'",
        "SET session_replication_role = replica",
        "ALTER SEQUENCE reconciliation_line_id RESTART",
        "SELECT setval('reconciliation_line_id', 1)",
        "CREATE RULE quiet AS ON INSERT TO projects_auditevent DO INSTEAD NOTHING",
        "COPY projects_project TO PROGRAM 'cat'",
    ],
)
def test_the_runtime_role_changes_no_table(as_runtime_role: None, attack: str) -> None:
    """Whoever gets at the application's password cannot switch a promise off."""
    refused = pytest.raises(ProgrammingError, match=r"must be|permission denied")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


def test_the_runtime_role_can_do_all_the_work(as_runtime_role: None) -> None:
    """Users, projects, lines, matches, events: rows are enough for all of it."""
    project = factories.make_project()
    rows = [("2025-12-01", 100, "A")]
    bank, ledger = (factories.make_lines(project, side, *rows) for side in Side)
    factories.make_group(project, bank, ledger)
    assert MatchGroup.objects.in_project(project).live().count() == 1


@pytest.mark.parametrize(
    "command, user", [("migrate", "owner"), ("restore", "owner"), ("up", "app"), ("", "app")]
)
def test_only_commands_that_change_tables_connect_as_the_owner(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, user: str
) -> None:
    """And what is granted afterwards is for the other role."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/books")
    monkeypatch.setenv("MIGRATION_DATABASE_URL", "postgresql://owner@db/books")
    monkeypatch.setenv("RECONCILE_COMMAND", command)
    assert database_settings(tmp_path, testing=False)["USER"] == user
    assert runtime_role() == "app"


def test_without_an_owner_s_address_there_is_one_role(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is granted to anybody."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/books")
    monkeypatch.delenv("MIGRATION_DATABASE_URL", raising=False)
    assert runtime_role() == ""

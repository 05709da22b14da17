"""The runtime role writes rows and changes no table; the owner's address serves migrations only."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from config.database.choice import database_settings, runtime_role
from config.database.roles import grant_rows
from reconciliation.copying import refresh_statistics
from reconciliation.models import MatchGroup
from reconciliation.vocabulary import Side
from tests import factories
from tests.config.processes import (
    PATIENCE_SECONDS,
    ROOT,
    environment,
    manage,
    start_manage,
)

ROLE = "runtime under test"
REFUSALS = r"must be|permission denied|must have"


#: What only a session can try whose role was never another one.
ATTACKS = """
from django.db import DatabaseError, connection
for attack in (
    "TRUNCATE projects_auditevent", "SET ROLE reconcile", "SET SESSION AUTHORIZATION reconcile",
    "ALTER SYSTEM SET session_replication_role = replica", "COPY projects_project TO PROGRAM 'cat'",
):
    try:
        connection.cursor().execute(attack)
    except DatabaseError:
        print("refused")
"""


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
        "CREATE TEMPORARY TABLE projects_project (id uuid)",
        "CREATE FUNCTION pg_temp.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DROP FUNCTION refuse_change() CASCADE",
        "ALTER FUNCTION require_open(uuid[]) RENAME TO gone",
        "CREATE ROLE mine SUPERUSER",
        "CREATE SCHEMA mine",
        "ALTER TABLE projects_auditevent OWNER TO CURRENT_USER",
        "COPY projects_project TO '/tmp/projects'",
        "SELECT pg_read_file('PG_VERSION')",
        "UPDATE pg_trigger SET tgenabled = 'D'",
    ],
)
def test_the_runtime_role_changes_no_table(as_runtime_role: None, attack: str) -> None:
    """Whoever gets at the application's password cannot switch a promise off."""
    refused = pytest.raises(ProgrammingError, match=REFUSALS)
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


def test_the_runtime_role_has_tables_analysed(as_runtime_role: None) -> None:
    """PostgreSQL passes over the tables of others with a warning; then the planner knows nothing
    of a million rows.
    """
    del connection.connection.notices[:]
    refresh_statistics("reconciliation_line", "reconciliation_openitem")
    assert connection.connection.notices == []


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


@pytest.fixture
def two_roles(transactional_db: None) -> Iterator[dict[str, str]]:
    """An empty database of an owner, and another role's address of it."""
    name = f"{connection.settings_dict['NAME']}_roles"
    host = quote(connection.get_connection_params()["host"], safe="")
    with connection.cursor() as cursor:
        for role in ("app", "owner"):
            cursor.execute(f'CREATE ROLE "{name}_{role}" LOGIN')
        cursor.execute(f'CREATE DATABASE "{name}" OWNER "{name}_owner"')
        yield {
            "DATABASE_URL": f"postgresql://{name}_app@/{name}?host={host}",
            "MIGRATION_DATABASE_URL": f"postgresql://{name}_owner@/{name}?host={host}",
        }
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        for role in ("app", "owner"):
            cursor.execute(f'DROP ROLE "{name}_{role}"')


def test_up_migrates_as_the_owner_and_runs_as_the_other(two_roles: dict[str, str]) -> None:
    """The role of the site finds all tables made, and makes none."""
    program = (
        "import django; django.setup();"
        "from config.management.commands.up import migrate; migrate();"
        "from django.db import connection as c; cursor = c.cursor();"
        "cursor.execute('SELECT count(*) FROM projects_project, accounts_user'); print('read');"
        "cursor.execute('CREATE TEMPORARY TABLE mine (id int)')"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment(RECONCILE_COMMAND="up", DJANGO_SETTINGS_MODULE="config.settings")
        | two_roles,
        capture_output=True,
        text=True,
    )
    assert answer.stdout == "read\n"
    assert "permission denied to create temporary tables" in answer.stderr


def test_the_embedded_server_has_two_roles_by_itself(tmp_path: Path) -> None:
    """On an empty folder, and where an earlier version made the server with its owner alone."""
    place = {"VAR_FOLDER": str(tmp_path)}
    for _ in range(2):
        proved = manage("verify_books", **place)
        assert "Everything is proved." in proved.stdout, proved.stderr
        assert manage("shell", "-v0", "-c", ATTACKS, **place).stdout == "refused\n" * 5
        forgotten = "DROP OWNED BY reconcile_app; DROP ROLE reconcile_app"
        forget = f"from django.db import connection as c; c.cursor().execute('{forgotten}')"
        assert manage("shell", "-v0", "-c", forget, RECONCILE_COMMAND="flush", **place).stderr == ""


def test_two_that_migrate_at_once_take_turns(two_roles: dict[str, str], tmp_path: Path) -> None:
    """Of two that began on one empty database, the second failed over the first one's tables."""
    logs = [tmp_path / name for name in ("one.log", "other.log")]
    both = [
        start_manage("migrate", "--verbosity=0", "--skip-checks", log=log, **two_roles)
        for log in logs
    ]
    ended = [each.wait(PATIENCE_SECONDS) for each in both]
    assert ended == [0, 0], [log.read_text() for log in logs]


def test_without_an_owner_s_address_there_is_one_role(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is granted to anybody, and whoever asks is told."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/books")
    monkeypatch.delenv("MIGRATION_DATABASE_URL", raising=False)
    assert runtime_role() == ""


@pytest.mark.django_db
def test_readyz_says_whether_the_site_could_change_tables(client: Client) -> None:
    """In the tests it is the owner."""
    assert client.get("/readyz").json()["rows_only"] is False

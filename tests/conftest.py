"""What every test may use: the database, and pages in a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations as PostgreSQLOperations
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Remove the test databases that killed test runs left behind."""
    with django_db_blocker.unblock():
        drop_leftover_databases()


def drop_leftover_databases() -> None:
    """Drop every test database whose test run, named by its process id, is dead."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(r"SELECT datname FROM pg_database WHERE datname ~ '^test_reconcile_\d+'")
        for (name,) in cursor.fetchall():
            if not process_lives(int(name.split("_")[2])):
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def process_lives(pid: int) -> bool:
    """Tell whether a process with this id exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@pytest.fixture(scope="session", autouse=True)
def books_can_be_emptied_between_tests() -> Iterator[None]:
    """Let the test runner TRUNCATE what the database protects; triggers stay on inside tests."""
    flush = PostgreSQLOperations.execute_sql_flush

    def flush_without_triggers(operations: PostgreSQLOperations, statements: list[str]) -> None:
        switched_off = ["SET session_replication_role = replica"]
        flush(operations, [*switched_off, *statements, "SET session_replication_role = origin"])

    PostgreSQLOperations.execute_sql_flush = flush_without_triggers
    yield
    PostgreSQLOperations.execute_sql_flush = flush

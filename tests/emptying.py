"""After a transactional test: only what it filled is emptied, past the triggers that forbid it.

A flush of Django's truncates every table and makes content types and permissions anew; most tests
fill a dozen tables with a few rows.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection, transaction

#: As the migrations left them; no test changes them.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def emptying(flush: Any) -> Any:
    """Return what a flush does for the tests, whole where their role is no superuser."""

    def empty(command: Any, **options: Any) -> None:
        if may_pass_triggers():
            empty_what_was_filled()
        else:
            flush(command, **options)

    return empty


def empty_what_was_filled() -> None:
    """Do what a flush is for; like it, wait for whoever still writes."""
    names = emptied_tables()
    filled = " UNION ALL ".join(f"SELECT '{n}' WHERE EXISTS (SELECT FROM \"{n}\")" for n in names)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"LOCK TABLE {quoted(names)}")
        cursor.execute(filled)
        for (name,) in cursor.fetchall():
            cursor.execute(f'DELETE FROM "{name}"')


@cache
def emptied_tables() -> tuple[str, ...]:
    """Return the tables a flush empties, but those that would be filled again at once."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return tuple(sorted(set(names) - KEPT))


def quoted(names: tuple[str, ...]) -> str:
    """Return the names as SQL has them in a list."""
    return ", ".join(f'"{name}"' for name in names)


@cache
def may_pass_triggers() -> bool:
    """Tell whether the tests' role is a superuser, which is what it is on the embedded server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def truncating(strict: Any) -> Any:
    """Return Django's list of TRUNCATEs with our triggers switched off: for any other role."""

    def lenient(operations: Any, style: Any, tables: Any, **options: Any) -> list[str]:
        guarded = sorted(guarded_tables() & set(tables))
        off = [f'ALTER TABLE "{name}" DISABLE TRIGGER USER' for name in guarded]
        on = [f'ALTER TABLE "{name}" ENABLE TRIGGER USER' for name in guarded]
        return [*off, *strict(operations, style, tables, **options), *on]

    return lenient


def guarded_tables() -> set[str]:
    """Return the tables with triggers of ours."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        return {name.strip('"') for (name,) in cursor.fetchall()}

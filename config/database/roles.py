"""Two database roles: the owner migrates, the runtime role reads and writes rows and nothing else.

The embedded server has both by itself: one that had its owner alone gets the other at the next
connection. With MIGRATION_DATABASE_URL set, `migrate` and `restore` connect by it, and afterwards
the role of DATABASE_URL gets what it needs. It can neither switch a trigger off nor truncate a
table, nor make tables of its own, temporary ones included: a trigger of its own would pass for one
of ours.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any

import psycopg2
from django.db import transaction

#: The roles of the embedded server.
OWNER, RUNTIME_ROLE = "reconcile", "reconcile_app"

#: Two that grant at once would be in each other's way.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('roles'))"
GRANTS = (
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT SELECT, USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
)


def grant_rows(connection: Any, role: str) -> None:
    """Let the role read and write the rows of every table, and no more than that."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        _grant(cursor, role, connection.settings_dict["NAME"])


def make_runtime_role(owners_place: dict[str, Any]) -> None:
    """Give a server that has its owner alone the runtime role, with rights on the rows it holds."""
    with (
        closing(psycopg2.connect(**owners_place)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        if _exists(cursor):
            return
        cursor.execute(ONE_AT_A_TIME)
        if not _exists(cursor):
            cursor.execute(f"CREATE ROLE {RUNTIME_ROLE} LOGIN")
            _grant(cursor, RUNTIME_ROLE, owners_place["dbname"])


def _exists(cursor: Any) -> bool:
    cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [RUNTIME_ROLE])
    return cursor.rowcount == 1


def _grant(cursor: Any, role: str, database: str) -> None:
    cursor.execute(ONE_AT_A_TIME)
    for grant in GRANTS:
        cursor.execute(grant.format(role=_quoted(role), database=_quoted(database)))


def _quoted(name: str) -> str:
    """Return the name as SQL writes a name."""
    return '"{}"'.format(name.replace('"', '""'))

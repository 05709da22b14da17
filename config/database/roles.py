"""Two database roles: the owner migrates, the runtime role reads and writes rows and nothing else.

With MIGRATION_DATABASE_URL set, `migrate` and `restore` connect by it, and afterwards the role of
DATABASE_URL gets what it needs. It can neither switch a trigger off nor truncate a table, nor make
tables of its own, temporary ones included: a trigger of its own would pass for one of ours.
"""

from __future__ import annotations

from typing import Any

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
    quote = connection.ops.quote_name
    database = quote(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        for grant in GRANTS:
            cursor.execute(grant.format(role=quote(role), database=database))

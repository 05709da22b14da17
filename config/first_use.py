"""First use: the embedded database is migrated by whatever command works with the books first.

A database the environment names is its operator's: ``migrate`` is theirs to give.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

#: Commands of the books that a newcomer may give before any other.
ON_BOOKS = {
    "reconcile", "ingest_file", "run_matching", "export_report", "verify_books", "demo", "soak",
}  # fmt: skip
NEEDS_NO_BOOKS = {"-h", "--help", "--dry-run"}


def prepare(arguments: Sequence[str]) -> None:
    """Migrate the embedded database where the command needs it and something is missing."""
    if arguments[0] not in ON_BOOKS or NEEDS_NO_BOOKS.intersection(arguments):
        return
    import django
    from django.conf import settings

    django.setup()
    if settings.DATABASES["default"]["ENGINE"] == "config.database" and is_behind():
        migrate()


def migrate() -> None:
    """Bring the tables up to date; where they have an owner, in a process that connects as it."""
    from django.conf import settings
    from django.core.management import CommandError, call_command

    from config.database.choice import runtime_role

    if not runtime_role() or settings.TESTING:
        call_command("migrate", interactive=False, verbosity=0)
        return
    words = [str(settings.BASE_DIR / "manage.py"), "migrate", "--no-input", "--verbosity", "0"]
    as_owner = {**os.environ, "RECONCILE_COMMAND": "migrate"}
    if subprocess.run([sys.executable, *words], env=as_owner).returncode:
        raise CommandError("The database was not migrated; the reason is above.")


def is_behind() -> bool:
    """Say whether the database lacks a migration."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

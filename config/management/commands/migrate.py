"""`manage.py migrate`: Django's own, one at a time for each database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db import connections, transaction

LOCK = "hashtext('migrate')"


class Command(migrate.Command):
    """Two that start at once on an empty database would both make its first table."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Wait until no other one migrates this database, then do what Django does."""
        with alone(options["database"]):
            super().handle(*args, **options)


@contextmanager
def alone(alias: str) -> Iterator[None]:
    """Hold the database's lock for migrating, however long it takes to get it."""
    connection = connections[alias]
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(f"SELECT pg_advisory_lock({LOCK})")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_unlock({LOCK})")

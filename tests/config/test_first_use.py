"""The first command on an empty checkout finds a database with its tables."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from config.first_use import is_behind


@pytest.mark.django_db
def test_a_database_is_behind_while_a_migration_is_missing():
    assert not is_behind()
    recorder = MigrationRecorder(connection)
    newest = max(name for app, name in recorder.applied_migrations() if app == "reconciliation")
    recorder.record_unapplied("reconciliation", newest)
    assert is_behind()

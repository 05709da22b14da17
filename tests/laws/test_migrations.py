"""Migrations: one line per app, complete, and every piece of SQL beside them run by one of them."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from tests.laws.tree import ROOT

APPS = ("accounts", "projects", "reconciliation")


@pytest.mark.parametrize("app", APPS)
def test_migrations_of_an_app_stand_in_one_line(app: str) -> None:
    found = {
        name: {other for label, other in migration.dependencies if label == app}
        for (label, name), migration in MigrationLoader(None).disk_migrations.items()
        if label == app
    }
    names = sorted(found)
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]
    assert all(earlier in found[later] for earlier, later in pairwise(names))


@pytest.mark.django_db
def test_no_change_of_a_model_lacks_its_migration() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, stdout=io.StringIO())


@pytest.mark.parametrize("app", APPS)
def test_every_piece_of_sql_is_run_by_one_migration(app: str) -> None:
    folder = ROOT / app / "migrations"
    programs = [path.read_text(encoding="utf-8") for path in folder.glob("0*.py")]
    for piece in (folder / "sql").glob("*.sql"):
        assert sum(f'"{piece.name}"' in program for program in programs) == 1, piece.name

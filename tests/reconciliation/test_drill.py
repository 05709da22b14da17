"""The drill: a backup made while people work, and everything in it again after the restore."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from projects import audit
from projects.models import AuditEvent, Project
from reconciliation import verification
from reconciliation.models import BookTotal, Line, MatchGroup
from reconciliation.soak.drive import drive, fill
from reconciliation.soak.playground import Playground, open_playground
from reconciliation.vocabulary import Side
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def figures(project: Project) -> dict[str, object]:
    """Return what must be the same afterwards: counts, sums, the head of the trail."""
    totals = BookTotal.objects.filter(project=project).order_by("side", "status")
    return {
        "lines": Line.objects.in_project(project).count(),
        "groups": MatchGroup.objects.in_project(project).count(),
        "totals": list(totals.values_list("side", "status", "line_count", "total_minor")),
        "events": AuditEvent.objects.filter(project=project).count(),
        "head": audit.head_hash(project),
    }


def quiet_project() -> Project:
    """Return a project nobody works in while the backup is made."""
    project = factories.make_project()
    rows = [("2025-12-01", 100 + i, f"Payment {i}") for i in range(20)]
    bank, ledger = (factories.make_lines(project, side, *rows) for side in Side)
    factories.make_group(project, bank[:1], ledger[:1])
    return project


def work_on(busy: Playground) -> None:
    """Go on working, from a thread."""
    drive(busy, operations=60, threads=2, seed=2)
    connection.close()


def test_a_backup_under_load_brings_everything_back(tmp_path: Path) -> None:
    quiet = quiet_project()
    before = figures(quiet)
    busy = open_playground(factories.make_user(), factories.make_user(), tmp_path)
    fill(busy, 1)
    drive(busy, operations=40, threads=2, seed=1)
    kept = set(busy.told("group"))
    load = threading.Thread(target=work_on, args=(busy,))
    load.start()
    call_command("backup", str(tmp_path / "books.dump"))
    load.join()
    Project.objects.filter(pk=quiet.pk).update(name="Renamed after the backup")
    call_command("restore", str(tmp_path / "books.dump"), "--yes")
    assert figures(quiet) == before
    assert Project.objects.get(pk=quiet.pk).name == quiet.name
    assert kept and kept <= set(MatchGroup.objects.values_list("id", flat=True))
    proofs = [*verification.verify_project(busy.project), verification.verify_site()]
    assert [proof.faults for proof in proofs if proof.faults] == []

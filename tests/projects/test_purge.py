"""Purging: a project deleted 30 days ago leaves with all its rows; the site keeps a tombstone."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from projects import audit, invitations, lifecycle
from projects.models import AuditEvent, Project
from reconciliation.models import BreakNote, Line, LineDiagnosis, MatchGroup
from reconciliation.vocabulary import Side
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def deleted():
    """A deleted project with a match, an open line and a note on it."""
    project = factories.make_project()
    bank = factories.make_lines(
        project, Side.BANK, ("2025-12-01", 100, "a"), ("2025-12-02", 5, "b")
    )
    [ledger] = factories.make_lines(project, Side.LEDGER, ("2025-12-01", 100, "a"))
    factories.make_group(project, bank[:1], [ledger])
    BreakNote.objects.create(
        project=project, line_id=bank[1].id, note="later", made_by=project.created_by
    )
    LineDiagnosis.objects.create(
        project=project, line_id=bank[1].id, side=Side.BANK, reason="bank_fee"
    )
    invitations.invite(
        project=project, actor=project.created_by, email="b@example.org", role="viewer"
    )
    lifecycle.delete_project(project=project, actor=project.created_by)
    return project


def grow_old(project: Project, days: int) -> None:
    """Let the project have been deleted so many days ago; the database would not allow it."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE projects_project SET state_changed_at = now() - %s * interval '1 day'"
            " WHERE id = %s",
            [days, project.pk],
        )
        cursor.execute("SET session_replication_role = origin")


def test_project_deleted_a_month_ago_is_gone_and_leaves_a_tombstone(deleted):
    head = audit.head_hash(deleted)
    grow_old(deleted, 31)
    assert lifecycle.purge_deleted() == 1
    models = (Line, MatchGroup, LineDiagnosis)
    left = [model.objects.filter(project=deleted).count() for model in models]
    assert (left, Project.objects.filter(pk=deleted.pk).exists()) == ([0, 0, 0], False)
    tombstone = AuditEvent.objects.get(action="project.purged")
    assert tombstone.changes["head"] == head
    assert audit.verify_chain(None).intact


def test_uploaded_bytes_go_with_the_project(deleted):
    source_file = deleted.source_files.first()
    name = default_storage.save("originals/kept.csv", ContentFile(b"Date,Amount"))
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE reconciliation_sourcefile SET stored_name = %s WHERE id = %s",
            [name, source_file.pk],
        )
        cursor.execute("SET session_replication_role = origin")
    grow_old(deleted, 31)
    lifecycle.purge_deleted()
    assert not default_storage.exists(name)


def test_project_deleted_yesterday_is_kept(deleted):
    grow_old(deleted, 1)
    assert lifecycle.purge_deleted() == 0
    assert Line.objects.filter(project=deleted).count() == 3

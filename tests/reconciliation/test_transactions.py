"""Two in each other's way: one order of locks, a second try, and a plain answer."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg2.errors
import pytest
from django.db import OperationalError, connection, transaction

from projects import audit, collisions, lifecycle
from projects.models import AuditEvent, Project
from reconciliation.aside import close_aside, run_aside
from reconciliation.errors import BeingRecorded, ProjectLocked
from reconciliation.ingestion import background
from reconciliation.models import SourceFile
from reconciliation.transactions import open_books, refusals, tried_again
from reconciliation.vocabulary import FileStatus, Side
from tests import factories
from tests.config.processes import wait_until

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"


class Collision(psycopg2.errors.DeadlockDetected):
    """A deadlock as psycopg2 would tell it."""

    pgcode = "40P01"


def collide() -> None:
    """Fail as a query in a deadlock fails."""
    with refusals():
        raise OperationalError from Collision()


def somebody_waits() -> bool:
    """Tell whether some connection to this database waits for a lock."""
    [[waiting]] = run_aside(WAITING, [connection.settings_dict["NAME"]])
    return waiting > 0


def run_elsewhere(change: Callable[[], object]) -> BaseException | None:
    """Carry out the change on another connection; return what it raised."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            change()
        except Exception as refused:
            raised.append(refused)
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return raised[0] if raised else None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("met, tries", [(0, 1), (2, 3)])
def test_a_change_that_collided_starts_over(met, tries):
    begun = []

    @tried_again
    def change() -> str:
        begun.append(len(begun))
        if len(begun) <= met:
            collide()
        return "done"

    assert (change(), len(begun)) == ("done", tries)


@pytest.mark.django_db(transaction=True)
def test_the_third_collision_is_told():
    begun = []

    @tried_again
    def change() -> None:
        begun.append(1)
        collide()

    with pytest.raises(BeingRecorded):
        change()
    assert len(begun) == 3


@pytest.mark.django_db
def test_inside_a_transaction_nothing_starts_over():
    begun = []

    @tried_again
    def change() -> None:
        begun.append(1)
        collide()

    with pytest.raises(BeingRecorded):
        change()
    assert len(begun) == 1


@pytest.mark.django_db(transaction=True)
def test_a_change_of_a_project_that_collided_starts_over(monkeypatch):
    project, record, begun = factories.make_project(), audit.record, []

    def collide_once(**event: object) -> object:
        begun.append(event["action"])
        if len(begun) == 1:
            raise OperationalError from Collision()
        return record(**event)

    monkeypatch.setattr(audit, "record", collide_once)
    lifecycle.lock_project(project=project, actor=project.created_by)
    actions = AuditEvent.objects.filter(project=project).values_list("action", flat=True)
    assert (begun, list(actions).count("project.locked")) == (["project.locked"] * 2, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("patience", ["90s", "120s"])
def test_the_books_are_waited_for_as_long_as_is_said(monkeypatch, patience):
    monkeypatch.setattr("reconciliation.transactions.LOCK_TIMEOUT", patience)
    with open_books(factories.make_project()), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')::interval = %s", [patience])
        assert cursor.fetchone() == (True,)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [lifecycle.lock_project, lifecycle.reset_project])
def test_a_change_of_a_busy_project_gives_up_in_words(change, monkeypatch):
    monkeypatch.setattr(collisions, "LOCK_TIMEOUT", "100ms")
    project = factories.make_project()
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        refused = run_elsewhere(lambda: change(project=project, actor=project.created_by))
    assert isinstance(refused, collisions.ProjectBusy)
    assert str(refused) == "Somebody is recording in this project; try again."


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_the_books_and_a_lock_of_them_do_not_deadlock():
    project = factories.make_project()

    def export() -> None:
        audit.record(project=project, actor=None, action="workbook.exported")
        connection.close()

    thread = threading.Thread(target=export)
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        thread.start()
        wait_until(somebody_waits)
        close_aside()
        audit.record(project=project, actor=None, action="project.locked")
    thread.join()
    actions = AuditEvent.objects.filter(project=project).order_by("seq")
    assert list(actions.values_list("action", flat=True))[-2:] == [
        "project.locked",
        "workbook.exported",
    ]


@pytest.mark.django_db(transaction=True)
def test_an_import_that_met_another_change_is_tried_again_as_it_was(monkeypatch):
    source_file = factories.make_source_file(factories.make_project(), Side.BANK)

    def meet(*rest: object) -> None:
        raise BeingRecorded

    monkeypatch.setattr(background, "_import", meet)
    with pytest.raises(BeingRecorded):
        background.import_file(source_file=source_file, by=None)
    assert SourceFile.objects.get().status == FileStatus.IMPORTING


@pytest.mark.django_db(transaction=True)
def test_an_import_into_books_locked_meanwhile_is_refused_in_words(monkeypatch):
    source_file = factories.make_source_file(factories.make_project(), Side.BANK)
    project = source_file.project

    def lock_and_import(*rest: object) -> None:
        lifecycle.lock_project(project=project, actor=project.created_by)
        with open_books(project):
            raise AssertionError("the books are locked")

    monkeypatch.setattr(background, "_import", lock_and_import)
    with pytest.raises(ProjectLocked):
        background.import_file(source_file=source_file, by=None)

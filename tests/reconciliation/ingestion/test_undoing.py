"""Undoing the import of a file that is too large for a request: a job, all of it or nothing."""

from __future__ import annotations

import pytest
from django.db import transaction

from projects.models import AuditEvent
from reconciliation import groups, jobs, tasks
from reconciliation.errors import BeingRecorded, WrongState
from reconciliation.ingestion import undo
from reconciliation.models import Job, Line, MatchGroup, SourceFile
from reconciliation.vocabulary import FileStatus, JobKind, JobState, Side
from tests import factories
from tests.actors import client_of
from tests.reconciliation.views.pages import address, said

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch) -> SourceFile:
    """Five lines in four groups, one of which lies in two pieces, too many for a request."""
    monkeypatch.setattr(undo, "MOST_AT_ONCE", 4)
    monkeypatch.setattr(groups, "PIECE", 2)
    project = factories.make_project(factories.make_user("alice"))
    rows = [(f"2025-12-0{i}", 1000 + i, f"INV-{i}") for i in range(1, 6)]
    bank, ledger = (factories.make_lines(project, side, *rows) for side in Side)
    for chosen in (slice(0, 1), slice(1, 3), slice(3, 4), slice(4, 5)):
        factories.make_group(project, bank[chosen], ledger[chosen])
    return SourceFile.objects.get(pk=bank[0].source_file_id)


def ask(file: SourceFile) -> Job:
    """Ask for the undoing as the page does."""
    owner = client_of(file.project.created_by)
    owner.post(address("file_undo", file.project, file.pk), {"reason": "Wrong account"})
    return Job.objects.get(kind=JobKind.UNLOAD)


def page_of(file: SourceFile) -> str:
    """Return the file's page as its owner sees it."""
    return client_of(file.project.created_by).get(file.get_absolute_url()).text


def state(file: SourceFile, job: Job) -> tuple[int, str, str]:
    """Return how many groups are live, how the file stands, how the job."""
    file.refresh_from_db(), job.refresh_from_db()
    return MatchGroup.objects.live().count(), file.status, job.state


def test_large_file_is_taken_out_by_a_worker_whole_and_by_whom_it_was_asked(file):
    job = ask(file)
    assert state(file, job) == (4, FileStatus.IMPORTED, JobState.QUEUED)
    page = page_of(file)
    assert "Undoing the import" in page and "Undo import" not in page
    tasks.undo_import.call(str(job.pk))
    assert state(file, job) == (0, FileStatus.WITHDRAWN, JobState.DONE)
    event = AuditEvent.objects.get(action="file.withdrawn")
    assert (event.actor_name, event.changes["reason"]) == ("alice", "Wrong account")
    assert (job.result["groups"], event.changes["after"]["groups_reversed"]) == (4, 4)
    assert "Undoing the import" not in page_of(file)


def test_preview_counts_the_groups_of_the_first_lines_only(file, monkeypatch):
    preview = address("file_undo", file.project, file.pk)
    owner = client_of(file.project.created_by)
    assert "4 match groups would be" in owner.get(preview).text
    monkeypatch.setattr(undo, "MOST_COUNTED", 4)
    assert "At least 3 match groups would be" in owner.get(preview).text


def test_undoing_under_way_is_not_asked_for_again(file):
    ask(file)
    by = file.project.created_by
    with pytest.raises(BeingRecorded, match="being undone already"):
        undo.ask_to_undo(source_file=file, reason="Twice", by=by)
    undo_page = address("file_undo", file.project, file.pk)
    again = {"reason": "Twice", "token": "another page"}
    assert "being undone already" in said(client_of(by).post(undo_page, again))
    assert Job.objects.count() == 1


def test_file_is_taken_out_once_and_only_where_it_is_in_the_books(file):
    job, by = ask(file), file.project.created_by
    undo.undo_import(source_file=file, reason="At once", by=by)
    tasks.undo_import.call(str(job.pk))
    job.refresh_from_db()
    assert (job.state, "withdrawn" in job.message) == (JobState.FAILED, True)
    assert AuditEvent.objects.filter(action="file.withdrawn").count() == 1
    waiting = factories.make_source_file(file.project, Side.BANK)
    for out in (file, waiting):
        with pytest.raises(WrongState):
            undo.ask_to_undo(source_file=out, reason="Early", by=by)


def test_undoing_stopped_between_two_pieces_changes_nothing_and_may_be_asked_again(
    file, monkeypatch
):
    job, seen = ask(file), []

    def cancel_in_the_second_piece(self, done, total=0, message=""):
        seen.append((done, total))
        if done == 4:
            raise jobs.JobCancelled

    monkeypatch.setattr(jobs.Ticket, "progress", cancel_in_the_second_piece)
    tasks.undo_import.call(str(job.pk))
    assert seen == [(0, 0), (2, 5), (4, 5)]
    assert state(file, job) == (4, FileStatus.IMPORTED, JobState.CANCELLED)
    assert not AuditEvent.objects.filter(action="file.withdrawn").exists()
    page = page_of(file)
    assert "in the books as it was" in page and "Undo import" in page


def test_small_file_is_taken_out_at_once(file, monkeypatch):
    monkeypatch.setattr(undo, "MOST_AT_ONCE", 5)
    by = file.project.created_by
    assert undo.ask_to_undo(source_file=file, reason="Wrong", by=by) == 4
    assert not Job.objects.exists()


def test_matches_of_a_file_that_came_in_at_the_same_time_stay():
    project = factories.make_project(factories.make_user("alice"))
    mine, other = (factories.make_source_file(project, Side.BANK) for _ in range(2))
    rows = [("2025-12-01", 1001, "mine"), ("2025-12-02", 1002, "other"), ("2025-12-03", 3, "mine")]
    with transaction.atomic():
        for file, row in zip((mine, other, mine), rows, strict=True):
            factories.copy_lines(file, [row])
        for file in (mine, other):
            factories.finish_import(file)
    bank = Line.objects.in_project(project).order_by("id")
    for line, entry in zip(
        list(bank), factories.make_lines(project, Side.LEDGER, *rows), strict=True
    ):
        factories.make_group(project, [line], [entry])
    assert undo.reopened_by_undo(mine).group_count == 2
    assert undo.undo_import(source_file=mine, reason="Wrong account", by=project.created_by) == 2
    assert MatchGroup.objects.live().count() == 1


def test_list_says_that_a_file_is_being_undone(file):
    job = ask(file)
    files = client_of(file.project.created_by).get(address("ingestion", file.project)).text
    assert [files.count(f"{word}</span>") for word in ("Being undone", "Imported")] == [1, 1]
    assert "Being undone" in page_of(file)
    tasks.undo_import.call(str(job.pk))
    assert "Being undone" not in page_of(file)

"""Files that come in, are imported and taken back at once: every row is in the books once."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile

from projects.models import Project
from reconciliation import jobs
from reconciliation.errors import DuplicateFile, UnreadableFile, WrongState
from reconciliation.ingestion import background, ingest, store
from reconciliation.models import Line, SourceFile
from reconciliation.vocabulary import FileStatus, JobKind, Side
from tests import factories
from tests.races import just_before

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = b"Date,Description,Reference,Amount\n"
ROWS = [b"2025-12-%02d,Payment %d,R-%d,%d.00\n" % (day, day, day, day) for day in range(1, 10)]


@pytest.fixture
def project() -> Project:
    return factories.make_project()


def confirmed(project: Project, rows: list[bytes], name: str) -> SourceFile:
    """A file that was read and confirmed, about to be imported."""
    found = ingest.receive_upload(
        project=project, side=Side.BANK, name=name, content=ContentFile(HEADER + b"".join(rows)),
        by=project.created_by,
    )  # fmt: skip
    ingest.read_file(source_file=found)
    ingest.confirm_import(source_file=found, by=project.created_by)
    found.refresh_from_db()
    return found


def bring_in(found: SourceFile) -> SourceFile:
    return ingest.import_file(source_file=found, by=found.uploaded_by)


def days_in_books(project: Project) -> list[int]:
    lines = Line.objects.in_project(project).in_books()
    return sorted(day.day for day in lines.values_list("booked_on", flat=True))


def test_two_files_that_overlap_bring_each_row_once(project, monkeypatch):
    """Both were read into empty books; while one is imported, the other comes in."""
    first = confirmed(project, ROWS[:6], "first.csv")
    second = confirmed(project, ROWS[3:], "second.csv")
    just_before(monkeypatch, store, "store_lines", lambda: bring_in(first))
    assert bring_in(second).row_count == 3
    assert days_in_books(project) == list(range(1, 10))


def test_a_row_whose_twin_is_taken_back_meanwhile_comes_in(project, monkeypatch):
    """The second file leaves rows out that the first one has; the first one is withdrawn."""
    first = bring_in(confirmed(project, ROWS[:6], "first.csv"))
    second = confirmed(project, ROWS[3:], "second.csv")

    def undo() -> None:
        ingest.undo_import(source_file=first, reason="Wrong file", by=project.created_by)

    just_before(monkeypatch, store, "store_lines", undo)
    assert bring_in(second).row_count == 6
    assert days_in_books(project) == list(range(4, 10))


def test_an_attempt_that_lost_the_job_gives_no_file_back(project, monkeypatch):
    """A later attempt imports the file; the earlier one fails late, and says nothing."""
    found = confirmed(project, ROWS, "bank.csv")
    job = found.project.jobs.get(kind=JobKind.IMPORT)
    lost = jobs.start(job.pk)
    jobs.give_back(lost)
    jobs.collect_lost_jobs()
    jobs.start(job.pk)

    def fail(**_: object) -> None:
        raise UnreadableFile("The file cannot be read.")

    monkeypatch.setattr(background.store, "store_lines", fail)
    with pytest.raises(jobs.LeaseLost):
        background.import_source_file(lost)
    found.refresh_from_db()
    assert found.status == FileStatus.IMPORTING


def test_what_a_colleague_has_read_differently_is_not_imported_unseen(project, monkeypatch):
    """She confirms the preview she sees; he turns the signs just before her click arrives."""
    by = project.created_by
    content = ContentFile(HEADER + ROWS[0])
    found = ingest.receive_upload(
        project=project, side=Side.LEDGER, name="a.csv", content=content, by=by
    )
    ingest.read_file(source_file=found)
    mark = found.reading_mark

    def correct() -> None:
        ingest.correct_layout(source_file=found, options={"sign": "reversed"}, by=by)
        ingest.read_file(source_file=SourceFile.objects.get(pk=found.pk))

    just_before(monkeypatch, ingest, "open_books", correct)
    with pytest.raises(WrongState, match="was read again after this page was shown"):
        ingest.confirm_import(source_file=found, by=by, seen=mark)
    found.refresh_from_db()
    assert (found.status, found.layout) == (FileStatus.READY, {"sign": "reversed"})
    ingest.confirm_import(source_file=found, by=by, seen=found.reading_mark)


def test_the_same_bytes_twice_are_refused_in_words(project):
    """Both were uploaded before either was confirmed."""
    first, second = (
        ingest.receive_upload(
            project=project, side=Side.BANK, name=name, content=ContentFile(HEADER + ROWS[0]),
            by=project.created_by,
        )
        for name in ("first.csv", "second.csv")
    )  # fmt: skip
    for found in (first, second):
        ingest.read_file(source_file=found)
    ingest.confirm_import(source_file=first, by=project.created_by)
    with pytest.raises(DuplicateFile, match="same file"):
        ingest.confirm_import(source_file=second, by=project.created_by)

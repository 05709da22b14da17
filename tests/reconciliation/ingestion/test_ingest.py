"""The stage's public door, against the real database: receive, read, confirm, import, cancel,
undo.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from projects.models import AuditEvent, Project
from reconciliation import jobs
from reconciliation.errors import DuplicateFile, UnreadableFile, WrongState
from reconciliation.ingestion import ingest
from reconciliation.models import Job, Line, MatchGroup, OpenItem, SearchBlock, SourceFile
from reconciliation.vocabulary import FileStatus, JobKind, Side
from tests import factories
from tests.config.processes import PATIENCE_SECONDS

SIMPLE = b"""Date,Description,Reference,Amount
2025-12-01,Opening transfer,R-1,1000.00
2025-12-02,Card fee,R-2,-12.34
2025-12-02,Card fee,R-2,-12.34
2025-12-03,Client,R-3,250.10
"""

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return factories.make_project()


def receive(
    project: Project, content: bytes = SIMPLE, name: str = "bank.csv", **more: Any
) -> SourceFile:
    return ingest.receive_upload(
        project=project, side=Side.BANK, name=name, content=ContentFile(content),
        by=project.created_by, **more,
    )  # fmt: skip


def imported(project: Project, content: bytes = SIMPLE, name: str = "bank.csv") -> SourceFile:
    source_file = receive(project, content, name)
    ingest.read_file(source_file=source_file)
    ingest.confirm_import(source_file=source_file, by=project.created_by)
    source_file.refresh_from_db()
    return ingest.import_file(source_file=source_file, by=project.created_by)


def actions(project: Project) -> list[str]:
    events = AuditEvent.objects.filter(project=project).order_by("seq")
    return [e.action for e in events if e.action.startswith("file.")]


def test_upload_is_stored_with_its_digest_and_waits_to_be_read(project: Project) -> None:
    source_file = receive(project)
    assert source_file.status == FileStatus.READING
    assert source_file.size_bytes == len(SIMPLE)
    assert Job.objects.get(subject=source_file.pk).kind == JobKind.READ
    assert actions(project) == ["file.uploaded"]


def test_reading_fills_the_preview_and_asks_nothing_of_a_simple_file(project: Project) -> None:
    source_file = receive(project)
    reading = ingest.read_file(source_file=source_file)
    assert source_file.status == FileStatus.READY
    assert (reading["rows"], reading["sum"], reading["questions"]) == (4, "1225.42", [])
    assert source_file.reading["first"][0]["description"] == "Opening transfer"


def test_import_stores_every_row_equal_ones_too(project: Project) -> None:
    source_file = imported(project)
    lines = Line.objects.filter(source_file=source_file).order_by("row_number")
    assert [line.amount_minor for line in lines] == [100000, -1234, -1234, 25010]
    assert (source_file.status, source_file.row_count) == (FileStatus.IMPORTED, 4)
    assert actions(project) == ["file.uploaded", "file.import_confirmed", "file.imported"]
    told = AuditEvent.objects.get(project=project, action="file.imported").changes["after"]
    assert (told["name"], told["sha256"]) == (source_file.name, source_file.sha256)


def test_same_bytes_twice_are_refused_unless_confirmed(project: Project) -> None:
    imported(project)
    with pytest.raises(DuplicateFile, match="in the books already"):
        receive(project)
    again = receive(project, allow_duplicate=True)
    ingest.read_file(source_file=again)
    assert again.reading["repeats"]["count"] == 0


def test_overlapping_file_adds_only_the_surplus(project: Project) -> None:
    imported(project)
    longer = SIMPLE + b"2025-12-02,Card fee,R-2,-12.34\n2025-12-04,New,R-4,5.00\n"
    second = imported(project, longer, "longer.csv")
    stored = Line.objects.filter(source_file=second).order_by("row_number")
    assert [line.row_number for line in stored] == [5, 6]
    rows = [1, 2, 3, 4]
    assert second.reading["repeats"] == {"count": 4, "rows": rows, "shown": rows}


def test_row_errors_stop_the_import_until_the_rows_are_left_out(project: Project) -> None:
    source_file = receive(project, SIMPLE + b"2025-12-05,Broken,R-5,12.345\n")
    ingest.read_file(source_file=source_file)
    assert source_file.status == FileStatus.QUESTION
    with pytest.raises(WrongState, match="cannot be read"):
        ingest.confirm_import(source_file=source_file, by=project.created_by)
    ingest.confirm_import(source_file=source_file, by=project.created_by, without_errors=True)
    source_file.refresh_from_db()
    stored = ingest.import_file(source_file=source_file, by=project.created_by)
    assert (stored.row_count, stored.leaves_out_bad_rows) == (4, True)
    event = AuditEvent.objects.get(project=project, action="file.import_confirmed")
    assert "more than 2 decimals" in event.details


def test_open_question_stops_the_import_until_it_is_answered(project: Project) -> None:
    content = b"Date,Description,Reference,Amount\n01/02/2025,a,1,1.00\n03/04/2025,b,2,-2.00\n"
    source_file = receive(project, content)
    ingest.read_file(source_file=source_file)
    assert source_file.status == FileStatus.QUESTION
    with pytest.raises(WrongState, match="A question is open"):
        ingest.confirm_import(source_file=source_file, by=project.created_by)
    ingest.correct_layout(
        source_file=source_file, options={"date_order": "mdy"}, by=project.created_by
    )
    source_file.refresh_from_db()
    ingest.read_file(source_file=source_file)
    assert source_file.status == FileStatus.READY
    assert source_file.reading["first_date"] == "2025-01-02"


def test_unknown_option_is_refused_in_words(project: Project) -> None:
    source_file = receive(project)
    ingest.read_file(source_file=source_file)
    with pytest.raises(UnreadableFile, match="there is no option"):
        ingest.correct_layout(source_file=source_file, options={"x": "1"}, by=project.created_by)


def test_cancelled_file_cannot_be_imported(project: Project) -> None:
    source_file = receive(project)
    ingest.read_file(source_file=source_file)
    ingest.cancel_import(source_file=source_file, by=project.created_by)
    with pytest.raises(WrongState, match="cancelled"):
        ingest.confirm_import(source_file=source_file, by=project.created_by)


def test_undo_withdraws_the_lines_and_reverses_their_matches(project: Project) -> None:
    bank = imported(project)
    line = Line.objects.get(source_file=bank, row_number=1)
    [entry] = factories.make_lines(project, Side.LEDGER, ("2025-12-01", 100000, "x"))
    factories.make_group(project, [line], [entry])
    reopened = ingest.reopened_by_undo(bank)
    assert (reopened.group_count, [shown.id for shown in reopened.first]) == (1, [line.id])
    assert ingest.undo_import(source_file=bank, reason="wrong file", by=project.created_by) == 1
    assert not MatchGroup.objects.in_project(project).live().exists()
    assert not Line.objects.in_project(project).on(Side.BANK).in_books().exists()
    assert Line.objects.filter(source_file=bank).count() == 4


@pytest.mark.parametrize(
    "name", ["", "..", "a.csv\x00.exe", "file:///etc/passwd", "a.csv.gz", "a.exe"]
)
def test_names_no_statement_has_are_refused(project: Project, name: str) -> None:
    with pytest.raises(UnreadableFile):
        receive(project, name=name)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../../../tmp/x.csv", "x.csv"),
        ("..\\..\\x.csv", "x.csv"),
        ("C:\\Windows\\x.csv", "x.csv"),
        ("a.csv\r\nX-Injected: yes.csv", "a.csv  X-Injected: yes.csv"),
        ("🏦 банк 銀行.csv", "🏦 банк 銀行.csv"),
    ],
)
def test_name_is_a_label_without_folders(project: Project, name: str, label: str) -> None:
    assert receive(project, name=name).name == label


AMBIGUOUS = b"Date,Description,Reference,Amount\n01/02/2025,a,1,1.00\n03/04/2025,b,2,-2.00\n"


def answered(project: Project) -> SourceFile:
    source_file = receive(project, AMBIGUOUS, "january.csv")
    ingest.read_file(source_file=source_file)
    ingest.correct_layout(
        source_file=source_file, options={"date_order": "mdy"}, by=project.created_by
    )
    source_file.refresh_from_db()
    ingest.read_file(source_file=source_file)
    ingest.confirm_import(source_file=source_file, by=project.created_by)
    source_file.refresh_from_db()
    return ingest.import_file(source_file=source_file, by=project.created_by)


def test_answers_are_remembered_for_the_next_file_with_the_same_header(project: Project) -> None:
    answered(project)
    content = AMBIGUOUS.replace(b"01/02", b"05/06").replace(b"03/04", b"07/08")
    later = receive(project, content, "may.csv")
    ingest.read_file(source_file=later)
    assert (later.status, later.layout) == (FileStatus.READY, {"date_order": "mdy"})
    assert later.reading["first_date"] == "2025-05-06"
    assert any("read like it: month, day, year" in word for word in later.reading["messages"])


def test_changed_header_is_warned_about(project: Project) -> None:
    imported(project)
    other = receive(project, b"Date,Text,Amount\n2026-01-01,a,1.00\n2026-01-02,b,-2.00\n", "b.csv")
    ingest.read_file(source_file=other)
    assert any("not those of the last import" in word for word in other.reading["messages"])


BALANCED = b"Date,Text,Amount,Balance\n2025-12-01,a,5.00,105.00\n2025-12-02,b,-1.00,104.00\n"


@pytest.mark.parametrize(("opening", "word"), [(104, "continues"), (100, "may be missing")])
def test_gap_between_statements_is_shown(project: Project, opening: int, word: str) -> None:
    first = imported(project, BALANCED)
    assert (first.opening_minor, first.closing_minor) == (10000, 10400)
    rows = f"2026-01-01,c,1.00,{opening + 1}.00\n2026-01-02,d,1.00,{opening + 2}.00\n"
    second = receive(project, b"Date,Text,Amount,Balance\n" + rows.encode(), "january.csv")
    ingest.read_file(source_file=second)
    assert any(word in sentence for sentence in second.reading["messages"])


def test_upload_of_two_gibibytes_is_refused_at_the_limit(project: Project) -> None:
    class Endless(ContentFile):
        def chunks(self, chunk_size: int | None = None):
            return (b"x" * 1_048_576 for _ in range(2048))

    with pytest.raises(UnreadableFile, match="larger than"):
        ingest.receive_upload(
            project=project, side=Side.BANK, name="big.csv", content=Endless(b""),
            by=project.created_by,
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_others_match_while_a_file_is_being_stored(project: Project) -> None:
    lines = factories.make_lines(
        project, Side.BANK, ("2025-11-03", 5, "a"), ("2025-11-03", -5, "b")
    )
    source_file = receive(project)
    ingest.read_file(source_file=source_file)
    ingest.confirm_import(source_file=source_file, by=project.created_by)
    source_file.refresh_from_db()

    def somebody_matches(done: int, total: int, message: str) -> None:
        if not MatchGroup.objects.exists():
            in_another_thread(lambda: factories.make_group(project, lines, []))

    ingest.import_file(source_file=source_file, by=project.created_by, progress=somebody_matches)
    assert MatchGroup.objects.count() == 1
    assert Line.objects.filter(source_file=source_file).count() == 4


@pytest.mark.django_db(transaction=True)
def test_import_cancelled_while_it_is_stored_leaves_no_line(project: Project) -> None:
    source_file = receive(project)
    ingest.read_file(source_file=source_file)
    ingest.confirm_import(source_file=source_file, by=project.created_by)
    source_file.refresh_from_db()

    def somebody_cancels(done: int, total: int, message: str) -> None:
        in_another_thread(
            lambda: ingest.cancel_import(source_file=source_file, by=project.created_by)
        )

    with pytest.raises(WrongState, match="cancelled"):
        ingest.import_file(
            source_file=source_file, by=project.created_by, progress=somebody_cancels
        )
    assert not Line.objects.filter(source_file=source_file).exists()
    assert SourceFile.objects.get(pk=source_file.pk).status == FileStatus.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_last_piece_leaves_nothing_to_do_that_a_cancel_would_wait_for(project: Project) -> None:
    """Progress counts lines that are stored, open items and all; the last step only proves."""
    source_file = receive(project)
    ingest.read_file(source_file=source_file)
    ingest.confirm_import(source_file=source_file, by=project.created_by)
    source_file.refresh_from_db()
    told: list[tuple[int, int]] = []

    def somebody_cancels_at_the_end(done: int, total: int, message: str) -> None:
        told.append((done, OpenItem.objects.in_project(project).count()))
        if done == total:
            raise jobs.JobCancelled

    with pytest.raises(jobs.JobCancelled):
        ingest.import_file(
            source_file=source_file, by=project.created_by, progress=somebody_cancels_at_the_end
        )
    assert told == [(4, 4)]
    assert not OpenItem.objects.exists() and not SearchBlock.objects.exists()


def in_another_thread(change: Callable[[], Any]) -> None:
    """Carry out a change on a connection of its own, and wait for it."""

    def work() -> None:
        change()
        connection.close()

    with ThreadPoolExecutor(1) as threads:
        threads.submit(work).result(timeout=PATIENCE_SECONDS)

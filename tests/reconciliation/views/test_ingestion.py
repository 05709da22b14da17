"""Files: uploading, correcting, importing, leaving out, taking an import back."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from django.test import Client

from projects import lifecycle
from projects.models import Project
from reconciliation.ingestion import ingest
from reconciliation.models import Job, SourceFile
from reconciliation.vocabulary import FileStatus, JobKind, JobState, Side
from tests import factories
from tests.actors import cast_of, client_of
from tests.reconciliation.views.pages import address, said

pytestmark = pytest.mark.django_db

SIMPLE = b"Date,Description,Reference,Amount\n2025-12-01,Rent,R1,-900.00\n2025-12-02,Sale,R2,1.50\n"
MORE = b"".join(b"2025-12-%02d,Sale %d,S%d,7.00\n" % (day, day, day) for day in range(4, 24))
BAD_ROW = SIMPLE + b"2025-12-03,=Fee,R3,abc\n" + MORE
TWO_READINGS = b"Date,Description,Amount\n01/02/2025,Rent,-1.00\n03/04/2025,Sale,2.00\n"
MEMBERS = {"viewer": 200, "reviewer": 200, "editor": 200, "owner": 200}
OUTSIDE = {"anonymous": 302, "stranger": 404, "elsewhere": 404}


def upload(owner, project, content: bytes = SIMPLE, name: str = "bank.csv", **more):
    sent = {"side": "bank", "file": SimpleUploadedFile(name, content), **more}
    return owner.post(address("ingestion", project), sent)


def read(owner, project, content: bytes = SIMPLE) -> SourceFile:
    """Upload a file and read it, as the worker would."""
    upload(owner, project, content)
    found = SourceFile.objects.get(status=FileStatus.READING)
    ingest.read_file(source_file=found)
    return found


@pytest.fixture(scope="module")
def file_id(rows_of_module) -> uuid.UUID:
    """A small file that was uploaded and read, once for all tests here."""
    project = factories.make_project()
    return read(client_of(project.created_by), project).pk


@pytest.fixture
def simple(file_id) -> tuple[Project, Client, SourceFile]:
    """The project of that file, its owner's browser and the file."""
    found = SourceFile.objects.get(pk=file_id)
    return found.project, client_of(found.project.created_by), found


def test_page_without_files_teaches(project, owner):
    page = owner.get(address("ingestion", project)).text
    assert "No files yet" in page and "Upload and read" in page


def test_side_of_the_link_is_chosen(project, owner):
    page = owner.get(address("ingestion", project), {"side": "ledger"}).text
    assert '<option value="ledger" selected>' in page


def test_upload_goes_to_the_files_page_and_is_read_in_the_background(project, owner):
    response = upload(owner, project)
    found = project.source_files.get()
    assert (response.status_code, response["Location"]) == (303, found.get_absolute_url())
    assert (found.side, found.status) == (Side.BANK, FileStatus.READING)
    assert "data-progress=" in owner.get(found.get_absolute_url()).text


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("bank.csv", b"", "The submitted file is empty."),
        ("bank.exe", b"MZ", "Not uploaded"),
    ],
)
def test_file_that_cannot_be_one_is_an_alert_and_nothing_is_stored(
    project, owner, name, content, sentence
):
    response = upload(owner, project, content, name)
    assert response.status_code == 400
    assert 'role="alert"' in response.text and sentence in response.text
    assert not project.source_files.exists()


def test_same_bytes_again_want_a_tick(simple):
    project, owner, found = simple
    owner.post(address("file_import", project, found.pk))
    found.refresh_from_db()
    ingest.import_file(source_file=found, by=project.created_by)
    refused = upload(owner, project)
    assert refused.status_code == 400
    assert "The same file is in the books already" in refused.text
    assert upload(owner, project, again="on").status_code == 303


def test_page_shows_the_rows_as_they_will_be_stored(simple):
    _, owner, found = simple
    page = owner.get(found.get_absolute_url()).text
    assert "Import 2 rows" in page
    assert "−900.00" in page and "898.50" in page
    assert "What was detected, and why" in page


def test_import_is_handed_to_the_workers(simple):
    project, owner, found = simple
    response = owner.post(address("file_import", project, found.pk))
    assert response["Location"] == found.get_absolute_url()
    found.refresh_from_db()
    assert found.status == FileStatus.IMPORTING
    assert Job.objects.get(kind=JobKind.IMPORT).subject == found.pk


def test_imported_file_shows_its_control_totals(simple):
    project, owner, found = simple
    owner.post(address("file_import", project, found.pk))
    found.refresh_from_db()
    ingest.import_file(source_file=found, by=project.created_by)
    Job.objects.update(state=JobState.DONE)
    page = owner.get(found.get_absolute_url()).text
    assert 'data-minor="150"' in page and 'data-minor="90000"' in page
    assert "Undo import" in page and "Upload the ledger" in page


def test_row_errors_are_told_with_row_column_and_reason(project, owner):
    found = read(owner, project, BAD_ROW)
    page = owner.get(found.get_absolute_url()).text
    assert "1 row cannot be read." in page and 'role="alert"' in page
    assert "abc" in page
    owner.post(address("file_import", project, found.pk))
    found.refresh_from_db()
    assert found.status == FileStatus.QUESTION


def test_import_without_the_bad_rows_is_a_button(project, owner):
    found = read(owner, project, BAD_ROW)
    owner.post(address("file_import", project, found.pk), {"without_errors": "yes"})
    found.refresh_from_db()
    assert (found.status, found.leaves_out_bad_rows) == (FileStatus.IMPORTING, True)


def test_row_errors_are_given_as_csv_without_formulas(simple):
    project, owner, found = simple
    note = {"row": 3, "line": 4, "column": "Amount", "text": "=1+1", "reason": "no amount"}
    SourceFile.objects.update(reading=found.reading | {"errors": [note]})
    answer = owner.get(address("file_errors", project, found.pk))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.text.lstrip("\ufeff").splitlines() == [
        "row,line,column,text,reason",
        "3,4,Amount,'=1+1,no amount",
    ]


def test_question_shows_both_readings_and_takes_an_answer(project, owner):
    found = read(owner, project, TWO_READINGS)
    page = owner.get(found.get_absolute_url()).text
    assert "date_order=dmy" in page and "date_order=mdy" in page
    owner.post(address("file_answers", project, found.pk), {"answer_0": "date_order=mdy"})
    found.refresh_from_db()
    assert (found.status, found.layout["date_order"]) == (FileStatus.READING, "mdy")


@pytest.mark.parametrize("answer", ["", "date_order=xyz", "sign=reversed"])
def test_answer_that_was_not_offered_is_an_alert(project, owner, answer):
    found = read(owner, project, TWO_READINGS)
    response = owner.post(address("file_answers", project, found.pk), {"answer_0": answer})
    assert response.status_code == 400
    assert 'role="alert"' in response.text


def test_correction_sends_only_what_was_changed(simple):
    project, owner, found = simple
    typed = {"column_1": "date", "column_2": "counterparty", "column_3": "reference"}
    typed |= {"column_4": "amount", "sign": "reversed"}
    kept = {key: found.reading["options"][key] for key in ("date_order", "decimal", "money_in")}
    kept |= {key: found.reading["options"][key] for key in ("delimiter", "encoding", "header_row")}
    owner.post(address("file_layout", project, found.pk), typed | kept)
    found.refresh_from_db()
    assert found.status == FileStatus.READING
    assert found.layout == {"description": "0", "counterparty": "2", "sign": "reversed"}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"column_3": "amount", "column_4": "amount"}, "only one column can be it"),
        ({"header_row": "first"}, "“first” is not a whole number."),
        ({"column_1": "king"}, "Select a valid choice."),
    ],
)
def test_wrong_correction_is_an_alert(simple, typed, sentence):
    project, owner, found = simple
    response = owner.post(address("file_layout", project, found.pk), typed)
    assert response.status_code == 400
    assert sentence in response.text and 'role="alert"' in response.text


def test_file_is_left_out(simple):
    project, owner, found = simple
    response = owner.post(address("file_cancel", project, found.pk))
    assert "is left out" in said(response)
    found.refresh_from_db()
    assert found.status == FileStatus.CANCELLED
    page = owner.get(found.get_absolute_url()).text
    assert "This file was left out: nothing of it is in the books." in page


@pytest.mark.parametrize("status", [FileStatus.READING, FileStatus.IMPORTING])
def test_file_whose_job_failed_is_read_again(simple, status):
    project, owner, found = simple
    SourceFile.objects.filter(pk=found.pk).update(status=status, layout={"encoding": "utf-16"})
    Job.objects.filter(subject=found.pk).update(state=JobState.FAILED, finished_at=Now())
    page = owner.get(found.get_absolute_url()).text
    assert "Read it again" in page and "Read it without the corrections" in page
    owner.post(address("file_again", project, found.pk), {"as_detected": "yes"})
    found.refresh_from_db()
    assert (found.status, found.layout) == (FileStatus.READING, {})
    assert "Read it again" not in owner.get(found.get_absolute_url()).text
    ingest.read_file(source_file=found)
    assert found.status == FileStatus.READY


def test_correction_that_makes_a_file_unreadable_is_taken_back(simple):
    project, owner, found = simple
    wrong = {"date": "2", "description": "0"}
    ingest.correct_layout(source_file=found, options=wrong, by=project.created_by)
    found.refresh_from_db()
    ingest.read_file(source_file=found)
    Job.objects.filter(subject=found.pk).update(state=JobState.DONE, finished_at=Now())
    page = owner.get(found.get_absolute_url()).text
    assert found.status == FileStatus.REFUSED
    assert "Read it without the corrections" in page and "import the other 0 rows" not in page
    owner.post(address("file_again", project, found.pk), {"as_detected": "yes"})
    found.refresh_from_db()
    assert (found.status, found.layout) == (FileStatus.READING, {})
    ingest.read_file(source_file=found)
    assert found.status == FileStatus.READY
    assert "without the corrections" not in owner.get(found.get_absolute_url()).text


def test_file_that_waits_for_a_person_keeps_its_corrections(simple):
    project, owner, found = simple
    assert "ready" in said(owner.post(address("file_again", project, found.pk)))
    found.refresh_from_db()
    assert found.status == FileStatus.READY


def test_file_that_is_being_read_is_not_read_again(project, owner):
    upload(owner, project)
    found = project.source_files.get()
    assert "is being worked on" in said(owner.post(address("file_again", project, found.pk)))
    assert Job.objects.filter(subject=found.pk).count() == 1


def test_undo_lists_what_reopens_and_wants_a_reason(project, owner):
    bank = factories.make_lines(project, Side.BANK, ("2025-12-01", 100, "Rent of the shop"))
    ledger = factories.make_lines(project, Side.LEDGER, ("2025-12-01", 100, "Rent"))
    factories.make_group(project, bank, ledger)
    undo = address("file_undo", project, bank[0].source_file_id)
    page = owner.get(undo).text
    assert "1 match group would be unmatched" in page and "Rent of the shop" in page
    assert owner.post(undo, {"reason": ""}).status_code == 400
    assert "Match groups undone: 1." in said(owner.post(undo, {"reason": "Wrong account"}))
    assert SourceFile.objects.get(pk=bank[0].source_file_id).status == FileStatus.WITHDRAWN


def test_locked_books_take_no_file(project, owner):
    lifecycle.lock_project(project=project, actor=project.created_by)
    response = upload(owner, project)
    assert response.status_code == 409
    assert "is locked" in response.text
    assert "Upload and read" not in owner.get(address("ingestion", project)).text


def test_pages_are_read_by_members_and_nobody_else(simple):
    project, _, found = simple
    for name, more in (("ingestion", []), ("source_file", [found.pk]), ("file_errors", [found.pk])):
        page = address(name, project, *more)
        answers = {who: each.get(page).status_code for who, each in cast_of(project).items()}
        assert answers == MEMBERS | OUTSIDE


@pytest.mark.parametrize("name", ["answers", "layout", "again", "import", "cancel", "undo"])
def test_only_editors_change_a_file(simple, name):
    project, _, found = simple
    page = address(f"file_{name}", project, found.pk)
    cast = cast_of(project)
    answers = {who: cast[who].post(page).status_code for who in cast if who not in MEMBERS}
    assert answers == OUTSIDE
    assert cast["viewer"].post(page).status_code == cast["reviewer"].post(page).status_code == 403
    assert cast["editor"].post(page).status_code in (303, 400)


def test_file_of_another_project_is_not_found(simple):
    project, owner, found = simple
    other = factories.make_project(project.created_by)
    assert owner.get(address("source_file", other, found.pk)).status_code == 404
    assert owner.post(address("file_import", other, found.pk)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_queries_for_one_and_three(
    project, owner, count, django_assert_num_queries
):
    for _ in range(count):
        factories.make_lines(project, Side.BANK, ("2025-12-01", 100, "Rent"))
    with django_assert_num_queries(5):
        owner.get(address("ingestion", project))

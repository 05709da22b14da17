"""Row lists: all row errors, skipped and repeated rows, however many, stored beside the file."""

from __future__ import annotations

import csv
import re
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from hypothesis import example, given
from hypothesis import strategies as st

from projects.models import AuditEvent, Project
from reconciliation.books import forget_files
from reconciliation.csv_cells import as_read, harmless
from reconciliation.ingestion import ingest
from reconciliation.models import SourceFile
from reconciliation.row_lists import list_rows, names_of
from reconciliation.vocabulary import Side
from tests import factories
from tests.actors import client_of

pytestmark = pytest.mark.django_db

HEAD = b"Date,Description,Reference,Amount\n"
GOOD = b"".join(b"2025-12-%02d,Sale %d,S%d,%d.00\n" % (1 + n % 28, n, n, 9 - n) for n in range(300))
BAD = b"".join(b'2025-12-01,Bad %d,B%d,"=1,2%d3.4567"\n' % (n, n, n % 9) for n in range(250))
SKIPPED = b"Total,,,7.00\n" * 230


@pytest.fixture
def project() -> Project:
    return factories.make_project()


@pytest.fixture
def owner(project: Project) -> Client:
    return client_of(project.created_by)


def read(project: Project, content: bytes) -> SourceFile:
    source_file = ingest.receive_upload(
        project=project, side=Side.BANK, name="bank.csv", content=ContentFile(content),
        by=project.created_by,
    )  # fmt: skip
    ingest.read_file(source_file=source_file)
    return source_file


def imported(project: Project, content: bytes, **more: Any) -> SourceFile:
    source_file = read(project, content)
    ingest.confirm_import(source_file=source_file, by=project.created_by, **more)
    source_file.refresh_from_db()
    return ingest.import_file(source_file=source_file, by=project.created_by)


def downloaded(client: Client, source_file: SourceFile, kind: str) -> list[list[str]]:
    ids = [source_file.project_id, source_file.pk]
    answer = client.get(reverse(f"reconciliation:file_{kind}", args=ids))
    content = b"".join(answer) if answer.streaming else answer.content
    return list(csv.reader(content.decode("utf-8-sig").splitlines()))


def test_errors_and_skipped_rows_beyond_those_shown_are_all_downloaded(project, owner):
    found = read(project, HEAD + GOOD + BAD + SKIPPED)
    assert (found.reading["error_count"], len(found.reading["errors"])) == (250, 200)
    errors, skipped = (downloaded(owner, found, kind) for kind in ("errors", "skipped"))
    assert (len(errors), len(skipped)) == (251, 231)
    assert errors[0] == ["row", "line", "column", "text", "reason"]
    assert errors[250][:4] == ["550", "551", "Amount", "'=1,263.4567"]


def test_short_lists_stay_in_the_reading(project, owner):
    found = read(project, HEAD + GOOD + SKIPPED[:26])
    assert found.reading["lists"] == {}
    assert len(downloaded(owner, found, "skipped")) == 3


def test_repeats_are_downloaded_row_by_row(project, owner):
    imported(project, HEAD + GOOD)
    second = read(project, HEAD + GOOD + b"2025-12-30,New,N,1.00\n")
    repeats = downloaded(owner, second, "repeats")
    assert (len(repeats), second.reading["repeats"]["count"]) == (301, 300)
    assert repeats[10] == ["10", "2025-12-10", "0.00", "S9", "Sale 9"]
    assert "300 rows of this file are in the books already; 1 is new." in (
        owner.get(second.get_absolute_url()).text
    )


def test_reading_again_replaces_the_stored_lists(project):
    found = read(project, HEAD + GOOD + BAD)
    [first] = names_of(found.reading)
    by = project.created_by
    ingest.correct_layout(source_file=found, options={"decimal": "comma"}, by=by)
    found.refresh_from_db()
    ingest.read_file(source_file=found)
    [second] = names_of(found.reading)
    assert (default_storage.exists(first), default_storage.exists(second)) == (False, True)


def test_list_goes_to_the_trail_by_its_digest_and_away_with_the_project(
    project, django_capture_on_commit_callbacks
):
    found = imported(project, HEAD + GOOD + BAD, without_errors=True)
    event = AuditEvent.objects.get(project=project, action="file.import_confirmed")
    stored = found.reading["lists"]["errors"]
    assert event.changes["after"]["list_sha256"] == stored["sha256"]
    assert next(row[3] for row in list_rows(found, "errors")) == "=1,203.4567"
    with django_capture_on_commit_callbacks(execute=True):
        forget_files(project=project)
    assert not default_storage.exists(stored["name"])


@given(st.text("a'=+-@;\t\r\n＝＋－＠"))
@example("Paid;=1+1;twice")
def test_harmless_cell_gives_its_text_back_and_holds_no_formula(text):
    cell = harmless(text)
    assert as_read(cell) == text
    parts = re.split(r"[;\t\r\n]", cell)
    assert not any(part.startswith(tuple("=+-@＝＋－＠")) for part in parts)

"""Rows left out: on About where few, on a sheet of their own where About cannot hold them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from django.core.files.base import ContentFile

from projects.models import Project
from reconciliation.ingestion import ingest
from reconciliation.reporting.workbook import SHEET_NAMES, write_workbook
from reconciliation.vocabulary import Side
from tests import factories

pytestmark = pytest.mark.django_db

HEAD = b"Date,Description,Reference,Amount\n"
GOOD = b"".join(b"2025-12-%02d,Sale %d,S%d,%d.00\n" % (1 + n % 28, n, n, 9 - n) for n in range(300))
BAD = b"".join(b"2025-12-01,Bad %d,B%d,=1.%d456\n" % (n, n, n) for n in range(250))


@pytest.fixture
def project() -> Project:
    return factories.make_project()


def imported(project: Project, content: bytes) -> None:
    by = project.created_by
    source_file = ingest.receive_upload(
        project=project, side=Side.BANK, name="bank.csv", content=ContentFile(content), by=by
    )
    ingest.read_file(source_file=source_file)
    ingest.confirm_import(source_file=source_file, by=by, without_errors=True)
    source_file.refresh_from_db()
    ingest.import_file(source_file=source_file, by=by)


def workbook(project: Project, folder: Path) -> openpyxl.Workbook:
    target = folder / "out.xlsx"
    write_workbook(
        project=project, made_by="alice", made_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        target=target, progress=lambda done, total: None,
    )  # fmt: skip
    return openpyxl.load_workbook(target, data_only=True)


def test_few_rows_left_out_are_on_about_and_no_sheet_is_added(project, tmp_path):
    imported(project, HEAD + GOOD + BAD.splitlines(keepends=True)[0])
    book = workbook(project, tmp_path)
    assert tuple(book.sheetnames) == SHEET_NAMES
    assert any("=1.0456" in row for row in book["About"].iter_rows(values_only=True))


def test_many_rows_left_out_are_all_on_a_tenth_sheet(project, tmp_path):
    imported(project, HEAD + GOOD + BAD)
    book = workbook(project, tmp_path)
    assert tuple(book.sheetnames) == (*SHEET_NAMES, "Rows Left Out")
    header, *rows = book["Rows Left Out"].iter_rows(values_only=True)
    last = dict(zip(header, rows[-1], strict=True))
    assert (len(rows), last["Row"], last["Text read"]) == (250, 550, "=1.249456")
    assert last["What became of it"] == "left out on request"


def test_repeated_rows_are_on_the_sheet_too(project, tmp_path):
    imported(project, HEAD + GOOD)
    imported(project, HEAD + GOOD + b"2025-12-30,New,N,1.00\n")
    _, *rows = workbook(project, tmp_path)["Rows Left Out"].iter_rows(values_only=True)
    assert len(rows) == 300
    assert rows[0][5:] == (
        "2025-12-01 · 9.00 · S0 · Sale 0", "the books held this transaction already",
        "not stored again",
    )  # fmt: skip

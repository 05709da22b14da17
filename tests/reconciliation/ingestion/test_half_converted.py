"""Dates of a workbook that are partly text: turned by a spreadsheet, or numbers of days."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from reconciliation.ingestion.layout import parse_options
from reconciliation.ingestion.layout_file import without_per_file
from reconciliation.ingestion.reader import read_layout
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side


def read(folder: Path, cells: list[Any], options: str = "") -> Reading:
    book, path = Workbook(), folder / "list.xlsx"
    book.active.append(["Date", "Text", "Amount"])
    for number, cell in enumerate(cells, 1):
        book.active.append([cell, f"Booking {number}", -number])
    book.save(path)
    return read_layout(path, 2, "", Side.BANK, parse_options(options), dt.date(2026, 1, 1))


HALF = [dt.date(2025, 4, 3), dt.date(2025, 9, 3), "03/14/2025", "03/25/2025"]


def test_real_dates_beside_texts_after_the_twelfth_are_asked_about(tmp_path: Path) -> None:
    reading = read(tmp_path, HALF)
    assert [q.key for q in reading.questions if q.blocking] == ["date_order"]


@pytest.mark.parametrize(
    ("order", "span"),
    [("mdy_turned", ("2025-03-04", "2025-03-25")), ("mdy", ("2025-03-14", "2025-09-03"))],
)
def test_answer_turns_the_real_dates_or_leaves_them(
    tmp_path: Path, order: str, span: tuple[str, str]
) -> None:
    reading = read(tmp_path, HALF, f"date_order={order}")
    assert (reading.status, (reading.first_date, reading.last_date)) == ("ready", span)


def test_real_date_after_the_twelfth_proves_that_none_is_turned(tmp_path: Path) -> None:
    cells = [*HALF, dt.date(2025, 3, 20)]
    reading = read(tmp_path, cells)
    assert (reading.status, reading.last_date) == ("ready", "2025-09-03")


def test_day_numbers_among_texts_that_begin_with_the_year_are_dates(tmp_path: Path) -> None:
    reading = read(tmp_path, ["2025-03-13", 45731, "2025-03-17", "2025-03-18"])
    assert (reading.status, reading.rows, reading.first_date) == ("ready", 4, "2025-03-13")


def test_turned_dates_of_one_file_are_not_remembered_for_the_next() -> None:
    assert without_per_file({"date_order": "mdy_turned", "date": "1"}) == {"date": "1"}

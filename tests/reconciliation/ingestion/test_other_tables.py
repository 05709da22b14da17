"""A second table below the bookings: left out and asked about, never mixed in in silence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from reconciliation.ingestion.layout import parse_options
from reconciliation.ingestion.reader import read_layout
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side

TABLE = """Date,Description,Amount,Balance
2025-03-13,Rent,-500.00,1000.00
2025-03-14,Sale,20.00,1020.00
2025-03-15,Shop,-10.00,1010.00
"""
MONTHS = "\nSummary by month\nMonth,In,Out,Net\n2025-03-31,20.00,510.00,-490.00\n"


def read(folder: Path, text: str, options: str = "") -> Reading:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    return read_layout(path, 2, "", Side.BANK, parse_options(options), dt.date(2026, 1, 1))


def test_summary_below_is_left_out_and_asked_about(tmp_path: Path) -> None:
    reading = read(tmp_path, TABLE + MONTHS)
    assert [q.key for q in reading.questions if q.blocking] == ["totals"]
    assert (reading.rows, reading.sum) == (3, "-490.00")


@pytest.mark.parametrize(("option", "rows"), [("totals=proved", 3), ("totals=keep", 4)])
def test_answer_settles_the_second_table(tmp_path: Path, option: str, rows: int) -> None:
    reading = read(tmp_path, TABLE + MONTHS, option)
    assert (reading.status, reading.rows) == ("ready", rows)


@pytest.mark.parametrize("name", ["Description", "Cheque no"])
def test_table_goes_on_below_a_header_of_the_same_dates_and_amounts(
    tmp_path: Path, name: str
) -> None:
    more = f"\nCheques\nDate,{name},Amount,Balance\n2025-03-20,1001,-10.00,1000.00\n"
    reading = read(tmp_path, TABLE + more)
    assert (reading.status, reading.rows) == ("ready", 4)

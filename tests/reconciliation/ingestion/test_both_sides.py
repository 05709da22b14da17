"""Records with money in and money out at once: two lines, one, or the totals of a day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from reconciliation.ingestion.layout import parse_options
from reconciliation.ingestion.normalise import normalise_file
from reconciliation.ingestion.reader import parse_batches, parse_file
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side

TAKINGS = """date,text,money in,money out,balance
2025-03-03,Day 1,500.00,120.00,380.00
2025-03-04,Day 2,300.00,,680.00
2025-03-05,Day 3,200.00,50.00,830.00
"""
TOTALS = """date,text,money in,money out
2025-03-03,Rent,,850.00
2025-03-03,Wages,2100.00,
2025-03-03,Day's sum,2100.00,850.00
2025-03-04,Shop,,12.50
2025-03-04,Day's sum,,12.50
"""


def read(folder: Path, text: str, options: str = "") -> Reading:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    return parse_file(path, 2, "", Side.BANK, parse_options(options), dt.date(2026, 1, 1)).reading


@pytest.mark.parametrize(
    ("answer", "rows", "money_in"), [("both=two", 5, "1000.00"), ("both=net", 3, "830.00")]
)
def test_takings_of_a_day_are_two_lines_or_one(
    tmp_path: Path, answer: str, rows: int, money_in: str
) -> None:
    reading = read(tmp_path, TAKINGS)
    assert reading.status != "ready" and "both" in [q.key for q in reading.questions]
    reading = read(tmp_path, TAKINGS, answer)
    assert (reading.status, reading.rows, reading.money_in) == ("ready", rows, money_in)
    assert (reading.sum, reading.balance_proof) == ("830.00", "proved")


def test_a_file_of_such_rows_alone_is_asked_about(tmp_path: Path) -> None:
    text = TAKINGS.replace("300.00,,", "300.00,0.50,").replace(",balance", "")
    text = "\n".join(
        line.rpartition(",")[0] if "Day" in line else line for line in text.split("\n")
    )
    assert "both" in [question.key for question in read(tmp_path, text).questions]
    assert read(tmp_path, text, "both=two").rows == 6


def test_lines_are_the_same_in_blocks_of_any_size(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(TAKINGS, encoding="utf-8")
    parsed = parse_file(path, 2, "", Side.BANK, {"both": "two"}, dt.date(2026, 1, 1))
    assert parsed.layout is not None
    for size in (2, 3, 100):
        found = list(normalise_file(path, parsed.layout, parsed.header, Side.BANK, 2, size))
        assert [int(n) for batch in found for n in batch.lines.row_number] == [1, 1, 2, 3, 3]
        assert [bool(has) for b in found for has in b.has_balance] == [0, 1, 1, 0, 1]


def test_totals_of_a_day_stay_out(tmp_path: Path) -> None:
    reading = read(tmp_path, TOTALS)
    assert (reading.status, reading.rows, reading.sum) == ("ready", 3, "1237.50")
    assert [note.line for note in reading.skipped] == [4, 6]
    assert read(tmp_path, TOTALS, "both=two").rows == 3


@pytest.mark.parametrize(
    "text",
    [
        TOTALS.replace("2100.00,850.00", "2100.00,849.00"),
        TOTALS.replace("Rent", "Day's sum"),
        TOTALS.replace("04,Day's sum", "04,Bar"),
    ],
)
def test_rows_that_do_not_add_up_are_no_totals(tmp_path: Path, text: str) -> None:
    reading = read(tmp_path, text)
    assert reading.status != "ready" and "both" in [q.key for q in reading.questions]


def test_lines_of_a_settled_layout_are_those_of_the_reading(tmp_path: Path) -> None:
    read(tmp_path, TAKINGS)
    path = tmp_path / "list.csv"
    parsed = parse_file(path, 2, "", Side.BANK, {"both": "two"}, dt.date(2026, 1, 1))
    assert parsed.layout is not None
    batches = list(parse_batches(path, parsed.layout, parsed.header, Side.BANK, 2))
    amounts = [int(a) for batch in batches for a in batch.lines.amount_minor]
    assert amounts == [50000, -12000, 30000, 20000, -5000]

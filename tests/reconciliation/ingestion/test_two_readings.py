"""Rows that may be bookings or not, amounts that may be put together in several ways: asked, or
refused by name; never left out or made up in silence.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from reconciliation.ingestion.layout import parse_options
from reconciliation.ingestion.reader import read_layout
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side


def read(folder: Path, text: str, options: str = "") -> Reading:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    return read_layout(path, 2, "", Side.BANK, parse_options(options), dt.date(2026, 1, 1))


def blocking(reading: Reading) -> list[str]:
    return [question.key for question in reading.questions if question.blocking]


DETAILS = """date,text,amount
2025-03-01,Hotel Paris,-100.00
,of which fee,-1.50
2025-03-02,Shop,-20.00
2025-03-05,Hotel Rome,-80.00
,of which fee,-1.20
2025-03-07,Salary,1000.00
"""


@pytest.mark.parametrize(
    ("answer", "rows", "total"),
    [("dates=above", 6, "797.30"), ("dates=own,errors=skip", 4, "800.00")],
)
def test_rows_without_a_date_are_bookings_or_details(
    tmp_path: Path, answer: str, rows: int, total: str
) -> None:
    assert blocking(read(tmp_path, DETAILS)) == ["dates"]
    reading = read(tmp_path, DETAILS, answer)
    assert (reading.status, reading.rows, reading.sum) == ("ready", rows, total)


PENDING = """date,text,amount
2025-03-01,Shop,-10.00
Pending,,
2025-03-02,Bar,-20.00
2025-03-03,Cafe,-30.00
"""
CANCELLED = """date,text,amount,status
2025-03-01,Shop,-10.00,Cancelled
2025-03-02,Shop,10.00,Booked
2025-03-03,Bar,-20.00,Booked
"""


@pytest.mark.parametrize(
    ("text", "answer", "rows"),
    [
        (PENDING, "pending=skip", 1),
        (PENDING, "pending=all", 3),
        (CANCELLED, "pending=skip", 2),
        (CANCELLED, "pending=all", 3),
    ],
)
def test_rows_that_may_be_booked_all_the_same_are_asked_about(
    tmp_path: Path, text: str, answer: str, rows: int
) -> None:
    assert blocking(read(tmp_path, text)) == ["pending"]
    reading = read(tmp_path, text, answer)
    assert (reading.status, reading.rows) == ("ready", rows)


@pytest.mark.parametrize(
    "text",
    [
        CANCELLED.replace("Booked", "Cancelled"),
        "Pending,,\n" + PENDING.replace("Pending,,\n", ""),
    ],
)
def test_file_of_rows_that_are_all_not_booked_asks_once(tmp_path: Path, text: str) -> None:
    reading = read(tmp_path, text)
    assert (reading.status, blocking(reading)) == ("question", ["pending"])
    assert reading.messages[0].startswith("All rows of the file are announced")
    assert read(tmp_path, text, "pending=all").rows == 3
    assert read(tmp_path, text, "pending=skip").status == "refused"


def test_section_of_pending_rows_ends_at_the_next_header(tmp_path: Path) -> None:
    head = "date,text,amount\n"
    rows = "2025-03-01,Shop,-10.00\n2025-03-02,Bar,-20.00\n"
    reading = read(tmp_path, f"Pending\n{head}2025-03-09,Late,-11.00\n\n{head}{rows}")
    assert (reading.status, reading.rows, reading.sum) == ("ready", 2, "-30.00")


def test_text_that_continues_a_booking_heads_no_section(tmp_path: Path) -> None:
    assert read(tmp_path, PENDING.replace("Pending,,", ",Pending,")).rows == 3


@pytest.mark.parametrize(
    ("words", "total"), [("d,out_words=c", "20.00"), ("c,out_words=d", "-20.00")]
)
def test_marks_that_only_an_unsigned_balance_turns_are_asked_about(
    tmp_path: Path, words: str, total: str
) -> None:
    rows = "2025-03-01,A,10.00,D,110.00\n2025-03-02,B,20.00,C,90.00\n2025-03-03,C,30.00,D,120.00\n"
    text = f"date,text,amount,dc,balance\n{rows}"
    assert blocking(read(tmp_path, text)) == ["in_words"]
    reading = read(tmp_path, text, f"in_words={words}")
    assert (reading.status, reading.sum) == ("ready", total)


def test_decimals_are_put_to_the_column_the_header_calls_amount(tmp_path: Path) -> None:
    rows = "3.3.2025,Rent,12,85,00\n4.3.2025,Food,13,20,50\n5.3.2025,Taxi,14,31,10\n"
    assert read(tmp_path, f"date,text,ref,amount\n{rows}").sum == "136.60"


@pytest.mark.parametrize(
    "text",
    [
        "date,text,amount\n3.3.2025,Rent,850,1\n4.3.2025,Food,20,2\n5.3.2025,Taxi,31,3\n",
        "date,text,x,y\n3.3.2025,Rent,12,85,10\n4.3.2025,Food,13,20,50\n5.3.2025,Taxi,14,31,11\n",
    ],
)
def test_commas_of_which_nobody_can_tell_are_refused_by_name(tmp_path: Path, text: str) -> None:
    reading = read(tmp_path, text)
    assert reading.status == "refused"
    assert "decimal commas is not clear" in reading.messages[0]


@pytest.mark.parametrize(("answer", "total"), [("keep", "1450.00"), ("proved", "1150.00")])
def test_word_for_transfer_and_balance_is_asked_about(
    tmp_path: Path, answer: str, total: str
) -> None:
    rows = "01.03.2025;Miete;-850,00\n02.03.2025;Übertrag;-200,00\n03.03.2025;Gehalt;2.000,00\n"
    text = f"Buchungstag;Verwendungszweck;Betrag\n{rows}13.03.2025;Übertrag;500,00\n"
    assert blocking(read(tmp_path, text)) == ["totals"]
    assert read(tmp_path, text, f"totals={answer}").sum == total


def test_status_of_the_account_says_nothing_about_its_bookings(tmp_path: Path) -> None:
    reading = read(tmp_path, CANCELLED.replace("status", "account status"))
    assert (reading.status, reading.rows) == ("ready", 3)


STACKED = """Account: 1110
date,text,amount
2025-03-01,Shop,-10.00
2025-03-02,Bar,-20.00

{second}
date,text,amount
2025-03-01,Fee,-1.00
2025-03-02,Interest,2.00
"""


@pytest.mark.parametrize("second", ["Account: 2220", "IBAN,DE12 2220 0000", "Konto-Nr. 2220/01"])
def test_second_account_below_the_first_is_asked_about(tmp_path: Path, second: str) -> None:
    text = STACKED.format(second=second)
    assert blocking(read(tmp_path, text)) == ["account"]
    reading = read(tmp_path, text, "account=*")
    assert (reading.status, reading.rows) == ("ready", 4)


@pytest.mark.parametrize(
    "second", ["Account: 1110", "Account holder: A", "Accounts 2025", "Page 2"]
)
def test_account_named_again_is_no_second_one(tmp_path: Path, second: str) -> None:
    assert read(tmp_path, STACKED.format(second=second)).status == "ready"


def test_balance_is_never_the_amount_for_want_of_one(tmp_path: Path) -> None:
    rows = "2025-03-01,Fee,some 5,100.00\n2025-03-02,Sale,five,105.00\n2025-03-03,Tax,x,95.00\n"
    reading = read(tmp_path, f"Date,Text,Amount,Balance\n{rows}")
    assert (reading.status, reading.rows) == ("refused", 0)


def test_amounts_by_name_of_which_some_cannot_be_read_are_row_errors(tmp_path: Path) -> None:
    rows = "2025-03-01,Fee,-5.00,9.00\n2025-03-02,Sale,7.00,8.00\n2025-03-03,Tax,unclear,7.00\n"
    reading = read(tmp_path, f"Date,Text,Amount,Balance\n{rows}")
    assert (reading.status, reading.error_count, reading.errors[0].column) == (
        "refused", 1, "Amount",
    )  # fmt: skip

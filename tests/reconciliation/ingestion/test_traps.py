"""Files in which a rule of detection once saw something that was not there."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from reconciliation.ingestion.layout import parse_options
from reconciliation.ingestion.reader import read_layout
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side


def read(folder: Path, text: str, options: str = "") -> Reading:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    return read_layout(path, 2, "", Side.BANK, parse_options(options), dt.date(2026, 11, 22))


def blocking(reading: Reading) -> list[str]:
    return [question.key for question in reading.questions if question.blocking]


def test_payments_alone_under_a_name_for_both_directions_keep_their_minus(tmp_path: Path) -> None:
    text = "Booked At;Text;Credit/Debit Amount\n2024-01-31;Shop;-38.65\n2024-02-13;Bar;-8.00\n"
    reading = read(tmp_path, text)
    assert (reading.status, reading.sum) == ("ready", "-46.65")


def test_ids_are_no_amounts_whatever_else_their_name_says(tmp_path: Path) -> None:
    rows = "2026-09-13;Coffee;3633257804\n2026-09-14;Tea;3633257805\n"
    reading = read(tmp_path, f"Date;Message;Payment Transaction ID\n{rows}")
    assert (reading.status, reading.rows) == ("refused", 0)


PAGES = "Date,Text,Amount,P\n2025-01-03,Rent,-700,12\n2025-01-04,Shop,-20,12\n"


def test_column_of_a_short_name_beside_the_amount_is_asked_about(tmp_path: Path) -> None:
    assert blocking(read(tmp_path, PAGES)) == ["cents"]
    sums = [read(tmp_path, PAGES, f"cents={how}").sum for how in ("joined", "apart")]
    assert sums == ["-720.24", "-720.00"]


def test_noughts_in_the_only_column_of_one_direction_are_asked_about(tmp_path: Path) -> None:
    text = "Date,Text,Outflow\n2025-01-03,Shop,5.00\n2025-01-04,Wages,0.00\n2025-01-05,Bar,7.00\n"
    assert blocking(read(tmp_path, text)) == ["style"]
    reading = read(tmp_path, text, "style=absolute")
    assert (reading.status, reading.rows, reading.sum) == ("ready", 3, "-12.00")


def test_days_that_turn_below_a_month_printed_once_are_no_days_of_it(tmp_path: Path) -> None:
    rows = "2025,3,30,Shop,-5.00\n,,31,Rent,-700.00\n,,1,Wages,1500.00\n,,2,Gas,-50.00\n"
    reading = read(tmp_path, f"Year,Month,Day,Text,Amount\n{rows}")
    assert [error.line for error in reading.errors] == [4, 5]


def test_one_row_of_the_same_text_at_the_end_of_every_day_is_asked_about(tmp_path: Path) -> None:
    days = ("3 February 2025", "Rent", "-700.00"), ("2 February 2025", "Wages", "1500.00")
    text = "".join(f"{day},\nBar,-3.00\n{what},{n}\nEnd of day,1000.00\n" for day, what, n in days)
    assert blocking(read(tmp_path, text)) == ["headed"]
    assert read(tmp_path, text, "dates=above").rows == 6

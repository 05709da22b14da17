"""Months stated above a table: the year, and the order, of dates without a year."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from reconciliation.ingestion.reader import read_layout
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side


def read(folder: Path, above: str, days: str) -> Reading:
    """Return the reading of a statement below a line that names its month."""
    path = folder / "list.csv"
    rows = [f"{day};shop;-5.00;{100 - 5 * i}.00" for i, day in enumerate(days.split())]
    path.write_text("\n".join([above, "Date;Text;Amount;Balance", *rows, ""]))
    return read_layout(path, 2, "", Side.BANK, {}, dt.date(2026, 11, 22))


@pytest.mark.parametrize(
    "above",
    ["Monat 03/2024", "Periode: 3/2024", "Kontoauszug für März 2024", "March 2024",
     "Statement for the month of March 2024", "Period: 2024-03", "2024年03月", "за март 2024"],
)  # fmt: skip
def test_month_above_the_table_gives_year_and_order(tmp_path: Path, above: str) -> None:
    reading = read(tmp_path, above, "03/05 03/07 03/11")
    assert (reading.questions, reading.first_date, reading.last_date) == (
        [],
        "2024-03-05",
        "2024-03-11",
    )


@pytest.mark.parametrize(
    "above", ["Card valid to 03/2029", "Customer since May 2019", "Ref 3/2024"]
)
def test_other_months_above_the_table_prove_nothing(tmp_path: Path, above: str) -> None:
    assert "year" in [q.key for q in read(tmp_path, above, "03/15 03/17 03/21").questions]


def test_days_after_the_stated_month_are_asked_about(tmp_path: Path) -> None:
    questions = read(tmp_path, "Monat 01/2024", "12/15 12/17 01/21").questions
    assert [q.key for q in questions] == ["year"]


def test_year_of_a_month_that_nothing_calls_the_period_is_offered_first(tmp_path: Path) -> None:
    reading = read(tmp_path, "カード 2024年01月 発行", "01/15 01/17 01/21")
    assert [a.option for a in reading.questions[0].answers][:2] == ["year=2024", "year=2026"]

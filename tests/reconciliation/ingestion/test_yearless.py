"""Yearless: dates of a day and a month alone are never read in an order that nothing proves."""

from __future__ import annotations

from pathlib import Path

from reconciliation.ingestion.layout import parse_options
from reconciliation.ingestion.reader import parse_file
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side


def read(folder: Path, above: str, days: str, chosen: str = "", head: str = "Date") -> Reading:
    """Return the reading of a statement with one row for each of the days."""
    path = folder / "list.csv"
    rows = [f"{day},shop,-5.00,{100 - 5 * i}.00" for i, day in enumerate(days.split())]
    path.write_text("\n".join([above, f"{head},Text,Amount,Balance", *rows, ""]))
    return parse_file(path, 2, "", Side.BANK, parse_options(chosen)).reading


def test_number_above_twelve_proves_that_the_month_comes_first(tmp_path: Path) -> None:
    reading = read(tmp_path, "Statement 2024-06-01 to 2024-06-30", "06/03 06/05 06/25")
    assert (reading.questions, reading.first_date, reading.last_date, reading.skipped) == (
        [],
        "2024-06-03",
        "2024-06-25",
        [],
    )


def test_stated_period_tells_which_of_two_numbers_is_the_month(tmp_path: Path) -> None:
    above = "Statement 2024-01-01 to 2024-01-12"
    assert read(tmp_path, above, "01/03 01/05 01/11").last_date == "2024-01-11"
    assert read(tmp_path, above, "03/01 05/01 11/01").last_date == "2024-01-11"


def test_order_that_nothing_proves_is_asked_with_the_days_read_both_ways(tmp_path: Path) -> None:
    reading = read(tmp_path, "Statement of 2024-12-31", "01/03 01/04 02/11")
    assert [q.key for q in reading.questions] == ["date_order"]
    assert [a.examples[0] for a in reading.questions[0].answers] == [
        "01/03 = 1 March",
        "01/03 = 3 January",
    ]
    assert read(tmp_path, "Statement of 2024-12-31", "01/03", "date_order=mdy").first_date == (
        "2024-01-03"
    )


def test_dates_with_dots_begin_with_the_day_and_east_asian_ones_with_the_month(
    tmp_path: Path,
) -> None:
    above = "Statement of 2024-12-31"
    assert read(tmp_path, above, "01.03. 01.04.").first_date == "2024-03-01"
    assert read(tmp_path, above, "01/03 01/04", head="交易日").first_date == "2024-01-03"


def test_days_after_the_stated_one_may_be_of_the_year_before(tmp_path: Path) -> None:
    above, days = "Statement of 2024-01-15", "12/29 12/30 01/11"
    [question] = read(tmp_path, above, days).questions
    assert [answer.option for answer in question.answers] == ["year=202312", "year=2024"]
    answered = read(tmp_path, above, days, "year=202312")
    assert (answered.first_date, answered.last_date) == ("2023-12-29", "2024-01-11")

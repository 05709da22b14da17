"""Totals and balances among the bookings: proved by arithmetic, asked where two readings fit."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from reconciliation.ingestion.reader import read_layout
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side


def read(path: Path, rows: list[str], answers: dict[str, str] | None = None) -> Reading:
    path = path / "list.csv"
    path.write_text("\n".join(["date,text,amount", *rows]) + "\n", encoding="utf-8")
    return read_layout(path, 2, "", Side.BANK, answers or {}, dt.date(2026, 1, 1))


def booked(amounts: list[str]) -> list[str]:
    return [f"2025-12-{day:02d},entry {day},{amount}" for day, amount in enumerate(amounts, 1)]


MOVES = booked(["10.00", "-4.50", "7.25", "-1.00", "3.10"])


def test_sum_without_a_text_is_left_out(tmp_path: Path) -> None:
    reading = read(tmp_path, [*MOVES, "2025-12-31,,14.85"])
    assert (reading.status, reading.rows, reading.sum) == ("ready", 5, "14.85")
    assert [note.line for note in reading.skipped] == [7]


@pytest.mark.parametrize(("answer", "rows"), [("proved", 5), ("both", 4), ("keep", 6)])
def test_sum_with_a_text_is_asked_about(tmp_path: Path, answer: str, rows: int) -> None:
    table = [*MOVES, "2025-12-31,Carried,14.85"]
    assert [q.key for q in read(tmp_path, table).questions if q.blocking] == ["totals"]
    chosen = read(tmp_path, table, {"totals": answer})
    assert (chosen.status, chosen.rows) == ("ready", rows)


def test_entry_that_brings_the_account_to_nought_is_a_booking(tmp_path: Path) -> None:
    reading = read(tmp_path, [*MOVES, "2025-12-31,Sweep,-14.85"])
    assert (reading.status, reading.rows, reading.sum) == ("ready", 6, "0.00")


def test_two_equal_amounts_are_bookings(tmp_path: Path) -> None:
    assert read(tmp_path, booked(["5.00", "5.00"])).rows == 2


def monthly(*amounts: tuple[str, str]) -> list[str]:
    return [f"2025-{n // 2 + 1:02d}-05,{text},{amount}" for n, (text, amount) in enumerate(amounts)]


@pytest.mark.parametrize(
    "rows",
    [
        monthly(*[("Netflix", "-9.99"), ("Spotify", "-9.99")] * 4),
        monthly(("Fuel", "-50"), ("Bar", "-10"), ("Fuel", "-60"), ("Rent", "-800"), ("Gym", "-20")),
        monthly(("Rent", "-500"), ("A", "-20"), ("B", "20"), ("C", "-10"), ("Rent", "-510")),
    ],
)
def test_round_amounts_that_fit_by_chance_are_bookings(tmp_path: Path, rows: list[str]) -> None:
    reading = read(tmp_path, rows)
    assert (reading.status, reading.rows, reading.skipped) == ("ready", len(rows), [])


def test_rows_that_fit_with_little_to_prove_it_are_asked_about(tmp_path: Path) -> None:
    pay = [
        ("Salary", "3000"),
        ("Food", "-50"),
        ("Salary", "2950"),
        ("Rent", "-800"),
        ("Bus", "-10"),
    ]
    reading = read(tmp_path, monthly(*pay))
    assert [q.key for q in reading.questions if q.blocking] == ["totals"]
    assert read(tmp_path, monthly(*pay), {"totals": "keep"}).rows == 5


@pytest.mark.parametrize(
    "last", ["2025-03-04,Interest,0.00,1000.00", "2025-03-04,Pay,5.00,1005.00"]
)
def test_last_row_that_the_balance_explains_is_a_booking(tmp_path: Path, last: str) -> None:
    rows = ["2025-03-01,Deposit,1000.00,1000.00", "2025-03-02,Rent,-100.00,900.00"]
    rows = ["date,text,amount,balance", *rows, "2025-03-03,Back,100.00,1000.00", last]
    path = tmp_path / "list.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert read_layout(path, 2, "", Side.BANK, {}, dt.date(2026, 1, 1)).rows == 4

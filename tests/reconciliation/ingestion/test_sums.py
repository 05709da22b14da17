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

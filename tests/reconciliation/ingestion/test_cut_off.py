"""A file that was cut off inside its last amount is a row error, not a smaller amount."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from reconciliation.ingestion.reader import read_layout
from reconciliation.vocabulary import Side

WHOLE = "Date,Text,Amount\n" + "".join(f"2025-03-{day},Shop,-{day}0.00\n" for day in range(11, 17))


@pytest.mark.parametrize(("cut", "errors"), [(1, 0), (2, 1), (3, 1), (4, 1)])
def test_last_amount_with_fewer_decimals_and_no_line_end_is_an_error(
    tmp_path: Path, cut: int, errors: int
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(WHOLE[:-cut])
    reading = read_layout(path, 2, "", Side.BANK, {}, dt.date(2026, 1, 1))
    assert (reading.error_count, reading.rows) == (errors, 6 - errors)


def test_whole_amounts_everywhere_say_nothing(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(WHOLE.replace(".00", "")[:-1])
    reading = read_layout(path, 2, "", Side.BANK, {}, dt.date(2026, 1, 1))
    assert (reading.status, reading.rows) == ("ready", 6)

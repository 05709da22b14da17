"""Stray NULs: a row with one is a row error and never read as if it were not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciliation.ingestion.layout import parse_options
from reconciliation.ingestion.reader import read_layout
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side

ROWS = b"".join(b"2025-01-%02d,shop,-5.%02d\r\n" % (day, day) for day in range(10, 20))


def read(folder: Path, row: bytes, chosen: str = "") -> Reading:
    """Return the reading of ten good rows and another one."""
    path = folder / "list.csv"
    path.write_bytes(b"Date,Text,Amount\r\n" + ROWS + row + b"\r\n")
    return read_layout(path, 2, "", Side.BANK, parse_options(chosen))


@pytest.mark.parametrize("chosen", ["", "encoding=utf-8"])
@pytest.mark.parametrize(
    "row", [b"2025-01-21,a\0b,1.00", b"2025-01-21,ab,1\x0000.00", b"2025-01-2\x001,ab,1.00"]
)
def test_row_with_a_stray_nul_is_a_row_error(tmp_path: Path, row: bytes, chosen: str) -> None:
    reading = read(tmp_path, row, chosen)
    assert (reading.status, [e.line for e in reading.errors]) == ("refused", [12])
    assert [a.option for q in reading.questions for a in q.answers] == ["errors=skip"]


def test_other_rows_can_be_imported_without_that_with_a_nul(tmp_path: Path) -> None:
    reading = read(tmp_path, b"2025-01-21,ab,1\x0000.00", "errors=skip")
    assert (reading.status, reading.rows, reading.error_count) == ("ready", 10, 1)


def test_reading_of_a_row_with_a_nul_can_be_stored(tmp_path: Path) -> None:
    stored = read(tmp_path, b"2025-01-21,a\0b,1.00").to_json()
    assert stored["errors"][0]["text"] == "a\N{SYMBOL FOR NULL}b"
    assert "\\u0000" not in json.dumps(stored)


def test_nul_in_the_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"Date,Te\0xt,Amount\r\n" + ROWS)
    assert "The header contains" in read_layout(path, 2, "", Side.BANK, {}).messages[0]


def test_tail_of_nuls_is_refused(tmp_path: Path) -> None:
    reading = read(tmp_path, b"\0" * 5000)
    assert "Line 12 contains a control character (byte 00)" in reading.messages[0]

"""Formulas that were saved without their value: said, also where nothing can be read without."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from openpyxl import Workbook

from reconciliation.ingestion.reader import read_layout
from reconciliation.vocabulary import Side


def test_amounts_that_are_formulas_without_values_are_said_to_be_so(tmp_path: Path) -> None:
    book, path = Workbook(), tmp_path / "list.xlsx"
    book.active.append(["Date", "Text", "Amount"])
    for day in (13, 14):
        book.active.append([dt.date(2025, 3, day), "Rent", f"=-{day}"])
    book.save(path)
    reading = read_layout(path, 2, "", Side.BANK, {}, dt.date(2026, 1, 1))
    assert reading.status == "refused"
    assert any("Formulas without a saved value" in said for said in reading.messages)

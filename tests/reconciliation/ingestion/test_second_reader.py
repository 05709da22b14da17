"""A sheet with an error value that calamine does not know is read by openpyxl instead."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineError, CalamineWorkbook

from reconciliation.ingestion.formats.sheets import sheet_rows


@pytest.fixture
def spilled(tmp_path: Path) -> Path:
    """A workbook with #SPILL! beside the table, as Excel writes it."""
    plain, path = tmp_path / "plain.xlsx", tmp_path / "spilled.xlsx"
    workbook = openpyxl.Workbook()
    for row in (["Date", "Text", "Amount"], ["2025-12-01", "Rent", -1200], ["2025-12-02", "", 5.5]):
        workbook.active.append(row)
    workbook.active["E2"] = "here"
    workbook.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name.endswith("sheet1.xml"):
                cell = b'<c r="E2" t="e"><v>#SPILL!</v></c>'
                text = re.sub(rb'<c r="E2".*?</c>', cell, text)
            target.writestr(name, text)
    return path


def test_unknown_error_value_does_not_hide_the_sheet(spilled):
    with pytest.raises(CalamineError):
        CalamineWorkbook.from_path(spilled).get_sheet_by_name("Sheet")
    assert [row[:3] for row in sheet_rows(spilled, "Sheet")] == [
        ["Date", "Text", "Amount"],
        ["2025-12-01", "Rent", -1200.0],
        ["2025-12-02", "", 5.5],
    ]

"""Number formats that say debit or credit: the figure in such a cell has no sign of its own."""

from __future__ import annotations

import datetime as dt
import zipfile
from contextlib import nullcontext
from pathlib import Path

import pytest
from openpyxl import Workbook

from reconciliation.ingestion.formats.number_formats import (
    as_shown,
    refuse_unread_marks,
    sections_of,
)
from reconciliation.ingestion.limits import Unreadable
from reconciliation.ingestion.reader import parse_batches, parse_file
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side


def read(folder: Path, cells: list[tuple[float, str]]) -> tuple[Reading, list[int]]:
    """Return the reading and the amounts of a workbook whose amounts have these formats."""
    book, path = Workbook(), folder / "list.xlsx"
    book.active.append(["Date", "Particulars", "Amount"])
    for row, (value, code) in enumerate(cells, 2):
        book.active.append([dt.date(2025, 3, row + 11), f"Text {row}", value])
        book.active.cell(row, 3).number_format = code
    book.save(path)
    parsed = parse_file(path, 2, "", Side.BANK, {}, dt.date(2026, 1, 1))
    if parsed.layout is None or parsed.reading.status != "ready":
        return parsed.reading, []
    batches = parse_batches(path, parsed.layout, parsed.header, Side.BANK, 2)
    return parsed.reading, [a for b in batches for a in b.lines.amount_minor.tolist()]


@pytest.mark.parametrize(
    ("debit", "credit"),
    [
        ('0.00" Dr"', '0.00" Cr"'),
        ('""0.00" Dr"', '""0.00" Cr"'),
        ('#,##0.00 "S"', '#,##0.00 "H"'),
        ('"Soll "0.00', '"Haben "0.00'),
        ("0.00\\ \\D\\r", "0.00\\ \\C\\r"),
        ('[>=100000]##\\,##\\,##0.00" Dr";0.00" Dr"', '[>=100000]##\\,##0.00" Cr";0.00" Cr"'),
    ],
)
def test_sides_in_formats_are_the_signs_of_their_figures(
    tmp_path: Path, debit: str, credit: str
) -> None:
    cells = [(12.5, debit), (1000.0, credit), (7.25, debit), (0.1 + 0.2, credit)]
    assert read(tmp_path, cells)[1] == [-1250, 100000, -725, 30]


def test_minus_that_only_a_format_writes_is_the_sign_of_its_figure(tmp_path: Path) -> None:
    codes = (
        '"-"#,##0.00',
        "-0.00",
        "(0.00)",
        '0.00"-"',
        "000-000",
        "_-* 0.00_-;-* 0.00_-",
        '"No-"0',
    )
    cells = [(5.0, code) for code in codes]
    assert read(tmp_path, cells)[1] == [-500, -500, -500, -500, 500, 500, 500]


def test_formats_that_colour_scale_or_count_change_no_figure(tmp_path: Path) -> None:
    codes = ("[Red]0.00", "#,##0,", '0.00" EUR"', '0.00_);(0.00);"-"')
    cells = [(-12000.5, codes[0]), (5000.0, codes[1]), (7.25, codes[2]), (-3.0, codes[3])]
    assert read(tmp_path, cells)[1] == [-1200050, 500000, 725, -300]


def test_second_section_of_a_format_writes_negative_figures_without_a_minus() -> None:
    sections = sections_of('0.00" Dr";0.00" Cr";0.00')
    assert [as_shown(v, sections) for v in (5.0, -5.5, 0.0)] == ["5.00 Dr", "5.50 Cr", 0.0]


@pytest.mark.parametrize(
    ("text", "is_marked"),
    [(" Dr", True), ("Soll", True), (" EUR", False), ("credit card", False)],
)
def test_formats_of_other_workbooks_that_say_a_side_are_refused(
    tmp_path: Path, text: str, is_marked: bool
) -> None:
    ods, xls = tmp_path / "a.ods", tmp_path / "a.xls"
    with zipfile.ZipFile(ods, "w") as archive:
        archive.writestr("content.xml", f"<number:text>{text}</number:text>")
    xls.write_bytes(f'\x1e\x040.00"{text}"'.encode("utf-16-le"))
    for path in (ods, xls):
        with pytest.raises(Unreadable) if is_marked else nullcontext():
            refuse_unread_marks(path, path.suffix[1:])

"""The workbook file: XlsxWriter lays out every sheet, long tables are streamed into their place.

XlsxWriter knows styles, widths, filters and formulas with cached values, but is slow row by row. So
a long table is laid out with one sample row, and when the file is closed the sample is replaced by
the streamed rows, which carry its styles. Memory stays flat whatever the number of rows.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reconciliation.reporting.cells import (
    Column,
    Kind,
    clean_text,
    column_letters,
    row_renderer,
)

#: Rows a sheet can hold below its header; what is more goes on in a second sheet.
SHEET_ROWS = 1_048_575
BATCH_ROWS = 2_000
COMPRESSION = 3
#: From this many rows on a sheet may pass 2 GiB, which only the 64-bit form of a zip can hold.
BIG_SHEET_ROWS = 300_000

_SAMPLE_ROW = re.compile(r'<row r="2".*?</row>', re.DOTALL)
_STYLE = re.compile(r'<c r="[A-Z]+2" s="(\d+)"')
_WORKBOOK_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table that fills a sheet of its own: a header and ``row_count`` streamed rows."""

    name: str
    columns: Sequence[Column]
    row_count: int
    rows: Generator[Sequence[Any]]


@dataclass(slots=True)
class _Placed:
    """One sheet's part of a table."""

    columns: Sequence[Column]
    row_count: int
    rows: Iterator[Sequence[Any]]


class Looks:
    """The formats of a workbook, by kind of cell; bold ones for totals."""

    def __init__(self, book: xlsxwriter.Workbook, decimals: int) -> None:
        """Make the formats for amounts with so many decimals."""
        places = "." + "0" * decimals if decimals else ""
        self._book = book
        self._numbers = {
            Kind.TEXT: "General",
            Kind.DATE: "yyyy-mm-dd",
            Kind.TIME: "yyyy-mm-dd hh:mm:ss",
            Kind.AMOUNT: f"#,##0{places}",
            Kind.NUMBER: "#,##0",
            Kind.PERCENT: "0.0%",
        }
        self._made: dict[tuple[Kind, bool], Format] = {}
        head = {"bold": True, "bg_color": "#E7ECF3", "bottom": 1, "valign": "top"}
        self.header = book.add_format(head | {"text_wrap": True})
        self.number_header = book.add_format(head | {"align": "right"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})

    def header_of(self, kind: Kind) -> Format:
        """Return the format of the title of a column of that kind."""
        is_text = kind in (Kind.TEXT, Kind.DATE, Kind.TIME)
        return self.header if is_text else self.number_header

    def of(self, kind: Kind, *, total: bool = False) -> Format:
        """Return the format for cells of the kind; ``total`` makes it bold below a line."""
        if (kind, total) not in self._made:
            look: dict[str, Any] = {"num_format": self._numbers[kind]}
            if kind in (Kind.DATE, Kind.TIME):
                look |= {"align": "left"}
            if total:
                look |= {"bold": True, "top": 1}
            self._made[kind, total] = self._book.add_format(look)
        return self._made[kind, total]


@dataclass(slots=True)
class Book:
    """A workbook being written to ``target``; add sheets in order, then ``finish``."""

    target: Path
    decimals: int
    title: str = ""
    _folder: Path = field(init=False)
    _book: xlsxwriter.Workbook = field(init=False)
    _placed: dict[str, _Placed] = field(init=False, default_factory=dict)
    looks: Looks = field(init=False)

    def __post_init__(self) -> None:
        """Open the skeleton in a folder of its own."""
        self._folder = Path(tempfile.mkdtemp(prefix="workbook-"))
        self._book = xlsxwriter.Workbook(str(self._folder / "skeleton.xlsx"), _WORKBOOK_OPTIONS)
        self._book.set_properties({"title": clean_text(self.title)})
        self.looks = Looks(self._book, self.decimals)

    def add_sheet(self, name: str, widths: Sequence[int]) -> Worksheet:
        """Return an empty sheet with columns of these widths, to be written cell by cell."""
        sheet = self._book.add_worksheet(name)
        for position, width in enumerate(widths):
            sheet.set_column(position, position, width)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def add_table(self, table: Table) -> None:
        """Place the table on a sheet, or on several when it has more rows than one can hold."""
        for part, name in enumerate(sheet_names(table.name, table.row_count)):
            count = min(table.row_count - part * SHEET_ROWS, SHEET_ROWS)
            sheet = self.add_sheet(name, [column.width for column in table.columns])
            for position, column in enumerate(table.columns):
                sheet.write_string(0, position, column.title, self.looks.header_of(column.kind))
                sheet.write_blank(1, position, None, self.looks.of(column.kind))
            sheet.freeze_panes(1, 0)
            sheet.repeat_rows(0)
            sheet.autofilter(0, 0, max(count, 1), len(table.columns) - 1)
            file_name = f"xl/worksheets/sheet{len(self._book.worksheets())}.xml"
            self._placed[file_name] = _Placed(table.columns, count, table.rows)

    def finish(self, progress: Callable[[int], None]) -> None:
        """Write the file; ``progress`` is told the number of rows written so far."""
        try:
            self._book.close()
            with (
                zipfile.ZipFile(self._folder / "skeleton.xlsx") as skeleton,
                zipfile.ZipFile(
                    self.target, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION
                ) as finished,
            ):
                self._copy_parts(skeleton, finished, progress)
        finally:
            self.discard()

    def discard(self) -> None:
        """Remove the skeleton."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _copy_parts(
        self,
        skeleton: zipfile.ZipFile,
        finished: zipfile.ZipFile,
        progress: Callable[[int], None],
    ) -> None:
        written = 0
        for entry in skeleton.infolist():
            placed = self._placed.get(entry.filename)
            if placed is None:
                finished.writestr(entry.filename, skeleton.read(entry))
                continue
            sheet = skeleton.read(entry).decode()
            for count in _stream_sheet(finished, entry.filename, sheet, placed, self.decimals):
                written += count
                progress(written)


def sheet_names(name: str, row_count: int) -> list[str]:
    """Return the names of the sheets a table of so many rows fills."""
    more = range(2, -(-row_count // SHEET_ROWS) + 1)
    return [name, *(f"{name} ({number})" for number in more)]


def _stream_sheet(
    finished: zipfile.ZipFile, file_name: str, sheet: str, placed: _Placed, decimals: int
) -> Iterator[int]:
    """Write the sheet with its sample row replaced by the rows; yield the size of each batch."""
    sample = _SAMPLE_ROW.search(sheet)
    assert sample is not None, "a table's sheet is laid out with a sample row"
    styles = [int(style) for style in _STYLE.findall(sample.group())]
    render = row_renderer(placed.columns, styles, decimals)
    last = f"{column_letters(len(placed.columns) - 1)}{max(placed.row_count, 1) + 1}"
    head = re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="A1:{last}"', sheet[: sample.start()])
    is_big = placed.row_count > BIG_SHEET_ROWS
    with finished.open(file_name, "w", force_zip64=is_big) as out:
        out.write(head.encode())
        rows = enumerate(islice(placed.rows, placed.row_count), start=2)
        while batch := [render(number, values) for number, values in islice(rows, BATCH_ROWS)]:
            out.write("".join(batch).encode())
            yield len(batch)
        out.write(sheet[sample.end() :].encode())

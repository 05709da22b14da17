"""Parse: a file's bytes → its records, block by block, nothing interpreted yet.

A record is a list of cells: text for text files, text, numbers and dates for sheets. Memory is one
block for text files; a sheet is held once, in its reader.
"""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO, TextIOWrapper
from itertools import chain, islice
from os import SEEK_CUR
from pathlib import Path
from typing import Any, Literal

from reconciliation.ingestion import fixed_width
from reconciliation.ingestion.fill import date_below, filled_down
from reconciliation.ingestion.formats.bank_formats import NAMES as FORMATS
from reconciliation.ingestion.formats.bank_formats import table_rows
from reconciliation.ingestion.formats.sheets import sheet_rows
from reconciliation.ingestion.formats.written import WRITTEN, written_rows
from reconciliation.ingestion.joined import joined_rows
from reconciliation.ingestion.layout import Layout
from reconciliation.ingestion.limits import MAX_CELL_CHARS, MAX_COLUMNS, MAX_ROWS, Unreadable
from reconciliation.ingestion.plain import PlainRows, plain_rows
from reconciliation.ingestion.reshaping.reshape import in_pieces, reshaped

#: Records per block: large enough for whole-array work, small enough to keep memory flat.
BLOCK_ROWS = 50_000
#: A line behind the last one: where it is no row of its own, a quotation mark stayed open.
_END = "end"


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive records: ``start`` is the 0-based number of the first, ``lines`` where each
    begins (1-based line of the text file or row of the sheet).
    """

    start: int
    rows: Sequence[list[Any]]
    lines: Sequence[int]


def blocks(
    path: Path, layout: Layout, size: int = BLOCK_ROWS, *, by_column: bool = False
) -> Iterator[Block]:
    """Return the records of a text file or of the layout's sheet, from the first one on.

    ``by_column``: where they are plain, they may come as columns instead of a list.
    """
    if layout.format == "text":
        blocks_of = column_blocks if by_column and _may_be_plain(layout) else text_blocks
        source = blocks_of(path, layout.encoding, layout.delimiter, layout.quoting, size)
        if layout.joined:
            source = (replace(b, rows=list(joined_rows(b.rows, layout.joined))) for b in source)
    elif layout.format in WRITTEN:
        source = _sheet_blocks(iter(written_rows(path, layout.format)), size)
    elif layout.format in FORMATS:
        source = _sheet_blocks(table_rows(path, layout.format), size)
    else:
        source = _sheet_blocks(sheet_rows(path, layout.sheet), size)
    if layout.reshaped:
        source = _reshaped_blocks(source, layout.reshaped, size)
    if layout.filled_column is not None:
        source = _filled_blocks(source, layout.filled_column)
    for block in source:
        if block.start + len(block.rows) > MAX_ROWS:
            raise Unreadable(f"The file has more than {MAX_ROWS:,} rows; split it.")
        _check_width(block)
        yield block


def _reshaped_blocks(source: Iterator[Block], steps: Sequence[str], size: int) -> Iterator[Block]:
    """Return the blocks of a table that is made into another one."""
    records = ((row, line) for b in source for row, line in zip(b.rows, b.lines, strict=True))
    start = 0
    for piece in in_pieces(reshaped(records, steps), size):
        yield Block(start, [row for row, _ in piece], [line for _, line in piece])
        start += len(piece)


def _filled_blocks(source: Iterator[Block], column: int) -> Iterator[Block]:
    """Return the blocks with the date above in the empty cells of a column."""
    above: Any = ""
    for block in source:
        rows = list(filled_down(block.rows, column, above))
        above = date_below(rows, column, above)
        yield replace(block, rows=rows)


def text_blocks(
    path: Path, encoding: str, delimiter: str, quoting: str = "double", size: int = BLOCK_ROWS
) -> Iterator[Block]:
    """Return the records of a delimited text file."""
    with path.open(encoding=encoding, errors="strict", newline="") as stream:
        yield from record_blocks(stream, delimiter, quoting, size)


def _may_be_plain(layout: Layout) -> bool:
    one_mark = len(layout.delimiter) == 1 and layout.delimiter.isascii()
    return one_mark and layout.encoding in ("utf-8", "utf-8-sig")


def column_blocks(
    path: Path, encoding: str, delimiter: str, quoting: str, size: int
) -> Iterator[Block]:
    """Return the records of a delimited text file in UTF-8, as columns where they are plain.

    From the first row on that is longer than its line, csv.reader finds where rows end.
    """
    start = 0
    with path.open("rb") as stream:
        stream.seek(len(BOM_UTF8) if encoding == "utf-8-sig" else 0)
        while lines := list(islice(stream, size)):
            rows = _rows_of_lines(lines, delimiter, quoting)
            if rows is None:
                break
            yield Block(start, rows, range(start + 1, start + len(lines) + 1))
            start += len(lines)
        stream.seek(-sum(map(len, lines)), SEEK_CUR)
        rest = TextIOWrapper(stream, "utf-8", "strict", newline="")
        yield from record_blocks(rest, delimiter, quoting, size, start)


def _rows_of_lines(lines: list[bytes], delimiter: str, quoting: str) -> Sequence[list[str]] | None:
    """Return the rows that are a line each; None where one may be longer or shorter."""
    text = b"".join(lines)
    if b"\r" in text:
        if not text.count(b"\r\n") == text.count(b"\r") == len(lines):
            return None
        text = text.replace(b"\r\n", b"\n")
    text += b"" if text.endswith(b"\n") else b"\n"
    mark = "" if quoting == "none" else _quotation_mark(quoting)
    if rows := plain_rows(text, len(lines), delimiter, mark):
        return rows
    with_end = chain(StringIO(text.decode(), newline="\n"), [_END])
    try:
        found = list(_reader(with_end, delimiter, quoting))
    except csv.Error:
        return None
    return found[:-1] if len(found) == len(lines) + 1 and found[-1] == [_END] else None


def record_blocks(
    lines: Iterable[str], delimiter: str, quoting: str, size: int = BLOCK_ROWS, first: int = 0
) -> Iterator[Block]:
    """Return the records that ``lines`` of delimited text hold, ``first`` lines below the first."""
    if delimiter.startswith(fixed_width.MARK):
        yield from _sheet_blocks(fixed_width.split_lines(lines, delimiter), size)
        return
    reader = _reader(lines, delimiter, quoting)
    start, line = first, first
    while True:
        try:
            rows = list(islice(reader, size))
        except csv.Error as error:
            raise Unreadable(
                f"The text cannot be split into cells after line {first + reader.line_num:,}: "
                f"{error}. "
                "A quotation mark may be missing."
            ) from error
        if not rows:
            return
        yield Block(start, rows, _line_numbers(rows, line, first + reader.line_num))
        start, line = start + len(rows), first + reader.line_num


def _reader(lines: Iterable[str], delimiter: str, quoting: str) -> Any:
    csv.field_size_limit(MAX_CELL_CHARS * 4)
    style: Literal[0, 3] = csv.QUOTE_NONE if quoting == "none" else csv.QUOTE_MINIMAL
    mark = _quotation_mark(quoting)
    return csv.reader(lines, delimiter=delimiter, quoting=style, quotechar=mark)


def _quotation_mark(quoting: str) -> str:
    return "'" if quoting == "single" else '"'


def _line_numbers(rows: list[list[str]], before: int, after: int) -> Sequence[int]:
    """Return the line each record begins at; quoted line breaks make records longer than a line."""
    if after - before == len(rows):
        return range(before + 1, after + 1)
    numbers, line = [], before + 1
    for row in rows:
        numbers.append(line)
        line += 1 + sum(_line_breaks(cell) for cell in row)
    return numbers


def _line_breaks(cell: str) -> int:
    if "\n" not in cell and "\r" not in cell:
        return 0
    return cell.count("\n") + cell.count("\r") - cell.count("\r\n")


def _sheet_blocks(rows: Iterator[list[Any]], size: int) -> Iterator[Block]:
    start = 0
    while block := list(islice(rows, size)):
        yield Block(start, block, range(start + 1, start + len(block) + 1))
        start += len(block)


def _check_width(block: Block) -> None:
    """Refuse records with more cells than a table has, empty cells at the end not counted."""
    if isinstance(block.rows, PlainRows) or max(map(len, block.rows)) <= MAX_COLUMNS:
        return
    for row, line in zip(block.rows, block.lines, strict=True):
        if len(row) > MAX_COLUMNS:
            while row and row[-1] in ("", None):
                row.pop()
            if len(row) > MAX_COLUMNS:
                raise Unreadable(
                    f"Line {line:,} has {len(row):,} columns; a table of bookings has fewer than "
                    f"{MAX_COLUMNS}."
                )


def columns_of(rows: Sequence[list[Any]], width: int) -> list[Sequence[Any]]:
    """Return the records turned into ``width`` columns of equal length, "" where a record is
    short.
    """
    if isinstance(rows, PlainRows):
        missing = [[""] * len(rows)] * max(width - len(rows.columns), 0)
        return [*rows.columns[:width], *missing]
    lengths = set(map(len, rows))
    if lengths == {width}:
        return list(zip(*rows, strict=True))
    padding = [""] * width
    return list(zip(*[(row + padding)[:width] for row in rows], strict=True))

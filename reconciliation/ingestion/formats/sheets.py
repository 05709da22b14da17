"""Sheets of a workbook: which there are, what Excel hides in them, and their cells row by row."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
)

from reconciliation.ingestion.formats.number_formats import marked_rows, marked_styles
from reconciliation.ingestion.formats.second_reader import can_read, second_rows
from reconciliation.ingestion.limits import MAX_CELLS, Unreadable
from reconciliation.ingestion.safety import blocks_of, guarded_parser

_ROW_OR_CELL = re.compile(rb"<(?:\w+:)?(?:row|c)\b[^>]*?\sr=\"([A-Z]*\d*)\"")
_PLAIN_ROW_OR_CELL = re.compile(rb"<(?:row|c)\b[^>]*?\sr=\"([A-Z]*\d*)\"")
_LETTERS = bytes(range(65, 91))
#: The longest name of a place in a sheet: three letters and seven digits.
_LONGEST = 10
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\shidden=\"(?:1|true)\"")
_HIDDEN_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^>]*?\shidden=\"(?:1|true)\"")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_NEGATIVE_STRING = re.compile(rb"\st=\"s\"[^>]*>\s*<(?:\w+:)?v>\s*-")
_MINUS = re.compile(rb"v>\s*-")
_ISO_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?\st=\"d\"")

_LAST_SHEET: dict[tuple[Path, int, int, int, str], CalamineSheet] = {}


@dataclass(slots=True)
class SheetFacts:
    """What the XML of one sheet says that its cell values do not."""

    hidden_rows: int = 0
    hidden_columns: int = 0
    formulas: int = 0
    without_value: list[str] = field(default_factory=list)
    iso_dates: bool = False
    last_row: int = 0
    last_column: int = 0


def sheet_names(path: Path) -> list[tuple[str, bool]]:
    """Return (name, visible) of every sheet, in the workbook's order."""
    workbook = open_workbook(path)
    sheets = workbook.sheets_metadata
    if not sheets:
        raise Unreadable("The workbook has no sheet.")
    return [(sheet.name, sheet.visible == SheetVisibleEnum.Visible) for sheet in sheets]


def open_workbook(path: Path) -> CalamineWorkbook:
    """Open the workbook; raises Unreadable where it is damaged or protected."""
    try:
        with path.open("rb") as stream:
            return CalamineWorkbook.from_filelike(stream)
    except PasswordError as error:
        raise Unreadable(
            "The workbook is password-protected; save it without a password."
        ) from error
    except (CalamineError, IndexError, ValueError, OSError) as error:
        raise Unreadable(f"The workbook is damaged and cannot be opened ({error}).") from error


def sheet_rows(path: Path, name: str) -> Iterator[list[Any]]:
    """Return the rows of one sheet from row 1 on, each from column A on, with typed cells; a figure
    whose number format writes debit or credit beside it is text.
    """
    rows, styles = _rows_as_kept(path, name), marked_styles(path)
    if not styles:
        return rows
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, name)
    return marked_rows(path, part, rows, styles)


def _rows_as_kept(path: Path, name: str) -> Iterator[list[Any]]:
    try:
        sheet = _sheet(path, name)
    except (CalamineError, IndexError, ValueError, OSError) as error:
        if "Unsupported cell error value" in str(error) and can_read(path):
            yield from second_rows(path, name)
            return
        raise Unreadable(f"Sheet “{name}” is damaged and cannot be read ({error}).") from error
    try:
        if sheet.start is None or sheet.end is None:
            return
        left = [""] * sheet.start[1]
        for row in sheet.iter_rows():
            yield left + row if left else row
    except (CalamineError, IndexError, ValueError, OSError) as error:
        raise Unreadable(f"Sheet “{name}” is damaged and cannot be read ({error}).") from error


def _sheet(path: Path, name: str) -> CalamineSheet:
    """Return one sheet of a workbook; the last one stays open, for it is looked at twice."""
    found = path.stat()
    key = (path, found.st_ino, found.st_size, found.st_mtime_ns, name)
    if key not in _LAST_SHEET:
        _LAST_SHEET.clear()
        _LAST_SHEET[key] = open_workbook(path).get_sheet_by_name(name)
    return _LAST_SHEET[key]


def sheet_facts(path: Path, name: str) -> SheetFacts:
    """Check the XML of one XLSX sheet and return what is hidden in it.

    Raises Unreadable where two readers could see different rows: doubled or disordered cells, rows
    outside a sheet, an area no table has.
    """
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, name)
        facts, last_key = SheetFacts(), -1
        for text in _windows(archive, part):
            last_key = _check_positions(text, facts, last_key)
            _look_inside(text, facts)
    if facts.last_row * max(facts.last_column, 1) > MAX_CELLS:
        raise Unreadable(
            f"Sheet “{name}” reaches to row {facts.last_row:,}, column {facts.last_column:,}: "
            "a stray cell far outside the table. Delete it in Excel and try again."
        )
    return facts


def _windows(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Return the sheet's XML in pieces that end between two rows."""
    rest = b""
    for block in blocks_of(archive, part):
        text = rest + block
        if not rest and text[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise Unreadable("The sheet is written in UTF-16, which Excel never does.")
        cut = text.rfind(b"<row") if text.rfind(b"<row") > 0 else text.rfind(b":row")
        if cut <= 0:
            rest = text
            continue
        yield text[:cut]
        rest = text[cut:]
    yield rest


def _check_positions(text: bytes, facts: SheetFacts, last_key: int) -> int:
    """Prove that rows and cells come once and in order; returns the last position seen."""
    prefixed = b":row" in text or b":c" in text
    found = (_ROW_OR_CELL if prefixed else _PLAIN_ROW_OR_CELL).findall(text)
    if not found:
        return last_key
    rows, columns = _positions(found)
    if rows.min() < 1 or rows.max() > 1_048_576 or columns.max() > 16_384:
        raise Unreadable("The sheet names a cell outside of what a sheet can have.")
    keys = rows * 20_000 + columns
    if keys[0] <= last_key or np.any(np.diff(keys) <= 0):
        where = found[int(np.argmax(np.diff(keys, prepend=last_key) <= 0))].decode()
        raise Unreadable(
            f"The sheet is damaged: cell or row {where} is doubled or out of order, so one value "
            "would "
            "hide another."
        )
    facts.last_row = max(facts.last_row, int(rows.max()))
    facts.last_column = max(facts.last_column, int(columns.max()))
    return int(keys[-1])


def _positions(found: list[bytes]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return row and column of names like AB12; the column of a row element is 0, before its
    cells.
    """
    if max(map(len, found)) > _LONGEST:
        return _odd_positions(found)
    letters = np.array(found, f"S{_LONGEST}").view(np.uint8).reshape(len(found), _LONGEST)
    rows, columns = np.zeros(len(found), np.int64), np.zeros(len(found), np.int64)
    for letter in letters.T.astype(np.int64):
        columns = np.where(letter >= 65, columns * 26 + letter - 64, columns)
        rows = np.where((letter >= 48) & (letter < 65), rows * 10 + letter - 48, rows)
    return (rows, columns) if 0 < rows.min() <= rows.max() <= 9_999_999 else _odd_positions(found)


def _odd_positions(found: list[bytes]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return row and column of names one by one; refuse rows that no sheet can have."""
    pairs = [(name.rstrip(b"0123456789"), name.lstrip(_LETTERS)) for name in found]
    if any(len(digits) > 7 or not digits for _, digits in pairs):
        raise Unreadable("The sheet names a row that no sheet has (more than 1,048,576).")
    rows = np.array([int(digits) for _, digits in pairs], np.int64)
    return rows, np.array([_column_rank(letters) for letters, _ in pairs], np.int64)


def _column_rank(letters: bytes) -> int:
    """Return 1 for A, 27 for AA; 0 for a row element, which comes before its cells."""
    rank = 0
    for letter in letters[:4]:
        rank = rank * 26 + letter - 64
    return rank


def _look_inside(text: bytes, facts: SheetFacts) -> None:
    """Count hidden rows and formulas, and list formulas that were saved without a value."""
    if b'hidden="' in text:
        facts.hidden_rows += len(_HIDDEN_ROW.findall(text))
        facts.hidden_columns += len(_HIDDEN_COLUMN.findall(text))
    facts.iso_dates = facts.iso_dates or (b't="d"' in text and _ISO_CELL.search(text) is not None)
    if b't="s"' in text and _MINUS.search(text) and _NEGATIVE_STRING.search(text):
        raise Unreadable("The sheet is damaged: it points to a text that does not exist.")
    if not (b"<f" in text or b":f" in text) or not (count := len(_FORMULA.findall(text))):
        return
    facts.formulas += count
    for attributes, inner in _CELL.findall(text):
        if _FORMULA.search(inner) and not re.search(rb"<(?:\w+:)?(?:v|is)>[^<]", inner):
            where = re.search(rb"\sr=\"([A-Z]+\d+)\"", attributes)
            facts.without_value.append(where[1].decode() if where else "?")


def _part_of(archive: zipfile.ZipFile, name: str) -> str:
    """Return the path inside the zip of the sheet called ``name``."""
    ids: dict[str, str] = {}
    targets: dict[str, dict[str, str]] = {}

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "sheet":
            wanted = [v for k, v in attributes.items() if k.rpartition(":")[2] == "id" and ":" in k]
            ids[attributes.get("name", "")] = wanted[0] if wanted else ""

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship":
            targets[attributes.get("Id", "")] = attributes

    for part, watch in (("xl/workbook.xml", sheet), ("xl/_rels/workbook.xml.rels", relation)):
        parser = guarded_parser(part)
        parser.StartElementHandler = watch
        try:
            parser.Parse(archive.read(part), True)
        except KeyError as error:
            raise Unreadable(f"The workbook is damaged: part “{part}” is missing.") from error
    found = targets.get(ids.get(name, ""), {})
    target = found.get("Target", "")
    if found.get("TargetMode") == "External" or ".." in target:
        raise Unreadable(f"Sheet “{name}” lies outside the workbook.")
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    if part not in archive.namelist():
        raise Unreadable(f"The workbook is damaged: sheet “{name}” is missing in it.")
    return part

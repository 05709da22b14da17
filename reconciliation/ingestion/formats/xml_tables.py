"""XML tables: Excel 2003 workbooks in XML, and plain lists of records that programs export.

Law: a document type is refused, so no entity is ever expanded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, parse

from reconciliation.ingestion.cells import is_data_row
from reconciliation.ingestion.limits import MAX_COLUMNS, Unreadable

NO_TABLE = "This is an XML file that is neither CAMT.053 nor OFX; export CSV or XLSX."
_MOST_BYTES = 100 * 1024 * 1024
_LEAST = 2


def xml_rows(path: Path) -> list[list[Any]]:
    """Return the rows of the workbook's fullest sheet or of the longest list of records."""
    if path.stat().st_size > _MOST_BYTES:
        raise Unreadable("The XML file is larger than 100 MB; export CSV or XLSX instead.")
    try:
        root = parse(path, forbid_dtd=True).getroot()
    except DefusedXmlException as problem:
        raise Unreadable("The XML file declares a DTD, which no bank writes.") from problem
    except (ParseError, ValueError, LookupError) as problem:
        raise Unreadable(f"The XML file is damaged and cannot be read ({problem}).") from problem
    assert root is not None, "a parsed document has a root"
    is_book = _name(root.tag) == "Workbook"
    rows = _fullest_sheet(root) if is_book else _records(root)
    if sum(map(is_data_row, rows)) < _LEAST:
        raise Unreadable(NO_TABLE)
    return rows


def _name(tag: Any) -> str:
    return str(tag).rpartition("}")[2]


def _children(element: Any, name: str) -> list[Any]:
    return [child for child in element if _name(child.tag) == name]


def _attribute(element: Any, name: str) -> str:
    return next((v for key, v in element.attrib.items() if _name(key) == name), "")


def _fullest_sheet(root: Any) -> list[list[Any]]:
    """Return the rows of the sheet with most bookings; others that hold some are refused."""
    sheets = [
        (_attribute(sheet, "Name"), list(_sheet(sheet))) for sheet in _children(root, "Worksheet")
    ]
    filled = [(name, rows) for name, rows in sheets if sum(map(is_data_row, rows)) >= _LEAST]
    if len(filled) > 1:
        names = ", ".join(f"“{name}”" for name, _ in filled)
        raise Unreadable(
            f"Several sheets hold bookings: {names}. Open the file in Excel, save it as XLSX, and "
            "you can choose one."
        )
    return filled[0][1] if filled else []


def _sheet(sheet: Any) -> Iterator[list[Any]]:
    """Yield the rows of one sheet, empty ones and cells where the XML leaves them out."""
    number = 0
    for row in (row for table in _children(sheet, "Table") for row in _children(table, "Row")):
        wanted = _index(row, number + 1)
        for _ in range(min(wanted - number - 1, 10_000)):
            yield []
        number = wanted
        yield _cells(row)


def _index(element: Any, usual: int) -> int:
    text = _attribute(element, "Index")
    return max(int(text), usual) if text.isdecimal() and len(text) < 8 else usual


def _cells(row: Any) -> list[Any]:
    cells: list[Any] = []
    for cell in _children(row, "Cell"):
        place = _index(cell, len(cells) + 1)
        if place > MAX_COLUMNS:
            raise Unreadable(f"A row has more than {MAX_COLUMNS} cells; a table has fewer.")
        cells += [""] * (place - 1 - len(cells))
        merged = _attribute(cell, "MergeAcross")
        cells.append(_content(cell))
        cells += [""] * (min(int(merged), MAX_COLUMNS) if merged.isdecimal() else 0)
    return cells


def _content(cell: Any) -> Any:
    """Return a cell's text or number; of a moment at midnight the date."""
    for stored in _children(cell, "Data"):
        text = "".join(stored.itertext()).strip()
        if _attribute(stored, "Type") == "DateTime":
            return text.removesuffix("T00:00:00.000").removesuffix("T00:00:00")
        return text
    return ""


def _records(root: Any) -> list[list[Any]]:
    """Return the longest list of like elements as rows below the names of what they hold."""
    best: list[Any] = []
    for parent in root.iter():
        counts = Counter(child.tag for child in parent if len(child) or child.attrib)
        for tag, count in counts.most_common(1):
            if count > len(best):
                best = [child for child in parent if child.tag == tag]
    found = [dict(_leaves(element, "")) for element in best]
    names = list(dict.fromkeys(name for record in found for name in record))
    if not names or len(names) > MAX_COLUMNS:
        return []
    return [names, *([record.get(name, "") for name in names] for record in found)]


def _leaves(element: Any, path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield the names and texts of an element's attributes and of the elements in it."""
    for key, value in element.attrib.items():
        yield f"{path}{_name(key)}", value
    for child in element:
        name = f"{path}{_name(child.tag)}"
        if (child.text or "").strip():
            yield name, " ".join((child.text or "").split())
        if depth < 5:
            yield from _leaves(child, f"{name} ", depth + 1)

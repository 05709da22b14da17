"""Written: tables that programs write as pages, XML, JSON, QIF or SYLK, held in memory as rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from reconciliation.ingestion.formats.html_tables import html_rows
from reconciliation.ingestion.formats.json_tables import json_rows
from reconciliation.ingestion.formats.qif import qif_rows
from reconciliation.ingestion.formats.sylk import sylk_rows
from reconciliation.ingestion.formats.xml_tables import xml_rows

_READERS: dict[str, Callable[[Path], list[list[Any]]]] = {
    "html": html_rows,
    "xml": xml_rows,
    "json": json_rows,
    "qif": qif_rows,
    "sylk": sylk_rows,
}
WRITTEN = {
    "html": ("HTML", "a web page with a table of bookings, whatever its name says"),
    "xml": ("XML", "an Excel 2003 workbook or a list of records in XML"),
    "json": ("JSON", "a list of records in JSON"),
    "qif": ("QIF", "each line begins with the letter of what it says"),
    "sylk": ("SYLK", "a spreadsheet in SYLK"),
}


def written_rows(path: Path, kind: str) -> list[list[Any]]:
    """Return the records of such a file; raises Unreadable where it holds no bookings."""
    return _READERS[kind](path)

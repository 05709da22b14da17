"""HTML tables: the pages that banks and programs save as “.xls”, read as the rows of their tables.

Only tables that hold no other table are read, one below the other; nothing in the page is run.
"""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from reconciliation.ingestion.cells import is_data_row, is_date
from reconciliation.ingestion.encodings import detect_encoding
from reconciliation.ingestion.limits import MAX_COLUMNS, MAX_ROWS, Unreadable

NO_TABLE = (
    "This is a web page, not a table; the bank's session may have expired during the download."
)
#: A page is held in memory as a whole.
_MOST_BYTES = 60 * 1024 * 1024
_LEAST = 2
_SILENT = frozenset({"script", "style", "head", "title"})


def html_rows(path: Path) -> list[list[Any]]:
    """Return the rows of the page's tables; raises Unreadable for a page without bookings."""
    if path.stat().st_size > _MOST_BYTES:
        raise Unreadable("The web page is larger than 60 MB; export CSV or XLSX instead.")
    encoding = detect_encoding(path)
    reader = _Tables()
    reader.feed(path.read_text(encoding=encoding.name))
    reader.close()
    if sum(map(is_data_row, reader.rows)) < _LEAST:
        raise Unreadable(NO_TABLE)
    return reader.rows


class _Tables(HTMLParser):
    """Collects the cells of the innermost tables."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[Any]] = []
        self.row: list[Any] | None = None
        self.text: list[str] | None = None
        self.span = 1
        self.silent = 0
        self.below: dict[int, list[Any]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell; what was open around a table holds no cells."""
        if tag in _SILENT:
            self.silent += 1
        elif tag == "table":
            self.row, self.text, self.below = None, None, {}
        elif tag == "tr":
            self._end_row()
            self.row = []
        elif tag in ("td", "th") and self.row is not None:
            self._begin_cell({key: value or "" for key, value in attrs})
        elif tag in ("br", "p", "div") and self.text is not None:
            self.text.append(" ")

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._end_cell()
        self._fill_from_above()
        self.span = _span(attributes.get("colspan", ""))
        down = _span(attributes.get("rowspan", "")) - 1
        if down and self.row is not None:
            self.below |= {len(self.row) + n: [down, ""] for n in range(self.span)}
        self.text = []

    def _fill_from_above(self) -> None:
        """Fill the places that a cell of a row above reaches down into: a date is each row's, of
        anything else only the first row has it.
        """
        while self.row is not None and (above := self.below.get(len(self.row))) and above[0]:
            above[0] -= 1
            self.row.append(above[1])

    def handle_endtag(self, tag: str) -> None:
        """End a cell, a row or a table."""
        if tag in _SILENT:
            self.silent = max(self.silent - 1, 0)
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self._end_row()

    def handle_data(self, data: str) -> None:
        """Keep the text of the cell that is open."""
        if self.text is not None and not self.silent:
            self.text.append(data)

    def _end_cell(self) -> None:
        if self.row is None or self.text is None:
            return
        text = " ".join("".join(self.text).replace("\u00a0", " ").split())
        if (reaching := self.below.get(len(self.row))) and is_date(text):
            reaching[1] = text
        self.row.append(text)
        self.row.extend([""] * min(self.span - 1, MAX_COLUMNS))
        self.text = None

    def _end_row(self) -> None:
        self._end_cell()
        if self.row:
            self.rows.append(self.row)
        self.row = None
        if len(self.rows) > MAX_ROWS:
            raise Unreadable(f"The page has more than {MAX_ROWS:,} rows; split it.")


def _span(text: str) -> int:
    return min(int(text), MAX_COLUMNS) if text.strip().isdecimal() and int(text) else 1

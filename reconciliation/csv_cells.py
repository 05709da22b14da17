"""CSV cells: text for a CSV file that people open in a spreadsheet.

Law: no cell can become a formula there; ``as_read`` gives back exactly what ``harmless`` was given.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

#: What begins a formula, in full width too: a spreadsheet set to Japanese takes these as well.
FORMULA_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_START = re.compile(f"[{FORMULA_SIGNS}\t\r\n']")
#: Where the list separator is a semicolon, a spreadsheet ends a cell within our quotes.
_INSIDE = re.compile(f"([;\t\r\n])(?='*[{FORMULA_SIGNS}])")
_INSIDE_MARKED = re.compile(f"([;\t\r\n])'(?='*[{FORMULA_SIGNS}])")


def harmless(text: str) -> str:
    """Return the text as a cell of which no spreadsheet takes any part for a formula."""
    cell = _INSIDE.sub(r"\1'", text)
    return f"'{cell}" if _START.match(cell) else cell


def as_read(cell: str) -> str:
    """Return the text that ``harmless`` made the cell of."""
    return _INSIDE_MARKED.sub(r"\1", cell.removeprefix("'"))


def csv_text(rows: Iterable[Iterable[Any]]) -> str:
    """Return rows as CSV text, every cell harmless."""
    out = io.StringIO()
    csv.writer(out).writerows([harmless(str(cell)) for cell in row] for row in rows)
    return out.getvalue()

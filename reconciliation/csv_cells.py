"""CSV cells: text for a CSV file that people open in a spreadsheet.

Law: no cell can become a formula there; ``as_read`` gives back exactly what ``harmless`` was given.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "'")


def harmless(text: str) -> str:
    """Return the text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def as_read(cell: str) -> str:
    """Return the text that ``harmless`` made the cell of."""
    return cell[1:] if cell.startswith("'") else cell


def csv_text(rows: Iterable[Iterable[Any]]) -> str:
    """Return rows as CSV text, every cell harmless."""
    out = io.StringIO()
    csv.writer(out).writerows([harmless(str(cell)) for cell in row] for row in rows)
    return out.getvalue()

"""SYLK: an old exchange format of spreadsheets, a cell per line; some banks' “.slk” and “.xls”."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from reconciliation.ingestion.encodings import detect_encoding
from reconciliation.ingestion.limits import MAX_COLUMNS, MAX_ROWS, Unreadable


def sylk_rows(path: Path) -> list[list[Any]]:
    """Return the cells as rows, numbers as doubles."""
    encoding = detect_encoding(path)
    cells: dict[tuple[int, int], Any] = {}
    row, column = 1, 1
    for line in path.read_text(encoding=encoding.name).splitlines():
        kind, *fields = re.split(r"(?<!;);(?!;)", line)
        if kind not in ("C", "F"):
            continue
        for field in fields:
            mark, text = field[:1], field[1:]
            if mark in ("Y", "X") and text.isdecimal() and len(text) < 8:
                row, column = (int(text), column) if mark == "Y" else (row, int(text))
            elif mark == "K" and kind == "C":
                cells[row, column] = _content(text.replace(";;", ";"))
    if not cells:
        raise Unreadable("The SYLK file holds no cells.")
    last, width = max(r for r, _ in cells), max(c for _, c in cells)
    if last > MAX_ROWS or width > MAX_COLUMNS:
        raise Unreadable(f"The SYLK file names row {last:,}, column {width:,}; no table has that.")
    return [[cells.get((r, c), "") for c in range(1, width + 1)] for r in range(1, last + 1)]


def _content(text: str) -> Any:
    if text.startswith('"'):
        return text.strip('"')
    try:
        return float(text)
    except ValueError:
        return text

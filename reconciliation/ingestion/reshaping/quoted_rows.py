"""Quoted rows: files of which every row as a whole stands in quotation marks, as spreadsheets save
a table that they opened as one column.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import Any

from reconciliation.ingestion.cells import as_text, is_data_row, is_filled
from reconciliation.ingestion.reading import Evidence
from reconciliation.ingestion.reshaping.steps import Found, Stream

_MARKS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
_LEAST = 2


def inner_mark(texts: Sequence[str]) -> str:
    """Return the name of the mark that divides texts into like rows with a date and an amount, ""
    for none.
    """
    filled = [text for text in texts if text.strip()]
    for name, mark in _MARKS.items():
        rows = list(csv.reader(filled, delimiter=mark)) if any(mark in t for t in filled) else []
        booked = [row for row in rows if is_data_row(row)]
        if len(booked) >= _LEAST and len({len(row) for row in booked}) == 1 and len(booked[0]) > 2:
            return name
    return ""


def find(rows: Sequence[Sequence[Any]], options: Mapping[str, str]) -> Found | None:
    """Return the step where every record is one cell that holds a row."""
    del options
    if any(sum(map(is_filled, row)) > 1 for row in rows[:200]):
        return None
    name = inner_mark([as_text(row[0]) for row in rows if row])
    if not name:
        return None
    evidence = Evidence("cells", f"divided by {name}", "every row stands in quotation marks")
    return Found(f"divide {name}", evidence)


def divided(rows: Stream, arguments: str) -> Stream:
    """Yield the rows that stand in the one cell of each record."""
    mark = _MARKS[arguments]
    for row, line in rows:
        text = as_text(row[0]) if row else ""
        if sum(map(is_filled, row)) > 1 or "\n" in text:
            yield row, line
        else:
            yield next(csv.reader([text], delimiter=mark), []), line

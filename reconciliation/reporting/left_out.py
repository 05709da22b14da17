"""Rows left out: a sheet of its own for all rows that are no lines, where About lists some only."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from projects.models import Project
from reconciliation.models import SourceFile
from reconciliation.reporting.book import Table
from reconciliation.reporting.cells import Column, Kind
from reconciliation.row_lists import is_stored, list_rows

LEFT_OUT = "Rows Left Out"
COLUMNS = (
    Column("Side", width=15),
    Column("File", width=26),
    Column("Row", Kind.NUMBER, 8),
    Column("Line", Kind.NUMBER, 8),
    Column("Column", width=20),
    Column("Text read", width=40),
    Column("Reason", width=60),
    Column("What became of it", width=22),
)
_BECAME = {
    "errors": "left out on request",
    "skipped": "no booking, skipped",
    "repeats": "not stored again",
}


def rows_left_out(project: Project) -> Table | None:
    """Return the sheet of all rows left out; None where the sheet About names every one of them."""
    files = list(SourceFile.objects.in_project(project).imported().order_by("side", "id"))
    if not any(is_stored(each, kind) for each in files for kind in lists_left_out(each)):
        return None
    count = sum(left_out_count(each) for each in files)
    return Table(LEFT_OUT, COLUMNS, count, _rows(files))


def lists_left_out(source_file: SourceFile) -> tuple[str, ...]:
    """Return the lists of a file that name rows left out of the books."""
    bad = ("errors",) if source_file.leaves_out_bad_rows else ()
    return (*bad, "skipped", "repeats") if _repeat_count(source_file) else (*bad, "skipped")


def left_out_count(source_file: SourceFile) -> int:
    """Return how many rows of the file are not in the books."""
    reading = source_file.reading
    bad = reading.get("error_count", 0) if source_file.leaves_out_bad_rows else 0
    return int(bad + reading.get("skipped_count", 0) + _repeat_count(source_file))


def _repeat_count(source_file: SourceFile) -> int:
    """Return how many rows repeated lines in the books when the file was read."""
    return int(source_file.reading.get("repeats", {}).get("count", 0))


def _rows(files: Sequence[SourceFile]) -> Generator[Sequence[Any]]:
    for each in files:
        for kind in lists_left_out(each):
            for listed in list_rows(each, kind):
                yield each.side_label, each.name, *_row(kind, listed), _BECAME[kind]


def _row(kind: str, listed: Sequence[str]) -> Sequence[Any]:
    """Return row, line, column, text and reason of a listed row."""
    if kind == "repeats":
        text = " · ".join(part for part in listed[1:] if part)
        return int(listed[0]), None, "", text, "the books held this transaction already"
    row, line, *texts = listed
    return int(row or 0), int(line or 0), *texts

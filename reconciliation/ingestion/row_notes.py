"""Row notes: every row that is no line, written out as CSV while a file is read, however many.

A list of at most LISTED rows is removed again: the reading itself holds it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from reconciliation.csv_cells import harmless
from reconciliation.ingestion.reading import LISTED, RowNote


@dataclass(slots=True)
class RowLists:
    """The lists of one reading as headless CSV files in a folder, by kind."""

    folder: Path
    counts: dict[str, int] = field(default_factory=dict)
    _open: dict[str, IO[str]] = field(default_factory=dict)

    def add_notes(self, kind: str, notes: Sequence[RowNote]) -> None:
        """Write row errors or skipped rows to the list of that kind."""
        self.add(kind, ((n.row, n.line, n.column, n.text, n.reason) for n in notes))

    def add(self, kind: str, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows to a list; no cell becomes a formula in a spreadsheet."""
        written = [[harmless(str(cell)) for cell in row] for row in rows]
        if not written:
            return
        if kind not in self._open:
            path = self.folder / f"{kind}.csv"
            self._open[kind] = path.open("w", encoding="utf-8", newline="", errors="replace")
        csv.writer(self._open[kind]).writerows(written)
        self.counts[kind] = self.counts.get(kind, 0) + len(written)

    def close(self, least: int = LISTED) -> None:
        """Close the lists; one of ``least`` rows or fewer is removed."""
        for kind, stream in self._open.items():
            stream.close()
            if self.counts[kind] <= least:
                (self.folder / f"{kind}.csv").unlink()
        self._open.clear()

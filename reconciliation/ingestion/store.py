"""Store: the fourth door and the only writer of lines. One file goes in as a whole, by COPY, or not
at all.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np
from django.db import connection
from django.db.models.functions import Now

from projects import audit
from projects.models import Project
from reconciliation.columns import NO_DAY, TEXT_COLUMNS, LineColumns, date_of, day_number
from reconciliation.copying import copy_in, escaped
from reconciliation.errors import WrongState
from reconciliation.ingestion.layouts import remember_layout
from reconciliation.ingestion.overlap import Key, Repeats
from reconciliation.models import Line, SourceFile
from reconciliation.transactions import open_books, tried_again
from reconciliation.vocabulary import FileStatus

Progress = Callable[[int, int, str], None]

_TARGET = (
    "reconciliation_line (project_id, source_file_id, side, row_number, booked_on, valued_on, "
    "amount_minor,"
    " reference, description, counterparty, kind)"
)
_SPECIAL = ("\\", "\t", "\n", "\r")


@dataclass(slots=True)
class Spool:
    """Lines written out as COPY rows, with their control totals, before any transaction begins."""

    pieces: list[IO[str]] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    money_in: int = 0
    money_out: int = 0
    first_day: int | None = None
    last_day: int | None = None
    repeated_rows: list[int] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Return how many lines are spooled."""
        return sum(self.counts)

    def add(self, source_file: SourceFile, lines: LineColumns) -> None:
        """Write one bundle as a piece of its own."""
        if not len(lines):
            return
        piece = tempfile.TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115
        piece.write(copy_text(source_file, lines))
        self.pieces.append(piece)
        self.counts.append(len(lines))
        amounts = lines.amount_minor.tolist()
        self.money_in += sum(amount for amount in amounts if amount > 0)
        self.money_out -= sum(amount for amount in amounts if amount < 0)
        low, high = int(lines.booked_on.min()), int(lines.booked_on.max())
        self.first_day = low if self.first_day is None else min(self.first_day, low)
        self.last_day = high if self.last_day is None else max(self.last_day, high)

    def close(self) -> None:
        """Let go of the pieces on disk."""
        for piece in self.pieces:
            piece.close()


def spool_lines(
    source_file: SourceFile,
    bundles: Iterable[LineColumns],
    repeats: Repeats,
    progress: Progress,
    total: int,
) -> Spool:
    """Write all lines but those that repeat lines in the books; ``progress`` hears how many."""
    spool, seen = Spool(), 0
    for lines in bundles:
        again = repeats.mark(lines)
        if again.any():
            spool.repeated_rows.extend(lines.row_number[again].tolist())
            lines = lines.take(~again)
        spool.add(source_file, lines)
        seen += len(again)
        progress(seen // 2, total, "Reading")
    return spool


def copy_text(source_file: SourceFile, lines: LineColumns) -> str:
    """Return the lines as rows of a text COPY."""
    size = len(lines)
    head = f"{source_file.project_id}\t{source_file.pk}\t{source_file.side}"
    columns: list[Iterable[str]] = [
        [head] * size,
        map(str, lines.row_number.tolist()),
        _days(lines.booked_on),
        _days(lines.valued_on),
        map(str, lines.amount_minor.tolist()),
        *(_texts(getattr(lines, name).tolist()) for name in TEXT_COLUMNS),
    ]
    return "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"


def _days(days: np.ndarray) -> Iterator[str]:
    """Return day numbers as ISO dates, each distinct one made once; no day is NULL."""
    table = {
        int(day): date_of(day).isoformat() if day != NO_DAY else "\\N" for day in np.unique(days)
    }
    return map(table.__getitem__, days.tolist())


def _texts(texts: list[str]) -> list[str]:
    """Return the texts escaped, where any of them needs it."""
    joined = "\x00".join(texts)
    if any(mark in joined for mark in _SPECIAL):
        return [escaped(text) for text in texts]
    return texts


def known_keys(project: Project, side: str, first_day: int, last_day: int) -> Iterator[Key]:
    """Return the keys of the lines in the books of one side between two days."""
    lines = (
        Line.objects.in_project(project)
        .on(side)
        .in_books()
        .filter(booked_on__range=(date_of(first_day), date_of(last_day)))
        .values_list("booked_on", "amount_minor", "reference", "description")
    )
    for booked_on, amount, reference, description in lines.iterator(chunk_size=20_000):
        yield day_number(booked_on), amount, reference, description


@tried_again
def store_lines(
    *,
    source_file: SourceFile,
    spool: Spool,
    totals: tuple[int | None, int | None],
    by: Any,
    progress: Progress,
    fence: Callable[[], None],
) -> SourceFile:
    """Bring the spooled lines into the books: one transaction, all rows or none.

    ``totals``: opening and closing balance in minor units, None = not stated. ``fence`` is called
    inside the transaction and raises where this attempt must not count. The database proves the
    control totals.
    """
    with open_books(source_file.project) as books:
        fence()
        current = SourceFile.objects.select_for_update().get(pk=source_file.pk)
        if current.status != FileStatus.IMPORTING:
            raise WrongState("The import was cancelled.")
        start = _last_id()
        done = spool.rows
        for piece, count in zip(spool.pieces, spool.counts, strict=True):
            piece.seek(0)
            copy_in(_TARGET, piece)
            done += count
            progress(done // 2, spool.rows, "Storing")
        first_id, last_id = _ids_of(current, start)
        _finish(current, spool, totals, first_id, last_id)
        remember_layout(current, by)
        audit.record(
            project=books,
            actor=by,
            action="file.imported",
            subject=f"source_file:{current.pk}",
            after=_account(current, spool),
        )
    current.refresh_from_db()
    return current


def _last_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM reconciliation_line_id")
        return int(cursor.fetchone()[0])


def _ids_of(source_file: SourceFile, start: int) -> tuple[int, int]:
    """Return the first and last id the lines were given; 0 and 0 where there are none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(id), max(id) FROM reconciliation_line"
            " WHERE project_id = %s AND id >= %s AND source_file_id = %s",
            [source_file.project_id, start, source_file.pk],
        )
        first, last = cursor.fetchone()
    return int(first or 0), int(last or 0)


def _finish(
    source_file: SourceFile,
    spool: Spool,
    totals: tuple[int | None, int | None],
    first_id: int,
    last_id: int,
) -> None:
    """Write the control totals; the database compares them with the lines that are really there."""
    source_file.status = FileStatus.IMPORTED
    source_file.row_count = spool.rows
    source_file.money_in_minor, source_file.money_out_minor = spool.money_in, spool.money_out
    if spool.first_day is not None and spool.last_day is not None:
        source_file.first_booked_on = date_of(spool.first_day)
        source_file.last_booked_on = date_of(spool.last_day)
    source_file.opening_minor, source_file.closing_minor = totals
    source_file.first_line_id, source_file.last_line_id = first_id, last_id
    source_file.imported_at = Now()
    source_file.save()


def _account(source_file: SourceFile, spool: Spool) -> dict[str, Any]:
    """Return what the audit event says about the import."""
    return {
        "rows": spool.rows,
        "money_in_minor": spool.money_in,
        "money_out_minor": spool.money_out,
        "sha256": source_file.sha256,
        "repeated_rows": spool.repeated_rows[:200],
        "repeated_count": len(spool.repeated_rows),
    }

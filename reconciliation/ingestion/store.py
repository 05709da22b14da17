"""Store: the fourth door and the only writer of lines. One file goes in as a whole, by COPY, or not
at all.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from projects import audit
from projects.models import Project
from reconciliation.columns import TEXT_COLUMNS, date_of, day_number
from reconciliation.copy_binary import (
    binary_rows,
    day_fields,
    number_fields,
    same_field,
    text_fields,
)
from reconciliation.copying import ahead, copy_in
from reconciliation.errors import UnknownLines, WrongState
from reconciliation.ingestion.frames import PackedLines
from reconciliation.ingestion.layouts import remember_layout
from reconciliation.ingestion.overlap import Key, Repeats
from reconciliation.ingestion.preview import exact_sum
from reconciliation.models import Line, SourceFile
from reconciliation.transactions import open_books, refusals, tried_again
from reconciliation.vocabulary import FileStatus

Progress = Callable[[int, int, str], None]

_TARGET = (
    "reconciliation_line (project_id, source_file_id, side, row_number, booked_on, valued_on, "
    "amount_minor,"
    " reference, description, counterparty, kind)"
)


@dataclass(slots=True)
class Arrived:
    """What arrived of a file: how many lines, their control totals, and which rows repeat others.

    ``seen`` counts the lines of the file and ``seen_minor`` is their sum; ``rows`` counts those of
    them that are new.
    """

    seen: int = 0
    seen_minor: int = 0
    rows: int = 0
    money_in: int = 0
    money_out: int = 0
    first_day: int | None = None
    last_day: int | None = None
    repeated_rows: list[int] = field(default_factory=list)

    def add(self, lines: PackedLines) -> None:
        """Count new lines."""
        if not len(lines):
            return
        self.rows += len(lines)
        amounts = lines.amount_minor
        self.money_in += int(amounts[amounts > 0].sum())
        self.money_out -= int(amounts[amounts < 0].sum())
        low, high = int(lines.booked_on.min()), int(lines.booked_on.max())
        self.first_day = low if self.first_day is None else min(self.first_day, low)
        self.last_day = high if self.last_day is None else max(self.last_day, high)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file on its way into the books: its lines, bundle by bundle, and what is known of them.

    ``repeats`` tells the lines that are in the books already; ``totals``: opening and closing
    balance in minor units, None = not stated; ``prove`` refuses lines that are not those expected;
    ``prove_overlap`` is asked in locked books and refuses where ``repeats`` is out of date.
    """

    source_file: SourceFile
    bundles: Iterable[PackedLines]
    repeats: Repeats
    totals: tuple[int | None, int | None]
    prove: Callable[[Arrived], None]
    prove_overlap: Callable[[], None]

    def pieces(self, arrived: Arrived) -> Generator[bytes, None, None]:
        """Yield the new lines of each bundle as a COPY, and count them."""
        for lines in self.bundles:
            arrived.seen += len(lines)
            arrived.seen_minor += exact_sum(lines.amount_minor)
            surplus = self._surplus(lines, arrived)
            arrived.add(surplus)
            yield copy_binary(self.source_file, surplus) if len(surplus) else b""

    def _surplus(self, lines: PackedLines, arrived: Arrived) -> PackedLines:
        """Return the lines that do not repeat others, and note those that do."""
        if self.repeats.is_empty:
            return lines
        unpacked = lines.unpacked()
        again = self.repeats.mark(unpacked)
        arrived.repeated_rows.extend(lines.row_number[again].tolist())
        return PackedLines.of(unpacked.take(~again)) if again.any() else lines


def copy_binary(source_file: SourceFile, lines: PackedLines) -> bytes:
    """Return the lines as a binary COPY."""
    return binary_rows(
        len(lines),
        same_field(source_file.project_id),
        same_field(source_file.pk),
        same_field(source_file.side),
        number_fields(lines.row_number, 4),
        day_fields(lines.booked_on),
        day_fields(lines.valued_on),
        number_fields(lines.amount_minor, 8),
        *(text_fields(lines.texts[name], len(lines)) for name in TEXT_COLUMNS),
    )


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


def store_lines(
    *,
    delivery: Delivery,
    by: Any,
    progress: Progress,
    fence: Callable[[], None],
) -> SourceFile:
    """Bring the lines into the books: one transaction, all rows or none.

    They are read while the database takes those before them, and makes open items and search blocks
    of each piece. Meanwhile others may match by hand: the books are held only for the moment in
    which the file enters them. ``fence`` is called there and raises where this attempt must not
    count. The database proves the control totals. ``progress`` is told of every piece stored, and
    may end the work by raising.
    """
    source_file = delivery.source_file
    with transaction.atomic():
        arrived = _copy_all(delivery, progress)
        delivery.prove(arrived)
        _enter_books(delivery, arrived, by, fence)
    source_file.refresh_from_db()
    return source_file


def _copy_all(delivery: Delivery, progress: Progress) -> Arrived:
    """COPY all new lines, each bundle as it comes."""
    arrived, total = Arrived(), delivery.source_file.reading["rows"]
    with closing(ahead(_counted(delivery, arrived))) as pieces:
        for seen, rows in pieces:
            if rows:
                _copy_piece(rows)
            progress(min(seen, total), total, "Storing")
    return arrived


def _counted(delivery: Delivery, arrived: Arrived) -> Iterator[tuple[int, bytes]]:
    """Yield each piece with how many lines of the file are seen with it; more are made ahead."""
    with closing(delivery.pieces(arrived)) as pieces:
        for rows in pieces:
            yield arrived.seen, rows


def _copy_piece(rows: bytes) -> None:
    try:
        with refusals():
            copy_in(_TARGET, (rows,), form="binary")
    except UnknownLines as refused:
        raise WrongState("The import was cancelled.") from refused


@tried_again
def _enter_books(delivery: Delivery, arrived: Arrived, by: Any, fence: Callable[[], None]) -> None:
    """Announce the control totals, whereupon the database proves them."""
    with open_books(delivery.source_file.project) as books:
        delivery.prove_overlap()
        fence()
        current = SourceFile.objects.select_for_update().get(pk=delivery.source_file.pk)
        if current.status != FileStatus.IMPORTING:
            raise WrongState("The import was cancelled.")
        _finish(current, arrived, delivery.totals)
        remember_layout(current, by)
        audit.record(
            project=books,
            actor=by,
            action="file.imported",
            subject=f"source_file:{current.pk}",
            after=_account(current, arrived),
        )


def _finish(
    source_file: SourceFile, arrived: Arrived, totals: tuple[int | None, int | None]
) -> None:
    """Write the control totals; the database compares them with the lines that are really there,
    and adds which ids these were given.
    """
    source_file.status = FileStatus.IMPORTED
    source_file.row_count = arrived.rows
    source_file.money_in_minor, source_file.money_out_minor = arrived.money_in, arrived.money_out
    if arrived.first_day is not None and arrived.last_day is not None:
        source_file.first_booked_on = date_of(arrived.first_day)
        source_file.last_booked_on = date_of(arrived.last_day)
    source_file.opening_minor, source_file.closing_minor = totals
    source_file.imported_at = Now()
    source_file.save()


def _account(source_file: SourceFile, arrived: Arrived) -> dict[str, Any]:
    """Return what the audit event says about the import."""
    return {
        "name": source_file.name,
        "rows": arrived.rows,
        "money_in_minor": arrived.money_in,
        "money_out_minor": arrived.money_out,
        "sha256": source_file.sha256,
        "repeated_rows": arrived.repeated_rows[:200],
        "repeated_count": len(arrived.repeated_rows),
    }

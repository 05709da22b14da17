"""Background: what the worker does with a file that came in — reads it, and later imports it.

Heavy modules are loaded here and not by the door, so that the web process stays small. Reading
happens in a child process (child.py); importing is one transaction (store.py).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.utils import timezone

from projects.currency import currency_decimals
from reconciliation import jobs
from reconciliation.columns import LineColumns, date_of, day_number
from reconciliation.copying import refresh_statistics
from reconciliation.errors import (
    BeingRecorded,
    BooksMoved,
    ProjectLocked,
    Refusal,
    UnreadableFile,
    WrongState,
)
from reconciliation.ingestion import kept_lines, store
from reconciliation.ingestion.child import packed_in_child, read_in_child
from reconciliation.ingestion.earlier import continuity_words, remembered_options
from reconciliation.ingestion.frames import PackedLines, read_lines
from reconciliation.ingestion.layout import Layout
from reconciliation.ingestion.limits import Unreadable
from reconciliation.ingestion.overlap import Repeats
from reconciliation.ingestion.reading import LISTED
from reconciliation.ingestion.row_notes import RowLists
from reconciliation.ingestion.upload import SETTLED, local_copy, status_of
from reconciliation.models import SourceFile
from reconciliation.money import format_plain, parse_plain
from reconciliation.row_lists import delete_lists, names_of, store_lists
from reconciliation.transactions import open_books, refusals, tried_again
from reconciliation.vocabulary import FileStatus, Side

#: How often an import starts over because files it overlaps came in or were taken out meanwhile.
MOST_TRIES = 3
#: From how many rows on an import changes what the planner should know.
MANY_ROWS = 10_000


def read_source_file(ticket: jobs.Ticket) -> Mapping[str, Any]:
    """Read the job's file in the worker; fills ``reading`` and sets READY, QUESTION or REFUSED."""
    source_file = SourceFile.objects.select_related("project").get(pk=ticket.subject)
    read_file(source_file=source_file, fence=ticket.fence)
    return {"status": source_file.status}


def read_file(
    *, source_file: SourceFile, fence: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """Read a stored file and record what it says; return the reading (documented in
    reading.Reading).

    ``reading`` also gets ``repeats``: {count, rows, shown} of the lines that are in the books
    already (``shown``: those of the preview), and ``lists``: where the whole of a list is stored
    that is too long for the reading (row_lists).
    """
    options = dict(source_file.layout)
    with local_copy(source_file) as path, kept_lines.reading_folder() as folder:
        reading = _read_copy(source_file, path, options, folder)
        if not options:
            reading, options = _read_as_remembered(source_file, path, reading, folder)
        kept_lines.keep(source_file, reading[SETTLED], folder)
        reading["repeats"] = _count_repeats(source_file, reading, path, folder)
        reading["lists"] = store_lists(source_file, folder, _long_lists(reading))
    reading["messages"] += continuity_words(source_file, reading)
    unused = names_of(reading)
    try:
        unused = _keep_reading(source_file, reading, options, fence)
    finally:
        delete_lists(unused)
    source_file.refresh_from_db()
    return reading


@tried_again
def _keep_reading(
    source_file: SourceFile,
    reading: dict[str, Any],
    options: dict[str, str],
    fence: Callable[[], None],
) -> list[str]:
    """Write the reading to a file that still waits for it; return the lists no reading names."""
    with open_books(source_file.project):
        fence()
        current = SourceFile.objects.select_for_update().get(pk=source_file.pk)
        if current.status != FileStatus.READING:
            return names_of(reading)
        replaced = names_of(current.reading)
        current.reading, current.layout = reading, options
        current.status = status_of(reading)
        current.save(update_fields=["reading", "layout", "status"])
    return replaced


def _read_as_remembered(
    source_file: SourceFile, path: Path, detected: dict[str, Any], folder: Path
) -> tuple[dict[str, Any], dict[str, str]]:
    """Read once more as files with this header are read; return that and the options it took.

    A remembered layout that makes the file unreadable is told and not used.
    """
    options, sentence = remembered_options(source_file, detected)
    reading = _read_copy(source_file, path, options, folder) if options else detected
    if not reading["rows"] and detected["rows"]:
        reading, options = _read_copy(source_file, path, {}, folder), {}
        sentence = "The layout remembered for these columns does not fit: read as detected."
    reading["messages"] += [sentence] if sentence else []
    return reading, options


def _read_copy(
    source_file: SourceFile, path: Path, options: Mapping[str, str], folder: Path
) -> dict[str, Any]:
    """Read the bytes by these options, in a child process; its whole lists are in the folder."""
    for earlier in folder.iterdir():
        earlier.unlink()
    currency = source_file.project.currency
    answer = read_in_child(
        path,
        currency_decimals(currency),
        currency,
        Side(source_file.side),
        options,
        timezone.localdate(),
        source_file.name,
        folder,
    )
    settled = {"layout": answer["layout"], "header": answer["header"]}
    return {**answer["reading"], SETTLED: settled}


def _long_lists(reading: Mapping[str, Any]) -> list[str]:
    """Return the lists of which the reading holds the start only; of repeats it holds no texts."""
    long = [kind for kind in ("errors", "skipped") if reading[f"{kind.rstrip('s')}_count"] > LISTED]
    return [*long, "repeats"] if reading["repeats"]["count"] else long


def _count_repeats(
    source_file: SourceFile, reading: Mapping[str, Any], path: Path, folder: Path
) -> dict[str, Any]:
    """Return how many lines, and which rows, repeat lines that are in the books; list them all."""
    repeats = _repeats(source_file, reading)
    if repeats is None or not reading[SETTLED]["layout"] or reading["error_count"]:
        return {"count": 0, "rows": [], "shown": []}
    rows, lists = [], RowLists(folder)
    with kept_lines.open_kept(source_file, reading[SETTLED]) or nullcontext(path) as source:
        for packed in _bundles(source_file, reading, source):
            lines = packed.unpacked()
            again = lines.take(repeats.mark(lines))
            rows.extend(again.row_number.tolist())
            lists.add("repeats", _repeated(again, source_file.project.decimals))
    lists.close(least=0)
    previewed = {line["row"] for line in (*reading["first"], *reading["last"])}
    shown = sorted(previewed.intersection(rows))
    return {"count": len(rows), "rows": rows[:LISTED], "shown": shown}


def _repeated(lines: LineColumns, decimals: int) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the list of repeats (row_lists.REPEAT_HEADER)."""
    for i in range(len(lines)):
        day, amount = date_of(lines.booked_on[i]), int(lines.amount_minor[i])
        texts = lines.reference[i], lines.description[i]
        yield int(lines.row_number[i]), day, format_plain(amount, decimals), *texts


def _repeats(source_file: SourceFile, reading: Mapping[str, Any]) -> Repeats | None:
    """Return the lines in the books on the file's days, None where there are none to repeat."""
    if not _overlapped(source_file, reading):
        return None
    first, last = (day_number(day) for day in _days(reading))
    return Repeats(store.known_keys(source_file.project, source_file.side, first, last))


def _overlapped(source_file: SourceFile, reading: Mapping[str, Any]) -> frozenset[uuid.UUID]:
    """Return the files in the books with lines on the file's days; none where repeats may come."""
    wanted = (reading[SETTLED]["layout"] or {}).get("repeats", "skip") == "skip"
    if not reading["first_date"] or not wanted or source_file.is_repeat_confirmed:
        return frozenset()
    first, last = _days(reading)
    known = SourceFile.objects.in_project(source_file.project).on(source_file.side).imported()
    on_its_days = known.filter(first_booked_on__lte=last, last_booked_on__gte=first)
    return frozenset(on_its_days.values_list("pk", flat=True))


def _days(reading: Mapping[str, Any]) -> tuple[dt.date, dt.date]:
    return dt.date.fromisoformat(reading["first_date"]), dt.date.fromisoformat(reading["last_date"])


@contextmanager
def _source(source_file: SourceFile, reading: Mapping[str, Any]) -> Iterator[Path | IO[bytes]]:
    """Give the lines kept of this reading, else the stored bytes as a file to read them from."""
    with kept_lines.open_kept(source_file, reading[SETTLED]) or local_copy(source_file) as source:
        yield source


def _bundles(
    source_file: SourceFile, reading: Mapping[str, Any], source: Path | IO[bytes]
) -> Iterator[PackedLines]:
    """Return the lines of a file that was read, by the layout it was read by."""
    settled, side = reading[SETTLED], Side(source_file.side)
    if not isinstance(source, Path):
        yield from read_lines(source, side)
        return
    decimals = currency_decimals(source_file.project.currency)
    layout, header = Layout.from_json(settled["layout"]), tuple(settled["header"])
    with closing(packed_in_child(source, layout, header, side, decimals)) as bundles:
        yield from bundles


def import_source_file(ticket: jobs.Ticket) -> Mapping[str, Any]:
    """Import the job's file in the worker, with progress and the job's fence."""
    source_file = SourceFile.objects.select_related("project").get(pk=ticket.subject)
    stored = import_file(
        source_file=source_file,
        by=ticket.job.created_by,
        progress=ticket.progress,
        fence=ticket.fence,
        hold=ticket.hold,
    )
    return {"rows": stored.row_count, "source_file": str(stored.pk)}


def import_file(
    *,
    source_file: SourceFile,
    by: Any,
    progress: store.Progress = lambda done, total, message: None,
    fence: Callable[[], None] = lambda: None,
    hold: Callable[[], None] = lambda: None,
) -> SourceFile:
    """Bring a confirmed file's lines into the books, all or none; return it with its control
    totals.

    Of a file that overlaps the books only the surplus is stored. A refusal gives the file back to
    the person, READY as before; but for BeingRecorded it goes on IMPORTING, to be tried again.
    ``hold`` raises where another attempt is at the file by now.
    """
    try:
        stored = _import(source_file, by, progress, fence)
    except BeingRecorded:
        raise
    except (Refusal, Unreadable) as problem:
        _give_back(source_file, hold)
        if isinstance(problem, Unreadable):
            raise UnreadableFile(str(problem)) from problem
        raise
    kept_lines.forget(stored)
    if stored.row_count >= MANY_ROWS:
        refresh_statistics("reconciliation_line", "reconciliation_openitem")
    return stored


def _import(
    source_file: SourceFile, by: Any, progress: store.Progress, fence: Callable[[], None]
) -> SourceFile:
    """Store the lines; start over where what was left out as repeated changed meanwhile."""
    for _ in range(MOST_TRIES - 1):
        with suppress(BooksMoved):
            return _import_once(source_file, by, progress, fence)
    return _import_once(source_file, by, progress, fence)


def _import_once(
    source_file: SourceFile, by: Any, progress: store.Progress, fence: Callable[[], None]
) -> SourceFile:
    with _source(source_file, source_file.reading) as source:
        delivery = _delivery(source_file, source)
        return store.store_lines(delivery=delivery, by=by, progress=progress, fence=fence)


def _delivery(source_file: SourceFile, source: Path | IO[bytes]) -> store.Delivery:
    """Return the file on its way: what it overlaps is noted before the repeats are looked up."""
    reading = source_file.reading
    decimals = currency_decimals(source_file.project.currency)
    opening, closing_balance = (
        parse_plain(reading[key], decimals) if reading[key] else None
        for key in ("opening_balance", "closing_balance")
    )
    overlapped = _overlapped(source_file, reading)
    return store.Delivery(
        source_file=source_file,
        bundles=_bundles(source_file, reading, source),
        repeats=_repeats(source_file, reading) or Repeats(()),
        totals=(opening, closing_balance),
        prove=partial(_prove_totals, reading, decimals),
        prove_overlap=partial(_prove_overlap, source_file, overlapped),
    )


def _prove_overlap(source_file: SourceFile, overlapped: frozenset[uuid.UUID]) -> None:
    """Refuse, in locked books, where other files are on the file's days than were looked at."""
    if _overlapped(source_file, source_file.reading) != overlapped:
        raise BooksMoved(
            "Files with lines on the same days came in or were taken out meanwhile; nothing was "
            "stored. Import this one again."
        )


def _prove_totals(reading: Mapping[str, Any], decimals: int, arrived: store.Arrived) -> None:
    """Refuse where the rows to store, their sum or their days are not those of the preview; refuse
    an import of nothing new.
    """
    if arrived.rows + len(arrived.repeated_rows) != reading["rows"]:
        raise WrongState(
            f"The preview showed {reading['rows']} rows, the import found {arrived.rows}; nothing "
            "was stored."
        )
    is_all = arrived.rows and not arrived.repeated_rows
    if arrived.seen_minor != parse_plain(reading["sum"], decimals) or (
        is_all and (arrived.first_day, arrived.last_day) != tuple(map(day_number, _days(reading)))
    ):
        raise WrongState(
            "The import read other amounts or days than the preview showed; nothing was stored. "
            "Upload the file again to see how it is read now."
        )
    if not arrived.rows:
        raise WrongState("Every row of this file is in the books already; nothing was stored.")


def _give_back(source_file: SourceFile, hold: Callable[[], None]) -> None:
    """Return a file whose import was refused to the person; locked books keep it as it is."""
    importing = SourceFile.objects.filter(pk=source_file.pk, status=FileStatus.IMPORTING)
    with suppress(ProjectLocked), refusals(), transaction.atomic():
        hold()
        importing.update(status=FileStatus.READY)

"""Ingest: the stage's public door. A file comes in, is read, corrected, confirmed, imported, and
undone.

Every change is one transaction with its audit event inside. Views and forms use this module only;
what is heavy runs in the worker (read_source_file, import_source_file) and there in a child
process.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.files import File
from django.utils import timezone

from projects.currency import currency_decimals
from projects.models import Project
from reconciliation import jobs
from reconciliation.columns import LineColumns, day_number
from reconciliation.errors import Refusal, UnreadableFile, WrongState
from reconciliation.ingestion import store
from reconciliation.ingestion.child import lines_in_child, read_in_child
from reconciliation.ingestion.earlier import continuity_words, remembered_options
from reconciliation.ingestion.layout import BadOption, Layout, check_options
from reconciliation.ingestion.limits import Unreadable
from reconciliation.ingestion.overlap import Repeats
from reconciliation.ingestion.undo import lock_file, record_event, reopened_by_undo, undo_import
from reconciliation.ingestion.upload import local_copy, store_upload
from reconciliation.models import Job, SourceFile
from reconciliation.money import parse_plain
from reconciliation.transactions import open_books
from reconciliation.vocabulary import FileStatus, JobKind, Side

__all__ = [
    "cancel_import", "confirm_import", "correct_layout", "import_file", "import_from_path",
    "import_source_file", "read_file", "read_source_file", "receive_upload", "reopened_by_undo",
    "undo_import",
]  # fmt: skip

#: States in which a file waits for a person.
WAITING = (FileStatus.READY, FileStatus.QUESTION, FileStatus.REFUSED)

#: Where a file that was read keeps the layout and header it was read by, inside ``reading``.
SETTLED = "settled"


def decimals_of(currency: str) -> int:
    """Return the decimals of a currency; 2 where none is known."""
    return currency_decimals(currency) if currency else 2


# ---- a file comes in ----


def receive_upload(
    *,
    project: Project,
    side: Side,
    name: str,
    content: File[Any],
    by: Any,
    allow_duplicate: bool = False,
) -> SourceFile:
    """Store an uploaded file and have it read in the background; return it with status READING.

    Raises UnreadableFile (name, size, emptiness) and DuplicateFile (the same bytes are in the books
    of this side; ``allow_duplicate`` confirms that they come again).
    """
    source_file = store_upload(
        project=project,
        side=side,
        name=name,
        content=content,
        by=by,
        allow_duplicate=allow_duplicate,
    )
    jobs.enqueue(kind=JobKind.READ, project=project, subject=source_file.pk, created_by=by)
    return source_file


def read_source_file(ticket: jobs.Ticket) -> Mapping[str, Any]:
    """Read the job's file in the worker; fills ``reading`` and sets READY, QUESTION or REFUSED."""
    source_file = SourceFile.objects.select_related("project").get(pk=ticket.job.subject)
    read_file(source_file=source_file, fence=ticket.fence)
    return {"status": source_file.status}


def read_file(
    *, source_file: SourceFile, fence: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """Read a stored file and record what it says; return the reading (documented in
    reading.Reading).

    ``reading`` also gets ``repeats``: {count, rows} of the lines that are in the books already.
    """
    project, options = source_file.project, dict(source_file.layout)
    with local_copy(source_file) as path:
        reading = _read_copy(source_file, path, options)
        if not options:
            options, sentence = remembered_options(source_file, reading)
            reading = _read_copy(source_file, path, options) if options else reading
            reading["messages"] += [sentence] if sentence else []
        reading["repeats"] = _count_repeats(source_file, reading, path)
    reading["messages"] += continuity_words(source_file, reading)
    with open_books(project):
        fence()
        current = SourceFile.objects.select_for_update().get(pk=source_file.pk)
        if current.status == FileStatus.READING:
            current.reading, current.layout = reading, options
            current.status = _status_of(reading)
            current.save(update_fields=["reading", "layout", "status"])
    source_file.refresh_from_db()
    return reading


def _read_copy(source_file: SourceFile, path: Path, options: Mapping[str, str]) -> dict[str, Any]:
    """Read the bytes by these options, in a child process."""
    currency = source_file.project.currency
    answer = read_in_child(
        path,
        currency_decimals(currency),
        currency,
        Side(source_file.side),
        options,
        timezone.localdate(),
        source_file.name,
    )
    settled = {"layout": answer["layout"], "header": answer["header"]}
    return {**answer["reading"], SETTLED: settled}


def _status_of(reading: Mapping[str, Any]) -> FileStatus:
    """Return the file's status; row errors alone are a question: fix the file, or go on without
    them.
    """
    if reading["status"] == "refused" and reading["error_count"] and reading["rows"]:
        return FileStatus.QUESTION
    return FileStatus(reading["status"])


def _count_repeats(
    source_file: SourceFile, reading: Mapping[str, Any], path: Path
) -> dict[str, Any]:
    """Return how many lines, and which rows, repeat lines that are in the books."""
    repeats = _repeats(source_file, reading)
    if repeats is None or not reading[SETTLED]["layout"] or reading["error_count"]:
        return {"count": 0, "rows": []}
    rows: list[int] = []
    for lines in _bundles(source_file, reading, path):
        rows.extend(lines.row_number[repeats.mark(lines)].tolist())
    return {"count": len(rows), "rows": rows[:200]}


def _repeats(source_file: SourceFile, reading: Mapping[str, Any]) -> Repeats | None:
    """Return the lines in the books on the file's days, None where there are none to repeat."""
    wanted = (reading[SETTLED]["layout"] or {}).get("repeats", "skip") == "skip"
    if not reading["first_date"] or not wanted or source_file.is_repeat_confirmed:
        return None
    days = [day_number(dt.date.fromisoformat(reading[k])) for k in ("first_date", "last_date")]
    keys = store.known_keys(source_file.project, source_file.side, days[0], days[1])
    return Repeats(keys)


def _bundles(
    source_file: SourceFile, reading: Mapping[str, Any], path: Path
) -> Iterator[LineColumns]:
    """Return the lines of a file that was read, by the layout it was read by."""
    settled = reading[SETTLED]
    decimals = currency_decimals(source_file.project.currency)
    layout, header = Layout.from_json(settled["layout"]), tuple(settled["header"])
    with closing(lines_in_child(path, layout, header, Side(source_file.side), decimals)) as bundles:
        for lines, _ in bundles:
            yield lines


# ---- a person corrects, confirms, cancels ----


def correct_layout(*, source_file: SourceFile, options: Mapping[str, str], by: Any) -> Job:
    """Have the file read again with the person's options over the earlier ones ("" takes one back).

    Raises UnreadableFile for an option that does not exist, WrongState where the file waits for
    nobody.
    """
    try:
        check_options({key: value for key, value in options.items() if value})
    except BadOption as problem:
        raise UnreadableFile(str(problem)) from problem
    with open_books(source_file.project) as books:
        current = lock_file(source_file, WAITING)
        merged = {**current.layout, **options}
        current.layout = {key: value for key, value in merged.items() if value}
        current.status = FileStatus.READING
        current.save(update_fields=["layout", "status"])
        record_event(books, by, "file.layout_corrected", current, after=dict(options))
        return jobs.enqueue(kind=JobKind.READ, project=books, subject=current.pk, created_by=by)


def confirm_import(*, source_file: SourceFile, by: Any, without_errors: bool = False) -> Job:
    """Accept the reading and import in the background; status IMPORTING.

    ``without_errors`` leaves the named bad rows out; they and the choice go to the audit trail.
    Raises WrongState while a question is open.
    """
    with open_books(source_file.project) as books:
        _confirm(source_file, by, without_errors, books)
        return jobs.enqueue(
            kind=JobKind.IMPORT, project=books, subject=source_file.pk, created_by=by
        )


def _confirm(source_file: SourceFile, by: Any, without_errors: bool, books: Project) -> None:
    """Set the file to IMPORTING, after checking that nothing is open."""
    current = lock_file(source_file, (FileStatus.READY, FileStatus.QUESTION))
    reading = current.reading
    left_out = bool(reading["error_count"])
    still_open = [q["text"] for q in reading["questions"] if q["blocking"] and q["key"] != "errors"]
    if still_open:
        raise WrongState(f"A question is open: {still_open[0]}")
    if left_out and not (without_errors or current.layout.get("errors") == "skip"):
        raise WrongState(
            "Some rows cannot be read: correct the file, or import without these rows."
        )
    if left_out:
        reading[SETTLED]["layout"]["errors"] = "skip"
    current.reading, current.leaves_out_bad_rows = reading, left_out
    current.status = FileStatus.IMPORTING
    current.save(update_fields=["reading", "leaves_out_bad_rows", "status"])
    named = [f"{note['row']}: {note['reason']}" for note in reading["errors"]]
    record_event(
        books, by, "file.import_confirmed", current,
        after={
            "rows": reading["rows"], "sum": reading["sum"],
            "rows_left_out": reading["error_count"], "named": named,
        },
    )  # fmt: skip


def cancel_import(*, source_file: SourceFile, by: Any) -> None:
    """Stop: the file is CANCELLED and its jobs end; an import that is committed already stays.

    Raises WrongState once the lines are in the books (undo the import instead).
    """
    with open_books(source_file.project) as books:
        current = lock_file(source_file, (FileStatus.READING, FileStatus.IMPORTING, *WAITING))
        current.status = FileStatus.CANCELLED
        current.save(update_fields=["status"])
        for job in Job.objects.filter(project=books, subject=current.pk, finished_at__isnull=True):
            jobs.cancel(job)
        record_event(books, by, "file.cancelled", current)


# ---- the import itself ----


def import_source_file(ticket: jobs.Ticket) -> Mapping[str, Any]:
    """Import the job's file in the worker, with progress and the job's fence."""
    source_file = SourceFile.objects.select_related("project").get(pk=ticket.job.subject)
    stored = import_file(
        source_file=source_file,
        by=ticket.job.created_by,
        progress=ticket.progress,
        fence=ticket.fence,
    )
    return {"rows": stored.row_count, "source_file": str(stored.pk)}


def import_file(
    *,
    source_file: SourceFile,
    by: Any,
    progress: store.Progress = lambda done, total, message: None,
    fence: Callable[[], None] = lambda: None,
) -> SourceFile:
    """Bring a confirmed file's lines into the books, all or none; return it with its control
    totals.

    Of a file that overlaps the books only the surplus is stored. A refusal gives the file back to
    the person, READY as before.
    """
    try:
        return _import(source_file, by, progress, fence)
    except (Refusal, Unreadable) as problem:
        _give_back(source_file)
        if isinstance(problem, Unreadable):
            raise UnreadableFile(str(problem)) from problem
        raise


def _import(
    source_file: SourceFile, by: Any, progress: store.Progress, fence: Callable[[], None]
) -> SourceFile:
    reading = source_file.reading
    repeats = _repeats(source_file, reading) or Repeats(())
    with local_copy(source_file) as path:
        bundles = _bundles(source_file, reading, path)
        spool = store.spool_lines(source_file, bundles, repeats, progress, reading["rows"])
    try:
        _prove_totals(reading, spool)
        decimals = currency_decimals(source_file.project.currency)
        opening, closing_balance = (
            parse_plain(reading[key], decimals) if reading[key] else None
            for key in ("opening_balance", "closing_balance")
        )
        return store.store_lines(
            source_file=source_file,
            spool=spool,
            totals=(opening, closing_balance),
            by=by,
            progress=progress,
            fence=fence,
        )
    finally:
        spool.close()


def _prove_totals(reading: Mapping[str, Any], spool: store.Spool) -> None:
    """Refuse where the rows to store are not those of the preview; refuse an import of nothing
    new.
    """
    if spool.rows + len(spool.repeated_rows) != reading["rows"]:
        raise WrongState(
            f"The preview showed {reading['rows']} rows, the import found {spool.rows}; nothing "
            "was stored."
        )
    if not spool.rows:
        raise WrongState("Every row of this file is in the books already; nothing was stored.")


def _give_back(source_file: SourceFile) -> None:
    """Return a file whose import was refused to the person."""
    SourceFile.objects.filter(pk=source_file.pk, status=FileStatus.IMPORTING).update(
        status=FileStatus.READY
    )


def import_from_path(
    *,
    path: Path,
    project_id: uuid.UUID | str,
    side: Side,
    options: Mapping[str, str],
    allow_duplicate: bool = False,
    without_errors: bool = False,
    progress: store.Progress = lambda done, total, message: None,
) -> dict[str, Any]:
    """Receive, read and import a file of this machine at once; return the reading.

    The reading's status is "ready" once imported; with a question or a refusal nothing is imported
    and the file is cancelled. What happens is recorded as done by the project's creator.
    """
    project = Project.objects.select_related("created_by").get(pk=project_id)
    by = project.created_by
    with path.open("rb") as stream:
        source_file = store_upload(
            project=project, side=side, name=path.name, content=File(stream), by=by,
            allow_duplicate=allow_duplicate, options=dict(options),
        )  # fmt: skip
    reading = read_file(source_file=source_file)
    if without_errors and _status_of(reading) == FileStatus.QUESTION:
        reading["status"] = "ready"
    if reading["status"] != "ready":
        cancel_import(source_file=source_file, by=by)
        return reading
    with open_books(project) as books:
        _confirm(source_file, by, without_errors, books)
    source_file.refresh_from_db()
    stored = import_file(source_file=source_file, by=by, progress=progress)
    return {**reading, "source_file": str(stored.pk), "stored_rows": stored.row_count}

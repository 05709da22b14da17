"""Ingest: the stage's public door. A file comes in, is read, corrected, confirmed, imported, and
undone.

Every change is one transaction with its audit event inside. Views and forms use this module only;
what is heavy runs in the worker (read_source_file, import_source_file) and there in a child
process.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.core.files import File

from projects.currency import currency_decimals
from projects.models import Project
from reconciliation import jobs
from reconciliation.errors import UnreadableFile, WrongState
from reconciliation.ingestion.layout import BadOption, check_options
from reconciliation.ingestion.undo import (
    ask_to_undo,
    lock_file,
    record_event,
    reopened_by_undo,
    undo_import,
)
from reconciliation.ingestion.upload import SETTLED, refuse_same_bytes, status_of, store_upload
from reconciliation.models import Job, SourceFile
from reconciliation.transactions import open_books, tried_again
from reconciliation.vocabulary import FileStatus, JobKind, Side

__all__ = [
    "ask_to_undo", "cancel_import", "confirm_import", "correct_layout", "import_file",
    "import_from_path", "import_source_file", "read_again", "read_file", "read_source_file",
    "receive_upload", "reopened_by_undo", "undo_import",
]  # fmt: skip

#: States in which a file waits for a person.
WAITING = (FileStatus.READY, FileStatus.QUESTION, FileStatus.REFUSED)

#: States in which a job works on a file, or ended without an answer.
IN_WORK = (FileStatus.READING, FileStatus.IMPORTING)


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
    from reconciliation.ingestion import background, child

    found = background.read_source_file(ticket)
    child.start_ahead()
    return found


def import_source_file(ticket: jobs.Ticket) -> Mapping[str, Any]:
    """Import the job's file in the worker, with progress and the job's fence."""
    from reconciliation.ingestion import background

    return background.import_source_file(ticket)


def read_file(*, source_file: SourceFile) -> dict[str, Any]:
    """Read a stored file at once and record what it says; return the reading (reading.Reading)."""
    from reconciliation.ingestion import background

    return background.read_file(source_file=source_file)


def import_file(
    *,
    source_file: SourceFile,
    by: Any,
    progress: Callable[[int, int, str], None] = lambda done, total, message: None,
) -> SourceFile:
    """Import a confirmed file at once, all rows or none; return it with its control totals."""
    from reconciliation.ingestion import background

    return background.import_file(source_file=source_file, by=by, progress=progress)


# ---- a person corrects, confirms, cancels ----


@tried_again
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


@tried_again
def read_again(*, source_file: SourceFile, by: Any, as_detected: bool = False) -> Job:
    """Have a file read again whose job ended without an answer; ``as_detected`` drops what a person
    corrected and answered, also where a file waits for one.

    Raises WrongState while a job is at work on the file, and where it needs no reading.
    """
    with open_books(source_file.project) as books:
        current = lock_file(source_file, IN_WORK + WAITING if as_detected else IN_WORK)
        jobs_of_file = Job.objects.filter(project=books, subject=current.pk)
        if jobs_of_file.filter(finished_at__isnull=True).exists():
            raise WrongState(f"“{current.name}” is being worked on.")
        before = dict(current.layout)
        current.layout = {} if as_detected else before
        current.status = FileStatus.READING
        current.save(update_fields=["layout", "status"])
        record_event(books, by, "file.read_again", current, before=before, after=current.layout)
        return jobs.enqueue(kind=JobKind.READ, project=books, subject=current.pk, created_by=by)


@tried_again
def confirm_import(
    *, source_file: SourceFile, by: Any, without_errors: bool = False, seen: str = ""
) -> Job:
    """Accept the reading and import in the background; status IMPORTING.

    ``without_errors`` leaves the named bad rows out; they and the choice go to the audit trail.
    Raises WrongState while a question is open, and where the reading is not the one that was
    ``seen`` (its mark).
    """
    with open_books(source_file.project) as books:
        _require_seen(source_file, seen)
        _confirm(source_file, by, without_errors, books)
        return jobs.enqueue(
            kind=JobKind.IMPORT, project=books, subject=source_file.pk, created_by=by
        )


def _require_seen(source_file: SourceFile, seen: str) -> None:
    """Refuse where somebody had the file read differently since; call inside ``open_books``."""
    current = lock_file(source_file, (FileStatus.READY, FileStatus.QUESTION))
    if seen and seen != current.reading_mark:
        raise WrongState(
            f"“{current.name}” was read again after this page was shown, so its rows may differ. "
            "Nothing was imported: look at the preview, then import."
        )


def _confirm(source_file: SourceFile, by: Any, without_errors: bool, books: Project) -> None:
    """Set the file to IMPORTING, after checking that nothing is open."""
    current = lock_file(source_file, (FileStatus.READY, FileStatus.QUESTION))
    refuse_same_bytes(books, current)
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
            "list_sha256": reading.get("lists", {}).get("errors", {}).get("sha256", ""),
        },
    )  # fmt: skip


@tried_again
def cancel_import(*, source_file: SourceFile, by: Any) -> None:
    """Stop: the file is CANCELLED and its jobs end; an import that is committed already stays.

    Raises WrongState once the lines are in the books (undo the import instead).
    """
    with open_books(source_file.project) as books:
        current = lock_file(source_file, (*IN_WORK, *WAITING))
        current.status = FileStatus.CANCELLED
        current.save(update_fields=["status"])
        for job in Job.objects.filter(project=books, subject=current.pk, finished_at__isnull=True):
            jobs.cancel(job)
        record_event(books, by, "file.cancelled", current)


def import_from_path(
    *,
    path: Path,
    project_id: uuid.UUID | str,
    side: Side,
    options: Mapping[str, str],
    allow_duplicate: bool = False,
    without_errors: bool = False,
    progress: Callable[[int, int, str], None] = lambda done, total, message: None,
) -> dict[str, Any]:
    """Receive, read and import a file of this machine at once; return the reading.

    The reading's status is "ready" once imported; with a question or a refusal nothing is imported
    and the file is cancelled. What happens is recorded as done by the project's creator.
    """
    from reconciliation.ingestion import child

    project = Project.objects.select_related("created_by").get(pk=project_id)
    by = project.created_by
    child.start_ahead()
    with path.open("rb") as stream:
        source_file = store_upload(
            project=project, side=side, name=path.name, content=File(stream), by=by,
            allow_duplicate=allow_duplicate, options=dict(options),
        )  # fmt: skip
    reading = read_file(source_file=source_file)
    if without_errors and status_of(reading) == FileStatus.QUESTION:
        reading["status"] = "ready"
    if reading["status"] != "ready":
        cancel_import(source_file=source_file, by=by)
        return reading
    with open_books(project) as books:
        _confirm(source_file, by, without_errors, books)
    source_file.refresh_from_db()
    stored = import_file(source_file=source_file, by=by, progress=progress)
    return {**reading, "source_file": str(stored.pk), "stored_rows": stored.row_count}

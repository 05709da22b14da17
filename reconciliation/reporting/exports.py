"""Exports: a workbook is made, stored, listed and handed out; each of it leaves an audit event.

Law: an export changes nothing but the trail. Its event carries the trail's head at the moment the
books were read, so that a workbook and a trail can be laid side by side. The event is also the
register of the stored workbooks: there is no table of its own to disagree with it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from projects import audit
from projects.models import AuditEvent, Project
from reconciliation import jobs
from reconciliation.errors import Refusal
from reconciliation.models import BookTotal, Job
from reconciliation.reporting.workbook import Written, write_workbook
from reconciliation.vocabulary import JobKind, JobState

MADE, HANDED_OUT = "workbook.exported", "workbook.downloaded"

#: Up to so many lines a download makes its workbook at once; above, a worker does.
AT_ONCE_LINES = 10_000
WAIT_SECONDS = 45.0
WAIT_STEP_SECONDS = 0.25
#: So many workbooks of a project are kept; of older ones only the event remains.
KEPT = 5
LISTED = 20


class WorkbookNotReady(Refusal):
    """The workbook is still being written."""

    http_status = 503


@dataclass(frozen=True, slots=True)
class Export:
    """A workbook that was made; ``stored_as`` is its name in storage, "" where it was not kept."""

    made_at: dt.datetime
    made_by: str
    stored_as: str
    sha256: str
    size_bytes: int
    line_count: int
    head_seq: int
    head_hash: str

    @property
    def file_name(self) -> str:
        """Return the name a browser saves it under."""
        return f"reconciliation-{self.made_at:%Y-%m-%d-%H%M%S}.xlsx"

    @property
    def key(self) -> str:
        """Return the word in the address of the stored workbook."""
        return Path(self.stored_as).stem


def exports_of(project: Project) -> list[Export]:
    """Return the latest exports, newest first; only the first KEPT stored ones can be had again."""
    events = AuditEvent.objects.filter(project=project, action=MADE).order_by("-seq")[:LISTED]
    made = [_export_of(event) for event in events]
    kept = [export.stored_as for export in made if export.stored_as][:KEPT]
    return [_kept_or_not(export, kept) for export in made]


def current_export(project: Project) -> Export | None:
    """Return the stored workbook that shows the books as they are, if there is one."""
    stored = next((export for export in exports_of(project) if export.stored_as), None)
    if stored is None:
        return None
    since = AuditEvent.objects.filter(project=project, seq__gt=stored.head_seq)
    is_current = not since.exclude(action__in=[MADE, HANDED_OUT]).exists()
    return stored if is_current else None


def stored_export(project: Project, key: uuid.UUID) -> Export | None:
    """Return the kept workbook with this key."""
    found = (export for export in exports_of(project) if export.stored_as)
    return next((export for export in found if export.key == str(key)), None)


@transaction.atomic
def start_export(*, project: Project, actor: Any) -> Job:
    """Let a worker write the workbook; return its job, the waiting one where there is one.

    Of two who ask at once the second waits for the first: by a lock of its own, since locked books
    and those somebody records in are exported too.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"export {project.pk}"])
    waiting = running_job(project)
    if waiting is not None:
        return waiting
    return jobs.enqueue(kind=JobKind.EXPORT, project=project, subject=None, created_by=actor)


def running_job(project: Project) -> Job | None:
    """Return the export that waits or runs."""
    return Job.objects.in_project(project).of(JobKind.EXPORT).under_way().first()


def obtain_workbook(*, project: Project, actor: Any) -> tuple[Export, File[Any]]:
    """Return a workbook of the books as they are, and its bytes: the stored one, or a fresh one.

    A fresh one is made here when it is small or no worker lives, else by a worker. Raises
    WorkbookNotReady where that takes longer than a page may.
    """
    export = current_export(project)
    if export is None:
        is_small = _line_count(project) <= AT_ONCE_LINES
        if is_small or not jobs.worker_seen():
            export = _make_stored(project, actor, progress=_silent, seal=_nothing)
        else:
            _wait_for(start_export(project=project, actor=actor))
            export = next(made for made in exports_of(project) if made.stored_as)
    return export, hand_out(project=project, actor=actor, export=export)


def hand_out(*, project: Project, actor: Any, export: Export) -> File[Any]:
    """Return the bytes of a stored workbook, and record who took it."""
    workbook = default_storage.open(export.stored_as)
    audit.record(project=project, actor=actor, action=HANDED_OUT, subject=f"workbook:{export.key}")
    return workbook


def export_for_job(ticket: jobs.Ticket) -> dict[str, Any]:
    """Write and store the workbook a job is about."""
    project, actor = ticket.job.project, ticket.job.created_by
    assert project is not None
    export = _make_stored(project, actor, progress=ticket.progress, seal=ticket.fence)
    return {"workbook": export.key, "lines": export.line_count}


def export_to_file(
    *, project: Project, actor: Any, target: Path, progress: Callable[[int, int], None]
) -> Export:
    """Write the workbook to a file of the person's choice; it is there whole, or as it was."""
    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        written, made_at = _write(project, actor, beside, progress)
        export = _described(beside, written, made_at, actor, stored_as="")
        _record(project, actor, export)
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)
    return export


def _make_stored(
    project: Project,
    actor: Any,
    *,
    progress: Callable[[int, int], None],
    seal: Callable[[], None],
) -> Export:
    """Write the workbook, then store and record it in one transaction with ``seal``."""
    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        target = Path(folder) / "workbook.xlsx"
        written, made_at = _write(project, actor, target, progress)
        name = f"workbooks/{project.pk}/{uuid.uuid4()}.xlsx"
        with transaction.atomic(), target.open("rb") as source:
            seal()
            stored_as = default_storage.save(name, File(source))
            export = _described(target, written, made_at, actor, stored_as=stored_as)
            _record(project, actor, export)
            transaction.on_commit(lambda: _forget_older(project))
    return export


def _write(
    project: Project, actor: Any, target: Path, progress: Callable[[int, int], None]
) -> tuple[Written, dt.datetime]:
    made_at = timezone.now()
    written = write_workbook(
        project=project,
        made_by=actor.get_username(),
        made_at=made_at,
        target=target,
        progress=progress,
    )
    return written, made_at


def _described(
    target: Path, written: Written, made_at: dt.datetime, actor: Any, *, stored_as: str
) -> Export:
    with target.open("rb") as source:
        sha256 = hashlib.file_digest(source, "sha256").hexdigest()
    return Export(
        made_at=made_at,
        made_by=actor.get_username(),
        stored_as=stored_as,
        sha256=sha256,
        size_bytes=target.stat().st_size,
        line_count=written.line_count,
        head_seq=written.head_seq,
        head_hash=written.head_hash,
    )


def _record(project: Project, actor: Any, export: Export) -> None:
    audit.record(
        project=project,
        actor=actor,
        action=MADE,
        subject=f"workbook:{export.key}" if export.stored_as else "workbook",
        after={
            "stored_as": export.stored_as,
            "sha256": export.sha256,
            "size_bytes": export.size_bytes,
            "lines": export.line_count,
            "head_seq": export.head_seq,
            "head_hash": export.head_hash,
        },
    )


def _export_of(event: AuditEvent) -> Export:
    after = event.changes["after"]
    return Export(
        made_at=event.at,
        made_by=event.actor_name,
        stored_as=after["stored_as"],
        sha256=after["sha256"],
        size_bytes=after["size_bytes"],
        line_count=after["lines"],
        head_seq=after["head_seq"],
        head_hash=after["head_hash"],
    )


def _kept_or_not(export: Export, kept: list[str]) -> Export:
    return export if export.stored_as in kept else replace(export, stored_as="")


def stored_workbooks(project: Project) -> list[str]:
    """Return the storage names the latest workbooks were given, newest first."""
    events = AuditEvent.objects.filter(project=project, action=MADE).order_by("-seq")
    return [e.stored_as for e in map(_export_of, events[: KEPT + LISTED]) if e.stored_as]


def _forget_older(project: Project) -> None:
    """Remove the bytes of all but the latest KEPT workbooks."""
    for name in stored_workbooks(project)[KEPT:]:
        default_storage.delete(name)


def _line_count(project: Project) -> int:
    totals = BookTotal.objects.filter(project=project)
    return sum(totals.values_list("line_count", flat=True))


def _wait_for(job: Job) -> None:
    """Wait until a worker has ended the job, as long as a page may."""
    give_up_at = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < give_up_at:
        job.refresh_from_db()
        if job.state == JobState.DONE:
            return
        if job.is_finished:
            raise WorkbookNotReady(job.message or "The workbook could not be written.")
        time.sleep(WAIT_STEP_SECONDS)
    raise WorkbookNotReady("The workbook is still being written; ask again in a moment.")


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


def _nothing() -> None:
    """Seal nothing: there is no job."""

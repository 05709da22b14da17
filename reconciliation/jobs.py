"""Background jobs: handed over once committed, leased while they run, effective once.

The law: a worker holds a job by a lease that a beat renews; who loses the lease (killed, cut off)
loses the job to the next attempt. Whatever a job writes, it writes in one transaction with
`fence`, which lets only the latest attempt through and marks the job done. So a job runs at
least once and takes effect once. What goes wrong is kept as a sentence, never as a traceback.

A stage is given a `Ticket`: it reports `ticket.progress(done, total)` as it goes along and calls
`ticket.fence()` in the transaction that writes its outcome.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Now
from django.utils.module_loading import import_string

from projects.models import Project
from reconciliation.aside import beating, run_aside
from reconciliation.errors import BeingRecorded, Refusal
from reconciliation.models import Job
from reconciliation.vocabulary import JobKind, JobState

LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
BEAT_SECONDS = settings.JOB_LEASE_SECONDS / 5
PICK_UP = timedelta(minutes=5)
MOST_ATTEMPTS = 3
PROGRESS_SECONDS = 0.3
WORKER_KEY = "worker-seen"
WORKER_SILENCE_SECONDS = 30
BUSY_PATIENCE_SECONDS = 600.0
BUSY_PAUSE_SECONDS = 1.0
TASKS: Mapping[JobKind, str] = {
    JobKind.READ: "reconciliation.tasks.read_file",
    JobKind.IMPORT: "reconciliation.tasks.import_file",
    JobKind.MATCH: "reconciliation.tasks.run_matching",
    JobKind.EXPORT: "reconciliation.tasks.export_workbook",
    JobKind.DEMO: "reconciliation.tasks.fill_demo",
    JobKind.TRIAL: "reconciliation.tasks.try_rules",
    JobKind.UNDO: "reconciliation.tasks.undo_run",
    JobKind.UNLOAD: "reconciliation.tasks.undo_import",
}
RENEW_LEASE = """
    UPDATE reconciliation_job SET lease_until = now() + %s WHERE id = (
        SELECT id FROM reconciliation_job WHERE id = %s AND attempt = %s AND state = 'running'
        FOR UPDATE SKIP LOCKED) RETURNING 1
"""
SHOW_PROGRESS = """
    UPDATE reconciliation_job SET done_count = %s, total_count = %s, message = %s WHERE id = (
        SELECT id FROM reconciliation_job WHERE id = %s AND attempt = %s AND state = 'running'
        FOR UPDATE SKIP LOCKED) RETURNING cancel_requested
"""
FAILED_UNEXPECTEDLY = (
    "Something went wrong that should not have. Nothing was changed. Try again; if it fails again, "
    "tell the person who runs this site the number of this job."
)
LOST_TOO_OFTEN = (
    f"The worker died {MOST_ATTEMPTS} times while at this. Nothing was changed. The file may be "
    "too large for this machine's memory; tell the person who runs this site."
)
logger = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another attempt has this job now, or it is finished: what this one did must not count."""


class JobCancelled(Exception):
    """Somebody asked for the job to stop."""


@dataclass
class Ticket:
    """One attempt at a job: what its work may know and tell."""

    job: Job
    attempt: int
    _told_at: float = field(default=0.0, repr=False)
    _fenced: bool = field(default=False, repr=False)

    @property
    def subject(self) -> uuid.UUID:
        """The id of what the job works on; only for jobs that have one."""
        assert self.job.subject is not None
        return self.job.subject

    def progress(self, done: int, total: int = 0, message: str = "") -> None:
        """Show how far the work is, at once and outside its transaction; a few times a second.

        Raises JobCancelled where somebody asked the job to stop.
        """
        moment = time.monotonic()
        about_to_commit = self._fenced and connection.in_atomic_block
        if about_to_commit or (moment - self._told_at < PROGRESS_SECONDS and done != total):
            return
        self._told_at = moment
        if write_progress(self.job.pk, self.attempt, done, total, message):
            raise JobCancelled

    def fence(self) -> None:
        """Let this attempt's writes count, in their transaction; raises LeaseLost otherwise."""
        self._fenced = True
        fence(self.job.pk, self.attempt)

    def hold(self) -> None:
        """Keep the job from any other attempt until the transaction ends; raises LeaseLost where
        another one has it. For writes that end the work without its outcome.
        """
        mine = Job.objects.filter(pk=self.job.pk, attempt=self.attempt, state=JobState.RUNNING)
        if not mine.select_for_update().exists():
            raise LeaseLost


Work = Callable[[Ticket], Mapping[str, Any] | None]


# ---- asking for work ----


def enqueue(
    *,
    kind: JobKind,
    project: Project | None,
    subject: uuid.UUID | None,
    created_by: Any,
    asked: Mapping[str, Any] | None = None,
) -> Job:
    """Record a job and hand it to the workers once the transaction is committed."""
    job = Job.objects.create(
        kind=kind,
        project=project,
        subject=subject,
        asked=dict(asked or {}),
        created_by=created_by,
        lease_until=Now() + PICK_UP,
    )
    _hand_over(job)
    return job


def cancel(job: Job) -> None:
    """Ask a job to stop: at once where it waits, at its next sign of progress where it runs."""
    waits = Q(state=JobState.QUEUED)
    Job.objects.filter(pk=job.pk).under_way().update(
        cancel_requested=True,
        state=Case(When(waits, then=Value(JobState.CANCELLED)), default=F("state")),
        finished_at=Case(When(waits, then=Now())),
        lease_until=Case(When(~waits, then=F("lease_until"))),
    )


def _hand_over(job: Job) -> None:
    task = import_string(TASKS[JobKind(job.kind)])
    transaction.on_commit(partial(task.enqueue, str(job.pk)))


# ---- carrying it out ----


def carry_out(job_id: str, work: Work) -> None:
    """Do the work of a job that waits, and record how it ended; nothing where it waits no more."""
    ticket = start(uuid.UUID(job_id))
    if ticket is None:
        return
    try:
        with beating(partial(renew_lease, ticket), BEAT_SECONDS):
            outcome = _work_patiently(work, ticket)
    except LeaseLost:
        logger.warning("job lost to another attempt", extra={"job": job_id})
    except JobCancelled:
        _end(ticket, JobState.CANCELLED, "Cancelled.")
    except Refusal as refusal:
        _end(ticket, JobState.FAILED, str(refusal))
    except (OperationalError, InterfaceError):
        logger.exception("the database went away from a job", extra={"job": job_id})
        give_back(ticket)
    except Exception:
        logger.exception("job failed", extra={"job": job_id})
        _end(ticket, JobState.FAILED, FAILED_UNEXPECTEDLY)
    except BaseException:
        give_back(ticket)
        raise
    else:
        _end(ticket, JobState.DONE, "", outcome)


def start(job_id: uuid.UUID) -> Ticket | None:
    """Take the lease of a waiting job and return the ticket of this attempt, or None."""
    taken = Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
        state=JobState.RUNNING,
        attempt=F("attempt") + 1,
        lease_until=Now() + LEASE,
        started_at=Coalesce(F("started_at"), Now()),
        done_count=0,
        message="",
    )
    if not taken:
        return None
    job = Job.objects.select_related("project", "created_by").get(pk=job_id)
    return Ticket(job=job, attempt=job.attempt)


def renew_lease(ticket: Ticket) -> None:
    """Say that this attempt is alive."""
    run_aside(RENEW_LEASE, [LEASE, ticket.job.pk, ticket.attempt])


def write_progress(job_id: uuid.UUID, attempt: int, done: int, total: int, message: str) -> bool:
    """Show how far an attempt is, outside its transaction; True where it was asked to stop."""
    rows = run_aside(SHOW_PROGRESS, [done, total, message, job_id, attempt])
    return bool(rows and rows[0][0])


def fence(job_id: uuid.UUID, attempt: int) -> None:
    """Mark the job done in the caller's transaction; raises LeaseLost to any but its attempt."""
    passed = Job.objects.filter(pk=job_id, attempt=attempt, state=JobState.RUNNING).update(
        state=JobState.DONE, finished_at=Now(), lease_until=None
    )
    if not passed:
        raise LeaseLost


def give_back(ticket: Ticket) -> None:
    """Let the next attempt begin at once, because this one must stop."""
    try:
        Job.objects.filter(pk=ticket.job.pk, attempt=ticket.attempt, state=JobState.RUNNING).update(
            lease_until=Now()
        )
    except DatabaseError:
        logger.warning("a lease was left to run out", extra={"job": str(ticket.job.pk)})


def _work_patiently(work: Work, ticket: Ticket) -> Mapping[str, Any] | None:
    """Do the work, again after a pause while somebody else records in the project."""
    give_up_at = time.monotonic() + BUSY_PATIENCE_SECONDS
    while True:
        try:
            return work(ticket)
        except BeingRecorded:
            if time.monotonic() > give_up_at:
                raise
        ticket.progress(0, 0, "Waiting for another change in this project.")
        time.sleep(BUSY_PAUSE_SECONDS)


def _end(
    ticket: Ticket, state: JobState, message: str, outcome: Mapping[str, Any] | None = None
) -> None:
    """Record the end of this attempt, unless another one has the job."""
    closable = [JobState.RUNNING, JobState.DONE] if state == JobState.DONE else [JobState.RUNNING]
    mine = Job.objects.filter(pk=ticket.job.pk, attempt=ticket.attempt, state__in=closable)
    mine.update(
        state=state,
        message=message,
        result=dict(outcome or {}),
        finished_at=Now(),
        lease_until=None,
    )


# ---- looking after the others ----


def collect_lost_jobs() -> int:
    """Hand the jobs whose lease ran out to a next attempt, or end them; return how many."""
    with transaction.atomic():
        lost = list(
            Job.objects.under_way()
            .filter(lease_until__lt=Now())
            .select_for_update(skip_locked=True, of=("self",))
        )
        for job in lost:
            _try_again(job)
    return len(lost)


def _try_again(job: Job) -> None:
    mine = Job.objects.filter(pk=job.pk)
    if job.cancel_requested:
        mine.update(state=JobState.CANCELLED, finished_at=Now(), lease_until=None)
    elif job.state == JobState.RUNNING and job.attempt >= MOST_ATTEMPTS:
        mine.update(
            state=JobState.FAILED, message=LOST_TOO_OFTEN, finished_at=Now(), lease_until=None
        )
    else:
        mine.update(state=JobState.QUEUED, lease_until=Now() + PICK_UP)
        _hand_over(job)


def note_worker() -> None:
    """Say, where every web process can see it, that a worker is alive."""
    cache.set(WORKER_KEY, True, timeout=WORKER_SILENCE_SECONDS)


def forget_worker() -> None:
    """Say that the last worker here is going."""
    cache.delete(WORKER_KEY)


def worker_seen() -> bool:
    """Tell whether a worker said lately that it is alive."""
    return bool(cache.get(WORKER_KEY))

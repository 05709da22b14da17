"""The worker as a real process: killed in the middle of a job, another one takes over."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from reconciliation import jobs
from reconciliation.models import Job
from reconciliation.vocabulary import JobKind, JobState
from tests.config.processes import (
    PATIENCE_SECONDS,
    children_of,
    living_with,
    start,
    start_manage,
    wait_until,
)
from tests.factories import make_project

pytestmark = pytest.mark.django_db(transaction=True)

SLOW_JOB = """
import sys, time, django
django.setup()
from reconciliation import jobs
def work(ticket):
    ticket.progress(1, 2, "Half")
    time.sleep(600)
jobs.carry_out(sys.argv[1], work)
"""


@pytest.fixture
def same_database(tmp_path: Path) -> dict[str, str]:
    """Settings by which another process uses the test's own database, with short leases."""
    params = connection.get_connection_params()
    user, host = params["user"], quote(params.get("host", ""), safe="")
    return {
        "DATABASE_URL": f"postgresql://{user}@/{params['dbname']}?host={host}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEBUG": "true",
        "JOB_LEASE_SECONDS": "1",
        "VAR_FOLDER": str(tmp_path / "var"),
    }


@pytest.fixture
def running_worker(same_database: dict[str, str], tmp_path: Path) -> Iterator[Any]:
    """`manage.py worker` on the test's database."""
    log = tmp_path / "worker.log"
    worker = start_manage("worker", log=log, RECONCILE_MARK=str(tmp_path), **same_database)
    wait_until(jobs.worker_seen)
    yield worker
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE_SECONDS) == 0, log.read_text()


def ask(kind: JobKind = JobKind.READ) -> Job:
    """Enqueue a job about nothing, which ends at once as failed."""
    project = make_project()
    return jobs.enqueue(kind=kind, project=project, subject=None, created_by=project.created_by)


def has_ended(job: Job) -> bool:
    """Tell whether the job reached its end."""
    job.refresh_from_db()
    return job.is_finished


def test_the_worker_carries_out_both_queues_and_says_goodbye(running_worker: Any) -> None:
    """What fails unexpectedly ends with a sentence, not with a traceback."""
    short, long = ask(JobKind.READ), ask(JobKind.MATCH)
    wait_until(lambda: has_ended(short) and has_ended(long))
    assert {short.state, long.state} == {JobState.FAILED}
    assert "Traceback" not in short.message


def test_a_job_whose_process_was_killed_is_given_to_the_next(
    same_database: dict[str, str], tmp_path: Path
) -> None:
    """After its lease of a second; the dead attempt's progress is gone."""
    job = ask()
    log = tmp_path / "slow.log"
    slow = start(sys.executable, "-c", SLOW_JOB, str(job.pk), log=log, **same_database)
    wait_until(lambda: Job.objects.filter(pk=job.pk, done_count=1).exists())
    slow.kill()
    slow.wait()
    wait_until(lambda: jobs.collect_lost_jobs() == 1)
    second = jobs.start(job.pk)
    assert second is not None
    assert (second.attempt, second.job.done_count) == (2, 0)


def test_a_job_asked_to_stop_by_signal_goes_back_at_once(
    same_database: dict[str, str], tmp_path: Path
) -> None:
    """A deployment that stops the worker costs no waiting for the lease."""
    job = ask()
    log = tmp_path / "slow.log"
    slow = start(sys.executable, "-c", SLOW_JOB, str(job.pk), log=log, **same_database)
    wait_until(lambda: Job.objects.filter(pk=job.pk, done_count=1).exists())
    slow.send_signal(signal.SIGINT)
    slow.wait()
    assert jobs.collect_lost_jobs() == 1


def test_the_queues_die_with_their_worker(same_database: dict[str, str], tmp_path: Path) -> None:
    """kill -9 of the worker leaves none of its processes."""
    worker = start_manage("worker", log=tmp_path / "worker.log", **same_database)
    wait_until(lambda: len(children_of(worker.pid)) == 2)
    queues = children_of(worker.pid)
    worker.kill()
    worker.wait()
    wait_until(lambda: not set(queues) & set(living_with("db_worker")))

"""Kills: processes at the books are killed again and again; others take over what they left."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections
from django.db.models.functions import Now

from reconciliation import jobs
from reconciliation.aside import close_aside
from reconciliation.matching import run
from reconciliation.models import Job
from reconciliation.soak.drive import drive
from reconciliation.soak.playground import Playground
from reconciliation.vocabulary import JobKind, JobState

SHORTEST_SECONDS, LONGEST_SECONDS = 0.2, 2.0
ENDLESS = 1_000_000
RECOVERY_SECONDS = 30.0
#: One round in so many kills the embedded PostgreSQL beside the process that works with it.
SERVER_EVERY = 5


@dataclass
class Toll:
    """What the rounds came to: servers killed, and what went wrong that no kill explains."""

    servers: int = 0
    faults: list[str] = field(default_factory=list)


def kill_rounds(playground: Playground, *, rounds: int, threads: int, seed: int) -> Toll:
    """Let a process work in so many threads and kill it, so many times; return the toll.

    After each round the jobs the dead process had are given to this one and carried out.
    """
    random, toll = Random(seed), Toll()  # noqa: S311
    for number in range(1, rounds + 1):
        server_dies = number % SERVER_EVERY == 0
        worker = _start_worker(playground, threads, seed + 1_000 * number, server_dies)
        time.sleep(random.uniform(SHORTEST_SECONDS, LONGEST_SECONDS))
        if server_dies:
            toll.servers += _kill_server()
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
        _await_server()
        take_over(playground)
    toll.faults = playground.faults()
    return toll


def _start_worker(playground: Playground, threads: int, seed: int, server_dies: bool) -> int:
    """Start a process that works until it is killed; return its id."""

    def tell(fault: Exception, words: str) -> None:
        if not (server_dies and isinstance(fault, DatabaseError | InterfaceError)):
            playground.fault(words)

    connections.close_all()
    close_aside()
    worker = os.fork()
    if worker:
        return worker
    try:
        drive(playground, operations=ENDLESS, threads=threads, seed=seed, tell=tell)
    finally:
        os._exit(0)


def _kill_server() -> int:
    """Kill the embedded PostgreSQL, if it is one; return how many servers that were."""
    cluster = connection.settings_dict.get("CLUSTER")
    if cluster is None:
        return 0
    postmaster = Path(cluster.data_folder) / "postmaster.pid"
    os.kill(int(postmaster.read_text(encoding="utf-8").split()[0]), signal.SIGKILL)
    return 1


def _await_server() -> None:
    """Return when the database answers again; it must within RECOVERY_SECONDS."""
    give_up_at = time.monotonic() + RECOVERY_SECONDS
    while True:
        try:
            connection.ensure_connection()
        except OperationalError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.1)
        else:
            return


def take_over(playground: Playground) -> None:
    """Do what the next worker does once the dead one's leases have run out."""
    ours = Job.objects.filter(project=playground.project)
    ours.filter(state=JobState.RUNNING).update(lease_until=Now())
    jobs.collect_lost_jobs()
    for job_id in ours.filter(state=JobState.QUEUED, kind=JobKind.MATCH).values_list(
        "pk", flat=True
    ):
        jobs.carry_out(str(job_id), run.execute_run)

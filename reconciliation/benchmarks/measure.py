"""Measuring: seconds by the clock, processor seconds of program and database, and peak memory."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Measured:
    """What a piece of work took; ``database`` is 0 where PostgreSQL runs on another machine."""

    seconds: float = 0.0
    program: float = 0.0
    database: float = 0.0

    @property
    def busy(self) -> float:
        """Return the processor seconds of program and database together."""
        return self.program + self.database


@contextmanager
def measured() -> Iterator[Measured]:
    """Measure the block: the clock, and the processor time of this process, its children and the
    database's process.
    """
    found = Measured()
    began, program, database = time.perf_counter(), _program_seconds(), _database_seconds()
    yield found
    found.seconds = time.perf_counter() - began
    found.program = _program_seconds() - program
    found.database = _database_seconds() - database


def _program_seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _database_seconds() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists() or "postgres" not in (text := stat.read_text()):
        return 0.0
    user, system = text.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / _TICKS


def peak_mb() -> int:
    """Return the most memory this process or one of its children ever held, in MB."""
    sides = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(who).ru_maxrss for who in sides) // 1024

"""A second connection of this thread to the same database, for what must be seen at once.

Progress and leases are written while the work's own transaction is open, so they need a
connection of their own, in autocommit. Statements here must wait for no lock (SKIP LOCKED), and a
failure to write never stops the work.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, InterfaceError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)
_own = threading.local()


def run_aside(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run one statement at once and return the rows it returns; none where it failed."""
    try:
        with _connection().cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall()
    except (DatabaseError, InterfaceError):
        logger.warning("a write aside of the work failed")
        close_aside()
        return []


def close_aside() -> None:
    """Close this thread's second connection."""
    connection = getattr(_own, "connection", None)
    _own.connection = None
    if connection is not None:
        connection.close()


@contextmanager
def beating(beat: Callable[[], None], seconds: float) -> Iterator[None]:
    """Call ``beat`` every so many seconds, from a thread of its own, while the block runs."""
    ended = threading.Event()
    thread = threading.Thread(
        target=_beat_until, args=(beat, seconds, ended), name="beat", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        close_aside()


def _beat_until(beat: Callable[[], None], seconds: float, ended: threading.Event) -> None:
    while not ended.wait(seconds):
        beat()
    close_aside()


def _connection() -> BaseDatabaseWrapper:
    if getattr(_own, "connection", None) is None:
        _own.connection = connections.create_connection("default")
    return _own.connection

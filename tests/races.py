"""Somebody is faster: at the very point between looking and changing, another change is committed.

Nothing here waits for luck: the other change is made, whole, by a thread of its own when the first
one is about to call a named function.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections

from tests.config.processes import wait_until

JOIN_SECONDS = 60


def at_once(*acts: Callable[[], Any]) -> None:
    """Do all of them in threads with connections of their own; raise what one of them raised."""
    with ThreadPoolExecutor(len(acts)) as threads:
        ended = [threads.submit(alone, act) for act in acts]
        for each in ended:
            each.result(JOIN_SECONDS)


def alone(act: Callable[[], Any]) -> None:
    """Do it and close the connections of this thread."""
    try:
        act()
    finally:
        connections.close_all()


def just_before(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, act: Callable[[], Any]
) -> None:
    """Let somebody else do this, whole, when the module is about to call ``name`` next."""
    called = getattr(module, name)

    def interrupted(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(module, name, called)
        at_once(act)
        return called(*args, **kwargs)

    monkeypatch.setattr(module, name, interrupted)


def waits_for_a_lock() -> None:
    """Wait until some other connection to this database waits for a lock."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )

    def is_one() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(waiting)
            return bool(cursor.fetchone()[0])

    wait_until(is_one)

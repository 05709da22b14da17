"""Two changes in each other's way: who lost to the other (40001, 40P01) starts over by itself.

Law: a second attempt begins on a clean slate, with its transaction rolled back, so only the
outermost change of a transaction starts over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, connection, transaction

#: What PostgreSQL does to one of two that stand in each other's way.
COLLISIONS = ("40001", "40P01")
LOCK_NOT_AVAILABLE = "55P03"
MOST_TRIES = 3

#: How long a change waits for another one in the same project before it says so.
LOCK_TIMEOUT = "4s"

#: Set while an outer change will start over: then nobody below turns a collision into words.
_will_start_over: ContextVar[bool] = ContextVar("will_start_over", default=False)

Arguments = ParamSpec("Arguments")
Outcome = TypeVar("Outcome")


class ProjectBusy(Exception):
    """Somebody else was changing the project and did not end in time; nothing was changed."""

    http_status = 409


def collided(broken: BaseException | None) -> bool:
    """Say whether this error, or one it was made from, is a collision of two changes."""
    while broken is not None:
        if sqlstate_of(broken) in COLLISIONS:
            return True
        broken = broken.__cause__
    return False


def sqlstate_of(broken: BaseException | None) -> str | None:
    """Return the code PostgreSQL gave a database error of Django's, None for any other error."""
    return getattr(broken.__cause__, "pgcode", None) if broken else None


def is_for_the_outer_change(broken: BaseException) -> bool:
    """Say whether this collision is to be left to an outer change, which starts over."""
    return _will_start_over.get() and collided(broken)


def tried_again(change: Callable[Arguments, Outcome]) -> Callable[Arguments, Outcome]:
    """Let a change that collided with another one start over, MOST_TRIES times in all."""

    @wraps(change)
    def patient(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Outcome:
        is_outermost = not connection.in_atomic_block
        for _ in range(MOST_TRIES - 1 if is_outermost else 0):
            try:
                with _starting_over():
                    return change(*args, **kwargs)
            except Exception as broken:
                if not collided(broken):
                    raise
        return change(*args, **kwargs)

    return patient


@contextmanager
def _starting_over() -> Iterator[None]:
    token = _will_start_over.set(True)
    try:
        yield
    finally:
        _will_start_over.reset(token)


@contextmanager
def changing_project() -> Iterator[None]:
    """Run the block in one transaction that waits LOCK_TIMEOUT for others, then says so."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
            yield
    except DatabaseError as broken:
        if is_for_the_outer_change(broken):
            raise
        if sqlstate_of(broken) in (*COLLISIONS, LOCK_NOT_AVAILABLE):
            raise ProjectBusy("Somebody is recording in this project; try again.") from broken
        raise


def change_of_project(change: Callable[Arguments, Outcome]) -> Callable[Arguments, Outcome]:
    """Make a use case one change of a project: one transaction, tried again, patient but not for
    ever.
    """

    @tried_again
    @wraps(change)
    def whole(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Outcome:
        with changing_project():
            return change(*args, **kwargs)

    return whole

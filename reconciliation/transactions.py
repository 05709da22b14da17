"""One way into the books for every change: open_books(project).

Law: whoever changes the books takes the project's row first, and only then anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, connection, transaction

from projects.models import Project
from reconciliation import errors

#: How long a change waits for another one in the same project before it says so.
LOCK_TIMEOUT = "4s"

UNIQUE_VIOLATION = "23505"

#: What PostgreSQL does to one of two that stand in each other's way: 40001, 40P01.
COLLISIONS = ("40001", "40P01")
MOST_TRIES = 3

Arguments = ParamSpec("Arguments")
Outcome = TypeVar("Outcome")

#: SQLSTATE → what the books say (reconciliation/migrations/sql/promises.sql raises the 23R ones).
_REFUSALS: dict[str, tuple[type[errors.Refusal], str]] = {
    "23R01": (errors.OutOfBalance, "The chosen lines do not net to 0.00."),
    "23R02": (
        errors.AlreadyMatched,
        "A chosen line is matched already, or no longer in the books.",
    ),
    "23R03": (errors.UnknownLines, "A chosen line is not in this project's books."),
    "23R04": (errors.AlreadyReversed, "This match group is sealed, or was unmatched before."),
    "23R05": (errors.WrongState, "The books keep what was recorded; this cannot be changed."),
    "23R07": (errors.ProjectLocked, "The project is locked or archived: its books take no change."),
    "23R08": (errors.WrongState, "The stored rows do not agree with the file's control totals."),
    **dict.fromkeys(COLLISIONS, (errors.BeingRecorded, "Somebody was faster; try again.")),
    "55P03": (errors.BeingRecorded, "Somebody is recording in this project; try again."),
}


@contextmanager
def open_books(project: Project) -> Iterator[Project]:
    """Run the block in one transaction that holds the project's books; yield the project as it is
    now.

    Raises ProjectLocked where the project takes no change, BeingRecorded where another change does
    not end within LOCK_TIMEOUT, and the refusal that belongs to whatever promise the block would
    break.
    """
    with refusals(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
        locked = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        if not locked.is_open:
            raise errors.ProjectLocked(
                f"“{locked.name}” is {locked.get_state_display().lower()}: "
                "its books take no change."
            )
        yield locked


def tried_again(change: Callable[Arguments, Outcome]) -> Callable[Arguments, Outcome]:
    """Let a change that collided with another one start over, MOST_TRIES times in all.

    Inside a transaction it is the outermost change that starts over.
    """

    @wraps(change)
    def patient(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Outcome:
        is_outermost = not connection.in_atomic_block
        for _ in range(MOST_TRIES - 1 if is_outermost else 0):
            try:
                return change(*args, **kwargs)
            except errors.BeingRecorded as collided:
                if _code_of(collided.__cause__) not in COLLISIONS:
                    raise
        return change(*args, **kwargs)

    return patient


@contextmanager
def refusals() -> Iterator[None]:
    """Turn a broken promise of the database into the refusal a person can read."""
    try:
        yield
    except DatabaseError as broken:
        refusal = _refusal_of(broken)
        if refusal is None:
            raise
        raise refusal from broken


def _refusal_of(broken: DatabaseError) -> errors.Refusal | None:
    code = _code_of(broken)
    if code == UNIQUE_VIOLATION and "a_line_is_in_one_live_group" in str(broken.__cause__):
        code = "23R02"
    if code not in _REFUSALS:
        return None
    refusal, sentence = _REFUSALS[code]
    return refusal(sentence)


def _code_of(broken: BaseException | None) -> str | None:
    return getattr(broken.__cause__, "pgcode", None) if broken else None

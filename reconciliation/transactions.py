"""One way into the books for every change: open_books(project).

Law: whoever changes the books takes the project's row first, and only then anything else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, transaction
from django.db.models import CharField, Func, Value
from django.db.models.lookups import IsNull

from projects.collisions import (
    COLLISIONS,
    LOCK_NOT_AVAILABLE,
    LOCK_TIMEOUT,
    is_for_the_outer_change,
    sqlstate_of,
)
from projects.collisions import tried_again as tried_again
from projects.models import Project
from reconciliation import errors

UNIQUE_VIOLATION = "23505"

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
    "23R09": (
        errors.AboveWriteOffLimit,
        "The difference is above the project's write-off limit; name another reason, "
        "or have the owner raise the limit in the settings.",
    ),
    **dict.fromkeys(COLLISIONS, (errors.BeingRecorded, "Somebody was faster; try again.")),
    LOCK_NOT_AVAILABLE: (errors.BeingRecorded, "Somebody is recording in this project; try again."),
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
        locked = Project.objects.select_for_update(no_key=True).get(_patience(), pk=project.pk)
        if not locked.is_open:
            raise errors.ProjectLocked(
                f"“{locked.name}” is {locked.get_state_display().lower()}: "
                "its books take no change."
            )
        yield locked


@contextmanager
def refusals() -> Iterator[None]:
    """Turn a broken promise of the database into the refusal a person can read."""
    try:
        yield
    except DatabaseError as broken:
        refusal = None if is_for_the_outer_change(broken) else _refusal_of(broken)
        if refusal is None:
            raise
        raise refusal from broken


def _patience() -> IsNull:
    """Return what is always true, and sets how long the row is waited for in the statement that
    locks it.
    """
    setting = (Value("lock_timeout"), Value(LOCK_TIMEOUT), Value(True))
    return IsNull(Func(*setting, function="set_config", output_field=CharField()), False)


def _refusal_of(broken: DatabaseError) -> errors.Refusal | None:
    code = sqlstate_of(broken)
    if code == UNIQUE_VIOLATION and "a_line_is_in_one_live_group" in str(broken.__cause__):
        code = "23R02"
    if code not in _REFUSALS:
        return None
    refusal, sentence = _REFUSALS[code]
    return refusal(sentence)

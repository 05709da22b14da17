"""Places in long lists: a cursor names the row a page starts behind, and survives a trip in a URL.

Law: lists page by keyset, never OFFSET, so that the last page costs what the first one does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

AFTER, BEFORE = "after", "before"
#: Direction, sort key, and the tie-breaker that makes the place unique.
_SHAPE = re.compile(r"(after|before)~(-?[0-9][0-9.e-]{0,24})~([0-9a-f-]{1,36})\Z")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place: the rows ``after`` or ``before`` the one with this sort key and this tie-breaker."""

    direction: str
    key: str
    tie: str

    def __str__(self) -> str:
        """Write the cursor for a URL; ``read_cursor`` reads it back."""
        return f"{self.direction}~{self.key}~{self.tie}"

    @property
    def is_backward(self) -> bool:
        """Say whether the page lies before the named row."""
        return self.direction == BEFORE


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page in reading order, and the cursors of its neighbours (None at an end)."""

    rows: Sequence[Any]
    previous: Cursor | None
    next: Cursor | None


def read_cursor(text: str) -> Cursor:
    """Return the cursor written as ``text``; raises ValueError where it is none."""
    found = _SHAPE.match(text)
    if not found:
        raise ValueError(f"“{text}” is not a place in the list")
    return Cursor(*found.groups())


def page_of(
    rows: Sequence[Any],
    *,
    length: int,
    cursor: Cursor | None,
    place: Callable[[Any], tuple[Any, Any]],
) -> Page:
    """Return the page made of ``rows``, fetched in the cursor's direction, one more than fit.

    ``place`` gives a row's sort key and tie-breaker.
    """
    backward = cursor is not None and cursor.is_backward
    has_more = len(rows) > length
    shown = list(rows[:length])
    if backward:
        shown.reverse()
    if not shown:
        return Page(shown, None, None)
    behind = has_more if backward else cursor is not None
    ahead = True if backward else has_more
    return Page(
        shown,
        Cursor(BEFORE, *map(str, place(shown[0]))) if behind else None,
        Cursor(AFTER, *map(str, place(shown[-1]))) if ahead else None,
    )

"""Statements: the balances that bank formats state, and how several statements of a file join.

Statements of one account follow one another: each opens with what the one before closed with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Stated:
    """One statement of a file: its account and the balances it states, None = not stated."""

    account: str
    opening: Decimal | None
    closing: Decimal | None


@dataclass(frozen=True, slots=True)
class Joined:
    """Several statements of one account as one; ``gaps`` are the closings the next does not open
    with.
    """

    opening: Decimal | None
    closing: Decimal | None
    gaps: tuple[tuple[Decimal, Decimal], ...] = ()


def join_statements(stated: Sequence[Stated]) -> Joined | None:
    """Return the statements as one, oldest first or newest first as they fit; None for none."""
    if not stated:
        return None
    forward, back = _gaps(stated), _gaps(stated[::-1])
    ordered, gaps = (stated, forward) if len(forward) <= len(back) else (stated[::-1], back)
    return Joined(ordered[0].opening, ordered[-1].closing, gaps)


def _gaps(stated: Sequence[Stated]) -> tuple[tuple[Decimal, Decimal], ...]:
    return tuple(
        (before.closing, after.opening)
        for before, after in pairwise(stated)
        if before.closing is not None
        and after.opening is not None
        and before.closing != after.opening
    )

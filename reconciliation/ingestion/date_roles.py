"""Date roles: which column is the booking date, and which the value date."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reconciliation.ingestion.profiles import Profile

#: Words for the day of booking, as against the day of the purchase.
_POSTED = re.compile(
    r"post|buchung|boek|comptab|contab|księgow|zaúčt|bokför|bokfør|bogfør|könyvel|провод|记账|"
    r"記帳|入账|入帳",
    re.IGNORECASE,
)
#: Words for the day on which somebody typed a booking in.
_ENTERED = re.compile(
    r"\bdate entered|\bentered|\berfass|eingabedatum|\bdate de saisie|fecha de captura|"
    r"data inserimento|data di inserimento|invoerdatum",
    re.IGNORECASE,
)


def pick_dates(profiles: Sequence[Profile], rows: int) -> tuple[int | None, int | None]:
    """Return the positions of the booking date and of the value date."""
    found = [p for p in profiles if p.date_share >= 0.6 and p.filled >= 0.5 * rows]
    if not found:
        found = [p for p in profiles if _weak_dates(p)]
    if not found:
        return None, None
    best = max(found, key=lambda p: (_is_booking(p), p.filled >= 0.95 * rows, -p.index))
    valued = [p for p in found if p is not best and p.speaks_for("value_date") >= 1]
    return best.index, valued[0].index if valued else None


def _is_booking(p: Profile) -> float:
    """Return how strongly a header names a booking date: 2 by name, 1 unnamed, 0 a value date, less
    the day of typing it in.
    """
    if _ENTERED.search(p.header):
        return -1.0
    if p.speaks_for("date") >= max(p.speaks_for("value_date"), 1):
        return (2.0 if p.speaks_for("date") >= 2 else 1.5) + (
            1.0 if _POSTED.search(p.header) else 0.0
        )
    return 0.0 if p.speaks_for("value_date") else 1.0


def _weak_dates(p: Profile) -> bool:
    """Tell a column named a date (or with no name) whose cells are dates without a year, Excel day
    numbers or six digits.
    """
    least = max(p.votes.no_year, p.votes.serial, p.votes.bare)
    if not p.filled or least < 0.5 * p.filled or not least:
        return False
    if least == 0.5 * p.filled:
        return p.speaks_for("date") >= 2
    return p.speaks_for("date") > 0 or (not p.header and least >= 0.95 * p.filled)

"""Period: where a day stands to a project's period; derived, never stored."""

from __future__ import annotations

import datetime as dt

BEFORE = "before the period"
AFTER = "after the period"


def outside_period(day: dt.date, start: dt.date | None, end: dt.date | None) -> str:
    """Return BEFORE or AFTER for a day outside the period, "" for one inside or where none is set.

    A period may be open at either end.
    """
    if start and day < start:
        return BEFORE
    return AFTER if end and day > end else ""

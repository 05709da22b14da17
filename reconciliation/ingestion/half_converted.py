"""Half-converted dates: a spreadsheet of another country turned every date it could read with day
and month exchanged, and left the others as text.

Law: the signs are that all texts have a day after the 12th and no real date has; then it is asked
which is meant.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from reconciliation.ingestion.dates import vote
from reconciliation.ingestion.reading import Answer, Question

_LEAST = 2


def order_of_texts(cells: Iterable[Any]) -> str:
    """Return the order of day and month in the texts of a half-converted column, "" for others."""
    kinds = set(cells)
    real = [cell for cell in kinds if isinstance(cell, dt.date)]
    votes = vote(cell for cell in kinds if isinstance(cell, str))
    proved = votes.dmy + votes.mdy
    if len(real) < _LEAST or proved < _LEAST or proved != votes.numeric or votes.dmy * votes.mdy:
        return ""
    if any(day.day > 12 for day in real) or all(day.day == day.month for day in real):
        return ""
    return "dmy" if votes.dmy else "mdy"


def ask_turned_dates(cells: Sequence[Any], order: str) -> Question:
    """Return the question whether the real dates have day and month exchanged."""
    day = next(c for c in cells if isinstance(c, dt.date) and c.day != c.month)
    text = next(c for c in cells if isinstance(c, str) and c.strip())
    shown, turned = f"{day:%d %B %Y}", f"{day.replace(day=day.month, month=day.day):%d %B %Y}"
    words = (
        f"Some dates are text ({text.strip()}), the others real dates, none after the 12th: a "
        "spreadsheet may have exchanged their day and month. "
        f"Is the date it shows as {shown} right?"
    )
    answers = (
        Answer(f"date_order={order}_turned", "No, exchange day and month", (turned,)),
        Answer(f"date_order={order}", "Yes, leave the real dates as they are", (shown,)),
    )
    return Question("date_order", words, answers)

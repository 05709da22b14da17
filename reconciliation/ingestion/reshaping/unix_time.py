"""Unix time: seconds or milliseconds since 1970 in the place of dates.

Law: the day depends on the time zone. It is asked for where the zones people live in give different
days, unless one zone alone makes every moment a midnight.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reconciliation.ingestion.cells import as_text, is_data_row, is_filled
from reconciliation.ingestion.layout import BadOption
from reconciliation.ingestion.reading import Answer, Evidence, Question
from reconciliation.ingestion.reshaping.steps import (
    Found,
    Stream,
    cell_at,
    whole_number,
    with_cells,
)
from reconciliation.ingestion.words import roles_of_header

ZONES = (
    "UTC", "Europe/London", "Europe/Berlin", "Europe/Helsinki", "America/New_York",
    "America/Chicago", "America/Los_Angeles", "America/Sao_Paulo", "Asia/Kolkata",
    "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney",
)  # fmt: skip
#: 2000 and 2100 in seconds.
_FIRST, _LAST = 946_684_800, 4_102_444_800
#: Hours from UTC between which nearly all people live.
_WEST, _EAST = -8, 12
_LEAST, _LEAST_UNNAMED = 2, 5
_DAY, _YEARS = 86_400, 3 * 366 * 86_400


def find(rows: Sequence[Sequence[Any]], options: Mapping[str, str]) -> Found | None:
    """Return the step where a column holds moments in Unix time and no other has dates."""
    if any(map(is_data_row, rows)):
        return None
    for column in range(max(map(len, rows), default=0)):
        if (found := _moments(rows, column)) is not None:
            return _found(column, *found, options)
    return None


def _moments(rows: Sequence[Sequence[Any]], column: int) -> tuple[list[int], bool] | None:
    """Return a column's moments in seconds, and whether its header names a date; None for none."""
    cells = [cell_at(row, column) for row in rows]
    found = [second for cell in cells if (second := seconds_of(cell)) is not None]
    if len(found) < _LEAST:
        return None
    others = [as_text(c) for c in cells if is_filled(c) and seconds_of(c) is None]
    if any("date" in roles_of_header(text) for text in others):
        return found, True
    steps = {(b > a) - (b < a) for a, b in pairwise(found)}
    spread = max(found) - min(found)
    unnamed = not others and len(found) >= _LEAST_UNNAMED and 2 * _DAY <= spread <= _YEARS
    return (found, False) if unnamed and not {1, -1} <= steps else None


def seconds_of(cell: Any) -> int | None:
    """Return the moment of ten digits (seconds) or thirteen (milliseconds), None for any other."""
    text = as_text(cell).strip()
    whole, _, part = text.partition(".")
    number = whole_number(whole) if part.strip("0123456789") == "" else None
    if number is None or len(whole) not in (10, 13):
        return None
    number = number // 1000 if len(whole) == 13 else number
    return number if _FIRST <= number < _LAST else None


def _found(
    column: int, moments: Sequence[int], is_named: bool, options: Mapping[str, str]
) -> Found:
    chosen = options.get("zone", "")
    zone, why = (chosen, "chosen by you") if chosen else _zone_of(moments)
    _zone(zone or "UTC")
    questions = () if chosen or (zone and is_named) else (_ask(moments[0]),)
    evidence = Evidence("dates", f"Unix time, days of {zone or 'UTC'}", why)
    return Found(f"unix {column} {zone or 'UTC'}", evidence, questions)


def _zone_of(moments: Sequence[int]) -> tuple[str, str]:
    """Return the zone whose days are meant and why, ("", …) where it is not certain."""
    midnight = [name for name in ZONES if all(_at(m, name).time() == dt.time(0) for m in moments)]
    days = {tuple(_at(m, name).date() for m in moments) for name in midnight}
    if len(days) == 1:
        return midnight[0], f"every moment is a midnight in {midnight[0]}"
    far = [tuple((m + 3600 * hours) // _DAY for m in moments) for hours in (_WEST, _EAST)]
    if far[0] == far[1]:
        return "UTC", "the day is the same in nearly all time zones"
    return "", "the day depends on the time zone"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise BadOption(
            f"zone={name}: there is no such time zone, such as Europe/Berlin"
        ) from problem


def _at(moment: int, zone: str) -> dt.datetime:
    return dt.datetime.fromtimestamp(moment, _zone(zone))


def _ask(moment: int) -> Question:
    """Return the question for the time zone, the first moment read in each."""
    answers = tuple(
        Answer(f"zone={name}", name, (f"{moment} = {_at(moment, name):%-d %B %Y, %H:%M}",))
        for name in ZONES
    )
    text = f"Is {moment} a moment in Unix time? Of which time zone are the days?"
    return Question("zone", text, answers)


def with_dates(rows: Stream, arguments: str) -> Stream:
    """Yield the records with the day in the place of the moment."""
    place, _, zone = arguments.partition(" ")
    column = int(place)
    for row, line in rows:
        moment = seconds_of(cell_at(row, column))
        if moment is not None:
            row = with_cells(row, {column: _at(moment, zone).date().isoformat()})
        yield row, line

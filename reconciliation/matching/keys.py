"""Keys: the ways in which lines are customarily added up: by day, source, payee, batch, week,
month.

A family gives every row none, one or several keys; rows of one key are one candidate group.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.reading import Reading

Ints = NDArray[np.int64]

#: Rows of one text this many days apart still belong to one run.
RUN_GAP = 1
#: Consecutive numbers belong together when their lines are this many days apart at most.
SERIAL_DAYS = 4
_MOST_CODE = 2**62


@dataclass(frozen=True, slots=True)
class Family:
    """A named way of adding up: ``key[i]`` is a key of row ``row[i]``."""

    name: str
    row: Ints
    key: Ints


def key_families(reading: Reading, side: int, rows: Ints) -> Iterator[Family]:
    """Yield every family over the given rows of a side."""
    mine = reading.sides[side]
    day, channel, kind = mine.day[rows], mine.channel[rows], mine.channel[rows] // 2
    written = reading.texts.written[side]
    payee = written.phrases(rows, "counterparty")
    text = written.phrases(rows, "description")
    index, number = mine.numbers.take(rows)
    week, month = (day + 3) // 7, _month(day)
    plain = {
        "day": (day,),
        "day and kind": (day, channel),
        "day and text": (day, text, kind),
        "day and payee": (day, payee, kind),
        "week and kind": (week, channel),
        "week and text": (week, text, kind),
        "month and kind": (month, channel),
        "month and text": (month, text, kind),
        "month and payee": (month, payee, kind),
    }
    for name, parts in plain.items():
        yield Family(name, rows, _code(*parts))
    numbered = {
        "number": (number,),
        "number and text": (number, text[index], kind[index]),
        "number and payee": (number, payee[index], kind[index]),
        "day and source": (day[index], number, kind[index]),
        "day, source and payee": (day[index], number, payee[index], kind[index]),
    }
    for name, parts in numbered.items():
        yield Family(name, rows[index], _code(*parts))
    yield _two_days("two days and payee", rows, day, _code(payee, kind))
    yield _two_days("two days and text", rows, day, _code(text, kind))
    yield Family("run of days and text", rows, _day_runs(_code(text, channel), day))
    yield Family("run of days and kind", rows, _day_runs(channel, day))
    yield _number_runs(reading, rows, index, number, _code(text, kind), day)


def _number_runs(
    reading: Reading, rows: Ints, index: Ints, number: Ints, what: Ints, day: Ints
) -> Family:
    """Return the family of consecutive numbers on lines of one text and neighbouring days."""
    keep = np.flatnonzero(reading.serials[number] >= 0)
    row, serial = rows[index[keep]], reading.serials[number[keep]]
    same, day = what[index[keep]], day[index[keep]]
    order = np.lexsort((serial, same))
    joined = np.diff(same[order], prepend=-1) == 0
    joined &= np.diff(serial[order], prepend=0) <= 1
    joined &= np.abs(np.diff(day[order], prepend=0)) <= SERIAL_DAYS
    return Family("run of numbers", row[order], np.cumsum(~joined))


def _month(day: Ints) -> Ints:
    """Return a number for the calendar month of each day."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _code(*parts: Ints) -> Ints:
    """Return one id for each combination of the parts, in their order."""
    code, room = np.zeros(len(parts[0]), np.int64), 1
    for part in parts:
        low = int(part.min(initial=0))
        size = int(part.max(initial=0)) - low + 1
        room *= size
        if room > _MOST_CODE:
            return _ranked_code(*parts)
        code = code * np.int64(size) + (part - low)
    return code


def _ranked_code(*parts: Ints) -> Ints:
    """Return the same where the parts are too large to be multiplied."""
    code = np.zeros(len(parts[0]), np.int64)
    for part in parts:
        _, place = np.unique(part, return_inverse=True)
        code = np.unique(code * np.int64(len(part) + 1) + place, return_inverse=True)[1]
    return code


def _two_days(name: str, rows: Ints, day: Ints, what: Ints) -> Family:
    """Return the family in which each row is in the pair of days it ends and the one it begins."""
    both = np.concatenate([day, day + 1])
    return Family(name, np.tile(rows, 2), _code(both, np.tile(what, 2)))


def _day_runs(what: Ints, day: Ints) -> Ints:
    """Return a key for each run of neighbouring days on which the same thing goes on."""
    order = np.lexsort((day, what))
    same = np.diff(what[order], prepend=-1) == 0
    fresh = ~(same & (np.diff(day[order], prepend=0) <= RUN_GAP))
    key = np.empty(len(day), np.int64)
    key[order] = np.cumsum(fresh)
    return key

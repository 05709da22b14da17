"""Dates: cells of one column → day numbers, once the order of day and month is decided for the
column.

Law: a day is never shifted (a time zone behind a date changes nothing) and never guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.columns import NO_DAY, day_number
from reconciliation.ingestion.eras import plain_date
from reconciliation.ingestion.letters import plain_date_text
from reconciliation.ingestion.months import month_of
from reconciliation.ingestion.numbers import BAD, EMPTY, GOOD

_TIME = (
    r"(?:(?:[T ,-]|,\s|\s[/-])\s*\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,:]\d+)?)?\s*(?:[ap]\.?m\.?)?"
    r"\s*(?:Z|UTC|GMT|[A-Z]{3,4}|[+-]\d{2}:?\d{2})?)?"
)
_ISO = re.compile(rf"(\d{{4}})([-/.]|年)(\d{{1,2}})(?:\2|月)(\d{{1,2}})[.日]?{_TIME}", re.I)
_NUMERIC = re.compile(rf"(\d{{1,2}})([-/. _]|\. )(\d{{1,2}})\2(\d{{4}}|\d{{2}}|')\.?{_TIME}", re.I)
_DAY_NAME = r"(?:[^\W\d_]{2,14}(?:-feira)?\.?,?\s+)?"
_DAY_FIRST = re.compile(
    rf"{_DAY_NAME}(\d{{1,2}})(?:st|nd|rd|th|er|[.º°])?[-/. ]*(?:de )?([^\W\d_]{{3,12}})\.?[-/.,' ]*"
    rf"(?:de )?(\d{{4}}|\d{{2}})\.?{_TIME}",
    re.I,
)
_MONTH_FIRST = re.compile(
    rf"{_DAY_NAME}([^\W\d_]{{3,12}})\.?[- ]+(\d{{1,2}})(?:st|nd|rd|th)?,?[- ]+(\d{{4}}){_TIME}",
    re.I,
)
_YEAR_ALPHA = re.compile(rf"(\d{{4}})[-/. ]([^\W\d_]{{3,12}})\.?[-/. ](\d{{1,2}})\.?{_TIME}", re.I)
_COMPACT = re.compile(r"(\d{8})(?:[01]\d|2[0-3])?(?:[0-5]\d){0,2}")
_NO_YEAR = re.compile(r"(\d{1,2})[-/.](\d{1,2})\.?|(\d{1,2})(\d{2})")
_NAMED_NO_YEAR = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th|\.)?[-/. ]*([^\W\d_]{3,12})\.?|([^\W\d_]{3,12})\.?[- ]+(\d{1,2}))"
)
_DIGIT = re.compile(r"\d")
#: Six digits, or eight that do not begin with their year: their order needs deciding.
_DIGITS = re.compile(r"(\d{1,2})(\d{2})(\d{4})|(\d{1,2})(\d{2})(\d{2})")
#: Ends an order of texts beside which the real dates have day and month exchanged.
TURNED = "_turned"
_SERIAL = re.compile(r"[2-6]\d{4}(?:\.\d+)?")


@dataclass(slots=True)
class DateVotes:
    """What the cells of a column say about how its dates are written."""

    total: int = 0
    iso: int = 0
    named: int = 0
    compact: int = 0
    dmy: int = 0
    mdy: int = 0
    yy_first: int = 0
    same: int = 0
    undecided: int = 0
    dotted: int = 0
    no_year: int = 0
    typed: int = 0
    serial: int = 0
    other: int = 0
    bare: int = 0
    two_digit_year: bool = False
    proof: dict[str, str] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)

    def add(self, other: DateVotes) -> None:
        """Count another chunk's votes in."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.two_digit_year = self.two_digit_year or other.two_digit_year
        self.proof = {**other.proof, **self.proof}
        self.examples = list(dict.fromkeys(self.examples + other.examples))[:50]

    @property
    def dates(self) -> int:
        """Return how many cells can be dates at all."""
        return self.total - self.other - self.serial

    @property
    def numeric(self) -> int:
        """Return how many dates are written with numbers whose order needs deciding."""
        return self.dmy + self.mdy + self.undecided + self.same + self.yy_first + self.no_year


_COUNTS = (
    "total", "iso", "named", "compact", "dmy", "mdy", "yy_first", "same", "undecided", "dotted",
    "no_year", "typed", "serial", "other", "bare",
)  # fmt: skip


def vote(cells: Iterable[Any]) -> DateVotes:
    """Return the votes of a column; empty cells do not vote."""
    votes = DateVotes()
    for cell, count in Counter(c for c in cells if c not in ("", None)).items():
        if isinstance(cell, str) and not cell.strip():
            continue
        votes.total += count
        if isinstance(cell, str) and not _DIGIT.search(cell):
            votes.other += count
        else:
            _vote_one(votes, cell, count)
    return votes


def _vote_one(votes: DateVotes, cell: Any, count: int) -> None:
    """Put one distinct cell into its class."""
    if isinstance(cell, dt.date):
        votes.typed += count
        return
    text = cell_text(cell)
    if _ISO.fullmatch(text):
        votes.iso += count
    elif found := _NUMERIC.fullmatch(text):
        _vote_numeric(votes, found, text, count)
    elif named(text) is not None:
        votes.named += count
    elif _COMPACT.fullmatch(text) and compact(text) is not None:
        votes.compact += count
    elif found := _NUMERIC.fullmatch(spread(text)):
        votes.bare += count
        _vote_numeric(votes, found, text, count)
    elif (found := _NO_YEAR.fullmatch(text)) and isinstance(cell, str):
        _vote_no_year(votes, found, text, count)
    elif named_without_year(text):
        votes.no_year += count
        votes.proof.setdefault("named", text)
    elif _SERIAL.fullmatch(text):
        votes.serial += count
    else:
        votes.other += count


def _vote_numeric(votes: DateVotes, found: re.Match[str], text: str, count: int) -> None:
    a, b, last = int(found[1]), int(found[3]), found[4]
    votes.two_digit_year = votes.two_digit_year or len(last) == 2
    votes.dotted += count if found[2][0] == "." else 0
    kind = order_proved(a, b, int(last), len(last))
    setattr(votes, kind, getattr(votes, kind) + count)
    votes.proof.setdefault(kind, text)
    if len(votes.examples) < 50 and kind in ("undecided", "same"):
        votes.examples.append(text)


def order_proved(a: int, b: int, last: int, digits: int) -> str:
    """Return which order three numbers prove: dmy, mdy, yy_first, same (no matter), undecided or
    other.
    """
    as_dmy, as_mdy = 1 <= a <= 31 and 1 <= b <= 12, 1 <= a <= 12 and 1 <= b <= 31
    if as_dmy and as_mdy:
        return "same" if a == b else "undecided"
    if as_dmy or as_mdy:
        return "dmy" if as_dmy else "mdy"
    return "yy_first" if digits == 2 and 1 <= b <= 12 and 1 <= last <= 31 else "other"


def _vote_no_year(votes: DateVotes, found: re.Match[str], text: str, count: int) -> None:
    a, b = int(found[1] or found[3]), int(found[2] or found[4])
    if 1 <= max(a, b) <= 31 and 1 <= min(a, b) <= 12:
        votes.no_year += count
        kind = order_proved(a, b, 0, 4)
        votes.proof.setdefault(kind, text)
    else:
        votes.other += count


def looks_like_date(text: str) -> bool:
    """Tell whether a text alone can be read as a date with a year, whatever its order."""
    text = cell_text(text)
    if _ISO.fullmatch(text):
        return True
    if found := _NUMERIC.fullmatch(text):
        last = found[4]
        return order_proved(int(found[1]), int(found[3]), int(last), len(last)) != "other"
    if _COMPACT.fullmatch(text):
        return compact(text) is not None or (len(text) == 8 and looks_like_date(spread(text)))
    return named(text) is not None


def spread(text: str) -> str:
    """Return six digits, or eight that do not begin with their year, as numbers with slashes."""
    found = _DIGITS.fullmatch(text) if text.isascii() and 6 <= len(text) <= 8 else None
    if found is None or len(text) == 7:
        return text
    return "/".join(part for part in found.groups() if part)


def named_without_year(text: str) -> tuple[int, int] | None:
    """Return (month, day) of a day and a month's name without a year, or None."""
    if not (found := _NAMED_NO_YEAR.fullmatch(text)):
        return None
    month = month_of(found[2] or found[3])
    day = int(found[1] or found[4])
    return (month, day) if month and 1 <= day <= 31 else None


def cell_text(cell: Any) -> str:
    """Return a cell as the text a date would be written in."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    text = plain_date_text(str(cell)).strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return plain_date(text.strip("'").strip())


def named(text: str) -> dt.date | None:
    """Return the date of a text with a month's name, or None."""
    for pattern, order in ((_DAY_FIRST, "dmy"), (_MONTH_FIRST, "mdy"), (_YEAR_ALPHA, "ymd")):
        if found := pattern.fullmatch(text):
            parts = dict(zip(order, found.groups(), strict=False))
            month = month_of(parts["m"])
            if month:
                return _date(full_year(parts["y"]), month, int(parts["d"]))
    return None


def compact(text: str) -> dt.date | None:
    """Return the date of eight digits that begin with their year (a time may follow), or None."""
    text = text[:8]
    first = _date(int(text[:4]), int(text[4:6]), int(text[6:]))
    return first if first and 1900 <= first.year <= 2199 else None


def full_year(text: str) -> int:
    """Return the year of two or four digits; two digits mean 1970 to 2069."""
    if len(text) != 2:
        return int(text)
    return int(text) + (2000 if int(text) < 70 else 1900)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day) if year >= 1000 else None
    except ValueError:
        return None


@lru_cache(maxsize=2048, typed=True)
def date_of_cell(cell: Any, order: str, year: int = 0) -> tuple[dt.date | None, str]:
    """Return (date, "") for one cell, or (None, the reason it is none)."""
    order = order.removesuffix(TURNED)
    if isinstance(cell, dt.datetime):
        if cell.time() == dt.time(0):
            return None, "the time lies within a millisecond of midnight, so the day is not certain"
        cell = cell.date()
    if isinstance(cell, dt.date):
        return (cell, "") if cell >= dt.date(1900, 3, 1) else (None, "Excel knows no such day")
    if isinstance(cell, (bool, dt.time)):
        return None, "a date was expected"
    return _date_of_text(cell_text(cell), order, year)


def reason_beside(other: Any, cell: Any, order: str, year: int) -> str:
    """Return why a cell is no date, with another cell of its column as what was expected."""
    _, why = date_of_cell(cell, order, year)
    shown = f"{other:%Y-%m-%d}" if isinstance(other, dt.date) else cell_text(other)[:30]
    return f"{why}; the others are written like {shown}" if why and shown else why


def _date_of_text(text: str, order: str, year: int) -> tuple[dt.date | None, str]:
    if order == "serial":
        return _serial(text)
    if found := _ISO.fullmatch(text):
        date = _date(int(found[1]), int(found[3]), int(found[4]))
    elif found := _NUMERIC.fullmatch(text):
        return _numeric(found, order)
    elif date := named(text) or (compact(text) if _COMPACT.fullmatch(text) else None):
        pass
    elif found := _NUMERIC.fullmatch(spread(text)):
        return _numeric(found, order)
    elif year:
        date = _without_year(text, order, year)
    return (date, "") if date else (None, "no such date, or not written as one")


def _without_year(text: str, order: str, year: int) -> dt.date | None:
    """Read a day and a month; ``year`` is the year itself, or year and first month (202411): the
    months before that one belong to the year after.
    """
    if parts := named_without_year(text):
        month, day = parts
    elif found := _NO_YEAR.fullmatch(text):
        a, b = int(found[1] or found[3]), int(found[2] or found[4])
        month, day = (a, b) if order == "mdy" else (b, a)
    else:
        return None
    if year > 9999:
        year, first = divmod(year, 100)
        year += month < first
    return _date(year, month, day)


def _numeric(found: re.Match[str], order: str) -> tuple[dt.date | None, str]:
    """Read three numbers in the column's order."""
    a, b, last = int(found[1]), int(found[3]), found[4]
    if order == "ymd":
        if len(last) == 4:
            return (
                None,
                "the rest of the column is written year first, so day and month are not certain",
            )
        date = _date(full_year(found[1].zfill(2)), b, int(last))
    elif order == "mdy":
        date = _date(full_year(last), a, b)
    else:
        date = _date(full_year(last), b, a)
    words = {"dmy": "day-month-year", "mdy": "month-day-year", "ymd": "year-month-day"}[order]
    return (date, "") if date else (None, f"no such date when read as {words}")


def _serial(text: str) -> tuple[dt.date | None, str]:
    """Read an Excel day number (1900 system)."""
    if not _SERIAL.fullmatch(text):
        return None, "an Excel day number was expected"
    return date_of_number(int(float(text))), ""


def date_of_number(number: int) -> dt.date:
    """Return the day that Excel's number counts, in the system that begins in 1900."""
    return dt.date(1899, 12, 30) + dt.timedelta(days=number)


def _midnight_is_usual(cells: Sequence[Any]) -> bool:
    """Tell a column whose dates carry 00:00 as a habit from one whose time was rounded up to it."""
    if dt.datetime not in set(map(type, cells)):
        return False
    timed = [cell for cell in cells if isinstance(cell, dt.datetime)]
    return len(timed) >= 2 and 2 * sum(cell.time() == dt.time(0) for cell in timed) > len(timed)


def _with_day_numbers(cells: Sequence[Any]) -> Sequence[Any]:
    """Return the cells of a column that writes its years first, Excel's day numbers among them as
    dates.
    """
    texts = [cell for cell in cells if isinstance(cell, str) and cell.strip()]
    if sum(_ISO.fullmatch(cell_text(text)) is not None for text in texts) < 0.8 * len(texts):
        return cells
    return [_serial(cell_text(c))[0] or c if isinstance(c, (int, float)) else c for c in cells]


def _turned(cell: Any) -> Any:
    """Return a real date with day and month exchanged, where that is a date."""
    is_date = isinstance(cell, dt.date) and cell.day <= 12
    return cell.replace(day=cell.month, month=cell.day) if is_date else cell


def _without_midnight(cell: Any) -> Any:
    return cell.date() if isinstance(cell, dt.datetime) else cell


def read_dates(
    cells: Sequence[Any], order: str, year: int = 0
) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
    """Return (day numbers, marks GOOD / EMPTY / BAD) of a column; each distinct text is read
    once.
    """
    if _midnight_is_usual(cells):
        cells = [_without_midnight(cell) for cell in cells]
    if order.endswith(TURNED):
        cells, order = [_turned(cell) for cell in cells], order.removesuffix(TURNED)
    elif order == "ymd" and str in (kinds := set(map(type, cells))) and kinds & {int, float}:
        cells = _with_day_numbers(cells)
    places: dict[Any, int] = {cell: place for place, cell in enumerate(dict.fromkeys(cells))}
    read = [_read_one(cell, order, year) for cell in places]
    at = np.fromiter(map(places.__getitem__, cells), np.int32, len(cells))
    days = np.array([day for day, _ in read], np.int32)
    marks = np.array([mark for _, mark in read], np.int8)
    return days[at], marks[at]


def _read_one(cell: Any, order: str, year: int) -> tuple[int, int]:
    """Return the day number and the mark of one cell."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return int(NO_DAY), EMPTY
    date, reason = date_of_cell(cell, order, year)
    return (int(NO_DAY), BAD) if reason or date is None else (day_number(date), GOOD)

"""Cells: rows of values as the XML of a worksheet; text always stays text, amounts stay exact.

Law: no text of a user ever becomes a formula, a link or broken XML. Amounts arrive in minor units
and are written digit by digit: no float ever holds one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

#: What one cell can hold, in UTF-16 units, and what stands at the end of a text that was cut.
CELL_LIMIT = 32_767
CUT_MARK = " … [cut]"

_DAY_ZERO = dt.date(1899, 12, 30).toordinal()
_EPOCH_SERIAL = dt.date(1970, 1, 1).toordinal() - _DAY_ZERO
_WRONG_DAYS = 60

_SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x(?=[0-9A-Fa-f]{4}_)")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_ESCAPE_LOOK_ALIKE = re.compile("_x(?=[0-9A-Fa-f]{4}_)")


class Kind(StrEnum):
    """What a column holds, and so how its cells look."""

    TEXT = "text"
    DATE = "date"
    TIME = "time"
    AMOUNT = "amount"
    NUMBER = "number"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its title, what it holds, its width in characters."""

    title: str
    kind: Kind = Kind.TEXT
    width: int = 14


def clean_text(text: str) -> str:
    """Return the text as a cell can hold it: control characters made visible, cut at the limit.

    A carriage return before a line feed goes; any other control character becomes its picture
    (U+2400 and up), and what XML cannot say becomes U+FFFD.
    """
    text = _UNPRINTABLE.sub(_picture, text.replace("\r\n", "\n"))
    if len(text) * 2 <= CELL_LIMIT:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * CELL_LIMIT:
        return text
    kept = units[: 2 * (CELL_LIMIT - len(CUT_MARK))]
    return kept.decode("utf-16-le", errors="ignore") + CUT_MARK


def escape_text(text: str) -> str:
    """Return the cleaned text as XML; ``_x0041_`` stays these seven characters."""
    text = clean_text(text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ESCAPE_LOOK_ALIKE.sub("_x005F_x", text)


def column_letters(position: int) -> str:
    """Return the letters of the 0-based column ``position``: A … Z, AA …"""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def plain_amount(amount_minor: int, decimals: int) -> str:
    """Return minor units as a plain decimal: ``-1234.50``."""
    digits = str(abs(int(amount_minor))).rjust(decimals + 1, "0")
    if decimals:
        digits = f"{digits[:-decimals]}.{digits[-decimals:]}"
    return f"-{digits}" if amount_minor < 0 else digits


def serial_day(day: dt.date) -> str | None:
    """Return the day as spreadsheets count; None before March 1900, where they count wrong."""
    serial = day.toordinal() - _DAY_ZERO
    return str(serial) if serial > _WRONG_DAYS else None


def serial_time(moment: dt.datetime) -> str:
    """Return the moment in UTC as a serial day with its fraction."""
    return f"{moment.timestamp() / 86_400 + _EPOCH_SERIAL:.9f}"


def row_renderer(
    columns: Sequence[Column], styles: Sequence[int], decimals: int
) -> Callable[[int, Sequence[Any]], str]:
    """Return a function from (1-based row, values) to the XML of that row.

    Values come in the columns' order: str for TEXT, a date, a datetime, minor units for AMOUNT, an
    int for NUMBER, a share of 1 for PERCENT. None and "" leave no cell.
    """
    numbers: dict[Kind, Callable[[Any], str | None]] = {
        Kind.DATE: serial_day,
        Kind.TIME: serial_time,
        Kind.AMOUNT: lambda amount_minor: plain_amount(amount_minor, decimals),
        Kind.NUMBER: str,
        Kind.PERCENT: lambda share: f"{share:.3f}",
    }
    plan = [
        (f'<c r="{column_letters(position)}', f'" s="{style}"', numbers.get(column.kind))
        for position, (column, style) in enumerate(zip(columns, styles, strict=True))
    ]
    is_special = _SPECIAL.search

    def render(row: int, values: Sequence[Any]) -> str:
        cells = [f'<row r="{row}">']
        for (start, style, as_number), value in zip(plan, values, strict=True):
            if value is None or value == "":
                continue
            number = as_number(value) if as_number else None
            if number is not None:
                cells.append(f"{start}{row}{style}><v>{number}</v></c>")
                continue
            text = str(value)
            if is_special(text) or len(text) > CELL_LIMIT // 2:
                text = escape_text(text)
            keep = "" if text[0] > " " and text[-1] > " " else ' xml:space="preserve"'
            cells.append(f'{start}{row}{style} t="inlineStr"><is><t{keep}>{text}</t></is></c>')
        cells.append("</row>")
        return "".join(cells)

    return render


def _picture(found: re.Match[str]) -> str:
    code = ord(found.group())
    return chr(0x2400 + code) if code < 0x20 else "\N{REPLACEMENT CHARACTER}"

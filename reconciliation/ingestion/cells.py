"""Cells: quick looks at a single cell, used to find the table before its columns are understood."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from reconciliation.ingestion import dates
from reconciliation.ingestion.numbers import plain_number, strip_money

_DIGIT = re.compile(r"\d")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def is_filled(cell: Any) -> bool:
    """Tell whether a cell holds anything but blanks."""
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


@lru_cache(maxsize=65_536)
def _text_is_date(text: str) -> bool:
    return _DIGIT.search(text) is not None and dates.looks_like_date(text.strip())


@lru_cache(maxsize=65_536)
def _text_is_number(text: str) -> bool:
    return _DIGIT.search(text) is not None and not strip_money(text)[2]


def is_date(cell: Any) -> bool:
    """Tell whether a cell alone can be read as a date with a year."""
    if isinstance(cell, str):
        return len(cell) < 50 and _text_is_date(cell)
    if isinstance(cell, (int, float)) and 19_000_101 <= cell <= 21_991_231:
        return float(cell).is_integer() and _text_is_date(str(int(cell)))
    return isinstance(cell, dt.date)


def is_number(cell: Any) -> bool:
    """Tell whether a cell alone can be read as an amount."""
    if isinstance(cell, str):
        return len(cell) < 40 and _text_is_number(cell)
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def is_data_row(row: Sequence[Any]) -> bool:
    """Tell whether a record has a date and, in another cell, a number that is no date."""
    dated = {i for i, cell in enumerate(row) if is_date(cell)}
    return bool(dated) and any(
        is_number(cell) for i, cell in enumerate(row) if i not in dated and is_filled(cell)
    )


def date_places(row: Sequence[Any]) -> tuple[int, ...]:
    """Return the positions of a record's dates."""
    return tuple(i for i, cell in enumerate(row) if is_date(cell))


def as_text(cell: Any) -> str:
    """Return a cell as the text that is stored: numbers in their shortest form, dates in ISO."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, (int, float)):
        return plain_number(float(cell)) if abs(cell) < 1e300 else str(cell)
    return str(cell)


def has_control(text: str) -> bool:
    """Tell whether a text holds characters that no spreadsheet and no database may store."""
    return _CONTROL.search(text) is not None

"""What the page of a file writes: amounts that are text still, before they are stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reconciliation.money import group_decimal

register = template.Library()


@register.filter
def written_amount(text: str) -> SafeString:
    """Write a plain decimal for the eye, thousands separated; other text as it is."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return format_html('<span class="amount">{}</span>', text or "–")
    return format_html('<span class="amount">{}</span>', group_decimal(amount))


@register.filter
def written_day(text: str) -> str:
    """Write an ISO date for the eye: 5 Jan 2026; a dash for none."""
    return f"{dt.date.fromisoformat(text):%-d %b %Y}" if text else "–"


#: What the reader calls an order of dates, in the words of the page.
ORDERS = {
    "dmy": "day, month, year",
    "mdy": "month, day, year",
    "ymd": "year, month, day",
    "serial": "day numbers of Excel",
    "dmy_turned": "day, month, year; real dates turned",
    "mdy_turned": "month, day, year; real dates turned",
}


@register.filter
def in_words(detected: str) -> str:
    """Write what was detected as a person would say it."""
    return ORDERS.get(detected, detected)


#: Rows of a long file that a preview shows at its end.
LAST_SHOWN = 5


@register.filter
def preview_rows(reading: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first rows, how many are ``hidden`` after them, and the last rows."""
    first = reading["first"]
    tail = [line for line in reading["last"] if not first or line["row"] > first[-1]["row"]]
    if reading["rows"] > len(first) + len(tail):
        tail = tail[-LAST_SHOWN:]
    return {"first": first, "hidden": reading["rows"] - len(first) - len(tail), "last": tail}


@register.filter
def new_rows(reading: Mapping[str, Any]) -> int:
    """Return how many of the rows would be stored: those that repeat none in the books."""
    return int(reading["rows"] - reading.get("repeats", {}).get("count", 0))


@register.filter
def written_size(size_bytes: int) -> str:
    """Write a file size for the eye."""
    if size_bytes < 10_000:
        return f"{size_bytes:,} bytes"
    return (
        f"{size_bytes / 1_000_000:,.1f} MB"
        if size_bytes >= 1_000_000
        else f"{size_bytes // 1000} KB"
    )

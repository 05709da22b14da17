"""Continuity: how the statements of a side follow one another — gaps, overlaps, balances that meet.

Two files belong together where one begins after the other ends; their balances must then meet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from reconciliation.money import format_grouped


@dataclass(frozen=True, slots=True)
class Span:
    """One imported file: its name, days and stated balances, and the address of its page."""

    name: str
    first: dt.date
    last: dt.date
    opening_minor: int | None
    closing_minor: int | None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A file and how it follows the one before: ``words``, and whether that needs a look."""

    span: Span
    words: tuple[str, ...]
    is_doubtful: bool


def chain_of(spans: Iterable[Span], decimals: int) -> list[Link]:
    """Return the files of one side in the order of their days, each with how it follows."""
    ordered = sorted(spans, key=lambda span: (span.first, span.last, span.name))
    links = [Link(span, ("the first statement",), False) for span in ordered[:1]]
    for before, span in pairwise(ordered):
        found = list(_remarks(before, span, decimals))
        links.append(Link(span, tuple(words for words, _ in found), any(bad for _, bad in found)))
    return links


def _remarks(before: Span, span: Span, decimals: int) -> Iterator[tuple[str, bool]]:
    """Yield what is to be said of two neighbours, and whether it needs a look."""
    if span.first <= before.last:
        until = min(before.last, span.last)
        yield f"overlaps with “{before.name}” on {_days(span.first, until)}", True
        return
    yield from _balances(before, span, decimals)
    missing = (span.first - before.last).days - 1
    if missing:
        start, end = before.last + dt.timedelta(days=1), span.first - dt.timedelta(days=1)
        yield f"no transaction on {_days(start, end)}", False


def _balances(before: Span, span: Span, decimals: int) -> Iterator[tuple[str, bool]]:
    if before.closing_minor is None or span.opening_minor is None:
        yield f"follows “{before.name}”; the balances between them are not stated", False
        return
    closing, opening = (
        format_grouped(minor, decimals) for minor in (before.closing_minor, span.opening_minor)
    )
    if before.closing_minor == span.opening_minor:
        yield f"continues “{before.name}”: closing = opening = {closing}", False
        return
    gap = format_grouped(span.opening_minor - before.closing_minor, decimals)
    closes, opens = (
        f"closing {_day(before.last)} {closing}",
        f"opening {_day(span.first)} {opening}",
    )
    yield f"{closes} ≠ {opens}: {gap} is missing in between", True


def _days(first: dt.date, last: dt.date) -> str:
    return _day(first) if first == last else f"{_day(first)} to {_day(last)}"


def _day(day: dt.date) -> str:
    return f"{day:%-d %b %Y}"

"""Reshaping: tables whose rows are no bookings as they stand are made into tables whose rows are.

Law: a step changes where cells stand, never what they say; what it is not certain of it asks, and
each row it takes away lives on in the rows it explains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from reconciliation.ingestion.reshaping import (
    balance_directions,
    cent_columns,
    croatian,
    date_headings,
    date_parts,
    day_numbers,
    labelled,
    on_its_side,
    quoted_rows,
    side_by_side,
    unix_time,
)
from reconciliation.ingestion.reshaping.steps import Found, Numbered, Stream

#: What each step does to a stream of records, given its arguments.
_STEPS: dict[str, Callable[[Stream, str], Stream]] = {
    "turn": on_its_side.turned_round,
    "account": side_by_side.as_account,
    "sides": side_by_side.one_below_the_other,
    "parts": date_parts.with_dates,
    "days": date_headings.with_days,
    "months": date_headings.with_months,
    "years": date_headings.with_years,
    "daynumbers": day_numbers.with_dates,
    "unix": unix_time.with_dates,
    "cents": cent_columns.with_cents,
    "directions": balance_directions.with_signs,
    "divide": quoted_rows.divided,
    "labels": labelled.with_columns,
    "croatian": croatian.with_english,
}
_Find = Callable[[Sequence[Sequence[Any]], Mapping[str, str]], Found | None]
#: Who looks whether a table needs a step, in this order.
_FINDERS: tuple[_Find, ...] = (
    quoted_rows.find,
    labelled.find,
    croatian.find,
    side_by_side.find,
    date_parts.find,
    date_headings.find,
    unix_time.find,
    day_numbers.find,
    on_its_side.find,
    cent_columns.find,
    balance_directions.find,
)


def find_step(
    rows: Sequence[Sequence[Any]], options: Mapping[str, str], taken: Sequence[str]
) -> Found | None:
    """Return the next step the records need; each kind of step is taken once."""
    kinds = {step.partition(" ")[0] for step in taken}
    for find in _FINDERS:
        found = find(rows, options)
        if found is not None and found.step.partition(" ")[0] not in kinds:
            return found
    return None


def reshaped(rows: Stream, steps: Sequence[str]) -> Stream:
    """Return the records after all the steps."""
    for step in steps:
        name, _, arguments = step.partition(" ")
        rows = _STEPS[name](rows, arguments)
    return rows


def in_pieces(rows: Stream, size: int) -> Iterator[list[Numbered]]:
    """Yield the records in lists of ``size``."""
    while piece := list(islice(rows, size)):
        yield piece

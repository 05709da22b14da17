"""Yearless: whether 03/04 without a year begins with its day or its month, and of which year it is.

Law: a number above 12, a stated period, East Asian writing or the sequence proves it; else ask.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from reconciliation.ingestion.dates import DateVotes, date_of_cell, order_proved
from reconciliation.ingestion.decide import (
    Context,
    DateEvidence,
    Decision,
    from_others,
    from_period,
    from_sequence,
)
from reconciliation.ingestion.reading import Answer, Question

_YEARLESS = re.compile(r"'?(\d{1,2})([-/.])(\d{1,2})\.?|(\d{1,2})(\d{2})")
_NAMES = {"dmy": "Day first", "mdy": "Month first"}
#: A leap year: it shows 29/02.
_ANY_YEAR = 2024


def is_yearless(votes: DateVotes) -> bool:
    """Tell a column whose only dates of numbers lack their year."""
    return bool(votes.no_year) and votes.no_year == votes.numeric


def decide_yearless_order(
    evidence: DateEvidence, context: Context, year: int, script: str
) -> Decision | None:
    """Return the order of dates without a year, None where months are words in all of them."""
    found = [match for cell in evidence.cells if (match := _YEARLESS.fullmatch(cell.strip()))]
    kinds = [order_proved(int(m[1] or m[4]), int(m[3] or m[5]), 0, 4) for m in found]
    proofs = evidence.votes.proof
    proved = [kind for kind in _NAMES if kind in proofs]
    if not kinds:
        return None
    if proved:
        order = max(proved, key=kinds.count)
        why = f"{proofs[order]} can only be {_NAMES[order].lower()}; the whole column follows"
        return Decision(order, why)
    if "undecided" not in kinds:
        return Decision("dmy", "day and month are the same number in every row")
    if all(m[2] == "." for m in found):
        return Decision("dmy", "dates written with dots begin with the day")
    both = {order: _read(evidence.cells, order, year) for order in _NAMES}
    return (
        _from_columns(evidence.others)
        or from_others(evidence, context)
        or from_period(both, context)
        or _from_script(script)
        or from_sequence(both)
        or _ask([m[0] for m, kind in zip(found, kinds, strict=True) if kind == "undecided"])
    )


def _from_columns(others: Sequence[DateVotes]) -> Decision | None:
    proved = {kind: votes.proof[kind] for votes in others for kind in _NAMES if kind in votes.proof}
    if len(proved) != 1:
        return None
    [(order, proof)] = proved.items()
    return Decision(order, f"another date column proves it: {proof}")


def _from_script(script: str) -> Decision | None:
    return Decision("mdy", f"dates in {script} begin with the month") if script else None


def _read(cells: Sequence[str], order: str, year: int) -> list[dt.date]:
    days = [date_of_cell(cell, order, year or _ANY_YEAR)[0] for cell in cells]
    return [day for day in days if day] or [dt.date.min]


def _ask(samples: Sequence[str]) -> Decision:
    shown = list(dict.fromkeys(samples))[:3]
    answers = tuple(
        Answer(f"date_order={order}", name, tuple(_shown(cell, order) for cell in shown))
        for order, name in _NAMES.items()
    )
    text = f"Is {shown[0]} written day first or month first? No row of the file proves it."
    return Decision("dmy", "not proved by any row", Question("date_order", text, answers))


def _shown(cell: str, order: str) -> str:
    date, _ = date_of_cell(cell, order, _ANY_YEAR)
    return f"{cell} = {date.strftime('%-d %B') if date else 'no date'}"


def doubt_year(evidence: DateEvidence, order: str, year: Decision, context: Context) -> Decision:
    """Return the year, as a question where dates would lie after the latest day the file states:
    they may be those of the year before.
    """
    if year.question or len(year.value) != 4 or not context.dates:
        return year
    stated = max(context.dates)
    days = _read(evidence.cells, order, int(year.value))
    late = [day for day in days if day > stated + dt.timedelta(days=45)]
    if not late:
        return year
    turn = f"{stated.year - 1}{min(day.month for day in late):02d}"
    answers = (
        Answer(
            f"year={turn}", f"{stated.year - 1} to {stated.year}, beginning with {min(late):%B}"
        ),
        Answer(f"year={year.value}", f"All of {year.value}"),
    )
    text = (
        f"The dates have no year, and some lie after {stated:%-d %b %Y}, which the file states. "
        "Are they of the year before?"
    )
    return Decision(turn, "not stated in the file", Question("year", text, answers))

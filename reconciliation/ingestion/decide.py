"""Decide: the order of day and month, the year and the decimal mark of a file — proved, or asked.

Law: what two readings fit equally well is a question with both readings of real cells, never a
guess.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from reconciliation.ingestion import dates
from reconciliation.ingestion.dates import DateVotes
from reconciliation.ingestion.numbers import MarkVotes, minor_of
from reconciliation.ingestion.order_above import votes_above
from reconciliation.ingestion.reading import Answer, Question

_NAMES = {
    "dmy": "day, month, year",
    "mdy": "month, day, year",
    "ymd": "year, month, day",
    "serial": "Excel day numbers",
}
_ANY_DATE = re.compile(
    r"(?<!\d)(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{1,2}[ -][A-Za-z]{3,9}[ "
    r"-,]+\d{4}|"
    r"[A-Za-z]{3,9} \d{1,2}, \d{4})(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside the table: today (None = unknown), dates in the file's name and above
    the table, the texts above it, and years that may be meant.
    """

    today: dt.date | None = None
    dates: tuple[dt.date, ...] = ()
    above: tuple[str, ...] = ()
    years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """A value, why it was chosen, and the question where it was not certain."""

    value: str
    why: str
    question: Question | None = None


@dataclass(slots=True)
class DateEvidence:
    """The votes of the date column, those of the file's other date columns, and its distinct cells
    in order.
    """

    votes: DateVotes
    others: list[DateVotes] = field(default_factory=list)
    cells: Sequence[str] = ()
    lakh: str = ""
    partners: Sequence[tuple[str, dt.date]] = ()


def dates_in(texts: Sequence[str]) -> tuple[dt.date, ...]:
    """Return the dates in free text that can be read in one way only."""
    found = []
    for text in texts:
        for match in _ANY_DATE.findall(text):
            votes = dates.vote([match])
            if votes.undecided or votes.other or votes.no_year:
                continue
            order = "mdy" if votes.mdy else "dmy"
            date, _ = dates.date_of_cell(match, order)
            if date and 1990 <= date.year <= 2100:
                found.append(date)
    return tuple(found)


def decide_order(evidence: DateEvidence, context: Context, chosen: str = "") -> Decision:
    """Return the order of the date column's parts."""
    votes = evidence.votes
    if chosen:
        return Decision(chosen, "chosen by you")
    certain = votes.iso + votes.named + votes.compact + votes.typed
    if votes.serial > max(votes.dates, certain) * 4:
        return Decision(
            "serial", f"all of the column is Excel day numbers such as {_first_serial(evidence)}"
        )
    if certain and certain >= 3 * votes.numeric:
        return Decision("ymd", _certain_words(votes))
    if votes.two_digit_year and not votes.dotted and (found := _two_digit(evidence, context)):
        return found
    if proved := _proved(votes):
        return proved
    if not votes.undecided:
        return Decision(
            "dmy", "day and month are the same number in every row, so their order does not matter"
        )
    return _from_around(evidence, context) or _ask_order(evidence)


def _first_serial(evidence: DateEvidence) -> str:
    return str(next(iter(evidence.cells), ""))


def _certain_words(votes: DateVotes) -> str:
    if votes.typed:
        return "the cells are real dates"
    return "the month is written as a word" if votes.named else "every date begins with its year"


def _two_digit(evidence: DateEvidence, context: Context) -> Decision | None:
    """Tell 25-12-31 from 31-12-25 where both could be meant; None where only one reading fits or
    year first does not.
    """
    if not all(dates.cell_text(cell)[:2].isdecimal() for cell in evidence.cells):
        return None
    later = context.today or dt.date(2069, 12, 31)
    fits: dict[str, list[dt.date]] = {}
    for order in ("dmy", "mdy", "ymd"):
        found = [dates.date_of_cell(cell, order)[0] for cell in evidence.cells]
        known = [date for date in found if date]
        if len(known) == len(found) and known and max(known) <= later + dt.timedelta(days=366):
            fits[order] = known
    if "ymd" not in fits:
        return None
    if len(fits) == 1:
        return Decision("ymd", f"{evidence.cells[0]} can only begin with its year")
    spans = {order: max(known) - min(known) for order, known in fits.items()}
    order = min(spans, key=lambda key: spans[key])
    far = dt.timedelta(days=400)
    if spans["ymd"] >= far > spans[order]:
        return None
    if order == "ymd" and all(span >= far for key, span in spans.items() if key != "ymd"):
        return Decision(order, "read the other way, the dates would be spread over years")
    return _ask_order(evidence, tuple(fits))


def _proved(votes: DateVotes) -> Decision | None:
    """Return the order that some rows prove by a number above 12; the majority where they
    disagree.
    """
    ranked = [("dmy", votes.dmy), ("mdy", votes.mdy), ("ymd", votes.yy_first)]
    order, count = max(ranked, key=lambda pair: pair[1])
    if not count:
        return None
    proof = votes.proof["yy_first" if order == "ymd" else order]
    return Decision(order, f"{proof} can only be {_NAMES[order]}; the whole column follows")


def _from_around(evidence: DateEvidence, context: Context) -> Decision | None:
    """Look for proof beside the column: dots, other columns, stated periods, the calendar, the
    sequence.
    """
    votes = evidence.votes
    if votes.dotted >= votes.undecided:
        return Decision("dmy", "dates written with dots begin with the day")
    if evidence.lakh:
        return Decision("dmy", f"amounts grouped as in India ({evidence.lakh}) go with day first")
    if found := _from_partners(evidence.partners):
        return found
    if found := from_others(evidence, context):
        return found
    both = {order: _read_all(evidence.cells, order) for order in ("dmy", "mdy")}
    if found := from_period(both, context):
        return found
    if context.today:
        past = [
            o for o, found in both.items() if max(found) <= context.today + dt.timedelta(days=7)
        ]
        if len(past) == 1:
            return Decision(past[0], "read the other way, bookings would lie in the future")
    return from_sequence(both)


def from_others(evidence: DateEvidence, context: Context) -> Decision | None:
    """Return the order that other dates of the file prove: another column, the rows above."""
    for other in evidence.others:
        if proved := _proved(other):
            return Decision(proved.value, f"another date column proves it: {proved.why}")
    if stated := _proved(votes_above(evidence.cells, context.above)):
        return Decision(stated.value, f"the rows above write dates so: {stated.why}")
    return None


def _from_partners(partners: Sequence[tuple[str, dt.date]]) -> Decision | None:
    """Return the only order in which the dates lie near a certain date in the same rows."""
    near = []
    for order in ("dmy", "mdy"):
        read = [(dates.date_of_cell(cell, order)[0], other) for cell, other in partners]
        gaps = sorted(abs((date - other).days) for date, other in read if date)
        if gaps and gaps[len(gaps) // 2] <= 10:
            near.append(order)
    if len(near) != 1:
        return None
    return Decision(near[0], "only so do the dates lie near the other date in the same rows")


def _read_all(cells: Sequence[str], order: str) -> list[dt.date]:
    return [date for cell in cells if (date := dates.date_of_cell(cell, order)[0])] or [dt.date.min]


def from_period(both: dict[str, list[dt.date]], context: Context) -> Decision | None:
    """Return the only order in which all dates fit the period that the file states."""
    if not context.dates:
        return None
    ends = sorted({min(context.dates), max(context.dates)})
    low, high = ends[0] if len(ends) > 1 else dt.date.min, ends[-1] + dt.timedelta(days=7)
    inside = [order for order, found in both.items() if low <= min(found) and max(found) <= high]
    if len(inside) != 1:
        return None
    stated = " to ".join(day.isoformat() for day in ends)
    why = f"only so do all dates fit what the file says about its period ({stated})"
    return Decision(inside[0], why)


def from_sequence(both: dict[str, list[dt.date]]) -> Decision | None:
    """Return the only order in which five or more dates run steadily forwards or backwards."""
    steady = [
        o for o, found in both.items() if found in (sorted(found), sorted(found, reverse=True))
    ]
    if len(steady) == 1 and len(set(both[steady[0]])) >= 5:
        return Decision(steady[0], "only so do the rows run in order of their dates")
    return None


def _ask_order(evidence: DateEvidence, orders: tuple[str, ...] = ("dmy", "mdy")) -> Decision:
    """Return the question about the order of a date's parts, with real cells read both ways."""
    cells = list(dict.fromkeys([*evidence.votes.examples, *evidence.cells]))[:3]
    answers = tuple(
        Answer(f"date_order={order}", _NAMES[order], tuple(_shown(cell, order) for cell in cells))
        for order in orders
    )
    sample = cells[0] if cells else "the date"
    other = "month" if "mdy" in orders else "year"
    text = f"Is {sample} written day first or {other} first? No row of the file proves it."
    return Decision("dmy", "not proved by any row", Question("date_order", text, answers))


def _shown(cell: str, order: str) -> str:
    date, _ = dates.date_of_cell(cell, order)
    return f"{cell} = {date.strftime('%-d %B %Y') if date else 'no date'}"


def row_direction(cells: Sequence[object]) -> int:
    """Return +1 where the dates run from the oldest row to the newest, −1 where the newest comes
    first, 0 where they do neither or day and month may be exchanged and it depends on that.
    """
    found = set()
    by_order = {
        order: [date for cell in cells if (date := dates.date_of_cell(cell, order)[0])]
        for order in ("dmy", "mdy", "ymd")
    }
    most = max(map(len, by_order.values()))
    for read in by_order.values():
        if len(read) < most or 2 * len(read) < len(cells):
            continue
        steps = [(b > a) - (b < a) for a, b in pairwise(read)]
        up, down = steps.count(1), steps.count(-1)
        found.add(1 if up and up >= 9 * down else -1 if down and down >= 9 * up else 0)
    return found.pop() if len(found) == 1 else 0


def decide_year(votes: DateVotes, context: Context, chosen: str = "") -> Decision:
    """Return the year for dates written without one ("" where every date has its own)."""
    if chosen or not votes.no_year:
        return Decision(chosen, "chosen by you" if chosen else "")
    years = sorted({date.year for date in context.dates})
    if len(years) == 1:
        return Decision(str(years[0]), "the dates have no year; the file's heading or name says it")
    if turn := _turn_of_year(context.dates):
        why = f"the dates have no year; the file says it runs from {years[0]} into {years[1]}"
        return Decision(turn, why)
    recent = [context.today.year, context.today.year - 1] if context.today else []
    offered = years or list(dict.fromkeys([*context.years, *recent]))
    answers = tuple(Answer(f"year={year}", str(year)) for year in offered)
    sample = next(iter(votes.proof.values()), "")
    question = Question(
        "year", f"The dates have no year (such as {sample}). Which year are they from?", answers
    )
    return Decision(str(offered[0]) if offered else "2000", "not stated in the file", question)


def _turn_of_year(found: Sequence[dt.date]) -> str:
    """Return year and first month (202412) of a stated period of less than a year that runs into
    the next one, "" for any other.
    """
    if not found:
        return ""
    low, high = min(found), max(found)
    if high.year != low.year + 1 or high.month >= low.month:
        return ""
    return f"{low.year}{low.month:02d}"


def decide_decimal(
    own: MarkVotes, others: MarkVotes, decimals: int, chosen: str = "", script: str = ""
) -> Decision:
    """Return the decimal mark: proved by the amounts, else by other money columns, else by the
    East Asian ``script`` of the header, else asked.
    """
    if chosen:
        return Decision(chosen, "chosen by you")
    if own.decided:
        return Decision(own.decided, f"{_proof(own)} can only be read with a decimal {own.decided}")
    if not own.point and not own.undecided:
        return Decision("point", "no amount has decimals or grouping")
    if own.point:
        return Decision(
            "point", "as many cells prove a decimal point as a decimal comma; point was taken"
        )
    if others.decided:
        return Decision(others.decided, f"as in the file's other money columns: {_proof(others)}")
    cells = list(dict.fromkeys(own.examples[""]))[:3]
    if script and all("," in cell for cell in cells):
        return Decision("point", f"in {script} files a comma groups thousands: {cells[0]}")
    if not decimals:
        mark = "point" if "," in cells[0] else "comma"
        why = f"the project's currency has no decimals, so {cells[0]} is grouped in thousands"
        return Decision(mark, why)
    if decimals < 3 and own.small and not own.large:
        mark = "point" if "," in cells[0] else "comma"
        why = f"numbers below a thousand are whole, and from it on they are grouped: {cells[0]}"
        return Decision(mark, why)
    answers = tuple(
        Answer(
            f"decimal={mark}",
            f"decimal {mark}",
            tuple(_amount_shown(c, mark, decimals) for c in cells),
        )
        for mark in ("point", "comma")
    )
    text = f"Is {cells[0]} written with thousands or with decimals? No row of the file proves it."
    return Decision("point", "not proved by any row", Question("decimal", text, answers))


def script_of(header: Sequence[str]) -> str:
    """Return the East Asian language whose letters the header is written in, "" for others."""
    text = "".join(header)
    if re.search("[\u3040-\u30ff]|[円額]", text):
        return "Japanese"
    if re.search("[\uac00-\ud7a3]", text):
        return "Korean"
    return "Chinese" if re.search("[\u4e00-\u9fff]", text) else ""


def _proof(votes: MarkVotes) -> str:
    return votes.examples[votes.decided][0]


def _amount_shown(cell: str, mark: str, decimals: int) -> str:
    minor, reason = minor_of(cell, mark, max(decimals, 3))
    if reason:
        return f"{cell} = no amount"
    whole, part = divmod(abs(minor), 10 ** max(decimals, 3))
    sign = "\N{MINUS SIGN}" if minor < 0 else ""
    return f"{cell} = {sign}{whole:,}.{part:0{max(decimals, 3)}d}".rstrip("0").rstrip(".")

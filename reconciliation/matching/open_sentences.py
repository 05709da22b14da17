"""Open sentences: why a line is open, in one sentence made from its diagnosis.

Law: every number in the sentence stands on the line or on the line it points to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from reconciliation.money import format_grouped
from reconciliation.vocabulary import BreakReason, Side


@dataclass(frozen=True, slots=True)
class PointedLine:
    """The line a diagnosis points to, as far as people see it; ``text`` is all it says."""

    id: int
    side: Side
    booked_on: dt.date
    amount_minor: int
    text: str
    file_name: str
    row_number: int
    is_open: bool

    @property
    def place(self) -> str:
        """Return the line in words: its date, its text, and where it stands."""
        return f"{day_text(self.booked_on)} {self.text} (row {self.row_number} of {self.file_name})"


@dataclass(frozen=True, slots=True)
class OpenReason:
    """Why a line of ``side`` booked on ``booked_on`` is open (columns of matching.diagnosis)."""

    line_id: int
    side: Side
    booked_on: dt.date
    reason: BreakReason
    detail: str = ""
    difference_minor: int = 0
    number: str = ""
    name: str = ""
    count: int = 0
    pointed: PointedLine | None = None
    decimals: int = 2

    @property
    def label(self) -> str:
        """Return the reason in two or three words: the kind of difference where there is one."""
        return DETAIL_LABELS.get(self.detail) or self.reason.label

    @property
    def sentence(self) -> str:
        """Return why the line is open, in one sentence."""
        return explain_open(self)


#: How two amounts differ, in words for badges; other differences read as their reason.
DETAIL_LABELS = {
    "rounding": "Rounding difference",
    "sign": "Sign turned round",
    "transposition": "Digits transposed",
    "slide": "Decimal point slipped",
    "digit": "One digit differs",
    "discount": "Discount taken",
    "fee": "Fee-sized difference",
    "close": "Amounts close",
    "number": "Same number, other amount",
}

_SIDES = {Side.BANK: ("the bank", "bank line"), Side.LEDGER: ("the ledger", "ledger entry")}


def explain_open(open_reason: OpenReason) -> str:
    """Return why the line is open, in one sentence; the bare reason where what it pointed to is
    gone."""
    say = _WITHOUT_LINE.get(open_reason.reason)
    if say is not None:
        return say
    if open_reason.pointed is None:
        return f"{open_reason.label}."
    return _WITH_LINE[open_reason.reason](open_reason, open_reason.pointed)


def day_text(day: dt.date) -> str:
    """Return a date as people write it: ``3 Dec 2025``."""
    return f"{day.day} {day:%b %Y}"


def _shared(of: OpenReason) -> str:
    """Say what both lines show."""
    if of.number:
        return f" under the same number {of.number}"
    return f" under the same name “{of.name}”" if of.name else ""


def _differs(of: OpenReason, to: PointedLine) -> str:
    """Say how the amounts differ, and where the other one stands."""
    amount = format_grouped(to.amount_minor, of.decimals)
    difference = format_grouped(of.difference_minor, of.decimals)
    return (
        f"{of.label}: {_SIDES[to.side][0]} has {amount}{_shared(of)} on "
        f"{day_text(to.booked_on)}; bank less ledger is {difference}."
    )


def _duplicate(of: OpenReason, to: PointedLine) -> str:
    """Say which line it repeats."""
    state = "" if to.is_open else ", which is matched"
    return (
        f"Repeats the {_SIDES[to.side][1]} of {day_text(to.booked_on)} (row {to.row_number} of "
        f"{to.file_name}){state}: same amount and text, possibly entered twice."
    )


def _elsewhere(of: OpenReason, to: PointedLine) -> str:
    """Say that its counterpart is matched with another line."""
    if to.is_open:
        return (
            f"{_SIDES[to.side][0].capitalize()} has this amount{_shared(of)} on "
            f"{day_text(to.booked_on)}, matched with another line when the run ended."
        )
    return (
        f"The {_SIDES[to.side][1]} of this amount{_shared(of)} on {day_text(to.booked_on)} is "
        "matched with another line."
    )


def _contra(of: OpenReason, to: PointedLine) -> str:
    """Say which line takes it back."""
    amount = format_grouped(to.amount_minor, of.decimals)
    return (
        f"Likely a reversal: the {_SIDES[to.side][1]} of {day_text(to.booked_on)} for {amount} "
        "has the opposite amount and the same number or name."
    )


def _ambiguous(of: OpenReason, to: PointedLine) -> str:
    """Say how many lines have this amount."""
    there = _SIDES[to.side][0]
    if of.count == 1:
        return (
            f"{there.capitalize()} has an open line of this amount on {day_text(to.booked_on)}, "
            "but that they belong together is not certain."
        )
    return (
        f"{there.capitalize()} has {of.count:,} open lines of this amount, the nearest on "
        f"{day_text(to.booked_on)}; which one belongs to it is not certain."
    )


def _outside(of: OpenReason, to: PointedLine) -> str:
    """Say how far away the same amount is."""
    days = (to.booked_on - of.booked_on).days
    when = f"{abs(days):,} days {'later' if days > 0 else 'earlier'}"
    return (
        f"{_SIDES[to.side][0].capitalize()} has this amount on {day_text(to.booked_on)}, {when}: "
        "outside the date window of the rules."
    )


_WITH_LINE: dict[BreakReason, Callable[[OpenReason, PointedLine], str]] = {
    BreakReason.AMOUNT_DIFFERS: _differs,
    BreakReason.DUPLICATE: _duplicate,
    BreakReason.MATCHED_ELSEWHERE: _elsewhere,
    BreakReason.LIKELY_CONTRA: _contra,
    BreakReason.AMBIGUOUS: _ambiguous,
    BreakReason.OUTSIDE_WINDOW: _outside,
}
_WITHOUT_LINE = {
    BreakReason.BANK_FEE: "A fee or interest by its wording; the ledger has no entry for it.",
    BreakReason.MISSING_IN_LEDGER: "No open ledger entry of this amount was found.",
    BreakReason.MISSING_AT_BANK: (
        "No open bank line of this amount was found, and it is too old to be on its way."
    ),
    BreakReason.DEPOSIT_IN_TRANSIT: (
        "Booked shortly before the statement ends; the next one should show it."
    ),
    BreakReason.OUTSTANDING_PAYMENT: (
        "A payment the bank has not shown yet; it may still be presented."
    ),
}

"""Reading: everything a file said when it was read, as plain values that fit into JSON.

Law: nothing here is a guess without its reason, and every row of the file is a line, a skipped row
or a row error.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Literal

from reconciliation.money import group_decimal

Status = Literal["ready", "question", "refused"]

#: How many skipped rows and row errors are listed; all of them are counted.
LISTED = 200


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that was detected: ``key`` (encoding, delimiter, …), its ``value`` and why, in
    words.
    """

    key: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A possible answer: the ``option`` to give (KEY=VALUE), its ``label``, and cells read that
    way.
    """

    option: str
    label: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A doubt: ``key`` is the option it is about; a blocking one must be answered before the
    import.
    """

    key: str
    text: str
    answers: tuple[Answer, ...]
    blocking: bool = True


@dataclass(frozen=True, slots=True)
class ColumnSeen:
    """One column of the file: 1-based ``number``, header text, sample cells, the roles it was
    given.
    """

    number: int
    header: str
    samples: tuple[str, ...]
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowNote:
    """A row that is no line, or only with doubt: where it is, what was read, and the reason.

    ``row`` is the 1-based record number below the header, ``line`` the line of the text file or the
    row of the sheet, ``column`` the header (or number) of the column, "" where the whole row is
    meant.
    """

    row: int
    line: int
    column: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A line as it will be stored; ``date`` ISO, ``amount`` a signed plain decimal."""

    row: int
    date: str
    amount: str
    currency: str
    description: str
    reference: str
    counterparty: str = ""
    kind: str = ""

    @property
    def day(self) -> str:
        """Return the date for the eye: 5 Jan 2026."""
        return f"{dt.date.fromisoformat(self.date):%-d %b %Y}" if self.date else "no date"

    @property
    def figure(self) -> str:
        """Return the amount for the eye, thousands separated."""
        return group_decimal(Decimal(self.amount))


@dataclass(slots=True)
class Reading:
    """What was read from one file; ``to_json`` is what SourceFile.reading stores and the pages
    show.

    JSON keys, all always present:

    ``status`` "ready" | "question" | "refused" · ``messages`` plain sentences, the refusal first ·
    ``layout`` list of {key, value, why}: encoding, delimiter, sheet, header row, columns, date
    order, decimal mark, amounts, balance … in words · ``options`` {KEY: VALUE} that reproduce this
    layout (give them back, changed, to correct it) · ``fingerprint`` of the header, by which
    layouts are remembered · ``columns`` list of {number, header, samples, roles} · ``first`` and
    ``last`` up to ten lines each {row, date, amount, currency, description, reference,
    counterparty, kind} as they will be stored · ``rows`` · ``first_date`` ``last_date`` ISO or "" ·
    ``money_in`` ``money_out`` ``sum`` plain decimals as text (money_out is positive) ·
    ``sum_by_currency`` {code: text} · ``opening_balance`` ``closing_balance`` text or "" ·
    ``balance_proof`` "proved" | "differs" | "" and ``balance_text`` the sentence · ``questions``
    list of {key, text, blocking, answers: [{option "KEY=VALUE", label, examples}]} · ``skipped``
    and ``errors`` lists of {row, line, column, text, reason}, at most 200 each, ``skipped_count``
    ``error_count`` all of them.

    A refused reading with ``errors`` and a question ``errors`` can still be imported without the
    named rows by the answer ``errors=skip``.
    """

    status: Status = "ready"
    messages: list[str] = field(default_factory=list)
    layout: list[Evidence] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    columns: list[ColumnSeen] = field(default_factory=list)
    first: list[PreviewLine] = field(default_factory=list)
    last: list[PreviewLine] = field(default_factory=list)
    rows: int = 0
    first_date: str = ""
    last_date: str = ""
    money_in: str = "0"
    money_out: str = "0"
    sum: str = "0"
    sum_by_currency: dict[str, str] = field(default_factory=dict)
    opening_balance: str = ""
    closing_balance: str = ""
    balance_proof: str = ""
    balance_text: str = ""
    questions: list[Question] = field(default_factory=list)
    skipped: list[RowNote] = field(default_factory=list)
    skipped_count: int = 0
    errors: list[RowNote] = field(default_factory=list)
    error_count: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the reading as plain dicts, lists and texts; NULs, which no database stores, as
        the sign for them.
        """
        stored: dict[str, Any] = _without_nuls(asdict(self))
        return stored

    def say(self, key: str, value: str, why: str) -> None:
        """Add a piece of evidence about the layout."""
        self.layout.append(Evidence(key, value, why))


def _without_nuls(value: Any) -> Any:
    """Return a plain value with the sign for NUL in place of NULs."""
    if isinstance(value, str):
        return value.replace("\0", "\N{SYMBOL FOR NULL}")
    if isinstance(value, dict):
        return {_without_nuls(key): _without_nuls(held) for key, held in value.items()}
    return [_without_nuls(v) for v in value] if isinstance(value, (list, tuple)) else value


def refused(sentence: str, messages: Sequence[str] = (), **known: Any) -> Reading:
    """Return the reading of a file that cannot be read, for the reason in ``sentence``; further
    ``messages`` say what was noticed before.
    """
    return Reading(status="refused", messages=[sentence, *messages], **known)

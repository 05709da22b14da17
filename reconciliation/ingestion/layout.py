"""Layout: how one file is to be read, complete enough to read it again the same way.

A layout travels as KEY=VALUE options (command line, correction form) and as JSON (remembered
layouts).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

#: Options whose value is the 1-based number of a column, or its header text; 0 means "none".
COLUMN_OPTIONS = (
    "date", "value_date", "amount", "debit", "credit", "flag", "balance", "currency_column",
    "account_column", "contra_column", "reference", "description", "counterparty", "kind",
)  # fmt: skip

#: The allowed values of the options that are a choice.
CHOICES: dict[str, tuple[str, ...]] = {
    "date_order": ("dmy", "mdy", "ymd", "serial", "dmy_turned", "mdy_turned"),
    "decimal": ("point", "comma"),
    "sign": ("as_written", "reversed"),
    "money_in": ("credit", "debit"),
    "style": ("plain", "signed", "absolute"),
    "errors": ("stop", "skip"),
    "quoting": ("double", "single", "none"),
    "repeats": ("skip", "import"),
    "balances": ("leave", "take"),
    "dates": ("own", "above"),
    "unit": ("whole", "hundredths"),
    "first": ("", "in", "out"),
    "months": ("", "croatian", "other"),
    "cents": ("", "joined", "apart"),
    "both": ("stop", "two", "net"),
    "pending": ("keep", "skip", "all"),
    "totals": ("proved", "ends", "both", "keep"),
}

DELIMITER_NAMES = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "pipe": "|",
    "caret": "^",
    "tilde": "~",
}

#: The account option that keeps the rows of all accounts.
ALL_ACCOUNTS = "*"

FREE_OPTIONS = (
    "encoding", "delimiter", "sheet", "header_row", "year", "currency", "account",
    "in_words", "out_words", "zone",
)  # fmt: skip

OPTIONS = (*COLUMN_OPTIONS, *CHOICES, *FREE_OPTIONS)


class BadOption(ValueError):
    """An option that is not known, or has a value it cannot have; ``str()`` is the sentence."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read one file.

    Column fields are 0-based positions, None = the file has no such column; ``description`` lists
    one or more positions whose texts are joined. ``header_row`` is the 0-based record of the
    header, −1 where there is none. ``money_in`` says which of debit and credit is money into the
    account. ``in_words`` and ``out_words`` are the lower-case words of the flag column. ``year``
    completes dates without one. ``style`` is how debit and credit make one figure
    (schemes.combine). ``section_accounts``: the account stands in a row of its own above its
    bookings. ``currency`` and ``account``: only rows with this text in that column become lines (""
    = all). ``balances``: "take" uses the ends of a running balance that disagrees. ``totals``:
    which records with a date and an amount are left out as sums: those that arithmetic proves, also
    one without a text at an end of the table, also the one opposite to a sum, or none. ``pending``:
    what becomes of rows that a status column calls announced ("all": also of those it calls
    cancelled and those under a heading of pending rows). ``filled_column``: the column whose
    empty cells stand for the date above them, ``dates`` says so. ``joined``: cells
    whose decimals stand in the next cell. ``unit``: whether 5588 means 55.88.
    ``balance_mark``: the column that says whether a balance is debit or credit.
    ``first``: whether the row without a balance before it is money in (balance_directions.py).
    ``months``: the language of months that are others elsewhere (croatian.py).
    ``cents``: whether a column beside the amount holds its cents (cent_columns.py).
    ``both``: what becomes of records with money in and money out.
    ``reshaped``: the steps (reshaping.py) that make the table into one with a booking per row.
    ``fee``: the column that is added to the amount, times ``fee_way``.
    """

    format: str = "text"
    encoding: str = "utf-8"
    delimiter: str = ","
    quoting: str = "double"
    sheet: str = ""
    header_row: int = -1
    width: int = 0
    date: int | None = None
    value_date: int | None = None
    amount: int | None = None
    debit: int | None = None
    credit: int | None = None
    flag: int | None = None
    balance: int | None = None
    currency_column: int | None = None
    account_column: int | None = None
    contra_column: int | None = None
    reference: int | None = None
    description: tuple[int, ...] = ()
    counterparty: int | None = None
    kind: int | None = None
    date_order: str = "ymd"
    year: int = 0
    decimal: str = "point"
    sign: str = "as_written"
    money_in: str = "credit"
    style: str = "plain"
    in_words: tuple[str, ...] = ()
    out_words: tuple[str, ...] = ()
    currency: str = ""
    account: str = ""
    section_accounts: bool = False
    errors: str = "stop"
    repeats: str = "skip"
    balances: str = "leave"
    totals: str = "proved"
    pending: str = "keep"
    dates: str = "own"
    balance_mark: int | None = None
    unit: str = "whole"
    both: str = "stop"
    months: str = ""
    cents: str = ""
    first: str = ""
    fee: int | None = None
    fee_way: int = -1
    filled_column: int | None = None
    joined: tuple[int, ...] = ()
    reshaped: tuple[str, ...] = ()

    @property
    def amount_columns(self) -> tuple[int, ...]:
        """Return the positions of the columns the amount is made of, the flag column not
        included.
        """
        return tuple(c for c in (self.amount, self.debit, self.credit) if c is not None)

    def to_json(self) -> dict[str, Any]:
        """Return the layout as plain JSON values."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Layout:
        """Return the layout that ``to_json`` wrote; unknown keys are refused."""
        known = {f.name for f in fields(cls)}
        if unknown := set(stored) - known:
            raise BadOption(f"a layout has no {', '.join(sorted(unknown))}")
        known_values: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in stored.items()
        }
        return cls(**known_values)

    def to_options(self) -> dict[str, str]:
        """Return the KEY=VALUE options that lead to this layout again."""
        options = {name: column_text(getattr(self, name)) for name in COLUMN_OPTIONS}
        options |= {name: getattr(self, name) for name in CHOICES}
        options |= {"encoding": self.encoding, "delimiter": delimiter_name(self.delimiter)}
        options |= {"sheet": self.sheet, "header_row": str(self.header_row + 1)}
        options |= {
            "year": str(self.year or ""),
            "currency": self.currency,
            "account": self.account,
        }
        options["zone"] = next((s.split(" ")[2] for s in self.reshaped if s[:5] == "unix "), "")
        options |= {"in_words": "+".join(self.in_words), "out_words": "+".join(self.out_words)}
        return {name: text for name, text in options.items() if text not in ("", None)}

    def columns_used(self) -> list[int]:
        """Return the positions of all columns that have a role."""
        single = [getattr(self, n) for n in COLUMN_OPTIONS if n != "description"]
        return sorted({c for c in (*single, *self.description) if c is not None})

    def roles_of(self, column: int) -> tuple[str, ...]:
        """Return the roles of one column, in the order of COLUMN_OPTIONS."""
        return tuple(
            name
            for name in COLUMN_OPTIONS
            if (
                column in self.description
                if name == "description"
                else getattr(self, name) == column
            )
        )


def column_text(position: int | tuple[int, ...] | None) -> str:
    """Return a column (or the description's several) as people count: from 1, joined by "+"; 0 =
    none.
    """
    if position is None or position == ():
        return "0"
    if isinstance(position, tuple):
        return "+".join(str(p + 1) for p in position)
    return str(position + 1)


def delimiter_name(delimiter: str) -> str:
    """Return the word for a delimiter, or the delimiter itself."""
    return next((name for name, mark in DELIMITER_NAMES.items() if mark == delimiter), delimiter)


def parse_options(text: str) -> dict[str, str]:
    """Return ``KEY=VALUE,KEY=VALUE`` as a dict; raises BadOption for an unknown key or value.

    A comma belongs to a value unless another KEY= follows it.
    """
    options: dict[str, str] = {}
    for part in filter(None, map(str.strip, re.split(r",(?=\s*\w+=)", text))):
        key, mark, value = part.partition("=")
        if not mark:
            raise BadOption(f"“{part}” is not KEY=VALUE, for example date_order=dmy")
        options[key.strip().lower()] = value.strip()
    return check_options(options)


def check_options(options: Mapping[str, str]) -> dict[str, str]:
    """Return the options cleaned; raises BadOption naming what is unknown and what is possible."""
    for key, value in options.items():
        if key not in OPTIONS:
            raise BadOption(
                f"there is no option “{key}”; possible are {', '.join(sorted(OPTIONS))}"
            )
        if key in CHOICES and value not in CHOICES[key]:
            raise BadOption(f"{key}={value}: possible are {', '.join(CHOICES[key])}")
        if key in ("header_row", "year") and not value.isdecimal():
            raise BadOption(f"{key}={value}: a whole number is expected")
    return dict(options)


def column_position(text: str, header: list[str]) -> int | None:
    """Return the 0-based position for a 1-based number or a header text; None for 0."""
    if text.isdecimal():
        if int(text) > max(len(header), 1):
            raise BadOption(f"column {text}: the file has {len(header)} columns")
        return int(text) - 1 if int(text) else None
    wanted = text.strip().casefold()
    found = [i for i, name in enumerate(header) if name.strip().casefold() == wanted]
    if len(found) != 1:
        raise BadOption(f"column “{text}” occurs {len(found)} times in the header")
    return found[0]


def apply_options(layout: Layout, options: Mapping[str, str], header: list[str]) -> Layout:
    """Return ``layout`` with the column and choice options given by a person put over it."""
    changes: dict[str, Any] = {}
    for key, text in options.items():
        if key == "description":
            positions = (column_position(part, header) for part in text.split("+") if part)
            changes[key] = tuple(p for p in positions if p is not None)
        elif key in COLUMN_OPTIONS:
            changes[key] = column_position(text, header)
        elif key in CHOICES or key in ("currency", "account"):
            changes[key] = text
        elif key == "year":
            changes[key] = int(text)
        elif key in ("in_words", "out_words"):
            changes[key] = tuple(word.casefold() for word in text.split("+") if word)
    return replace(layout, **settle_amount(changes))


def settle_amount(changes: dict[str, Any]) -> dict[str, Any]:
    """Return the changes with the other kind of amount switched off where one kind was chosen."""
    if changes.get("amount") is not None:
        return {"debit": None, "credit": None, **changes}
    if changes.get("debit") is not None or changes.get("credit") is not None:
        return {"amount": None, "flag": None, **changes}
    return changes

"""What the correction of a file offers: the roles of columns and the options, in people's words.

Law: every option a layout keeps is offered here (a test looks), on the page of the files it
applies to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

#: What a column of the file can be, in the words of the page.
ROLES: Mapping[str, str] = {
    "": "not used",
    "date": "Date",
    "amount": "Amount",
    "debit": "Debit",
    "credit": "Credit",
    "flag": "Debit or credit mark",
    "description": "Description",
    "reference": "Reference",
    "counterparty": "Payee or payer",
    "kind": "Kind of transaction",
    "value_date": "Value date",
    "balance": "Running balance",
    "currency_column": "Currency",
    "account_column": "Account",
    "contra_column": "Contra account",
}

#: Options that are a choice: their label, and what each answer is called.
CHOICES: Mapping[str, tuple[str, list[tuple[str, str]]]] = {
    "date_order": (
        "Order of dates",
        [
            ("dmy", "day, month, year: 31.12.2025"),
            ("mdy", "month, day, year: 12/31/2025"),
            ("ymd", "year, month, day: 2025-12-31"),
            ("serial", "a day number of Excel: 46022"),
            ("dmy_turned", "day, month, year as text; real dates exchange day and month"),
            ("mdy_turned", "month, day, year as text; real dates exchange day and month"),
        ],
    ),
    "decimal": ("Decimal mark", [("point", "point: 1,234.50"), ("comma", "comma: 1.234,50")]),
    "sign": (
        "Signs",
        [("as_written", "as written"), ("reversed", "reversed: plus and minus swapped")],
    ),
    "money_in": (
        "Money into the account",
        [("credit", "is credit, as a bank writes it"), ("debit", "is debit, as a ledger does")],
    ),
    "delimiter": (
        "Columns are separated by",
        [
            ("comma", "comma"),
            ("semicolon", "semicolon"),
            ("tab", "tab"),
            ("pipe", "vertical bar"),
            ("caret", "caret"),
            ("tilde", "tilde"),
        ],
    ),
    "encoding": (
        "Encoding",
        [
            (name, name.upper())
            for name in (
                "utf-8",
                "utf-16",
                "cp1252",
                "iso-8859-1",
                "iso-8859-2",
                "cp1250",
                "cp1251",
                "euc-kr",
                "gb18030",
                "shift_jis",
            )
        ],
    ),
    "quoting": (
        "Texts stand in",
        [("double", '"double" quotation marks'), ("single", "'single' ones"), ("none", "none")],
    ),
    "style": (
        "A minus in a debit or credit column",
        [
            ("plain", "takes an amount of that column back"),
            ("signed", "is money out, whichever column it stands in"),
            ("absolute", "says nothing: the column tells"),
        ],
    ),
    "both": (
        "Rows with money in and money out",
        [
            ("stop", "are asked about"),
            ("two", "are two lines each"),
            ("net", "are one line each: the difference"),
        ],
    ),
    "first": (
        "The row without a balance before it",
        [("in", "is money in"), ("out", "is money out")],
    ),
    "months": (
        "Names of months",
        [("croatian", "are Croatian: lipanj is June"), ("other", "are of another language")],
    ),
    "cents": (
        "Column beside the amount",
        [("joined", "holds its cents"), ("apart", "has nothing to do with it")],
    ),
    "errors": (
        "Rows that cannot be read",
        [("stop", "stop the import"), ("skip", "are left out")],
    ),
    "repeats": (
        "Rows that are in the books already",
        [("skip", "leave out"), ("import", "import again")],
    ),
    "balances": (
        "A running balance that disagrees",
        [("leave", "is not used as opening and closing balance"), ("take", "is used all the same")],
    ),
    "totals": (
        "Totals and balances written like bookings",
        [
            ("proved", "are left out where sums prove them"),
            ("ends", "are also left out without a text at an end"),
            ("both", "are left out as the first and the last row"),
            ("keep", "are imported"),
        ],
    ),
    "pending": (
        "Pending and cancelled rows",
        [
            ("keep", "pending ones are imported"),
            ("skip", "are left out"),
            ("all", "are all imported"),
        ],
    ),
    "dates": (
        "Rows without a date",
        [("own", "are row errors"), ("above", "have the date of the row above")],
    ),
    "unit": (
        "Whole amounts",
        [("whole", "are whole: 5588 is 5,588.00"), ("hundredths", "count cents: 5588 is 55.88")],
    ),
}
#: Options that are written, with their label.
TEXTS: Mapping[str, str] = {
    "header_row": "Header is in row (0 = none)",
    "sheet": "Sheet",
    "year": "Year of dates without one",
    "currency": "Only rows in this currency",
    "account": "Only rows of this account",
    "in_words": "Marks of money in, joined by +",
    "out_words": "Marks of money out, joined by +",
    "zone": "Time zone of the days, such as Europe/Berlin",
}


_Applies = Callable[[Mapping[str, str], Mapping[str, Any]], bool]


def _has_column(*names: str) -> _Applies:
    """Return whether a file has one of the columns."""
    return lambda options, _: any(options.get(name, "0") != "0" for name in names)


def _is_reshaped(step: str) -> _Applies:
    """Return whether a file's table was reshaped by a step of that name."""
    return lambda _, layout: any(
        taken.partition(" ")[0] == step for taken in layout.get("reshaped", ())
    )


def _is_stated(name: str) -> _Applies:
    """Return whether the reading of a file went by the option at all."""
    return lambda options, _: bool(options.get(name))


#: Options that concern some files only, by the reading's options and the layout it settled on.
_ONLY_WHERE: Mapping[str, _Applies] = {
    "delimiter": _is_stated("delimiter"),
    "quoting": _is_stated("delimiter"),
    "encoding": _is_stated("encoding"),
    "sheet": _is_stated("sheet"),
    "style": _has_column("debit", "credit"),
    "both": lambda *seen: _has_column("debit")(*seen) and _has_column("credit")(*seen),
    "in_words": _has_column("flag"),
    "out_words": _has_column("flag"),
    "balances": _has_column("balance"),
    "first": _is_reshaped("directions"),
    "months": lambda options, layout: (
        bool(options.get("months")) or _is_reshaped("croatian")(options, layout)
    ),
    "cents": lambda options, layout: (
        bool(options.get("cents")) or _is_reshaped("cents")(options, layout)
    ),
    "zone": _is_reshaped("unix"),
}


def offered(
    options: Mapping[str, str], layout: Mapping[str, Any], has_errors: bool
) -> tuple[list[str], list[str]]:
    """Return the options that apply to a file: those to choose from, and those to write."""

    def applies(name: str) -> bool:
        if name == "errors":
            return has_errors or options.get(name) == "skip"
        return name not in _ONLY_WHERE or _ONLY_WHERE[name](options, layout)

    return list(filter(applies, CHOICES)), list(filter(applies, TEXTS))

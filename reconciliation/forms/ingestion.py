"""Uploading a file, answering its questions, correcting how it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django import forms

from reconciliation.money import group_decimal
from reconciliation.vocabulary import Side

ACCEPTED = (
    ".csv,.tsv,.txt,.xlsx,.xls,.ods,.ofx,.qfx,.qif,.sta,.mt940,.940,.xml,.bai,.html,.json,.slk"
)

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

_CHOICES: Mapping[str, tuple[str, list[tuple[str, str]]]] = {
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
_TEXTS: Mapping[str, str] = {
    "header_row": "Header is in row (0 = none)",
    "sheet": "Sheet",
    "year": "Year of dates without one",
    "currency": "Only rows in this currency",
    "account": "Only rows of this account",
    "in_words": "Marks of money in, joined by +",
    "out_words": "Marks of money out, joined by +",
}


#: Options by which a person says which amounts are money in.
_ABOUT_SIGNS = frozenset({"sign", "money_in", "flag", "debit", "credit"})


class UploadForm(forms.Form):
    """A file and the side it belongs to."""

    side = forms.ChoiceField(choices=Side.choices(), label="What is it?")
    file = forms.FileField(
        label="File", max_length=255, widget=forms.FileInput(attrs={"accept": ACCEPTED})
    )
    again = forms.BooleanField(
        required=False, label="Upload it although the same file is here already"
    )


class QuestionForm(forms.Form):
    """The doubts of a reading with their possible answers; row errors have a button instead."""

    def __init__(
        self,
        *args: Any,
        reading: Mapping[str, Any],
        side: str = "",
        chosen: Mapping[str, str] = MappingProxyType({}),
        **kwargs: Any,
    ) -> None:
        """Ask what ``reading`` asks, and along with it whether its amounts are reversed: of a
        ledger, and where another answer would raise that question next. What the person has
        ``chosen`` is not asked again.
        """
        self._chosen = chosen
        super().__init__(*args, **kwargs)
        asked = reading.get("questions", [])
        self._questions = [question for question in asked if question["key"] != "errors"]
        keys = {question["key"] for question in self._questions}
        if "sign" not in keys and (side == Side.LEDGER or _leads_to_signs(keys, reading)):
            self._questions += _reversed_question(reading, blocking="amount" in keys)
        for number, question in enumerate(self._questions):
            self.fields[f"answer_{number}"] = forms.ChoiceField(
                choices=[(answer["option"], answer["label"]) for answer in question["answers"]],
                label=question["text"],
                required=bool(question["blocking"]),
                initial=self._current(question, reading),
                widget=forms.RadioSelect,
                error_messages={"required": "Choose one of the answers."},
            )

    def asked(self) -> Iterator[tuple[dict[str, Any], forms.BoundField]]:
        """Yield each question that is open, with its field."""
        return (pair for pair in self._all() if not self._is_answered(pair[0]))

    def answered(self) -> Iterator[tuple[dict[str, Any], forms.BoundField]]:
        """Yield each question that was answered and may be answered otherwise, with its field."""
        return (pair for pair in self._all() if self._is_answered(pair[0]))

    def _is_answered(self, question: Mapping[str, Any]) -> bool:
        """Tell a question the person has settled, the offer to swap signs by any word on signs."""
        is_offer = question["key"] == "sign" and not question["blocking"]
        return bool((_ABOUT_SIGNS if is_offer else {question["key"]}) & self._chosen.keys())

    def _all(self) -> Iterator[tuple[dict[str, Any], forms.BoundField]]:
        for number, question in enumerate(self._questions):
            yield question, self[f"answer_{number}"]

    @property
    def is_needed(self) -> bool:
        """Say whether the file cannot be imported without an answer."""
        return any(question["blocking"] for question in self._questions)

    def options(self) -> dict[str, str]:
        """Return the chosen answers as reading options."""
        chosen: dict[str, str] = {}
        for answer in filter(None, self.cleaned_data.values()):
            parts = re.split(r",(?=[a-z_]+=)", answer)
            chosen |= dict(part.split("=", 1) for part in parts)
        return chosen

    @staticmethod
    def _current(question: Mapping[str, Any], reading: Mapping[str, Any]) -> str | None:
        """Return the answer the reading went by; none where it must be given."""
        options = reading.get("options", {})
        if question["blocking"] or question["key"] not in options:
            return None
        return f"{question['key']}={options[question['key']]}"


def _leads_to_signs(keys: set[str], reading: Mapping[str, Any]) -> bool:
    """Tell whether the answer to another question leaves amounts that may all be positive."""
    shown = [*reading.get("first", []), *reading.get("last", [])]
    has_out = {line["currency"] for line in shown if line["amount"].startswith("-")}
    only_in = {line["currency"] for line in shown} - has_out
    return "amount" in keys or ("currency" in keys and bool(only_in))


def _reversed_question(reading: Mapping[str, Any], *, blocking: bool) -> list[dict[str, Any]]:
    """Return the offer to swap plus and minus; none where a running balance proves the signs."""
    line = next((each for each in reading.get("first", []) if each["amount"].strip("-0.")), None)
    options = reading.get("options", {})
    if line is None or reading["balance_proof"] == "proved" or "sign" not in options:
        return []
    amount = Decimal(line["amount"])
    written = amount if options["sign"] == "as_written" else -amount
    answers = [
        {"option": f"sign={sign}", "label": label, "examples": [f"{line['description']}: {figure}"]}
        for sign, label, figure in (
            ("as_written", "No, they are right", group_decimal(written)),
            ("reversed", "Yes, swap plus and minus", group_decimal(-written)),
        )
    ]
    text = f"{_view_of(options)} Are the amounts reversed?"
    return [{"key": "sign", "text": text, "blocking": blocking, "answers": answers}]


def _view_of(options: Mapping[str, str]) -> str:
    """Say in which view a ledger's amounts are read, as they stand after a turn."""
    turned = options.get("sign") == "reversed"
    if options.get("flag", "0") != "0":
        words = [options.get(key, "no word") for key in ("in_words", "out_words")]
        inward, outward = reversed(words) if turned else words
        return f"The word “{inward}” is read as money into the account, “{outward}” as money out."
    if all(options.get(key, "0") == "0" for key in ("debit", "credit")):
        direction = "out of" if turned else "into"
        return f"A positive amount is read as money {direction} the account."
    is_debit_in = (options.get("money_in") == "debit") != turned
    into, out = ("Debit", "credit") if is_debit_in else ("Credit", "debit")
    whose = "a ledger" if into == "Debit" else "a bank"
    return f"{into} is read as money into the account, {out} as money out, as {whose} writes it."


class LayoutForm(forms.Form):
    """How the file is read: a role for each column, and what concerns the whole file.

    ``options()`` returns only what was changed, so that everything else stays detected.
    """

    def __init__(self, *args: Any, reading: Mapping[str, Any], **kwargs: Any) -> None:
        """Show how ``reading`` was made."""
        super().__init__(*args, **kwargs)
        self._options: dict[str, str] = dict(reading.get("options", {}))
        self._columns = list(reading.get("columns", []))
        for column in self._columns:
            self.fields[f"column_{column['number']}"] = forms.ChoiceField(
                choices=list(ROLES.items()),
                required=False,
                initial=next(iter(column["roles"]), ""),
                label=f"Column {column['number']} is used as",
            )
        for name in _CHOICES:
            self.fields[name] = self._choice(name)
        for name, label in _TEXTS.items():
            self.fields[name] = forms.CharField(
                required=False, max_length=200, label=label, initial=self._options.get(name, "")
            )

    def clean_header_row(self) -> str:
        """Expect a row number."""
        return self._whole_number("header_row")

    def clean_year(self) -> str:
        """Expect a year."""
        return self._whole_number("year")

    def clean(self) -> dict[str, Any]:
        """Refuse two columns in a role that only one can have."""
        cleaned = super().clean() or {}
        for role, columns in self._columns_by_role(cleaned).items():
            if role != "description" and len(columns) > 1:
                names = " and ".join(f"column {number}" for number in columns)
                raise forms.ValidationError(f"{ROLES[role]}: {names}; only one column can be it.")
        return cleaned

    def columns(self) -> Iterator[tuple[dict[str, Any], forms.BoundField]]:
        """Yield each column of the file with the field of its role."""
        for column in self._columns:
            yield column, self[f"column_{column['number']}"]

    def settings(self) -> list[forms.BoundField]:
        """Return the fields about the whole file."""
        return [self[name] for name in (*_CHOICES, *_TEXTS)]

    def options(self) -> dict[str, str]:
        """Return the reading options that were changed."""
        cleaned = self.cleaned_data
        wanted = {
            name: cleaned[name] for name in (*_CHOICES, *_TEXTS) if self._may_send(name, cleaned)
        }
        roles = self._columns_by_role(cleaned)
        for role in filter(None, ROLES):
            wanted[role] = "+".join(str(number) for number in roles.get(role, [])) or "0"
        before = {role: "0" for role in ROLES} | self._options
        return {name: text for name, text in wanted.items() if text != before.get(name, "")}

    def _may_send(self, name: str, cleaned: Mapping[str, Any]) -> bool:
        return bool(cleaned[name]) or name in ("currency", "account")

    def _choice(self, name: str) -> forms.ChoiceField:
        label, choices = _CHOICES[name]
        current = self._options.get(name, "")
        known = {value for value, _ in choices}
        own = [(current, current)] if current and current not in known else []
        unset = [("", "as detected")] if not current else []
        return forms.ChoiceField(
            choices=[*unset, *own, *choices], required=False, initial=current, label=label
        )

    def _columns_by_role(self, cleaned: Mapping[str, Any]) -> dict[str, list[int]]:
        """Return the columns of each role; a column left alone keeps all roles it had."""
        by_role: dict[str, list[int]] = {}
        for column in self._columns:
            before = list(column["roles"])
            chosen = cleaned.get(f"column_{column['number']}", "")
            unchanged = chosen == next(iter(before), "")
            for role in before if unchanged else filter(None, [chosen]):
                by_role.setdefault(role, []).append(column["number"])
        return by_role

    def _whole_number(self, name: str) -> str:
        text = self.cleaned_data[name].strip()
        if text and not (text.isascii() and text.isdigit() and len(text) <= 7):
            raise forms.ValidationError(f"“{text}” is not a whole number.")
        return text

"""Uploading a file, answering its questions, correcting how it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from zoneinfo import available_timezones

from django import forms

from reconciliation.forms.corrections import CHOICES, ROLES, TEXTS, offered
from reconciliation.money import group_decimal
from reconciliation.vocabulary import Side

ACCEPTED = (
    ".csv,.tsv,.txt,.xlsx,.xls,.ods,.ofx,.qfx,.qif,.sta,.mt940,.940,.xml,.bai,.html,.json,.slk"
)

#: Options by which a person says which amounts are money in.
_ABOUT_SIGNS = frozenset({"sign", "money_in", "flag", "debit", "credit"})


#: The option by which a person has a question asked once more.
_ASK_AGAIN = ("both", "stop")


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
        self._chosen = {key: text for key, text in chosen.items() if (key, text) != _ASK_AGAIN}
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

    @property
    def is_about_errors(self) -> bool:
        """Say whether an answer will let in the rows that cannot be read: nothing else is wrong."""
        return any(question["key"] == "both" for question in self._questions)

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


def _open_keys(reading: Mapping[str, Any]) -> set[str]:
    """Return the options that an answer is needed about; row errors have a button instead."""
    asked = {question["key"] for question in reading.get("questions", []) if question["blocking"]}
    return asked - {"errors"}


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
        options = reading.get("options", {})
        layout = (reading.get("settled") or {}).get("layout") or {}
        has_errors = bool(reading.get("error_count"))
        self._choices, self._texts = offered(options, layout, has_errors)
        self._open = _open_keys(reading) - ROLES.keys()
        self._options = {key: options[key] for key in options.keys() - self._open}
        self._columns = list(reading.get("columns", []))
        for column in self._columns:
            self.fields[f"column_{column['number']}"] = forms.ChoiceField(
                choices=list(ROLES.items()),
                required=False,
                initial=next(iter(column["roles"]), ""),
                label=f"Column {column['number']} is used as",
            )
        for name in self._choices:
            self.fields[name] = self._choice(name)
        for name in self._texts:
            self.fields[name] = self._text(name)

    def clean_header_row(self) -> str:
        """Expect a row number."""
        return self._whole_number("header_row")

    def clean_year(self) -> str:
        """Expect a year."""
        return self._whole_number("year")

    def clean_zone(self) -> str:
        """Expect the name of a time zone."""
        name: str = self.cleaned_data["zone"].strip()
        if name and name not in available_timezones():
            raise forms.ValidationError(
                f"“{name}” is no time zone; its name is expected, such as Europe/Berlin."
            )
        return name

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
        return [self[name] for name in (*self._choices, *self._texts)]

    def options(self) -> dict[str, str]:
        """Return the reading options that were changed."""
        cleaned = self.cleaned_data
        names = (*self._choices, *self._texts)
        wanted = {name: cleaned[name] for name in names if self._may_send(name, cleaned)}
        roles = self._columns_by_role(cleaned)
        for role in filter(None, ROLES):
            wanted[role] = "+".join(str(number) for number in roles.get(role, [])) or "0"
        before = {role: "0" for role in ROLES} | self._options
        return {name: text for name, text in wanted.items() if text != before.get(name, "")}

    def _may_send(self, name: str, cleaned: Mapping[str, Any]) -> bool:
        return bool(cleaned[name]) or name in ("currency", "account")

    def _text(self, name: str) -> forms.CharField:
        current = self._options.get(name, "")
        return forms.CharField(required=False, max_length=200, label=TEXTS[name], initial=current)

    def _choice(self, name: str) -> forms.ChoiceField:
        label, choices = CHOICES[name]
        current = self._options.get(name, "")
        known = {value for value, _ in choices}
        own = [(current, current)] if current and current not in known else []
        unset = (
            [("", "asked above" if name in self._open else "as detected")] if not current else []
        )
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

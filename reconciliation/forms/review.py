"""What people ask of the workbench: filters of a side, chosen lines, filters of history."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError

from projects.models import Project
from reconciliation.keyset import Cursor, read_cursor
from reconciliation.matching.ruleset import RULE_LABELS
from reconciliation.money import parse_plain
from reconciliation.vocabulary import BreakReason, GroupStatus, MatchMethod, Side

SORT_CHOICES = [
    ("date", "Oldest first"),
    ("-date", "Newest first"),
    ("amount", "Smallest amount first"),
    ("-amount", "Largest amount first"),
]
#: The rules of groups made by hand, beside those of the engine.
HAND_RULES = [
    ("by_hand", "Matched by hand"),
    ("by_hand_with_entry", "Matched by hand with an entry to post"),
]
ENTRY_REASONS = (
    "Bank fee",
    "Interest",
    "Rounding",
    "Exchange difference",
    "Discount",
    "Missing in the ledger",
    "Other",
)
MOST_WORDS = 6
MOST_AMOUNTS = 200
MOST_DIGITS = 30
MOST_AMOUNT_TEXT = 4_000
_GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?\Z")
_PLAIN = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_RANGE = re.compile(r"(.*?)\s*(?:\.\.+|…|\bto\b)\s*(.*)", re.DOTALL)


class CursorField(forms.Field):
    """A place in a list, as a page's own links write it."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Cursor | None:
        """Return the cursor, or None where the list starts at its beginning."""
        if not value:
            return None
        try:
            return read_cursor(str(value))
        except ValueError as wrong:
            raise ValidationError("This place in the list is not known.") from wrong


class AmountsField(forms.Field):
    """Amounts in minor units: one, several, or a range such as ``100..200``; bounds inclusive."""

    decimals = 2

    def to_python(self, value: Any) -> dict[str, Any]:
        """Return ``amounts`` or ``lowest`` and ``highest``, whichever was written."""
        text = str(value or "").strip().replace("\N{MINUS SIGN}", "-")
        if len(text) > MOST_AMOUNT_TEXT or "\x00" in text:
            raise ValidationError(f"At most {MOST_AMOUNTS} amounts at once.")
        if not text:
            return {}
        bounds = _RANGE.fullmatch(text)
        if bounds:
            low, high = (self._minor(part) if part else None for part in bounds.groups())
            return {"lowest": low, "highest": high}
        parts = [part for part in re.split(r"[\s;]+", text) if part]
        if len(parts) > MOST_AMOUNTS:
            raise ValidationError(f"At most {MOST_AMOUNTS} amounts at once.")
        return {"amounts": tuple(self._minor(part) for part in parts)}

    def _minor(self, text: str) -> int:
        plain = text.replace(",", "") if _GROUPED.fullmatch(text) else text
        try:
            if len(plain) > MOST_DIGITS or not _PLAIN.fullmatch(plain):
                raise ValueError("not written plainly")
            return parse_plain(plain, self.decimals)
        except (ValueError, ArithmeticError) as wrong:
            raise ValidationError(
                f"“{text[:MOST_DIGITS]}” is not an amount; write 120.50, or 100..200 for a range."
            ) from wrong


class BreakFilterForm(forms.Form):
    """The filter of one side; every field may be empty, and all of them live in the URL."""

    q = forms.CharField(
        required=False,
        max_length=200,
        label="Text",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Text or reference"}),
    )
    amount = AmountsField(
        required=False,
        label="Amount",
        widget=forms.TextInput(attrs={"placeholder": "120.50 or 100..200", "inputmode": "text"}),
    )
    since = forms.DateField(
        required=False, label="From", widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        required=False, label="To", widget=forms.DateInput(attrs={"type": "date"})
    )
    sort = forms.ChoiceField(required=False, choices=SORT_CHOICES, widget=forms.HiddenInput)
    at = CursorField(required=False)

    def __init__(self, query: Mapping[str, Any], *, project: Project, side: Side) -> None:
        """Read the side's part of the query string."""
        self.side = side
        super().__init__(query, prefix=side.value)
        self.fields["amount"].decimals = project.decimals  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{side.label}: {field.label}"

    def add_prefix(self, field_name: str) -> str:
        """Return the field's name in the query string: ``bank_sort``."""
        return f"{self.side.value}_{field_name}"

    def wanted(self) -> dict[str, Any]:
        """Return what was asked for, as the values of a break filter; bad fields ask for
        nothing.
        """
        self.is_valid()
        asked = self.cleaned_data
        return {
            "words": tuple(asked.get("q", "").split()[:MOST_WORDS]),
            "first_on": asked.get("since"),
            "last_on": asked.get("until"),
            "sort": asked.get("sort") or "date",
            "cursor": _fitting(asked.get("at"), asked.get("sort") or "date"),
            **(asked.get("amount") or {}),
        }


class IdListField(forms.Field):
    """Line ids, from a form's repeated field or a JSON list."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[int]:
        """Return the ids as integers."""
        if value in self.empty_values:
            return []
        if not isinstance(value, (list, tuple)):
            raise ValidationError("Lines are named by a list of their ids.")
        return [_line_id(one) for one in value]


class MatchForm(forms.Form):
    """The lines chosen to be matched, and the key that makes the request safe to repeat."""

    bank = IdListField(required=False)
    ledger = IdListField(required=False)
    key = forms.UUIDField(required=False)

    def clean_key(self) -> uuid.UUID | None:
        """Return the key, or None where none was sent."""
        return self.cleaned_data["key"] or None

    def chosen_ids(self) -> list[int]:
        """Return the ids that could be read, of either side."""
        return [*self.cleaned_data.get("bank", ()), *self.cleaned_data.get("ledger", ())]

    def sentence(self) -> str:
        """Return what is wrong with the request, in one sentence."""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)


class EntryForm(MatchForm):
    """Chosen lines that differ, and why their difference is accepted as an entry to post."""

    reason = forms.ChoiceField(choices=[(one, one) for one in ENTRY_REASONS], label="Reason")
    note = forms.CharField(required=False, max_length=500, label="Note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let the fields belong to the form that holds the chosen lines."""
        super().__init__(*args, **kwargs)
        for name in ("reason", "note"):
            self.fields[name].widget.attrs["form"] = "match-form"


class NoteForm(forms.Form):
    """What to note on lines; the assignee is one of the project's members."""

    bank = IdListField(required=False)
    ledger = IdListField(required=False)
    break_reason = forms.ChoiceField(
        required=False, choices=[("", "No reason"), *BreakReason.choices()], label="Reason"
    )
    break_note = forms.CharField(required=False, max_length=2000, label="Note")
    assignee: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        required=False, queryset=None, empty_label="Nobody", label="Assigned to"
    )

    def __init__(self, *args: Any, project: Project, form_id: str = "", **kwargs: Any) -> None:
        """Offer the project's members; the fields may belong to a form elsewhere on the page."""
        super().__init__(*args, **kwargs)
        members = get_user_model().objects.filter(memberships__project=project)
        self.fields["assignee"].queryset = members.order_by("username")  # type: ignore[attr-defined]
        for name in ("break_reason", "break_note", "assignee") if form_id else ():
            self.fields[name].widget.attrs["form"] = form_id

    def line_ids(self) -> list[int]:
        """Return the ids of the lines the note is for."""
        return [*self.cleaned_data.get("bank", ()), *self.cleaned_data.get("ledger", ())]

    def remark(self) -> dict[str, Any]:
        """Return what is to be noted, as the values of a remark."""
        asked = self.cleaned_data
        return {
            "reason": asked["break_reason"],
            "note": asked["break_note"],
            "assignee": asked["assignee"],
        }


class PickForm(forms.Form):
    """The lines to show as chosen: what a refused match keeps, and what links point out."""

    pick = IdListField(required=False)

    def picked(self) -> list[int]:
        """Return the ids, or none of them where one is not an id."""
        return self.cleaned_data["pick"] if self.is_valid() else []


class CandidateForm(forms.Form):
    """The line whose partners are wanted."""

    line = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class GroupFilterForm(forms.Form):
    """The filter of the matched history."""

    method = forms.ChoiceField(
        required=False, choices=[("", "Any method"), *MatchMethod.choices()], label="Method"
    )
    status = forms.ChoiceField(
        required=False, choices=[("", "Any status"), *GroupStatus.choices()], label="Status"
    )
    rule = forms.ChoiceField(
        required=False,
        choices=[("", "Any rule"), *HAND_RULES, *RULE_LABELS.items()],
        label="Rule",
    )
    at = CursorField(required=False)

    def wanted(self) -> dict[str, Any]:
        """Return what was asked for, as the values of a group filter."""
        self.is_valid()
        asked = self.cleaned_data
        cursor = asked.get("at")
        return {
            "method": asked.get("method", ""),
            "status": asked.get("status", ""),
            "rule": asked.get("rule", ""),
            "cursor": cursor if cursor and _is_uuid(cursor.tie) else None,
        }


class QueueForm(forms.Form):
    """The place in the queue of suggestions."""

    at = CursorField(required=False)

    def cursor(self) -> Cursor | None:
        """Return the place, or None for the beginning."""
        self.is_valid()
        cursor = self.cleaned_data.get("at")
        if cursor is None or not _is_uuid(cursor.tie) or not _is_number(cursor.key):
            return None
        return cursor


def _line_id(value: Any) -> int:
    is_text = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20
    if (isinstance(value, int) and not isinstance(value, bool)) or is_text:
        return int(value)
    raise ValidationError(f"“{str(value)[:40]}” is not the id of a line.")


def _fitting(cursor: Cursor | None, sort: str) -> Cursor | None:
    """Return the cursor if its key is of the sorted column's kind; a stale one starts the list
    anew.
    """
    if cursor is None or not cursor.tie.isdigit() or len(cursor.tie) > 18:
        return None
    shape = r"\d{4}-\d\d-\d\d" if sort.endswith("date") else r"-?\d{1,18}"
    return cursor if re.fullmatch(shape, cursor.key) and _is_day(cursor.key, sort) else None


def _is_day(key: str, sort: str) -> bool:
    if not sort.endswith("date"):
        return True
    try:
        forms.DateField().clean(key)
    except ValidationError:
        return False
    return True


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

"""The filter of one side of the workbench, and what its fields understand; all of it in the URL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from projects.models import Project
from reconciliation.keyset import Cursor, read_cursor
from reconciliation.money import parse_plain
from reconciliation.vocabulary import Side

SORT_CHOICES = [
    ("date", "Oldest first"),
    ("-date", "Newest first"),
    ("amount", "Smallest amount first"),
    ("-amount", "Largest amount first"),
]
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

"""The filter of one side of the workbench, and what its fields understand; all of it in the URL."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.http import QueryDict

from projects.models import Project
from reconciliation.keyset import Cursor, read_cursor
from reconciliation.models import SourceFile
from reconciliation.money import parse_plain
from reconciliation.vocabulary import BreakReason, Side

SORT_CHOICES = [
    ("date", "Oldest first"),
    ("-date", "Newest first"),
    ("amount", "Smallest amount first"),
    ("-amount", "Largest amount first"),
]
AGE_CHOICES = [
    ("", "Any age"),
    ("0-7", "Up to 7 days"),
    ("0-30", "Up to 30 days"),
    ("8-", "Over 7 days"),
    ("31-", "Over 30 days"),
    ("61-", "Over 60 days"),
    ("91-", "Over 90 days"),
]
MOST_WORDS = 6
MOST_AMOUNTS = 200
MOST_DIGITS = 30
MOST_AMOUNT_TEXT = 4_000
_GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?\Z")
_IN_BRACKETS = re.compile(r"\((.+)\)\Z")
_EITHER_SIGN = re.compile(r"(?:±|\+/-|\+-)\s*(.+)\Z")
_AROUND = re.compile(r"(.+?)\s*(?:±|\+/-|\+-)\s*(.+)\Z", re.DOTALL)
_AGES = re.compile(r"(\d{1,5})-(\d{1,5})?\Z", re.ASCII)
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
    """Amounts in minor units: one, several, a range ``100..200``, ``±50`` for either sign,
    ``100±5`` for a range around; bounds inclusive.
    """

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
        text = re.sub(r"(^|\s)(±|\+/-|\+-)\s+", r"\1\2", text) if text[0] in "±+" else text
        around = _AROUND.fullmatch(text)
        if around and not re.search(r"\s", around[1]):
            middle, gap = self._minor(around[1]), abs(self._minor(around[2]))
            return {"lowest": middle - gap, "highest": middle + gap}
        return {"amounts": self._listed(text)}

    def _listed(self, text: str) -> tuple[int, ...]:
        parts = [part.rstrip(",") for part in re.split(r"[\s;]+", text) if part.strip(",")]
        if len(parts) > MOST_AMOUNTS:
            raise ValidationError(f"At most {MOST_AMOUNTS} amounts at once.")
        amounts: list[int] = []
        for part in parts:
            either = _EITHER_SIGN.fullmatch(part)
            minor = self._minor(either[1] if either else part)
            amounts += [minor, -minor] if either else [minor]
        return tuple(amounts)

    def _minor(self, text: str) -> int:
        inside = _IN_BRACKETS.fullmatch(text)
        text = f"-{inside[1]}" if inside else text
        plain = text.replace(",", "") if _GROUPED.fullmatch(text) else text
        try:
            if len(plain) > MOST_DIGITS or not _PLAIN.fullmatch(plain):
                raise ValueError("not written plainly")
            return parse_plain(plain, self.decimals)
        except (ValueError, ArithmeticError) as wrong:
            raise ValidationError(
                f"“{text[:MOST_DIGITS]}” is not an amount; write 120.50, or 100..200 for a range."
            ) from wrong


class AgesField(forms.ChoiceField):
    """The least and the most days of age, as ``31-60`` or ``31-``."""

    def to_python(self, value: Any) -> tuple[int, int | None] | None:
        """Return both numbers, the most being None where there is no such bound."""
        found = _AGES.fullmatch(str(value or ""))
        if not found:
            return None
        return int(found[1]), int(found[2]) if found[2] else None

    def validate(self, value: Any) -> None:
        """Take any two numbers, not only the choices offered."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What the filters of both sides offer to choose from: the imported files and the members."""

    files: Sequence[SourceFile] = ()
    members: Sequence[Any] = ()

    @classmethod
    def of(cls, project: Project) -> Offered:
        """Return what the project has of them, in two queries."""
        files = SourceFile.objects.in_project(project).imported().order_by("name", "id")
        members = get_user_model().objects.filter(memberships__project=project)
        return cls(list(files), list(members.order_by("username")))


class LineFilterForm(forms.Form):
    """What every filter of lines has: a text, amounts, days; ``rare`` names the fields that are
    asked for now and then.
    """

    rare: Sequence[str] = ()
    q = forms.CharField(
        required=False,
        max_length=200,
        label="Text",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Text or reference"}),
    )
    amount = AmountsField(
        required=False,
        label="Amount",
        widget=forms.TextInput(attrs={"placeholder": "±120.50 or 100..200", "inputmode": "text"}),
    )
    since = forms.DateField(
        required=False, label="From", widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        required=False, label="To", widget=forms.DateInput(attrs={"type": "date"})
    )
    at = CursorField(required=False)

    def rare_fields(self) -> list[forms.BoundField]:
        """Return the fields that are asked for now and then."""
        return [self[name] for name in self.rare]

    def rare_count(self) -> int:
        """Return how many of the rare fields narrow the list."""
        return sum(bool(self.cleaned_data.get(name)) for name in self.rare)

    def asked(self) -> dict[str, Any]:
        """Return the shared fields as values of a filter of lines; bad ones ask for nothing."""
        self.is_valid()
        return {
            "words": tuple(self.cleaned_data.get("q", "").split()[:MOST_WORDS]),
            "first_on": self.cleaned_data.get("since"),
            "last_on": self.cleaned_data.get("until"),
            **(self.cleaned_data.get("amount") or {}),
        }


class BreakFilterForm(LineFilterForm):
    """The filter of one side; every field may be empty, and all of them live in the URL."""

    rare = ("since", "until", "age", "reason", "file", "who")
    reason = forms.ChoiceField(
        required=False, choices=[("", "Any reason"), *BreakReason.choices()], label="Reason"
    )
    age = AgesField(required=False, choices=AGE_CHOICES, label="Age")
    file = forms.ChoiceField(required=False, label="File")
    who = forms.ChoiceField(required=False, label="Assigned to")
    all = forms.BooleanField(required=False, widget=forms.HiddenInput)
    take = forms.BooleanField(required=False, widget=forms.HiddenInput)
    sort = forms.ChoiceField(required=False, choices=SORT_CHOICES, widget=forms.HiddenInput)

    def __init__(
        self, query: Mapping[str, Any], *, project: Project, side: Side, offered: Offered
    ) -> None:
        """Read the side's part of the query string."""
        self.side = side
        super().__init__(query, prefix=side.value)
        self.fields["amount"].decimals = project.decimals  # type: ignore[attr-defined]
        self.offered_files = {str(each.pk): each for each in offered.files if each.side == side}
        files = [(key, each.name) for key, each in self.offered_files.items()]
        members = [(str(each.pk), each.get_username()) for each in offered.members]
        self.fields["file"].choices = [("", "Any file"), *files]  # type: ignore[attr-defined]
        self.fields["who"].choices = [("", "Anybody"), *members]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{side.label}: {field.label}"

    def add_prefix(self, field_name: str) -> str:
        """Return the field's name in the query string: ``bank_sort``."""
        return f"{self.side.value}_{field_name}"

    def wanted(self) -> dict[str, Any]:
        """Return what was asked for, as the values of a break filter; bad fields ask for
        nothing.
        """
        shared, asked = self.asked(), self.cleaned_data
        file, who = self.offered_files.get(asked.get("file", "")), asked.get("who")
        return {
            "ages": asked.get("age"),
            "reason": asked.get("reason", ""),
            "file_id": file.pk if file and file.shares_ids() else None,
            "line_ids": (file.first_line_id, file.last_line_id) if file else None,
            "assignee_id": int(who) if who else None,
            "sort": asked.get("sort") or "date",
            "cursor": _fitting(asked.get("at"), asked.get("sort") or "date"),
            **shared,
        }


class SeenField(forms.RegexField):
    """How many lines a person saw and their total in minor units, as ``312:-450000``."""

    def clean(self, value: Any) -> tuple[int, int]:
        """Return both numbers."""
        count, total = super().clean(value).split(":")
        return int(count), int(total)


class WholeForm(forms.Form):
    """One side chosen by its filter: the filter as a query string, and what was shown of it."""

    all = forms.CharField(max_length=2 * MOST_AMOUNT_TEXT)
    seen = SeenField(regex=r"^\d{1,9}:-?\d{1,24}$")
    key = forms.UUIDField(required=False)

    def __init__(self, sent: Any, *, side: Side) -> None:
        """Read the side's part of what was sent."""
        self.side = side
        super().__init__(sent)
        self.is_asked = bool(sent.get(self.add_prefix("all")))

    def add_prefix(self, field_name: str) -> str:
        """Return the field's name in the request: ``bank_all``; the key is that of the match."""
        return field_name if field_name == "key" else f"{self.side.value}_{field_name}"

    def clean_all(self) -> QueryDict:
        """Return the filter as fields."""
        return QueryDict(self.cleaned_data["all"])


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

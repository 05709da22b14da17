"""What people ask of the workbench: chosen lines, notes, candidates."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError

from projects.models import Project
from reconciliation.vocabulary import BreakReason

ENTRY_REASONS = (
    "Bank fee",
    "Interest",
    "Rounding",
    "Write-off",
    "Exchange difference",
    "Discount",
    "Missing in the ledger",
    "Wrong sign in the ledger",
    "Wrong amount in the ledger",
    "Other",
)
NO_KEY = "The key that makes the request safe to repeat must be a UUID."


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
    key = forms.UUIDField(required=False, error_messages={"invalid": NO_KEY})

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
    """Chosen lines that differ, and why their difference is accepted as an entry to post.

    Its fields stand in the form that also matches lines that balance, where nothing is required.
    """

    use_required_attribute = False

    reason = forms.ChoiceField(
        choices=[("", "Choose a reason"), *((one, one) for one in ENTRY_REASONS)],
        label="Reason",
        error_messages={"required": "Choose a reason for the entry."},
    )
    note = forms.CharField(required=False, max_length=500, label="Note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let the fields belong to the form that holds the chosen lines."""
        super().__init__(*args, **kwargs)
        for name in ("reason", "note"):
            self.fields[name].widget.attrs["form"] = "match-form"


class SettleForm(forms.Form):
    """The line that shows an entry posted."""

    line_id = forms.IntegerField(min_value=1, max_value=2**63 - 1)


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
    """The line whose partners are wanted; scripts ask for the ``dock``, or for its ``sums``."""

    part = forms.ChoiceField(required=False, choices=[("dock", "Dock"), ("sums", "Sums")])

    line = forms.IntegerField(min_value=1, max_value=2**63 - 1)


def _line_id(value: Any) -> int:
    is_text = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20
    if (isinstance(value, int) and not isinstance(value, bool)) or is_text:
        return int(value)
    raise ValidationError(f"“{str(value)[:40]}” is not the id of a line.")

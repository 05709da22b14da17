"""What people ask of the queue of suggestions: a place, a kind, many at once."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from reconciliation.forms.filters import CursorField
from reconciliation.keyset import Cursor
from reconciliation.matching.ruleset import RULE_LABELS

KINDS = list(RULE_LABELS.items())
LEAST = [("0", "Any"), *((f"{pct / 100:g}", f"{pct} %") for pct in (50, 75, 90, 95, 99))]


class QueueForm(forms.Form):
    """The place in the queue, and the kind of suggestions wanted."""

    kind = forms.ChoiceField(required=False, choices=[("", "Every kind"), *KINDS], label="Kind")
    at = CursorField(required=False)

    def rule(self) -> str:
        """Return the kind, or an empty text for all."""
        self.is_valid()
        return self.cleaned_data.get("kind", "")

    def cursor(self) -> Cursor | None:
        """Return the place, or None for the beginning."""
        self.is_valid()
        cursor = self.cleaned_data.get("at")
        return cursor if cursor and _names_a_place(cursor) else None


class BulkForm(forms.Form):
    """Which suggestions to accept at once."""

    kind = forms.ChoiceField(choices=KINDS, label="Kind")
    least = forms.ChoiceField(required=False, choices=LEAST, label="At least this likely")

    def wanted(self) -> dict[str, Any]:
        """Return what was asked for, as the values of what is wanted."""
        return {
            "rule": self.cleaned_data["kind"],
            "least": float(self.cleaned_data["least"] or 0),
        }


class BulkAcceptForm(BulkForm):
    """The same, with what was seen and the key that makes the request safe to repeat."""

    seen = forms.RegexField(r"^[0-9a-f]{64}\Z")
    key = forms.UUIDField()


def _names_a_place(cursor: Cursor) -> bool:
    try:
        uuid.UUID(cursor.tie)
        float(cursor.key)
    except ValueError:
        return False
    return True

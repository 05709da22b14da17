"""The forms of the known names: searching, removing, and carrying them from elsewhere."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django import forms

from projects.models import Project
from reconciliation.forms.filters import CursorField
from reconciliation.forms.json_files import json_of
from reconciliation.keyset import Cursor
from reconciliation.matching.memory import LONGEST_NAME, MOST_ALIASES
from reconciliation.matching.ruleset import RULE_LABELS
from reconciliation.models import NameSighting

#: A file of names is text of this size at most.
MAX_NAMES_BYTES = 16 * 1024 * 1024
MOST_OBSERVATIONS = 1_000_000_000


class NameFilterForm(forms.Form):
    """Which of the names to list."""

    q = forms.CharField(required=False, max_length=100, label="Search names")
    cursor = CursorField(required=False)

    def clean_cursor(self) -> Cursor | None:
        """Return the place in the list, where both of its numbers are whole."""
        cursor = self.cleaned_data["cursor"]
        if cursor and not (cursor.key.isdecimal() and cursor.tie.isdecimal()):
            raise forms.ValidationError("This place in the list is not known.")
        return cursor


class NamesForm(forms.Form):
    """The names chosen in the list, by a sighting of each."""

    names = forms.ModelMultipleChoiceField(
        queryset=NameSighting.objects.none(),
        error_messages={
            "required": "Choose the names to remove.",
            "invalid_choice": "A chosen name is not among this project's.",
            "invalid_pk_value": "A chosen name is not among this project's.",
        },
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        """Offer the project's own names."""
        super().__init__(*args, **kwargs)
        self.fields["names"].queryset = NameSighting.objects.in_project(project)  # type: ignore[attr-defined]


class NamesFileForm(forms.Form):
    """Names as the JSON file another project wrote."""

    aliases = forms.FileField(
        label="Names from a file", widget=forms.FileInput(attrs={"accept": ".json"})
    )

    def clean_aliases(self) -> tuple[list[dict[str, Any]], uuid.UUID]:
        """Return the checked names of the file, and what identifies its content."""
        upload = self.cleaned_data["aliases"]
        if upload.size > MAX_NAMES_BYTES:
            raise forms.ValidationError("This file is too large to be a list of names.")
        content = upload.read()
        try:
            names = _names_in(json_of(content))
        except (ValueError, TypeError, RecursionError) as wrong:
            raise forms.ValidationError(f"{upload.name} is no list of names: {wrong}") from wrong
        return names, uuid.uuid5(uuid.NAMESPACE_OID, hashlib.sha256(content).hexdigest())


class CopyNamesForm(forms.Form):
    """The project whose names are to be copied: another one the user may see."""

    source = forms.ModelChoiceField(
        queryset=Project.objects.none(),
        label="Copy from another project of yours",
        empty_label="Choose a project",
        error_messages={
            "required": "Choose the project whose names are to be copied.",
            "invalid_choice": "This project is not among yours.",
        },
    )

    def __init__(self, *args: Any, project: Project, user: Any, **kwargs: Any) -> None:
        """Offer the user's other projects."""
        super().__init__(*args, **kwargs)
        others = Project.objects.visible_to(user).exclude(pk=project.pk).order_by("name")
        self.fields["source"].queryset = others  # type: ignore[attr-defined]


class TrustForm(forms.Form):
    """The rule that may match by itself again."""

    rule = forms.ChoiceField(choices=list(RULE_LABELS.items()))


def _names_in(stored: Any) -> list[dict[str, Any]]:
    """Return the names of the file's content; raises ValueError for what is none."""
    if not isinstance(stored, dict) or not isinstance(stored.get("aliases"), list):
        raise ValueError("expected {“aliases”: [ … ]}")
    if len(stored["aliases"]) > MOST_ALIASES:
        raise ValueError(f"it has more than {MOST_ALIASES:,} names")
    return [_name_in(entry, place) for place, entry in enumerate(stored["aliases"], start=1)]


def _name_in(entry: Any, place: int) -> dict[str, Any]:
    """Return one entry as the fields of a name."""
    if not isinstance(entry, dict):
        raise ValueError(f"entry {place} is no name")
    counts = {field: entry.get(field, 0) for field in ("by_hand", "by_run")}
    for field, count in counts.items():
        if type(count) is not int or not 0 <= count <= MOST_OBSERVATIONS:
            raise ValueError(f"entry {place}, {field}: read {count!r}, expected a whole number")
    return {
        "bank_name": _text_in(entry, "bank", place),
        "ledger_name": _text_in(entry, "ledger", place),
        **counts,
    }


def _text_in(entry: dict[str, Any], field: str, place: int) -> str:
    """Return a name as it is kept: words of letters, in capitals."""
    words = str(entry.get(field, "")).upper().split()
    name = " ".join(words)
    if not words or len(name) > LONGEST_NAME or not all(word.isalpha() for word in words):
        raise ValueError(f"entry {place}, {field}: read {name[:40]!r}, expected words of letters")
    return name

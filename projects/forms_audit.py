"""The filter of the audit page."""

from __future__ import annotations

from typing import Any

from django import forms

SUBJECTS = [
    ("", "Everything"),
    ("project", "Project"),
    ("member", "Members"),
    ("file", "Files"),
    ("ruleset", "Rules"),
    ("run", "Runs"),
    ("match", "Matches"),
    ("adjustment", "Entries to post"),
    ("note", "Notes"),
    ("suggestion", "Suggestions"),
    ("export", "Workbooks"),
    ("audit", "Audit exports"),
]
LAST_SEQ = 2**62


class TrailFilterForm(forms.Form):
    """Which events to show; every field may be empty."""

    subject = forms.ChoiceField(required=False, choices=SUBJECTS, label="About")
    actor = forms.CharField(required=False, max_length=150, label="Who")
    text = forms.CharField(required=False, max_length=200, label="Text")
    since = forms.DateField(
        required=False, label="From", widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        required=False, label="To", widget=forms.DateInput(attrs={"type": "date"})
    )
    before = forms.IntegerField(
        required=False, min_value=0, max_value=LAST_SEQ, widget=forms.HiddenInput
    )
    after = forms.IntegerField(
        required=False, min_value=0, max_value=LAST_SEQ, widget=forms.HiddenInput
    )

    def wanted(self) -> dict[str, Any]:
        """Return what was asked for, as the values of a trail filter; bad fields ask for
        nothing.
        """
        self.is_valid()
        asked = self.cleaned_data
        texts = {name: asked.get(name, "") for name in ("subject", "actor", "text")}
        return texts | {name: asked.get(name) for name in ("since", "until", "before", "after")}

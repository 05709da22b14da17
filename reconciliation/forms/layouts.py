"""Taking remembered layouts from a file."""

from __future__ import annotations

from typing import Any

from django import forms

from reconciliation.forms.json_files import json_of

#: A layout file is small; what is larger is none.
MAX_LAYOUT_FILE_BYTES = 1024 * 1024


class LayoutFileForm(forms.Form):
    """Layouts as the JSON file another project wrote."""

    layouts = forms.FileField(
        label="Layouts from a file",
        widget=forms.FileInput(attrs={"accept": ".json"}),
        error_messages={"required": "Choose a layout file, such as layouts.json."},
    )

    def clean_layouts(self) -> Any:
        """Return the JSON values of the file; what they mean is checked when they are used."""
        upload = self.cleaned_data["layouts"]
        if upload.size > MAX_LAYOUT_FILE_BYTES:
            raise forms.ValidationError(f"{upload.name} is too large to be a layout file.")
        try:
            return json_of(upload.read())
        except (ValueError, RecursionError) as wrong:
            raise forms.ValidationError(f"{upload.name} is no layout file: {wrong}") from wrong

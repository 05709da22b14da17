"""The ruleset in plain words: how far a run may reach and what each rule may do."""

from __future__ import annotations

from typing import Any

from django import forms

from projects.models import Project
from reconciliation.forms.json_files import json_of
from reconciliation.matching.rule_texts import RULE_TEXTS
from reconciliation.matching.ruleset import (
    AUTO,
    MODE_LABELS,
    OFF,
    RULE_LABELS,
    STRICT_LINES_A_YEAR,
    STRICTNESS,
    SUGGEST,
    SUGGEST_ONLY,
    Ruleset,
)
from reconciliation.money import format_plain, to_decimal, to_minor

#: A ruleset file is small; what is larger is none.
MAX_RULESET_BYTES = 64 * 1024

#: The largest tolerance a ruleset takes, in minor units.
HIGHEST_TOLERANCE_MINOR = 10_000_000


_DAYS = {
    "days_before": "Bank before ledger, days",
    "days_after": "Bank after ledger, days",
    "number_days_before": "Before, where a number is shared",
    "number_days_after": "After, where a number is shared",
    "group_days": "Longest span of a group, days",
}
_HIGHEST_DAYS = {
    "days_before": 60,
    "days_after": 120,
    "number_days_before": 400,
    "number_days_after": 800,
    "group_days": 120,
}


class RulesetForm(forms.Form):
    """The project's rules; ``ruleset()`` is the checked ruleset of what was typed."""

    strictness = forms.ChoiceField(
        required=False,
        choices=[
            ("standard", "Standard: 99.9 % certain"),
            ("strict", "Strict: 99.99 % certain"),
            ("", "As typed"),
        ],
        label="Strictness",
        help_text=(
            "A match is made by itself when it is at least so certain; less certain is suggested. "
            f"Strict is advised above {STRICT_LINES_A_YEAR:,} lines per account and year."
        ),
    )
    certainty_pct = forms.DecimalField(
        required=False,
        min_value=90,
        max_value=99.9999,
        decimal_places=4,
        label="… or certainty as typed, %",
        help_text="Counts only where the strictness is “As typed”.",
    )
    differences = forms.ChoiceField(
        choices=[
            (OFF, "Amounts must agree to the cent"),
            (SUGGEST, "Suggest matches that leave a difference"),
            (AUTO, "Make them and post the difference"),
        ],
        label="Differences",
    )
    tolerance_pct = forms.DecimalField(
        min_value=0, max_value=20, decimal_places=4, label="Largest difference, % of the amount"
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        """Show the ruleset stored in the project."""
        self.project = project
        self.stored = stored_ruleset(project)
        kwargs.setdefault("initial", _initial(self.stored, project.decimals))
        super().__init__(*args, **kwargs)
        self.fields["tolerance"] = forms.DecimalField(
            min_value=0,
            max_value=to_decimal(HIGHEST_TOLERANCE_MINOR, project.decimals),
            decimal_places=project.decimals,
            label="… or this amount",
            help_text="Whichever of the two allows more.",
        )
        for name, label in _DAYS.items():
            self.fields[name] = forms.IntegerField(
                min_value=0, max_value=_HIGHEST_DAYS[name], label=label
            )
        for rule, label in RULE_LABELS.items():
            self.fields[f"rule_{rule}"] = forms.ChoiceField(
                choices=_modes(rule), label=label, help_text=RULE_TEXTS[rule]
            )

    def clean(self) -> dict[str, Any]:
        """Build the ruleset, which checks itself."""
        cleaned = super().clean() or {}
        if not cleaned.get("strictness") and cleaned.get("certainty_pct", 0) is None:
            self.add_error("certainty_pct", "Type a certainty, or choose a strictness.")
        if not self.errors:
            try:
                self._ruleset = self._build(cleaned)
            except ValueError as wrong:
                raise forms.ValidationError(str(wrong)) from wrong
        return cleaned

    def ruleset(self) -> Ruleset:
        """Return the ruleset that was typed; only of a valid form."""
        return self._ruleset

    def sentences(self) -> list[str]:
        """Return what a run with the stored ruleset does."""
        return self.stored.describe(self.project.decimals)

    def windows(self) -> list[forms.BoundField]:
        """Return the fields about days."""
        return [self[name] for name in _DAYS]

    def modes(self) -> list[forms.BoundField]:
        """Return the field of each rule, in the order in which the rules are tried."""
        return [self[f"rule_{rule}"] for rule in RULE_LABELS]

    def _build(self, cleaned: dict[str, Any]) -> Ruleset:
        return Ruleset(
            **{name: cleaned[name] for name in _DAYS},
            certainty=STRICTNESS.get(cleaned["strictness"])
            or float(cleaned["certainty_pct"] / 100),
            tolerance_pct=float(cleaned["tolerance_pct"]),
            tolerance_minor=to_minor(cleaned["tolerance"], self.project.decimals),
            differences=cleaned["differences"],
            rules={rule: cleaned[f"rule_{rule}"] for rule in RULE_LABELS},
        )


class RulesetFileForm(forms.Form):
    """A ruleset as the JSON file another project wrote."""

    ruleset = forms.FileField(
        label="Rules from a file", widget=forms.FileInput(attrs={"accept": ".json"})
    )

    def clean_ruleset(self) -> Ruleset:
        """Return the checked ruleset of the file."""
        upload = self.cleaned_data["ruleset"]
        if upload.size > MAX_RULESET_BYTES:
            raise forms.ValidationError("This file is too large to be a ruleset.")
        try:
            return Ruleset.from_json(json_of(upload.read()))
        except (ValueError, TypeError, RecursionError) as wrong:
            raise forms.ValidationError(f"{upload.name} is not a ruleset: {wrong}") from wrong


class ReasonForm(forms.Form):
    """Why something is undone."""

    reason = forms.CharField(
        max_length=500,
        label="Reason",
        help_text="It stays in the audit trail.",
        error_messages={"required": "Say why; the reason stays in the audit trail."},
    )


def stored_ruleset(project: Project) -> Ruleset:
    """Return the project's ruleset, or the usual one where none was saved."""
    return Ruleset.from_json(project.ruleset)


def _initial(ruleset: Ruleset, decimals: int) -> dict[str, Any]:
    return {
        **{name: getattr(ruleset, name) for name in _DAYS},
        "strictness": ruleset.strictness,
        "certainty_pct": f"{ruleset.certainty * 100:.4f}".rstrip("0").rstrip("."),
        "differences": ruleset.differences,
        "tolerance_pct": f"{ruleset.tolerance_pct:g}",
        "tolerance": format_plain(ruleset.tolerance_minor, decimals),
        **{f"rule_{rule}": mode for rule, mode in ruleset.rules.items()},
    }


def _modes(rule: str) -> list[tuple[str, str]]:
    return [
        (mode, label)
        for mode, label in MODE_LABELS.items()
        if not (mode == AUTO and rule in SUGGEST_ONLY)
    ]

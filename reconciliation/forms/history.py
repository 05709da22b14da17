"""The filter of the matched history; all of it in the URL."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q

from projects.models import Project
from reconciliation.forms.filters import LineFilterForm
from reconciliation.matching.ruleset import RULE_LABELS
from reconciliation.models import MatchRun, Recording, SourceFile
from reconciliation.vocabulary import HAND_RULES, GroupStatus, MatchMethod, Side

#: What the shared fields are about here.
LABELS = {"amount": "Amount of a line", "since": "Line dated from", "until": "to"}


class FileChoice(forms.ModelChoiceField):
    """One of the project's files, named with its side."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the file's name and side."""
        return f"{obj.name} ({Side(obj.side).label})"


class RunChoice(forms.ModelChoiceField):
    """One of the project's runs, named by when it started."""

    def label_from_instance(self, obj: Any) -> str:
        """Return when the run started."""
        return f"{obj.started_at:%-d %b %Y %H:%M} UTC"


class GroupFilterForm(LineFilterForm):
    """What groups, and what lines of theirs, to look for; every field may be empty."""

    rare = ("method", "status", "rule", "who", "run", "file")
    method = forms.ChoiceField(
        required=False, choices=[("", "Any method"), *MatchMethod.choices()], label="Method"
    )
    status = forms.ChoiceField(
        required=False, choices=[("", "Any status"), *GroupStatus.choices()], label="Status"
    )
    rule = forms.ChoiceField(
        required=False,
        choices=[("", "Any rule"), *HAND_RULES.items(), *RULE_LABELS.items()],
        label="Rule",
    )
    who: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        required=False, queryset=None, empty_label="Anybody", label="Matched by"
    )
    run = RunChoice(required=False, queryset=None, empty_label="Any run", label="Run")
    file = FileChoice(required=False, queryset=None, empty_label="Any file", label="File")

    def __init__(self, query: Mapping[str, Any], *, project: Project) -> None:
        """Offer the project's runs and files, and all who are its members or have matched."""
        super().__init__(query)
        self.fields["q"].widget.attrs["placeholder"] = "Payee, text or reference"
        for name, label in LABELS.items():
            self.fields[name].label = label
        matched = Recording.objects.filter(project=project).values("made_by")
        people = get_user_model().objects.filter(
            Q(memberships__project=project) | Q(pk__in=matched)
        )
        runs = MatchRun.objects.in_project(project).filter(finished_at__isnull=False)
        files = SourceFile.objects.in_project(project).filter(first_line_id__isnull=False)
        offered = {
            "who": people.distinct().order_by("username"),
            "run": runs.only("project_id", "started_at").order_by("-started_at"),
            "file": files.defer("reading").order_by("name", "id"),
        }
        for name, choices in offered.items():
            self.fields[name].queryset = choices  # type: ignore[attr-defined]
        self.fields["amount"].decimals = project.decimals  # type: ignore[attr-defined]

    def narrows(self) -> bool:
        """Say whether some groups may be hidden."""
        return any(self.cleaned_data.get(name) for name in self.fields if name != "at")

    def wanted(self) -> dict[str, Any]:
        """Return what was asked for, as the values of a group filter; bad fields ask for
        nothing.
        """
        shared, asked = self.asked(), self.cleaned_data
        cursor, file, who, run = (asked.get(name) for name in ("at", "file", "who", "run"))
        return {
            "file_id": file.pk if file else None,
            "line_ids": (file.first_line_id, file.last_line_id) if file else None,
            "method": asked.get("method", ""),
            "status": asked.get("status", ""),
            "rule": asked.get("rule", ""),
            "maker_id": who.pk if who else None,
            "run_id": run.pk if run else None,
            "cursor": cursor if cursor and _is_uuid(cursor.tie) else None,
            **shared,
        }


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True

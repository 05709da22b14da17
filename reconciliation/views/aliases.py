"""The known names of a project: list, remove, carry; and trusting a rule again."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.access import get_project, may_change
from projects.answers import refusals_told, see_other
from projects.models import Project, Role
from reconciliation.errors import Refusal
from reconciliation.forms.aliases import (
    CopyNamesForm,
    NameFilterForm,
    NamesFileForm,
    NamesForm,
    TrustForm,
)
from reconciliation.matching import known_names
from reconciliation.matching.rule_record import trust_rule
from reconciliation.views.requests import changed


@login_required
@require_safe
def aliases(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """List which names the bank writes for which ledger names."""
    project = get_project(request.user, project_id)
    form = NameFilterForm(request.GET)
    wanted: dict[str, Any] = form.cleaned_data if form.is_valid() else {"q": "", "cursor": None}
    page = known_names.name_page(project, wanted["q"], wanted["cursor"])
    context = {
        "project": project,
        "stage": "settings",
        "may_edit": may_change(project),
        "form": form,
        "search": wanted["q"],
        "page": page,
        "previous_url": changed(request.GET, cursor=page.previous) if page.previous else "",
        "next_url": changed(request.GET, cursor=page.next) if page.next else "",
        "file_form": NamesFileForm(),
        "copy_form": CopyNamesForm(project=project, user=request.user),
    }
    return render(request, "reconciliation/matching/aliases.html", context)


@login_required
@require_POST
def aliases_remove(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Remove the chosen names."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    form = NamesForm(request.POST, project=project)
    if not form.is_valid():
        return _told(request, project, form.errors["names"][0])
    with refusals_told(request, Refusal):
        chosen = form.cleaned_data["names"]
        count = known_names.remove_names(project=project, actor=request.user, chosen=chosen)
        messages.success(
            request,
            f"Names removed: {count:,}. They stay so until you match such lines by hand again.",
        )
    return see_other("reconciliation:aliases", project.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def aliases_json(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Give the names as a file; take such a file."""
    wanted = Role.EDITOR if request.method == "POST" else Role.VIEWER
    project = get_project(request.user, project_id, role=wanted)
    if request.method != "POST":
        options = {"indent": 1, "ensure_ascii": False}
        answer = JsonResponse(known_names.names_file(project), json_dumps_params=options)
        answer["Content-Disposition"] = 'attachment; filename="aliases.json"'
        return answer
    form = NamesFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _told(request, project, form.errors["aliases"][0])
    with refusals_told(request, Refusal):
        entries, origin = form.cleaned_data["aliases"]
        names = [known_names.CarriedName(**entry) for entry in entries]
        standing = known_names.carry_names(
            project=project, actor=request.user, names=names, origin=origin, told="file"
        )
        _say_carried(request, len(names), standing)
    return see_other("reconciliation:aliases", project.pk)


@login_required
@require_POST
def aliases_copy(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Copy the names of another project of the user's."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    form = CopyNamesForm(request.POST, project=project, user=request.user)
    if not form.is_valid():
        return _told(request, project, form.errors["source"][0])
    with refusals_told(request, Refusal):
        counts = known_names.copy_names(
            project=project, actor=request.user, source=form.cleaned_data["source"]
        )
        _say_carried(request, *counts)
    return see_other("reconciliation:aliases", project.pk)


@login_required
@require_POST
def rule_trust(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Let a rule that people kept undoing match by itself again."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    form = TrustForm(request.POST)
    if form.is_valid():
        with refusals_told(request, Refusal):
            trust_rule(project=project, actor=request.user, **form.cleaned_data)
            messages.success(request, "The next run lets this rule match by itself again.")
    else:
        messages.error(request, "This is not one of the rules.")
    return see_other("reconciliation:matching", project.pk)


def _told(request: HttpRequest, project: Project, wrong: object) -> HttpResponse:
    messages.error(request, str(wrong))
    return see_other("reconciliation:aliases", project.pk)


def _say_carried(request: HttpRequest, count: int, standing: int) -> None:
    """Say how many names are known now, and which stay removed."""
    held = count - standing
    said = f"Names taken over: {standing:,}. The next run goes by them."
    if held:
        said += f" Removed or unmatched here before, so they stay out: {held:,}."
    messages.success(request, said)

"""Entries to post: their list, making one, and saying which later line is one, posted."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from projects.access import get_project, may_change
from projects.answers import SeeOther, refusals_told
from projects.models import Project, Role
from reconciliation.errors import NothingSelected, Refusal, UnknownLines
from reconciliation.forms.review import EntryForm, SettleForm
from reconciliation.review import adjustments
from reconciliation.views.requests import (
    body_of,
    chosen_url,
    done_url,
    is_json,
    named_lines,
    refused,
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def entries_to_post(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """List the entries to post; match chosen lines that differ together with such an entry."""
    is_post = request.method == "POST"
    role = Role.EDITOR if is_post else Role.VIEWER
    project = get_project(request.user, project_id, role=role)
    if not is_post:
        return _entry_list(request, project)
    try:
        form = EntryForm(named_lines(project, body_of(request)))
        if not form.is_valid():
            raise NothingSelected(form.sentence())
        group_id = adjustments.match_with_entry(
            project=project, actor=request.user, chosen=adjustments.Chosen(**form.cleaned_data)
        )
    except Refusal as refusal:
        return refused(request, refusal, chosen_url(project, request))
    if is_json(request):
        return JsonResponse({"group": str(group_id)}, status=201)
    messages.success(request, "Matched, with an entry to post over the difference.")
    return SeeOther(done_url(project, request.GET))


def _entry_list(request: HttpRequest, project: Project) -> HttpResponse:
    is_posted = request.GET.get("show") == "posted"
    context = {
        "project": project,
        "stage": "review",
        "entries": adjustments.entries_of(project, is_posted=is_posted),
        "is_posted": is_posted,
        "may_edit": may_change(project),
    }
    return render(request, "reconciliation/review/adjustments.html", context)


@login_required
@require_POST
def entry_settle(request: HttpRequest, project_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    """Record that an open line is the entry, posted."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    entry = adjustments.entry_of(project, entry_id)
    if entry is None:
        raise Http404("No such entry.")
    form = SettleForm(request.POST)
    with refusals_told(request, Refusal):
        if not form.is_valid():
            raise UnknownLines("Choose the line that shows the entry posted.")
        adjustments.settle_entry(
            project=project, actor=request.user, entry=entry, **form.cleaned_data
        )
        messages.success(request, "Settled: the entry is posted and its line is matched.")
    return SeeOther(reverse("reconciliation:adjustments", args=[project.pk]))

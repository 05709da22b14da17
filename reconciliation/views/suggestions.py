"""The queue of what the engine was not sure of: one by one, or many of a kind."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.access import get_project, may_change
from projects.answers import SeeOther, refusals_told
from projects.models import Project, Role
from reconciliation.errors import NothingSelected, Refusal
from reconciliation.forms.suggestions import BulkAcceptForm, BulkForm, QueueForm
from reconciliation.review import bulk, suggestions
from reconciliation.views.requests import changed, with_query


@login_required
@require_safe
def suggestion_queue(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show what the engine was not sure of, the likeliest first."""
    project = get_project(request.user, project_id)
    form = QueueForm(request.GET)
    page = suggestions.suggestion_page(project, form.cursor(), rule=form.rule())
    context = {
        "project": project,
        "stage": "review",
        "page": page,
        "kinds": bulk.kinds_of(project),
        "kind": form.rule(),
        "waiting_count": suggestions.waiting_count(project),
        "may_edit": may_change(project),
        "previous_url": changed(request.GET, at=page.previous) if page.previous else None,
        "next_url": changed(request.GET, at=page.next) if page.next else None,
    }
    return render(request, "reconciliation/review/suggestions.html", context)


@login_required
@require_POST
def suggestion_accept(
    request: HttpRequest, project_id: uuid.UUID, suggestion_id: uuid.UUID
) -> HttpResponse:
    """Record a suggestion as a match by hand."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    get_object_or_404(suggestions.suggestions_of(project), pk=suggestion_id)
    with refusals_told(request, Refusal):
        suggestions.accept(project=project, actor=request.user, suggestion_id=suggestion_id)
        messages.success(request, "Accepted and matched.")
    return SeeOther(_queue(project, request.GET))


@login_required
@require_POST
def suggestion_decline(
    request: HttpRequest, project_id: uuid.UUID, suggestion_id: uuid.UUID
) -> HttpResponse:
    """Put a suggestion aside for good."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    get_object_or_404(suggestions.suggestions_of(project), pk=suggestion_id)
    with refusals_told(request, Refusal):
        suggestions.decline(project=project, actor=request.user, suggestion_id=suggestion_id)
        messages.success(request, "Declined; no later run offers these lines together again.")
    return SeeOther(_queue(project, request.GET))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def suggestions_accept(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show the suggestions of a kind that can be accepted at once; accept what was shown."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    if request.method != "POST":
        return _preview(request, project)
    form = BulkAcceptForm(request.POST)
    with refusals_told(request, Refusal):
        if not form.is_valid():
            raise NothingSelected("Choose a kind of suggestions and look at them first.")
        count = bulk.accept_all(
            project=project,
            actor=request.user,
            wanted=bulk.Wanted(**form.wanted()),
            seen=form.cleaned_data["seen"],
            key=form.cleaned_data["key"],
        )
        messages.success(request, f"Accepted and matched: {count:,}.")
    return SeeOther(_queue(project, request.GET))


def _preview(request: HttpRequest, project: Project) -> HttpResponse:
    form = BulkForm(request.GET)
    if not form.is_valid():
        messages.error(request, "Choose a kind of suggestions first.")
        return SeeOther(_queue(project, QueryDict()))
    wanted = bulk.Wanted(**form.wanted())
    context = {
        "project": project,
        "stage": "review",
        "form": form,
        "wanted": wanted,
        "bulk": bulk.preview(project, wanted),
        "most_at_once": bulk.MOST_AT_ONCE,
        "key": uuid.uuid4(),
    }
    return render(request, "reconciliation/review/suggestions_accept.html", context)


def _queue(project: Project, query: QueryDict) -> str:
    return with_query(reverse("reconciliation:suggestions", args=[project.pk]), query)

"""The matched history: match groups, one of them with its why, and how it is unmatched."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from projects.access import get_project, may_change
from projects.answers import see_other
from projects.models import Role
from reconciliation import groups
from reconciliation.errors import Refusal, WrongState
from reconciliation.forms.history import GroupFilterForm
from reconciliation.forms.matching import ReasonForm
from reconciliation.review import history
from reconciliation.review.found_groups import GroupFilter
from reconciliation.views.requests import body_of, changed, is_json, refused


@login_required
@require_safe
def match_groups(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """List the match groups, newest first."""
    project = get_project(request.user, project_id)
    form = GroupFilterForm(request.GET, project=project)
    page = history.group_page(project, GroupFilter(**form.wanted()))
    context = {
        "project": project,
        "stage": "review",
        "form": form,
        "page": page,
        "narrows": form.narrows(),
        "previous_url": changed(request.GET, at=page.previous) if page.previous else None,
        "next_url": changed(request.GET, at=page.next) if page.next else None,
    }
    return render(request, "reconciliation/review/groups.html", context)


@login_required
@require_safe
def match_group(request: HttpRequest, project_id: uuid.UUID, group_id: uuid.UUID) -> HttpResponse:
    """Show one group: its lines, why it was made, by whom, and what became of it."""
    project = get_project(request.user, project_id)
    group = get_object_or_404(history.groups_of(project), id=group_id)
    context = {
        "project": project,
        "stage": "review",
        "group": group,
        "story": history.tell_group(project, group),
        "form": ReasonForm(),
        "may_unmatch": may_change(project) and group.reversed_at is None,
    }
    return render(request, "reconciliation/review/group.html", context)


@login_required
@require_POST
def unmatch(request: HttpRequest, project_id: uuid.UUID, group_id: uuid.UUID) -> HttpResponse:
    """Undo a group, with a reason; JSON for scripts, back to the group for people."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    group = get_object_or_404(history.groups_of(project), id=group_id)
    try:
        form = ReasonForm(body_of(request))
        if not form.is_valid():
            raise WrongState(form.errors["reason"][0])
        groups.reverse_group(
            project=project, actor=request.user, group_id=group.id, **form.cleaned_data
        )
    except Refusal as refusal:
        return refused(request, refusal, group.get_absolute_url())
    if is_json(request):
        return JsonResponse({"group": str(group.id), "status": "reversed"})
    messages.success(request, "Unmatched. The lines are open again; the history keeps the group.")
    return see_other(group)

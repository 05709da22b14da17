"""Layouts: how files with a known header are read; forget one, carry them elsewhere."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.access import get_project, may_change
from projects.answers import posted, refusals_told, see_other
from projects.models import Role
from reconciliation.errors import Refusal
from reconciliation.forms.layouts import LayoutFileForm
from reconciliation.ingestion import layouts


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def layout_list(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """List the remembered layouts; take a layout file."""
    wanted = Role.EDITOR if request.method == "POST" else Role.VIEWER
    project = get_project(request.user, project_id, role=wanted)
    form = LayoutFileForm(posted(request), request.FILES or None)
    if form.is_valid():
        with refusals_told(request, Refusal):
            content = form.cleaned_data["layouts"]
            count = layouts.bring_layouts(project=project, content=content, by=request.user)
            messages.success(request, f"Layouts taken over: {count}. The next files use them.")
        return see_other("reconciliation:layouts", project.pk)
    context = {
        "project": project,
        "stage": "settings",
        "may_edit": may_change(project),
        "layouts": layouts.layouts_of(project),
        "form": form,
    }
    status = 400 if form.errors else 200
    return render(request, "reconciliation/ingestion/layouts.html", context, status=status)


@login_required
@require_safe
def layouts_json(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Give all remembered layouts as a layout file."""
    project = get_project(request.user, project_id)
    return _attached(layouts.layouts_file(project.layouts.all()), "layouts.json")


@login_required
@require_safe
def layout_json(request: HttpRequest, project_id: uuid.UUID, layout_id: uuid.UUID) -> HttpResponse:
    """Give one remembered layout as a layout file."""
    project = get_project(request.user, project_id)
    found = get_object_or_404(project.layouts, pk=layout_id)
    return _attached(layouts.layouts_file([found]), f"{found.side}-layout.json")


@login_required
@require_POST
def layout_delete(
    request: HttpRequest, project_id: uuid.UUID, layout_id: uuid.UUID
) -> HttpResponse:
    """Forget a remembered layout."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    found = get_object_or_404(project.layouts, pk=layout_id)
    with refusals_told(request, Refusal):
        layouts.forget_layout(layout=found, by=request.user)
        messages.success(request, "The layout is deleted; such a file is detected afresh.")
    return see_other("reconciliation:layouts", project.pk)


def _attached(content: dict[str, object], name: str) -> HttpResponse:
    options = {"indent": 2, "ensure_ascii": False}
    answer = JsonResponse(content, json_dumps_params=options)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

"""The audit page: who did what and when, whether the chain is whole, and the trail to take away."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from projects import trail
from projects.access import get_project
from projects.forms_audit import TrailFilterForm


@login_required
@require_safe
def audit_page(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """List the project's events, newest first, and recompute the chain."""
    project = get_project(request.user, project_id)
    form = TrailFilterForm(request.GET)
    wanted = trail.TrailFilter(**form.wanted())
    page = trail.trail_page(project, wanted)
    state, is_complete = trail.chain_state(project, everything="verify" in request.GET)
    context = {
        "project": project,
        "stage": "audit",
        "form": form,
        "wanted": wanted,
        "page": page,
        "state": state,
        "is_complete": is_complete,
        "newer_url": _turned(request.GET, "after", page.newer),
        "older_url": _turned(request.GET, "before", page.older),
    }
    return render(request, "projects/audit.html", context)


@login_required
@require_POST
def audit_export(request: HttpRequest, project_id: uuid.UUID) -> FileResponse:
    """Send the whole chain with the program that checks it."""
    project = get_project(request.user, project_id)
    archive = trail.export_trail(project=project, actor=request.user)
    return FileResponse(archive, as_attachment=True, filename=f"audit-{project.pk}.zip")


def _turned(query: QueryDict, direction: str, seq: int | None) -> str | None:
    """Return the address of the neighbouring page, or None where there is none."""
    if seq is None:
        return None
    kept = query.copy()
    for name in ("before", "after"):
        kept.pop(name, None)
    kept[direction] = str(seq)
    return f"?{kept.urlencode()}"

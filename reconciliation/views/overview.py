"""The list of projects, making one, and a project's dashboard."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from projects import lifecycle
from projects.access import get_project, may_change
from projects.activity import recent_events
from projects.answers import posted, see_other
from projects.forms import ProjectForm
from projects.invitations import waiting_for
from projects.models import ProjectState
from reconciliation.review import progress, standing


@login_required
@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    """List the person's projects with their figures; archived ones folded away."""
    rows = progress.project_rows(request.user)
    archived = [row for row in rows if row.project.state == ProjectState.ARCHIVED]
    current = [row for row in rows if row.project.state != ProjectState.ARCHIVED]
    context = {
        "current": current,
        "archived": archived,
        "invitations": waiting_for(request.user),
    }
    return render(request, "reconciliation/overview/project_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def project_new(request: HttpRequest) -> HttpResponse:
    """Make a project; the person owns it."""
    form = ProjectForm(posted(request))
    if form.is_valid():
        project = lifecycle.create_project(actor=request.user, **form.settings())
        messages.success(request, f"“{project.name}” is ready for its first file.")
        return see_other(project)
    status = 400 if form.errors else 200
    return render(
        request, "reconciliation/overview/project_new.html", {"form": form}, status=status
    )


@login_required
@require_safe
def dashboard(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show how far the project is, whether it proves, and the next step."""
    project = get_project(request.user, project_id)
    figures = progress.figures_of(project)
    since = standing.since_run(project)
    context = {
        "project": project,
        "stage": "overview",
        "may_edit": may_change(project),
        "figures": figures,
        "proof": progress.proof_of(project, figures),
        "step": progress.next_step(project, figures),
        "reasons": standing.reasons_of(project) if since and figures.open_count else [],
        "since": since,
        "ages": progress.ages_of(project, timezone.localdate()) if figures.open_count else [],
        "events": recent_events(project),
    }
    return render(request, "reconciliation/overview/dashboard.html", context)

"""The list of projects, making one, and a project's dashboard."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects import lifecycle
from projects.access import get_project, may_change
from projects.activity import recent_events
from projects.answers import posted, refusals_told, see_other
from projects.forms import ProjectForm
from projects.invitations import waiting_for
from projects.lifecycle import StateRefused
from projects.models import Project, ProjectState, Role
from reconciliation.forms.overview import OpeningForm
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
    return _dashboard(request, get_project(request.user, project_id))


@login_required
@require_POST
def opening_balances(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Take the opening balance that the proof lacks."""
    project = get_project(request.user, project_id, role=Role.OWNER)
    form = OpeningForm(request.POST, project=project)
    if not form.is_valid():
        return _dashboard(request, project, opening=form)
    with refusals_told(request, StateRefused):
        settings = form.settings(project.decimals)
        lifecycle.change_settings(project=project, actor=request.user, **settings)
        messages.success(request, "The opening balance is saved.")
    return see_other(project)


def _dashboard(request: HttpRequest, project: Project, **forms: Any) -> HttpResponse:
    figures = progress.figures_of(project)
    proof = progress.proof_of(project, figures)
    since = standing.since_run(project)
    context = {
        "project": project,
        "stage": "overview",
        "may_edit": may_change(project),
        "figures": figures,
        "may_own": may_change(project, Role.OWNER),
        "proof": proof,
        "opening": OpeningForm(project=project, sides=proof.lacking),
        "step": progress.next_step(project, figures),
        "reasons": standing.reasons_of(project) if since and figures.open_count else [],
        "since": since,
        "ages": progress.ages_of(project, timezone.localdate()) if figures.open_count else [],
        "events": recent_events(project),
    }
    status = 400 if forms else 200
    return render(request, "reconciliation/overview/dashboard.html", context | forms, status=status)

"""Answering an invitation, and taking one back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from projects import invitations
from projects.access import get_project
from projects.answers import refusals_told, see_other
from projects.members import MemberRefused
from projects.models import Role


@login_required
@require_POST
def accept(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Become a member of a project one is invited to; it does not exist for anybody else."""
    waiting = invitations.waiting_for(request.user)
    invitation = get_object_or_404(waiting, project_id=project_id)
    with refusals_told(request, MemberRefused):
        project = invitations.accept(user=request.user, invitation=invitation)
        messages.success(request, f"You are now a member of “{project.name}”.")
        return see_other(project)
    return see_other("reconciliation:project_list")


@login_required
@require_POST
def decline(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Turn an invitation down."""
    waiting = invitations.waiting_for(request.user)
    invitation = get_object_or_404(waiting, project_id=project_id)
    with refusals_told(request, MemberRefused):
        invitations.decline(user=request.user, invitation=invitation)
        messages.info(request, "The invitation is declined.")
    return see_other("reconciliation:project_list")


@login_required
@require_POST
def withdraw(request: HttpRequest, project_id: uuid.UUID, invitation_id: uuid.UUID) -> HttpResponse:
    """Take an invitation back."""
    project = get_project(request.user, project_id, role=Role.OWNER)
    with refusals_told(request, MemberRefused):
        email = invitations.withdraw(
            project=project, actor=request.user, invitation_id=invitation_id
        )
        messages.success(request, f"The invitation of {email} is withdrawn.")
    return see_other("projects:members", project.pk)

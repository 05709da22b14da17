"""The pages of a project as a whole: settings, members, life cycle."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from projects import lifecycle
from projects import members as membership
from projects.access import get_project, may_change, may_unlock
from projects.answers import posted, refusals_told, see_other
from projects.forms import ConfirmForm, MemberForm, ProjectForm, RoleForm
from projects.invitations import invitations_of, invite
from projects.lifecycle import StateRefused
from projects.members import MemberRefused
from projects.models import Project, Role


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show the settings to every member; let the owner change them."""
    wanted = Role.OWNER if request.method == "POST" else Role.VIEWER
    project = get_project(request.user, project_id, role=wanted)
    form = ProjectForm(posted(request), project=project)
    if form.is_valid():
        with refusals_told(request, StateRefused):
            lifecycle.change_settings(project=project, actor=request.user, **form.settings())
            messages.success(request, "The settings are saved.")
        return see_other("projects:settings", project.pk)
    context = {
        "project": project,
        "form": form,
        "stage": "settings",
        "may_own": may_change(project, Role.OWNER),
        "may_unlock": may_unlock(project),
    }
    return render(request, "projects/settings.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """List the members; let the owner add one."""
    wanted = Role.OWNER if request.method == "POST" else Role.VIEWER
    project = get_project(request.user, project_id, role=wanted)
    form = MemberForm(posted(request))
    if form.is_valid():
        with refusals_told(request, MemberRefused):
            messages.success(request, _take_in(project, request.user, form))
        return see_other("projects:members", project.pk)
    context = {
        "project": project,
        "form": form,
        "memberships": membership.members_of(project),
        "invitations": invitations_of(project),
        "roles": RoleForm().fields["role"].choices,  # type: ignore[attr-defined]
        "stage": "settings",
        "may_own": may_change(project, Role.OWNER),
    }
    return render(request, "projects/members.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def member_role(request: HttpRequest, project_id: uuid.UUID, user_id: int) -> HttpResponse:
    """Give a member another role."""
    project = get_project(request.user, project_id, role=Role.OWNER)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the roles in the list.")
        return see_other("projects:members", project.pk)
    with refusals_told(request, MemberRefused):
        changed = membership.change_role(
            project=project, actor=request.user, user_id=user_id, **form.cleaned_data
        )
        role = changed.get_role_display().lower()
        messages.success(request, f"{changed.user.get_username()} is now a {role}.")
    return see_other("projects:members", project.pk)


@login_required
@require_POST
def member_remove(request: HttpRequest, project_id: uuid.UUID, user_id: int) -> HttpResponse:
    """Take a member off the project."""
    project = get_project(request.user, project_id, role=Role.OWNER)
    with refusals_told(request, MemberRefused):
        name = membership.remove_member(project=project, actor=request.user, user_id=user_id)
        messages.success(request, f"{name} is no longer a member.")
    return see_other("projects:members", project.pk)


@login_required
@require_POST
def member_own(request: HttpRequest, project_id: uuid.UUID, user_id: int) -> HttpResponse:
    """Hand the ownership over to a member."""
    project = get_project(request.user, project_id, role=Role.OWNER)
    with refusals_told(request, MemberRefused):
        heir = membership.transfer_ownership(project=project, actor=request.user, user_id=user_id)
        messages.success(request, f"{heir.user.get_username()} owns the project now.")
    return see_other("projects:members", project.pk)


@login_required
@require_POST
def lock(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Close the books."""
    project = get_project(request.user, project_id, role=Role.OWNER)
    with refusals_told(request, StateRefused):
        lifecycle.lock_project(project=project, actor=request.user)
        messages.success(request, "The books are locked: they take no change until unlocked.")
    return see_other("projects:settings", project.pk)


@login_required
@require_POST
def unlock(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Open locked books again; a reviewer may, who prepared them may not."""
    project = get_project(request.user, project_id, role=Role.REVIEWER)
    if not may_unlock(project):
        raise PermissionDenied("The owner or a reviewer unlocks the books.")
    with refusals_told(request, StateRefused):
        lifecycle.unlock_project(project=project, actor=request.user)
        messages.success(request, "The books are open again.")
    return see_other("projects:settings", project.pk)


@login_required
@require_POST
def archive(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Put the project away, read only."""
    project = get_project(request.user, project_id, role=Role.OWNER)
    with refusals_told(request, StateRefused):
        lifecycle.archive_project(project=project, actor=request.user)
        messages.success(request, "The project is archived; it stays readable.")
    return see_other("projects:settings", project.pk)


@login_required
@require_POST
def restore(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Take an archived project out again."""
    project = get_project(request.user, project_id, role=Role.OWNER)
    with refusals_told(request, StateRefused):
        lifecycle.unlock_project(project=project, actor=request.user)
        messages.success(request, "The project is back among the current ones.")
    return see_other("projects:settings", project.pk)


@login_required
@require_POST
def reset(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Empty the books after a typed confirmation."""
    project = get_project(request.user, project_id, role=Role.OWNER)
    form = ConfirmForm(request.POST, project=project)
    if not form.is_valid():
        messages.error(request, form.sentence)
        return see_other("projects:settings", project.pk)
    with refusals_told(request, StateRefused):
        lifecycle.reset_project(project=project, actor=request.user)
        messages.success(request, "The books are empty; what was done before stays in the audit.")
    return see_other("projects:settings", project.pk)


@login_required
@require_POST
def delete(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Hide the project at once after a typed confirmation."""
    project = get_project(request.user, project_id, role=Role.OWNER)
    form = ConfirmForm(request.POST, project=project)
    if not form.is_valid():
        messages.error(request, form.sentence)
        return see_other("projects:settings", project.pk)
    with refusals_told(request, StateRefused):
        lifecycle.delete_project(project=project, actor=request.user)
        messages.success(request, f"“{project.name}” is deleted.")
    return see_other("reconciliation:project_list")


def _take_in(project: Project, actor: Any, form: MemberForm) -> str:
    """Add the person of a name, or invite whoever has an address; return what to say."""
    name, role = form.cleaned_data["name"], form.cleaned_data["role"]
    if form.is_address:
        invite(project=project, actor=actor, email=name, role=role)
        return f"{name} is invited; whoever signs in with this address can accept."
    added = membership.add_member(project=project, actor=actor, name=name, role=role)
    return f"{added.user.get_username()} is now a {added.get_role_display().lower()}."

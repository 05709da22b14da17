"""Invitations: a role offered to an e-mail address, taken by whoever signs in with it.

Law: what an owner is answered and shown is the same whether anybody has the address or not, until
that person accepts.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet

from projects import audit
from projects.collisions import change_of_project
from projects.members import MemberRefused, refuse_closed
from projects.models import Invitation, Membership, Project, ProjectState


def invitations_of(project: Project) -> QuerySet[Invitation]:
    """Return the invitations nobody has accepted yet, by address."""
    return project.invitations.all()


def waiting_for(user: Any) -> QuerySet[Invitation]:
    """Return the invitations to the user's address, the newest first."""
    if not user.email:
        return Invitation.objects.none()
    mine = Invitation.objects.filter(email=user.email.lower())
    alive = mine.exclude(project__state=ProjectState.DELETED)
    return alive.select_related("project", "invited_by").order_by("-at")


@change_of_project
def invite(*, project: Project, actor: Any, email: str, role: str) -> Invitation:
    """Offer the role to whoever has the address; a second invitation replaces the first."""
    refuse_closed(project)
    invitation, _ = Invitation.objects.update_or_create(
        project=project,
        email=email.strip().lower(),
        defaults={"role": role, "invited_by": actor},
    )
    _record(invitation, actor, "member.invited", after={"role": role})
    return invitation


@change_of_project
def withdraw(*, project: Project, actor: Any, invitation_id: uuid.UUID) -> str:
    """Take an invitation back; return its address."""
    refuse_closed(project)
    invitation = _as_it_is_now(Invitation(pk=invitation_id, project=project))
    _record(invitation, actor, "member.invitation_withdrawn")
    invitation.delete()
    return invitation.email


@change_of_project
def accept(*, user: Any, invitation: Invitation) -> Project:
    """Make the invited person a member; who is one already keeps the role."""
    refuse_closed(invitation.project)
    invitation = _as_it_is_now(invitation)
    offered = {"role": invitation.role}
    _, is_member_now = Membership.objects.get_or_create(
        project=invitation.project, user=user, defaults=offered
    )
    if is_member_now:
        audit.record(
            project=invitation.project,
            actor=user,
            action="member.added",
            subject=f"user:{user.pk}",
            member=user.get_username(),
            after=offered,
        )
    invitation.delete()
    return invitation.project


@change_of_project
def decline(*, user: Any, invitation: Invitation) -> None:
    """Turn the invitation down; the owner sees it gone."""
    invitation = _as_it_is_now(invitation)
    _record(invitation, user, "member.invitation_declined")
    invitation.delete()


def _as_it_is_now(invitation: Invitation) -> Invitation:
    """Take the project's row, so that one answer counts; return what is offered now."""
    project = Project.objects.select_for_update().get(pk=invitation.project_id)
    current = project.invitations.filter(pk=invitation.pk).first()
    if current is None:
        raise MemberRefused("This invitation was accepted, declined or withdrawn before.")
    return current


def _record(invitation: Invitation, actor: Any, action: str, **details: Any) -> None:
    audit.record(
        project=invitation.project, actor=actor, action=action, name=invitation.email, **details
    )

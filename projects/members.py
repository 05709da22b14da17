"""Members of a project: add, change role, remove, hand over the ownership.

Law: a project has exactly one owner. Every change takes the project's row first and is audited.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Case, IntegerField, QuerySet, Value, When

from projects import audit
from projects.collisions import change_of_project
from projects.models import Membership, Project, Role


class MemberRefused(Exception):
    """The change of membership is not possible; ``str()`` is a sentence for the page."""

    http_status = 409


def members_of(project: Project) -> QuerySet[Membership]:
    """Return the memberships with their users, the owner first, then by role and name."""
    strength = Case(
        *(When(role=role, then=Value(-rank)) for rank, role in enumerate(Role.values)),
        output_field=IntegerField(),
    )
    return project.memberships.select_related("user").order_by(strength, "user__username")


@change_of_project
def add_member(*, project: Project, actor: Any, name: str, role: str) -> Membership:
    """Make the person with this user name a member; addresses are for ``invitations``.

    Raises MemberRefused where nobody has that name, for a member, and for a second owner.
    """
    refuse_closed(project)
    _refuse_owner(role)
    user = _person(name)
    if project.memberships.filter(user=user).exists():
        raise MemberRefused(f"{user.get_username()} is a member already; change the role instead.")
    membership = Membership.objects.create(project=project, user=user, role=role)
    _record(project, actor, "member.added", user, after={"role": role})
    return membership


@change_of_project
def change_role(*, project: Project, actor: Any, user_id: int, role: str) -> Membership:
    """Give a member other than the owner another role."""
    refuse_closed(project)
    _refuse_owner(role)
    membership = _membership(project, user_id)
    before = membership.role
    if role != before:
        membership.role = role
        membership.save(update_fields=["role"])
        _record(
            project,
            actor,
            "member.role_changed",
            membership.user,
            before={"role": before},
            after={"role": role},
        )
    return membership


@change_of_project
def remove_member(*, project: Project, actor: Any, user_id: int) -> str:
    """End a membership other than the owner's; return the user name."""
    refuse_closed(project)
    membership = _membership(project, user_id)
    membership.delete()
    _record(project, actor, "member.removed", membership.user, before={"role": membership.role})
    return membership.user.get_username()


@change_of_project
def transfer_ownership(*, project: Project, actor: Any, user_id: int) -> Membership:
    """Make a member the owner; the owner until now stays on as an editor."""
    refuse_closed(project)
    heir = _membership(project, user_id)
    owner = project.memberships.select_related("user").get(role=Role.OWNER)
    before = heir.role
    owner.role, heir.role = Role.EDITOR, Role.OWNER
    owner.save(update_fields=["role"])
    heir.save(update_fields=["role"])
    _record(
        project,
        actor,
        "member.ownership_transferred",
        heir.user,
        before={"owner": owner.user.get_username(), "role": before},
        after={"owner": heir.user.get_username()},
    )
    return heir


def _person(name: str) -> Any:
    people = get_user_model().objects.filter(is_active=True)
    wanted = name.strip()
    found = list(people.filter(username__iexact=wanted)[:2])
    exact = [user for user in found if user.get_username() == wanted]
    if len(exact or found) != 1:
        raise MemberRefused(
            f"Nobody has signed up here as “{wanted}”. Invite them by their e-mail address."
        )
    return (exact or found)[0]


def _membership(project: Project, user_id: int) -> Membership:
    membership = project.memberships.select_related("user").filter(user_id=user_id).first()
    if membership is None:
        raise MemberRefused("This person is no longer a member.")
    if membership.role == Role.OWNER:
        raise MemberRefused("The owner stays the owner until the ownership is handed over.")
    return membership


def _refuse_owner(role: str) -> None:
    if role == Role.OWNER:
        raise MemberRefused("A project has one owner; hand the ownership over instead.")


def refuse_closed(project: Project) -> None:
    """Take the project's row; refuse a project that is not open."""
    locked = Project.objects.select_for_update().get(pk=project.pk)
    if not locked.is_open:
        state = locked.get_state_display().lower()
        raise MemberRefused(f"“{locked.name}” is {state}: open it to change its members.")


def _record(project: Project, actor: Any, action: str, user: Any, **details: Any) -> None:
    audit.record(
        project=project,
        actor=actor,
        action=action,
        subject=f"user:{user.pk}",
        member=user.get_username(),
        **details,
    )

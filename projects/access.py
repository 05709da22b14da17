"""The only door to a project: get_project(…).

Law: a project that is not yours answers exactly like one that does not exist.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

from projects.models import Membership, Project, ProjectState, Role

#: Roles from weakest to strongest; a stronger one may all that a weaker one may.
_STRENGTH = {role: strength for strength, role in enumerate(Role.values)}


def get_project(user: Any, project_id: uuid.UUID | str, *, role: str = Role.VIEWER) -> Project:
    """Return the project, with ``project.role`` set to the user's role in it.

    Raises Http404 for a stranger, PermissionDenied for a member whose role is weaker than ``role``.
    """
    membership = _membership(user, project_id)
    if membership is None:
        raise Http404("No such project.")
    if not is_at_least(membership.role, role):
        raise PermissionDenied(f"This needs the role of {Role(role).label.lower()}.")
    project = membership.project
    project.role = membership.role
    return project


def may_change(project: Project, role: str = Role.EDITOR) -> bool:
    """Say whether the person ``get_project`` let in may change the project as it is now."""
    return project.is_open and is_at_least(project.role, role)  # type: ignore[attr-defined]


def may_unlock(project: Project) -> bool:
    """Say whether the person ``get_project`` let in may open the books: the owner, or a reviewer
    where they are locked. Who prepared them as an editor may not.
    """
    role = project.role  # type: ignore[attr-defined]
    return role == Role.OWNER or (role == Role.REVIEWER and project.state == ProjectState.LOCKED)


def is_at_least(role: str, wanted: str) -> bool:
    """Say whether ``role`` may do what ``wanted`` may."""
    return _STRENGTH[role] >= _STRENGTH[wanted]


def _membership(user: Any, project_id: uuid.UUID | str) -> Membership | None:
    if not user.is_authenticated:
        return None
    return (
        Membership.objects.select_related("project")
        .filter(user_id=user.pk, project_id=project_id)
        .exclude(project__state=ProjectState.DELETED)
        .first()
    )

"""The people of the access tests: an owner, members by role, a stranger, nobody; each a client."""

from __future__ import annotations

from typing import Any

from django.test import Client

from projects.models import Project, Role
from tests import factories

ROLES = (Role.VIEWER, Role.REVIEWER, Role.EDITOR)


def client_of(user: Any = None) -> Client:
    """Return a client signed in as ``user``, or nobody's."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def cast_of(project: Project) -> dict[str, Client]:
    """Return a client for every kind of person, by name: anonymous, stranger, viewer … owner.

    ``elsewhere`` owns another project with books of its own.
    """
    cast = {"anonymous": client_of(), "stranger": client_of(factories.make_user())}
    for role in ROLES:
        member = factories.make_user()
        factories.add_member(project, member, role)
        cast[role.value] = client_of(member)
    neighbour = factories.make_user()
    factories.make_project(neighbour)
    return cast | {"owner": client_of(project.created_by), "elsewhere": client_of(neighbour)}

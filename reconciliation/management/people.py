"""Whom and what a command means: users by name, projects by id, or a clear refusal (exit 2)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError

from projects.models import Project

#: Exit code for what a person has to correct.
REFUSED = 2
#: No person may sign up by these names (settings.ACCOUNT_USERNAME_BLACKLIST).
COMMAND_USER, SOAK_COLLEAGUE = "command-line", "soak-colleague"


def refusal(sentence: str) -> CommandError:
    """Return the error that ends a command with the sentence and exit code 2."""
    return CommandError(sentence, returncode=REFUSED)


def project_with_id(text: str) -> Project:
    """Return the project with this id; refuses a text that is none."""
    try:
        return Project.objects.get(pk=uuid.UUID(text))
    except (ValueError, Project.DoesNotExist):
        raise refusal(f"There is no project {text}.") from None


def user_named(name: str) -> Any:
    """Return the user with this name; refuses a name that is none."""
    user = get_user_model().objects.filter(username=name, is_active=True).first()
    if user is None:
        raise refusal(f"There is no user {name}.")
    return user


def command_user() -> Any:
    """Return the user who owns what commands make for nobody; nobody can sign in as it."""
    return _user_of_ours(COMMAND_USER)


def soak_colleague() -> Any:
    """Return the user whom the soak takes in and sends away; nobody can sign in as it."""
    return _user_of_ours(SOAK_COLLEAGUE)


def _user_of_ours(name: str) -> Any:
    users = get_user_model().objects
    found = users.filter(username=name).first()
    return found or users.create_user(username=name, email="", password=None)

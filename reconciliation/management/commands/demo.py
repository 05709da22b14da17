"""manage.py demo: a project with a believable month of data, to look around in."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand

from reconciliation.demo import create_demo
from reconciliation.management.outcome import outcome_table
from reconciliation.management.people import user_named

DEMO_USER = "demo"


class Command(BaseCommand):
    """Make the demo project for a user, by default for one named “demo”."""

    help = "Make a project with a believable month of data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the user it is for."""
        parser.add_argument("--user", default="", help="whose project it becomes")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it and say where to look."""
        owner = user_named(options["user"]) if options["user"] else self._demo_user()
        project = create_demo(actor=owner)
        self.stdout.write(f"{project.name}: {project.get_absolute_url()} of {owner.get_username()}")
        self.stdout.write(outcome_table(project))

    def _demo_user(self) -> Any:
        """Return the user “demo”; a first time it is made, and its password printed."""
        users = get_user_model().objects
        found = users.filter(username=DEMO_USER).first()
        if found is not None:
            return found
        password = secrets.token_urlsafe(12)
        self.stdout.write(f"New user {DEMO_USER}, password {password}")
        return users.create_user(username=DEMO_USER, email="", password=password)

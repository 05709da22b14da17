"""manage.py run_matching: run the engine over a project's open lines, at once."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from projects.models import Project
from reconciliation.errors import Refusal
from reconciliation.management.layouts import read_ruleset
from reconciliation.management.outcome import outcome_table
from reconciliation.management.people import command_user, project_with_id, refusal, user_named
from reconciliation.management.terminal import ProgressLine
from reconciliation.matching import run
from reconciliation.matching.ruleset import MODES, Ruleset


class Command(BaseCommand):
    """Run Auto-Reconciliation with the project's rules, or with those of a file."""

    help = "Run Auto-Reconciliation in a project and print what became of its lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the project and, if wished, other rules."""
        parser.add_argument("--project", required=True, metavar="ID")
        parser.add_argument("--ruleset", type=Path, metavar="FILE.json")
        parser.add_argument("--differences", choices=MODES)
        parser.add_argument("--user", default="", help="who runs it, in the trail")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it and print the table."""
        project = project_with_id(options["project"])
        ruleset = _ruleset(project, options["ruleset"], options["differences"])
        actor = user_named(options["user"]) if options["user"] else command_user()
        progress = ProgressLine()
        progress.start("Matching")
        try:
            run.run_matching(
                project=project, actor=actor, ruleset=ruleset, progress=progress.tell_pass
            )
        except Refusal as refused:
            raise refusal(str(refused)) from refused
        finally:
            progress.end()
        self.stdout.write(outcome_table(project))


def _ruleset(project: Project, path: Path | None, differences: str | None) -> Ruleset:
    if path is not None:
        return read_ruleset(path, differences)
    ruleset = Ruleset.from_json(project.ruleset)
    return ruleset if differences is None else replace(ruleset, differences=differences)

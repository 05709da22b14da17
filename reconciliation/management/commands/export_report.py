"""manage.py export_report: write a project's workbook to a file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from reconciliation.management.outputs import refuse_outputs
from reconciliation.management.people import command_user, project_with_id, user_named
from reconciliation.management.terminal import ProgressLine
from reconciliation.reporting import exports


class Command(BaseCommand):
    """Write the workbook; the export is recorded in the project's trail."""

    help = "Write the workbook of a project to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the project and the file."""
        parser.add_argument("--project", required=True, metavar="ID")
        parser.add_argument("--out", required=True, type=Path, metavar="OUT.xlsx")
        parser.add_argument("--user", default="", help="who exports, in the trail")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file whole, or leave it as it was."""
        project, target = project_with_id(options["project"]), options["out"]
        refuse_outputs([target])
        actor = user_named(options["user"]) if options["user"] else command_user()
        progress = ProgressLine()
        progress.start(f"Writing {target.name}")
        export = exports.export_to_file(
            project=project, actor=actor, target=target, progress=progress.tell
        )
        progress.end()
        self.stdout.write(f"{target}: {export.line_count:,} lines, SHA-256 {export.sha256}")
        self.stdout.write(f"audit head {export.head_hash}")

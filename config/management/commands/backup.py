"""`manage.py backup OUT`: everything, uploaded files included, in one file."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import connection

from config.database.dumps import DumpFailed, dump
from config.database.programs import NoPostgres


class Command(BaseCommand):
    """Save the database; people may go on working meanwhile."""

    help = "Save the whole database, uploaded files included, to one file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file to write."""
        parser.add_argument("out", type=Path)

    def handle(self, *, out: Path, **_: Any) -> None:
        """Write the file and say how large it is."""
        if out.exists():
            raise CommandError(f"{out} exists already; name another file.")
        try:
            dump(connection, out)
        except (DumpFailed, NoPostgres, OSError) as trouble:
            raise CommandError(str(trouble)) from None
        self.stdout.write(f"Saved to {out} ({out.stat().st_size / 1e6:.1f} MB).")

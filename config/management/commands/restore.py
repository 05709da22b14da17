"""`manage.py restore IN`: the database as it was when the backup was made."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import connection

from config.database.dumps import DumpFailed, restore
from config.database.programs import NoPostgres


class Command(BaseCommand):
    """Replace what is in the database, in one transaction, then migrate it to this version."""

    help = "Replace the whole database by a backup. Stop web and worker first."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file to read, and whether to go ahead without asking."""
        parser.add_argument("in", type=Path)
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *, yes: bool, **options: Any) -> None:
        """Replace everything, or leave everything as it is."""
        source: Path = options["in"]
        if not source.is_file():
            raise CommandError(f"There is no file {source}.")
        if not yes and not _agreed():
            raise CommandError("Nothing was changed. Answer yes, or say --yes.")
        connection.close()
        try:
            restore(connection, source)
        except (DumpFailed, NoPostgres, OSError) as trouble:
            raise CommandError(f"Nothing was changed. {trouble}") from None
        call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write(f"Restored from {source}.")


def _agreed() -> bool:
    try:
        return input("This replaces everything. Type yes to go on: ") == "yes"
    except EOFError:
        return False

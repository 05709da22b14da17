"""``manage.py benchmark``: how well and how fast this works on generated books."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from reconciliation.management.people import command_user

STAGES = ("import", "match")


class Command(BaseCommand):
    """Print a table of quality (``--quality``) or of speed (``--stage import``, ``match``)."""

    help = "Measure on generated books: --quality, or --stage import, or --stage match."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to measure, on how much."""
        parser.add_argument("--quality", action="store_true", help="precision and recall")
        parser.add_argument("--stage", choices=STAGES, help="time one stage on growing books")
        parser.add_argument(
            "--sizes", "--rows", type=int, nargs="+", help="events per problem, about its rows"
        )
        parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
        parser.add_argument("--scenarios", nargs="+", default=[], help="only these scenarios")
        parser.add_argument("--json", type=Path, help="also write the table to this file, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure what was asked for and print it as a Markdown table."""
        if options["quality"]:
            self._quality(options)
        elif options["stage"]:
            self._speed(options)
        else:
            raise CommandError("Say what to measure: --quality, or --stage import or match.")

    def _quality(self, options: dict[str, Any]) -> None:
        """Print precision and recall by scenario."""
        from reconciliation.benchmarks.quality import HEADINGS, quality_rows

        _known_scenarios(options["scenarios"])
        size = (options["sizes"] or [6000])[0]
        found = quality_rows(size, options["seeds"], options["scenarios"])
        self._table((dict(zip(HEADINGS, row, strict=True)) for row in found), options["json"])

    def _speed(self, options: dict[str, Any]) -> None:
        """Print seconds by size, measured in a database of its own that is dropped at the end."""
        from reconciliation.benchmarks import speed

        _known_scenarios(options["scenarios"])
        sizes = options["sizes"] or [10_000, 100_000, 1_000_000]
        family = (options["scenarios"] or ["mixture"])[0]
        measure = speed.import_rows if options["stage"] == "import" else speed.match_rows
        usual = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            rows = measure(command_user(), sizes, options["seeds"][0], family)
            self._table(rows, options["json"])
        finally:
            connection.creation.destroy_test_db(usual, verbosity=0)

    def _table(self, rows: Iterable[dict[str, Any]], kept_in: Path | None) -> None:
        """Print the rows as they come; write them all to the file at the end."""
        printed: list[dict[str, Any]] = []
        for row in rows:
            if not printed:
                self.stdout.write(f"| {' | '.join(row)} |")
                self.stdout.write(f"|{'---|' * len(row)}")
            self.stdout.write(f"| {' | '.join(map(_cell, row.values()))} |")
            self.stdout.flush()
            printed.append(row)
        if kept_in is not None:
            kept_in.write_text(json.dumps(printed, indent=1), encoding="utf-8")


def _known_scenarios(names: Sequence[str]) -> None:
    """Refuse names that are no scenario."""
    from reconciliation.benchmarks.problems import FAMILIES

    unknown = set(names) - set(FAMILIES)
    if unknown:
        raise CommandError(f"{', '.join(sorted(unknown))}: not a scenario of {', '.join(FAMILIES)}")


def _cell(found: Any) -> str:
    """Return a figure as the table shows it."""
    if isinstance(found, float):
        return f"{found:,.2f}" if found < 10 else f"{found:,.0f}"
    return "-" if found is None else f"{found:,}" if isinstance(found, int) else str(found)

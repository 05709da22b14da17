"""``manage.py benchmark``: how well and how fast this works on generated books."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from reconciliation.management.outputs import refuse_outputs
from reconciliation.management.people import command_user

STAGES = ("import", "match")
USUAL_SIZES = (10_000, 100_000, 1_000_000)


class Command(BaseCommand):
    """Print a table of quality (``--quality``) or of speed (``--stage import``, ``match``)."""

    help = "Measure on generated books: both stages, one of them (--stage), or --quality."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to measure, on how much."""
        parser.add_argument("--quality", action="store_true", help="precision and recall")
        parser.add_argument("--stage", choices=STAGES, help="time one stage on growing books")
        parser.add_argument(
            "--sizes", "--rows", type=_sizes, nargs="+", default=[], metavar="ROWS",
            help="events per problem, about its rows: 10000,100000 or 10000 100000",
        )  # fmt: skip
        parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
        parser.add_argument("--scenarios", nargs="+", default=[], help="only these scenarios")
        parser.add_argument("--json", type=Path, help="also write the table to this file, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure what was asked for and print it as a Markdown table."""
        sizes = [size for some in options["sizes"] for size in some]
        _known_scenarios(options["scenarios"])
        if options["json"]:
            refuse_outputs([options["json"]])
        measure = self._quality if options["quality"] else self._speed
        rows = measure(options, sizes)
        if options["json"]:
            options["json"].write_text(json.dumps(rows, indent=1), encoding="utf-8")

    def _quality(self, options: dict[str, Any], sizes: list[int]) -> list[dict[str, Any]]:
        """Print precision and recall by scenario."""
        from reconciliation.benchmarks.quality import HEADINGS, quality_rows

        found = quality_rows((sizes or [6000])[0], options["seeds"], options["scenarios"])
        return self._table(dict(zip(HEADINGS, row, strict=True)) for row in found)

    def _speed(self, options: dict[str, Any], sizes: list[int]) -> list[dict[str, Any]]:
        """Print seconds by size, measured in a database of its own that is dropped at the end."""
        from reconciliation.benchmarks import speed

        family = (options["scenarios"] or ["mixture"])[0]
        measures = {"import": speed.import_rows, "match": speed.match_rows}
        rows: list[dict[str, Any]] = []
        usual = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            for stage in (options["stage"],) if options["stage"] else STAGES:
                found = measures[stage](
                    command_user(), sizes or USUAL_SIZES, options["seeds"][0], family
                )
                rows += self._table({"stage": stage, **row} for row in found)
        finally:
            connection.creation.destroy_test_db(usual, verbosity=0)
        return rows

    def _table(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Print the rows as they come; return them all."""
        printed: list[dict[str, Any]] = []
        for row in rows:
            if not printed:
                self.stdout.write(f"| {' | '.join(row)} |")
                self.stdout.write(f"|{'---|' * len(row)}")
            self.stdout.write(f"| {' | '.join(map(_cell, row.values()))} |")
            self.stdout.flush()
            printed.append(row)
        return printed


def _sizes(text: str) -> list[int]:
    return [int(size) for size in text.split(",") if size]


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

"""``manage.py benchmark``: how well and how fast the engine works on generated books."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

STAGES = ("match",)


class Command(BaseCommand):
    """Print a table of quality (``--quality``) or of speed (``--stage match``)."""

    help = "Measure the engine on generated books: --quality, or --stage match."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to measure, on how much."""
        parser.add_argument("--quality", action="store_true", help="precision and recall")
        parser.add_argument("--stage", choices=STAGES, help="time one stage on growing books")
        parser.add_argument("--sizes", type=int, nargs="+", help="events per problem")
        parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
        parser.add_argument("--scenarios", nargs="+", default=[], help="only these scenarios")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure what was asked for and print it as a Markdown table."""
        if options["quality"]:
            self._quality(options)
        elif options["stage"] == "match":
            self._speed(options)
        else:
            raise CommandError("Say what to measure: --quality, or --stage match.")

    def _quality(self, options: dict[str, Any]) -> None:
        """Print precision and recall by scenario."""
        from reconciliation.benchmarks.problems import FAMILIES
        from reconciliation.benchmarks.quality import HEADINGS, quality_rows

        unknown = set(options["scenarios"]) - set(FAMILIES)
        if unknown:
            raise CommandError(
                f"{', '.join(sorted(unknown))}: not a scenario of {', '.join(FAMILIES)}"
            )
        size = (options["sizes"] or [6000])[0]
        self._table(HEADINGS, quality_rows(size, options["seeds"], options["scenarios"]))

    def _speed(self, options: dict[str, Any]) -> None:
        """Print seconds by size."""
        from reconciliation.benchmarks.speed import HEADINGS, speed_rows

        sizes = options["sizes"] or [10_000, 100_000, 1_000_000]
        self._table(HEADINGS, speed_rows(sizes, options["seeds"][0]))

    def _table(self, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print the rows as they come."""
        self.stdout.write(f"| {' | '.join(headings)} |")
        self.stdout.write(f"|{'---|' * len(headings)}")
        for row in rows:
            self.stdout.write(f"| {' | '.join(row)} |")

"""ingest_file: read a statement or ledger file, show what it holds, or import it into a project.

Exit code: 0 read (or imported), 3 a question must be answered with --layout, 2 refused.
"""

from __future__ import annotations

import csv
import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reconciliation.columns import date_of
from reconciliation.errors import Refusal
from reconciliation.ingestion import ingest
from reconciliation.ingestion.child import lines_in_child, read_in_child
from reconciliation.ingestion.layout import Layout
from reconciliation.ingestion.upload import SETTLED
from reconciliation.management.layouts import layout_options
from reconciliation.management.outputs import refuse_outputs
from reconciliation.money import format_plain
from reconciliation.vocabulary import Side

#: What a stored reading holds for the import alone.
INTERNAL = (SETTLED, "lists")
EXIT_CODES = {"ready": 0, "question": 3, "refused": 2}


class Command(BaseCommand):
    """Read one file; with --project import it."""

    help = "Read a bank statement or ledger file; with --project import it into that project."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments of SURFACE.md."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--side", choices=[side.value for side in Side], required=True)
        parser.add_argument("--project", help="id of the project to import into")
        parser.add_argument("--dry-run", action="store_true", help="read without storing")
        parser.add_argument(
            "--json", action="store_true", help="print the reading as JSON, imported or not"
        )
        parser.add_argument(
            "--rows", type=Path, help="write the lines as CSV to this file (dry run)"
        )
        parser.add_argument("--layout", default="", help="KEY=VALUE,… or @FILE.json")
        parser.add_argument("--currency", default="", help="currency of the account (dry run)")
        parser.add_argument("--repeat", action="store_true", help="import the same bytes again")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one of the two: a dry run, or an import."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.", returncode=2)
        refuse_outputs([options["rows"]], sources=[path])
        if options["project"] and options["rows"] and not options["dry_run"]:
            raise CommandError(
                "--rows writes the lines of a reading and imports nothing: say --dry-run too.",
                returncode=2,
            )
        chosen = layout_options(options["layout"], Side(options["side"]))
        if options["dry_run"] or not options["project"]:
            sys.exit(self._dry_run(path, chosen, options))
        sys.exit(self._import(path, chosen, options))

    def _dry_run(self, path: Path, chosen: dict[str, str], options: dict[str, Any]) -> int:
        """Read the file, print the reading, write the rows; return the exit code."""
        side, currency = Side(options["side"]), options["currency"].upper()
        decimals = ingest.decimals_of(currency)
        answer = read_in_child(path, decimals, currency, side, chosen, timezone.localdate())
        reading = answer["reading"]
        self._answer(reading, options)
        if options["rows"] and answer["layout"] and reading["status"] != "refused":
            layout = Layout.from_json(answer["layout"])
            bundles = lines_in_child(path, layout, tuple(answer["header"]), side, decimals)
            write_rows(options["rows"], bundles, decimals, currency)
        if not options["dry_run"]:
            self.stderr.write("Only read, not imported: --project ID names where to.")
        return EXIT_CODES[reading["status"]]

    def _import(self, path: Path, chosen: dict[str, str], options: dict[str, Any]) -> int:
        """Import the file into the project; return the exit code."""
        try:
            outcome = ingest.import_from_path(
                path=path,
                project_id=options["project"],
                side=Side(options["side"]),
                options=chosen,
                allow_duplicate=options["repeat"],
                without_errors=chosen.get("errors") == "skip",
            )
        except (ObjectDoesNotExist, ValidationError) as problem:
            raise CommandError(
                f"There is no project {options['project']}.", returncode=2
            ) from problem
        except Refusal as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        self._answer(outcome, options)
        return EXIT_CODES[outcome["status"]]

    def _answer(self, reading: dict[str, Any], options: dict[str, Any]) -> None:
        """Print a reading, as JSON where that was asked for."""
        if options["json"]:
            shown = {key: reading[key] for key in reading if key not in INTERNAL}
            self.stdout.write(json.dumps(shown, ensure_ascii=False, indent=1))
        else:
            self._tell(reading)

    def _tell(self, reading: dict[str, Any]) -> None:
        """Print a reading for a person."""
        for sentence in reading["messages"]:
            self.stdout.write(sentence)
        for evidence in reading["layout"]:
            self.stdout.write(f"  {evidence['key']}: {evidence['value']} ({evidence['why']})")
        self.stdout.write(
            f"{reading['rows']} rows from {reading['first_date'] or '–'} to "
            f"{reading['last_date'] or '–'}, "
            f"in {reading['money_in']}, out {reading['money_out']}, sum {reading['sum']}"
        )
        if reading["balance_text"]:
            self.stdout.write(reading["balance_text"])
        for question in reading["questions"]:
            self.stdout.write(question["text"])
            for answer in question["answers"]:
                examples = "; ".join(answer["examples"])
                self.stdout.write(f"  --layout {answer['option']}  {answer['label']}  {examples}")
        for error in reading["errors"]:
            self.stderr.write(
                f"line {error['line']} {error['column']}: “{error['text']}” — {error['reason']}"
            )


def write_rows(path: Path, bundles: Any, decimals: int, currency: str) -> None:
    """Write the lines as row,date,amount,currency,description,reference."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["row", "date", "amount", "currency", "description", "reference"])
        for lines, currencies in bundles:
            writer.writerows(
                (
                    int(lines.row_number[i]),
                    date_of(lines.booked_on[i]).isoformat(),
                    format_plain(int(lines.amount_minor[i]), decimals),
                    (currencies[i] if currencies else "") or currency,
                    lines.description[i],
                    lines.reference[i],
                )
                for i in range(len(lines))
            )

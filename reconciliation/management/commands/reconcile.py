"""manage.py reconcile: the whole job without a browser, from two files to a report.

Exit code: 0 done, 2 something has to be corrected; then nothing is left half done.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from projects import lifecycle
from projects.currency import currency_decimals
from projects.forms import DEFAULT_CURRENCY
from projects.models import Project
from reconciliation.errors import Refusal
from reconciliation.ingestion import ingest
from reconciliation.ingestion.child import currencies_in_child, read_in_child
from reconciliation.management.layouts import layout_options, problems_of, read_ruleset
from reconciliation.management.outcome import outcome_table
from reconciliation.management.outputs import refuse_outputs
from reconciliation.management.people import REFUSED, command_user, refusal, user_named
from reconciliation.management.terminal import ProgressLine
from reconciliation.matching import run
from reconciliation.matching.ruleset import MODES
from reconciliation.matching.run_report import wrong_file_sentence
from reconciliation.reporting import exports
from reconciliation.reporting.matches import write_matches
from reconciliation.vocabulary import Side


class Command(BaseCommand):
    """Create a project, import both files, match, write the report, print a summary."""

    help = "Reconcile a bank statement with a ledger export: import, match, report."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments of SURFACE.md."""
        parser.add_argument("bank", type=Path, metavar="BANK")
        parser.add_argument("ledger", type=Path, metavar="LEDGER")
        parser.add_argument("--name", default="", help="name of the project")
        parser.add_argument("--owner", default="", metavar="USER", help="who owns the project")
        parser.add_argument(
            "--currency", default="", metavar="CODE", help="else as the files state, or EUR"
        )
        parser.add_argument("--report", type=Path, metavar="OUT.xlsx")
        parser.add_argument("--matches", type=Path, metavar="OUT.csv")
        parser.add_argument("--ruleset", type=Path, metavar="FILE.json")
        parser.add_argument("--differences", choices=MODES)
        for side in Side:
            parser.add_argument(f"--{side}-layout", default="", metavar="KEY=VALUE,… or @FILE.json")
        parser.add_argument("--yes", action="store_true", help="accept the detected layouts")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it all, or leave nothing behind."""
        files = {side: options[side.value] for side in Side}
        layouts = {side: layout_options(options[f"{side}_layout"], side) for side in Side}
        ruleset = read_ruleset(options["ruleset"], options["differences"])
        _refuse_missing(files)
        refuse_outputs((options["report"], options["matches"]), sources=files.values())
        owner = user_named(options["owner"]) if options["owner"] else command_user()
        currency = options["currency"] or self._currency(files, layouts)
        if not options["yes"] and sys.stdin.isatty():
            self._ask(files, layouts, currency)
        name = options["name"] or f"{files[Side.BANK].stem} and {files[Side.LEDGER].stem}"
        project = _create(owner, name, currency)
        self.progress = ProgressLine()
        try:
            self._import(project, files, layouts)
            self.progress.start("Matching")
            made = run.run_matching(
                project=project, actor=owner, ruleset=ruleset, progress=self.progress.tell_pass
            )
            self._report(project, owner, options["report"], options["matches"])
            lifecycle.show_draft(project=project)
        except BaseException as stopped:
            self.progress.end()
            lifecycle.delete_project(project=project, actor=owner)
            if isinstance(stopped, Refusal):
                raise refusal(str(stopped)) from stopped
            if isinstance(stopped, KeyboardInterrupt):
                raise refusal("Stopped; nothing was kept.") from stopped
            raise
        self.progress.end()
        self.stdout.write(f"{project.name}: project {project.pk} of {owner.get_username()}")
        self.stdout.write(outcome_table(project))
        report = made.report
        if warning := wrong_file_sentence(report.get("opposites", 0), report.get("days_apart", 0)):
            self.stderr.write(f"Warning: {warning}")

    def _currency(self, files: dict[Side, Path], layouts: dict[Side, dict[str, str]]) -> str:
        """Return the one currency the files state, else the usual one; say which it is."""
        stated = {side: currencies_in_child(files[side], side, layouts[side]) for side in Side}
        codes = sorted({code for found in stated.values() for code in found})
        if len(codes) == 1:
            self.stdout.write(f"The files state {codes[0]}: the project is kept in it.")
            return codes[0]
        told = f"state {' and '.join(codes)}" if codes else "state no currency"
        self.stderr.write(
            f"The files {told}: the project is kept in {DEFAULT_CURRENCY}; "
            "--currency CODE names another."
        )
        return DEFAULT_CURRENCY

    def _import(
        self, project: Project, files: dict[Side, Path], layouts: dict[Side, dict[str, str]]
    ) -> None:
        """Import both files; name every problem of both before giving up."""
        problems: list[str] = []
        for side, path in files.items():
            self.progress.start(f"Importing {path.name}")
            try:
                reading = ingest.import_from_path(
                    path=path,
                    project_id=project.pk,
                    side=side,
                    options=layouts[side],
                    progress=self.progress.tell,
                )
            except Refusal as refused:
                problems.append(f"{path.name}: {refused}")
            else:
                problems += problems_of(side, path, reading)
        if problems:
            self.progress.end()
            self.stderr.write("\n".join(problems))
            raise SystemExit(REFUSED)

    def _report(
        self, project: Project, owner: Any, report: Path | None, matches: Path | None
    ) -> None:
        if report is not None:
            self.progress.start(f"Writing {report.name}")
            exports.export_to_file(
                project=project, actor=owner, target=report, progress=self.progress.tell
            )
        if matches is not None:
            self.progress.start(f"Writing {matches.name}")
            write_matches(project=project, target=matches)

    def _ask(
        self, files: dict[Side, Path], layouts: dict[Side, dict[str, str]], currency: str
    ) -> None:
        """Show what was detected and let the person at the terminal agree."""
        decimals = currency_decimals(currency)
        for side, path in files.items():
            answer = read_in_child(
                path, decimals, currency, side, layouts[side], timezone.localdate(), path.name
            )
            self.stdout.write(f"{path.name}:")
            for evidence in answer["reading"]["layout"]:
                self.stdout.write(f"  {evidence['key']}: {evidence['value']}")
        if input("Import both as detected? [Y/n] ").strip().lower() not in ("", "y", "yes"):
            raise refusal("Nothing was imported. Correct the layout with --bank-layout KEY=VALUE.")


def _create(owner: Any, name: str, currency: str) -> Project:
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise refusal(f"--currency {currency}: three capital letters are expected, such as EUR.")
    return lifecycle.create_project(actor=owner, name=name[:200], currency=currency, is_draft=True)


def _refuse_missing(files: dict[Side, Path]) -> None:
    for path in files.values():
        if not path.is_file():
            raise refusal(f"There is no file {path}.")

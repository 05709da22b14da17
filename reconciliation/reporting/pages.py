"""The sheets that are read rather than filtered: Summary Pivot, Reconciliation Statement, About."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from projects.models import Project
from reconciliation.matching.explanations import MODE_LABELS, told_ruleset
from reconciliation.models import MatchRun, SourceFile
from reconciliation.money import to_decimal
from reconciliation.reporting.book import Book, sheet_names
from reconciliation.reporting.cells import Kind, clean_text
from reconciliation.reporting.left_out import LEFT_OUT, left_out_count, lists_left_out
from reconciliation.reporting.register import MASTER_REGISTER, rule_label
from reconciliation.reporting.statement import Row, Statement
from reconciliation.reporting.summary import RuleFigures, Summary
from reconciliation.row_lists import is_stored
from reconciliation.vocabulary import FileStatus, Side

SUMMARY_PIVOT = "Summary Pivot"
STATEMENT = "Reconciliation Statement"
ABOUT = "About"


@dataclass(frozen=True, slots=True)
class Colophon:
    """What "About" says of the workbook itself; ``head_hash`` is the trail's when it was made."""

    made_by: str
    made_at: dt.datetime
    engine_version: str
    head_hash: str


@dataclass(slots=True)
class _Pen:
    """Writes a sheet from top to bottom."""

    sheet: Worksheet
    book: Book
    row: int = 0

    def titles(self, *texts: str, numbers_from: int) -> None:
        """Write the titles of columns; those of numbers begin at ``numbers_from``."""
        looks = self.book.looks
        for position, text in enumerate(texts):
            look = looks.number_header if position >= numbers_from else looks.header
            self.sheet.write_string(self.row, position, text, look)
        self.row += 1

    def heading(self, text: str) -> None:
        self.sheet.write_string(self.row, 0, clean_text(text), self.book.looks.title)
        self.row += 1

    def text(self, position: int, text: str) -> None:
        self.sheet.write_string(self.row, position, clean_text(text))

    def amount(self, position: int, amount_minor: int, *, total: bool = False) -> None:
        amount = to_decimal(amount_minor, self.book.decimals)
        self.sheet.write_number(self.row, position, amount, self._look(Kind.AMOUNT, total))

    def number(self, position: int, number: int) -> None:
        self.sheet.write_number(self.row, position, number, self._look(Kind.NUMBER))

    def formula(
        self, position: int, formula: str, value: Any, kind: Kind, *, total: bool = False
    ) -> None:
        """Write a formula with the value it has now."""
        self.sheet.write_formula(self.row, position, formula, self._look(kind, total), value)

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        for label, text in pairs:
            self.text(0, label)
            self.sheet.write_string(self.row, 1, clean_text(text), self.book.looks.wrapped)
            self.row += 1

    def _look(self, kind: Kind, total: bool = False) -> Any:
        return self.book.looks.of(kind, total=total)


def write_summary(book: Book, project: Project, summary: Summary) -> None:
    """Write the pivot: counts and totals are formulas over the register, with their values."""
    pen = _Pen(book.add_sheet(SUMMARY_PIVOT, [36, 22, 12, 18, 22, 12]), book)
    pen.heading(project.name)
    pen.row += 1
    unit = f"({project.currency})"
    titles = ("Side", "Status", "Lines", f"Total {unit}", f"Without signs {unit}", "Share")
    pen.titles(*titles, numbers_from=2)
    for side in Side:
        _write_side(pen, side, summary)
    pen.row += 1
    pen.titles("Rule", "Status", "Groups", "Lines", f"Bank total {unit}", numbers_from=2)
    for figures in summary.rules:
        _write_rule(pen, figures)
    pen.sheet.freeze_panes(3, 0)


def _write_side(pen: _Pen, side: Side, summary: Summary) -> None:
    figures, first = summary.of(side), pen.row
    count = summary.line_count(side)
    register = sheet_names(MASTER_REGISTER, sum(summary.line_count(each) for each in Side))
    total_cell = xl_rowcol_to_cell(first + len(figures), 2, row_abs=True)
    for each in figures:
        pen.text(0, side.label)
        pen.text(1, each.status.label)
        test = f'"{side.label}",{{sheet}}!$B:$B,"{each.status.label}"'
        pen.formula(
            2, _over(register, "COUNTIFS", "{sheet}!$A:$A," + test), each.line_count, Kind.NUMBER
        )
        sums = _over(register, "SUMIFS", "{sheet}!$E:$E,{sheet}!$A:$A," + test)
        pen.formula(3, sums, _plain(pen, each.total_minor), Kind.AMOUNT)
        pen.amount(4, each.gross_minor)
        share = each.line_count / count if count else 0
        cell = xl_rowcol_to_cell(pen.row, 2)
        pen.formula(5, f"=IF({total_cell}=0,0,{cell}/{total_cell})", share, Kind.PERCENT)
        pen.row += 1
    pen.sheet.write_string(pen.row, 0, side.label, pen.book.looks.of(Kind.TEXT, total=True))
    pen.sheet.write_string(pen.row, 1, "Total", pen.book.looks.of(Kind.TEXT, total=True))
    _sum_above(pen, 2, first, count, Kind.NUMBER)
    _sum_above(pen, 3, first, _plain(pen, sum(f.total_minor for f in figures)), Kind.AMOUNT)
    _sum_above(pen, 4, first, _plain(pen, sum(f.gross_minor for f in figures)), Kind.AMOUNT)
    pen.row += 1


def _write_rule(pen: _Pen, figures: RuleFigures) -> None:
    pen.text(0, figures.label)
    pen.text(1, figures.status.label)
    pen.number(2, figures.group_count)
    pen.number(3, figures.line_count)
    pen.amount(4, figures.total_minor)
    pen.row += 1


def _over(sheets: Sequence[str], function: str, arguments: str) -> str:
    """Return the sum of the function over all sheets of a table."""
    return "=" + "+".join(f"{function}({arguments.format(sheet=_quoted(name))})" for name in sheets)


def _quoted(sheet: str) -> str:
    return f"'{sheet}'"


def _sum_above(pen: _Pen, position: int, first: int, value: Any, kind: Kind) -> None:
    top, bottom = xl_rowcol_to_cell(first, position), xl_rowcol_to_cell(pen.row - 1, position)
    pen.formula(position, f"=SUM({top}:{bottom})", value, kind, total=True)


def _plain(pen: _Pen, amount_minor: int) -> Any:
    return to_decimal(amount_minor, pen.book.decimals)


def write_statement(book: Book, project: Project, statement: Statement) -> None:
    """Write the reconciliation statement; its totals are formulas over the rows above them."""
    pen = _Pen(book.add_sheet(STATEMENT, [56, 10, 20]), book)
    pen.heading(f"{project.name}: reconciliation statement")
    pen.text(0, _period(project))
    pen.row += 2
    adjusted: list[str] = []
    for section in statement.sections:
        pen.titles(section.title, "Lines", f"Amount ({project.currency})", numbers_from=1)
        if section.title == "Proof":
            _write_proof(pen, section.rows, adjusted)
        else:
            adjusted.append(_write_balances(pen, section.rows))
        pen.row += 1
    pen.text(0, f"Result: {statement.verdict}.")


def _period(project: Project) -> str:
    if project.period_start and project.period_end:
        return f"{project.period_start:%Y-%m-%d} to {project.period_end:%Y-%m-%d}"
    return "No period set"


def _write_balances(pen: _Pen, rows: Sequence[Row]) -> str:
    """Write one side from opening to adjusted balance; return the cell of the latter."""
    first = pen.row
    for row in rows:
        if row.look == "total" and row.amount_minor is not None:
            above = f"{xl_rowcol_to_cell(first, 2)}:{xl_rowcol_to_cell(pen.row - 1, 2)}"
            _write_total(pen, row, f"=SUM({above})")
        else:
            _write_plain(pen, row)
        if row.look in ("total", "balance"):
            first = pen.row
        pen.row += 1
    return xl_rowcol_to_cell(pen.row - 1, 2)


def _write_proof(pen: _Pen, rows: Sequence[Row], adjusted: Sequence[str]) -> None:
    first = pen.row
    for row in rows:
        position = pen.row - first
        if row.amount_minor is None:
            _write_plain(pen, row)
        elif position < len(adjusted):
            _write_total(pen, row, f"={adjusted[position]}")
        elif row.look == "check":
            bank, *less = [xl_rowcol_to_cell(number, 2) for number in range(first, pen.row)]
            formula = f"=ROUND({bank}-{'-'.join(less)},{pen.book.decimals})"
            _write_total(pen, row, formula)
        else:
            _write_plain(pen, row)
        pen.row += 1


def _write_plain(pen: _Pen, row: Row) -> None:
    pen.text(0, row.label)
    if row.count is not None:
        pen.number(1, row.count)
    if row.amount_minor is None:
        pen.text(2, "not known")
    else:
        pen.amount(2, row.amount_minor)


def _write_total(pen: _Pen, row: Row, formula: str) -> None:
    assert row.amount_minor is not None
    pen.sheet.write_string(pen.row, 0, row.label, pen.book.looks.of(Kind.TEXT, total=True))
    pen.formula(2, formula, _plain(pen, row.amount_minor), Kind.AMOUNT, total=True)


def write_about(book: Book, project: Project, colophon: Colophon) -> None:
    """Write what the workbook is of, from which files, by which rules, and the trail's head."""
    pen = _Pen(book.add_sheet(ABOUT, [28, 60, 12, 12, 20, 20, 66]), book)
    pen.heading(project.name)
    pen.pairs(
        [
            ("Project", str(project.pk)),
            ("Currency", project.currency),
            ("Period", _period(project)),
            ("State", project.get_state_display()),
            ("Made by", colophon.made_by),
            ("Made at (UTC)", f"{colophon.made_at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}"),
            ("Engine version", colophon.engine_version),
            ("Audit head hash", colophon.head_hash),
        ]
    )
    pen.row += 1
    _write_files(pen, project)
    _write_rows_left_out(pen, project)
    _write_ruleset(pen, project)


def _write_files(pen: _Pen, project: Project) -> None:
    unit = f"({project.currency})"
    pen.heading("Files in the books")
    titles = ("Side", "File", "Lines", "Left out", f"In {unit}", f"Out {unit}")
    pen.titles(*titles, numbers_from=2)
    pen.sheet.write_string(pen.row - 1, len(titles), "SHA-256", pen.book.looks.header)
    files = SourceFile.objects.in_project(project).filter(
        status__in=[FileStatus.IMPORTED, FileStatus.WITHDRAWN]
    )
    for source_file in files.order_by("side", "first_booked_on", "uploaded_at"):
        withdrawn = source_file.status == FileStatus.WITHDRAWN
        pen.text(0, f"{source_file.side_label}{', withdrawn' if withdrawn else ''}")
        pen.text(1, source_file.name)
        pen.number(2, source_file.row_count)
        pen.number(3, left_out_count(source_file))
        pen.amount(4, source_file.money_in_minor)
        pen.amount(5, source_file.money_out_minor)
        pen.text(6, source_file.sha256)
        pen.row += 1
    pen.row += 1


def _write_rows_left_out(pen: _Pen, project: Project) -> None:
    """List the rows that did not become lines, as far as the reading names them."""
    files = list(SourceFile.objects.in_project(project).imported().order_by("side", "id"))
    notes = [(each.name, note) for each in files for note in _notes_left_out(each)]
    pen.heading("Rows left out")
    if not notes:
        pen.text(0, "None.")
        pen.row += 2
        return
    if any(is_stored(each, kind) for each in files for kind in lists_left_out(each)):
        pen.text(0, f"The first of each file; all of them are on the sheet {LEFT_OUT}.")
        pen.row += 1
    pen.titles("File", "Reason", "Row", "Column", "Text read", numbers_from=5)
    for name, note in notes:
        pen.text(0, name)
        pen.text(1, str(note.get("reason", "")))
        pen.number(2, int(note.get("row") or 0))
        pen.text(3, str(note.get("column", "")))
        pen.text(4, str(note.get("text", "")))
        pen.row += 1
    pen.row += 1


def _notes_left_out(source_file: SourceFile) -> list[dict[str, Any]]:
    kinds = [kind for kind in lists_left_out(source_file) if kind != "repeats"]
    return [note for kind in kinds for note in source_file.reading.get(kind, [])]


def _write_ruleset(pen: _Pen, project: Project) -> None:
    """Write the ruleset of the last finished run as people say it."""
    run = MatchRun.objects.filter(project=project, finished_at__isnull=False).first()
    pen.heading("Ruleset of the last run")
    if run is None:
        pen.text(0, "No run yet.")
        return
    pen.pairs([("Run", f"{run.finished_at:%Y-%m-%d %H:%M:%S}, engine {run.engine_version}")])
    sentences = told_ruleset(run.ruleset, project.decimals)
    pen.pairs(("What it did", each) for each in sentences)
    rules = run.ruleset.get("rules", {})
    pen.pairs((f"Rule: {rule_label(name)}", MODE_LABELS[mode]) for name, mode in rules.items())

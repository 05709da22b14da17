"""The workbook: every sheet of the report in one file, from one unmoving view of the books."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from projects import audit
from projects.models import AuditHead, Project
from reconciliation.models import MatchRun
from reconciliation.reporting import pages
from reconciliation.reporting.book import Book, Table
from reconciliation.reporting.left_out import rows_left_out
from reconciliation.reporting.pages import Colophon
from reconciliation.reporting.register import AUDIT_TRAIL, BREAK_SHEETS, MASTER_REGISTER, listings
from reconciliation.reporting.snapshot import snapshot
from reconciliation.reporting.statement import make_statement
from reconciliation.reporting.summary import make_summary
from reconciliation.vocabulary import Side

Progress = Callable[[int, int], None]

#: The sheets, in their order in the file; left_out.LEFT_OUT follows where About cannot hold it.
SHEET_NAMES = (
    pages.SUMMARY_PIVOT,
    MASTER_REGISTER,
    pages.STATEMENT,
    BREAK_SHEETS[Side.BANK],
    BREAK_SHEETS[Side.LEDGER],
    "Match Groups",
    "Adjustments",
    AUDIT_TRAIL,
    pages.ABOUT,
)


@dataclass(frozen=True, slots=True)
class Written:
    """What a finished workbook shows: its lines, and the audit trail's head it was made at."""

    line_count: int
    head_seq: int
    head_hash: str


def write_workbook(
    *, project: Project, made_by: str, made_at: dt.datetime, target: Path, progress: Progress
) -> Written:
    """Write the project's workbook to ``target`` and return what it shows.

    ``progress`` is told rows done and rows in all. The file is whole or not there.
    """
    with snapshot():
        books = Project.objects.get(pk=project.pk)
        head = AuditHead.objects.filter(chain=books.pk).first()
        head_hash = head.hash if head else audit.GENESIS_HASH
        colophon = Colophon(made_by, made_at, _engine_version(books), head_hash)
        line_count = _write_sheets(books, colophon, target, progress)
    return Written(line_count, head.seq if head else 0, head_hash)


def _write_sheets(books: Project, colophon: Colophon, target: Path, progress: Progress) -> int:
    """Write all sheets in order; return how many lines the register has."""
    tables = [
        Table(listing.name, listing.columns, listing.count(), listing.rows())
        for listing in listings(books, today=colophon.made_at.date())
    ]
    register, *others = tables
    left_out = rows_left_out(books)
    total = sum(table.row_count for table in tables)
    book = Book(target, books.decimals, books.name)
    try:
        pages.write_summary(book, books, make_summary(books))
        book.add_table(register)
        pages.write_statement(book, books, make_statement(books))
        for table in others:
            book.add_table(table)
        pages.write_about(book, books, colophon)
        if left_out is not None:
            book.add_table(left_out)
        book.finish(lambda done: progress(done, total))
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    finally:
        book.discard()
        for table in tables:
            table.rows.close()
    return register.row_count


def _engine_version(project: Project) -> str:
    run = MatchRun.objects.filter(project=project, finished_at__isnull=False).first()
    return run.engine_version if run else "no run yet"

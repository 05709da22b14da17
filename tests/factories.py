"""Ready-made users, projects, files and lines for tests; everything through the real tables."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from projects import lifecycle
from projects.models import Membership, Project
from reconciliation import groups
from reconciliation.copying import copy_in
from reconciliation.models import Line, SourceFile
from reconciliation.vocabulary import FileStatus, MatchMethod, Side

PASSWORD = "correct horse battery"
_number = itertools.count(1)


def make_user(username: str = "", **fields: Any) -> User:
    """Return a user who can sign in with PASSWORD."""
    username = username or f"user{next(_number)}"
    email = f"{username}@example.org"
    return User.objects.create(
        username=username, email=email, password=_hashed_password(), **fields
    )


@cache
def _hashed_password() -> str:
    """Return PASSWORD hashed once for all: Argon2 is slow on purpose."""
    return make_password(PASSWORD)


def make_project(owner: User | None = None, **settings: Any) -> Project:
    """Return an open project of ``owner`` (or of a new user)."""
    settings = {"name": "Dec 2025 Audit", "currency": "EUR"} | settings
    return lifecycle.create_project(actor=owner or make_user(), **settings)


def add_member(project: Project, user: User, role: str) -> Membership:
    """Make ``user`` a member of the project."""
    return Membership.objects.create(project=project, user=user, role=role)


def make_source_file(project: Project, side: Side, **fields: Any) -> SourceFile:
    """Return a file that is being imported and has no lines yet."""
    name = f"{side}-{next(_number)}.csv"
    source_file = SourceFile.objects.create(
        **{
            "project": project,
            "side": side,
            "name": name,
            "stored_name": name,
            "sha256": hashlib.sha256(name.encode()).hexdigest(),
            "size_bytes": 100,
            "uploaded_by": project.created_by,
        }
        | fields
    )
    source_file.status = FileStatus.IMPORTING
    source_file.save()
    return source_file


def make_lines(project: Project, side: Side, *rows: tuple) -> list[Line]:
    """Import ``(ISO date, amount in minor units, description[, reference])`` rows as one file.

    Returns the lines in the order of the rows.
    """
    source_file = make_source_file(project, side)
    with transaction.atomic():
        copy_lines(source_file, rows)
        finish_import(source_file)
    return list(Line.objects.filter(source_file=source_file).order_by("row_number"))


def copy_lines(source_file: SourceFile, rows: Any) -> None:
    """COPY the rows into the line table as lines of the file."""
    lines = (
        f"{source_file.project_id}\t{source_file.pk}\t{source_file.side}\t{number}\t{day}\t"
        f"{amount}\t{description}\t{rest[0] if rest else ''}\t\t\n"
        for number, (day, amount, description, *rest) in enumerate(rows, start=1)
    )
    copy_in(
        "reconciliation_line (project_id, source_file_id, side, row_number, booked_on,"
        " amount_minor, description, reference, counterparty, kind)",
        lines,
    )


def finish_import(source_file: SourceFile) -> None:
    """Bring the file's lines into the books, with the totals they really have."""
    lines = list(Line.objects.filter(source_file=source_file).order_by("id"))
    source_file.row_count = len(lines)
    source_file.money_in_minor = sum(max(line.amount_minor, 0) for line in lines)
    source_file.money_out_minor = sum(max(-line.amount_minor, 0) for line in lines)
    days = [line.booked_on for line in lines] or [dt.date(2025, 12, 1)]
    source_file.first_booked_on, source_file.last_booked_on = min(days), max(days)
    source_file.status, source_file.imported_at = FileStatus.IMPORTED, Now()
    source_file.save()
    source_file.refresh_from_db()


def make_group(
    project: Project, bank: list[Line], ledger: list[Line], method: MatchMethod = MatchMethod.MANUAL
) -> Any:
    """Record the lines as one match group and return its id."""
    group = groups.NewGroup(
        bank=[(line.id, line.amount_minor) for line in bank],
        ledger=[(line.id, line.amount_minor) for line in ledger],
        rule="by_hand",
    )
    [group_id] = groups.record_groups(
        project=project, actor=project.created_by, method=method, groups=[group]
    )
    return group_id

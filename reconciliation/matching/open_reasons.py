"""Why the rest is open: diagnoses of the lines a run leaves, stored and counted.

Law: a project has the diagnoses of its latest run; they replace the earlier ones as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from django.db.models import Max

from projects.models import Project
from reconciliation.columns import LineColumns, day_number
from reconciliation.copying import copy_in, escaped
from reconciliation.matching.diagnosis import NO_LINE, Diagnosis
from reconciliation.models import BookTotal, LineDiagnosis, MatchRun, SourceFile
from reconciliation.vocabulary import LineStatus, Side

Diagnoses = tuple[Diagnosis, Diagnosis]


def has_matched(project: Project) -> bool:
    """Say whether lines of the project are matched: then a run reads only some of its lines."""
    totals = BookTotal.objects.filter(project=project, line_count__gt=0)
    return totals.exclude(status=LineStatus.OPEN).exists()


def last_bank_day(project: Project) -> int | None:
    """Return the day number of the last day the project's bank statements show."""
    files = SourceFile.objects.in_project(project).on(Side.BANK).imported()
    last_on = files.aggregate(last=Max("last_booked_on"))["last"]
    return None if last_on is None else day_number(last_on)


def replace_diagnoses(project: Project, diagnoses: Diagnoses, run: MatchRun | None) -> None:
    """Store the diagnoses instead of the project's earlier ones."""
    LineDiagnosis.objects.in_project(project).delete()
    for each in diagnoses:
        copy_in(
            "reconciliation_linediagnosis (project_id, run_id, side, line_id, reason, detail,"
            " points_to, pointed_side, difference_minor, candidate_count, shared_number,"
            " shared_name)",
            _rows(project, run, each),
        )


def reason_counts(diagnoses: Diagnoses, bank: LineColumns, ledger: LineColumns) -> dict[str, Any]:
    """Return for each side lines and value (sum of the amounts' sizes) by reason.

    ``bank`` and ``ledger`` hold the lines among others, in order of their ids.
    """
    counts: dict[str, Any] = {}
    for each, lines in zip(diagnoses, (bank, ledger), strict=True):
        value = np.abs(lines.amount_minor[np.searchsorted(lines.id, each.line)])
        reasons, code = np.unique(each.reason.astype(str), return_inverse=True)
        total = np.zeros(len(reasons), np.int64)
        np.add.at(total, code, value)
        counts[str(each.side)] = {
            str(reason): {"lines": int(count), "value_minor": int(minor)}
            for reason, count, minor in zip(reasons, np.bincount(code), total, strict=True)
        }
    return counts


def _rows(project: Project, run: MatchRun | None, diagnosis: Diagnosis) -> Iterator[str]:
    """Yield the rows of one side as COPY text."""
    head = f"{project.pk}\t{run.pk if run else chr(92) + 'N'}\t{diagnosis.side}\t"
    pointed = {0: "bank", 1: "ledger", -1: ""}
    columns = (
        diagnosis.line, diagnosis.reason, diagnosis.detail, diagnosis.points_to,
        diagnosis.pointed_side, diagnosis.difference_minor, diagnosis.count, diagnosis.number,
        diagnosis.name,
    )  # fmt: skip
    for line, reason, detail, other, side, difference, count, number, name in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        points_to = "\\N" if other == NO_LINE else other
        yield (
            f"{head}{line}\t{reason}\t{detail}\t{points_to}\t{pointed[side]}\t{difference}\t"
            f"{count}\t{escaped(number)}\t{escaped(name)}\n"
        )

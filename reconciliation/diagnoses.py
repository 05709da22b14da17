"""Reading diagnoses: why open lines are open, with the line each points to, for every stage.

``diagnoses_of(project, line_ids)`` costs one query and returns {line id: OpenReason}. An
OpenReason has ``label`` (two or three words for a badge), ``sentence`` (the whole reason),
``reason`` (a BreakReason), ``detail``, ``difference_minor`` and ``pointed``: the line it points to
(id, side, booked_on, amount_minor, text, file_name, row_number, is_open) or None. Lines that are
not open, or came after the latest run, have none. ``open_counts`` adds them up by reason; filter a
queryset of OpenItems by ``because(items, reason)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from projects.models import Project
from reconciliation.matching.open_sentences import OpenReason, PointedLine
from reconciliation.models import LineDiagnosis
from reconciliation.vocabulary import BreakReason, Side

#: A diagnosis as ``open_reason`` reads it: d is the diagnosis, o its open line.
DIAGNOSIS_COLUMNS = """
    d.line_id, d.side, o.booked_on, d.reason, d.detail, d.difference_minor, d.shared_number,
    d.shared_name, d.candidate_count, pl.id, pl.side, pl.booked_on, pl.amount_minor,
    concat_ws(' ', nullif(pl.reference, ''), nullif(pl.counterparty, ''),
              nullif(pl.description, '')),
    pf.name, pl.row_number, po.line_id IS NOT NULL"""
#: The line a diagnosis points to while it is in the books, its file, and whether it is open.
DIAGNOSIS_JOINS = """
    LEFT JOIN (reconciliation_line pl
               JOIN reconciliation_sourcefile pf
                   ON pf.id = pl.source_file_id AND pf.status = 'imported')
        ON pl.project_id = d.project_id AND pl.id = d.points_to
    LEFT JOIN reconciliation_openitem po ON po.project_id = d.project_id AND po.line_id = pl.id"""
#: The diagnoses of a project's open lines; further conditions and an order may follow.
DIAGNOSES = f"""
    SELECT {DIAGNOSIS_COLUMNS}
    FROM reconciliation_linediagnosis d
    JOIN reconciliation_openitem o ON o.project_id = d.project_id AND o.line_id = d.line_id
    {DIAGNOSIS_JOINS}
    WHERE d.project_id = %s"""  # noqa: S608
_COUNTS = """
    SELECT o.side, coalesce(d.reason, ''), count(*), sum(abs(o.amount_minor))
    FROM reconciliation_openitem o
    LEFT JOIN reconciliation_linediagnosis d
        ON d.project_id = o.project_id AND d.line_id = o.line_id
    WHERE o.project_id = %s GROUP BY 1, 2"""


def diagnoses_of(project: Project, line_ids: Iterable[int]) -> dict[int, OpenReason]:
    """Return why each of the lines is open, in one query; lines without a diagnosis are left
    out."""
    with connection.cursor() as cursor:
        cursor.execute(f"{DIAGNOSES} AND d.line_id = ANY(%s)", [project.pk, list(line_ids)])
        return {row[0]: open_reason(row, project.decimals) for row in cursor.fetchall()}


def open_counts(project: Project) -> dict[tuple[Side, BreakReason | None], tuple[int, int]]:
    """Return lines and value (sum of the amounts' sizes) of what is open now, by side and reason.

    None stands for lines the latest run has not seen. One query over the open lines.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [project.pk])
        return {
            (Side(side), BreakReason(reason) if reason else None): (count, int(value))
            for side, reason, count, value in cursor.fetchall()
        }


def because(items: Any, reason: BreakReason | str) -> Any:
    """Keep the OpenItems that the latest run left open for ``reason``."""
    found = LineDiagnosis.objects.because(reason).filter(
        project_id=OuterRef("project_id"), side=OuterRef("side"), line_id=OuterRef("line_id")
    )
    return items.filter(Exists(found))


def open_reason(row: tuple[Any, ...], decimals: int) -> OpenReason:
    """Return the OpenReason of a row of DIAGNOSIS_COLUMNS."""
    line, side, booked_on, reason, detail, difference, number, name, count, *pointed = row
    return OpenReason(
        line, Side(side), booked_on, BreakReason(reason), detail, difference, number, name, count,
        None if pointed[0] is None else PointedLine(pointed[0], Side(pointed[1]), *pointed[2:]),
        decimals,
    )  # fmt: skip

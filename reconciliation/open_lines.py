"""open_lines(…), matched_lines(…): lines of a side as a column bundle, for stages that compute.

Law: nothing here changes the books. numpy and pyarrow are needed, so the web process does not
import it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

from projects.models import Project
from reconciliation.columns import NO_DAY, TEXT_COLUMNS, LineColumns
from reconciliation.copying import bulk_joins, copy_out
from reconciliation.vocabulary import Side

#: How many matched lines of a side are read at most to explain the open ones.
MATCHED_LINES = 100_000

_COLUMNS = """
    SELECT l.id, l.row_number, l.booked_on - DATE '1970-01-01',
           coalesce(l.valued_on - DATE '1970-01-01', %s), l.amount_minor,
           l.reference, l.description, l.counterparty, l.kind"""
_OPEN = f"""{_COLUMNS}
    FROM reconciliation_openitem o
    JOIN reconciliation_line l ON l.project_id = o.project_id AND l.id = o.line_id
    WHERE o.project_id = %s AND o.side = %s
    ORDER BY l.id
"""
_MATCHED = f"""{_COLUMNS}
    FROM reconciliation_matchmember m
    JOIN reconciliation_line l ON l.project_id = m.project_id AND l.id = m.line_id
    LEFT JOIN (SELECT DISTINCT amount_minor FROM reconciliation_openitem WHERE project_id = %s)
        wanted ON wanted.amount_minor = l.amount_minor
    WHERE m.project_id = %s AND m.side = %s AND m.released_at IS NULL
    ORDER BY wanted.amount_minor IS NULL, l.id
    LIMIT %s
"""  # noqa: S608
_NUMBERS = {
    "id": pa.int64(),
    "row_number": pa.int32(),
    "booked_on": pa.int32(),
    "valued_on": pa.int32(),
    "amount_minor": pa.int64(),
}
_NAMES = [*_NUMBERS, *TEXT_COLUMNS]


def open_lines(project: Project, side: Side) -> LineColumns:
    """Return the open lines of one side of the project, in order of their ids."""
    return _read(side, _OPEN, [project.pk, str(side)])


def matched_lines(project: Project, side: Side, most: int = MATCHED_LINES) -> LineColumns:
    """Return up to ``most`` matched lines of one side, those of an open line's amount first."""
    return _read(side, _MATCHED, [project.pk, project.pk, str(side), most])


def _read(side: Side, query: str, parameters: list[Any]) -> LineColumns:
    """Return the lines a query finds."""
    with bulk_joins():
        out = copy_out(query, [int(NO_DAY), *parameters], form="csv")
    if not out.getbuffer().nbytes:
        return LineColumns.empty(side)
    table = csv.read_csv(
        out,
        read_options=csv.ReadOptions(column_names=_NAMES),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types={**_NUMBERS, **{name: pa.string() for name in TEXT_COLUMNS}},
            strings_can_be_null=False,
        ),
    )
    columns = {name: np.asarray(table[name].to_numpy()) for name in _NUMBERS}
    texts = {name: table[name].to_numpy().astype(object) for name in TEXT_COLUMNS}
    return LineColumns(side, **columns, **texts)

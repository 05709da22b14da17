"""open_lines(…) and others: lines of a side as a column bundle, for the stages that compute.

Law: nothing here changes the books. numpy and pyarrow are needed, so the web process does not
import it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from django.db.models import Sum
from numpy.typing import NDArray
from pyarrow import csv

from projects.models import Project
from reconciliation.columns import NO_DAY, TEXT_COLUMNS, LineColumns
from reconciliation.copying import bulk_joins, copy_out
from reconciliation.models import BookTotal
from reconciliation.vocabulary import Side

#: How many matched lines of a side are read at most beside the open ones.
MATCHED_LINES = 100_000
#: So many lines of a side tell which words are common on it.
SAMPLE_LINES = 10_000

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
_AUTO = f"""{_COLUMNS}
    FROM reconciliation_matchmember m
    JOIN reconciliation_line l ON l.project_id = m.project_id AND l.id = m.line_id
    WHERE m.project_id = %s AND m.side = %s AND m.released_at IS NULL AND m.method = 'auto'
    ORDER BY l.id
"""
_EVERY = f"""{_COLUMNS}
    FROM reconciliation_line l
    JOIN reconciliation_sourcefile f ON f.id = l.source_file_id AND f.status = 'imported'
    WHERE l.project_id = %s AND l.side = %s
    ORDER BY l.id
"""
_EXAMPLES = f"""{_COLUMNS}
    FROM reconciliation_line l
    WHERE l.project_id = %s AND l.side = %s
      AND (l.id = ANY (%s) OR l.id * 2654435761 %% 4294967296 < %s)
    ORDER BY l.id
"""
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


def earlier_lines(project: Project) -> tuple[LineColumns, LineColumns]:
    """Return the matched lines of both sides that tell a run what is usual in these books."""
    return matched_lines(project, Side.BANK), matched_lines(project, Side.LEDGER)


def auto_lines(project: Project, side: Side) -> LineColumns:
    """Return the lines of one side that are in live automatic matches, in order of their ids."""
    return _read(side, _AUTO, [project.pk, str(side)])


def every_line(project: Project, side: Side) -> LineColumns:
    """Return every line of one side in the books, open or matched, in order of their ids."""
    return _read(side, _EVERY, [project.pk, str(side)])


def example_lines(project: Project, side: Side, ids: list[int]) -> LineColumns:
    """Return the lines of one side with these ids, and among them an even sample of all its lines,
    always the same, of about SAMPLE_LINES."""
    totals = BookTotal.objects.filter(project=project, side=side)
    count = totals.aggregate(lines=Sum("line_count"))["lines"] or 1
    share = int(min(SAMPLE_LINES / count, 1.0) * 2**32)
    return _read(side, _EXAMPLES, [project.pk, str(side), ids, share])


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
    texts: dict[str, Any] = {name: _texts(table[name]) for name in TEXT_COLUMNS}
    return LineColumns(side, **columns, **texts)


def _texts(column: pa.ChunkedArray) -> NDArray[np.object_]:
    """Return the texts, equal ones as one object: it is hashed once, and there are far fewer."""
    coded = column.combine_chunks().dictionary_encode()
    distinct = np.array(coded.dictionary.to_pylist(), dtype=object)
    return distinct[coded.indices.to_numpy()]

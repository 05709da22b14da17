"""The matches as a CSV file: one row per line, for programs.

Columns: ``side,row,line_id,status,group,method,rule,reason``. ``row`` is the 1-based record number
below the header in the source file; ``group`` joins the lines of one group, or of one suggestion;
``reason`` says why a line is matched, suggested or open.
"""

from __future__ import annotations

import csv
import os
import uuid
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from projects.models import Project
from reconciliation.diagnoses import DIAGNOSES, open_reason
from reconciliation.matching.explanations import explain
from reconciliation.models import Suggestion, SuggestionState
from reconciliation.reporting.register import why
from reconciliation.reporting.snapshot import snapshot, stream

COLUMNS = ("side", "row", "line_id", "status", "group", "method", "rule", "reason")

_QUERY = """
    SELECT l.side, l.row_number, l.id, m.group_id::text, m.method, g.rule, g.evidence::text
    FROM reconciliation_line l
    JOIN reconciliation_sourcefile f ON f.id = l.source_file_id AND f.status = 'imported'
    LEFT JOIN reconciliation_matchmember m
           ON m.project_id = l.project_id AND m.line_id = l.id AND m.released_at IS NULL
    LEFT JOIN reconciliation_matchgroup g ON g.project_id = m.project_id AND g.id = m.group_id
    WHERE l.project_id = %s
    ORDER BY l.side, l.id"""


def write_matches(*, project: Project, target: Path) -> int:
    """Write every line in the books with its match or suggestion; return how many there are.

    The file is there whole, or as it was.
    """
    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        with beside.open("w", encoding="utf-8", newline="") as out, snapshot():
            count = _write_rows(csv.writer(out), project)
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)
    return count


def suggestions_by_line(project: Project) -> dict[int, Suggestion]:
    """Return the suggestion each open line is shown with: whole ones first, best first."""
    pending = Suggestion.objects.filter(project=project, state=SuggestionState.PENDING)
    ranked = list(pending.order_by("rank", "-probability", "id"))
    chosen: dict[int, Suggestion] = {}
    for suggestion in ranked:
        lines = _lines_of(suggestion)
        if not any(line in chosen for line in lines):
            chosen.update(dict.fromkeys(lines, suggestion))
    for suggestion in ranked:
        for line in _lines_of(suggestion):
            chosen.setdefault(line, suggestion)
    return chosen


def _lines_of(suggestion: Suggestion) -> list[int]:
    return [*suggestion.bank_line_ids, *suggestion.ledger_line_ids]


def _write_rows(writer: Any, project: Project) -> int:
    suggested = suggestions_by_line(project)
    writer.writerow(COLUMNS)
    count = 0
    in_order = f"{DIAGNOSES} ORDER BY d.side, d.line_id"
    with closing(stream(in_order, [project.pk])) as diagnoses:
        sentence_of = _sentences(diagnoses, project.decimals)
        for row in stream(_QUERY, [project.pk]):
            writer.writerow(_line_row(row, suggested, sentence_of, project.decimals))
            count += 1
    return count


def _sentences(diagnoses: Iterable[tuple[Any, ...]], decimals: int) -> Callable[[str, int], str]:
    """Return a function that says why a line is open, asked in the order of the diagnoses."""
    rows = iter(diagnoses)
    ahead = next(rows, None)

    def sentence_of(side: str, line: int) -> str:
        nonlocal ahead
        while ahead is not None and (ahead[1], ahead[0]) < (side, line):
            ahead = next(rows, None)
        found = ahead is not None and (ahead[1], ahead[0]) == (side, line)
        return open_reason(ahead, decimals).sentence if found and ahead else ""

    return sentence_of


def _line_row(
    row: tuple[Any, ...],
    suggested: dict[int, Suggestion],
    sentence_of: Callable[[str, int], str],
    decimals: int,
) -> Iterable[Any]:
    side, number, line, group, method, rule, evidence = row
    if group:
        return side, number, line, "matched", group, method, rule, why(rule, evidence, decimals)
    if line in suggested:
        found = suggested[line]
        sentence = explain(found.rule, found.evidence, decimals)
        return side, number, line, "suggested", found.pk, "", found.rule, sentence
    return side, number, line, "open", "", "", "", sentence_of(side, line)

"""Dialect: by which mark the cells of a text file are divided, judged by the table it makes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from reconciliation.ingestion.cells import is_data_row, is_filled
from reconciliation.ingestion.fixed_width import find_places
from reconciliation.ingestion.layout import DELIMITER_NAMES, delimiter_name
from reconciliation.ingestion.limits import Unreadable
from reconciliation.ingestion.parse import record_blocks
from reconciliation.ingestion.reshaping.labelled import labels_of
from reconciliation.ingestion.reshaping.quoted_rows import inner_mark

#: Lines that are looked at.
SAMPLE_LINES = 400
#: Marks that are tried where no usual one divides a date from an amount, and rows they must divide.
_UNUSUAL, _LEAST = (":", "#", "!", "§", "¦", "*", "$", "%"), 2


@dataclass(frozen=True, slots=True)
class Dialect:
    """The delimiter found, why, and the quotation mark ("double" or "single") around cells."""

    delimiter: str
    why: str
    quoting: str = "double"


@dataclass(frozen=True, slots=True, order=True)
class _Score:
    data_rows: int
    even: float
    width: int


def detect_delimiter(path: Path, encoding: str, chosen: str = "") -> Dialect:
    """Return the delimiter under which most rows have a date and an amount in equally many
    cells.
    """
    if chosen:
        return Dialect(DELIMITER_NAMES.get(chosen, chosen), "chosen by you")
    lines = list(_head(path, encoding))
    quoting = _quoting(lines)
    scores = {mark: _score(lines, mark, quoting) for mark in DELIMITER_NAMES.values()}
    best = max(scores, key=lambda mark: scores[mark])
    score = scores[best]
    places, booked = find_places(lines)
    if places and (score.data_rows < 0.5 * booked or score.width < 2):
        why = f"{booked} of the first {len(lines)} lines have a date and an amount in fixed places"
        return Dialect(places, why)
    if score.width < 2 and (unquoted := _without_quotes(lines)):
        return unquoted
    if not score.data_rows and (found := _unusual(lines, quoting)):
        return found
    if score.width < 2:
        raise Unreadable(
            "No table was found in this text: no comma, semicolon, tab or bar divides its lines "
            "into cells. "
            "If it is a printed report, export CSV, XLSX or OFX instead."
        )
    if not score.data_rows:
        return Dialect(
            best, f"{delimiter_name(best)} divides the lines into {score.width} cells", quoting
        )
    return Dialect(
        best,
        f"{score.data_rows} of the first {len(lines)} lines have a date and an amount when "
        "divided by "
        f"{delimiter_name(best)}, {score.even:.0%} of them in {score.width} cells",
        quoting,
    )


def _without_quotes(lines: list[str]) -> Dialect | None:
    """Return the dialect of lines that one stray quotation mark makes a single cell, if they are
    a table without it.
    """
    scores = {mark: _score(lines, mark, "none") for mark in DELIMITER_NAMES.values()}
    best = max(scores, key=lambda mark: scores[mark])
    score = scores[best]
    if score.data_rows < 2 or score.even < 0.9 or score.width < 2:
        return None
    why = f"{delimiter_name(best)}; a quotation mark without its partner is read as a letter"
    return Dialect(best, why, "none")


def _unusual(lines: list[str], quoting: str) -> Dialect | None:
    """Return a mark that divides cells as few files have it, or a tab, which divides nothing, where
    each line says one thing of a booking; None for neither.
    """
    if labels := labels_of(lines):
        return Dialect("\t", f"each line says one thing, such as “{labels[0]}:”")
    if all(line.strip()[:1] + line.strip()[-1:] in ('""', "") for line in lines):
        whole = [line.strip()[1:-1].replace('""', '"') for line in lines]
        if inner := inner_mark(whole):
            return Dialect("\t", f"every row stands in quotation marks, divided by {inner}")
    scores = {mark: _score(lines, mark, quoting) for mark in _UNUSUAL}
    best = max(scores, key=lambda mark: scores[mark])
    score = scores[best]
    if score.data_rows < _LEAST or score.width < 3 or score.even < 1:
        return None
    why = f"“{best}” divides {score.data_rows} lines with a date and an amount into like cells"
    return Dialect(best, why, quoting)


def _head(path: Path, encoding: str) -> Iterator[str]:
    with path.open(encoding=encoding, errors="strict", newline="") as stream:
        yield from islice(stream, SAMPLE_LINES)


def _quoting(lines: list[str]) -> str:
    """Tell apostrophes around the cells of most lines that have cells from ordinary quotation
    marks.
    """
    divided = [line.strip() for line in lines if re.search(r"[,;|\t^]", line.strip(", ;\r\n"))]
    quoted = sum(1 for line in divided if re.match(r"'[^']*'[,;|\t^]", line) and line.endswith("'"))
    return "single" if divided and quoted >= 0.5 * len(divided) else "double"


def _score(lines: list[str], mark: str, quoting: str) -> _Score:
    try:
        rows = [row for block in record_blocks(lines, mark, quoting) for row in block.rows]
    except Unreadable:
        return _Score(0, 0.0, 0)
    found = [row for row in rows if len(row) > 1 and is_data_row(row)]
    if not found:
        widths = Counter(len(row) for row in rows if any(map(is_filled, row)))
        return _Score(0, 0.0, max(widths, default=0))
    width, count = Counter(map(len, found)).most_common(1)[0]
    return _Score(len(found), round(count / len(found), 2), width)

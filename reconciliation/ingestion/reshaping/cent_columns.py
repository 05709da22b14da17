"""Cent columns: euros in one column and cents in the next, as cash books have them, put together.

Law: only beside a column that is named an amount, under a name that means cents, and where every
filled cell is a whole number below a hundred. A short name such as P or C is asked about: it may
be a page or a class.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from reconciliation.ingestion.cells import as_text
from reconciliation.ingestion.reading import Answer, Evidence, Question
from reconciliation.ingestion.reshaping.steps import (
    Found,
    Stream,
    cell_at,
    numbers_of,
    whole_number,
    with_cells,
)
from reconciliation.ingestion.words import CURRENCY_CODES, roles_of_header

_CENTS = re.compile(
    r"\W*(?:in )?(cents?|cts?|c|¢|pf|pfennig|pence|p|rp|rappen|centimes?|cént?(?:imos)?|centavos?|"
    r"centesimi|cêntimos|cmos?|øre|öre|gr|grosze|hal|haléře|коп|копейки|копійки|bani|kuruş|krş|kr|"
    r"fillér|stotinki|ст|senti|lipa|λεπτά|paise|ps|sen|分)\W*",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\W*(euros?|€|\$|£|dollars?|pounds?|francs?|fr|sfr|kronen?|kronor|kroner|kč|zł|"
    r"złote|руб|рубли|грн|lei|ron|tl|lira|rupees?|rs|dm|mark|peso?s?|元)\W*",
    re.I,
)
#: Names that mean other things as well; a sign of money beside them, or both sides named so, tells.
_SHORT = re.compile(r"\W*(c|p|rp|pf|gr|hal|kr|krş|ps|sen|ст)\W*", re.IGNORECASE)
_UNIT = re.compile(r"[€$£₺₹元]")
_HEAD, _LEAST = 60, 2
_MONEY = ("amount", "debit", "credit", "balance")
_INTEGER = re.compile(r"\(?[-+−]?\s?\d{1,3}(?:[., '’\u00a0]?\d{3})*\)?[-+]?|[-–]?")


def find(rows: Sequence[Sequence[Any]], options: Mapping[str, str]) -> Found | None:
    """Return the step where cents stand in a column of their own beside their amounts."""
    if options.get("cents") == "apart":
        return None
    for i, row in enumerate(rows[:_HEAD]):
        pairs = [c for c in range(len(row) - 1) if _is_named(rows, i, c)]
        counts = {c: _cents_below(rows[i + 1 :], c) for c in pairs}
        pairs = [c for c in pairs if counts[c]]
        if sum(counts.values()) >= _LEAST and all(b - a > 1 for a, b in pairwise(pairs)):
            names = f"“{as_text(row[pairs[0]])}” and “{as_text(row[pairs[0] + 1])}”"
            evidence = Evidence("amounts", "put together from two columns", f"{names} stand apart")
            is_known = "cents" in options or len(pairs) > 1 or _is_sure(row, pairs[0])
            questions = () if is_known else (_ask(rows[i:], pairs[0]),)
            return Found(f"cents {'-'.join(map(str, pairs))}", evidence, questions)
    return None


def _is_sure(row: Sequence[Any], column: int) -> bool:
    """Tell names that can only mean an amount and its cents."""
    name, beside = (as_text(cell_at(row, c)).strip() for c in (column, column + 1))
    is_unit = bool(_WHOLE.fullmatch(name) or _UNIT.search(name)) or name.upper() in CURRENCY_CODES
    return is_unit or not _SHORT.fullmatch(beside)


def _ask(rows: Sequence[Sequence[Any]], column: int) -> Question:
    """Return the question whether a column under a short name holds cents; ``rows`` begin with the
    header.
    """
    name, beside = (as_text(cell_at(rows[0], c)).strip() for c in (column, column + 1))
    split = next(row for row in rows[1:] if _is_split(row, column))
    whole, part = (as_text(cell_at(split, c)).strip() for c in (column, column + 1))
    answers = (
        Answer("cents=joined", "Yes, its cents", (f"{whole} | {part} = {_joined(whole, part)}",)),
        Answer("cents=apart", "No, something else", (f"{whole} | {part} = {whole}",)),
    )
    return Question("cents", f"Does “{beside}” hold the cents of “{name}”?", answers)


def _is_named(rows: Sequence[Sequence[Any]], i: int, column: int) -> bool:
    """Tell a header's names of an amount and, beside it, of its cents."""
    name, beside = (as_text(cell_at(rows[i], c)).strip() for c in (column, column + 1))
    if not _CENTS.fullmatch(beside):
        return False
    above = [as_text(cell_at(row, column)) for row in rows[max(i - 1, 0) : i]]
    roles = [roles_of_header(text) for text in (name, *above)]
    is_money = any(role in found for found in roles for role in _MONEY)
    return is_money or bool(_WHOLE.fullmatch(name)) or name.upper() in CURRENCY_CODES


def _cents_below(rows: Sequence[Sequence[Any]], column: int) -> int:
    """Return how many whole amounts have their cents beside them, 0 where one row in ten has
    something else there.
    """
    good, wrong, moves = 0, 0, False
    for row in rows:
        part = as_text(cell_at(row, column + 1)).strip()
        if part and not _names(part):
            good, wrong = good + _is_split(row, column), wrong + (not _is_split(row, column))
            moves = moves or part.strip("0") != ""
    return good if moves and 10 * wrong <= good else 0


def _names(text: str) -> bool:
    """Tell a text without any figure, as a header printed again has."""
    return not any(map(str.isdigit, text))


def _is_split(row: Sequence[Any], column: int) -> bool:
    whole, part = (as_text(cell_at(row, c)).strip() for c in (column, column + 1))
    cents = whole_number(part)
    return cents is not None and len(part) <= 2 and _INTEGER.fullmatch(whole) is not None


def with_cents(rows: Stream, arguments: str) -> Stream:
    """Yield the records with the cents behind their amounts, with a decimal point; what is no
    number of cents stays beside its amount, so that it is reported.
    """
    columns = numbers_of(arguments)
    for row, line in rows:
        for column in columns:
            whole, part = (as_text(cell_at(row, c)).strip() for c in (column, column + 1))
            if _is_split(row, column):
                row = with_cells(row, {column: _joined(whole, part), column + 1: ""})
            elif _INTEGER.fullmatch(whole) and any(map(str.isdigit, whole)):
                amount = f"{whole} | {part}" if part else _joined(whole, "0")
                row = with_cells(row, {column: amount, column + 1: ""})
        yield row, line


def _joined(whole: str, part: str) -> str:
    """Return “1.234” and “5” as “1234.05”, a minus or brackets around both."""
    digits = re.sub(r"\D", "", whole) or "0"
    minus = "-" if re.search(r"[-−–(]", whole) else ""
    return f"{minus}{digits}.{int(part):02d}"

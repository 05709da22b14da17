"""Fixed width: printed reports, whose cells stand at the same places of every line.

A place where no booking of the sample has a letter divides two cells; a later line that has one
there gets a cell too many, so that it is reported and never cut in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from reconciliation.ingestion.cells import is_date, is_number

#: What a delimiter that is a list of places begins with: “@12-40-55”.
MARK = "@"
CROSSED = "the text runs over the border of its column"

_DATE = re.compile(
    r"(?<![\w/.-])(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}[- ]?[A-Za-z]{3}[- ]?\d{2,4}|20\d{6})"
    r"(?![\w/])"
)
_AMOUNT = re.compile(
    r"(?<![\w.,])[-+(]?[$€£]?\d[\d.,']*[.,]\d{2}\)?(?: ?(?:CR|DR|Cr|Dr|[CDSH-]))?(?![\w.,])"
)
_LEAST = 3


def find_places(lines: Sequence[str]) -> tuple[str, int]:
    """Return the places that divide the cells as a delimiter, and the bookings that speak for
    them; ("", 0) where the lines are no such report.
    """
    flat = [line.rstrip("\r\n").expandtabs(8) for line in lines]
    booked = [line for line in flat if _is_booking(line)]
    if len(booked) < _LEAST:
        return "", 0
    cells = _merged(_cells(booked), booked)
    if len(cells) < 3 or not any(map(is_date, _texts(cells[:2], booked))):
        return "", 0
    first = next(i for i, line in enumerate(flat) if _is_booking(line))
    words = _header_words(flat[max(first - 4, 0) : first])
    places = [_border(left[1], right[0], words) for left, right in pairwise(cells)]
    return MARK + "-".join(map(str, sorted({p for found in places for p in found}))), len(booked)


def split_lines(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """Return each line as its cells."""
    places = [int(place) for place in re.findall(r"\d+", delimiter)][:200]
    borders = [0, *places, 100_000]
    for line in lines:
        text = line.rstrip("\r\n").expandtabs(8)
        cells = [text[a:b].strip() for a, b in pairwise(borders)]
        if _is_booking(text) and any(text[p - 1 : p + 1].strip(" ")[1:] for p in places):
            cells.append(CROSSED)
        yield cells


def _is_booking(line: str) -> bool:
    return _DATE.search(line) is not None and _AMOUNT.search(line) is not None


def _cells(booked: Sequence[str]) -> list[tuple[int, int]]:
    """Return where the cells begin and end: whatever lies between places that are always blank."""
    width = max(map(len, booked))
    used = bytearray(width + 1)
    for line in booked:
        whole = _AMOUNT.sub(_solid, _DATE.sub(_solid, line))
        for found in re.finditer(r"\S+", whole):
            used[found.start() : found.end()] = b"\1" * (found.end() - found.start())
    return [found.span() for found in re.finditer(b"\1+", bytes(used))]


def _solid(found: re.Match[str]) -> str:
    return "x" * len(found[0])


def _merged(cells: list[tuple[int, int]], booked: Sequence[str]) -> list[tuple[int, int]]:
    """Join neighbours one blank apart that hold words: the words of one text."""
    merged: list[tuple[int, int]] = []
    for cell in cells:
        apart = cell[0] - merged[-1][1] if merged else 9
        if apart < 2 and _is_wordy(merged[-1], booked) and _is_wordy(cell, booked):
            merged[-1] = (merged[-1][0], cell[1])
        else:
            merged.append(cell)
    return merged


def _is_wordy(cell: tuple[int, int], booked: Sequence[str]) -> bool:
    texts = _texts([cell], booked)
    return 2 * sum(is_date(text) or is_number(text) for text in texts) < len(texts)


def _texts(cells: Sequence[tuple[int, int]], booked: Sequence[str]) -> list[str]:
    found = [line[a:b].strip() for line in booked for a, b in cells]
    return [text for text in found if text]


def _header_words(above: Sequence[str]) -> list[tuple[int, int]]:
    """Return the places of the words of the header: the line of most words above the bookings."""
    lines = [[f.span() for f in re.finditer(r"[^\W_]\S*(?: \S+)*", line)] for line in above]
    return max(lines, key=len, default=[])


def _border(end: int, start: int, words: Sequence[tuple[int, int]]) -> list[int]:
    """Return where to divide between a cell's end and the next one's start: not through a word of
    the header, and before and behind a word that stands there alone.
    """
    alone = [word for word in words if end <= word[0] and word[1] <= start]
    if alone:
        edges = [end, *(edge for word in alone for edge in word), start]
        gaps = [edges[i : i + 2] for i in range(0, len(edges), 2)]
        return [a + (b - a + 1) // 2 for a, b in gaps]
    free = [p for p in range(end, start + 1) if not any(a < p < b for a, b in words)]
    return [free[len(free) // 2] if free else end]

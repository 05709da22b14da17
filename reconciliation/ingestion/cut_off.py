"""Cut off: files that end in the middle of their last amount, as an interrupted download does.

Law: the sign is a last line without its end whose amount has fewer decimals than every other.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion import rows, taken_out
from reconciliation.ingestion.cells import as_text
from reconciliation.ingestion.headers import column_name
from reconciliation.ingestion.layout import Layout

CUT_OFF = "the file ends here without a line end, and all other amounts have more decimals"
#: Bytes at the end of a file that are looked at, and amounts that must say how many decimals.
_TAIL, _LEAST = 8_192, 3


def open_end(path: Path, layout: Layout) -> list[str]:
    """Return the cells of a text file's last line where it has no line end, [] for other files."""
    if layout.format != "text" or len(layout.delimiter) != 1 or layout.reshaped or layout.joined:
        return []
    with path.open("rb") as stream:
        stream.seek(max(path.stat().st_size - _TAIL, 0))
        text = stream.read().decode(layout.encoding, "ignore")
    if not text or text[-1] in "\r\n":
        return []
    line = text.replace("\r", "\n").rpartition("\n")[2]
    return next(csv.reader([line], delimiter=layout.delimiter), [])


def set_aside_cut_row(
    good: NDArray[np.bool_],
    columns: Sequence[Sequence[Any]],
    look: rows.Look,
    notes: rows.Notes,
    end: Sequence[str],
) -> None:
    """Make the file's last record a row error where its amount was cut off; ``end`` are the cells
    of a last line without a line end.
    """
    last = len(good) - 1
    column = len(end) - 1
    if column not in look.layout.amount_columns or not good[last]:
        return
    if list(look.records[last]) != list(end):
        return
    mark = "." if look.layout.decimal == "point" else ","
    others = [as_text(columns[column][i]) for i in np.flatnonzero(good[:-1])[-200:].tolist()]
    places = {_places(text, mark) for text in others if text.strip()}
    if len(others) >= _LEAST and places and min(places) > _places(end[column], mark):
        name = column_name(look.header, column)
        taken_out.refuse(good, look, notes, last, CUT_OFF, end[column], name)


def _places(text: str, mark: str) -> int:
    """Return how many digits stand behind the decimal mark."""
    return sum(letter.isdigit() for letter in text.partition(mark)[2])

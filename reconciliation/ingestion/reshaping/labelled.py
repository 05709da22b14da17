"""Labelled: bookings written one below the other, a line for each thing said: “Date: 3 March”.

Law: only where the same labels come again and again, a date and an amount among them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from reconciliation.ingestion.cells import as_text, is_date, is_number
from reconciliation.ingestion.reading import Evidence
from reconciliation.ingestion.reshaping.steps import Found, Stream, cell_at, width_of
from reconciliation.ingestion.words import roles_of_header

_LINE = re.compile(r"\s*([^\W\d][^:|\t]{0,30}?)\s*:[\s\u00a0]*(.*\S)?\s*")
_LEAST = 2
_AMOUNTS = {"amount", "debit", "credit"}


def labels_of(lines: Sequence[str]) -> list[str]:
    """Return the labels of a list of labelled bookings, the first of each first; [] for none."""
    found = [m for line in lines if (m := _LINE.fullmatch(line.rstrip("\r\n")))]
    counts = Counter(m[1] for m in found)
    most = max(counts.values(), default=0)
    labels = [label for label, count in counts.items() if count >= max(_LEAST, 0.5 * most)]
    texts = {label: [m[2] or "" for m in found if m[1] == label] for label in labels}
    dated = [la for la in labels if "date" in roles_of_header(la) and _all(is_date, texts[la])]
    paid = [
        la for la in labels if _AMOUNTS & roles_of_header(la).keys() and _all(is_number, texts[la])
    ]
    filled = [line for line in lines if line.strip()]
    covered = sum(counts[label] for label in labels)
    return labels if dated and paid and covered >= 0.6 * len(filled) else []


def _all(test: Any, texts: Sequence[str]) -> bool:
    filled = [text for text in texts if text]
    return len(filled) >= _LEAST and all(map(test, filled))


def find(rows: Sequence[Sequence[Any]], options: Mapping[str, str]) -> Found | None:
    """Return the step where every record is one cell that says what it is."""
    del options
    if width_of(rows[:200]) != 1:
        return None
    labels = labels_of([as_text(cell_at(row, 0)) for row in rows])
    if not labels:
        return None
    why = f"“{labels[0]}:” and the other names come again for each booking"
    evidence = Evidence("table", "one booking from several lines", why)
    return Found("labels " + "|".join(labels), evidence)


def with_columns(rows: Stream, arguments: str) -> Stream:
    """Yield the labels as a header and each booking as one record; a line without a label goes on
    with what the line above it says.
    """
    labels = arguments.split("|")
    yield list(labels), 1
    booking: dict[str, str] = {}
    start, last = 1, ""
    for row, line in rows:
        text = as_text(cell_at(row, 0)).strip()
        found = _LINE.fullmatch(text)
        if found and found[1] in labels:
            if found[1] in booking:
                yield [booking.get(label, "") for label in labels], start
                booking = {}
            start = start if booking else line
            last = found[1]
            booking[last] = found[2] or ""
        elif not text:
            last = ""
        elif booking and last:
            booking[last] = f"{booking[last]} {text}"
        else:
            yield [text], line
    if booking:
        yield [booking.get(label, "") for label in labels], start

"""Order above: dates that the rows above the table write as its own rows do prove their order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reconciliation.ingestion.dates import DateVotes, vote

_MARK = re.compile(r"\d([./-])\d")


def votes_above(cells: Sequence[str], texts: Sequence[str]) -> DateVotes:
    """Return the votes of the dates in free text that are divided by the same mark as the cells."""
    mark = _MARK.search(cells[0]) if cells else None
    if mark is None:
        return DateVotes()
    dot = re.escape(mark[1])
    written = rf"(?<![\d{dot}])\d{{1,2}}{dot}\d{{1,2}}{dot}(?:\d{{4}}|\d\d)(?![\d{dot}])"
    return vote([found for text in texts for found in re.findall(written, text)])

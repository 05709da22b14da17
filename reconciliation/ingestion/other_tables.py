"""Other tables: rows below a second header that says other things than the first, as a summary by
month below the bookings.

Law: they are left out and asked about, for a statement may list its cheques so; where the second
header names the dates and amounts as the first does, the table goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion import rows, taken_out
from reconciliation.ingestion.cells import as_text, is_date, is_filled, is_number
from reconciliation.ingestion.headers import is_repeated_header
from reconciliation.ingestion.words import clean_header, roles_of_header

OTHER_TABLE = "below another header than the table's"


def set_aside_other_tables(
    good: NDArray[np.bool_], look: rows.Look, notes: rows.Notes, inside: bool = False
) -> bool:
    """Take the rows below other headers out of ``good``; return whether the block ends below one.

    ``inside``: the block before ended so.
    """
    if look.layout.totals == "keep" or look.layout.header_row < 0:
        return False
    if inside:
        inside = _leave_out(0, good, look, notes)
    for i in np.flatnonzero(~good).tolist():
        if i not in look.settled and _is_other_header(i, look):
            inside = _leave_out(i, good, look, notes)
    return inside


def _leave_out(start: int, good: NDArray[np.bool_], look: rows.Look, notes: rows.Notes) -> bool:
    """Skip the rows from one on, up to the table's own header; return whether there is none."""
    for i in range(start, len(good)):
        if is_repeated_header(look.records[i], look.header):
            return False
        if good[i]:
            taken_out.skip(good, look, notes, i, OTHER_TABLE)
    return True


def _is_other_header(i: int, look: rows.Look) -> bool:
    """Tell a record of words alone, two of them known names of columns, below a gap or a title."""
    record = look.records[i]
    texts = [as_text(cell).strip() for cell in record if is_filled(cell)]
    if len(texts) < 3 or i == 0 or sum(map(is_filled, look.records[i - 1])) > 1:
        return False
    if any(is_date(cell) or is_number(cell) for cell in record if is_filled(cell)):
        return False
    if sum(max(roles_of_header(text).values(), default=0) >= 2 for text in texts) < 2:
        return False
    return not _goes_on(record, look)


def _goes_on(record: Sequence[Any], look: rows.Look) -> bool:
    """Tell a header that names the dates and the amounts as the table's own does."""
    places = (look.layout.date, *look.layout.amount_columns)
    return all(
        place is not None
        and place < len(record)
        and clean_header(as_text(record[place])) == clean_header(look.header[place])
        for place in places
    )

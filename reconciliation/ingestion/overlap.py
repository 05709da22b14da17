"""Overlap: which lines of a file repeat lines that are in the books already, counted by occurrence.

Law: N equal rows in one file are N transactions. Of a file that overlaps an earlier one, only the
surplus is new: the third equal row repeats nothing where the books hold two.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reconciliation.columns import LineColumns

#: What makes two lines equal: day number, amount in minor units, reference, description.
Key = tuple[int, int, str, str]
KEY = ["booked_on", "amount_minor", "reference", "description"]


class Repeats:
    """Counts down the lines the books hold already while new lines pass by."""

    def __init__(self, known: Iterable[Key]) -> None:
        """Start from the keys of the lines in the books."""
        self._left = _counted(pd.DataFrame(list(known), columns=KEY, dtype=object))

    @property
    def is_empty(self) -> bool:
        """Say whether no line in the books is left to be repeated."""
        return bool(self._left.empty)

    def mark(self, lines: LineColumns) -> NDArray[np.bool_]:
        """Return which of the lines repeat one in the books; each line in the books is used up
        once.
        """
        if self.is_empty or not len(lines):
            return np.zeros(len(lines), dtype=bool)
        passing = pd.DataFrame({name: getattr(lines, name).astype(object) for name in KEY})
        occurrence = passing.groupby(KEY, sort=False).cumcount()
        in_books = passing.merge(self._left, on=KEY, how="left")["lines"].fillna(0)
        again = (occurrence < in_books).to_numpy(dtype=bool)
        used = _counted(passing[again]).rename(columns={"lines": "used"})
        left = self._left.merge(used, on=KEY, how="left")
        left["lines"] -= left.pop("used").fillna(0).astype(np.int64)
        self._left = left[left["lines"] > 0]
        return again


def _counted(lines: pd.DataFrame) -> pd.DataFrame:
    """Return each distinct key once, with how many lines have it."""
    return lines.groupby(KEY, sort=False).size().reset_index(name="lines")

"""Overlap: which lines of a file repeat lines that are in the books already, counted by occurrence.

Law: N equal rows in one file are N transactions. Of a file that overlaps an earlier one, only the
surplus is new: the third equal row repeats nothing where the books hold two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from reconciliation.columns import LineColumns

#: What makes two lines equal: day number, amount in minor units, reference, description.
Key = tuple[int, int, str, str]


class Repeats:
    """Counts down the lines the books hold already while new lines pass by."""

    def __init__(self, known: Iterable[Key]) -> None:
        """Start from the keys of the lines in the books."""
        self._left = Counter(known)

    def mark(self, lines: LineColumns) -> NDArray[np.bool_]:
        """Return which of the lines repeat one in the books; each line in the books is used up
        once.
        """
        if not self._left:
            return np.zeros(len(lines), dtype=bool)
        keys = zip(
            lines.booked_on.tolist(),
            lines.amount_minor.tolist(),
            lines.reference.tolist(),
            lines.description.tolist(),
            strict=True,
        )
        return np.fromiter((self._use(key) for key in keys), dtype=bool, count=len(lines))

    def _use(self, key: Key) -> bool:
        left = self._left.get(key, 0)
        if left:
            self._left[key] = left - 1
        return left > 0

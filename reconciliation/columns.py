"""LineColumns: the typed column bundle in which lines travel between the stages.

Law: rows cross a stage border only like this, never as a DataFrame and never as a list of objects.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from reconciliation.vocabulary import Side

EPOCH_ORDINAL = dt.date(1970, 1, 1).toordinal()

#: The day number that stands for "no date" in ``valued_on``.
NO_DAY = np.int32(-(2**31))

TEXT_COLUMNS = ("reference", "description", "counterparty", "kind")


def day_number(date: dt.date) -> int:
    """Return the days from 1970-01-01 to ``date``; negative before it."""
    return date.toordinal() - EPOCH_ORDINAL


def date_of(day: int) -> dt.date:
    """Return the date of a day number."""
    return dt.date.fromordinal(int(day) + EPOCH_ORDINAL)


@dataclass(frozen=True, slots=True)
class LineColumns:
    """n lines of one side as equally long arrays; row i of every array is one line.

    ``id`` int64, the line's database id (any unique numbers before it is stored) · ``row_number``
    int32, 1-based record number below the header · ``booked_on`` int32 day number · ``valued_on``
    int32 day number or NO_DAY · ``amount_minor`` int64 minor units, positive = money into the
    account, on both sides · ``reference``, ``description``, ``counterparty``, ``kind`` object
    arrays of str, "" = absent (``kind`` is the bank's transaction type or the ledger's journal).
    """

    side: Side
    id: NDArray[np.int64]
    row_number: NDArray[np.int32]
    booked_on: NDArray[np.int32]
    valued_on: NDArray[np.int32]
    amount_minor: NDArray[np.int64]
    reference: NDArray[np.object_]
    description: NDArray[np.object_]
    counterparty: NDArray[np.object_]
    kind: NDArray[np.object_]

    def __post_init__(self) -> None:
        """Refuse arrays of unequal length or of the wrong type."""
        for name, dtype in _DTYPES.items():
            array = getattr(self, name)
            if array.dtype != dtype or array.shape != self.id.shape or array.ndim != 1:
                raise ValueError(
                    f"{name}: {array.dtype}{array.shape}, expected {dtype}{self.id.shape}"
                )

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.id)

    def take(self, index: NDArray[np.integer] | NDArray[np.bool_]) -> LineColumns:
        """Return the lines at ``index`` (positions or a mask), in that order."""
        return LineColumns(self.side, **{name: getattr(self, name)[index] for name in _DTYPES})

    def without(self, ids: Sequence[int]) -> LineColumns:
        """Return the lines but those with these ids."""
        return self.take(~np.isin(self.id, np.asarray(ids, np.int64))) if len(ids) else self

    @classmethod
    def empty(cls, side: Side) -> LineColumns:
        """Return a bundle of no lines."""
        return cls(side, **{name: np.empty(0, dtype) for name, dtype in _DTYPES.items()})

    @classmethod
    def concat(cls, side: Side, bundles: Sequence[LineColumns]) -> LineColumns:
        """Return the lines of all ``bundles``, one after the other."""
        if not bundles:
            return cls.empty(side)
        return cls(
            side,
            **{name: np.concatenate([getattr(b, name) for b in bundles]) for name in _DTYPES},
        )


_DTYPES: dict[str, np.dtype] = {
    "id": np.dtype(np.int64),
    "row_number": np.dtype(np.int32),
    "booked_on": np.dtype(np.int32),
    "valued_on": np.dtype(np.int32),
    "amount_minor": np.dtype(np.int64),
    **{name: np.dtype(object) for name in TEXT_COLUMNS},
}
assert {field.name for field in fields(LineColumns)} == {"side", *_DTYPES}

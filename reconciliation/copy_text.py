"""Columns as the rows of a text COPY: whole arrays at a time.

Law: pyarrow writes the text, so nothing loops over rows; the web process does not import this.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

#: What an absent value is in a text COPY.
NULL = pa.scalar("\\N")
_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))


def copy_rows(*columns: Any) -> bytes:
    """Return the columns as rows: arrays of texts (the last of them too), or one text for all."""
    *first, last = columns
    ended = pc.binary_join_element_wise(last, "", "\n")
    lines = pc.binary_join_element_wise(*first, ended, "\t")
    return bytes(lines.buffers()[2].to_pybytes())


def number_texts(numbers: NDArray[np.integer] | NDArray[np.float64]) -> pa.Array:
    """Return numbers as the shortest texts that say exactly them."""
    return pa.array(numbers).cast(pa.string())


def plain_texts(texts: NDArray[np.object_] | list[str]) -> pa.Array:
    """Return texts with backslash, tab and line ends escaped."""
    column = pa.array(texts, pa.string())
    for mark, escape in _ESCAPES:
        column = pc.replace_substring(column, mark, escape)
    return column

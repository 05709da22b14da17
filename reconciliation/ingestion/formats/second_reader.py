"""The second reader: openpyxl, for workbooks whose cells calamine does not know.

Excel keeps adding error values (#SPILL!, #CALC!, #FIELD!); calamine refuses a whole sheet for one
of them. openpyxl is many times slower, reads them as text, and so is asked only then.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, is_zipfile

from reconciliation.ingestion.limits import Unreadable


def can_read(path: Path) -> bool:
    """Say whether the file is of the kind the second reader reads: XLSX, not XLS or ODS."""
    return is_zipfile(path)


def second_rows(path: Path, name: str) -> Iterator[list[Any]]:
    """Return the rows of one sheet from row 1 on, with the cell types calamine gives.

    Raises Unreadable where openpyxl cannot read the sheet either.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
        for row in workbook[name].iter_rows(values_only=True):
            yield [_cell(value) for value in row]
    except (InvalidFileException, BadZipFile, KeyError, ValueError, TypeError, OSError) as error:
        raise Unreadable(f"Sheet “{name}” is damaged and cannot be read ({error}).") from error


def _cell(value: Any) -> Any:
    """Return the value as calamine would: "" for an empty cell, numbers as doubles."""
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value

"""JSON: lists of records, as programs' interfaces answer, read as rows below their keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reconciliation.ingestion.cells import is_data_row
from reconciliation.ingestion.limits import MAX_COLUMNS, Unreadable

NO_TABLE = "This is a JSON file, not a table; export CSV or XLSX."
_MOST_BYTES = 60 * 1024 * 1024
_LEAST, _DEEP = 2, 6


def json_rows(path: Path) -> list[list[Any]]:
    """Return the longest list of records as rows below their keys."""
    if path.stat().st_size > _MOST_BYTES:
        raise Unreadable("The JSON file is larger than 60 MB; export CSV or XLSX instead.")
    try:
        whole = json.loads(
            path.read_text(encoding="utf-8-sig"), parse_float=str, parse_int=str, parse_constant=str
        )
    except (ValueError, RecursionError) as problem:
        raise Unreadable(f"The JSON file is damaged and cannot be read ({problem}).") from problem
    found = [dict(_leaves(record, "")) for record in max(_lists(whole, 0), key=len, default=[])]
    names = list(dict.fromkeys(name for record in found for name in record))
    rows = [names, *([record.get(name, "") for name in names] for record in found)]
    if len(names) > MAX_COLUMNS or sum(map(is_data_row, rows)) < _LEAST:
        raise Unreadable(NO_TABLE)
    return rows


def _lists(value: Any, depth: int) -> Iterator[list[dict[str, Any]]]:
    """Yield the lists of records, whatever they lie in."""
    if isinstance(value, list):
        yield [record for record in value if isinstance(record, dict)]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner if depth < _DEEP else ():
        yield from _lists(one, depth + 1)


def _leaves(record: dict[str, Any], path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield keys and texts, those of records inside behind the key they stand under."""
    for key, value in record.items():
        if isinstance(value, dict) and depth < _DEEP:
            yield from _leaves(value, f"{path}{key} ", depth + 1)
        elif isinstance(value, list):
            yield f"{path}{key}", " ".join(str(v) for v in value if isinstance(v, str))
        else:
            yield f"{path}{key}", "" if value is None else str(value)

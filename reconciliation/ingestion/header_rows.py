"""Header rows: headers written in two rows, a group above its columns — “Transaction” over “Debit”
and “Credit” — or one name broken over both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciliation.ingestion.cells import as_text, is_date, is_filled, is_number
from reconciliation.ingestion.words import TOTAL_WORDS, roles_of_header


def joined_header(rows: Sequence[Sequence[Any]], header_row: int, width: int) -> list[str]:
    """Return the names of the columns, those of a second header row below put in, and blank ones
    from a row above.
    """
    names = _names(rows[header_row], width)
    if header_row + 1 < len(rows) and _is_second_row(rows[header_row], rows[header_row + 1]):
        below = _names(rows[header_row + 1], width)
        above = _spread(names, below)
        return [
            _grouped(a, b) if a and b and below.count(b) > 1 else _one_name(a if n else "", b)
            for n, a, b in zip(names, above, below, strict=True)
        ]
    if header_row and _is_words(rows[header_row - 1]):
        above = _names(rows[header_row - 1], width)
        return [_below(group, name) for group, name in zip(above, names, strict=True)]
    return names


def _below(group: str, name: str) -> str:
    """Return the name of a column that has another text above it: a broken beginning or, where it
    has none of its own, a known name.
    """
    if name:
        return _one_name(group, name) if group.endswith("-") else name
    return group if roles_of_header(group) else ""


def _names(row: Sequence[Any], width: int) -> list[str]:
    names = [as_text(cell).strip() for cell in row]
    return (names + [""] * width)[:width]


def _is_words(row: Sequence[Any]) -> bool:
    """Tell a record of two words or more, and nothing else."""
    filled = [cell for cell in row if is_filled(cell)]
    return len(filled) >= 2 and not any(is_date(c) or is_number(c) for c in filled)


def _is_second_row(upper: Sequence[Any], lower: Sequence[Any]) -> bool:
    """Tell a record of known column names that says other things than the header above it."""
    if not _is_words(lower) or list(upper) == list(lower):
        return False
    texts = [as_text(cell).strip() for cell in lower if is_filled(cell)]
    if any(TOTAL_WORDS.search(text) for text in texts):
        return False
    above, below = _names(upper, len(lower)), _names(lower, len(lower))
    parted = [_one_name(a, b) for a, b in zip(above, below, strict=True) if b]
    return all(map(roles_of_header, parted))


def _spread(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Return the upper names, each also over the blanks to its right that a lower name fills."""
    spread: list[str] = []
    for name, below in zip(upper, lower, strict=True):
        group = spread[-1] if spread else ""
        spread.append(name or (group if below else ""))
    return spread


def _grouped(group: str, name: str) -> str:
    """Return a name that several groups have, with its group; what names an account goes first."""
    if "account_column" in roles_of_header(name):
        return f"{name} {group}"
    return f"{group} {name}"


def _one_name(upper: str, lower: str) -> str:
    """Return the name of a column that has one in either row: the words joined where that says
    something, else the lower one.
    """
    if not (upper and lower):
        return upper or lower
    broken = upper.endswith("-") and lower[:1].islower()
    joined = f"{upper[:-1]}{lower}" if broken else f"{upper} {lower}"
    if max(roles_of_header(lower).values(), default=0) >= 3 and not broken:
        return lower
    return joined

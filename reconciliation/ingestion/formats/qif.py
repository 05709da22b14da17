"""QIF: what Quicken and many banks export, one letter before each line, “^” behind each booking."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reconciliation.ingestion.encodings import detect_encoding
from reconciliation.ingestion.limits import Unreadable

HEADER = ["Date", "Amount", "Payee", "Memo", "Number", "Category", "Status", "Account"]
_PLACES = {"D": 0, "T": 1, "U": 1, "P": 2, "M": 3, "N": 4, "L": 5}
_STATUS = {"*": "cleared", "c": "cleared", "x": "reconciled", "r": "reconciled"}
_BOOKED = ("bank", "ccard", "cash", "oth a", "oth l")


def qif_rows(path: Path) -> list[list[Any]]:
    """Return the bookings below a header; raises Unreadable where a list holds securities."""
    encoding = detect_encoding(path)
    lines = path.read_text(encoding=encoding.name).splitlines()
    return [list(HEADER), *_bookings(lines)]


def _bookings(lines: list[str]) -> Iterator[list[Any]]:
    section, account = "bank", ""
    row: dict[int, str] = {}
    for number, line in enumerate(lines, 1):
        mark, text = line[:1].upper(), line[1:].strip()
        if mark == "!":
            section = text.casefold().removeprefix("type:").strip()
        elif section == "account":
            account = text if mark == "N" else account
        elif section.startswith("invst"):
            raise Unreadable("The QIF file lists securities, not the bookings of an account.")
        elif not section.startswith(_BOOKED):
            continue
        elif mark == "^":
            if row:
                yield [*(row.get(place, "") for place in range(len(HEADER) - 1)), account]
            row = {}
        else:
            _take(row, mark, text)
        if len(row) and number == len(lines):
            yield [*(row.get(place, "") for place in range(len(HEADER) - 1)), account]


def _take(row: dict[int, str], mark: str, text: str) -> None:
    """Put one line of a booking into its place; parts of a split booking only inform."""
    if mark == "C":
        row[6] = _STATUS.get(text.casefold(), text)
    elif mark in ("E", "A"):
        row[3] = " ".join(filter(None, (row.get(3, ""), text)))
    elif mark == "D":
        row[0] = _date(text)
    elif mark in _PLACES and not (mark == "U" and row.get(1)):
        row[_PLACES[mark]] = text


def _date(text: str) -> str:
    """Return “12/31' 5” and “1/ 5/25” as ordinary dates: an apostrophe means this century."""
    plain = re.sub(r"(?<=\D)\s+(?=\d)", "", text.strip())
    if found := re.fullmatch(r"(\d{1,2})([/.-])(\d{1,2})'(\d{1,4})", plain):
        year = found[4] if len(found[4]) == 4 else str(2000 + int(found[4]))
        return f"{found[1]}{found[2]}{found[3]}{found[2]}{year}"
    return plain

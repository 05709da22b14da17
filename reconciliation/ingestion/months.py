"""Months: their names in the languages dates are written in; the words stand in months.txt.

Law: a word that names two different months in two languages is left out.
"""

from __future__ import annotations

from pathlib import Path

_LISTS = Path(__file__).with_name("months.txt")


def _read_lists() -> dict[str, int]:
    """Return month word → number."""
    table: dict[str, int] = {}
    for line in _LISTS.read_text(encoding="utf-8").splitlines():
        number, colon, words = line.partition(":")
        if colon and number.isdecimal():
            table.update(dict.fromkeys(words.casefold().split(), int(number)))
    return table


MONTHS = _read_lists()

#: Months whose names are no plain letters, each with the word that stands for it.
UNSPELLED = {
    "ม.ค.": "jan", "ก.พ.": "feb", "มี.ค.": "mar", "เม.ย.": "apr", "พ.ค.": "may", "มิ.ย.": "jun",
    "ก.ค.": "jul", "ส.ค.": "aug", "ก.ย.": "sep", "ต.ค.": "oct", "พ.ย.": "nov", "ธ.ค.": "dec",
    "มกราคม": "jan", "กุมภาพันธ์": "feb", "มีนาคม": "mar", "เมษายน": "apr", "พฤษภาคม": "may",
    "มิถุนายน": "jun", "กรกฎาคม": "jul", "สิงหาคม": "aug", "กันยายน": "sep", "ตุลาคม": "oct",
    "พฤศจิกายน": "nov", "ธันวาคม": "dec",
}  # fmt: skip

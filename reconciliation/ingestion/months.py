"""Months: their names in the languages dates are written in; the words stand in months.txt.

Law: a word that names two different months in two languages is left out.
"""

from __future__ import annotations

from pathlib import Path

from reconciliation.ingestion.letters import bare

_LISTS = Path(__file__).with_name("months.txt")
ENGLISH = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def _read_lists() -> tuple[dict[str, int], dict[str, str]]:
    """Return month word → number, and the names that are no plain letters → English word."""
    table: dict[str, int] = {}
    unspelled: dict[str, str] = {}
    for line in _LISTS.read_text(encoding="utf-8").splitlines():
        number, colon, words = line.partition(":")
        if colon and number.isdecimal():
            table.update(dict.fromkeys(words.casefold().split(), int(number)))
        elif colon and number.endswith("*"):
            english = ENGLISH[int(number[:-1]) - 1]
            unspelled.update(dict.fromkeys((w.strip() for w in words.split("|")), english))
    return table, unspelled


def _without_accents(table: dict[str, int]) -> dict[str, int]:
    """Return the words without their accents, those left out that then name two months."""
    found: dict[str, int] = {}
    for word, number in table.items():
        found[bare(word)] = number if found.get(bare(word), number) == number else 0
    return {word: number for word, number in found.items() if number}


MONTHS, _UNSPELLED = _read_lists()
_BARE = _without_accents(MONTHS)

#: Months whose names are no plain letters, each with the word that stands for it, longest first.
UNSPELLED = dict(sorted(_UNSPELLED.items(), key=lambda pair: -len(pair[0])))


def month_of(word: str) -> int:
    """Return the number of the month that a word names, 0 for none."""
    key = word.casefold().rstrip(".")
    if key.startswith("ב"):  # Hebrew writes “in” and the month as one word
        return MONTHS.get(key) or MONTHS.get(key[1:], 0)
    return MONTHS.get(key) or _BARE.get(bare(key), 0)

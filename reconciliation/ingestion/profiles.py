"""Profiles: what the cells of each column are like, before any role is given."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion import dates, numbers
from reconciliation.ingestion.cells import as_text, is_date, is_filled, is_number
from reconciliation.ingestion.limits import Unreadable
from reconciliation.ingestion.words import (
    CURRENCY_CODES,
    direction_of,
    roles_of_header,
)

_COUNTS = frozenset("123456789")
_HEADER_WORD = re.compile(r"[^\W\d_]+")


@dataclass(slots=True)
class Profile:
    """One column: its header's roles and what share of its filled cells are dates or numbers."""

    index: int
    header: str
    words: dict[str, float]
    rows: int = 0
    filled: int = 0
    date_share: float = 0.0
    number_share: float = 0.0
    currency_share: float = 0.0
    flag_share: float = 0.0
    whole_share: float = 0.0
    negatives: int = 0
    positives: int = 0
    distinct: int = 0
    length: float = 0.0
    marked: int = 0
    moves: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    samples: tuple[str, ...] = ()
    votes: dates.DateVotes = field(default_factory=dates.DateVotes)
    marks: numbers.MarkVotes = field(default_factory=numbers.MarkVotes)

    def speaks_for(self, role: str) -> float:
        """Return how strongly the header names this role, 0 where another role is named more
        strongly.
        """
        return self.words.get(role, 0.0)

    @property
    def is_zero(self) -> bool:
        """Say whether the column holds figures that are all zero."""
        return self.number_share >= 0.8 and not self.moves.any()

    @property
    def one_signed(self) -> bool:
        """Say whether all its amounts have the same sign."""
        return not (self.negatives and self.positives)

    @property
    def is_partial(self) -> bool:
        """Say whether the column has no name and is filled in some rows only, like a lone CR
        mark.
        """
        return not self.header and 0 < self.filled < self.rows

    @property
    def kind(self) -> str:
        """Return the column's kind for the fingerprint: date, number, text or empty."""
        if not self.filled:
            return "empty"
        if self.date_share >= 0.6:
            return "date"
        return "number" if self.number_share >= 0.8 else "text"


def profile_columns(header: Sequence[str], columns: Sequence[Sequence[Any]]) -> list[Profile]:
    """Return the profile of every column, given the data rows turned into columns."""
    for name in header:
        refuse_mixed_alphabets(name)
    return [profile(i, header[i], cells) for i, cells in enumerate(columns)]


def profile(index: int, header: str, cells: Sequence[Any]) -> Profile:
    """Return the profile of one column."""
    filled = _without_dashes([cell for cell in cells if is_filled(cell)])
    found = Profile(index, header, roles_of_header(header), rows=len(cells), filled=len(filled))
    if not filled:
        return found
    texts = [as_text(cell).strip() for cell in filled]
    share = 1 / len(filled)
    found.date_share = sum(map(is_date, filled)) * share
    figures = [text for cell, text in zip(filled, texts, strict=True) if is_number(cell)]
    found.number_share = len(figures) * share
    found.whole_share = sum(text.isdecimal() for text in figures) / max(len(figures), 1)
    signs = [numbers.strip_money(text) for text in figures]
    found.negatives = sum(sign < 0 for _, sign, _ in signs)
    found.positives = sum(sign > 0 and body.strip("0.,") != "" for body, sign, _ in signs)
    found.marked = sum(map(numbers.has_direction, figures))
    found.moves = np.fromiter((_moves(cell) for cell in cells), bool, len(cells))
    found.currency_share = sum(text.upper() in CURRENCY_CODES for text in texts) * share
    found.flag_share = sum(direction_of(t.strip("'()[]").casefold()) != 0 for t in texts) * share
    found.distinct = len(set(texts))
    found.length = sum(map(len, texts)) * share
    found.samples = tuple(dict.fromkeys(text[:80] for text in texts))[:3]
    found.votes = dates.vote(filled)
    found.marks = numbers.vote(filled)
    return found


def _without_dashes(filled: list[Any]) -> list[Any]:
    """Leave out the lone dashes, which stand for empty cells, of a column of figures."""
    rest = [c for c in filled if not (isinstance(c, str) and c.strip() in numbers.DASHES)]
    return rest if any(map(is_number, rest)) else filled


def _moves(cell: Any) -> bool:
    """Tell whether a cell holds a figure other than zero."""
    return is_filled(cell) and is_number(cell) and not _COUNTS.isdisjoint(as_text(cell))


def refuse_mixed_alphabets(name: str) -> None:
    """Refuse a header word that mixes Latin letters with look-alikes of another alphabet."""
    for word in _HEADER_WORD.findall(name):
        scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in word}
        if "LATIN" in scripts and scripts & {"CYRILLIC", "GREEK"}:
            raise Unreadable(
                f"The column name “{name}” mixes letters of different alphabets that look alike, "
                "so it is "
                "not certain what it names; correct it and try again."
            )

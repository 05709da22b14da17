"""Tokens: what the text of a line says, as numbers and words; the same for the same text, always.

A word of digits, or letters followed by digits (``PMT066648``), is a number: its digits without
leading zeros. Any other mixture of letters and digits is a number too, as a whole. Letters alone
are a word, in capitals and without accents.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import count
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from reconciliation.columns import LineColumns
from reconciliation.matching.edges import both_sides, distinct, runs
from reconciliation.matching.references import line_sorts

Ints = NDArray[np.int64]

#: Beginnings of the words by which a line says that it reverses another.
_REVERSING_TEXT = (
    "VOID REVERS CORRECT CANCEL STORNO STORNIER ANNUL RUCKBUCH RUECKBUCH EXTOURN CONTREPASS ANULAC"
)
REVERSING = tuple(_REVERSING_TEXT.split())
#: Letters that no accent makes, and what stands for them in plain letters.
_PLAIN = str.maketrans({"ß": "SS", "Æ": "AE", "Œ": "OE", "Ø": "O", "Ł": "L", "Đ": "D", "Þ": "TH"})
_ACCENT = re.compile("[\u0300-\u036f]")

_LETTERS_THEN_DIGITS = re.compile(r"[^\W\d_]+(\d+)")
_ROW_END, _FIELD_END = "\0", "\1"
_LINE = f"{{}} {_FIELD_END} {{}} {_FIELD_END} {{}}"
FIELDS = ("reference", "counterparty", "description")
_PUNCTUATION = str.maketrans({chr(c): " " for c in range(2, 128) if not chr(c).isalnum()})
_CHUNK = 50_000
#: A number written shorter than this is no reference.
REFERENCE_DIGITS = 3
_WORD, _NUMBER = 1, 2


@dataclass(frozen=True, slots=True)
class Csr:
    """For each row i the run ``token[start[i]:start[i+1]]`` of token ids."""

    start: Ints
    token: Ints

    @property
    def count(self) -> Ints:
        """Return the number of tokens of each row."""
        return np.diff(self.start)

    @property
    def row(self) -> Ints:
        """Return the row of every token."""
        return np.repeat(np.arange(len(self.start) - 1), self.count)

    def at(self, row: int) -> list[int]:
        """Return the tokens of one row."""
        return self.token[self.start[row] : self.start[row + 1]].tolist()

    def take(self, rows: Ints) -> tuple[Ints, Ints]:
        """Return (index into ``rows``, token) for every token of ``rows``, repetitions included."""
        counts = self.start[rows + 1] - self.start[rows]
        return np.repeat(np.arange(len(rows)), counts), self.token[runs(self.start[rows], counts)]

    def places(self, rows: Ints) -> Ints:
        """Return where in ``token`` the tokens of ``rows`` stand."""
        return runs(self.start[rows], self.start[rows + 1] - self.start[rows])

    @classmethod
    def of(cls, row: Ints, token: Ints, rows: int) -> Csr:
        """Return the table of (row, token) pairs given in order of row."""
        start = np.zeros(rows + 1, np.int64)
        np.cumsum(np.bincount(row, minlength=rows), out=start[1:])
        return cls(start, token)

    def distinct(self, tokens: int) -> Csr:
        """Return the table with each token once per row, tokens ascending (``tokens`` ids
        exist).
        """
        key = distinct(self.row * np.int64(max(tokens, 1)) + self.token)
        return Csr.of(key // max(tokens, 1), key % max(tokens, 1), len(self.start) - 1)


@dataclass(frozen=True, slots=True)
class Texts:
    """The words and numbers of both sides over one vocabulary each.

    ``words[side]`` in the order of the text · ``numbers[side]`` distinct, ascending · ``word`` and
    ``number`` give the text of an id, ``digits`` the length of the number as written at its
    longest · ``fields[side]`` in which columns each entry of ``numbers[side]`` stands (a bit each
    of FIELDS) · ``sorts[side]`` of which sorts of document each line names one (a bit each).
    """

    words: tuple[Csr, Csr]
    numbers: tuple[Csr, Csr]
    word: list[str]
    number: list[str]
    digits: Ints
    fields: tuple[Ints, Ints]
    sorts: tuple[Ints, Ints]


def read_texts(bank: LineColumns, ledger: LineColumns) -> Texts:
    """Return the tokens of both sides' reference, counterparty and description."""
    vocabulary: defaultdict[str, int] = defaultdict(count().__next__)
    ends = (vocabulary[_ROW_END], vocabulary[_FIELD_END])
    lines = (bank, ledger)
    raw = both_sides(lambda side: _raw_words(lines[side], vocabulary, ends))
    kind, canonical, words, numbers, digits = _classify(list(vocabulary))
    kept = both_sides(lambda side: _numbers(*raw[side], kind == _NUMBER, canonical, len(numbers)))
    long = kind == _NUMBER
    long[long] = digits[canonical[long]] >= REFERENCE_DIGITS
    said = list(vocabulary)
    return Texts(
        words=both_sides(lambda side: _words(raw[side][0], kind == _WORD, canonical)),
        numbers=both_sides(lambda side: kept[side][0]),
        word=words,
        number=numbers,
        digits=digits,
        fields=both_sides(lambda side: kept[side][1]),
        sorts=both_sides(
            lambda side: line_sorts(
                raw[side][0].row, raw[side][0].token, len(lines[side]), said, long
            )
        ),
    )


def unaccented(word: str) -> str:
    """Return the word without its accents: banks drop them."""
    if word.isascii():
        return word
    return normalize("NFC", _ACCENT.sub("", normalize("NFD", word.translate(_PLAIN))))


def is_reversing(word: str) -> bool:
    """Return whether the word is one for reversing."""
    return any(word.startswith(each) for each in REVERSING)


def _raw_words(
    lines: LineColumns, vocabulary: defaultdict[str, int], ends: tuple[int, int]
) -> tuple[Csr, Ints]:
    """Return every word of every line as vocabulary ids, adding unseen words to the vocabulary,
    and the field (0, 1, 2) that each word stands in."""
    parts = []
    for begin in range(0, len(lines), _CHUNK):
        rows = slice(begin, begin + _CHUNK)
        columns = (lines.reference[rows], lines.counterparty[rows], lines.description[rows])
        text = f" {_ROW_END} ".join(map(_LINE.format, *columns))
        found = text.upper().translate(_PUNCTUATION).split(" ")
        parts.append(np.fromiter(map(vocabulary.__getitem__, found), np.int64, len(found)))
        parts.append(np.array(ends[:1]))
    ids = np.concatenate([*parts, np.empty(0, np.int64)])
    row = np.cumsum(ids == ends[0])
    real = (ids != ends[0]) & (ids != ends[1])
    field = np.cumsum(ids == ends[1])[real] - (len(FIELDS) - 1) * row[real]
    return Csr.of(row[real], ids[real], len(lines)), field


def _classify(vocabulary: list[str]) -> tuple[NDArray[np.int8], Ints, list[str], list[str], Ints]:
    """Return each vocabulary entry's kind and canonical id, the texts of both canonical lists, and
    how long each number is written."""
    kind = np.zeros(len(vocabulary), np.int8)
    canonical = np.zeros(len(vocabulary), np.int64)
    written = np.zeros(len(vocabulary), np.int64)
    words: defaultdict[str, int] = defaultdict(count().__next__)
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    for index, text in enumerate(vocabulary):
        if text.isdigit():
            kind[index], canonical[index] = _NUMBER, numbers[text.lstrip("0")]
            written[index] = len(text)
        elif text.isalpha():
            kind[index], canonical[index] = _WORD, words[unaccented(text)]
        elif text.isalnum():
            found = _LETTERS_THEN_DIGITS.fullmatch(text)
            digits = found[1] if found else text
            kind[index], canonical[index] = _NUMBER, numbers[digits.lstrip("0")]
            written[index] = len(digits)
    longest = np.zeros(len(numbers), np.int64)
    np.maximum.at(longest, canonical[kind == _NUMBER], written[kind == _NUMBER])
    return kind, canonical, list(words), list(numbers), longest


def _words(raw: Csr, wanted: NDArray[np.bool_], canonical: Ints) -> Csr:
    """Return the words under their canonical ids, in the order of the text."""
    keep = wanted[raw.token]
    return Csr.of(raw.row[keep], canonical[raw.token[keep]], len(raw.start) - 1)


def _numbers(
    raw: Csr, field: Ints, wanted: NDArray[np.bool_], canonical: Ints, size: int
) -> tuple[Csr, Ints]:
    """Return the numbers once per row, ascending, and the fields each stands in."""
    keep = wanted[raw.token]
    key = raw.row[keep] * np.int64(max(size, 1)) + canonical[raw.token[keep]]
    key, back = np.unique(key, return_inverse=True)
    fields = np.zeros(len(key), np.int64)
    np.bitwise_or.at(fields, back, np.int64(1) << field[keep])
    return Csr.of(key // max(size, 1), key % max(size, 1), len(raw.start) - 1), fields

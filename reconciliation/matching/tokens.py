"""Tokens: what the text of a line says, as numbers and words; the same for the same text, always.

A word of digits, or letters followed by digits (``PMT066648``), is a number: its digits without
leading zeros. Any other mixture of letters and digits is a number too, as a whole. Letters alone
are a word, in capitals and without accents.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, count
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from reconciliation.columns import LineColumns
from reconciliation.matching.edges import both_sides, distinct, in_order, runs
from reconciliation.matching.references import line_sorts, word_signs

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
_END = "\0"
FIELDS = ("reference", "counterparty", "description")
_PUNCTUATION = str.maketrans({chr(c): " " for c in range(2, 128) if not chr(c).isalnum()})
_NO_DIGITS = str.maketrans("", "", "0123456789")
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
class Written:
    """The distinct ``texts`` of one side, and ``of_line`` which of them stand in the three FIELDS
    of every line."""

    texts: list[str]
    of_line: NDArray[np.int32]

    def phrases(self, rows: Ints, field: str) -> Ints:
        """Return an id for each row's text without its digits: equal texts, equal ids, numbered as
        they come."""
        of_row = self.of_line[rows, FIELDS.index(field)]
        shown = np.zeros(len(self.texts), bool)
        shown[of_row] = True
        seen: dict[str, int] = {}
        phrase = np.zeros(len(self.texts), np.int64)
        for place in np.flatnonzero(shown).tolist():
            phrase[place] = seen.setdefault(self.texts[place].translate(_NO_DIGITS), len(seen))
        return in_order(phrase[of_row])


@dataclass(frozen=True, slots=True)
class Texts:
    """The words and numbers of both sides over one vocabulary each.

    ``words[side]`` in the order of the text · ``numbers[side]`` distinct, ascending · ``word`` and
    ``number`` give the text of an id, ``digits`` the length of the number as written at its
    longest · ``fields[side]`` in which columns each entry of ``numbers[side]`` stands (a bit each
    of FIELDS) · ``sorts[side]`` of which sorts of document each line names one (a bit each) ·
    ``written[side]`` the texts themselves.
    """

    words: tuple[Csr, Csr]
    numbers: tuple[Csr, Csr]
    word: list[str]
    number: list[str]
    digits: Ints
    fields: tuple[Ints, Ints]
    sorts: tuple[Ints, Ints]
    written: tuple[Written, Written]


def read_texts(bank: LineColumns, ledger: LineColumns) -> Texts:
    """Return the tokens of both sides' reference, counterparty and description."""
    vocabulary: defaultdict[str, int] = defaultdict(count().__next__)
    end = vocabulary[_END]
    lines = (bank, ledger)
    raw = both_sides(lambda side: _said(lines[side], vocabulary, end))
    kind, canonical, words, numbers, digits = _classify(list(vocabulary))
    kept = both_sides(lambda side: _numbers(raw[side], kind == _NUMBER, canonical, len(numbers)))
    long = kind == _NUMBER
    long[long] = digits[canonical[long]] >= REFERENCE_DIGITS
    signs = word_signs(list(vocabulary), long)
    return Texts(
        words=both_sides(lambda side: raw[side].rows(kind == _WORD, canonical)[0]),
        numbers=both_sides(lambda side: kept[side][0]),
        word=words,
        number=numbers,
        digits=digits,
        fields=both_sides(lambda side: kept[side][1]),
        sorts=both_sides(lambda side: _sorts(raw[side], signs)),
        written=both_sides(lambda side: raw[side].written),
    )


def unaccented(word: str) -> str:
    """Return the word without its accents: banks drop them."""
    if word.isascii():
        return word
    return normalize("NFC", _ACCENT.sub("", normalize("NFD", word.translate(_PLAIN))))


def is_reversing(word: str) -> bool:
    """Return whether the word is one for reversing."""
    return any(word.startswith(each) for each in REVERSING)


@dataclass(frozen=True, slots=True)
class _Said:
    """What one side says: the texts as ``written``, and the ``words`` of each distinct one, as
    places in the vocabulary."""

    written: Written
    words: Csr

    def rows(self, wanted: NDArray[np.bool_], value: NDArray) -> tuple[Csr, Ints]:
        """Return ``value`` of the wanted words of each line, in the order of the text, and the
        field (0, 1, 2) of each."""
        keep = wanted[self.words.token]
        texts = Csr.of(self.words.row[keep], value[self.words.token[keep]], len(self.words.count))
        of_line = self.written.of_line
        counts = texts.count[of_line]
        start = np.concatenate([[0], np.cumsum(counts.sum(axis=1))])
        token = texts.token[runs(texts.start[of_line.ravel()], counts.ravel())]
        field = np.tile(np.arange(len(FIELDS)), len(counts))
        return Csr(start.astype(np.int64), token), np.repeat(field, counts.ravel())


def _said(lines: LineColumns, vocabulary: defaultdict[str, int], end: int) -> _Said:
    """Return what a side says, adding unseen words to the vocabulary in the order of the lines.

    Texts come again and again: each is taken apart once.
    """
    columns = [getattr(lines, name).tolist() for name in FIELDS]
    texts = dict.fromkeys(chain.from_iterable(zip(*columns, strict=True)))
    place = dict(zip(texts, range(len(texts)), strict=True))
    every = map(place.__getitem__, chain.from_iterable(zip(*columns, strict=True)))
    of_line = np.fromiter(every, np.int32, len(FIELDS) * len(lines)).reshape(-1, len(FIELDS))
    distinct_texts = list(texts)
    parts = [np.empty(0, np.int64)]
    for begin in range(0, len(distinct_texts), _CHUNK):
        text = f" {_END} ".join([*distinct_texts[begin : begin + _CHUNK], ""])
        found = text.upper().translate(_PUNCTUATION).split(" ")
        parts.append(np.fromiter(map(vocabulary.__getitem__, found), np.int64, len(found)))
    ids = np.concatenate(parts)
    row = np.cumsum(ids == end)
    real = (ids != end) & (ids != vocabulary[""])
    return _Said(
        Written(distinct_texts, of_line), Csr.of(row[real], ids[real], len(distinct_texts))
    )


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


def _numbers(
    said: _Said, wanted: NDArray[np.bool_], canonical: Ints, size: int
) -> tuple[Csr, Ints]:
    """Return the numbers once per row, ascending, and the fields each stands in."""
    found, field = said.rows(wanted, canonical)
    key = found.row * np.int64(max(size, 1)) + found.token
    key, back = np.unique(key, return_inverse=True)
    fields = np.zeros(len(key), np.int64)
    np.bitwise_or.at(fields, back, np.int64(1) << field)
    return Csr.of(key // max(size, 1), key % max(size, 1), len(said.written.of_line)), fields


def _sorts(said: _Said, signs: NDArray[np.uint8]) -> Ints:
    """Return which sorts of document each line names one of, some lines at a time."""
    every = np.ones(len(signs), bool)
    out = [np.empty(0, np.int64)]
    for begin in range(0, len(said.written.of_line), _CHUNK):
        lines = said.written.of_line[begin : begin + _CHUNK]
        found, _ = _Said(Written(said.written.texts, lines), said.words).rows(every, signs)
        out.append(line_sorts(found.row, found.token, len(lines)))
    return np.concatenate(out)

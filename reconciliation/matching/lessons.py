"""Lessons: which names matched lines show, as pairs (the bank's name, the ledger's name).

Law: a pair whose names agree anyway is no alias; it counts where the bank name has others, so that
an alias is known to be one of several.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reconciliation.columns import LineColumns
from reconciliation.matching.agreement import compare_names
from reconciliation.matching.memory import LONGEST_NAME, MOST_ALIASES
from reconciliation.matching.names import STRONG_NAME, NameBook, read_names
from reconciliation.matching.reading import Reading
from reconciliation.matching.tokens import Texts, read_texts

Ints = NDArray[np.int64]
Rows = Sequence[int]


@dataclass(frozen=True, slots=True)
class Lesson:
    """The bank wrote ``bank_name`` where the ledger has ``ledger_name``, ``count`` times."""

    bank_name: str
    ledger_name: str
    count: int
    agrees: bool


def lessons_of_pairs(
    reading: Reading, bank: Ints, ledger: Ints, known: frozenset[str] = frozenset()
) -> list[Lesson]:
    """Return what matched rows teach, most often seen first: the names that do not agree, and of
    their bank names (and the ``known`` ones) those that do."""
    names = (reading.bank.name[bank], reading.ledger.name[ledger])
    both = (names[0] > 0) & (names[1] > 0)
    if not both.any():
        return []
    width = np.int64(len(reading.names.sides[1].lines))
    pair, count = np.unique(names[0][both] * width + names[1][both], return_counts=True)
    agrees = _agree(reading.names, pair // width, pair % width)
    keys = reading.names.sides[0].keys
    telling = np.zeros(len(keys), bool)
    telling[(pair // width)[~agrees]] = True
    owned = [place for place in np.unique(pair // width).tolist() if keys[place] in known]
    telling[owned] = True
    keep = np.flatnonzero(telling[pair // width])
    keep = keep[np.argsort(-count[keep], kind="stable")][:MOST_ALIASES]
    return _lessons(reading.names, pair[keep] // width, pair[keep] % width, count, agrees, keep)


def lessons_of_groups(
    bank: LineColumns, ledger: LineColumns, groups: Iterable[tuple[Rows, Rows]]
) -> list[Lesson | None]:
    """Return what each group (bank rows, ledger rows) teaches: None unless each side shows one
    name. The columns hold more lines than the groups': these tell which words are common."""
    book = read_names(read_texts(bank, ledger))
    found = [
        (_only_name(book, 0, bank_rows), _only_name(book, 1, ledger_rows))
        for bank_rows, ledger_rows in groups
    ]
    named = [place for place, pair in enumerate(found) if all(pair)]
    ids = np.array([found[place] for place in named], np.int64).reshape(-1, 2)
    one = np.ones(len(named), np.int64)
    agrees = _agree(book, ids[:, 0], ids[:, 1]) if named else one.astype(bool)
    told = _lessons(book, ids[:, 0], ids[:, 1], one, agrees, np.arange(len(named)))
    by_names = {(lesson.bank_name, lesson.ledger_name): lesson for lesson in told}
    keys = [names.keys for names in book.sides]
    return [by_names.get((keys[0][pair[0]], keys[1][pair[1]])) for pair in found]


def aliases_told(
    aliases: Iterable[tuple[str, str]],
    bank: LineColumns,
    ledger: LineColumns,
    groups: Sequence[tuple[Rows, Rows]],
) -> list[list[tuple[str, str]]]:
    """Return for each group the aliases whose words all stand in one of its lines of either side:
    what unmatching the group takes back, whatever words were common when they were learned."""
    texts = read_texts(bank, ledger)
    by_word: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for alias in aliases:
        by_word[alias[0].split()[0]].append(alias)
    out = []
    for bank_rows, ledger_rows in groups:
        left, right = _words(texts, 0, bank_rows), _words(texts, 1, ledger_rows)
        near = {alias for words in left for word in words for alias in by_word.get(word, ())}
        out.append(sorted(alias for alias in near if _stands(alias, left, right)))
    return out


def _agree(book: NameBook, bank_name: Ints, ledger_name: Ints) -> NDArray[np.bool_]:
    """Return which pairs of names agree without any alias."""
    plain = book.without_aliases()
    level = compare_names(plain, bank_name, ledger_name).look_up(bank_name, ledger_name).level
    return level >= STRONG_NAME


def _lessons(
    book: NameBook, bank: Ints, ledger: Ints, count: Ints, agrees: NDArray[np.bool_], at: Ints
) -> list[Lesson]:
    """Return the pairs of name ids as texts, but for texts that are too long to be names."""
    keys = [names.keys for names in book.sides]
    told = zip(
        (keys[0][place] for place in bank.tolist()),
        (keys[1][place] for place in ledger.tolist()),
        count[at].tolist(),
        agrees[at].tolist(),
        strict=True,
    )
    return [Lesson(*each) for each in told if max(len(each[0]), len(each[1])) <= LONGEST_NAME]


def _only_name(book: NameBook, side: int, rows: Rows) -> int:
    """Return the one name that all of the rows show, else 0."""
    shown = {int(name) for name in book.sides[side].of_row[list(rows)]}
    return shown.pop() if len(shown) == 1 else 0


def _words(texts: Texts, side: int, rows: Rows) -> list[set[str]]:
    """Return the words of each of the rows."""
    words = texts.words[side]
    return [
        {texts.word[token] for token in words.token[words.start[row] : words.start[row + 1]]}
        for row in rows
    ]


def _stands(alias: tuple[str, str], left: list[set[str]], right: list[set[str]]) -> bool:
    """Return whether some line of either side has all words of the alias's name."""
    return all(
        any(lines.issuperset(name.split()) for lines in side)
        for name, side in zip(alias, (left, right), strict=True)
    )

"""Names: who a line is about, in every spelling a bank makes of it, and how far two names agree.

A name is the words of a line that are neither common on its side nor a legal form. Each word is
known by several variants: in full, its first four letters (banks cut off), its consonants (banks
drop vowels), with the initial of the word before it (``J SMITH`` for Jessica Smith), and two
neighbours together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count, pairwise

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.edges import both_sides
from reconciliation.matching.tokens import Csr, Texts, is_reversing

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: A word on more than this share of a side's lines says nothing about who a line is about.
COMMON_SHARE = 0.08
#: … but not before it is on more than so many lines.
COMMON_LINES = 4
#: A file stands for so many lines at least when shares of tokens are told.
LEAST_LINES = 50
#: From this share of the shorter name's information on, two names agree.
STRONG_SHARE = 0.7
NO_NAME, PARTIAL_NAME, STRONG_NAME = 0, 1, 2

_LEGAL_FORMS_TEXT = (
    "AB AG AS BV CO CORP CORPORATION COMPANY GMBH GROUP INC KG LLC LLP LP LTD LIMITED MBH NV OY "
    "PLC PTE PTY SA SARL SAS SE SL SPA SRL ULC"
)
LEGAL_FORMS = frozenset(_LEGAL_FORMS_TEXT.split())
_BANKING_TEXT = (
    "ACCOUNT ATM BACS BANK BILL CARD CASH CHECK CHEQUE CHQ CREDIT DEBIT DEPOSIT FROM INV INVOICE "
    "ORDER PAID PAYMENT PAYMENTS PMT POS PURCHASE RECEIPT RECEIVED REF REFERENCE SEPA STANDING "
    "TRANSFER TRF TXN WIRE KARTE LASTSCHRIFT RECHNUNG UEBERWEISUNG UBERWEISUNG ZAHLUNG CARTE "
    "FACTURE PAIEMENT PRELEVEMENT VIREMENT FACTURA PAGO RECIBO TARJETA TRANSFERENCIA "
    "BONIFICO CARTA FATTURA PAGAMENTO BETALING FACTUUR OVERBOEKING"
)
#: Words of banking: in a file too small to show that they are common they name nobody.
BANKING_WORDS = frozenset(_BANKING_TEXT.split())
_VOWELS = str.maketrans("", "", "AEIOUY")


@dataclass(frozen=True, slots=True)
class Names:
    """The distinct names of one side and the name of each row.

    ``of_row`` name id of each row (0 = no name) · ``variants`` for each name its variant tokens,
    ``slot`` the word of the name each belongs to (−1: a pair of words) · ``lines`` rows of each
    name · ``keys`` its words · ``long_words`` how many of them are long or initials.
    """

    of_row: Ints
    variants: Csr
    slot: Ints
    lines: Ints
    keys: list[str]
    long_words: Ints


@dataclass(frozen=True, slots=True)
class SharedVariants:
    """A side's variants that the other side knows too, by name and then by token: ``slot`` the word
    of the name each belongs to, ``key`` name times all tokens, plus token."""

    variants: Csr
    slot: Ints
    key: Ints


@dataclass(frozen=True)
class NameBook:
    """Both sides' names, and for each variant token its share of the lines of the side it is more
    common on.

    ``known`` tells whether both sides use the token at all; tokens from ``first_alias`` on stand
    for an alias: the bank's name and the ledger's name for the same party.
    """

    sides: tuple[Names, Names]
    share: NDArray[np.float64]
    known: NDArray[np.bool_]
    first_alias: int

    def is_alias(self, token: Ints) -> NDArray[np.bool_]:
        """Return which tokens stand for an alias."""
        return token >= self.first_alias

    @cached_property
    def shared(self) -> tuple[SharedVariants, SharedVariants]:
        """Return each side's variants that both sides know."""
        return both_sides(lambda side: _shared_variants(self.sides[side], self.known))

    @cached_property
    def information(self) -> tuple[Floats, Floats]:
        """Return the information of each name of each side: over its words, that of the rarest
        variant known to both sides."""
        return both_sides(lambda side: _information(self.sides[side], self.known, self.share))

    def without_aliases(self) -> NameBook:
        """Return the book in which names agree by their own words alone."""
        none = np.empty(0, np.int64)
        return self.with_aliases(none, none) if len(self.share) > self.first_alias else self

    def with_aliases(self, bank_name: Ints, ledger_name: Ints) -> NameBook:
        """Return the book in which each bank name also carries its ledger name as a token."""
        parties, entity = np.unique(ledger_name, return_inverse=True)
        entity = entity + self.first_alias
        added = ((bank_name, entity), (parties, np.arange(len(parties)) + self.first_alias))
        sides = both_sides(
            lambda side: _with_tokens(self.sides[side], self.first_alias, *added[side])
        )
        return _book(sides, self.first_alias + len(parties), self.first_alias)


def read_names(texts: Texts) -> NameBook:
    """Return the names of both sides."""
    common = [_common_words(words, len(texts.word)) for words in texts.words]
    kept = [_name_words(words, texts.word, c) for words, c in zip(texts.words, common, strict=True)]
    seen = [set(np.unique(words.token).tolist()) for words in kept]
    tokens: defaultdict[tuple[str, str], int] = defaultdict(count().__next__)
    split = [_Splitter(texts.word, seen[side], seen[1 - side]) for side in (0, 1)]
    sides = both_sides(lambda i: _side_names(i, kept[i], texts.word, split[i], tokens))
    return _book(sides, len(tokens), len(tokens))


def _book(sides: tuple[Names, Names], tokens: int, first_alias: int) -> NameBook:
    """Return the book of both sides' names with the statistics of their tokens."""
    counts = [_token_lines(names, tokens) for names in sides]
    total = [max(len(names.of_row), LEAST_LINES) for names in sides]
    share = np.maximum(counts[0] / total[0], counts[1] / total[1])
    return NameBook(sides, share, (counts[0] > 0) & (counts[1] > 0), first_alias)


def _shared_variants(names: Names, known: NDArray[np.bool_]) -> SharedVariants:
    """Return the variants of a side's names that are known, ascending within each name."""
    some = np.flatnonzero(known[names.variants.token])
    row, token, slot = names.variants.row[some], names.variants.token[some], names.slot[some]
    key = row * np.int64(max(len(known), 1)) + token
    order = np.argsort(key, kind="stable")
    table = Csr.of(row, token[order], len(names.lines))
    return SharedVariants(table, slot[order], key[order])


def _information(names: Names, known: NDArray[np.bool_], share: Floats) -> Floats:
    """Return the information of each name."""
    owner = names.variants.row
    good = known[names.variants.token] & (names.slot >= 0)
    key = owner[good] * 64 + np.minimum(names.slot[good], 63)
    slot_key, back = np.unique(key, return_inverse=True)
    info = np.zeros(len(slot_key))
    np.maximum.at(info, back, -np.log(share[names.variants.token[good]]))
    total = np.bincount(slot_key // 64, weights=info, minlength=len(names.lines))
    return total.astype(np.float64)


def _with_tokens(names: Names, first_alias: int, name: Ints, token: Ints) -> Names:
    """Return the names with further tokens (beyond any word of them), earlier aliases dropped."""
    own = names.variants.token < first_alias
    row = np.concatenate([names.variants.row[own], name])
    every = np.concatenate([names.variants.token[own], token])
    slot = np.concatenate([names.slot[own], np.full(len(name), -1)])
    order = np.argsort(row, kind="stable")
    table = Csr.of(row[order], every[order], len(names.lines))
    return replace(names, variants=table, slot=slot[order])


def _common_words(words: Csr, size: int) -> NDArray[np.bool_]:
    """Return which words are on more than the common share of the rows."""
    rows = len(words.start) - 1
    once = words.distinct(size)
    return np.bincount(once.token, minlength=size) > max(COMMON_SHARE * rows, COMMON_LINES)


def _name_words(words: Csr, text: list[str], common: NDArray[np.bool_]) -> Csr:
    """Return the words that can be part of a name, in order."""
    rows = len(words.start) - 1
    nobody = LEGAL_FORMS | BANKING_WORDS if rows < LEAST_LINES else LEGAL_FORMS
    other = np.fromiter((word in nobody or is_reversing(word) for word in text), bool, len(text))
    keep = ~(common | other)[words.token]
    return Csr.of(words.row[keep], words.token[keep], rows)


def _side_names(
    side: int, words: Csr, text: list[str], split: _Splitter, tokens: defaultdict
) -> Names:
    """Return the distinct names of one side, adding their variants to ``tokens``."""
    of_row, first = distinct_sequences(words)
    variant, slot, sizes, keys, long_words = [], [], [0], [""], [0]
    for row in first.tolist():
        ids = words.token[words.start[row] : words.start[row + 1]].tolist()
        keys.append(" ".join(text[i] for i in ids))
        parts = [part for i in ids for part in split(i)]
        long_words.append(_long_words(parts))
        found = [(tokens[v], s) for v, s in _variants(parts, side)]
        variant += [v for v, _ in found]
        slot += [s for _, s in found]
        sizes.append(len(found))
    start = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)
    table = Csr(start, np.asarray(variant, np.int64))
    lines = np.bincount(of_row, minlength=len(first) + 1)
    return Names(of_row, table, np.asarray(slot, np.int64), lines, keys, np.array(long_words))


def _long_words(words: list[str]) -> int:
    """Return how many words say who it is: four letters or more, or an initial before a word."""
    initials = {first for first, word in pairwise(words) if len(first) == 1 and len(word) > 2}
    return len({word for word in words if len(word) >= 4} | initials)


def distinct_sequences(words: Csr) -> tuple[Ints, Ints]:
    """Return a sequence id for each row (0: no word), and a row showing each sequence from 1 on."""
    place = np.arange(len(words.token)) - np.repeat(words.start[:-1], words.count)
    mixed = _mix(words.token.astype(np.uint64) * np.uint64(64) + place.astype(np.uint64))
    total = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed, dtype=np.uint64)])
    named = np.flatnonzero(words.count)
    code = total[words.start[named + 1]] - total[words.start[named]]
    _, first, back = np.unique(code, return_index=True, return_inverse=True)
    of_row = np.zeros(len(words.start) - 1, np.int64)
    of_row[named] = back + 1
    return of_row, named[first]


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return well spread 64-bit codes of the values (the finaliser of splitmix64)."""
    values = (values + np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


class _Splitter:
    """Takes a run-together word (``MERIDIANGLAS``) apart where the other side knows both parts."""

    def __init__(self, text: list[str], own: set[int], other: set[int]) -> None:
        """Learn the words of the other side, in full and as beginnings."""
        self.text, self.other = text, other
        self.full = {text[i] for i in other}
        self.beginnings = {text[i][:4] for i in other if len(text[i]) >= 4}
        self.parts = {i: self._parts(text[i]) for i in own - other if len(text[i]) >= 6}

    def __call__(self, word: int) -> list[str]:
        """Return the word, or its two parts."""
        return self.parts.get(word) or [self.text[word]]

    def _parts(self, word: str) -> list[str]:
        """Return the longest first part that leaves a beginning of another known word."""
        if word[:4] in self.beginnings and any(full.startswith(word) for full in self.full):
            return [word]
        for cut in range(len(word) - 3, 2, -1):
            tail = word[cut:]
            if word[:cut] in self.full and (tail[:4] in self.beginnings or tail in self.full):
                return [word[:cut], tail]
        return [word]


def _variants(words: list[str], side: int) -> Iterator[tuple[tuple[str, str], int]]:
    """Yield (variant, slot) for each way in which a word of the name may be written.

    An initial can only stand for a full word of the other side, never one full word for another.
    """
    bones = [word.translate(_VOWELS) or word for word in words]
    seen = set()
    for slot, (word, bone) in enumerate(zip(words, bones, strict=True)):
        if word in seen or len(word) < 2:
            continue
        seen.add(word)
        yield ("F", word), slot
        if len(word) >= 4:
            yield ("P", word[:4]), slot
        if len(bone) >= 2:
            yield ("S", bone), slot
    for slot, (before, after) in enumerate(pairwise(words)):
        if len(after) >= 2:
            writer = side if len(before) == 1 else 1 - side
            yield (f"I{writer}", before[0] + after), slot
            yield (f"J{writer}", before[0] + after), -1
    for before, after in pairwise(bones):
        if len(before) + len(after) >= 4:
            yield ("D", f"{before[:3]}+{after[:3]}"), -1


def _token_lines(names: Names, size: int) -> Ints:
    """Return on how many rows each variant token stands."""
    once = names.variants.distinct(size)
    weights = np.repeat(names.lines, once.count)
    return np.bincount(once.token, weights=weights, minlength=size).astype(np.int64)

"""Agreement: how far two names agree, for many pairs of names at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.edges import distinct
from reconciliation.matching.names import (
    NO_NAME,
    PARTIAL_NAME,
    STRONG_NAME,
    STRONG_SHARE,
    NameBook,
)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Agreement:
    """For each pair of names: ``level`` none, partial or strong · ``token`` the rarest shared
    variant (−1: none) · ``ratio`` shared information over that of the shorter name."""

    level: NDArray[np.int8]
    token: Ints
    ratio: Floats


@dataclass(frozen=True, slots=True)
class NameAgreement:
    """The agreement of every asked pair, found again by its two name ids."""

    book: NameBook
    keys: Ints
    result: Agreement

    def look_up(self, bank_name: Ints, ledger_name: Ints) -> Agreement:
        """Return the agreement of pairs that were compared before."""
        at = np.searchsorted(self.keys, _pair_key(self.book, bank_name, ledger_name))
        return Agreement(self.result.level[at], self.result.token[at], self.result.ratio[at])


def compare_names(book: NameBook, bank_name: Ints, ledger_name: Ints) -> NameAgreement:
    """Return how far each distinct pair (bank name, ledger name) agrees."""
    keys = distinct(_pair_key(book, bank_name, ledger_name))
    width = len(book.sides[1].lines)
    return NameAgreement(book, keys, _agreement(book, keys // width, keys % width))


def name_states(book: NameBook, side: int) -> NDArray[np.int8]:
    """Return what the other side knows of each name of a side.

    0 nothing, 1 some of its words, 2 two of its words next to each other.
    """
    names = book.sides[side]
    known = book.known[names.variants.token]
    owner = names.variants.row[known]
    state = np.zeros(len(names.lines), np.int8)
    state[owner] = 1
    state[owner[names.slot[known] < 0]] = 2
    return state


def _pair_key(book: NameBook, bank_name: Ints, ledger_name: Ints) -> Ints:
    """Return one number for a pair of names."""
    return bank_name * np.int64(len(book.sides[1].lines)) + ledger_name


def _agreement(book: NameBook, bank_name: Ints, ledger_name: Ints) -> Agreement:
    """Return the agreement of the given pairs of names."""
    pair, token, bank_slot, ledger_slot = _shared(book, bank_name, ledger_name)
    n = len(bank_name)
    info = -np.log(book.share[token])
    worth = [
        _slot_sum(n, pair, bank_slot, info),
        _slot_sum(n, pair, ledger_slot, info),
    ]
    totals = book.information
    ratio = np.maximum(
        worth[0] / np.maximum(totals[0][bank_name], 1e-9),
        worth[1] / np.maximum(totals[1][ledger_name], 1e-9),
    )
    ratio[pair[book.is_alias(token)]] = 1.0
    best = np.full(n, -1, np.int64)
    order = np.lexsort((token, info))
    best[pair[order]] = token[order]
    told = np.bincount(pair[(bank_slot < 0) | (ledger_slot < 0)], minlength=n) > 0
    clash = ~told & _left_over(book, 0, bank_name, pair, bank_slot)
    clash &= _left_over(book, 1, ledger_name, pair, ledger_slot)
    level = np.where((ratio >= STRONG_SHARE) & ~clash, STRONG_NAME, PARTIAL_NAME)
    level = np.where((best < 0) | (ratio <= 0), NO_NAME, level).astype(np.int8)
    return Agreement(level, np.where(level > NO_NAME, best, -1), np.minimum(ratio, 1.0))


def _left_over(book: NameBook, side: int, name: Ints, pair: Ints, slot: Ints) -> NDArray[np.bool_]:
    """Return the pairs in which some long word of this side's name has nothing on the other
    side.
    """
    words = slot >= 0
    matched = distinct(pair[words] * 64 + np.minimum(slot[words], 63)) // 64
    return book.sides[side].long_words[name] > np.bincount(matched, minlength=len(name))


def _shared(book: NameBook, bank_name: Ints, ledger_name: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return (pair, token, bank slot, ledger slot) for every variant both names of a pair have."""
    bank, ledger = book.shared
    size = np.int64(max(len(book.share), 1))
    pair, token = bank.variants.take(bank_name)
    slot = bank.slot[bank.variants.places(bank_name)]
    wanted = ledger_name[pair] * size + token
    at = np.searchsorted(ledger.key, wanted)
    hit = at < len(ledger.key)
    hit[hit] = ledger.key[at[hit]] == wanted[hit]
    return pair[hit], token[hit], slot[hit], ledger.slot[at[hit]]


def _slot_sum(n: int, pair: Ints, slot: Ints, info: Floats) -> Floats:
    """Return for each pair the sum over its word slots of the best shared variant's information."""
    words = slot >= 0
    key = pair[words] * 64 + np.minimum(slot[words], 63)
    unique, back = np.unique(key, return_inverse=True)
    best = np.zeros(len(unique))
    np.maximum.at(best, back, info[words])
    return np.bincount(unique // 64, weights=best, minlength=n).astype(np.float64)

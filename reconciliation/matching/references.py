"""References: what sort of document a number on a line is the number of: an invoice, an order, a
cheque. Two lines that each name another invoice are not one event, whatever else agrees.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_SORTS = (
    "INV INVOICE INVOICES BILL RECHNUNG RECHN RG RE RNR FACTURE FACT FACTURA FATTURA FT FAKTURA "
    "FATURA FV SI PI",
    "ORDER ORD PO SO BESTELLUNG AUFTRAG COMMANDE PEDIDO ORDINE ZAMOWIENIE",
    "CHEQUE CHECK CHQ CHK CK SCHECK ASSEGNO",
)
#: Words between the sort and its number.
_BETWEEN = frozenset(["NO", "NR", "NUM", "NUMBER", "NUMMER", "N", "NUMERO"])
CHEQUE = 4
_BIT = {word: 1 << sort for sort, words in enumerate(_SORTS) for word in words.split()}
_LETTERS = re.compile(r"[^\W\d_]+")


def line_sorts(
    row: Ints, token: Ints, lines: int, vocabulary: list[str], long: NDArray[np.bool_]
) -> Ints:
    """Return for each of ``lines`` lines the sorts of document of which it names one, a bit each.

    ``row`` and ``token`` are the words of all lines in the order of the text, as places in the
    ``vocabulary``, in which ``long`` tells the numbers one can count on. A number's sort is that
    of its own letters, else of the word before it.
    """
    word = np.fromiter(map(bool, vocabulary), bool, len(vocabulary))[token]
    row, token = row[word], token[word]
    bit = np.fromiter((_bit(text) for text in vocabulary), np.int64, len(vocabulary))[token]
    between = np.fromiter((text in _BETWEEN for text in vocabulary), bool, len(vocabulary))[token]
    number = long[token]
    before = _from_word_before(row, np.where(number, 0, bit))
    before |= _from_word_before(row, np.where(between, before, 0))
    named = np.where(number, np.where(bit > 0, bit, before), 0)
    sorts = np.zeros(lines, np.int64)
    np.bitwise_or.at(sorts, row, named)
    return sorts


def may_be_one(number: str, other: str, sorts: int) -> bool:
    """Return whether two numbers of ``sorts`` may be one, written wrongly once: two neighbouring
    digits exchanged, or one digit changed.

    Invoices that follow one another differ in their last two digits and are for the same amount
    easily; cheques are for different amounts, and their numbers are keyed by hand.
    """
    if number == other or len(number) != len(other):
        return number == other
    differs = [place for place in range(len(number)) if number[place] != other[place]]
    if len(differs) == 1:
        return sorts == CHEQUE or differs[0] < len(number) - 2
    first, last = differs[0], differs[-1]
    swapped = number[first] == other[last] and number[last] == other[first]
    return len(differs) == 2 and last == first + 1 and swapped


def _bit(text: str) -> int:
    """Return the bit of the sort that a word, or the letters before a number, names; else 0."""
    found = _LETTERS.match(text)
    return _BIT.get(found[0], 0) if found else 0


def _from_word_before(row: Ints, values: Ints) -> Ints:
    """Return each word's value at the word after it, within its line."""
    out = np.zeros_like(values)
    out[1:] = np.where(row[1:] == row[:-1], values[:-1], 0)
    return out

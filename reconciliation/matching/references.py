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
_ANY_SORT, _MAY_STAND_BETWEEN, _IS_NUMBER = np.uint8(7), np.uint8(8), np.uint8(16)
_BIT = {word: 1 << sort for sort, words in enumerate(_SORTS) for word in words.split()}
_LETTERS = re.compile(r"[^\W\d_]+")


def word_signs(vocabulary: list[str], long: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return for each word what ``line_sorts`` asks of it: the bit of the sort it names, whether it
    may stand between a sort and its number, and whether it is a number one can count on (``long``).
    """
    signs = np.fromiter(map(_bit, vocabulary), np.uint8, len(vocabulary))
    between = np.fromiter((text in _BETWEEN for text in vocabulary), bool, len(vocabulary))
    return signs | between * _MAY_STAND_BETWEEN | long * _IS_NUMBER


def line_sorts(row: Ints, signs: NDArray[np.uint8], lines: int) -> Ints:
    """Return for each of ``lines`` lines the sorts of document of which it names one, a bit each.

    ``row`` and ``signs`` are those of the words of all lines in the order of the text. A number's
    sort is that of its own letters, else of the word before it.
    """
    bit = signs & _ANY_SORT
    number, between = (signs & _IS_NUMBER) > 0, (signs & _MAY_STAND_BETWEEN) > 0
    same_line = row[1:] == row[:-1]
    before = _from_word_before(same_line, np.where(number, 0, bit).astype(np.uint8))
    carried = np.where(between, before, 0).astype(np.uint8)
    before |= _from_word_before(same_line, carried)
    named = np.flatnonzero(number & ((bit | before) > 0))
    sorts = np.zeros(lines, np.int64)
    np.bitwise_or.at(
        sorts, row[named], np.where(bit[named] > 0, bit[named], before[named]).astype(np.int64)
    )
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


def _from_word_before(same_line: NDArray[np.bool_], values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return each word's value at the word after it, within its line."""
    out = np.zeros_like(values)
    np.multiply(values[:-1], same_line, out=out[1:])
    return out

"""Differences: how two unequal amounts are related, where something else says they belong
together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.ruleset import Ruleset

Ints = NDArray[np.int64]

#: What the relations are called in evidence, most specific first.
RELATIONS = ("rounding", "sign", "transposition", "slide", "digit", "discount", "close")
#: Cash discounts in hundredths of a per cent of the larger amount.
DISCOUNTS = (100, 150, 200, 250, 300, 400, 500)
ROUNDING_MINOR = 5
_PLACES = 16


def relation(bank: Ints, ledger: Ints, rules: Ruleset) -> NDArray[np.object_]:
    """Return how each pair of amounts is related, "" where in no way that has a name."""
    tests = {
        "close": _is_close(bank, ledger, rules),
        "discount": _is_discount(bank, ledger),
        "digit": _is_one_digit(bank, ledger),
        "slide": _is_slide(bank, ledger),
        "transposition": _is_transposition(bank, ledger),
        "sign": (bank == -ledger) & (bank != 0),
        "rounding": (bank != ledger) & (np.abs(bank - ledger) <= ROUNDING_MINOR),
    }
    out = np.full(len(bank), "", dtype=object)
    for name in reversed(RELATIONS):
        out[tests[name]] = name
    return out


def _is_close(bank: Ints, ledger: Ints, rules: Ruleset) -> NDArray[np.bool_]:
    """Return where the difference is within the tolerance, sign and all."""
    reach = np.maximum(np.abs(ledger) * rules.tolerance_pct / 100.0, 0)
    reach = np.maximum(reach, np.minimum(rules.tolerance_minor, np.abs(ledger) * 0.1))
    return (np.sign(bank) == np.sign(ledger)) & (np.abs(bank - ledger) <= reach)


def _is_discount(bank: Ints, ledger: Ints) -> NDArray[np.bool_]:
    """Return where the bank amount is the ledger amount less a usual discount, to the cent."""
    out = np.zeros(len(bank), bool)
    for points in DISCOUNTS:
        out |= np.abs(ledger * (10_000 - points) - bank * 10_000) <= 10_000
    return out & (bank != ledger)


def _digits(amount: Ints) -> Ints:
    """Return the decimal digits of each amount's size, least significant first."""
    powers = 10 ** np.arange(_PLACES, dtype=np.int64)
    return (np.abs(amount)[:, None] // powers) % 10


def _is_transposition(bank: Ints, ledger: Ints) -> NDArray[np.bool_]:
    """Return where exactly two neighbouring digits are exchanged."""
    left, right = _digits(bank), _digits(ledger)
    differs = left != right
    place = np.argmax(differs, axis=1)
    rows = np.arange(len(bank))
    after = np.minimum(place + 1, _PLACES - 1)
    swapped = (left[rows, place] == right[rows, after]) & (left[rows, after] == right[rows, place])
    return (differs.sum(axis=1) == 2) & swapped & (np.sign(bank) == np.sign(ledger))


def _is_one_digit(bank: Ints, ledger: Ints) -> NDArray[np.bool_]:
    """Return where exactly one digit differs, amounts being equally long and of four digits at
    least.
    """
    left, right = _digits(bank), _digits(ledger)
    one = (left != right).sum(axis=1) == 1
    size = np.minimum(np.abs(bank), np.abs(ledger))
    length = _length(bank) == _length(ledger)
    return one & length & (size >= 1000) & (np.sign(bank) == np.sign(ledger))


def _length(amount: Ints) -> Ints:
    """Return how many digits each amount has."""
    return np.floor(np.log10(np.maximum(np.abs(amount), 1))).astype(np.int64)


def _is_slide(bank: Ints, ledger: Ints) -> NDArray[np.bool_]:
    """Return where one amount is the other shifted by one to three places, cut off or not."""
    small = np.minimum(np.abs(bank), np.abs(ledger))
    large = np.maximum(np.abs(bank), np.abs(ledger))
    out = np.zeros(len(bank), bool)
    for factor in (10, 100, 1000):
        out |= (large // factor == small) & (large >= factor)
    return out & (small >= 100) & (np.sign(bank) == np.sign(ledger))

"""Aliases: which name the bank writes for which ledger name, told by the pairs that are certain.

Law: an alias takes two observations at least, and four in five of the bank name's pairs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.agreement import compare_names
from reconciliation.matching.memory import LEAST_WEIGHT, PURITY, Memory
from reconciliation.matching.names import STRONG_NAME
from reconciliation.matching.reading import Reading

Ints = NDArray[np.int64]


def seen_aliases(
    reading: Reading, bank: Ints, ledger: Ints, memory: Memory | None
) -> tuple[Ints, Ints]:
    """Return (bank name, ledger name) ids of every alias the given pairs and the memory bear
    out.
    """
    names = (reading.bank.name[bank], reading.ledger.name[ledger])
    known = (names[0] > 0) & (names[1] > 0)
    left, right = names[0][known], names[1][known]
    weight = np.ones(len(left))
    if memory is not None:
        told = remembered(reading, memory)
        left, right = np.concatenate([left, told[0]]), np.concatenate([right, told[1]])
        weight = np.concatenate([weight, told[2]])
    return _pure(reading, left, right, weight)


def remembered(reading: Reading, memory: Memory) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """Return the memory's aliases whose names occur in these files, with their weights."""
    places = [{key: index for index, key in enumerate(names.keys)} for names in reading.names.sides]
    found = [
        (places[0][bank], places[1][ledger], weight)
        for (bank, ledger), weight in sorted(memory.aliases.items())
        if bank in places[0] and ledger in places[1]
    ]
    table = np.array(found, np.float64).reshape(-1, 3)
    return table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2]


def alias_keys(reading: Reading, bank: Ints, ledger: Ints) -> list[list[str]]:
    """Return the aliases as texts: the bank's name, the ledger's name."""
    names = reading.names.sides
    return [
        [names[0].keys[b], names[1].keys[other]]
        for b, other in zip(bank.tolist(), ledger.tolist(), strict=True)
    ]


def _pure(
    reading: Reading, bank: Ints, ledger: Ints, weight: NDArray[np.float64]
) -> tuple[Ints, Ints]:
    """Return the observed name pairs that are frequent and pure enough, and whose own words do not
    agree anyway (an alias known before is no such agreement)."""
    if not len(bank):
        return bank, ledger
    names = compare_names(reading.names.without_aliases(), bank, ledger)
    width = np.int64(len(reading.names.sides[1].lines))
    pair, back = np.unique(bank * width + ledger, return_inverse=True)
    seen = np.bincount(back, weights=weight)
    total = np.bincount(pair // width, weights=seen)[pair // width]
    different = names.look_up(pair // width, pair % width).level < STRONG_NAME
    good = different & (seen >= LEAST_WEIGHT) & (seen >= PURITY * total)
    return pair[good] // width, pair[good] % width

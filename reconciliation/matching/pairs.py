"""Pairs: the 1:1 passes. Which edges are certain enough to be matches, by posterior over
matchings.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.candidates import Candidates
from reconciliation.matching.differences import relation
from reconciliation.matching.marginals import certain
from reconciliation.matching.names import NO_NAME, PARTIAL_NAME, STRONG_NAME
from reconciliation.matching.reading import RARE_NUMBER, Reading
from reconciliation.matching.references import may_be_one
from reconciliation.matching.ruleset import AUTO, Ruleset
from reconciliation.matching.twins import accept_twins

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Only edges at least this probable take part in a class of twins.
TWIN_FLOOR = 1e-4
#: How much smaller the accepted doubt is where only amount and date, or part of a name, agree.
WEAK_FACTOR, PARTIAL_FACTOR, UNUSUAL_FACTOR = 1.0, 3.0, 20.0


@dataclass(frozen=True, slots=True)
class Accepted:
    """Certain pairs: rows, probability, rule, and the edge each came from."""

    bank: Ints
    ledger: Ints
    chance: Floats
    rule: NDArray[np.object_]
    edge: Ints


def accept_pairs(
    reading: Reading, edges: Candidates, weight: Floats, unusual: NDArray[np.bool_], rules: Ruleset
) -> tuple[Accepted, Floats]:
    """Return the pairs of equal amounts that are certain, and the probability of every edge.

    ``unusual`` edges are dated so far apart that they must be all the more certain.
    """
    chance = certain(edges.bank, edges.ledger, weight)
    rule = pair_rules(reading, edges)
    bound = required(edges, unusual, rules.certainty)
    allowed = edges.equal & _automatic(rule, rules)
    likely = np.flatnonzero(allowed & (chance > TWIN_FLOOR))
    allowed[likely] = ~vetoed(reading, edges.take(likely))
    sure = np.flatnonzero(allowed & (chance >= bound))
    twins = _twins(reading, edges, chance, bound, allowed, sure)
    return _joined(edges, chance, rule, sure, twins), chance


def accept_differences(
    reading: Reading, edges: Candidates, chance: Floats, rules: Ruleset
) -> tuple[Ints, NDArray[np.object_]]:
    """Return the edges of unequal amounts that a shared rare number and a named relation make
    certain.
    """
    unequal = ~edges.equal & (chance >= rules.certainty) & ~vetoed(reading, edges)
    sure = np.flatnonzero(unequal)
    bank = reading.bank.amount[edges.bank[sure]]
    ledger = reading.ledger.amount[edges.ledger[sure]]
    named = relation(bank, ledger, rules)
    return sure[named != ""], named[named != ""]


def pair_rules(reading: Reading, edges: Candidates) -> NDArray[np.object_]:
    """Return the rule each edge of equal amounts would be matched by."""
    number, name = edges.number >= 0, edges.level > NO_NAME
    rule = np.full(len(edges), "amount_and_date", dtype=object)
    rule[name] = "amount_and_name"
    rule[reading.names.is_alias(edges.token)] = "amount_and_alias"
    rule[number] = "amount_and_number"
    rule[number & name] = "amount_number_name"
    return rule


def required(edges: Candidates, unusual: NDArray[np.bool_], certainty: float) -> Floats:
    """Return the probability each edge must reach: more where little but the amount speaks for
    it.
    """
    weak = (edges.number < 0) & (edges.level == NO_NAME)
    partial = (edges.number < 0) & (edges.level == PARTIAL_NAME)
    doubt = np.full(len(edges), 1.0 - certainty)
    doubt[weak] /= WEAK_FACTOR
    doubt[partial] /= PARTIAL_FACTOR
    doubt[unusual] /= UNUSUAL_FACTOR
    return 1.0 - doubt


def vetoed(reading: Reading, edges: Candidates) -> NDArray[np.bool_]:
    """Return the edges whose lines show different known names, numbers that each point elsewhere,
    or the numbers of different documents.
    """
    bank, ledger = reading.bank, reading.ledger
    silent = (edges.number < 0) & (edges.level != STRONG_NAME)
    names = (bank.name_state[edges.bank] == 2) & (ledger.name_state[edges.ledger] == 2)
    numbers = (bank.number_state[edges.bank] == RARE_NUMBER) & (
        ledger.number_state[edges.ledger] == RARE_NUMBER
    )
    return (silent & names) | ((edges.number < 0) & numbers) | _other_document(reading, edges)


def _other_document(reading: Reading, edges: Candidates) -> NDArray[np.bool_]:
    """Return the edges whose lines name different documents of one sort."""
    texts, numbers = reading.texts, [side.numbers for side in reading.sides]
    common = texts.sorts[0][edges.bank] & texts.sorts[1][edges.ledger]
    other = (edges.number < 0) & (common > 0)
    for edge in np.flatnonzero(other).tolist():
        written = [
            [texts.number[token] for token in table.at(int(row))]
            for table, row in zip(numbers, (edges.bank[edge], edges.ledger[edge]), strict=True)
        ]
        sorts = int(common[edge])
        other[edge] = not any(may_be_one(*each, sorts) for each in product(*written))
    return other


def _automatic(rule: NDArray[np.object_], rules: Ruleset) -> NDArray[np.bool_]:
    """Return where the ruleset lets the edge's rule commit."""
    return np.isin(rule, [name for name in set(rule) if rules.mode(name) == AUTO])


def _twins(reading, edges: Candidates, chance, bound, allowed, sure: Ints):
    """Return the pairs of twins among the lines that no single edge settled."""
    free = ~np.isin(edges.bank, edges.bank[sure]) & ~np.isin(edges.ledger, edges.ledger[sure])
    some = np.flatnonzero(allowed & free & (chance > TWIN_FLOOR))
    found = accept_twins(
        reading.lines, edges.bank[some], edges.ledger[some], chance[some], bound[some]
    )
    return found


def _joined(edges: Candidates, chance: Floats, rule, sure: Ints, twins) -> Accepted:
    """Return the single edges and the twins as one list."""
    width = int(edges.ledger.max(initial=0)) + 1
    code = edges.bank * width + edges.ledger
    twin_edge = np.searchsorted(code, twins.bank * width + twins.ledger)
    return Accepted(
        np.concatenate([edges.bank[sure], twins.bank]),
        np.concatenate([edges.ledger[sure], twins.ledger]),
        np.concatenate([chance[sure], twins.chance]),
        np.concatenate([rule[sure], np.full(len(twins.bank), "interchangeable", dtype=object)]),
        np.concatenate([sure, twin_edge]),
    )

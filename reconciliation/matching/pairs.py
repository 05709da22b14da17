"""Pairs: the 1:1 passes. Which edges are certain enough to be matches, by posterior over
matchings.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from reconciliation.matching.twins import accept_twins, soft_classes, twin_classes

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Only edges at least this probable take part in a class of twins.
TWIN_FLOOR = 1e-4
#: How much smaller the accepted doubt is where only amount and date, or part of a name, agree.
WEAK_FACTOR, PARTIAL_FACTOR, UNUSUAL_FACTOR = 1.0, 3.0, 20.0


@dataclass(frozen=True, slots=True)
class Accepted:
    """Certain pairs: rows, probability, rule, the edge each came from, and whether one of the
    lines is the earliest of copies that differ in their date alone."""

    bank: Ints
    ledger: Ints
    chance: Floats
    rule: NDArray[np.object_]
    edge: Ints
    copied: NDArray[np.bool_]


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
    parts = [_Part(sure, chance[sure], rule[sure])]
    for soft in (False, True):
        taken = np.concatenate([part.edge for part in parts])
        parts.append(_twins(reading, edges, chance, bound, allowed, taken, soft=soft))
    parts[2] = replace(parts[2], rule=rule[parts[2].edge])
    edge = np.concatenate([part.edge for part in parts])
    copied = np.arange(len(edge)) >= len(edge) - len(parts[2].edge)
    shown = np.concatenate([part.chance for part in parts])
    rules_of = np.concatenate([part.rule for part in parts])
    found = Accepted(edges.bank[edge], edges.ledger[edge], shown, rules_of, edge, copied)
    return found, chance


def accept_differences(
    reading: Reading, edges: Candidates, chance: Floats, rules: Ruleset
) -> tuple[Ints, NDArray[np.object_]]:
    """Return the edges of unequal amounts that a shared rare number and a named relation make
    certain.
    """
    sure = np.flatnonzero(~edges.equal & (chance >= rules.certainty))
    sure = sure[~vetoed(reading, edges.take(sure))]
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


@dataclass(frozen=True, slots=True)
class _Part:
    """Accepted edges, their probabilities and their rules."""

    edge: Ints
    chance: Floats
    rule: NDArray[np.object_]


def _twins(
    reading: Reading, edges: Candidates, chance: Floats, bound: Floats,
    allowed: NDArray[np.bool_], taken: Ints, *, soft: bool,
) -> _Part:  # fmt: skip
    """Return the pairs of twins among the lines that no edge ``taken`` settled.

    ``soft`` twins are those of lines sharing a number.
    """
    free = ~np.isin(edges.bank, edges.bank[taken]) & ~np.isin(edges.ledger, edges.ledger[taken])
    free &= allowed & (chance > TWIN_FLOOR) & ((edges.number >= 0) | (not soft))
    some = np.flatnonzero(free)
    found = accept_twins(
        reading.lines, edges.bank[some], edges.ledger[some], chance[some], bound[some],
        soft_classes if soft else twin_classes,
    )  # fmt: skip
    width = int(edges.ledger.max(initial=0)) + 1
    code = (edges.bank * width + edges.ledger)[some]
    wanted = found.bank * width + found.ledger
    at = np.minimum(np.searchsorted(code, wanted), max(len(code) - 1, 0))
    real = code[at] == wanted if len(code) else np.zeros(len(wanted), bool)
    chances = found.chance[real]
    return _Part(some[at[real]], chances, np.full(len(chances), "interchangeable", dtype=object))

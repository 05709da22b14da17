"""Alias memory: which name the bank writes for which ledger name, and how often people undid a
rule.

Law: a run uses the memory frozen at its start; ``learn`` and ``unlearn`` return a new one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.columns import LineColumns
from reconciliation.matching.names import read_names
from reconciliation.matching.ruleset import AUTO, SUGGEST, Ruleset
from reconciliation.matching.tokens import read_texts

#: What one match by hand counts for; an automatic one counts once.
HAND_WEIGHT = 2.0
#: A rule is only suggested after this many unmatches, or when its error is surely above the limit.
MOST_UNDONE = 3
ERROR_LIMIT = 0.001
_Z = 1.96


@dataclass(frozen=True)
class Memory:
    """What earlier matches taught, frozen at the start of a run.

    ``aliases``: (bank name key, ledger name key) → weight of the observations ·
    ``undone``: rule → unmatches by people (a slip undone at once is not counted) ·
    ``made``: rule → matches made.
    """

    aliases: dict[tuple[str, str], float] = field(default_factory=dict)
    undone: dict[str, int] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the memory as plain JSON values."""
        rows = [[bank, ledger, weight] for (bank, ledger), weight in sorted(self.aliases.items())]
        return {"aliases": rows, "undone": dict(self.undone), "made": dict(self.made)}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Memory:
        """Return the memory of ``to_json``."""
        aliases = {(bank, ledger): weight for bank, ledger, weight in stored.get("aliases", [])}
        return cls(aliases, dict(stored.get("undone", {})), dict(stored.get("made", {})))

    def demoted(self, ruleset: Ruleset) -> Ruleset:
        """Return the ruleset in which rules that people kept undoing only suggest."""
        poor = {rule for rule, undone in self.undone.items() if self._is_poor(rule, undone)}
        return ruleset.with_modes(
            {rule: SUGGEST for rule in sorted(poor) if ruleset.rules.get(rule) == AUTO}
        )

    def _is_poor(self, rule: str, undone: int) -> bool:
        """Return whether a rule's error, bounded below by Wilson, is above the limit."""
        return undone >= MOST_UNDONE or wilson_lower(undone, self.made.get(rule, 0)) > ERROR_LIMIT


Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


def learn(
    memory: Memory,
    bank: LineColumns,
    ledger: LineColumns,
    pairs: Pairs,
    *,
    weight: float = HAND_WEIGHT,
) -> Memory:
    """Return the memory with the aliases of matched pairs: bank row ``pairs[0][i]`` is ledger row
    ``pairs[1][i]``. The whole files are given because they tell which words are common."""
    aliases = dict(memory.aliases)
    for pair, count in Counter(name_keys(bank, ledger, pairs)).items():
        aliases[pair] = aliases.get(pair, 0.0) + weight * count
    return replace(memory, aliases=aliases)


def unlearn(memory: Memory, bank: LineColumns, ledger: LineColumns, pairs: Pairs) -> Memory:
    """Return the memory without the aliases of unmatched pairs."""
    gone = set(name_keys(bank, ledger, pairs))
    kept = {pair: weight for pair, weight in memory.aliases.items() if pair not in gone}
    return replace(memory, aliases=kept)


def count_rules(memory: Memory, made: Mapping[str, int], undone: Iterable[str] = ()) -> Memory:
    """Return the memory with further matches made, and unmatches, by rule."""
    return replace(
        memory,
        made=dict(Counter(memory.made) + Counter(made)),
        undone=dict(Counter(memory.undone) + Counter(undone)),
    )


def name_keys(bank: LineColumns, ledger: LineColumns, pairs: Pairs) -> list[tuple[str, str]]:
    """Return the (bank name, ledger name) of each pair of rows in which both have one."""
    book = read_names(read_texts(bank, ledger))
    names = [
        [side.keys[name] for name in side.of_row[rows].tolist()]
        for side, rows in zip(book.sides, pairs, strict=True)
    ]
    return [pair for pair in zip(*names, strict=True) if all(pair)]


def wilson_lower(count: int, total: int) -> float:
    """Return the lower bound of count / total at 95 per cent."""
    if total <= 0:
        return 0.0
    rate, z = min(count / total, 1.0), _Z * _Z / total
    spread = _Z * sqrt(rate * (1 - rate) / total + z / (4 * total))
    return max((rate + z / 2 - spread) / (1 + z), 0.0)

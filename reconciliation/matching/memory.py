"""Memory: what earlier matches taught, frozen at the start of a run: which name the bank writes for
which ledger name, how often people undid a rule, how far shown probabilities may be trusted.

Law: a run uses the memory frozen at its start; nothing here changes one. Light: pages read it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

from reconciliation.matching.ruleset import AUTO, RULE_LABELS, SUGGEST, Ruleset

#: An alias takes so much weight, and this share of the weight of the bank name's pairs.
LEAST_WEIGHT, PURITY = 2, 0.8
#: At most this many aliases are kept in a memory, those of the most weight.
MOST_ALIASES = 50_000
#: A longer text is no name.
LONGEST_NAME = 200
#: A rule is only suggested after this many unmatches, or when its error is surely above the limit.
MOST_UNDONE = 3
ERROR_LIMIT = 0.001
_Z = 1.96


@dataclass(frozen=True, slots=True)
class Demotion:
    """A rule that people kept undoing: how many of its automatic matches were made and undone."""

    rule: str
    undone: int
    made: int

    @property
    def sentence(self) -> str:
        """Say that the rule only suggests, and why."""
        label = RULE_LABELS.get(self.rule, self.rule)
        if self.made < self.undone:
            times = "once" if self.undone == 1 else f"{self.undone:,} times"
            return f"“{label}” only suggests: its matches were undone {times}."
        matches = "match" if self.made == 1 else "matches"
        return (
            f"“{label}” only suggests: {self.undone:,} of its {self.made:,} {matches} "
            f"{'was' if self.undone == 1 else 'were'} undone."
        )


@dataclass(frozen=True)
class Memory:
    """What earlier matches taught, frozen at the start of a run.

    ``aliases``: (bank name key, ledger name key) → weight of the observations, pairs that agree
    anyway included where the bank name has others · ``undone``: rule → unmatches by people (a slip
    undone at once is not counted) · ``made``: rule → matches made · ``slope``: what the raw logit
    is multiplied by before a probability is shown, None = as usual; ``decisions`` it was fitted to
    · ``trail_seq``: the number of the last audit event it has learned from · ``refused``: groups
    (bank line ids, ledger line ids) that people unmatched.
    """

    aliases: dict[tuple[str, str], float] = field(default_factory=dict)
    undone: dict[str, int] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)
    slope: float | None = None
    decisions: int = 0
    trail_seq: int = 0
    refused: list[tuple[list[int], list[int]]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the memory as plain JSON values."""
        rows = [[bank, ledger, weight] for (bank, ledger), weight in sorted(self.aliases.items())]
        return {
            "aliases": rows,
            "undone": dict(self.undone),
            "made": dict(self.made),
            "slope": self.slope,
            "decisions": self.decisions,
            "trail_seq": self.trail_seq,
            "refused": [list(group) for group in self.refused],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Memory:
        """Return the memory of ``to_json``; what is absent was not known."""
        return cls(
            aliases={(bank, ledger): weight for bank, ledger, weight in stored.get("aliases", [])},
            undone=dict(stored.get("undone", {})),
            made=dict(stored.get("made", {})),
            slope=stored.get("slope"),
            decisions=stored.get("decisions", 0),
            trail_seq=stored.get("trail_seq", 0),
            refused=[(bank, ledger) for bank, ledger in stored.get("refused", [])],
        )

    def demotions(self, ruleset: Ruleset) -> list[Demotion]:
        """Return the automatic rules of the ruleset that people kept undoing, in their order."""
        return [
            Demotion(rule, self.undone[rule], self.made.get(rule, 0))
            for rule in RULE_LABELS
            if self._is_poor(rule) and ruleset.rules[rule] == AUTO
        ]

    def demoted(self, ruleset: Ruleset) -> Ruleset:
        """Return the ruleset in which rules that people kept undoing only suggest."""
        return ruleset.with_modes({each.rule: SUGGEST for each in self.demotions(ruleset)})

    def _is_poor(self, rule: str) -> bool:
        """Return whether a rule's error, bounded below by Wilson, is above the limit."""
        undone = self.undone.get(rule, 0)
        return undone >= MOST_UNDONE or wilson_lower(undone, self.made.get(rule, 0)) > ERROR_LIMIT


def wilson_lower(count: int, total: int) -> float:
    """Return the lower bound of count / total at 95 per cent."""
    if total <= 0:
        return 0.0
    rate, z = min(count / total, 1.0), _Z * _Z / total
    spread = _Z * sqrt(rate * (1 - rate) / total + z / (4 * total))
    return max((rate + z / 2 - spread) / (1 + z), 0.0)

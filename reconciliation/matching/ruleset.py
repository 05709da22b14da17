"""The ruleset: which rules run, how far they may reach, and what they may do; stored with each run.

Law: every value is checked on the way in, and ``describe`` says in plain words what a run will do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

from reconciliation.money import format_grouped

AUTO, SUGGEST, OFF = "auto", "suggest", "off"
MODES = (AUTO, SUGGEST, OFF)
#: What a rule may do, in the words of the page.
MODE_LABELS = {AUTO: "Match by itself", SUGGEST: "Only suggest", OFF: "Off"}

#: Every rule in the order in which it is tried, with the label people read.
RULE_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "reversal": "Reversal on one side",
        "amount_number_name": "Same amount, number and name",
        "amount_and_number": "Same amount and number",
        "amount_and_name": "Same amount and name",
        "amount_and_alias": "Same amount, known other name",
        "amount_and_date": "Same amount, close dates",
        "interchangeable": "Same amount, interchangeable lines",
        "reference_group": "Group sharing a reference",
        "reference_net_of_fee": "Referenced batch less its fee",
        "reference_and_remainder": "Reference plus one remainder",
        "structure_group": "Group by day, source or payee",
        "structure_net_of_fee": "Batch less its fee",
        "number_with_difference": "Same number, different amount",
        "name_with_difference": "Same name, close amount",
        "block": "Block of equal lines",
        "subset_sum": "Lines that happen to add up",
    }
)

#: Strictness by name: the probability from which a match is made.
STRICTNESS: Mapping[str, float] = MappingProxyType({"standard": 0.999, "strict": 0.9999})
#: With more lines per account and year than this, strict is advised: amounts recur by chance.
STRICT_LINES_A_YEAR = 200_000

#: Rules that never commit a match by themselves, whatever the ruleset says.
SUGGEST_ONLY = frozenset({"block", "subset_sum"})

#: Rules whose groups leave a difference to post.
DIFFERENCE_RULES = frozenset({"number_with_difference", "name_with_difference"})

#: Rules that explain a difference to the cent by a learned fee: the fee is posted as an adjustment.
FEE_RULES = frozenset({"reference_net_of_fee", "structure_net_of_fee"})

_LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "days_before": (0, 60),
        "days_after": (0, 120),
        "number_days_before": (0, 400),
        "number_days_after": (0, 800),
        "group_days": (0, 120),
        "certainty": (0.9, 0.999999),
        "tolerance_pct": (0.0, 20.0),
        "tolerance_minor": (0, 10_000_000),
    }
)


def _default_modes() -> dict[str, str]:
    """Return every rule's mode: automatic but for the rules that only ever suggest."""
    return {rule: SUGGEST if rule in SUGGEST_ONLY else AUTO for rule in RULE_LABELS}


@dataclass(frozen=True)
class Ruleset:
    """How a run decides. Days are counted from the ledger date to the bank date.

    ``days_before`` / ``days_after``: how much earlier / later than the ledger entry the bank line
    may be · ``number_days_*``: the same for lines sharing a number · ``group_days``: the longest
    span of a group · ``certainty``: the probability from which a match is made ·
    ``tolerance_pct`` and ``tolerance_minor``: the largest accepted difference, whichever allows
    more · ``differences``: what happens to matches that leave a difference to post · ``rules``:
    each rule's own mode.
    """

    days_before: int = 6
    days_after: int = 15
    number_days_before: int = 30
    number_days_after: int = 200
    group_days: int = 31
    certainty: float = 0.999
    tolerance_pct: float = 5.0
    tolerance_minor: int = 500
    differences: str = SUGGEST
    rules: Mapping[str, str] = field(default_factory=_default_modes)

    def __post_init__(self) -> None:
        """Refuse a value out of its range, an unknown rule or an unknown mode."""
        for name, (low, high) in _LIMITS.items():
            number = getattr(self, name)
            whole = name not in ("certainty", "tolerance_pct")
            if isinstance(number, bool) or not isinstance(number, int if whole else int | float):
                raise ValueError(f"{name}: read {number!r}, expected a number")
            if not low <= number <= high:
                raise ValueError(f"{name}: read {number}, expected {low} to {high}")
        if self.differences not in MODES:
            raise ValueError(f"differences: read {self.differences!r}, expected one of {MODES}")
        object.__setattr__(self, "rules", MappingProxyType(_checked_modes(self.rules)))

    def mode(self, rule: str) -> str:
        """Return what ``rule`` may do: auto, suggest or off, the policy for differences
        included.
        """
        own = self.rules[rule]
        if rule in DIFFERENCE_RULES | FEE_RULES:
            return max(own, self.differences, key=(AUTO, SUGGEST, OFF).index)
        return own

    def with_modes(self, modes: Mapping[str, str]) -> Ruleset:
        """Return a copy in which the rules named in ``modes`` have another mode."""
        return replace(self, rules={**self.rules, **modes})

    def to_json(self) -> dict[str, Any]:
        """Return the ruleset as plain JSON values."""
        plain = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**plain, "rules": dict(self.rules)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Ruleset:
        """Return the ruleset of ``to_json``; names that are absent keep their default.

        Raises ValueError for a name that no ruleset has.
        """
        if not isinstance(stored, Mapping):
            raise ValueError(f"ruleset: read {type(stored).__name__}, expected named values")
        unknown = set(stored) - {each.name for each in fields(cls)}
        if unknown:
            raise ValueError(f"ruleset: {', '.join(sorted(unknown))} is not known")
        return cls(**stored)

    @property
    def strictness(self) -> str:
        """Return the name of its certainty, or "" where it has none."""
        return next((name for name, least in STRICTNESS.items() if least == self.certainty), "")

    def describe(self, decimals: int = 2) -> list[str]:
        """Return what a run with this ruleset does, one plain sentence each; ``decimals`` are those
        of the currency.
        """
        tolerance = format_grouped(self.tolerance_minor, decimals)
        strictness = f" ({self.strictness})" if self.strictness else ""
        policy = {
            AUTO: "Matches that leave a difference are made, and the difference is posted.",
            SUGGEST: "Matches that leave a difference are only suggested.",
            OFF: "Amounts must agree to the cent; differences are not looked for.",
        }[self.differences]
        return [
            f"A bank line may be dated from {self.days_before} days before to "
            f"{self.days_after} days after its ledger entry; kinds seen to take longer may.",
            f"Lines that share a number may be {self.number_days_before} days before to "
            f"{self.number_days_after} days after.",
            f"Lines of one group lie within {self.group_days} days.",
            f"A match is made when its probability is at least {self.certainty * 100:.6g} %"
            f"{strictness}; less certain ones are suggested.",
            policy,
            f"A difference may be {self.tolerance_pct:g} % of the amount, or {tolerance} where "
            "that is more, but then a tenth of it at most.",
            *_mode_sentences(self.rules),
        ]


def _checked_modes(modes: Mapping[str, str]) -> dict[str, str]:
    """Return a mode for every rule, defaults filled in; refuse names and modes that do not
    exist.
    """
    if not isinstance(modes, Mapping):
        raise ValueError(f"rules: read {type(modes).__name__}, expected a mode for each rule")
    for rule, mode in modes.items():
        if rule not in RULE_LABELS:
            raise ValueError(f"rules: {rule!r} is not a rule")
        if mode not in MODES:
            raise ValueError(f"rules: {rule}: read {mode!r}, expected one of {MODES}")
        if mode == AUTO and rule in SUGGEST_ONLY:
            raise ValueError(f"rules: {rule} can only suggest")
    return {**_default_modes(), **modes}


def _mode_sentences(modes: Mapping[str, str]) -> list[str]:
    """Return a sentence for each mode that some rule has been set to on purpose."""
    usual = _default_modes()
    changed = [rule for rule in RULE_LABELS if modes[rule] != usual[rule]]
    words = {AUTO: "matches automatically", SUGGEST: "only suggests", OFF: "is switched off"}
    return [f"“{RULE_LABELS[rule]}” {words[modes[rule]]}." for rule in changed]

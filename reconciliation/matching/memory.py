"""Alias memory: which words the bank writes for which ledger name, learned from matches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Memory:
    """What earlier matches taught, frozen at the start of a run.

    ``aliases``: (bank name key, ledger name key) → weight of the observations ·
    ``undone``: rule → unmatches by people · ``made``: rule → matches made.
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

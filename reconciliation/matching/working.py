"""Working: the state a run carries from pass to pass: what is still open, what has been decided."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.batches import Batch
from reconciliation.matching.candidates import Candidates
from reconciliation.matching.memory import Memory
from reconciliation.matching.proposals import MATCHED
from reconciliation.matching.reading import Reading
from reconciliation.matching.refusals import Groups, is_recalled, is_refused, only_offered
from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.weights import Rates, edge_weights

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass
class Working:
    """One run: the lines as read, the rules, what is open on either side, and the batches so far.

    ``held`` lines are open, but in a group that is certain and may only be suggested: later passes
    leave them alone, so that the policy changes outcomes and not decisions.
    ``earlier`` rows of each side were matched before this run: they count where it is asked what is
    usual, and are never open.
    ``refused``: groups of rows that people unmatched before.
    ``recalled``: ledger rows that the ledger reverses although the bank shows their payment.
    ``leads``: groups that are likely and not certain, to be offered if their lines stay open.
    ``unexplained``: for each row of a side the chance that no single line of the other explains it.
    """

    reading: Reading
    rules: Ruleset
    memory: Memory | None
    windows: tuple[Ints, Ints]
    open: tuple[NDArray[np.bool_], NDArray[np.bool_]]
    held: tuple[NDArray[np.bool_], NDArray[np.bool_]]
    earlier: tuple[Ints, Ints]
    refused: Groups = frozenset()
    recalled: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    batches: list[Batch] = field(default_factory=list)
    leads: list[Batch] = field(default_factory=list)
    rates: Rates | None = None
    unexplained: tuple[Floats, Floats] = (np.empty(0), np.empty(0))
    aliases: list[list[str]] = field(default_factory=list)
    paired: tuple[list[Ints], list[Ints]] = field(default_factory=lambda: ([], []))

    def rows(self, side: int) -> Ints:
        """Return the open rows of a side that a pass may use."""
        return np.flatnonzero(self.open[side] & ~self.held[side])

    def is_free(self, side: int, rows: Ints) -> NDArray[np.bool_]:
        """Return which of some rows of a side are open and may be used by a pass."""
        return self.open[side][rows] & ~self.held[side][rows]

    def weigh(self, edges: Candidates) -> Floats:
        """Return the weight of each edge under the rates this run has learned."""
        assert self.rates is not None, "the first 1:1 pass learns the rates"
        return edge_weights(self.reading, edges, self.rates)

    def add(self, batch: Batch) -> NDArray[np.bool_]:
        """Take a batch of certain groups in; its lines are open no longer, or held. Return which of
        the groups neither a person nor a reversal refused: those are only offered."""
        refused = is_refused(batch, self.refused)
        recalled = is_recalled(batch, self.recalled) & ~refused
        kept = ~(refused | recalled)
        for why, which in (("taken_back", refused), ("recalled", recalled)):
            if which.any():
                self._take_in(only_offered(batch.take(which), why))
        self._take_in(batch if kept.all() else batch.take(kept))
        return kept

    def _take_in(self, batch: Batch) -> None:
        self.batches.append(batch)
        for side in (0, 1):
            rows = batch.position[batch.side == side]
            if batch.outcome == MATCHED:
                self.open[side][rows] = False
            else:
                self.held[side][rows] = True

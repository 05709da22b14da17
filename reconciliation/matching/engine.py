"""The engine: the order of passes, one short list. Sure or silent: what is not certain is
suggested.

Law: the same lines give the same decisions, whatever the order of rows and whatever their ids, up
to lines nobody can tell apart.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reconciliation.columns import LineColumns
from reconciliation.matching.batches import Batch, assemble, pairs_batch
from reconciliation.matching.edges import expand, same_amount_ranges
from reconciliation.matching.memory import Memory
from reconciliation.matching.proposals import MATCHED, SUGGESTED, Proposals
from reconciliation.matching.ruleset import AUTO, OFF, Ruleset

ENGINE_VERSION = "1.0"

Progress = Callable[[str, int, int], None]


def propose_matches(
    bank: LineColumns,
    ledger: LineColumns,
    *,
    ruleset: Ruleset,
    memory: Memory | None = None,
    progress: Progress | None = None,
) -> Proposals:
    """Return what the rules find between ``bank`` and ``ledger``; nothing is recorded."""
    batches = _unique_pairs(bank, ledger, ruleset)
    return assemble(batches, bank, ledger)


def _unique_pairs(bank: LineColumns, ledger: LineColumns, ruleset: Ruleset) -> list[Batch]:
    """Match pairs that are each other's only candidate; suggest the small ambiguous rest."""
    mode = ruleset.mode("amount_and_date")
    if mode == OFF or not len(bank) or not len(ledger):
        return []
    ranges = same_amount_ranges(
        bank.amount_minor,
        bank.booked_on,
        ledger.amount_minor,
        ledger.booked_on,
        ruleset.days_before,
        ruleset.days_after,
    )
    few = np.flatnonzero((ranges.count > 0) & (ranges.count <= 5))
    b, k = expand(ranges, few)
    rivals = np.bincount(k, minlength=len(ledger))
    sure = (ranges.count[b] == 1) & (rivals[k] == 1)
    lag = (bank.booked_on[b] - ledger.booked_on[k]).astype(int).tolist()
    evidence = np.array([{"lag_days": days} for days in lag] or [], dtype=object)
    outcome = MATCHED if mode == AUTO else SUGGESTED
    done = pairs_batch(
        outcome,
        "amount_and_date",
        np.full(int(sure.sum()), 0.95),
        list(evidence[sure]),
        b[sure],
        k[sure],
    )
    rest = ~sure
    share = 1.0 / np.maximum(ranges.count[b[rest]], rivals[k[rest]])
    return [
        done,
        pairs_batch(SUGGESTED, "amount_and_date", share, list(evidence[rest]), b[rest], k[rest]),
    ]

"""The engine: the order of passes, one short list. Sure or silent: the rest is suggested.

Law: the same lines give the same decisions, whatever the order of rows and whatever their ids, up
to lines nobody can tell apart.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reconciliation.columns import LineColumns
from reconciliation.matching.batches import Batch, assemble, pairs_batch
from reconciliation.matching.candidates import find_candidates
from reconciliation.matching.memory import Memory
from reconciliation.matching.pairs import accept_pairs
from reconciliation.matching.proposals import MATCHED, SUGGESTED, Proposals
from reconciliation.matching.reading import read_sides
from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.weights import edge_weights, learn_rates

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
    import time; t=time.perf_counter()
    def say(x): 
        if progress: progress(x,0,0)
    reading = read_sides(bank, ledger); say('read')
    ob, ol = np.arange(len(bank)), np.arange(len(ledger))
    win = (np.full(len(bank), ruleset.days_before), np.full(len(bank), ruleset.days_after))
    edges = find_candidates(reading, ob, ol, win, ruleset); say('cand %d'%len(edges))
    rates = learn_rates(reading, edges); say('learn')
    w = edge_weights(reading, edges, rates)
    acc, chance = accept_pairs(reading, edges, w, ruleset); say('accept')
    global DBG
    DBG = (reading, edges, rates, w, chance, acc)
    ev = [{} for _ in acc.bank]
    return assemble([pairs_batch(MATCHED, acc.rule, acc.chance, ev, acc.bank, acc.ledger)], bank, ledger)

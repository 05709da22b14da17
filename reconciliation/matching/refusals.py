"""Refusals: groups that a person unmatched are never matched by a run again, only offered; nor are
bank lines with a ledger entry that the ledger itself reverses.

Law: it is the very lines that count, whatever the rule; other groups of them are not refused.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.batches import Batch
from reconciliation.matching.proposals import BANK, LEDGER, MATCHED, SUGGESTED
from reconciliation.matching.reading import Reading

#: The rows of each group on the bank's and on the ledger's side, ascending.
Groups = frozenset[tuple[tuple[int, ...], tuple[int, ...]]]


def refused_rows(reading: Reading, refused: Iterable[tuple[list[int], list[int]]]) -> Groups:
    """Return the refused groups of line ids as rows; groups with a line that is not there fall
    away."""
    wanted = list(refused)
    places = []
    for side, lines in enumerate(reading.lines):
        ids = np.array([line for group in wanted for line in group[side]], np.int64)
        rows = np.flatnonzero(np.isin(lines.id, ids))
        places.append(dict(zip(lines.id[rows].tolist(), rows.tolist(), strict=True)))
    found = set()
    for group in wanted:
        if all(line in places[side] for side in (0, 1) for line in group[side]):
            bank, ledger = (tuple(sorted(places[s][line] for line in group[s])) for s in (0, 1))
            found.add((bank, ledger))
    return frozenset(found)


def is_refused(batch: Batch, refused: Groups) -> NDArray[np.bool_]:
    """Return which groups of a batch of matches a person unmatched before."""
    out = np.zeros(len(batch), bool)
    if not refused or batch.outcome != MATCHED:
        return out
    known = np.zeros(len(batch.group), bool)
    for side in (0, 1):
        rows = np.array([row for group in refused for row in group[side]], np.int64)
        known |= (batch.side == side) & np.isin(batch.position, rows)
    size = np.bincount(batch.group, minlength=len(batch))
    suspects = np.bincount(batch.group[known], minlength=len(batch)) == size
    for group in np.flatnonzero(suspects).tolist():
        mine = batch.group == group
        bank, ledger = (tuple(sorted(batch.position[mine & (batch.side == s)])) for s in (0, 1))
        out[group] = (bank, ledger) in refused
    return out


def is_recalled(batch: Batch, recalled: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which groups of a batch of matches give a bank line an entry that was reversed."""
    if not len(recalled) or batch.outcome != MATCHED:
        return np.zeros(len(batch), bool)
    entry = (batch.side == LEDGER) & np.isin(batch.position, recalled)
    holds = [
        np.bincount(batch.group[mine], minlength=len(batch)) > 0
        for mine in (entry, batch.side == BANK)
    ]
    return holds[0] & holds[1]


def only_offered(batch: Batch, why: str) -> Batch:
    """Return the groups as suggestions that say why they are no more than that."""
    return batch.told(SUGGESTED, [{**evidence, why: True} for evidence in batch.evidence])

"""Evidence: the reasons for a pair as data."""

from __future__ import annotations

import numpy as np

from reconciliation.matching.candidates import Candidates
from reconciliation.matching.reading import Reading


def pair_evidence(reading: Reading, edges: Candidates) -> list[dict]:
    """Return each edge's evidence: days from ledger to bank, how many other lines have this
    amount, how many look-alikes one expects, and the number and the name both lines show."""
    code = reading.bank.amount_code[edges.bank]
    same = np.maximum(reading.amount_lines[0][code], reading.amount_lines[1][code]) - 1
    keys = reading.names.sides[1].keys
    names = reading.ledger.name[edges.ledger]
    columns = (
        edges.lag.tolist(),
        same.tolist(),
        np.round(edges.alike, 4).tolist(),
        edges.number.tolist(),
        np.where(edges.level > 0, names, 0).tolist(),
        edges.level.tolist(),
    )
    numbers = reading.texts.number
    out = []
    for lag, others, alike, number, name, level in zip(*columns, strict=True):
        entry = {"lag_days": lag, "same_amount": others, "alike": alike}
        if number >= 0:
            entry["number"] = numbers[number]
        if name:
            entry["name"] = keys[name]
            entry["name_level"] = level
        out.append(entry)
    return out


def difference_evidence(reading: Reading, edges: Candidates, named: list[str]) -> list[dict]:
    """Return the evidence of pairs whose amounts differ: that of the pair, and both amounts."""
    bank = reading.bank.amount[edges.bank].tolist()
    ledger = reading.ledger.amount[edges.ledger].tolist()
    return [
        {**entry, "relation": relation, "bank_minor": b, "ledger_minor": amount}
        for entry, relation, b, amount in zip(
            pair_evidence(reading, edges), named, bank, ledger, strict=True
        )
    ]

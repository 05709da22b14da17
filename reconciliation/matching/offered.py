"""Offers as reasons: a line that is offered a counterpart of another amount points to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.diagnosis import NO_LINE, Diagnosis
from reconciliation.matching.proposals import BANK, MATCHED, Proposals
from reconciliation.vocabulary import BreakReason

Ints = NDArray[np.int64]


def point_to_offers(
    found: tuple[Diagnosis, Diagnosis], proposals: Proposals
) -> tuple[Diagnosis, Diagnosis]:
    """Return the diagnosis of both sides in which every open line that points to nothing, but is
    offered one line of another amount, differs in amount from the line it is offered first.
    """
    groups, bank, ledger = _offered_pairs(proposals)
    for diagnosis, own, other in ((found[0], bank, ledger), (found[1], ledger, bank)):
        at = np.searchsorted(diagnosis.line, own)
        known = at < len(diagnosis)
        known[known] = diagnosis.line[at[known]] == own[known]
        known[known] = diagnosis.points_to[at[known]] == NO_LINE
        rows, first = np.unique(at[known], return_index=True)
        chosen = np.flatnonzero(known)[first]
        evidence = [proposals.evidence[group] for group in groups[chosen].tolist()]
        diagnosis.reason[rows] = BreakReason.AMOUNT_DIFFERS.value
        diagnosis.detail[rows] = [each.get("relation", "") for each in evidence]
        diagnosis.number[rows] = [each.get("number", "") for each in evidence]
        diagnosis.points_to[rows] = other[chosen]
        diagnosis.pointed_side[rows] = 1 if diagnosis is found[0] else 0
        diagnosis.difference_minor[rows] = proposals.difference_minor[groups[chosen]]
        diagnosis.count[rows] = 1
    return found


def _offered_pairs(proposals: Proposals) -> tuple[Ints, Ints, Ints]:
    """Return group, bank line and ledger line of each offer of one line to one of another amount,
    the likeliest first."""
    sizes = np.bincount(proposals.member_group, minlength=len(proposals))
    ends = np.cumsum(sizes)
    offered = (proposals.outcome != MATCHED) & (proposals.difference_minor != 0) & (sizes == 2)
    groups = np.flatnonzero(offered)
    groups = groups[np.argsort(-proposals.probability[groups], kind="stable")]
    left, right = ends[groups] - 2, ends[groups] - 1
    both = proposals.member_side[left] != proposals.member_side[right]
    groups, left, right = groups[both], left[both], right[both]
    is_bank = proposals.member_side[left] == BANK
    lines = proposals.member_line
    return groups, lines[np.where(is_bank, left, right)], lines[np.where(is_bank, right, left)]

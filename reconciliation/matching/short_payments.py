"""Short payments: a line and all open lines that share its reference, whose total is a little off.
Only ever suggested."""

from __future__ import annotations

import numpy as np

from reconciliation.matching.batches import Batch, groups_batch
from reconciliation.matching.groups_by_number import reference_stars, shared_number
from reconciliation.matching.proposals import SUGGESTED
from reconciliation.matching.stars import compatible
from reconciliation.matching.working import Working

#: How likely such a group is one event; a rough figure, on the low side.
CHANCE = 0.7


def find_short_payments(work: Working, side: int) -> Batch:
    """Return the groups around lines of ``side`` whose difference the ruleset tolerates, measured
    by the sizes of the amounts that were added up."""
    stars = reference_stars(work, side)
    mine, other = work.reading.sides[side].amount, work.reading.sides[1 - side].amount
    off = np.abs(mine[stars.centre] - stars.sums(other))
    reach = np.minimum(stars.sums(np.abs(other)), 10**15) * (work.rules.tolerance_pct / 100.0)
    stars = stars.take((off > 0) & (off <= reach))
    stars = stars.take(compatible(stars, stars.count))
    totals = [mine[stars.centre].tolist(), stars.sums(other).tolist()]
    bank, ledger = totals if side == 0 else totals[::-1]
    evidence = [
        {
            "number": shared_number(work, stars, group),
            "lines": lines,
            "relation": "close",
            "bank_minor": paid,
            "ledger_minor": booked,
        }
        for group, (lines, paid, booked) in enumerate(
            zip(stars.count.tolist(), bank, ledger, strict=True)
        )
    ]
    chance = np.full(len(stars), CHANCE)
    return groups_batch(SUGGESTED, "number_with_difference", chance, evidence, *stars.rows())

"""Opposites: open lines whose counterpart stands on the other side with the sign turned round.

Many of them mean that one file was read with the wrong sign: a person must hear of it, because a
reversed side matches nothing and looks merely empty.
"""

from __future__ import annotations

import numpy as np

from reconciliation.columns import LineColumns
from reconciliation.matching.edges import same_amount_ranges
from reconciliation.matching.proposals import BANK, MATCHED, Proposals

#: How far apart in days two opposite lines may be dated.
DAYS = 3
#: Fewer opposites than this are reversals and slips, not a reversed file.
FEW = 3


def opposite_count(bank: LineColumns, ledger: LineColumns, proposals: Proposals) -> int:
    """Return how many bank lines left open have a ledger line left open of the opposite amount;
    0 unless they outnumber the matches and so speak of a reversed file.
    """
    matched = (proposals.outcome == MATCHED)[proposals.member_group]
    on_bank = proposals.member_side == BANK
    bank = bank.take(~np.isin(bank.id, proposals.member_line[matched & on_bank]))
    ledger = ledger.take(~np.isin(ledger.id, proposals.member_line[matched & ~on_bank]))
    if not len(bank) or not len(ledger):
        return 0
    found = same_amount_ranges(
        -bank.amount_minor, bank.booked_on, ledger.amount_minor, ledger.booked_on, DAYS, DAYS
    )
    count = int(((found.count > 0) & (bank.amount_minor != 0)).sum())
    return count if count >= FEW and count > (proposals.outcome == MATCHED).sum() else 0

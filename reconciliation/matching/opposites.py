"""Opposites: what speaks for a wrong file on one side; it matches nothing and looks merely empty.

Many open lines whose counterpart has the sign turned round mean that one file was read with the
wrong sign; sides without a day in common, that one is of another period. A person must hear of it.
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
#: Sides this many days apart are of different periods: no payment takes so long as a rule.
MANY_DAYS = 31


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


def days_apart(bank: LineColumns, ledger: LineColumns, proposals: Proposals) -> int:
    """Return how many days lie between the dates of the two sides, where they are MANY_DAYS or more
    and nothing is matched; else 0.
    """
    if not len(bank) or not len(ledger) or (proposals.outcome == MATCHED).any():
        return 0
    bank_days, ledger_days = bank.booked_on, ledger.booked_on
    apart = max(
        int(ledger_days.min()) - int(bank_days.max()), int(bank_days.min()) - int(ledger_days.max())
    )
    return apart if apart >= MANY_DAYS else 0

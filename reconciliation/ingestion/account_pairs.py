"""Account pairs: journals whose columns Debit and Credit (Soll and Haben, Wn and Ma) hold the
account debited and the account credited, the amount standing in a column of its own.

Told by content: both are filled in every row with whole numbers or words, never nought, never the
same in both; amounts of two sides take turns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product
from typing import Any

from reconciliation.ingestion.cells import as_text
from reconciliation.ingestion.profiles import Profile

#: Headers of the account that is debited: its amounts are positive by their name.
DEBITED = re.compile(
    r"(?<!\w)(soll\w*|debit\w*|débit\w*|debe|dare|wn|winien|md|má dáti|borç\w*|дебет\w*|дт)(?!\w)|"
    r"借方",
    re.IGNORECASE,
)
_CREDITED = re.compile(
    r"(?<!\w)(haben\w*|credit\w*|crédit\w*|haber|avere|ma|d|dal|alacak\w*|кредит\w*|кт)(?!\w)|"
    r"貸方|贷方",
    re.IGNORECASE,
)


#: Names of accounts as plain-text bookkeeping writes them: Assets:Bank:Giro.
_HIERARCHY = re.compile(r"[^\W\d_][^:]*(:[^:]+)+")


def account_of_hierarchy(
    profiles: Sequence[Profile], columns: Sequence[Sequence[Any]]
) -> int | None:
    """Return the column without a known name whose cells are all names of accounts, parts divided
    by colons.
    """
    for p in profiles:
        if p.words or p.distinct < 2 or p.filled < p.rows or p.date_share:
            continue
        if all(_HIERARCHY.fullmatch(as_text(cell).strip()) for cell in set(columns[p.index])):
            return p.index
    return None


def settle_account_pair(
    profiles: Sequence[Profile], columns: Sequence[Sequence[Any]]
) -> tuple[int, int] | None:
    """Return the columns of the account debited and of the account credited, None where there are
    none; from then on they are names of accounts and no amounts.
    """
    may_be = [p for p in profiles if _may_name_accounts(p)]
    amounts = [p for p in profiles if _is_amount(p)]
    found = [
        (d, c)
        for d, c in product(may_be, may_be)
        if d is not c
        and _names_one_side(d, c)
        and any(p is not d and p is not c for p in amounts)
        and _differ(columns[d.index], columns[c.index])
    ]
    if not found:
        return None
    d, c = max(found, key=lambda pair: _kinship(pair[0], pair[1], columns))
    d.words = c.words = {"account_column": 3.0}
    return d.index, c.index


def _names_one_side(d: Profile, c: Profile) -> bool:
    if _CREDITED.search(d.header) or DEBITED.search(c.header):
        return False
    return bool(DEBITED.search(d.header) and _CREDITED.search(c.header))


def _kinship(d: Profile, c: Profile, columns: Sequence[Sequence[Any]]) -> tuple[bool, int, bool]:
    """Return how well two columns go together: of a kind, sharing accounts, names before codes."""
    shared = set(map(as_text, columns[d.index])) & set(map(as_text, columns[c.index]))
    return d.kind == c.kind, len(shared), d.kind == "text"


def _may_name_accounts(p: Profile) -> bool:
    """Tell a filled column of words, of whole numbers above nought or of what its header calls
    accounts.
    """
    if p.rows < 2 or p.filled < 0.95 * p.rows or p.date_share >= 0.6:
        return False
    if p.number_share < 0.8 or p.speaks_for("account_column") >= 2:
        return True
    is_whole = not (p.marks.point or p.marks.comma or p.marks.undecided or p.negatives)
    return is_whole and bool(p.moves.all())


def _is_amount(p: Profile) -> bool:
    """Tell a filled column of figures that its header calls an amount, or one filled in some rows
    that it calls a side.
    """
    if p.number_share < 0.8 or p.date_share >= 0.6:
        return False
    if p.filled >= 0.95 * p.rows:
        return p.speaks_for("amount") >= 1
    return max(p.speaks_for("debit"), p.speaks_for("credit")) >= 1


def _differ(a: Sequence[Any], b: Sequence[Any]) -> bool:
    return all(as_text(x).strip() != as_text(y).strip() for x, y in zip(a, b, strict=True))

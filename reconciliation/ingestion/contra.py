"""Contra accounts: ledgers whose every row names two accounts, as DATEV's Konto and Gegenkonto do.

The amount is that of the account; where the bank is the contra account, plus and minus are swapped.
A journal that books every entry twice, once for each account, only informs by its contra account.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion.cells import as_text, is_filled
from reconciliation.ingestion.layout import Layout
from reconciliation.ingestion.profiles import Profile

_CONTRA = re.compile(
    r"^(gegenkonto|contra|offset|balancing acc|modkonto|motkonto|tegenrekening|compte de contrep|"
    r"contrepartie|contrapartida|contropartita|habenkonto|konto haben|credit account|"
    r"貸方勘定科目|貸方科目|贷方科目|conto avere|cuenta haber|compte crédit)",
    re.IGNORECASE,
)


def pick_contra(
    profiles: Sequence[Profile], columns: Sequence[Sequence[Any]], layout: Layout
) -> int | None:
    """Return the column of contra accounts that belong to the books as the accounts do."""
    account = layout.account_column
    if account is None or _CONTRA.match(profiles[account].header.strip()):
        return None
    found = [
        p
        for p in profiles
        if p.index != account and p.filled >= 0.9 * p.rows and _CONTRA.match(p.header.strip())
    ]
    if not found:
        return None
    best = max(found, key=lambda p: (*_kinship(profiles, columns, account, p.index), -p.index))
    return None if _books_twice(columns, layout, best.index) else best.index


def _kinship(
    profiles: Sequence[Profile], columns: Sequence[Sequence[Any]], account: int, other: int
) -> tuple[int, int]:
    """Return how many accounts two columns share, and how many letters their headers end alike:
    codes go with codes, names with names.
    """
    shared = set(map(as_text, columns[account])) & set(map(as_text, columns[other]))
    pairs = zip(reversed(profiles[account].header), reversed(profiles[other].header), strict=False)
    return len(shared - {""}), sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _books_twice(columns: Sequence[Sequence[Any]], layout: Layout, contra: int) -> bool:
    """Tell a journal in which most rows have a mirror: the accounts swapped, the rest the same."""
    assert layout.account_column is not None and layout.date is not None
    rows = list(
        zip(
            map(as_text, columns[layout.account_column]),
            map(as_text, columns[contra]),
            map(as_text, columns[layout.date]),
            (_size(columns, layout, i) for i in range(len(columns[contra]))),
            strict=True,
        )
    )
    seen = Counter(rows)
    mirrored = sum(seen[(other, own, day, size)] > 0 for own, other, day, size in rows)
    return mirrored >= 0.5 * len(rows)


def _size(columns: Sequence[Sequence[Any]], layout: Layout, i: int) -> str:
    """Return the digits of a row's amount, whichever column it stands in."""
    texts = (as_text(columns[c][i]) for c in layout.amount_columns if is_filled(columns[c][i]))
    return next((re.sub(r"\D", "", text).strip("0") for text in texts if text.strip("0., ")), "")


def swap_for(
    account: str, accounts: list[str], contras: Sequence[str], amounts: NDArray[np.int64]
) -> None:
    """Make rows whose contra account it is rows of the account, with plus and minus swapped."""
    for i, (own, contra) in enumerate(zip(accounts, contras, strict=True)):
        if contra == account and own != account:
            accounts[i] = account
            amounts[i] = -amounts[i]

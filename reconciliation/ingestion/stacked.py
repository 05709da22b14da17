"""Stacked: bank files in which the statements of several accounts stand one below the other.

Law: they are never imported as one account in silence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from reconciliation.ingestion.cells import as_text, is_data_row, is_filled
from reconciliation.ingestion.layout import Layout
from reconciliation.ingestion.reading import Answer, Question

_NAMED = re.compile(
    r"\W*(?:bank ?)?(?:account|acct\.?|a/c|konto|iban|compte|cuenta|conta|conto|rekening|счёт|счет|"
    r"口座番号|账号|帳號)[\s-]?(?:no|nr|number|nummer|numero|número|num)?\.?\s*[:#]?\s*"
    r"((?:[a-z]{2}\d\d)?[\dx*\s./-]*\d{3,}[\w./-]*)?\W*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\W*((?:[A-Za-z]{2}\d\d)?[\dxX*\s./-]*\d{3,}[\w./-]*)\W*")


def ask_stacked(rows: Sequence[Sequence[Any]], layout: Layout) -> list[Question]:
    """Ask whether all bookings are of one account where a second one is named below the first."""
    if layout.account or layout.account_column is not None:
        return []
    names: list[str] = []
    has_begun = is_below = False
    for row in rows:
        if is_data_row(row):
            has_begun = True
        elif (name := _account(row)) and name not in names:
            names.append(name)
            is_below = is_below or has_begun
    if len(names) < 2 or not is_below:
        return []
    shown = ", ".join(names[:5])
    text = f"The file names {len(names)} accounts one below the other: {shown}. Import it as one?"
    whole = Answer("account=*", "Yes: all bookings are of this project's account")
    return [Question("account", text, (whole,))]


def _account(row: Sequence[Any]) -> str:
    """Return the number of the account that a record names, "" for none."""
    filled = [as_text(cell).strip() for cell in row if is_filled(cell)]
    found = _NAMED.fullmatch(filled[0]) if filled and len(filled) <= 3 else None
    if found is None:
        return ""
    beside = _NUMBER.fullmatch(filled[1]) if not found[1] and len(filled) > 1 else None
    return (found[1] or (beside[1] if beside else "")).strip()

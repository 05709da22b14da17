"""Stated: the opening and closing balances a file names above or below its table, compared with its
rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from reconciliation.ingestion.cells import as_text, is_filled, is_number
from reconciliation.ingestion.layout import Layout
from reconciliation.ingestion.numbers import minor_of, minor_of_number
from reconciliation.ingestion.reading import Reading
from reconciliation.money import format_grouped, format_plain

_OPENING = re.compile(
    r"\b(opening|starting|beginning|previous) balance|balance at (the )?(start|beginning) of|"
    r"balance (brought )?forward|anfangssaldo|"
    r"startsaldo|"
    r"alter (saldo|kontostand)|saldo (inicial|anterior|iniziale|początkowe)|solde (initial|"
    r"précédent)|"
    r"begin ?saldo|ingående saldo|počáteční zůstatek|nyitó egyenleg|входящий остаток|"
    r"期初余额|前期繰越|açılış bakiyesi",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\b(closing|ending) balance|balance at (the )?end of|endsaldo|schlusssaldo|neuer (saldo|"
    r"kontostand)|saldo (final|"
    r"finale|końcowe)|"
    r"solde final|eind ?saldo|utgående saldo|konečný zůstatek|záró egyenleg|исходящий остаток|"
    r"期末余额|kapanış bakiyesi",
    re.IGNORECASE,
)


_ENDS_IN_DIGITS = re.compile(r"(?<![\d.])\d{1,3}$")
_GROUP_OF_THREE = re.compile(r"\d{3}(\.\d+)?\D*")


def tell_named_balances(
    reading: Reading, rows: Sequence[Sequence[Any]], layout: Layout, total: int, decimals: int
) -> None:
    """Compare the balances that rows outside the table name with ``total``, the sum of the lines.

    Nothing is said unless each of the two is named once, or always as the same amount.
    """
    found = [_named(rows, pattern, layout, decimals) for pattern in (_OPENING, _CLOSING)]
    if any(len(amounts) != 1 for amounts in found):
        return
    opening, closing = (amounts.pop() for amounts in found)
    gap = closing - opening - total
    if not reading.opening_balance:
        reading.opening_balance = format_plain(opening, decimals)
        reading.closing_balance = format_plain(closing, decimals)
    start, end, sum_of_lines, rest = (
        format_grouped(minor, decimals) for minor in (opening, closing, total, gap)
    )
    sides = f"Opening {start} + movements {sum_of_lines}"
    if not gap:
        reading.balance_proof = reading.balance_proof or "proved"
        reading.balance_text = reading.balance_text or (
            f"{sides} = closing {end}, as the file states."
        )
        return
    reading.balance_proof = "differs"
    reading.balance_text = (
        f"{sides} differ from the closing balance the file states, {end}, by {rest}."
    )
    reading.messages.append(reading.balance_text)


def _named(
    rows: Sequence[Sequence[Any]], pattern: re.Pattern[str], layout: Layout, decimals: int
) -> set[int]:
    """Return the amounts that rows whose text matches give, in minor units."""
    found: set[int] = set()
    for row in rows:
        if layout.delimiter == "," and _is_cut(row):
            continue
        if any(pattern.search(as_text(cell)) for cell in row if is_filled(cell)):
            amounts = [a for cell in row for a in _amounts_in(cell, layout, decimals)]
            found |= set(amounts[-1:])
    return found


def _is_cut(row: Sequence[Any]) -> bool:
    """Tell a record in which the comma of 1,000.00, written without quotation marks, made cells."""
    cells = [cell.strip() for cell in row if isinstance(cell, str)]
    return any(
        _ENDS_IN_DIGITS.search(left) and _GROUP_OF_THREE.fullmatch(right)
        for left, right in pairwise(cells)
    )


def _amounts_in(cell: Any, layout: Layout, decimals: int) -> list[int]:
    """Return the amount a cell is, or that follows a colon in it."""
    if not isinstance(cell, str):
        return [minor_of_number(cell, decimals)[0]] if is_number(cell) else []
    text = cell.rpartition(":")[2] if ":" in cell else cell
    minor, reason = minor_of(text, layout.decimal, decimals)
    return [] if reason else [minor]

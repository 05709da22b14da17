"""BAI2 lines: what a BAI2 file's records say beyond what its parser knows — account records whose
continuation begins inside a summary, types without money, and currencies without cents.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciliation.ingestion.words import THREE_DECIMALS, ZERO_DECIMALS

#: Types that say something and move no money: the status of an account, notices.
_STATUS = (*range(1, 100), 890, *range(900, 920))


def whole_accounts(lines: Sequence[str]) -> list[str]:
    """Return the lines with each account record whole in its first one; those that continued it
    stay, empty, for the file counts them.
    """
    found: list[str] = []
    start: int | None = None
    for line in map(str.rstrip, lines):
        if line.startswith("88,") and start is not None:
            found[start] = _joined(found[start], line.removeprefix("88,"))
            found.append("88,/")
            continue
        start = len(found) if line.startswith("03,") else None
        found.append(line)
    return found


def _joined(record: str, more: str) -> str:
    """Return an account record and its continuation as one; each ends with a slash.

    Some banks write a comma before the slash where a summary (four fields behind the account and
    its currency) is complete; it begins no field.
    """
    if not record.endswith("/"):
        return record + more
    fields = record[:-1].split(",")[1:]
    if len(fields) % 4 == 3 and not fields[-1]:
        fields.pop()
    return ",".join(["03", *fields, more])


def moves_money(code: int) -> bool:
    """Tell a type of movements from one of status and notices."""
    return code not in _STATUS


def is_money_in(code: int) -> bool | None:
    """Tell whether a type means money in or out; None where it says neither."""
    if 100 <= code < 400 or 920 <= code < 960:
        return True
    return False if 400 <= code < 700 or 960 <= code < 1000 else None


def decimals_of(currency: str) -> int:
    """Return how many decimals the amounts of a currency imply."""
    code = currency.strip().upper()
    return 0 if code in ZERO_DECIMALS else 3 if code in THREE_DECIMALS else 2

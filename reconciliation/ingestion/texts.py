"""Texts: which columns hold the reference, the description, the counterparty, the kind, the
account.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciliation.ingestion.profiles import Profile

#: Roles in the order they choose their column.
_SINGLE = ("currency_column", "account_column", "reference", "counterparty", "kind")


def pick_texts(
    profiles: Sequence[Profile], taken: set[int], money: Sequence[int]
) -> dict[str, int | tuple[int, ...] | None]:
    """Return the positions of the text roles among the columns not ``taken`` yet."""
    free = [p for p in profiles if p.index not in taken]
    currency = _currency(free, money)
    found: dict[str, int | tuple[int, ...] | None] = {"currency_column": currency}
    used = {currency}
    described = _named(free, "description", used)
    used |= set(described)
    for role in _SINGLE[1:]:
        position = _best(free, role, used)
        found[role] = position
        used.add(position)
    if not described:
        described = _longest(free, used) or _fallback(found)
    found["description"] = tuple(described)
    return found


def _currency(free: Sequence[Profile], money: Sequence[int]) -> int | None:
    """Return the column of currency codes: named so, and nearest behind the amount."""
    codes = [p for p in free if p.currency_share > 0.95 and not p.speaks_for("foreign") >= 3]
    codes = [p for p in codes if p.speaks_for("currency_column") or not p.header] or codes
    if not codes:
        return None
    amount = max(money, default=0)
    return min(
        codes, key=lambda p: (-p.speaks_for("currency_column"), abs(p.index - amount), p.index)
    ).index


def _named(free: Sequence[Profile], role: str, used: set[int | None]) -> list[int]:
    """Return up to four columns the header calls a description, strongest and filled ones first."""
    named = [p for p in free if p.speaks_for(role) >= 2 and p.index not in used and p.filled]
    named = [p for p in named if p.speaks_for(role) >= max(p.words.values())]
    return sorted(p.index for p in sorted(named, key=lambda p: (-p.speaks_for(role), p.index))[:4])


def _best(free: Sequence[Profile], role: str, used: set[int | None]) -> int | None:
    """Return the column that the header calls by this role most strongly."""
    named = [p for p in free if p.speaks_for(role) >= 1 and p.index not in used and p.filled]
    named = [p for p in named if p.speaks_for(role) >= max(p.words.values()) - 0.5]
    if not named:
        return None
    return max(named, key=lambda p: (p.speaks_for(role), p.filled, -p.index)).index


def _longest(free: Sequence[Profile], used: set[int | None]) -> list[int]:
    """Return the free column with the longest texts, if there is one that holds words."""
    texts = [p for p in free if p.index not in used and p.kind == "text" and p.length >= 3]
    texts = [p for p in texts if p.distinct > 1 or p.rows < 3] or texts
    return [max(texts, key=lambda p: (p.length * p.filled, -p.index)).index] if texts else []


def _fallback(found: dict[str, int | tuple[int, ...] | None]) -> list[int]:
    """Use the counterparty or the kind as description where nothing else describes the booking."""
    for role in ("counterparty", "kind"):
        if isinstance(position := found.get(role), int):
            return [position]
    return []

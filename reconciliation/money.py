"""Text, Decimal and integer minor units: the three shapes money takes, and the only ways between
them.

Law: no float ever holds an amount. Inside, an amount is an integer count of the currency's minor
unit (cents, yen, fils); the project's currency says how many decimals that is (projects.currency).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

#: The largest amount of a single line, in minor units: fifteen digits, all that a spreadsheet cell
#: can hold exactly; thousands of such lines still add up inside a signed 64-bit integer.
MAX_AMOUNT_MINOR = 999_999_999_999_999


def to_minor(amount: Decimal, decimals: int) -> int:
    """Return ``amount`` as an integer count of minor units, exactly.

    Raises ValueError where the amount is not finite, is finer than the minor unit, or is out of
    range: rounding money is never this program's decision.
    """
    if not amount.is_finite():
        raise ValueError(f"{amount} is not an amount")
    scaled = amount.scaleb(decimals)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} has more than {decimals} decimals")
    minor = int(scaled)
    if abs(minor) > MAX_AMOUNT_MINOR:
        raise ValueError(f"{amount} is larger than a line can hold")
    return minor


def to_decimal(amount_minor: int, decimals: int) -> Decimal:
    """Return ``amount_minor`` minor units as a Decimal with exactly ``decimals`` places."""
    return Decimal(int(amount_minor)).scaleb(-decimals)


def parse_plain(text: str, decimals: int) -> int:
    """Return the minor units of a plainly written amount such as ``-1234.50`` (no grouping).

    Raises ValueError where ``text`` is anything else.
    """
    try:
        return to_minor(Decimal(text.strip()), decimals)
    except InvalidOperation:
        raise ValueError(f"“{text}” is not an amount") from None


def format_plain(amount_minor: int, decimals: int) -> str:
    """Return the amount as a signed plain decimal for files: ``-1234.50``."""
    return f"{to_decimal(amount_minor, decimals):f}"


def format_grouped(amount_minor: int, decimals: int) -> str:
    """Return the amount for the eye: thousands separated by commas and a real minus sign."""
    return group_decimal(to_decimal(amount_minor, decimals))


def group_decimal(amount: Decimal) -> str:
    """Return an exact amount for the eye, as ``format_grouped`` writes one."""
    sign = "\N{MINUS SIGN}" if amount < 0 else ""
    return f"{sign}{abs(amount):,f}"


def format_percent(pct: float) -> str:
    """Return a percentage (0 to 100) with one decimal, rounded half up; never 100.0 % unless it is
    all.
    """
    shown = Decimal(str(99.9 if 99.9 < pct < 100 else float(pct)))
    return f"{shown.quantize(Decimal('0.1'), ROUND_HALF_UP)} %"


def difference(bank_total_minor: int, ledger_total_minor: int) -> int:
    """Return bank total − ledger total, in minor units, signed."""
    return bank_total_minor - ledger_total_minor

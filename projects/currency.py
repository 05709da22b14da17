"""Currencies: how many decimals an amount has (ISO 4217)."""

from __future__ import annotations

ZERO_DECIMALS = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
THREE_DECIMALS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])

#: Why a project's currency stays: amounts were read with its decimals.
CURRENCY_STAYS = (
    "The files of this project were read as {}; make another project for another currency."
)

#: The currencies offered first in a form, by frequency of use; any ISO 4217 code may be typed.
COMMON_CURRENCIES = (
    *["EUR", "USD", "GBP", "CHF", "JPY", "CNY", "INR", "BRL", "CAD", "AUD", "SEK", "NOK", "DKK"],
    *["PLN", "CZK", "HUF", "TRY", "RUB", "ZAR", "SGD"],
)


def currency_decimals(code: str) -> int:
    """Return how many decimals an amount in the currency ``code`` (upper case) has: 0, 2 or 3."""
    if code in ZERO_DECIMALS:
        return 0
    return 3 if code in THREE_DECIMALS else 2

"""Regions: which alphabets the banks of a country write, told by account numbers and currencies."""

from __future__ import annotations

import re
from collections import Counter

_CENTRAL = ("cp1250", "iso8859-2")
_BALTIC = ("cp1257",)
_WESTERN = ("cp1252",)
_TURKISH = ("cp1254",)
_CYRILLIC = ("cp1251",)
_GREEK = ("cp1253",)
_BY_COUNTRY = {
    _CENTRAL: "PL CZ SK HU SI HR RO",
    _BALTIC: "LT LV EE",
    _WESTERN: "DE AT CH LI LU FR BE NL IT ES PT GB IE DK SE NO FI IS",
    _TURKISH: "TR",
    _CYRILLIC: "BG UA",
    _GREEK: "GR",
}
_BY_CURRENCY = {
    _CENTRAL: "PLN CZK SKK HUF RON HRK",
    _BALTIC: "LTL LVL EEK",
    _WESTERN: "SEK NOK DKK ISK CHF GBP",
    _TURKISH: "TRY",
    _CYRILLIC: "BGN RUB UAH",
}
_ACCOUNT = re.compile(rb"(?<![A-Za-z0-9])([A-Z]{2})\d{2}(?:[ ]?[A-Z0-9]{4}){3,7}")
_CURRENCY = re.compile(rb"(?<![A-Za-z])([A-Z]{3})(?![A-Za-z])")


def alphabets_of(raw: bytes) -> tuple[str, ...]:
    """Return the encodings of the country most account numbers in the bytes are of, or else of the
    currency named most often; () where neither says.
    """
    for pattern, table in ((_ACCOUNT, _BY_COUNTRY), (_CURRENCY, _BY_CURRENCY)):
        known = {code.encode(): names for names, codes in table.items() for code in codes.split()}
        found = Counter(code for code in pattern.findall(raw) if code in known)
        by_names: Counter[tuple[str, ...]] = Counter()
        for code, count in found.items():
            by_names[known[code]] += count
        if by_names:
            names, count = by_names.most_common(1)[0]
            return names if count > 0.7 * by_names.total() else ()
    return ()

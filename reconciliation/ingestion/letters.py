"""Letters: digits of other scripts, marks no eye sees, dashes for a minus, accents → plain ones."""

from __future__ import annotations

import unicodedata

#: The noughts of the scripts in use: Arabic, Persian, Indian, Thai, Lao, Tibetan, Burmese, Khmer,
#: Mongolian, full width; their other digits follow.
_NOUGHTS = (
    0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0,
    0xF20, 0x1040, 0x17E0, 0x1810, 0xFF10,
)  # fmt: skip
#: Marks of direction and width that mean nothing at the ends of a cell; inside, they hide.
_UNSEEN = (
    "\u200b\u200c\u200d\u200e\u200f\u2060\u061c\ufeff\u202a\u202b\u202c\u202d\u202e"
    "\u2066\u2067\u2068\u2069"
)
#: Dashes that stand before or behind a figure as its minus, the soft hyphen among them.
_DASHES = (
    0xAD, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212, 0x207B, 0x2D7, 0x2796, 0xFE63, 0xFF0D,
)  # fmt: skip
_MARKS = {0x66B: ".", 0x66C: ",", 0xFF0C: ",", 0xFF0E: ".", 0xFF08: "(", 0xFF09: ")", 0xFF0B: "+"}
_DATE_MARKS = {0xFF0F: "/", 0xFF1A: ":", 0xFF0D: "-"}

_PLAIN = {nought + digit: str(digit) for nought in _NOUGHTS for digit in range(10)}
_AMOUNT = {**_PLAIN, **_MARKS, **dict.fromkeys(_DASHES, "-")}
_DATE = {**_PLAIN, **_DATE_MARKS}


def plain_date_text(text: str) -> str:
    """Return a date's text in ASCII digits, without unseen marks around it."""
    return text if text.isascii() else text.strip().strip(_UNSEEN).translate(_DATE)


def plain_amount_text(text: str) -> str:
    """Return an amount's text in ASCII digits and marks, without unseen marks around it."""
    return text if text.isascii() else text.strip().strip(_UNSEEN).translate(_AMOUNT)


def bare(word: str) -> str:
    """Return a word in lower case without accents: “MAYIS” and “Ožujka” → "mayis", "ozujka"."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in letters if not unicodedata.combining(c)).replace("ı", "i")

"""Stated months: “Monat 03/2025”, “für Mai 2024”, “2024年01月” above a table, as days.

A month that a word calls the period counts like a stated period; any other only offers its year.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence

from reconciliation.ingestion.months import month_of

_PERIOD = (
    r"(?:monats?|month|mese|mes|mois|mês|maand|måned|månad|miesiąc|měsíc|месяц|ay|kuukausi|"
    r"(?:statement |reporting |accounting |billing )?period|periode|période|período|periodo|okres|"
    r"období|период|dönem|zeitraum|abrechnungs(?:monat|zeitraum)|(?:bank ?|account )?statement|"
    r"konto?auszug|relevé|extracto|extrato|estratto conto|rekeningafschrift|"
    r"für|for|pour|voor|för|za|за)"
)
_BETWEEN = r"\s*[:\-–]?\s*(?:for |of |für |pour |de |di |van |vom |the month of |monat )?"
_NUMBERS = r"(?P<{0}m>0?[1-9]|1[0-2])\s?[/.\-]\s?(?P<{0}y>(?:19|20)\d\d)(?![\d/.\-]\d|\d)"
_YEAR_FIRST = r"(?P<{0}y>(?:19|20)\d\d)[/.\-](?P<{0}m>0[1-9]|1[0-2])(?![\d/.\-]\d|\d)"
_NAMED = r"(?P<{0}m>[^\W\d_]{{3,12}})\.?,?\s+(?P<{0}y>(?:19|20)\d\d)(?!\d)"
_MONTH = (
    "(?:"
    + "|".join(
        form.format(key) for key, form in (("n", _NUMBERS), ("j", _YEAR_FIRST), ("w", _NAMED))
    )
    + ")"
)
_CALLED = re.compile(rf"(?<![^\W_]){_PERIOD}{_BETWEEN}{_MONTH}", re.IGNORECASE)
_WHOLE = re.compile(
    rf"\s*(?:{_NAMED.format('w')}|(?P<cy>20\d\d)年\s?(?P<cm>\d\d?)月(?:分|度|份)?)\s*"
)
_EAST_ASIAN = re.compile(r"(?<!\d)(?P<cy>20\d\d)\s?年\s?(?P<cm>1[0-2]|0?[1-9])\s?月(?!\s?\d)")


def days_of_months(texts: Sequence[str]) -> tuple[dt.date, ...]:
    """Return the first and the last day of each month that free text calls its period."""
    found = []
    for text in texts:
        whole = _WHOLE.fullmatch(text)
        for match in [*([whole] if whole else []), *_CALLED.finditer(text)]:
            year, month = _read(match)
            if month:
                last = calendar.monthrange(year, month)[1]
                found += [dt.date(year, month, 1), dt.date(year, month, last)]
    return tuple(dict.fromkeys(found))


def years_of_months(texts: Sequence[str]) -> tuple[int, ...]:
    """Return the years of East Asian months that stand anywhere in free text."""
    return tuple(dict.fromkeys(int(m["cy"]) for t in texts for m in _EAST_ASIAN.finditer(t)))


def _read(match: re.Match[str]) -> tuple[int, int]:
    """Return the year and the month, 0 where a word names none."""
    groups = {key: text for key, text in match.groupdict().items() if text}
    year = next(int(text) for key, text in groups.items() if key.endswith("y"))
    text = next(text for key, text in groups.items() if key.endswith("m"))
    return year, int(text) if text.isdecimal() else month_of(text)

"""Eras: dates as East Asia writes them, and the names of weekdays, made into plain dates.

Law: only what can be read in one way is rewritten; everything else comes back unchanged.
"""

from __future__ import annotations

import re

from reconciliation.ingestion.months import ENGLISH, UNSPELLED
from reconciliation.ingestion.words import WEEKDAYS

#: The year before the first of an era: Reiwa 1 is 2019.
_ERAS = {"R": 2018, "令和": 2018, "H": 1988, "平成": 1988, "S": 1925, "昭和": 1925}
_JAPANESE = re.compile(
    r"([RHS]|令和|平成|昭和)\s?(\d{1,2}|元)(?:[./-]|年)\s?(\d{1,2})(?:[./-]|月)\s?(\d{1,2})日?(?!\d)"
)
#: Years of the Republic of China (114 is 2025), three digits or named.
_TAIWANESE = re.compile(
    r"(?:民國|民国)?\s?(1\d\d)(?:[./-]|年)(\d{1,2})(?:[./-]|月)(\d{1,2})日?(?!\d)"
)
_KOREAN = re.compile(r"(\d{4})\s?년\s?(\d{1,2})\s?월\s?(\d{1,2})\s?일")
_CHINESE = re.compile(r"(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
#: A year of the Buddhist calendar, 1997 to 2057 of ours: no booking lies five centuries ahead.
_BUDDHIST = re.compile(r"(?<!\d)(25[4-9]\d|2600)(?!\d)")
_BUDDHIST_DATE = re.compile(
    r"\d{1,2}[-/. ](?:\d{1,2}|[^\W\d_]{3,9}\.?)[-/. ]25[4-9]\d(?!\d)|25[4-9]\d-\d{2}-\d{2}(?!\d)"
)

_UNSPELLED = re.compile("|".join(map(re.escape, UNSPELLED)))
_VIETNAMESE = re.compile(
    r"(?:ngày\s)?(\d{1,2})[-/ ]*(?:thg|tháng)\.?\s?(0?[1-9]|1[0-2])(?!\d)(?:,?\snăm)?",
    re.IGNORECASE,
)
#: Words for “year” and “day” in written-out dates: 2025 m. sausio 27 d., 2025. gada 27. janvāris.
_LITHUANIAN = re.compile(r"(\d{4}) ?m\. ?([^\W\d_]+) (\d{1,2}) ?d\.?", re.IGNORECASE)
_LATVIAN = re.compile(r"(\d{4})\. ?gada (\d{1,2})\. ?([^\W\d_]+)\.?", re.IGNORECASE)
_YEAR_WORD = re.compile(r"(?<=\d)\s?(?:г|р|год|года|року|roku)\.?$")
_LINKS = re.compile(r"(?<=\d )(?:de |d['’]|ta['’] )|(?<=\w) del? (?=\d{4})|[\u200e\u200f]|ค\.ศ\. ?")
_LINKED = re.compile(r"thg| del | d'|^d'", re.IGNORECASE)
#: A Thai month and a year of two digits that can only be one of the Buddhist calendar.
_THAI = re.compile(r"[\u0e00-\u0e7f]")
_SHORT_BUDDHIST = re.compile(r"(?<=[ -/])([6-9]\d)$")
_WEEKDAY = re.compile(r"([^\W\d_]{1,12})\.?,?\s+(?=\d{1,4}[-/.]\d)")
_WEEKDAY_BEHIND = re.compile(r"\s?[(（][月火水木金土日월화수목금토일一二三四五六][)）]")
_HALF_DAY = re.compile(r"(오전|오후|上午|下午|午前|午後)\s?(?=\d)")


def plain_date(text: str) -> str:
    """Return the text without era, weekday, East Asian marks and the day it counts “as of”."""
    if " as of " in text:
        text = text.partition(" as of ")[0]
    if text[:4].isdecimal() and text.isascii():
        return _gregorian(_without_words(text) if text[4:6] in (". ", " m") else text)
    if (found := _WEEKDAY.match(text)) and found[1].casefold() in WEEKDAYS:
        text = text[found.end() :]
    if text.isascii() and text[:1] not in "RHS1" and not _LINKED.search(text):
        return _gregorian(text)
    text = _without_words(text)
    if _THAI.search(text):
        text = _SHORT_BUDDHIST.sub(lambda found: str(2500 - 543 + int(found[1])), text)
    text = _VIETNAMESE.sub(lambda found: f"{found[1]} {ENGLISH[int(found[2]) - 1]}", text)
    text = _UNSPELLED.sub(lambda found: UNSPELLED[found[0]], text)
    text = _HALF_DAY.sub("", _WEEKDAY_BEHIND.sub("", text))
    for pattern in (_KOREAN, _CHINESE):
        text = pattern.sub(r"\1-\2-\3", text)
    if found := _JAPANESE.match(text):
        year = 1 if found[2] == "元" else int(found[2])
        return f"{_ERAS[found[1]] + year}-{found[3]}-{found[4]}{text[found.end() :]}"
    if found := _TAIWANESE.match(text):
        return f"{1911 + int(found[1])}-{found[2]}-{found[3]}{text[found.end() :]}"
    return _gregorian(text)


def _without_words(text: str) -> str:
    """Return a written-out date without its words for “of”, “year” and “day”."""
    text = _YEAR_WORD.sub("", _LINKS.sub(lambda found: " " if found[0][0] == " " else "", text))
    text = _LITHUANIAN.sub(r"\3 \2 \1", _LATVIAN.sub(r"\2 \3 \1", text))
    return text.replace(". ", ".") if text[4:6] == ". " and text[:4].isdecimal() else text


def _gregorian(text: str) -> str:
    """Return a date of the Buddhist calendar with the year of ours."""
    if "25" not in text or not _BUDDHIST_DATE.match(text):
        return text
    return _BUDDHIST.sub(lambda found: str(int(found[1]) - 543), text, count=1)

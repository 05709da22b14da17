"""Thousands: amounts that a header or a note says are counted in thousands, never read as written
in silence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from reconciliation.ingestion.cells import as_text, is_filled
from reconciliation.ingestion.reading import Answer, Question

#: Units that mean nothing else, wherever they stand.
_UNIT = (
    r"(?<![^\W_])(?:TEUR|TUSD|TCHF|TGBP|TDM|KEUR|kEUR|kUSD|tkr|tSEK|tDKK|T€|k€|K€)(?![^\W_])|[$£€]\s?'?000s?(?![\d.,])|"
    r"(?<![\w.,])['’`]000s?(?![\d.,])|[千万億亿]\s*(?:円|元|日元|美元|ドル)|천\s*원|백만\s*원|тыс\.?\s*(?:руб|грн|₽)|"
    r"млн\.?\s*(?:руб|грн|₽)|tys\.?\s*(?:zł|PLN)|tis\.?\s*Kč|ezer\s*(?:Ft|forint)"
)
#: Words that count, after “in” (a note) or alone in a header.
_COUNT = (
    r"thousands?|millions?|lakhs?|crores?|tausend|millionen|milliers|millions|miles|millones|"
    r"migliaia|milioni|milhares|milhões|duizenden|tusental|tysiącach|тысячах"
)
_NOTE = re.compile(rf"{_UNIT}|(?i:\b(?:in|en|em|i|w|в)\s+(?:den\s+)?(?:{_COUNT})\b)")
_HEADER = re.compile(rf"{_UNIT}|(?i:(?<![^\W_])(?:{_COUNT}|mln|тыс)(?![^\W_]))|千|百万")


def ask_thousands(amounts: Sequence[str], around: Sequence[Sequence[Any]]) -> list[Question]:
    """Ask whether amounts are whole where their headers or a note among the rows ``around`` the
    table say that they count thousands; such amounts are not multiplied here.
    """
    notes = [[as_text(cell) for cell in row if is_filled(cell)] for row in around]
    said = next((name for name in amounts if _HEADER.search(name)), "")
    alone = (text for cells in notes if len(cells) <= 2 for text in cells)
    said = said or next((text for text in alone if _NOTE.search(text)), "")
    if not said:
        return []
    text = (
        f"“{said.strip()[:80]}” says that amounts count thousands or more, and amounts are read as "
        "written here. Write them out in the file, or are they whole amounts all the same?"
    )
    return [Question("unit", text, (Answer("unit=whole", "They are whole amounts"),))]

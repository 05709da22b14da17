"""Croatian: months that are other months in Polish and Czech (lipanj and lipiec, listopad), told by
the other words of the file.

Law: where neither the other months nor the header tell the language, it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciliation.ingestion.cells import as_text
from reconciliation.ingestion.months import month_of
from reconciliation.ingestion.reading import Answer, Evidence, Question
from reconciliation.ingestion.reshaping.steps import Found, Stream

#: What the words mean in Croatian.
_OWN = {
    "lip": "june",
    "srp": "july",
    "lis": "october",
    "listopad": "october",
    "listopada": "october",
}
_ONLY_CROATIAN = re.compile(
    r"sij|siječ\w+|velj|veljač\w|ožu|ožuj\w+|tra|trav\w+|svi|svib\w+|lipanj|lipnja|srpanj|srpnja|kol|"
    r"kolovoz\w*|ruj|ruj\w+|stu|studen\w*|prosin\w+",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{1,2}\.?[- ]*([^\W\d_]{3,10})\.?[- ]+\d{2,4}\.?")
_CROATIAN = re.compile(r"iznos|stanje|uplat|isplat|duguje|potražuje|račun|primatelj", re.IGNORECASE)
_OTHERS = re.compile(
    r"kwota|tytuł|opis operacji|rachun|nadawca|odbiorca|księg|waluta|částka|zůstatek|účt|popis",
    re.IGNORECASE,
)


def find(rows: Sequence[Sequence[Any]], options: Mapping[str, str]) -> Found | None:
    """Return the step where months are Croatian, or may be."""
    words = {word.casefold() for word in _months(rows)}
    doubtful = sorted(words & _OWN.keys())
    if not doubtful or options.get("months") == "other":
        return None
    own = {word for word in words if _ONLY_CROATIAN.fullmatch(word)}
    others = {word for word in words if month_of(word)} - own - _OWN.keys() - {"pro"}
    texts = " ".join(as_text(cell) for row in rows[:60] for cell in row)
    is_own = bool(own) or (not others and bool(_CROATIAN.search(texts)))
    is_other = bool(others) or (not own and bool(_OTHERS.search(texts)))
    if is_other and not is_own:
        return None
    chosen = options.get("months") == "croatian"
    questions = () if chosen or is_own != is_other else (_ask(doubtful[0]),)
    why = f"“{doubtful[0]}” is {_OWN[doubtful[0]].title()} in Croatian, as the file's other words"
    return Found("croatian ", Evidence("months", "Croatian", why), questions)


def _months(rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    return filter(None, (_month(cell) for row in rows for cell in row))


def _month(cell: Any) -> str:
    """Return the word for the month of a cell that is a date with one, "" for any other."""
    found = _DATE.fullmatch(cell.strip()) if isinstance(cell, str) and len(cell) < 30 else None
    return found[1] if found else ""


def _ask(word: str) -> Question:
    other = {"lip": "July", "srp": "August"}.get(word, "November")
    answers = (
        Answer("months=croatian", f"Croatian: “{word}” is {_OWN[word].title()}"),
        Answer("months=other", f"Polish or Czech: “{word}” is {other}"),
    )
    text = f"“{word}” is {_OWN[word].title()} in Croatian and {other} in Polish or Czech. Which?"
    return Question("months", text, answers)


def with_english(rows: Stream, arguments: str) -> Stream:
    """Yield the records with the doubtful months of their dates in English."""
    del arguments
    for row, line in rows:
        yield [_in_english(cell) for cell in row], line


def _in_english(cell: Any) -> Any:
    month = _month(cell)
    return cell.replace(month, _OWN[month.casefold()]) if month.casefold() in _OWN else cell

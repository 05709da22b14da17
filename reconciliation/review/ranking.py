"""Ranking: how well lines of one side fit a line of the other, with the reasons as short badges.

Law: pure; the same answer for the same lines in any order. It only sorts what a person then judges.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from reconciliation.money import difference

#: Words of this many letters or more say something; numbers count from four digits.
_WORDS = re.compile(r"[^\W\d_]{3,}|\d{4,}")
#: Words every second line has.
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "and for the gmbh inc llc ltd bank card inv invoice payment ref reference sepa transfer",
    )
)

EQUAL_AMOUNT, OPPOSITE_AMOUNT, CLOSE_AMOUNT = 60.0, 12.0, 15.0
SHARED_NUMBER, SHARED_WORD, SAME_DAY = 30.0, 8.0, 10.0
MOST_SHARED = 3
MOST_SHOWN = 2
CLOSE_PCT = 3
FARTHEST_DAYS = 45
#: Below this a line is no candidate.
LEAST_SCORE = 20.0


@dataclass(frozen=True, slots=True)
class Texts:
    """What is compared of a line."""

    amount_minor: int
    booked_on: dt.date
    text: str
    line_id: int
    is_bank: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may fit: ``badges`` say why, ``difference_minor`` is bank − ledger, signed."""

    line: Any
    score: float
    badges: tuple[str, ...]
    difference_minor: int


def rank(line: Texts, others: Iterable[tuple[Texts, Any]], *, most: int) -> list[Candidate]:
    """Return the best ``most`` of ``others`` (each with the object to show), best first."""
    words = words_of(line.text)
    scored = [(_weigh(line, words, other, shown), other) for other, shown in others]
    fitting = [(one, other) for one, other in scored if one.score >= LEAST_SCORE]
    fitting.sort(key=lambda pair: (-pair[0].score, pair[1].booked_on, pair[1].line_id))
    return [candidate for candidate, _ in fitting[:most]]


def words_of(text: str) -> frozenset[str]:
    """Return the telling words and numbers of a text, in lower case, numbers without leading
    zeros.
    """
    found = (word.lower().lstrip("0") for word in _WORDS.findall(text))
    return frozenset(word for word in found if word and word not in _COMMON)


def _weigh(line: Texts, words: frozenset[str], other: Texts, shown: Any) -> Candidate:
    bank, ledger = (line, other) if line.is_bank else (other, line)
    gap = difference(bank.amount_minor, ledger.amount_minor)
    amount_score, amount_badges = _amount_reasons(line.amount_minor, other.amount_minor)
    date_score, date_badges = _date_reasons(line.booked_on, other.booked_on)
    shared = sorted(words & words_of(other.text))
    text_score, text_badges = _text_reasons(shared)
    score = amount_score + date_score + text_score
    if gap and not _is_explained(amount_score, shared):
        score = 0.0
    badges = (*amount_badges, *date_badges, *text_badges)
    return Candidate(shown, score, badges, difference_minor=gap)


def _is_explained(amount_score: float, shared: Sequence[str]) -> bool:
    """Say whether lines that differ have enough in common: a number, or an amount and a word."""
    return any(word.isdigit() for word in shared) or bool(amount_score and shared)


def _amount_reasons(amount: int, other: int) -> tuple[float, list[str]]:
    if amount == other:
        return EQUAL_AMOUNT, ["amount ="]
    slip = _slip(amount, other)
    if slip:
        return OPPOSITE_AMOUNT, [slip]
    if abs(amount - other) * 100 <= CLOSE_PCT * abs(amount):
        return CLOSE_AMOUNT, ["amount close"]
    return 0.0, []


def _slip(amount: int, other: int) -> str:
    """Name the slip of the hand that would make one amount of the other, or nothing."""
    if amount == -other:
        return "sign reversed"
    if (amount and other in (amount * 10, amount * 100)) or (
        other and amount in (other * 10, other * 100)
    ):
        return "decimal point moved"
    if amount * other > 0 and sorted(str(amount)) == sorted(str(other)):
        return "digits swapped"
    return ""


def _date_reasons(day: dt.date, other: dt.date) -> tuple[float, list[str]]:
    days = abs((day - other).days)
    score = max(0.0, SAME_DAY * (1 - days / FARTHEST_DAYS))
    if days == 0:
        return score, ["same day"]
    return score, [f"{days} day{'s' if days > 1 else ''}"]


def _text_reasons(shared: Sequence[str]) -> tuple[float, list[str]]:
    """Count shared numbers and words; the longest are shown first."""
    numbers = [word for word in shared if word.isdigit()]
    words = [word for word in shared if not word.isdigit()]
    score = SHARED_NUMBER * bool(numbers) + SHARED_WORD * min(len(words), MOST_SHARED)
    telling = numbers + sorted(words, key=lambda word: (-len(word), word))
    return score, [f"both “{word}”" for word in telling[:MOST_SHOWN]]

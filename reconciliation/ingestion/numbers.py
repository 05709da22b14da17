"""Amounts: text or spreadsheet cells of one column ↔ integer minor units, exactly, in bulk.

Law: the decimal mark is decided for the whole column before a single cell is read, and no cell is
rounded: a finer or malformed amount is an error with its reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion.letters import plain_amount_text
from reconciliation.ingestion.plain import PlainColumn
from reconciliation.ingestion.words import CURRENCY_CODES
from reconciliation.money import MAX_AMOUNT_MINOR

#: Marks for what a cell is: an amount, empty, or not readable.
GOOD, EMPTY, BAD = 0, 1, 2

_SPACES = "\u00a0\u202f\u2009\u2007\u200a\u200e\u200f\u202a\u202c "
_GROUPS = _SPACES + "'’`"
_SYMBOLS = "€$£¥￡￥＄¤₹₽₺₴₩₪฿₫₱¢₦₡₲₵₸₼₾﷼R"
_CODE = (
    r"[A-Z]{3}|Fr\.?|kr\.?|Kč|zł|Ft|lei|лв|руб\.?|р\.|元|円|원|Rs\.?|R\$|US\$|A\$|C\$|HK\$|S\$|"
    r"[دجرلع]\.[إاسكمعبقلتجد]\.?|"
    r"NT\$|đ|RM|Rp\.?|TL|SFr\.?|грн\.?|дин\.?|KSh\.?|บาท|NIS|lei|TKr"
)
_AFFIX = re.compile(rf"^(?:{_CODE}|[{_SYMBOLS}])\s*|\s*(?:{_CODE}|[{_SYMBOLS}])$")
_DC = re.compile(
    r"\s*\b(?:(CR|Cr|cr|C|H)|(DR|Dr|dr|DB|Db|D|S))\.?$|\s*(?:(CR|Cr|cr)|(DR|Dr|dr|DB))\.?$"
)
#: Names of currencies that have three letters and are no ISO codes.
_SHORT_NAMES = frozenset({"лей", "руб", "грн", "дин", "ksh", "lei", "บาท", "nis", "tkr"})
_WORD = re.compile(r"[^\W\d_]{4,}")
_EXPECTED = "an amount such as 1234.56 was expected"
_LAKH = re.compile(r"(?<![\d,])\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?(?![\d,])")
_FOREIGN = re.compile(r"[^\d.,]")
_PLAIN = re.compile(r"([-+]?)((?:[0-9][0-9.,]{0,39}))")
_LONGEST_PLAIN = 24
_BODY = re.compile(r"^[0-9][0-9.,]*$|^[.,][0-9]+$")
#: What an empty money cell may hold: nothing, or one dash beside a filled sister column.
DASHES = frozenset({"-", "--", "–", "—"})


@dataclass(slots=True)
class MarkVotes:
    """What the cells of a column say about the decimal mark; ``small`` and ``large`` count whole
    numbers without any mark, below a thousand and from it on.
    """

    point: int = 0
    comma: int = 0
    undecided: int = 0
    small: int = 0
    large: int = 0
    examples: dict[str, list[str]] = field(
        default_factory=lambda: {"point": [], "comma": [], "": []}
    )

    def add(self, other: MarkVotes) -> None:
        """Count another column's (or chunk's) votes in."""
        self.point += other.point
        self.comma += other.comma
        self.undecided += other.undecided
        self.small += other.small
        self.large += other.large
        for mark, cells in other.examples.items():
            self.examples[mark] = (self.examples[mark] + cells)[:5]

    @property
    def decided(self) -> str:
        """Return "point" or "comma" as the majority proves, "" where nothing does."""
        if self.point == self.comma:
            return ""
        return "point" if self.point > self.comma else "comma"


def has_direction(text: str) -> bool:
    """Tell whether an amount carries CR, DR, C, D, H or S."""
    return _DC.search(text.strip()) is not None


def are_letters_reversed(cells: Iterable[Any], is_ledger: bool) -> bool:
    """Tell a ledger's balances marked by letters: there D, DR and S are money in the account."""
    if not is_ledger:
        return False
    filled = [c for c in islice(cells, 200) if isinstance(c, str) and c.strip(_SPACES)]
    return 2 * sum(map(has_direction, filled)) > len(filled)


def plain_number(cell: float) -> str:
    """Return a spreadsheet's double as the shortest decimal text of at most 15 digits."""
    return format(Decimal(format(cell, ".15g")), "f")


def strip_money(text: str) -> tuple[str, int, str]:
    """Return (digits with marks, sign, reason): signs, brackets, currency and grouping taken off.

    Where the text is no amount the digits are "" and ``reason`` says why.
    """
    if plain := _PLAIN.fullmatch(text):
        return plain[2], -1 if plain[1] == "-" else 1, ""
    body = plain_amount_text(text.strip()).strip(_SPACES)
    if body.startswith('="') and body.endswith('"'):
        body = body[2:-1]
    body, sign = body.lstrip("'").strip(_SPACES), 1
    if _WORD.search(body):
        return "", 0, _EXPECTED
    if flag := _DC.search(body):
        body, sign = body[: flag.start()], -1 if flag[2] or flag[4] else 1
    body, sign = _without_brackets(body, sign)
    body, signs = _take_signs(body)
    body, sign = _without_brackets(_without_currency(body), sign)
    body, more = _take_signs(body)
    if len(signs + more) > 1 or (flag and "-" in signs + more):
        return "", 0, "an amount has one sign"
    if "-" in signs + more:
        sign = -sign
    body = _ungroup(body)
    if not _BODY.match(body) or len(body) > 40:
        return "", 0, _EXPECTED
    return body, sign, ""


def _without_brackets(body: str, sign: int) -> tuple[str, int]:
    """Take brackets around an amount off: they mean a minus."""
    if body[:1] + body[-1:] in ("()", "<>"):
        return body[1:-1].strip(_SPACES), -sign
    return body, sign


def _without_currency(body: str) -> str:
    """Take the currency's code or sign off both ends."""
    for _ in range(2):
        if not _FOREIGN.search(body):
            return body
        body = _AFFIX.sub(_known_currency, body).strip(_SPACES)
    return body


def _known_currency(found: re.Match[str]) -> str:
    """Return "" for an affix that is a currency, else the affix itself."""
    word = found[0].strip()
    return found[0] if len(word) == 3 and word.isalpha() and not _is_code(word) else ""


def _is_code(word: str) -> bool:
    return word.upper() in CURRENCY_CODES or word.casefold() in _SHORT_NAMES


def _take_signs(body: str) -> tuple[str, str]:
    """Take one leading and one trailing sign off."""
    signs = ""
    if body[:1] in ("+", "-"):
        signs, body = body[0], body[1:].strip(_SPACES)
    if body[-3:] in ("(+)", "(-)"):
        body = body[:-3].strip(_SPACES) + body[-2]
    if body[-1:] in ("+", "-"):
        signs, body = signs + body[-1], body[:-1].strip(_SPACES)
    return body, signs


def _ungroup(body: str) -> str:
    """Take spaces and apostrophes out where they group three digits, and only there."""
    if not any(mark in body for mark in _GROUPS):
        return body
    if re.fullmatch(rf"\d{{1,3}}(?:[{_GROUPS}]\d{{3}})+(?:[.,]\d*)?", body):
        return re.sub(rf"[{_GROUPS}]", "", body)
    return "?"


def vote(cells: Iterable[Any]) -> MarkVotes:
    """Return what the text cells of a column say about its decimal mark; numbers say nothing."""
    votes = MarkVotes()
    for text, count in Counter(c for c in cells if isinstance(c, str) and c).items():
        body, _, reason = strip_money(text)
        if reason:
            continue
        mark = _vote_of(body)
        if mark == "none":
            _count_unmarked(votes, body, count)
            continue
        _count(votes, mark, count)
        if len(votes.examples[mark]) < 5:
            votes.examples[mark].append(plain_amount_text(text))
    return votes


def _count_unmarked(votes: MarkVotes, body: str, count: int) -> None:
    """Count whole numbers below and from a thousand: they tell whether thousands are grouped."""
    if body.isdecimal() and int(body):
        votes.small += count if int(body) < 1000 else 0
        votes.large += count if int(body) >= 1000 else 0


def _count(votes: MarkVotes, mark: str, count: int) -> None:
    if mark == "point":
        votes.point += count
    elif mark == "comma":
        votes.comma += count
    else:
        votes.undecided += count


def _vote_of(body: str) -> str:
    """Return the decimal mark one amount proves: "point", "comma", "" (undecided) or "none" (no
    mark).
    """
    points, commas = body.count("."), body.count(",")
    if not points and not commas:
        return "none"
    if points and commas:
        return "point" if body.rfind(".") > body.rfind(",") else "comma"
    mark, other = (".", "comma") if points else (",", "point")
    name = "point" if points else "comma"
    if points + commas > 1:
        return other if _grouped(body, mark) else "none"
    before, after = body.split(mark)
    if len(after) == 3 and 1 <= len(before) <= 3 and before != "0":
        return ""
    return name


def _grouped(body: str, mark: str) -> bool:
    """Tell proper grouping in threes, or Indian grouping (lakh, crore)."""
    first, *rest = body.split(mark)
    if not 1 <= len(first) <= 3 or not rest or len(rest[-1]) != 3:
        return False
    inner = {len(part) for part in rest[:-1]}
    return inner <= {3} or (inner <= {2} and len(first) <= 2)


def lakh_of(cells: Iterable[Any]) -> str:
    """Return a cell grouped the Indian way (1,00,000.00), "" where there is none."""
    return next((c for c in cells if isinstance(c, str) and _LAKH.search(c)), "")


def minor_of(text: str, decimal: str, decimals: int) -> tuple[int, str]:
    """Return (minor units, "") for one cell of text, or (0, reason)."""
    body, sign, reason = strip_money(text)
    if reason:
        return 0, reason
    mark, group = (".", ",") if decimal == "point" else (",", ".")
    whole, found, fraction = body.partition(mark)
    if mark in fraction or group in fraction:
        return 0, f"with the decimal {decimal} this is no amount"
    if group in whole:
        if not _grouped(whole, group):
            return 0, f"with the decimal {decimal} the digits are not grouped in threes"
        whole = whole.replace(group, "")
    fraction = fraction.rstrip("0")
    if len(fraction) > decimals:
        return 0, f"the amount has more than {decimals} decimals"
    if not whole and not fraction and found and not body.strip(".,").strip("0") and len(body) < 2:
        return 0, "an amount such as 1234.56 was expected"
    minor = int(whole or "0") * 10**decimals + int(fraction.ljust(decimals, "0") or "0")
    if minor > MAX_AMOUNT_MINOR:
        return 0, "the amount is larger than a line can hold"
    return sign * minor, ""


def minor_of_number(cell: Any, decimals: int) -> tuple[int, str]:
    """Return (minor units, "") for one spreadsheet cell that is no text, or (0, reason)."""
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return 0, "an amount was expected"
    if isinstance(cell, float) and not np.isfinite(cell):
        return 0, "this is not a finite number"
    if abs(cell) >= 1e13:
        return 0, "a spreadsheet cannot hold the cents of so large an amount"
    scaled = Decimal(plain_number(float(cell))).scaleb(decimals)
    if scaled != scaled.to_integral_value():
        return 0, f"the amount has more than {decimals} decimals"
    return int(scaled), ""


def read_amounts(
    cells: Sequence[Any], decimal: str, decimals: int
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Return (minor units, marks GOOD / EMPTY / BAD) of a column of cells.

    Plain cells are read by arithmetic over whole arrays; only what is written unusually is read one
    distinct text at a time.
    """
    minor, marks = _read_plain(cells, decimal, decimals)
    left = np.flatnonzero(marks == BAD)
    seen: dict[Any, tuple[int, int]] = {}
    for position in left.tolist():
        cell = cells[position]
        key = (type(cell), cell)
        if key not in seen:
            seen[key] = _read_one(cell, decimal, decimals)
        minor[position], marks[position] = seen[key]
    return minor, marks


def _read_one(cell: Any, decimal: str, decimals: int) -> tuple[int, int]:
    if isinstance(cell, str):
        if not cell.strip().strip(_SPACES) or cell.strip() in DASHES:
            return 0, EMPTY
        value, reason = minor_of(cell, decimal, decimals)
    else:
        value, reason = minor_of_number(cell, decimals)
    return (0, BAD) if reason else (value, GOOD)


def reason_of(cell: Any, decimal: str, decimals: int) -> str:
    """Return why a cell is no amount, in words."""
    if isinstance(cell, str):
        return minor_of(cell, decimal, decimals)[1]
    return minor_of_number(cell, decimals)[1]


def _read_plain(
    cells: Sequence[Any], decimal: str, decimals: int
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Read the cells written as [-+]digits[mark digits] or as doubles; all others are marked
    BAD.
    """
    size = len(cells)
    if isinstance(cells, PlainColumn):
        letters = cells.letters(_LONGEST_PLAIN)
        if letters is not None:
            return _read_bytes(letters, decimal, decimals)
    kinds = set(map(type, cells))
    if kinds <= {float, int}:
        return _read_doubles(np.array(cells, dtype=np.float64), decimals)
    if kinds != {str}:
        return np.zeros(size, dtype=np.int64), np.full(size, BAD, dtype=np.int8)
    try:
        packed = np.array(list(cells), dtype="S")
    except UnicodeEncodeError:
        return np.zeros(size, dtype=np.int64), np.full(size, BAD, dtype=np.int8)
    width = packed.dtype.itemsize
    if width > _LONGEST_PLAIN:
        return np.zeros(size, dtype=np.int64), np.full(size, BAD, dtype=np.int8)
    return _read_bytes(packed.view(np.uint8).reshape(size, width), decimal, decimals)


def _read_doubles(
    values: NDArray[np.float64], decimals: int
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Read doubles that agree with a whole number of minor units to 15 digits; others are BAD."""
    finite = np.isfinite(values) & (np.abs(values) < 1e13)
    safe = np.where(finite, values, 0.0)
    minor = np.rint(safe * 10**decimals)
    exact = np.abs(minor / 10**decimals - safe) <= np.abs(safe) * 5e-16
    marks = np.where(finite & exact, GOOD, BAD).astype(np.int8)
    return minor.astype(np.int64), marks


def _read_bytes(
    letters: NDArray[np.uint8], decimal: str, decimals: int
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Read a matrix of ASCII letters (rows padded with 0 on the right) column by column."""
    size, width = letters.shape
    mark = ord("." if decimal == "point" else ",")
    total = np.zeros(size, dtype=np.int64)
    places = np.full(size, -1, dtype=np.int8)
    digits = np.zeros(size, dtype=np.int8)
    good, ended = np.ones(size, dtype=bool), np.zeros(size, dtype=bool)
    for at in range(width):
        letter = letters[:, at]
        is_digit = (letter >= 48) & (letter <= 57)
        is_mark = (letter == mark) & (places < 0) & (digits > 0)
        end = letter == 0
        sign = ((letter == 45) | (letter == 43)) if at == 0 else False
        good &= (is_digit | is_mark | end | sign) & (ended <= end)
        ended = end
        total = np.where(is_digit, total * 10 + (letter - 48), total)
        digits += is_digit
        places = np.where(
            is_mark, 0, np.where(is_digit & (places >= 0), places + 1, places)
        ).astype(np.int8)
    good &= (digits > 0) & (digits <= 15) & (places != 0) & (places <= decimals)
    scale = np.array([10**n for n in range(decimals + 1)], dtype=np.int64)
    total *= scale[np.clip(decimals - np.maximum(places, 0), 0, decimals)]
    good &= total <= MAX_AMOUNT_MINOR
    minor = np.where(letters[:, 0] == 45, -total, total)
    marks = np.where(good, GOOD, np.where(letters[:, 0] == 0, EMPTY, BAD)).astype(np.int8)
    return minor, marks

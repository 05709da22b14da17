"""The words banks and ledgers use in headers, totals and flags, in the languages they are written
in.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from reconciliation.ingestion.letters import bare

_LISTS = Path(__file__).with_name("words.txt")


def _read_lists() -> dict[str, list[str]]:
    """Return the entries of words.txt: role → its words."""
    lists: dict[str, list[str]] = {}
    for line in _LISTS.read_text(encoding="utf-8").splitlines():
        role, colon, words = line.partition(":")
        if colon and not line.startswith("#"):
            lists.setdefault(role, []).extend(word.strip() for word in words.split("|"))
    return lists


_WORDS = _read_lists()

#: Flag words that mean money in and money out, seen from the account.
IN_WORDS = frozenset(_WORDS.pop("says_in"))
OUT_WORDS = frozenset(_WORDS.pop("says_out"))


@lru_cache(maxsize=4096)
def direction_of(word: str) -> int:
    """Return +1 where a flag word (lower case) means money in, −1 out, 0 unknown.

    Several words, as “贷 cr”, count where all of them say the same.
    """
    if word in IN_WORDS or word in OUT_WORDS:
        return 1 if word in IN_WORDS else -1
    word = word.strip(" ()[]/-.")
    first = re.split(r"[\W_]", word, maxsplit=1)[0]
    if first not in IN_WORDS and first not in OUT_WORDS:
        return 0
    parts = re.split(r"[\W_]+", word)
    said = {(part in IN_WORDS) - (part in OUT_WORDS) for part in parts}
    told = len(said) == 1 and len(parts) > 1 and any(len(part) > 1 for part in parts)
    return said.pop() if told else 0


#: ISO 4217 codes, and codes banks still write.
CURRENCY_CODES = frozenset(_WORDS.pop("currency_code"))
#: Those without cents, and those with a thousand parts.
ZERO_DECIMALS = frozenset(_WORDS.pop("currency_of_no_decimals"))
THREE_DECIMALS = frozenset(_WORDS.pop("currency_of_three_decimals"))


def _pattern_of(role: str) -> str:
    """Return the pattern of a list's phrases, the longest first; its list names no columns."""
    return "|".join(re.escape(p) for p in sorted(_WORDS.pop(role), key=lambda p: (-len(p), p)))


_SUMS = _WORDS["total_row"] + _WORDS["balance_row"]
_TOTAL_ROWS, _BALANCE_ROWS = _pattern_of("total_row"), _pattern_of("balance_row")

#: Parts of what a cell that names a balance contains: without one a column needs no closer look.
BALANCE_HINTS = tuple(_WORDS.pop("balance_hint"))
#: Those that text without accents can contain.
PLAIN_HINTS = tuple(hint for hint in BALANCE_HINTS if hint.isascii())

#: What a booking's text says of its direction, where no column does.
SPENDING_WORDS = re.compile(rf"\b({_pattern_of('spending')})\b", re.IGNORECASE)
RECEIVING_WORDS = re.compile(rf"\b({_pattern_of('receiving')})\b", re.IGNORECASE)

#: Weekdays and their short forms, as they stand before a date.
WEEKDAYS = frozenset(_WORDS.pop("weekday"))

#: Names of columns that hold a part of the date.
YEARS = frozenset(_WORDS.pop("year_column"))
MONTHS = frozenset(_WORDS.pop("month_column"))
DAYS = frozenset(_WORDS.pop("day_column"))

_BY_PHRASE: dict[str, list[str]] = {}
for _role, _phrases in _WORDS.items():
    for _phrase in _phrases:
        _BY_PHRASE.setdefault(_phrase.casefold(), []).append(_role)

#: Without accents, as many banks write them: “částka” as “castka”.
for _phrase, _roles in [entry for entry in _BY_PHRASE.items() if not entry[0].isascii()]:
    _plain = bare(_phrase)
    if len(_plain) > 3 and max(_phrase) < "\u0530":
        _BY_PHRASE.setdefault(_plain, _roles)

#: The same for headers written as one word: NETAMOUNT.
_BY_UNSPACED = {
    phrase.replace(" ", ""): roles for phrase, roles in _BY_PHRASE.items() if len(phrase) > 5
}

#: The first words of rows that sum up or carry over and are no bookings.
TOTAL_WORDS = re.compile(
    r"^\W*(grand |sub[- ]?|net )?(totals?|totaal|totale|totaux|summe|gesamt\w*|insgesamt|suma|"
    r"suma končna|"
    r"somme|итого|всего|合计|总计|合計|小計|小计|합계|toplam|celkem|összesen|razem|yhteensä|summa)\b|"
    r"^\W*(total)\s|"
    r"^\W*(opening|closing|starting|ending|beginning|previous|final|current|available|ledger) "
    r"balance|"
    r"balance (brought |carried )?forward(ed)?|balance b/?f|balance c/?f|^\W*balance (at|"
    r"as at|as "
    r"of)\b|"
    r"^\W*(anfangs|end|start|schluss)saldo|^\W*saldo (inicial|final|iniziale|finale|początkowe|"
    r"końcowe|"
    r"anterior|actual|al|am|per|van|vom|zum|zu|au)\b|^\W*(neuer|alter|vorheriger) (saldo|"
    r"kontostand)|"
    r"^\W*solde (initial|final|au|précédent|de)\b|^\W*(kontostand|beginsaldo|eindsaldo|ingående "
    r"saldo|"
    r"utgående saldo|turnover|umsätze gesamt)|"
    r"^\W*(počáteční|konečný) zůstatek|^\W*(nyitó|záró) egyenleg|входящий остаток|исходящий "
    r"остаток|"
    rf"^\W*({_TOTAL_ROWS})(?![^\W\d_])|^\W*({_BALANCE_ROWS})(?![^\W\d_])|"
    r"^\W*(期初|期末)余额|^\W*(前期繰越|次期繰越|繰越)|^\W*(açılış|kapanış) bakiye",
    re.IGNORECASE,
)

#: A whole cell that names a balance or a turnover: such a row is none even with a date and an
#: amount.
BALANCE_ROW = re.compile(
    rf"\W*((to|by) )?({_BALANCE_ROWS}|"
    r"(opening|closing|starting|ending|beginning|previous|final|daily) balance|balance "
    r"(brought |carried )?"
    r"forward(ed)?|(brought|carried) forward|balance [bc]/?[fd]|turnover|"
    r"(anfangs|end|start|schluss)saldo|(alter|neuer) (saldo|kontostand)|saldo ?vortrag|"
    r"saldenvortrag|"
    r"übertrag|saldo( (inicial|final|iniziale|finale|anterior|do dia|diário|początkowe|końcowe|"
    r"disponível))?|s a l d o|solde( (initial|final|précédent))?|report à nouveau|begin ?saldo|"
    r"eind ?saldo|"
    r"ingående saldo|utgående saldo|(počáteční|konečný) zůstatek|(nyitó|záró) egyenleg|"
    r"входящий остаток|исходящий остаток|期初余额|期末余额|前期繰越|次期繰越|"
    r"açılış bakiyesi|kapanış bakiyesi|devir)"
    r"( (at|as at|as of|on|am|per|zum|vom|au|al|op))?[\W\d]*",
    re.IGNORECASE,
)

#: Words that say that no money moved; and words that say a row is announced but not booked yet.
NEVER_BOOKED = re.compile(rf"^\W*({_pattern_of('not_booked')})\W*$", re.IGNORECASE)
PENDING_WORDS = re.compile(
    rf"{NEVER_BOOKED.pattern}|"
    r"^\W*(pending|pend|offen|vorgemerkt|umsatz vorgemerkt|in process|processing|в обработке|"
    r"en attente|"
    r"pendiente|"
    r"in attesa|em processamento|oczekując\w*|hold|authori[sz]ed|nicht gebucht|"
    rf"(\S*-)?cancell?ed|{_pattern_of('announced')})\W*$",
    re.IGNORECASE,
)

#: Words that say that a row is booked.
BOOKED_WORDS = re.compile(rf"^\W*({_pattern_of('booked')})\W*$", re.IGNORECASE)

#: The heading of a section of rows that are announced but not booked yet.
PENDING_HEADING = re.compile(
    rf"\W*({_pattern_of('pending_heading')})( (transactions?|items?|payments?|activity|umsätze|"
    r"buchungen|movimientos|transacciones|opérations?|operazioni|transakties|transaktioner))?\W*",
    re.IGNORECASE,
)


def clean_header(text: str) -> str:
    """Return a header without case, marks and doubled spaces: “Betrag (EUR) ” → "betrag eur"."""
    spaced = re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])", " ", unicodedata.normalize("NFKC", text))
    plain = re.sub(r"#(?=\w)", " ", spaced).casefold()
    return " ".join(re.sub(r"[^\w#]+|_", " ", plain).split())


@lru_cache(maxsize=4096)
def roles_of_header(text: str) -> dict[str, float]:
    """Return how strongly a header text speaks for each role: 3 the whole of it, 2 its head, 1 a
    part.
    """
    header = clean_header(text)
    roles = _BY_PHRASE.get(header) or _BY_UNSPACED.get(header.replace(" ", ""), [])
    scores: dict[str, float] = dict.fromkeys(roles, 3.0)
    if scores or not header:
        return scores
    words = header.split()
    for size in range(min(len(words), 6), 0, -1):
        for start in range(len(words) - size + 1):
            phrase = " ".join(words[start : start + size])
            strength = (2.0 if start == 0 else 1.0) + 0.1 * size
            for role in _BY_PHRASE.get(phrase, ()) if len(phrase) > 1 or size == len(words) else ():
                scores[role] = max(scores.get(role, 0.0), strength)
    if not scores and not header.isascii():
        scores = _part_of_unspaced(header)
    return scores


def _part_of_unspaced(header: str) -> dict[str, float]:
    """Look for known words inside a header written without spaces (Chinese, Japanese, Korean)."""
    found: dict[str, float] = {}
    for phrase, roles in _BY_PHRASE.items():
        if len(phrase) >= 2 and not phrase.isascii() and phrase in header:
            for role in roles:
                found[role] = max(found.get(role, 0.0), 1.0 + 0.2 * len(phrase))
    return found


def knows_word(text: str) -> bool:
    """Tell whether a word with non-ASCII letters occurs in the header dictionary."""
    word = clean_header(text)
    long_enough = len(word) >= 3 or (len(word) == 2 and ord(word[0]) > 0x2FFF)
    return long_enough and not word.isascii() and word in _SINGLE_WORDS


_SINGLE_WORDS = {word for phrase in (*_BY_PHRASE, *_SUMS) for word in phrase.split()}

"""Encoding: which alphabet the bytes of a text file are in, with the evidence; never a lost
byte.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reconciliation.ingestion.limits import MAX_LINE_CHARS, Unreadable
from reconciliation.ingestion.reading import Answer, Question
from reconciliation.ingestion.regions import alphabets_of
from reconciliation.ingestion.words import knows_word

_BLOCK = 4 * 1024 * 1024

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

#: Letters that are common in the languages an alphabet is used for; the rest of it is rare in
#: names.
_COMMON = {
    "cp1252": "äöüßÄÖÜéèêëàâçîïôùûñóíáúìòãõÉÈÀÇÁÍÓÚÑåæøÅÆØõÕâê£€–—’‘“”„…°§º«»´·",
    "cp1250": "áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽąćęłńśźżĄĆĘŁŃŚŹŻäöüÄÖÜőűŐŰăâîşţĂÂÎŞŢđĐß€–„”’",
    "iso8859-2": "áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽąćęłńśźżĄĆĘŁŃŚŹŻäöüÄÖÜőűŐŰăâîß",
    "cp1251": "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯёЁіїєґІЇЄҐ№«»–—€",
    "koi8-r": "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯёЁ",
    "cp1253": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈΉΊΌΎΏ€",
    "cp1254": "çğıöşüÇĞİÖŞÜâîûÂ€–’",
    "mac_roman": "äöüßÄÖÜéèêëàâçîïôùûñóíáúìòÉÈÀÇÁÍÓÚÑåæøÅÆØ€£",
    "cp1255": "אבגדהוזחטיכלמנסעפצקרשתךםןףץ₪",
    "cp1256": "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءأإآؤئپچژگ",
    "cp874": "กขคงจฉชซญดตถทธนบปผฝพฟมยรลวศสหอะาำิีึืุูเแโใไ่้็์ัฯๆ฿",
    "cp1257": "ąčęėįšųūžĄČĘĖĮŠŲŪŽāēģīķļņāäöüõÄÖÜÕ€–„”",
}

#: The share of usual letters that makes the alphabet of the file's country the one meant.
_LIKELY = 0.85

_EAST_ASIAN = ("shift_jis", "euc-kr", "gb18030", "big5", "euc-jp")

_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
#: More NULs than these are no stray ones; rows with stray ones are row errors.
_STRAY_NULS = 20
#: A form feed at the start of a line, or on one of its own: printed reports have them.
_PAGE_BREAK = re.compile(rb"(?:(?<=[\r\n])|\A)\x0c|\x0c(?=[\r\n]|\Z)")
_CONTROL = bytes(range(1, 9)) + b"\x0b\x0c" + bytes(range(14, 32))


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding found: its Python name, why, and a question where it is not certain."""

    name: str
    why: str
    question: Question | None = None


def check_text(path: Path) -> bool:
    """Refuse what no table of text holds; returns whether the whole file is valid UTF-8.

    Looks at every byte once: NULs and control characters, lines of absurd length, invalid UTF-8.
    """
    decoder, valid, line = codecs.getincrementaldecoder("utf-8")(), True, 1
    longest = nuls = 0
    for block in _blocks(path):
        nuls += block.count(0)
        if nuls > _STRAY_NULS:
            _refuse_control(block, line, b"\0")
        if b"\x0c" in block:
            block = _PAGE_BREAK.sub(b"", block)
        if len(block) != len(block.translate(None, _CONTROL)):
            _refuse_control(block, line)
        letters = np.frombuffer(block, dtype=np.uint8)
        ends = np.flatnonzero((letters == 10) | (letters == 13))
        longest = max(longest, _longest(ends, len(block), longest if not ends.size else 0))
        if longest > MAX_LINE_CHARS:
            raise Unreadable(
                f"A line near line {line:,} has more than {MAX_LINE_CHARS:,} characters; a table "
                "of "
                "bookings has shorter ones."
            )
        line += block.count(b"\n") or block.count(b"\r")
        valid = valid and _still_valid(decoder, block)
    return valid and _still_valid(decoder, b"", final=True)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            yield block


def _longest(ends: np.ndarray, size: int, carried: int) -> int:
    """Return the longest distance between line ends in a block (the borders count as line ends)."""
    if not ends.size:
        return carried + size
    return int(np.diff(ends, prepend=-1, append=size).max())


def _still_valid(decoder: codecs.IncrementalDecoder, block: bytes, final: bool = False) -> bool:
    try:
        text = decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    if "\ufffe" in text or "\uffff" in text:
        raise Unreadable("The file contains U+FFFE or U+FFFF, which are no characters.")
    return True


def _refuse_control(block: bytes, line: int, unwanted: bytes = _CONTROL) -> None:
    """Name the line of the first control character."""
    found = re.search(b"[" + re.escape(unwanted) + b"]", block)
    assert found
    place = line + block.count(b"\n", 0, found.start())
    raise Unreadable(
        f"Line {place:,} contains a control character (byte {found[0].hex().upper()}), so the "
        "file is "
        "damaged or no text; export it again as CSV in UTF-8."
    )


def detect_encoding(path: Path, chosen: str = "") -> Encoding:
    """Return the encoding of a text file, or the one a person chose once it is proved to fit."""
    head = _head(path)
    for bom, name in _BOMS:
        if head.startswith(bom):
            _prove(path, name)
            return Encoding(name, "the file starts with its byte order mark")
    if chosen:
        _prove(path, chosen)
        return Encoding(codecs.lookup(chosen).name, "chosen by you; every byte fits")
    if unmarked := _unmarked_utf16(path, head):
        return unmarked
    if check_text(path):
        why = "every byte is plain ASCII" if head.isascii() else "all of the file is valid UTF-8"
        return Encoding("utf-8", why)
    return _guess(path.read_bytes())


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(65_536)


def _prove(path: Path, name: str) -> None:
    """Refuse an encoding in which some byte of the file has no meaning."""
    try:
        decoder = codecs.getincrementaldecoder(name)()
    except LookupError:
        raise Unreadable(f"There is no encoding called “{name}”.") from None
    line = 1
    try:
        for block in _blocks(path):
            line += decoder.decode(block).count("\n")
        decoder.decode(b"", True)
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"The file is not {name}: after line {line:,} the bytes "
            f"{error.object[error.start : error.start + 4].hex(' ')} mean nothing in it."
        ) from None


def _unmarked_utf16(path: Path, head: bytes) -> Encoding | None:
    """Ask about UTF-16 that lacks its byte order mark; None for any other file."""
    odd, even = head[1::2].count(0), head[::2].count(0)
    for nuls, other, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if nuls <= len(head) * 0.2 or other > len(head) * 0.02:
            continue
        _prove(path, name)
        text = head[: len(head) // 2 * 2].decode(name, "replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        answer = Answer(f"encoding={name}", name, tuple(line[:80] for line in lines[:3]))
        text = "The file looks like UTF-16 without a byte order mark. Do these lines read right?"
        why = "every second byte is zero, as in UTF-16 without its mark"
        return Encoding(name, why, Question("encoding", text, (answer,)))
    return None


def _guess(raw: bytes) -> Encoding:
    """Choose among the one-byte and East Asian alphabets, or ask."""
    if not _is_east_asian(raw) and not _is_one_script(raw):
        _refuse_broken_utf8(raw)
    words = list(
        dict.fromkeys(re.findall(rb"[A-Za-z]*(?:[\x80-\xff]+[A-Za-z@\[\\\]^_`{|}~]*)+", raw))
    )
    words = words[:2000]
    ranked = sorted(((_score(words, name), name) for name in _candidates(raw)), reverse=True)
    if not ranked:
        raise Unreadable("The bytes of the file fit no known encoding; export it as UTF-8.")
    here = alphabets_of(raw)
    best_score, best = _by_known_words(words, ranked, here)
    known = next((word for word in _decoded(words, best) if knows_word(word)), "")
    if known:
        return Encoding(best, f"the file is not UTF-8, and in {best} it says “{known}”")
    if _is_hangul(words):
        seen = ", ".join(_decoded(words, "euc-kr")[:3])
        return Encoding("euc-kr", f"all bytes above 127 are Korean syllables in euc-kr: {seen}")
    if kana := _kana(raw):
        return Encoding("shift_jis", f"in shift_jis all bytes above 127 are Japanese: {kana}")
    if best in here and best_score >= _LIKELY:
        seen = ", ".join(_decoded(words, best)[:3])
        return Encoding(best, f"banks of the country of its accounts write {best}: {seen}")
    if best in ("cp1252", "cp1251") and best_score >= 0.9 and len(words) >= 1:
        seen = ", ".join(_decoded(words, best)[:3])
        return Encoding(best, f"the file is not UTF-8; in {best} it reads {seen}")
    question = _ask(words, ranked[:4], blocking=len(words) > raw.count(b"\n") / 50)
    return Encoding(best, "the file is not UTF-8; this is the likeliest", question)


def _by_known_words(
    words: list[bytes], ranked: list[tuple[float, str]], here: Sequence[str]
) -> tuple[float, str]:
    """Return the encoding that makes most words of the header dictionary; where several do, one of
    ``here``, if its letters are usual, or else the best ranked.
    """
    known = {name: sum(map(knows_word, _decoded(words, name))) for _, name in ranked}
    return max(ranked, key=lambda pair: (known[pair[1]], pair[1] in here and pair[0] >= _LIKELY))


def _is_east_asian(raw: bytes) -> bool:
    """Tell whether one of the East Asian encodings makes only usual letters of all the bytes."""
    for name in _EAST_ASIAN[:4]:
        try:
            letters = [c for c in raw.decode(name) if ord(c) > 127]
        except UnicodeDecodeError:
            continue
        if letters and sum(_usual_east_asian(c, name) for c in letters) >= 0.95 * len(letters):
            return True
    return False


def _is_one_script(raw: bytes) -> bool:
    """Tell whether a one-byte encoding of another script makes only its usual letters of all the
    bytes: pairs of them look like UTF-8 by chance.
    """
    for name in ("cp874", "cp1255", "cp1256", "cp1253"):
        try:
            letters = [c for c in raw.decode(name) if ord(c) > 127]
        except UnicodeDecodeError:
            continue
        if letters and sum(c in _COMMON[name] for c in letters) >= 0.98 * len(letters):
            return True
    return False


def _refuse_broken_utf8(raw: bytes) -> None:
    """Refuse a file that is UTF-8 in some rows and something else in others."""
    whole = len(_MULTIBYTE.findall(raw))
    stray = re.search(rb"[\x80-\xff]", _MULTIBYTE.sub(b"", raw))
    strays = len(re.findall(rb"[\x80-\xff]+", _MULTIBYTE.sub(b"", raw)))
    ascii_only_damage = strays <= 3 and any(b in raw for b in (b"\xc0", b"\xff", b"\xed\xa0"))
    cut = re.search(rb"[\xe0-\xef][\x80-\xbf](?![\x80-\xbf])", raw)
    if (whole and stray and whole >= strays) or ascii_only_damage or (cut and strays == 1):
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            raise Unreadable(
                f"Line {line:,} is not valid UTF-8 (bytes "
                f"{raw[error.start : error.start + 4].hex(' ')}) "
                "while the rest of the file is; export the file again, or choose its encoding."
            ) from None


def _candidates(raw: bytes) -> list[str]:
    """Return the encodings in which every byte has a meaning."""
    fits = []
    for name in (*_COMMON, *_EAST_ASIAN):
        try:
            text = raw.decode(name)
        except UnicodeDecodeError:
            continue
        if not re.search("[\x80-\x9f]", text):
            fits.append(name)
    return fits


def _decoded(words: list[bytes], name: str) -> list[str]:
    return [word.decode(name, "replace") for word in words]


def _score(words: list[bytes], name: str) -> float:
    """Return how usual the letters are that the encoding makes of the bytes above 127 (at most
    1).
    """
    letters = [c for word in _decoded(words, name) for c in word if ord(c) > 127 and c != "\xa0"]
    if not letters:
        return 0.95 if name == "cp1252" else 0.0
    if name in _EAST_ASIAN:
        usual = sum(_usual_east_asian(c, name) for c in letters)
        return usual / len(letters) * 0.95
    known = _COMMON[name]
    strange = sum(not c.isalpha() and c not in known for c in letters)
    common = sum(c in known for c in letters) - 2 * strange
    odd = sum(1 for word in _decoded(words, name) if _odd_case(word))
    return (common - 2 * odd) / len(letters) - 0.01 * list(_COMMON).index(name)


def _is_hangul(words: list[bytes]) -> bool:
    """Tell ten or more letters that are all Korean syllables; Chinese uses rows beyond them."""
    high = b"".join(re.sub(rb"[\x00-\x7f]", b"", word) for word in words)
    lead = high[::2]
    return len(high) >= 20 and len(high) % 2 == 0 and all(0xB0 <= b <= 0xC8 for b in lead)


def _kana(raw: bytes) -> str:
    """Return the first words with kana where shift_jis makes only usual letters of all bytes, and
    two or more are kana; no other alphabet's words read so.
    """
    try:
        text = raw.decode("shift_jis")
    except UnicodeDecodeError:
        return ""
    letters = [c for c in text if ord(c) > 127]
    usual = sum(_usual_east_asian(c, "shift_jis") or "\uff61" <= c <= "\uff9f" for c in letters)
    kana = re.findall("[\u3041-\u30ff]", text)
    words = re.findall("[^\x00-\x7f]*[\u3041-\u30ff][^\x00-\x7f]*", text)
    return ", ".join(words[:3]) if usual == len(letters) and len(kana) >= 2 else ""


def _odd_case(word: str) -> bool:
    """Tell a word no language writes: a capital after a small letter, or a sign between letters."""
    if re.search(r"[a-zA-Z]", word) and re.search(r"[\u0370-\u04ff]", word):
        return True
    return re.search(r"[a-zà-ÿа-я][À-ÞА-Я]", word) is not None or bool(
        re.search(r"\w[£¤¥§©®¬±¼½¾¶¦]\w|^[£¤¥]\w", word)
    )


def _usual_east_asian(letter: str, name: str) -> bool:
    code = ord(letter)
    if name == "euc-kr":
        return 0xAC00 <= code <= 0xD7A3
    kana = 0x3040 <= code <= 0x30FF
    if name in ("gb18030", "big5") and kana:
        return False
    return kana or 0x4E00 <= code <= 0x9FFF or 0xFF01 <= code <= 0xFF60 or 0x3000 <= code <= 0x303F


def _ask(words: list[bytes], ranked: list[tuple[float, str]], blocking: bool) -> Question:
    """Return the question about the encoding, showing the same words in each."""
    answers = tuple(
        Answer(f"encoding={name}", name, tuple(_decoded(words[:5], name))) for _, name in ranked
    )
    return Question(
        "encoding",
        "The file is not UTF-8. In which encoding do these words read right?",
        answers,
        blocking,
    )

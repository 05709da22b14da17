"""Number formats: what Excel writes beside a figure by the cell's format alone: 0.00" Dr".

A cell so formatted holds only the figure; here it is read as the text a person sees in it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from reconciliation.ingestion.limits import Unreadable
from reconciliation.ingestion.safety import blocks_of, guarded_parser

_STYLES = "xl/styles.xml"
_WORDS = rb"cr|dr|credit|debit|db|soll|haben|[dcsh]"
_MARKS = {
    "cr": "Cr",
    "credit": "Cr",
    "haben": "H",
    "dr": "Dr",
    "debit": "Dr",
    "db": "Dr",
    "soll": "S",
}
#: A quick look: a format with one of the words, quoted or escaped, beside figures.
_MAY_MARK = re.compile(
    rb"formatCode=[\"'](?:[^>;]*[-(\xe2]|[^>]*?(?:&quot;|[\"'\\ \]])\W*(?:"
    + _WORDS
    + rb")(?![a-z]))",
    re.IGNORECASE,
)
_MINUS = re.compile("[-\N{MINUS SIGN}]0+|0+[-\N{MINUS SIGN}]|\\(0+\\)")
_PART = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[([^\]]*)\]|(;)|(.)', re.DOTALL)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_TESTS: dict[str, Callable[[float, float], bool]] = {
    "<": float.__lt__, "<=": float.__le__, ">": float.__gt__, ">=": float.__ge__,
    "=": float.__eq__, "<>": float.__ne__,
}  # fmt: skip
#: The same words in an XLS or ODS file, whose formats are not read here.
_SIDE = rb"(?:cr|dr|credit|debit|db|soll|haben)"
_IN_XLS = re.compile(
    rb"[#0][^\"\r\n]{0,8}\"\W{0,2}" + _SIDE + rb"\W{0,2}\"|\"" + _SIDE + rb"\W{0,2}\"[#0]", re.I
)
_IN_ODS = re.compile(rb"<number:text>[^<\w]*" + _SIDE + rb"[^<\w]*</number:text>", re.I)

#: A section of a format: the condition under which it holds, and the mark it writes.
Section = tuple[str, float, str, bool]


def sections_of(code: str) -> list[Section]:
    """Return the sections of a format: condition, its figure, the word for debit or credit that is
    written beside the figure ("" = none), whether a minus or brackets are.
    """
    sections: list[Section] = []
    literal, test, limit = "", "", 0.0
    for quoted, escaped, bracket, end, other in [*_PART.findall(code), ("", "", "", ";", "")]:
        literal += quoted or escaped or ("0" if other in ("0", "#", "?") else other.strip("., "))
        if found := _CONDITION.fullmatch(bracket):
            test, limit = found[1], float(found[2])
        if end:
            sections.append((test, limit, _mark_in(literal), _writes_minus(literal)))
            literal, test, limit = "", "", 0.0
    return sections


def _mark_in(literal: str) -> str:
    """Return the word for debit or credit that a format writes beside a figure, "" for none."""
    word = literal.strip(" ()-+.0")
    if len(word) == 1:
        return word if word in "CDSH" else ""
    return _MARKS.get(word.casefold(), "")


def _writes_minus(literal: str) -> bool:
    """Tell whether a format writes a minus or brackets about its figure."""
    words = r"[^\W\d_]+" if _mark_in(literal) else r"(?<![^\W\d_])[A-Z]{3}(?![^\W\d_])"
    figure = re.sub(r"[^\w()\N{MINUS SIGN}-]", "", re.sub(words, "", literal))
    return _MINUS.fullmatch(figure) is not None


def as_shown(value: float, sections: list[Section]) -> Any:
    """Return a figure as its format shows it, where that has a mark: 5 as “5.00 Dr” or as −5."""
    section, has_sign = _section_for(value, sections)
    if not section[2]:
        return -value if value > 0 and section[3] else value
    figure = f"{abs(value):.6f}".rstrip("0")
    whole, _, part = figure.partition(".")
    sign = "-" if value < 0 and (has_sign or section[3]) else ""
    return f"{sign}{whole}.{part:0<2} {section[2]}"


def _section_for(value: float, sections: list[Section]) -> tuple[Section, bool]:
    """Return the section that holds for a figure, and whether Excel writes its minus before it."""
    figures = sections[:3]
    if any(test for test, *_ in figures):
        for section in figures:
            if section[0] and _TESTS[section[0]](value, section[1]):
                return section, False
        return next((s for s in figures if not s[0]), ("", 0.0, "", False)), True
    if value < 0 and len(figures) > 1:
        return figures[1], False
    return figures[2 if value == 0 and len(figures) > 2 else 0], True


def marked_styles(path: Path) -> dict[int, list[Section]]:
    """Return the cell styles of an XLSX file whose number formats write debit or credit."""
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as archive:
        if _STYLES not in archive.namelist():
            return {}
        text = archive.read(_STYLES)
    return _styles_in(text) if _MAY_MARK.search(text) else {}


def _styles_in(text: bytes) -> dict[int, list[Section]]:
    formats: dict[str, list[Section]] = {}
    styles: list[str] = []
    inside: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "numFmt":
            formats[attributes.get("numFmtId", "")] = sections_of(attributes.get("formatCode", ""))
        elif name == "xf" and inside[-1:] == ["cellXfs"]:
            styles.append(attributes.get("numFmtId", ""))
        inside.append(name)

    parser = guarded_parser(_STYLES)
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: inside.pop()
    _parse(parser, text)
    found = {i: formats.get(number, []) for i, number in enumerate(styles)}
    return {i: s for i, s in found.items() if any(mark for _, _, mark, _ in s) or _negates(s)}


def _negates(sections: list[Section]) -> bool:
    """Tell a format that writes a minus before figures above nought."""
    return bool(sections) and as_shown(1.0, sections) == -1.0


def _parse(parser: expat.XMLParserType, text: bytes) -> None:
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise Unreadable(f"The workbook's list of formats is damaged ({error}).") from error


def marked_rows(
    path: Path, part: str, rows: Iterator[list[Any]], styles: dict[int, list[Section]]
) -> Iterator[list[Any]]:
    """Return the rows of a sheet, its figures as their formats show them where those say debit or
    credit.
    """
    places = _styled_cells(path, part, styles)
    place = next(places, None)
    for number, row in enumerate(rows):
        while place is not None and place[0] <= number:
            column = place[1]
            if place[0] == number and column < len(row) and _is_figure(row[column]):
                row[column] = as_shown(float(row[column]), styles[place[2]])
            place = next(places, None)
        yield row


def _is_figure(cell: Any) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def _styled_cells(
    path: Path, part: str, styles: dict[int, list[Section]]
) -> Iterator[tuple[int, int, int]]:
    """Return row, column and style of the cells that have one of the styles, in order."""
    found: list[tuple[int, int, int]] = []
    at = [-1, -1]

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "row":
            at[:] = [_whole(attributes.get("r", ""), at[0] + 2) - 1, -1]
        elif name == "c":
            at[1] = _column_of(attributes["r"]) if "r" in attributes else at[1] + 1
            style = _whole(attributes.get("s", ""), 0)
            if style in styles:
                found.append((at[0], at[1], style))

    parser = guarded_parser(part)
    parser.StartElementHandler = start
    with zipfile.ZipFile(path) as archive:
        for block in blocks_of(archive, part):
            parser.Parse(block, False)
            yield from found
            found.clear()


def _whole(text: str, otherwise: int) -> int:
    """Return a whole number of a sheet's XML, another where none stands there."""
    return int(text) if text.isdecimal() and len(text) < 10 else otherwise


def _column_of(place: str) -> int:
    """Return 0 for A7, 26 for AA7."""
    rank = 0
    for letter in place.rstrip("0123456789"):
        rank = rank * 26 + ord(letter) - 64
    return rank - 1


def refuse_unread_marks(path: Path, kind: str) -> None:
    """Refuse an XLS or ODS file whose number formats write debit or credit beside the figures."""
    if kind == "xls":
        marked = _IN_XLS.search(path.read_bytes().replace(b"\0", b""))
    else:
        with zipfile.ZipFile(path) as archive:
            marked = _IN_ODS.search(archive.read("content.xml"))
    if marked:
        raise Unreadable(
            "Formats of this workbook write Dr or Cr beside its figures, and such formats are read "
            "from .xlsx files only. Open it in Excel and save it as .xlsx."
        )

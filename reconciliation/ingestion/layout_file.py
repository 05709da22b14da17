"""Layout file: remembered layouts as JSON, to carry them to another project or to a command.

Columns are written by their header where it is unique, so that a file with its columns in another
order is read right, and one that lacks a column is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciliation.ingestion.dates import TURNED
from reconciliation.ingestion.layout import (
    COLUMN_OPTIONS,
    BadOption,
    check_options,
    column_position,
)
from reconciliation.ingestion.limits import MAX_COLUMNS
from reconciliation.vocabulary import Side

VERSION = 1
MAX_LAYOUTS = 200

#: Answers that belong to one file only and are never remembered.
PER_FILE = frozenset(
    {"errors", "repeats", "balances", "year", "header_row", "totals", "pending", "first"}
)

_WORDS = {
    "dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day",
    "serial": "Excel day numbers", "point": "decimal point", "comma": "decimal comma",
    "reversed": "signs reversed", "as_written": "signs as written",
}  # fmt: skip

_NAMES = {"zone": "days of the time zone"}

#: What a choice is called where its value alone does not say what it is about.
_CHOSEN = {
    "both=two": "money in and money out of a row as two lines",
    "both=net": "money in and money out of a row as their difference",
    "both=stop": "rows with money in and money out are asked about",
    "dates=above": "rows without a date have the date above them",
    "dates=own": "rows without a date are row errors",
    "money_in=debit": "debit is money in", "money_in=credit": "credit is money in",
    "months=croatian": "Croatian months", "months=other": "months are not Croatian",
    "cents=joined": "the column beside the amount holds its cents",
    "cents=apart": "the column beside the amount holds no cents",
    "style=plain": "a minus takes an amount of its column back",
    "style=signed": "a minus is money out in either column",
    "style=absolute": "a minus in a debit or credit column says nothing",
    "unit=hundredths": "whole amounts count cents", "unit=whole": "whole amounts are whole",
    "quoting=double": "double quotation marks", "quoting=single": "single quotation marks",
    "quoting=none": "no quotation marks", "account=*": "rows of all accounts",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileLayout:
    """One layout of a layout file; the fields are those of RememberedLayout."""

    side: Side
    fingerprint: str
    header: tuple[str, ...]
    options: dict[str, str]
    read_as: dict[str, str]


def without_per_file(options: Mapping[str, str]) -> dict[str, str]:
    """Return the options that can hold for another file."""
    kept = {key: text for key, text in options.items() if key not in PER_FILE}
    if kept.get("date_order", "").endswith(TURNED):
        del kept["date_order"]
    return kept


def to_file(layouts: Iterable[FileLayout]) -> dict[str, Any]:
    """Return the layouts as plain JSON values."""
    return {"reconcile_layouts": VERSION, "layouts": [_one_to_file(each) for each in layouts]}


def _one_to_file(layout: FileLayout) -> dict[str, Any]:
    return {
        "side": str(layout.side),
        "fingerprint": layout.fingerprint,
        "header": list(layout.header),
        "options": named(layout.options, layout.header),
        "read_as": named(layout.read_as, layout.header),
    }


def from_file(content: Any) -> list[FileLayout]:
    """Return the layouts of a file ``to_file`` wrote; raises BadOption saying what is wrong."""
    if not isinstance(content, dict) or content.get("reconcile_layouts") != VERSION:
        raise BadOption(f"this is no layout file (“reconcile_layouts”: {VERSION} is missing)")
    found = content.get("layouts")
    if not isinstance(found, list) or not 0 < len(found) <= MAX_LAYOUTS:
        raise BadOption(f"a layout file holds 1 to {MAX_LAYOUTS} layouts")
    return [_one_from_file(each) for each in found]


def _one_from_file(content: Any) -> FileLayout:
    if not isinstance(content, dict) or content.get("side") not in list(Side):
        raise BadOption("a layout has a “side”, which is bank or ledger")
    header: Any = content.get("header")
    fingerprint = content.get("fingerprint")
    if not _is_texts(header) or len(header) > MAX_COLUMNS:
        raise BadOption("a layout has a “header”, a list of the columns' names")
    if not fingerprint or not _is_texts([fingerprint]) or len(fingerprint) > 64:
        raise BadOption("a layout has a “fingerprint” of up to 64 characters")
    chosen, read_as = (_options_of(content.get(key)) for key in ("options", "read_as"))
    for options in (chosen, read_as):
        _check_columns(options, header)
    return FileLayout(Side(content["side"]), fingerprint, tuple(header), chosen, read_as)


def _is_texts(values: Any) -> bool:
    """Tell a list of texts of bearable length, without the character no database keeps."""
    return isinstance(values, list) and all(
        isinstance(text, str) and len(text) <= 500 and "\x00" not in text for text in values
    )


def _options_of(values: Any) -> dict[str, str]:
    if not isinstance(values, dict) or not _is_texts(list(values.values())):
        raise BadOption("a layout has “options” and “read_as”, each KEY: VALUE in text")
    return without_per_file(check_options(values))


def _check_columns(options: Mapping[str, str], header: Sequence[str]) -> None:
    for key in COLUMN_OPTIONS:
        for part in _parts(key, options.get(key, "0")):
            column_position(part, list(header))


def _parts(key: str, text: str) -> list[str]:
    return [part for part in text.split("+") if part] if key == "description" else [text]


def named(options: Mapping[str, str], header: Sequence[str]) -> dict[str, str]:
    """Return the options with column numbers replaced by the columns' headers where these tell."""
    return {
        key: "+".join(_name_of(part, header) for part in _parts(key, text))
        if key in COLUMN_OPTIONS
        else text
        for key, text in options.items()
    }


def _name_of(part: str, header: Sequence[str]) -> str:
    """Return the header of a column given by number, if it is unique and can stand for it."""
    if not part.isdecimal() or not 0 < int(part) <= len(header):
        return part
    name = header[int(part) - 1].strip()
    alike = [n for n in header if n.strip().casefold() == name.casefold()]
    usable = name and len(alike) == 1 and not name.isdecimal() and "+" not in name
    return name if usable else part


def in_words(options: Mapping[str, str], header: Sequence[str]) -> list[tuple[str, str]]:
    """Return (role, columns) pairs and the choices about dates and amounts, for people."""
    read = named(options, header)
    pairs = [
        (key.replace("_column", "").replace("_", " "), _shown(key, read[key]))
        for key in COLUMN_OPTIONS
        if read.get(key, "0") != "0"
    ]
    read_with = [
        _WORDS.get(text, "")
        for key in ("date_order", "decimal", "sign")
        if (text := options.get(key, "")) != "as_written"
    ]
    rest = [f"{key} {options[key]}" for key in ("account", "currency") if options.get(key)]
    words = "; ".join(filter(None, [*read_with, *rest]))
    return [*pairs, ("read with", words)] if words else pairs


def told(options: Mapping[str, str], header: Sequence[str]) -> str:
    """Return all of the options in one line, for people."""
    read = named(options, header)
    return "; ".join(_told(key, read[key]) for key in sorted(read))


def _told(key: str, text: str) -> str:
    """Return one option for people: the choice itself where it says what it is about."""
    name = key.removesuffix("_column").replace("_", " ")
    if key not in COLUMN_OPTIONS:
        known = _CHOSEN.get(f"{key}={text}") or _WORDS.get(text)
        return known or f"{_NAMES.get(key, name)} {text.replace('_', ' ')}"
    return f"{name} {_shown(key, text)}" if text != "0" else f"no {name}"


def _shown(key: str, text: str) -> str:
    return " + ".join(f"column {p}" if p.isdecimal() else f"“{p}”" for p in _parts(key, text))

"""Score over the shared corpus of real exports: never silently wrong, nine in ten right unaided."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter
from decimal import Decimal

import pytest

from reconciliation.ingestion.reader import read_layout
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side
from tests.reconciliation.ingestion.shared import SHARED, needs_corpus

TODAY = dt.date(2026, 11, 22)
#: Files whose sheet the corpus names, and printed reports for which a plain refusal is right.
SHEETS = {"D122": "Simplified GL Report"}
PRINTED = {"D103", "D104"}

pytestmark = needs_corpus


def manifest() -> list[dict[str, str]]:
    path = SHARED / "corpus" / "manifest_dev.csv"
    return list(csv.DictReader(path.open(encoding="utf-8"))) if path.is_file() else []


def read(entry: dict[str, str]) -> Reading:
    side = Side.LEDGER if entry["kind"] == "ledger" else Side.BANK
    options = {"sheet": SHEETS[entry["id"]]} if entry["id"] in SHEETS else {}
    return read_layout(SHARED / "corpus" / entry["file"], 2, "", side, options, TODAY)


def counts_allowed(entry: dict[str, str]) -> set[int]:
    """The count itself, and the other counts the manifest accepts (without pending rows …)."""
    return {int(entry["n_tx"]), *map(int, re.findall(r"^\d+|(?<= )\d+(?= \()", entry["n_alt"]))}


def has_right_totals(entry: dict[str, str], reading: Reading) -> bool:
    """Totals as the manifest says; reversed signs count where the reading asks about them."""
    asks_sign = any(question.key == "sign" for question in reading.questions)
    if entry["sum_by_currency"]:
        pairs = (pair.split(":") for pair in entry["sum_by_currency"].split())
        wanted = {code: Decimal(total) for code, total in pairs}
        found = {code: Decimal(total) for code, total in reading.sum_by_currency.items()}
        return found == wanted or (asks_sign and {c: -t for c, t in found.items()} == wanted)
    allowed = {Decimal(entry["sum_signed"])}
    allowed |= {Decimal(entry["sum_native"]), -Decimal(entry["sum_signed"])} if asks_sign else set()
    return Decimal(reading.sum) in allowed or reading.rows != int(entry["n_tx"])


def verdict(entry: dict[str, str], reading: Reading) -> str:
    """right, asked, refused or wrong."""
    if reading.status == "refused":
        plain = entry["id"] in PRINTED or not int(entry["n_tx"])
        reported = reading.error_count and "row-level" in entry["n_alt"] + entry["notes"]
        return "right" if plain or reported else "refused"
    if reading.status == "question":
        only_date = {q.key for q in reading.questions if q.blocking} == {"date_order"}
        return "right" if only_date and entry["date_ambiguous"] != "no" else "asked"
    days = (reading.first_date, reading.last_date)
    right_days = not entry["date_min"] or days == (entry["date_min"], entry["date_max"])
    right = reading.rows in counts_allowed(entry) and has_right_totals(entry, reading)
    return "right" if right and right_days else "wrong"


@pytest.fixture(scope="module")
def verdicts() -> dict[str, str]:
    return {entry["id"]: verdict(entry, read(entry)) for entry in manifest()}


def test_no_file_is_silently_wrong(verdicts: dict[str, str]) -> None:
    assert [name for name, found in verdicts.items() if found == "wrong"] == []


def test_most_core_files_are_right_without_help(verdicts: dict[str, str]) -> None:
    core = [entry["id"] for entry in manifest() if entry["tier"] == "core"]
    found = Counter(verdicts[name] for name in core)
    print(f"corpus, core: {dict(found)} of {len(core)}; all: {dict(Counter(verdicts.values()))}")
    assert found["right"] >= 0.9 * len(core)


def test_every_refusal_and_question_is_put_in_words() -> None:
    for entry in manifest():
        reading = read(entry)
        assert reading.status == "ready" or reading.messages or reading.questions, entry["id"]

"""Score over the shared corpus of real exports: never silently wrong, nine in ten right unaided."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

import pytest

from reconciliation.ingestion.layout import parse_options
from reconciliation.ingestion.reader import read_layout
from reconciliation.ingestion.reading import Question, Reading
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


def read(entry: dict[str, str], answers: Mapping[str, str] = MappingProxyType({})) -> Reading:
    side = Side.LEDGER if entry["kind"] == "ledger" else Side.BANK
    options = {"sheet": SHEETS[entry["id"]]} if entry["id"] in SHEETS else {}
    return read_layout(
        SHARED / "corpus" / entry["file"], 2, "", side, {**options, **answers}, TODAY
    )


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


def is_bank_account(entry: dict[str, str], reading: Reading) -> bool:
    """Count and totals of the one account chosen, where the manifest states them."""
    name = reading.options.get("account", "")
    stated = next((p for p in entry["gl_bank_filter"].split(";") if name and name in p), "")
    figures = dict(re.findall(r"\b(n|debit|credit|sum)=([\d.]+)", stated))
    moved = Decimal(reading.money_in) - Decimal(reading.money_out)
    found = {"n": reading.rows, "debit": Decimal(reading.money_in), "sum": moved}
    found["credit"] = Decimal(reading.money_out)
    return bool(figures) and all(found[key] == Decimal(value) for key, value in figures.items())


def truths(entry: dict[str, str], question: Question) -> list[str]:
    """The answers to try: all of them; of many accounts the one the manifest names, else the
    first.
    """
    options = [answer.option for answer in question.answers]
    if question.key != "account":
        return options
    named = [option for option in options if option.partition("=")[2] in entry["gl_bank_filter"]]
    return named[:2] or options[:1] + options[-1:]


def is_settled(entry: dict[str, str], answers: dict[str, str], left: int) -> bool:
    """Whether at most ``left`` answers lead to the right rows and totals."""
    reading = read(entry, answers)
    if reading.status == "ready" and answers.get("account", "*") != "*":
        return is_bank_account(entry, reading) or not entry["gl_bank_filter"]
    if verdict(entry, reading) == "right" and reading.status == "ready":
        return True
    asked = sorted(reading.questions, key=lambda question: not question.blocking)
    options = [option for question in asked for option in truths(entry, question)]
    return left > 0 and any(
        is_settled(entry, {**answers, **parse_options(option)}, left - 1) for option in options
    )


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
def readings() -> dict[str, Reading]:
    return {entry["id"]: read(entry) for entry in manifest()}


@pytest.fixture(scope="module")
def verdicts(readings: dict[str, Reading]) -> dict[str, str]:
    return {entry["id"]: verdict(entry, readings[entry["id"]]) for entry in manifest()}


def test_no_file_is_silently_wrong(verdicts: dict[str, str]) -> None:
    assert [name for name, found in verdicts.items() if found == "wrong"] == []


def test_most_core_files_are_right_without_help(verdicts: dict[str, str]) -> None:
    core = [entry["id"] for entry in manifest() if entry["tier"] == "core"]
    found = Counter(verdicts[name] for name in core)
    print(f"corpus, core: {dict(found)} of {len(core)}; all: {dict(Counter(verdicts.values()))}")
    assert found["right"] >= 0.9 * len(core)


def test_two_answers_make_every_importable_file_right(verdicts: dict[str, str]) -> None:
    unsettled = [entry for entry in manifest() if verdicts[entry["id"]] != "right"]
    open_still = [entry["id"] for entry in unsettled if not is_settled(entry, {}, 2)]
    assert open_still == []


def test_every_refusal_and_question_is_put_in_words(readings: dict[str, Reading]) -> None:
    for name, reading in readings.items():
        assert reading.status == "ready" or reading.messages or reading.questions, name

"""Look-alikes of the files banks and ledgers really write, each with what must come of it."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from reconciliation.ingestion.layout import parse_options
from reconciliation.ingestion.reader import read_layout
from reconciliation.vocabulary import Side

SAMPLES = Path(__file__).parents[2] / "samples"
TODAY = dt.date(2026, 11, 22)

with (SAMPLES / "expected.csv").open(encoding="utf-8", newline="") as stream:
    EXPECTED = list(csv.DictReader(stream))


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda row: row["file"])
def test_sample_reads_as_expected(expected: dict[str, str]) -> None:
    options = parse_options(expected["options"])
    path = SAMPLES / expected["file"]
    reading = read_layout(path, 2, "", Side(expected["side"]), options, TODAY)
    found = {
        "status": reading.status,
        "rows": str(reading.rows),
        "sum": reading.sum,
        "first_date": reading.first_date,
        "last_date": reading.last_date,
        "questions": "+".join(question.key for question in reading.questions),
        "skipped": str(reading.skipped_count),
        "errors": str(reading.error_count),
    }
    assert found == {key: expected[key] for key in found}, reading.messages


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda row: row["file"])
def test_refusal_says_why_and_question_shows_answers(expected: dict[str, str]) -> None:
    options = parse_options(expected["options"])
    reading = read_layout(SAMPLES / expected["file"], 2, "", Side.BANK, options, TODAY)
    assert reading.status == "ready" or reading.messages or reading.questions
    assert all(question.answers for question in reading.questions)


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda row: row["file"])
def test_options_of_a_reading_lead_to_the_same_reading(expected: dict[str, str]) -> None:
    path, side = SAMPLES / expected["file"], Side(expected["side"])
    options = parse_options(expected["options"])
    first = read_layout(path, 2, "", side, options, TODAY)
    again = read_layout(path, 2, "", side, first.options or options, TODAY)
    assert (again.rows, again.sum, again.first_date) == (first.rows, first.sum, first.first_date)
    assert (again.skipped_count, again.error_count) == (first.skipped_count, first.error_count)

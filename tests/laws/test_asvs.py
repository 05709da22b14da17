"""The self-check in ARCHITECTURE.md names evidence that exists, for every number once."""

from __future__ import annotations

import re
from collections import Counter

from tests.laws.tree import ROOT

STATES = {"met", "partly", "no", "n/a"}
ROW = re.compile(r"^\| (\d[\d. ()a-z]*) \| (.+) \| (met|partly|no|n/a) \| (.+) \|$", re.M)
TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
TABLE = TEXT.partition("## Self-check against ASVS 5")[2]
ROWS = ROW.findall(TABLE)
NUMBER = re.compile(r"\d+\.\d+\.\d+")
#: Requirements of levels 1 and 2 by chapter; OAuth (10) and WebRTC (17) are not used at all.
EXPECTED = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 33, 7: 18, 8: 7, 9: 7, 11: 14, 12: 9, 13: 13, 14: 9,
    15: 13, 16: 16,
}  # fmt: skip


def test_every_line_of_the_table_is_read():
    lines = [line for line in TABLE.splitlines() if re.match(r"\| \d", line)]
    assert len(lines) == len(ROWS) > 90


def test_every_requirement_is_answered_once():
    numbers = [number for row in ROWS for number in NUMBER.findall(row[0])]
    assert [number for number, count in Counter(numbers).items() if count > 1] == []
    assert Counter(int(number.split(".")[0]) for number in numbers) == EXPECTED


def test_evidence_exists():
    named = [(row[0], name) for row in ROWS for name in re.findall(r"`([^`]+)`", row[3])]
    files = [(number, name) for number, name in named if "/" in name and "://" not in name]
    assert files
    assert [(number, name) for number, name in files if not (ROOT / name).exists()] == []


def test_the_counts_are_printed(capsys):
    states: Counter[str] = Counter()
    for numbers, _, state, _ in ROWS:
        states[state] += len(NUMBER.findall(numbers))
    with capsys.disabled():
        print(f"\nASVS 5, levels 1 and 2: {dict(states)} of {sum(states.values())}")
    assert set(states) <= STATES

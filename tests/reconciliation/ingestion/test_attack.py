"""The shared hostile files: a clear refusal, or exactly the rows and the sum the manifest allows.

A sample by default; ``RECONCILE_ATTACK=all pytest tests/reconciliation/ingestion/test_attack.py``
reads all.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reconciliation.errors import UnreadableFile
from reconciliation.ingestion.child import read_in_child
from reconciliation.ingestion.reader import read_layout
from reconciliation.ingestion.upload import check_name
from reconciliation.vocabulary import Side
from tests.reconciliation.ingestion.shared import SHARED, needs_attack

TODAY = dt.date(2026, 11, 22)
EVERY = 1 if os.environ.get("RECONCILE_ATTACK") == "all" else 6

pytestmark = needs_attack


@pytest.fixture(scope="session")
def attack(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("attack")
    script = SHARED / "attack" / "make_files.py"
    subprocess.run(
        [sys.executable, str(script), "--out", str(folder)], check=True, capture_output=True
    )
    cases = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["cases"]
    return folder, [case for case in cases if case["file"]]


def outcome(folder: Path, case: dict[str, Any]) -> dict[str, Any]:
    """What the program does with an upload of that name and content."""
    try:
        if case["upload_name"] != case["file"]:
            check_name(case["upload_name"])
    except UnreadableFile as refusal:
        return {"outcome": "reject", "why": str(refusal)}
    reading = read_layout(folder / case["file"], 2, "", Side.BANK, {}, TODAY)
    if reading.status != "ready":
        why = " ".join(reading.messages + [question.text for question in reading.questions])
        return {"outcome": "reject", "why": why}
    return {"outcome": "accept", "rows": reading.rows, "sum": reading.sum, "why": reading.messages}


def is_allowed(found: dict[str, Any], case: dict[str, Any]) -> bool:
    """One of the manifest's outcomes, with a warning where it wants one, and never without
    words.
    """
    for allowed in case["expected"]["allow"]:
        if allowed["outcome"] != found["outcome"]:
            continue
        if allowed["outcome"] == "reject":
            return bool(found["why"])
        same = allowed["rows"] == found["rows"]
        same &= allowed["sum"] is None or Decimal(allowed["sum"]) == Decimal(found["sum"])
        if same and (found["why"] or not allowed.get("must_warn")):
            return True
    return False


def test_hostile_files_end_as_the_manifest_allows(
    attack: tuple[Path, list[dict[str, Any]]],
) -> None:
    folder, cases = attack
    failed = {}
    for case in cases[::EVERY]:
        started = time.process_time()
        found = outcome(folder, case)
        slow = time.process_time() - started > case["max_seconds"] * 3
        if slow or not is_allowed(found, case):
            failed[case["name"]] = found
    print(f"attack: {len(cases[::EVERY]) - len(failed)} of {len(cases[::EVERY])}")
    assert failed == {}


@pytest.mark.parametrize(
    "name", ["zip-bomb-sheet-300mb", "csv-cols-1e6", "xml-sparse-xfd1048576", "csv-gzip-bomb"]
)
def test_bombs_are_refused_in_the_child(
    attack: tuple[Path, list[dict[str, Any]]], name: str
) -> None:
    folder, cases = attack
    case = next(case for case in cases if case["name"] == name)
    reading = read_in_child(folder / case["file"], 2, "", Side.BANK, {}, TODAY)["reading"]
    assert reading["status"] == "refused"
    assert reading["messages"]

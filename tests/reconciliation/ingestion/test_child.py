"""The child process: its answers, its caps, and what happens when it dies."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reconciliation.ingestion import child
from reconciliation.ingestion.layout import Layout
from reconciliation.ingestion.limits import Unreadable
from reconciliation.vocabulary import Side
from tests.config.processes import PATIENCE_SECONDS

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.mark.parametrize(
    "name", ["simple.csv", "simple.xlsx", "simple.xls", "simple.ods", "statement.sta"]
)
def test_child_returns_the_reading_and_then_the_lines(name: str) -> None:
    answer = child.read_in_child(SAMPLES / name, 2, "EUR", Side.BANK, {})
    assert (answer["reading"]["status"], answer["reading"]["sum"]) == ("ready", "350.50")
    layout, header = Layout.from_json(answer["layout"]), tuple(answer["header"])
    bundles = list(child.lines_in_child(SAMPLES / name, layout, header, Side.BANK, 2))
    amounts = [amount for lines, _ in bundles for amount in lines.amount_minor.tolist()]
    assert amounts == [-90000, 125050]
    assert bundles[0][0].description[0] in ("Rent", "Rent December")


def test_row_error_stops_the_lines_unless_left_out() -> None:
    path = SAMPLES / "row_errors.csv"
    answer = child.read_in_child(path, 2, "EUR", Side.BANK, {})
    layout, header = Layout.from_json(answer["layout"]), tuple(answer["header"])
    with pytest.raises(Unreadable, match="Line 3"):
        list(child.lines_in_child(path, layout, header, Side.BANK, 2))


def test_dead_child_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "CHILD_SECONDS", 0)
    answer = child.read_in_child(SAMPLES / "simple.csv", 2, "EUR", Side.BANK, {})
    assert answer["reading"]["status"] == "refused"
    assert "was not read" in answer["reading"]["messages"][0]


def test_damaged_old_workbook_is_a_refusal(tmp_path: Path) -> None:
    content = bytearray((SAMPLES / "simple.xls").read_bytes())
    content[0x200:0x240] = b"\xff" * 64
    path = tmp_path / "damaged.xls"
    path.write_bytes(content)
    reading = child.read_in_child(path, 2, "EUR", Side.BANK, {})["reading"]
    assert reading["status"] == "refused"
    assert reading["messages"]


def test_fault_of_ours_is_not_blamed_on_memory(tmp_path: Path) -> None:
    answer = child.read_in_child(tmp_path / "gone.csv", 2, "EUR", Side.BANK, {})
    [sentence] = answer["reading"]["messages"]
    assert sentence.startswith("A fault in this program (FileNotFoundError)")


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> subprocess.Popen[bytes]:
    """A child that was started ahead."""
    monkeypatch.setattr(child, "_waiting", [])
    child.start_ahead()
    child.start_ahead()
    [process] = child._waiting
    return process


def test_child_started_ahead_answers_the_next_request(waiting: subprocess.Popen[bytes]) -> None:
    answer = child.read_in_child(SAMPLES / "simple.csv", 2, "EUR", Side.BANK, {})
    assert answer["reading"]["status"] == "ready"
    assert (child._waiting, waiting.returncode is None) == ([], False)


def test_child_that_died_waiting_is_replaced(waiting: subprocess.Popen[bytes]) -> None:
    waiting.kill()
    waiting.wait()
    answer = child.read_in_child(SAMPLES / "simple.csv", 2, "EUR", Side.BANK, {})
    assert answer["reading"]["status"] == "ready"


def test_waiting_child_ends_with_the_process_that_started_it(
    waiting: subprocess.Popen[bytes],
) -> None:
    assert waiting.stdin
    waiting.stdin.close()
    assert waiting.wait(timeout=PATIENCE_SECONDS) == 0

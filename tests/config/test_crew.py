"""A crew of programs: fallen members are started again, and everybody ends together."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest

from config.crew import Crew, Member
from tests.config.processes import living_with, start, wait_until

CREW_PROGRAM = """
import sys
from config.crew import Crew, Member
sleeper = [sys.executable, "-c", "import signal, time; {trap} time.sleep(60)", sys.argv[1]]
sys.exit(Crew([Member("One", sleeper), Member("Two", sleeper)], grace_seconds=0.3).run())
"""
DEAF = "signal.signal(signal.SIGTERM, signal.SIG_IGN);"


def start_crew(mark: str, folder: Path, trap: str = ""):
    """Start a crew of two sleepers whose command lines carry the mark."""
    program = CREW_PROGRAM.replace("{trap}", trap)
    return start(sys.executable, "-c", program, mark, log=folder / "crew.log")


@pytest.mark.parametrize("trap", ["", DEAF])
def test_a_signal_ends_everybody_even_the_deaf(tmp_path: Path, trap: str) -> None:
    """Asked twice, then made to."""
    mark = f"{tmp_path}-mark"
    crew = start_crew(mark, tmp_path, trap)
    wait_until(lambda: len(living_with(mark)) == 3)
    time.sleep(0.2)
    crew.terminate()
    assert crew.wait(20) == 0
    assert living_with(mark) == []


def test_a_kill_of_the_crew_ends_everybody(tmp_path: Path) -> None:
    """The kernel sees to it."""
    mark = f"{tmp_path}-mark"
    crew = start_crew(mark, tmp_path, DEAF)
    wait_until(lambda: len(living_with(mark)) == 3)
    crew.kill()
    crew.wait()
    wait_until(lambda: living_with(mark) == [], 15)


def test_a_member_that_never_stands_ends_the_crew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its name; its own words stand above."""
    log = tmp_path / "starts"
    falls = f"open({str(log)!r}, 'a').write('x')"
    crew = Crew([Member("The web server", [sys.executable, "-c", falls])], grace_seconds=1)
    assert threading.current_thread() is threading.main_thread()
    assert (crew.run(), log.read_text()) == (1, "xxx")
    assert capsys.readouterr().out == "The web server keeps ending; its reason stands above.\n"

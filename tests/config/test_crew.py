"""A crew of programs: fallen members are started again, and everybody ends together."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from config.crew import Crew, Member
from tests.config.processes import PATIENCE_SECONDS, living_with, start, wait_until

CREW_PROGRAM = """
import sys
from config.crew import Crew, Member
sleep = "import signal, sys, time; {trap} open(sys.argv[1], 'a').write('x'); time.sleep(600)"
sleeper = [sys.executable, "-c", sleep, sys.argv[1]]
sys.exit(Crew([Member("One", sleeper), Member("Two", sleeper)], grace_seconds=0.3).run())
"""
DEAF = "signal.signal(signal.SIGTERM, signal.SIG_IGN);"


def start_crew(mark: Path, trap: str = ""):
    """Start a crew of two sleepers that wrote into the file their command lines name."""
    program = CREW_PROGRAM.replace("{trap}", trap)
    crew = start(sys.executable, "-c", program, str(mark), log=mark.parent / "crew.log")
    wait_until(lambda: mark.exists() and mark.read_text() == "xx")
    assert len(living_with(str(mark))) == 3
    return crew


@pytest.mark.parametrize("trap", ["", DEAF])
def test_a_signal_ends_everybody_even_the_deaf(tmp_path: Path, trap: str) -> None:
    """Asked twice, then made to."""
    mark = tmp_path / "mark"
    crew = start_crew(mark, trap)
    crew.terminate()
    assert crew.wait(PATIENCE_SECONDS) == 0
    assert living_with(str(mark)) == []


def test_a_kill_of_the_crew_ends_everybody(tmp_path: Path) -> None:
    """The kernel sees to it."""
    mark = tmp_path / "mark"
    crew = start_crew(mark, DEAF)
    crew.kill()
    crew.wait()
    wait_until(lambda: living_with(str(mark)) == [])


def test_a_member_that_never_stands_ends_the_crew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its name; its own words stand above."""
    monkeypatch.setattr("config.crew.QUICK_FALL_SECONDS", PATIENCE_SECONDS)
    monkeypatch.setattr("config.crew.LONGEST_PAUSE_SECONDS", 0.1)
    log = tmp_path / "starts"
    falls = f"open({str(log)!r}, 'a').write('x')"
    crew = Crew([Member("The web server", [sys.executable, "-c", falls])], grace_seconds=1)
    assert threading.current_thread() is threading.main_thread()
    assert (crew.run(), log.read_text()) == (1, "xxx")
    assert capsys.readouterr().out == "The web server keeps ending; its reason stands above.\n"

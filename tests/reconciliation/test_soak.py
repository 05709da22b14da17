"""A short soak: threads at the same books at once, and everything they were told is true."""

from __future__ import annotations

import io
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from projects import lifecycle
from projects.models import Project, ProjectState
from reconciliation.soak import drive, kills, operations
from reconciliation.soak.playground import Playground
from tests.config.processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def test_hundreds_of_operations_at_once_break_no_promise():
    out, err = io.StringIO(), io.StringIO()
    call_command("soak", operations=500, threads=4, seed=7, stdout=out, stderr=err)
    assert err.getvalue() == ""
    assert "BROKEN" not in out.getvalue()
    assert out.getvalue().endswith("Everything is proved.\n")
    assert Project.objects.get().state == ProjectState.DELETED


def test_what_goes_wrong_in_a_process_before_its_kill_is_told(monkeypatch, tmp_path):
    def fail(**event: object) -> None:
        raise RuntimeError("as nothing should")

    monkeypatch.setattr(lifecycle, "change_settings", fail)
    monkeypatch.setattr(drive, "_OPERATIONS", [operations.change_settings])
    monkeypatch.setattr(drive, "_WEIGHTS", [1])
    kill_when_told(monkeypatch, tmp_path / "told")
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit):
        call_command("soak", operations=0, threads=2, kills=1, seed=7, stdout=out, stderr=err)
    assert "as nothing should" in err.getvalue()


def kill_when_told(monkeypatch: pytest.MonkeyPatch, told: Path) -> None:
    """Let the killer wait for a fault to be written down, however long that takes."""
    write_down = Playground.fault

    def write_and_tell(playground: Playground, words: str) -> None:
        write_down(playground, words)
        told.touch()

    def wait(seconds: float) -> None:
        wait_until(told.exists)

    monkeypatch.setattr(Playground, "fault", write_and_tell)
    monkeypatch.setattr(kills, "time", SimpleNamespace(sleep=wait, monotonic=time.monotonic))


def test_a_few_kills_leave_nothing_half_done():
    out, err = io.StringIO(), io.StringIO()
    call_command("soak", operations=20, threads=2, kills=3, seed=7, stdout=out, stderr=err)
    assert (err.getvalue(), "BROKEN" in out.getvalue()) == ("", False)
    assert "killed: 3 processes at work" in out.getvalue()


@pytest.mark.parametrize("threads", [0, 9])
def test_too_many_threads_are_refused(threads):
    with pytest.raises(CommandError, match="must be 1 to 8"):
        call_command("soak", threads=threads)

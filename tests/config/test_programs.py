"""Which PostgreSQL programs: the system's first, the wheel's where there are none."""

from pathlib import Path

import pytest

from config.database import programs
from config.database.programs import NoPostgres, find_programs


def make_programs(folder: Path, version: str) -> Path:
    """Make a folder that looks like PostgreSQL's programs of that version."""
    folder.mkdir(parents=True)
    (folder / "initdb").touch()
    postgres = folder / "postgres"
    postgres.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
    postgres.chmod(0o755)
    return folder


@pytest.fixture
def no_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Hide the system's programs by PATH and setting; return a folder for a pretended wheel."""
    monkeypatch.delenv("POSTGRES_PROGRAMS", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(programs, "SYSTEM_FOLDERS", ())
    monkeypatch.setattr(programs, "WHEEL_MODULE", "pretended_wheel")
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path / "pretended_wheel"


def test_the_wheel_serves_where_the_system_has_none(no_system: Path) -> None:
    """It is found as a package, and never imported."""
    no_system.mkdir()
    (no_system / "__init__.py").write_text("raise RuntimeError('imported')")
    folder = make_programs(no_system / "pginstall" / "bin", "18.6")
    assert find_programs() == (folder, 18)


def test_the_system_comes_before_the_wheel(
    no_system: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing of the wheel is used where PostgreSQL is installed."""
    make_programs(no_system / "bin", "18.6")
    system = make_programs(tmp_path / "system", "16.2 (Debian 16.2-1)")
    monkeypatch.setenv("PATH", str(system))
    assert find_programs() == (system, 16)


def test_too_old_programs_are_named_in_the_refusal(
    no_system: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The message says what was found and what to do."""
    monkeypatch.setenv("PATH", str(make_programs(tmp_path / "old", "13.9")))
    with pytest.raises(NoPostgres, match=r"14 or newer .*version 13.*requirements-embedded\.txt"):
        find_programs()


def test_data_are_opened_by_the_version_that_made_them(
    no_system: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """PG_VERSION of the data folder decides."""
    no_system.mkdir()
    (no_system / "__init__.py").touch()
    wheel = make_programs(no_system / "bin", "18.6")
    monkeypatch.setenv("PATH", str(make_programs(tmp_path / "system", "15.4")))
    (tmp_path / "PG_VERSION").write_text("18\n")
    assert find_programs(tmp_path) == (wheel, 18)

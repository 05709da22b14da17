"""Where the embedded server's files live and as whom it runs. PostgreSQL refuses to run as root.

Root first steps into a user namespace of its own, where it is "nobody" and still owns its files;
nothing is chmod-ed and no user is made. Where the system forbids that (many containers), the server
runs as the real nobody with data, socket and, if need be, programs below /var/tmp.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .programs import WHEEL_MODULE

CLONE_NEWUSER = 0x10000000
LONGEST_SOCKET_PATH = 100
ELSEWHERE = Path("/var/tmp")  # noqa: S108


@dataclass(frozen=True)
class Home:
    """The folders of one server, and the Popen arguments that run a program as its owner."""

    path: Path
    sockets: Path
    programs: Path
    run_as: dict[str, Any] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """The folder that initdb makes."""
        return self.path / "data"


def prepare_home(folder: Path, programs: Path) -> Home:
    """Make the folders with the right owner, write down where they are, and say how to run."""
    if os.geteuid() == 0 and not _become_nobody_here(folder):
        home = _home_elsewhere(folder, programs)
    else:
        folder.chmod(0o700)
        home = Home(path=folder, sockets=_short_enough(folder), programs=programs)
    _write_down(folder / "place", home.path)
    _write_down(folder / "socket_place", home.sockets)
    return home


def _write_down(note: Path, path: Path) -> None:
    draft = note.with_suffix(".draft")
    draft.write_text(str(path))
    draft.replace(note)


def _become_nobody_here(folder: Path) -> bool:
    """Enter a user namespace in which this process is nobody; False where that is not allowed."""
    if os.environ.get("POSTGRES_AS_ROOT") == "setuid" or folder.stat().st_uid != 0:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "unshare") or libc.unshare(CLONE_NEWUSER) != 0:
        return False
    nobody = pwd.getpwnam("nobody")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{nobody.pw_uid} 0 1")
    Path("/proc/self/gid_map").write_text(f"{nobody.pw_gid} 0 1")
    return os.geteuid() != 0


def _short_enough(folder: Path) -> Path:
    """Return a folder whose socket path the system accepts, owned by this user alone."""
    if len(os.fsencode(folder)) + len("/.s.PGSQL.5432") < LONGEST_SOCKET_PATH:
        return folder
    short = Path(tempfile.gettempdir()) / f"reconcile-{os.geteuid()}-{_digest(folder)}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.stat().st_uid != os.geteuid() or short.is_symlink():
        raise SystemExit(f"{short} belongs to somebody else; remove it, or set TMPDIR.")
    return short


def _digest(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]


def _home_elsewhere(folder: Path, programs: Path) -> Home:
    """Make a folder of nobody's below one of root's, where nobody can reach it."""
    nobody = pwd.getpwnam("nobody")
    fence = ELSEWHERE / f"reconcile-{_digest(folder)}"
    fence.mkdir(mode=0o711, exist_ok=True)
    if fence.is_symlink() or fence.stat().st_uid != 0:
        raise SystemExit(f"{fence} belongs to somebody else; remove it.")
    fence.chmod(0o711)
    path = fence / "postgres"
    path.mkdir(mode=0o700, exist_ok=True)
    os.chown(path, nobody.pw_uid, nobody.pw_gid)
    run_as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}
    reachable = _reachable_programs(programs, fence, run_as)
    return Home(path=path, sockets=path, programs=reachable, run_as=run_as)


def _reachable_programs(programs: Path, fence: Path, run_as: dict[str, Any]) -> Path:
    """Return the programs' folder, or that of a copy where nobody may not run them."""
    try:
        subprocess.run(
            [programs / "postgres", "--version"], check=True, capture_output=True, **run_as
        )
    except (OSError, subprocess.CalledProcessError):
        return _copied_programs(programs, fence)
    return programs


def _copied_programs(programs: Path, fence: Path) -> Path:
    """Copy the installation that ``programs`` belongs to, once, where nobody may run it."""
    top, *beside = _installation(programs)
    copy = fence / f"programs-{_digest(top)}"
    if not copy.exists():
        draft = fence / "programs.draft"
        shutil.rmtree(draft, ignore_errors=True)
        for folder in (top, *beside):
            shutil.copytree(folder, draft / folder.name, symlinks=True)
        subprocess.run(["chmod", "-R", "go+rX", str(draft)], check=True)
        draft.rename(copy)
    return copy / top.name / programs.relative_to(top)


def _installation(programs: Path) -> list[Path]:
    """Return the folder to copy, and the wheel's libraries, which lie beside its package."""
    package = programs.parents[1]
    if package.name != WHEEL_MODULE:
        return [programs.parent]
    libraries = package.with_name(f"{package.name}.libs")
    return [package, libraries] if libraries.exists() else [package]

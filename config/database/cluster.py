"""The embedded PostgreSQL, seen from a process that uses it. Standard library only.

The law: whoever uses the server holds a shared lock on `users.lock` until it dies, however it
dies. The keeper (see `keeper`) owns the server and stops it when it gets that lock for itself.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from .programs import NoPostgres, Programs, find_programs

PATIENCE_SECONDS = 120.0
MOST_FAILURES = 3
FAILURE_PAUSE_SECONDS = 0.5
SOCKET_NAME = ".s.PGSQL.5432"
PROJECT_ROOT = Path(__file__).resolve().parents[2]


class Cluster:
    """The server whose data live below ``folder``, started on demand, shared by all processes."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        """Name the cluster; nothing is started or written yet."""
        self.folder = folder.resolve()
        self.durable = durable
        self.has_roles = False
        self._users_lock: IO[str] | None = None

    def ensure_running(self) -> str:
        """Return the socket folder of the running server, having started it where needed."""
        self._join_users()
        if not self._is_ready():
            self._start_keeper()
        return str(self._socket_folder())

    @property
    def data_folder(self) -> Path:
        """The folder initdb made; elsewhere than ``folder`` where root had to step aside."""
        return self._home() / "data"

    def _join_users(self) -> None:
        """Take the shared lock; blocks while a keeper is stopping the server."""
        if self._users_lock is not None:
            return
        if os.name == "nt":
            raise NoPostgres("On Windows, set DATABASE_URL to a running PostgreSQL server.")
        import fcntl

        self.folder.mkdir(parents=True, exist_ok=True)
        self._users_lock = (self.folder / "users.lock").open("a")
        fcntl.flock(self._users_lock, fcntl.LOCK_SH)

    def _home(self) -> Path:
        place = self.folder / "place"
        return Path(place.read_text()) if place.exists() else self.folder

    def _socket_folder(self) -> Path:
        socket_place = self.folder / "socket_place"
        return Path(socket_place.read_text()) if socket_place.exists() else self._home()

    def _is_ready(self) -> bool:
        """Tell whether the server takes connections: it listens, and its pid file says ready."""
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(1)
                probe.connect(str(self._socket_folder() / SOCKET_NAME))
            status = (self.data_folder / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(status) > 7 and status[7].strip() == "ready"

    def _start_keeper(self) -> None:
        """Start a keeper and wait until the server is ready, whichever keeper made it so.

        A keeper that finds another at work ends with 0; one that fails says why in its log, and is
        followed by another: after a crash the old server may need a moment to be gone.
        """
        programs = find_programs(self.data_folder)
        deadline = time.monotonic() + PATIENCE_SECONDS
        keeper, failures = self._spawn_keeper(programs), 0
        while not self._is_ready():
            code = keeper.poll()
            failures += bool(code)
            if failures > MOST_FAILURES or time.monotonic() > deadline:
                raise NoPostgres(f"The embedded PostgreSQL did not start. {self._last_words()}")
            if code is not None:
                time.sleep(FAILURE_PAUSE_SECONDS if code else 0)
                keeper = self._spawn_keeper(programs)
            time.sleep(0.03)

    def _spawn_keeper(self, programs: Programs) -> subprocess.Popen[bytes]:
        durability = "durable" if self.durable else "fast"
        arguments = [str(self.folder), str(programs.folder), str(programs.major), durability]
        with (self.folder / "keeper.log").open("a") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "config.database.keeper", *arguments],
                cwd=PROJECT_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _last_words(self) -> str:
        log = self.folder / "keeper.log"
        return f"The end of {log}:\n{log.read_text(errors='replace')[-1200:]}"

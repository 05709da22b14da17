"""The process that owns the embedded PostgreSQL: makes it, starts it, stops it with its last user.

`python -m config.database.keeper FOLDER PROGRAMS MAJOR durable|fast`, run by `cluster`. One at a
time holds `keeper.lock`. The server and initdb are its children and die with it, and it ends when
nobody holds `users.lock` any more, so that no kill -9 anywhere leaves anything behind.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

from ..orphans import die_with_parent
from .home import Home, prepare_home

LOCK_PATIENCE_SECONDS = 1.0
OLD_SERVER_PATIENCE_SECONDS = 30.0
CRASH_RETRIES = 40
SHUTDOWN_PATIENCE_SECONDS = 20.0
USER = DATABASE = "reconcile"
COMMON_SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "150",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "jit": "off",
    "timezone": "'UTC'",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
}
FAST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def main(folder: Path, programs: Path, major: int, durability: str) -> int:
    """Keep the server of ``folder`` running for as long as anybody uses it."""
    keeper_lock = (folder / "keeper.lock").open("a")
    if not _locked_in_time(keeper_lock.fileno()):
        return 0
    users_lock = (folder / "users.lock").open("a")
    home = prepare_home(folder, programs)
    _end_old_server(home.data)
    if not (home.data / "PG_VERSION").exists():
        _make_data(home, major, fast=durability == "fast")
    return _run_server(home, users_lock.fileno())


def _locked_in_time(lock: int) -> bool:
    """Take the lock, waiting a moment for a keeper that is just leaving."""
    deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False


def _run_program(home: Home, program: str, *arguments: str, typed: str = "") -> None:
    """Run one program to its end, as the server's owner; it dies with this process."""
    answer = subprocess.run(
        [home.programs / program, *arguments],
        input=typed,
        text=True,
        capture_output=True,
        env=_clean_environment(),
        preexec_fn=die_with_parent(signal.SIGKILL),
        **home.run_as,
    )
    if answer.returncode:
        raise SystemExit(f"{program} failed ({answer.returncode}): {answer.stderr[-800:]}")


def _clean_environment() -> dict[str, str]:
    """Return the environment without what would change PostgreSQL's language or defaults."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def _make_data(home: Home, major: int, *, fast: bool) -> None:
    """Make the data folder with its database under a draft name, and rename it when whole."""
    draft = home.path / "data.draft"
    shutil.rmtree(draft, ignore_errors=True)
    try:
        _run_program(home, "initdb", *_initdb_arguments(draft, major, fast=fast))
    except SystemExit:  # a machine without the UTF-8 character classes
        shutil.rmtree(draft, ignore_errors=True)
        _run_program(home, "initdb", *_initdb_arguments(draft, major, fast=fast), "--locale=C")
    settings = COMMON_SETTINGS | (FAST_SETTINGS if fast else {})
    with (draft / "postgresql.auto.conf").open("a") as auto_conf:
        auto_conf.writelines(f"{name} = {value}\n" for name, value in settings.items())
    statement = f"CREATE DATABASE {DATABASE};\n"
    _run_program(home, "postgres", "--single", "-D", str(draft), "postgres", typed=statement)
    draft.rename(home.data)


def _initdb_arguments(draft: Path, major: int, *, fast: bool) -> list[str]:
    """Text compares by code point and knows its letters; only the owner reaches the socket."""
    arguments = ["-D", str(draft), "-U", USER, "-E", "UTF8", "-A", "trust", "--locale=C"]
    if major >= 17:
        arguments += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    else:
        arguments.append("--lc-ctype=C.UTF-8")
    return [*arguments, "--no-sync"] if fast else arguments


def _end_old_server(data: Path) -> None:
    """End a server that outlived its keeper, and drop a pid file that names no server.

    Whoever holds the keeper's lock owns the data folder, so such a server is nobody else's.
    """
    pid_file = data / "postmaster.pid"
    deadline = time.monotonic() + OLD_SERVER_PATIENCE_SECONDS
    asked = False
    while (pid := _server_pid(pid_file)) is not None:
        if time.monotonic() > deadline:
            raise SystemExit(f"An older server (process {pid}) does not end.")
        if not asked:
            os.kill(pid, signal.SIGINT)
            asked = True
        time.sleep(0.05)
    pid_file.unlink(missing_ok=True)


def _server_pid(pid_file: Path) -> int | None:
    """Return the process the pid file names, if that is a living PostgreSQL of ours."""
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    listing = subprocess.run(
        ["ps", "-o", "stat=,comm=", "-p", str(pid)],
        capture_output=True,
        text=True,
    ).stdout.strip()
    return pid if "postgres" in listing and not listing.startswith("Z") else None


def _run_server(home: Home, users_lock: int) -> int:
    """Run the server until it ends: after its last user has gone, or by itself."""
    for _ in range(CRASH_RETRIES):
        server = _start_server(home)
        signal.signal(signal.SIGTERM, partial(_shut_down, server))
        threading.Thread(target=_stop_when_unused, args=(server, users_lock), daemon=True).start()
        code = server.wait()
        if code == 0 or not _memory_still_in_use(home):
            return code
        time.sleep(0.25)
    return 1


def _start_server(home: Home) -> subprocess.Popen[bytes]:
    """Start the server; it shuts down fast, with nothing lost, when this process dies."""
    log = home.path / "server.log"
    with log.open("w") as output:
        return subprocess.Popen(
            [home.programs / "postgres", "-D", home.data, "-p", "5432", "-k", home.sockets],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=_clean_environment(),
            preexec_fn=die_with_parent(signal.SIGINT),
            **home.run_as,
        )


def _shut_down(server: subprocess.Popen[bytes], *_: object) -> None:
    """End the server, its clients notwithstanding, with nothing lost."""
    server.send_signal(signal.SIGINT)


def _memory_still_in_use(home: Home) -> bool:
    """Tell whether the server could not start because a crashed one's children still live."""
    return "still in use" in (home.path / "server.log").read_text(errors="replace")


def _stop_when_unused(server: subprocess.Popen[bytes], users_lock: int) -> None:
    """Wait until nobody holds the users' lock, and hold it while the server shuts down."""
    fcntl.flock(users_lock, fcntl.LOCK_EX)
    _shut_down(server)
    try:
        server.wait(timeout=SHUTDOWN_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))

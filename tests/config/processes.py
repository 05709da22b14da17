"""Real processes for the tests: started with a clean environment, watched, ended."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: How long anything may take: a working program is done at once, a busy machine takes its time.
PATIENCE_SECONDS = 180.0
#: Below the ports the kernel lends to whoever connects, so that nobody is lent a chosen one.
PORTS = range(15_000, 32_000)
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "PYENV_ROOT", "PYENV_VERSION")


def environment(**settings: str) -> dict[str, str]:
    """Return what a fresh terminal has, plus ``settings``; nothing of this test run."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {**kept, "ENV_FILE": "/dev/null", **settings}


def manage(*arguments: str, **settings: str) -> subprocess.CompletedProcess:
    """Run `manage.py` to its end and return what it said."""
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )


def start(*command: str, log: Path, **settings: str) -> subprocess.Popen[bytes]:
    """Start a process whose words go to ``log``."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            env=environment(**settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=ROOT,
            preexec_fn=hear_ctrl_c,
        )


def hear_ctrl_c() -> None:
    """Take SIGINT as in a terminal: what runs in a shell's background is started deaf to it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def start_manage(*arguments: str, log: Path, **settings: str) -> subprocess.Popen[bytes]:
    """Start `manage.py` and leave it running."""
    return start(sys.executable, str(ROOT / "manage.py"), *arguments, log=log, **settings)


def wait_until(happened: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    """Return as soon as ``happened()`` is true; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"did not happen within {seconds} s"
        time.sleep(0.05)


def living_with(mark: str) -> list[int]:
    """Return the living processes whose command line contains ``mark``, but this one."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid() and _says(entry, mark):
            found.append(int(entry.name))
    return found


def _says(entry: Path, mark: str) -> bool:
    try:
        words = (entry / "cmdline").read_bytes().decode(errors="replace")
        state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return mark in words and state != "Z"


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started itself."""
    listing = ["ps", "-o", "pid=", "--ppid", str(pid)]
    answer = subprocess.run(listing, capture_output=True, text=True)
    return [int(word) for word in answer.stdout.split()]


def kill(pid: int) -> None:
    """End a process as the kernel would: at once, without a word."""
    os.kill(pid, signal.SIGKILL)


def free_port() -> int:
    """Return a port nobody uses, and nobody is likely to use before the caller does."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port

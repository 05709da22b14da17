"""`manage.py up` and `manage.py worker`, as real processes, stopped kindly and unkindly."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from tests.config.processes import (
    free_port,
    kill,
    living_with,
    manage,
    start_manage,
    wait_until,
)


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    """A var folder of the test's own; nothing that uses it lives on afterwards."""
    yield tmp_path / "var"
    wait_until(lambda: not living_with(str(tmp_path)))


def status_of(port: int, path: str) -> int:
    """Return the HTTP status of a page, 0 where nobody answers."""
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status
    except HTTPError as refusal:
        return refusal.code
    except (URLError, OSError):
        return 0


def start_up(var: Path, port: int) -> subprocess.Popen[bytes]:
    """Start everything and wait until database, migrations and worker are ready."""
    log = var.parent / "up.log"
    up = start_manage("up", "--port", str(port), log=log, VAR_FOLDER=str(var))
    wait_until(lambda: status_of(port, "/readyz") == 200, 90)
    wait_until(lambda: b"Stop it with Ctrl-C" in log.read_bytes())
    return up


def test_up_serves_pages_and_styles_and_ctrl_c_ends_all_of_it(var: Path) -> None:
    """An empty var folder is all it starts from; the secret stays readable by its owner alone."""
    port = free_port()
    up = start_up(var, port)
    assert (status_of(port, "/accounts/login/"), status_of(port, "/projects/")) == (200, 200)
    assert (var / "secret_key").stat().st_mode & 0o777 == 0o600
    styles = next((var / "static" / "css").glob("app.*.css")).name
    assert status_of(port, f"/static/css/{styles}") == 200
    up.send_signal(signal.SIGINT)
    assert up.wait(30) == 0
    wait_until(lambda: not living_with(str(var)))
    assert status_of(port, "/healthz") == 0


def test_a_kill_of_up_takes_web_worker_and_database_along(var: Path) -> None:
    """Within seconds, and the port is free again."""
    port = free_port()
    up = start_up(var, port)
    children = descendants(up.pid)
    assert len(children) >= 5
    up.kill()
    up.wait()
    wait_until(lambda: not any(Path(f"/proc/{child}/cmdline").exists() for child in children), 30)
    wait_until(lambda: not living_with(str(var)), 30)
    assert status_of(port, "/healthz") == 0


def test_a_fallen_worker_is_started_again(var: Path) -> None:
    """kill -9 of the worker; the web server serves on."""
    port = free_port()
    up = start_up(var, port)
    worker = next(pid for pid in descendants(up.pid) if says(pid, "manage.py\0worker"))
    kill(worker)
    wait_until(lambda: {p for p in descendants(up.pid) if says(p, "manage.py\0worker")} - {worker})
    assert status_of(port, "/healthz") == 200
    up.send_signal(signal.SIGTERM)
    assert up.wait(30) == 0


def test_a_taken_port_is_named_with_the_way_out(var: Path) -> None:
    """Before anything is prepared."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        answer = manage("up", "--port", str(port), VAR_FOLDER=str(var))
    assert answer.returncode == 1
    expected = f"Port {port} is taken by another program. Choose another: python3 manage.py up"
    assert expected in answer.stderr


def says(pid: int, mark: str) -> bool:
    """Tell whether the process's command line contains the mark."""
    return pid in living_with(mark)


def descendants(pid: int) -> list[int]:
    """Return the processes below one, children first."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True
    )
    children = [int(word) for word in listed.stdout.split()]
    return children + [below for child in children for below in descendants(child)]

"""`manage.py up` as a real process: what it serves, and that nothing outlives it."""

from __future__ import annotations

import select
import signal
import socket
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from tests.config.processes import (
    PATIENCE_SECONDS,
    children_of,
    free_port,
    kill,
    living_with,
    manage,
    start_manage,
    wait_until,
)

#: A site that takes a mebibyte, and waits two seconds for it.
CRAMPED = {"MAX_UPLOAD_MB": "1", "UPLOAD_PATIENCE_SECONDS": "2"}
MEBIBYTE = b"x" * 1024 * 1024
HEAD = (
    "POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    f"Cookie: csrf={'a' * 32}\r\n"
    "Content-Type: multipart/form-data; boundary=b\r\n{length}\r\n\r\n"
)


@dataclass
class Site:
    """A running `manage.py up` with a var folder and a port of its own."""

    var: Path
    port: int
    up: subprocess.Popen[bytes]

    def status_of(self, path: str) -> int:
        """Return the HTTP status of a page, 0 where nobody answers."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE_SECONDS) as answer:
                return answer.status
        except HTTPError as refusal:
            return refusal.code
        except (URLError, OSError):
            return 0

    def answer_to(self, length: str, pieces: Iterable[bytes]) -> str:
        """Send a request whose body has no end in sight; return what the server says to it."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE_SECONDS) as connection:
            connection.sendall(HEAD.format(length=length).encode())
            with suppress(BrokenPipeError, ConnectionResetError):
                for piece in pieces:
                    connection.sendall(piece)
                connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b"")).decode()

    def workers(self) -> set[int]:
        """Return the worker's process."""
        return set(living_with("manage.py\0worker")) & set(descendants(self.up.pid))


def start_site(folder: Path) -> Site:
    """Start everything and wait until database, migrations and worker are ready."""
    var, port = folder / "var", free_port()
    log = folder / f"up-{port}.log"
    up = start_manage("up", "--port", str(port), log=log, VAR_FOLDER=str(var), **CRAMPED)
    site = Site(var, port, up)
    wait_until(lambda: site.status_of("/readyz") == 200)
    wait_until(lambda: b"Stop it with Ctrl-C" in log.read_bytes())
    return site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for the tests that only look; Ctrl-C ends all of it."""
    site = start_site(tmp_path_factory.mktemp("up"))
    yield site
    site.up.send_signal(signal.SIGINT)
    assert site.up.wait(PATIENCE_SECONDS) == 0
    wait_until(lambda: not living_with(str(site.var)))
    assert site.status_of("/healthz") == 0


def test_an_empty_folder_is_enough_for_pages_and_styles(site: Site) -> None:
    """The secret is made, and stays readable by its owner alone."""
    assert (site.status_of("/accounts/login/"), site.status_of("/projects/")) == (200, 200)
    assert (site.var / "secret_key").stat().st_mode & 0o777 == 0o600
    styles = next((site.var / "static" / "css").glob("app.*.css")).name
    assert site.status_of(f"/static/css/{styles}") == 200


def test_a_line_of_two_gibibytes_is_refused_with_the_limit(site: Site) -> None:
    """Eight of its mebibytes are enough to see it; then the sender gives up."""

    def body() -> Iterator[bytes]:
        yield from (MEBIBYTE for _ in range(8))

    answer = site.answer_to(f"Content-Length: {2**31}", body())
    assert answer.startswith("HTTP/1.1 413 ") and 'role="alert"' in answer
    assert "larger than this site accepts (1 MB)" in answer


def test_a_body_without_a_length_is_refused_unread(site: Site) -> None:
    """Chunk by chunk it could go on for ever."""
    answer = site.answer_to("Transfer-Encoding: chunked", [b"100000\r\n", b"x" * 100])
    assert answer.startswith("HTTP/1.1 411 ") and "did not say how long it is" in answer


def test_a_body_that_comes_drop_by_drop_is_not_waited_for(site: Site) -> None:
    """It ends when the time for it is over, and meanwhile keeps nobody waiting."""
    wait_until(lambda: page_comes_before_the_end_of_a_slow_body(site))


def page_comes_before_the_end_of_a_slow_body(site: Site) -> bool:
    """Tell whether a page came while the site still waited; it may not on a machine so busy."""
    with socket.create_connection(("127.0.0.1", site.port), PATIENCE_SECONDS) as slow:
        slow.sendall(HEAD.format(length="Content-Length: 120").encode() + b"--b")
        assert site.status_of("/accounts/login/") == 200
        came_before = not select.select([slow], [], [], 0)[0]
        assert slow.recv(12) == b"HTTP/1.1 403"
    return came_before


def test_a_fallen_worker_is_started_again(site: Site) -> None:
    """kill -9 of the worker; the web server serves on."""
    (fallen,) = site.workers()
    kill(fallen)
    wait_until(lambda: site.workers() - {fallen})
    assert site.status_of("/healthz") == 200


def test_a_kill_of_up_takes_web_worker_and_database_along(site: Site) -> None:
    """Within seconds, the port is free again, and the next start finds everything as it was."""
    wait_until(lambda: len(descendants(site.up.pid)) >= 5)
    children = descendants(site.up.pid)
    site.up.kill()
    site.up.wait()
    wait_until(lambda: not any(Path(f"/proc/{child}/cmdline").exists() for child in children))
    wait_until(lambda: not living_with(str(site.var)))
    assert site.status_of("/healthz") == 0
    again = start_site(site.var.parent)
    site.port, site.up = again.port, again.up


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    """Before anything is prepared."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        answer = manage("up", "--port", str(port), VAR_FOLDER=str(tmp_path / "var"))
    assert answer.returncode == 1
    expected = f"Port {port} is taken by another program. Choose another: python3 manage.py up"
    assert expected in answer.stderr


def descendants(pid: int) -> list[int]:
    """Return the processes below one, children first."""
    children = children_of(pid)
    return children + [below for child in children for below in descendants(child)]

"""The embedded server, by real processes: one for all, gone with the last, no orphan left."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from config.database.cluster import Cluster
from tests.config.processes import (
    PATIENCE_SECONDS,
    ROOT,
    environment,
    kill,
    living_with,
    start,
    wait_until,
)

USER_PROGRAM = """
import sys, time
from pathlib import Path
from config.database.cluster import Cluster
cluster = Cluster(Path(sys.argv[1]), durable=sys.argv[2] == "durable")
print(cluster.ensure_running(), flush=True)
time.sleep(float(sys.argv[3]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for a cluster of the test's own; nothing of it lives on afterwards."""
    yield tmp_path / "cluster"
    wait_until(lambda: not living_with(str(tmp_path)))


def start_user(folder: Path, seconds: float, *, durable: bool = False, **settings: str):
    """Start a process that uses the cluster for so long."""
    words = [str(folder), "durable" if durable else "fast", str(seconds)]
    log = folder.parent / "user.log"
    return start(sys.executable, "-c", USER_PROGRAM, *words, log=log, **settings)


def connect(folder: Path):
    """Connect to the running server."""
    place = (folder / "socket_place").read_text()
    return psycopg2.connect(host=place, user="reconcile", dbname="reconcile")


def is_up(folder: Path) -> bool:
    """Tell whether a client gets in."""
    try:
        connect(folder).close()
    except (psycopg2.OperationalError, OSError):
        return False
    return True


def server_pid(folder: Path) -> int:
    """Return the server's process."""
    return int((folder / "data" / "postmaster.pid").read_text().split()[0])


def test_racing_processes_share_one_server(folder: Path) -> None:
    """Six at once on an empty folder: one keeper, one data folder, and it ends with the last."""
    users = [start_user(folder, 600) for _ in range(6)]
    said = folder.parent / "user.log"
    wait_until(lambda: len(said.read_text().splitlines()) == 6)
    wait_until(lambda: len(living_with("config.database.keeper\0" + str(folder))) == 1)
    assert (len(set(said.read_text().splitlines())), is_up(folder)) == (1, True)
    for user in users:
        user.kill()
        user.wait()
    wait_until(lambda: not living_with(str(folder)))


def test_a_killed_user_leaves_no_server(folder: Path) -> None:
    """The kernel gives its lock back, and the keeper sees it."""
    user = start_user(folder, 600)
    wait_until(lambda: is_up(folder))
    user.kill()
    user.wait()
    wait_until(lambda: not living_with(str(folder)))


def test_a_killed_keeper_takes_the_server_along(folder: Path) -> None:
    """Its user gets a new one at its next connection."""
    user = start_user(folder, 600)
    wait_until(lambda: is_up(folder))
    (keeper,) = living_with("config.database.keeper\0" + str(folder))
    kill(keeper)
    wait_until(lambda: not living_with("postgres\0-D\0" + str(folder)))
    assert start_user(folder, 0).wait(PATIENCE_SECONDS) == 0
    wait_until(lambda: is_up(folder))
    user.kill()
    user.wait()


def test_a_killed_server_comes_back_with_all_that_was_committed(folder: Path) -> None:
    """Crash recovery on durable settings; the next connection starts it."""
    user = start_user(folder, 600, durable=True)
    wait_until(lambda: is_up(folder))
    with connect(folder) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    kill(server_pid(folder))
    start_user(folder, 0, durable=True).wait(PATIENCE_SECONDS)
    with connect(folder) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kept")
        assert cursor.fetchone() == (1000,)
    user.kill()
    user.wait()


def test_a_kill_while_the_data_are_made_leaves_nothing_half(folder: Path) -> None:
    """No initdb lives on, and the next user starts afresh."""
    user = start_user(folder, 600)
    wait_until(lambda: (folder / "data.draft").exists())
    (keeper,) = living_with("config.database.keeper\0" + str(folder))
    user.kill()
    user.wait()
    kill(keeper)
    wait_until(lambda: not living_with(str(folder)))
    assert start_user(folder, 0).wait(PATIENCE_SECONDS) == 0
    assert (folder / "data" / "PG_VERSION").exists()


def test_a_deep_folder_has_its_socket_elsewhere(folder: Path) -> None:
    """The system's limit on socket paths is not the user's business."""
    deep = folder.parent / ("deep" * 20)
    user = start_user(deep, 600)
    wait_until(lambda: (deep / "socket_place").exists() and is_up(deep))
    sockets = Path((deep / "socket_place").read_text())
    assert sockets.stat().st_mode & 0o777 == 0o700
    user.kill()
    user.wait()
    wait_until(lambda: not living_with(str(deep)))
    sockets.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step aside")
def test_root_without_namespaces_runs_the_server_as_nobody(folder: Path) -> None:
    """Data and socket lie where nobody may go; the project's own folder stays as it is."""
    user = start_user(folder, 600, POSTGRES_AS_ROOT="setuid")
    wait_until(lambda: (folder / "place").exists() and is_up(folder))
    place = Path((folder / "place").read_text())
    assert (place.parts[:3], place.owner()) == (("/", "var", "tmp"), "nobody")
    user.kill()
    user.wait()
    wait_until(lambda: not living_with(str(place)))
    subprocess.run(["rm", "-rf", str(place.parent)], check=True)


def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    """The end of the keeper's log is in the message."""
    folder.mkdir()
    (folder / "data").mkdir()
    (folder / "data" / "PG_VERSION").write_text("15")
    cluster = Cluster(folder)
    command = [sys.executable, "-c", USER_PROGRAM, str(cluster.folder), "fast", "0"]
    answer = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True)
    assert (answer.returncode, "did not start" in answer.stderr) == (1, True)

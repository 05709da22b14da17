"""The owner's classic way: a database named in .env by DB_*, migrate, runserver."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from django.db import connection

from tests.config.processes import (
    PATIENCE_SECONDS,
    children_of,
    free_port,
    living_with,
    manage,
    start_manage,
    wait_until,
)

NAME = f"classic_way_{os.getpid()}"


@pytest.fixture(scope="module")
def named_database(
    django_db_setup: None, django_db_blocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """An empty database named by its parts in a `.env`, and migrated."""
    folder = tmp_path_factory.mktemp("classic")
    params = connection.get_connection_params()
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {NAME}")
        env_file = folder / ".env"
        env_file.write_text(
            f"DB_NAME={NAME}\nDB_USER={params['user']}\n"
            f"DB_PASSWORD={params.get('password', '')}\n"
            f"DB_HOST={params.get('host', '')}\nDB_PORT={params.get('port', 5432)}\n"
        )
        settings = {"ENV_FILE": str(env_file), "VAR_FOLDER": str(folder / "var")}
        assert manage("migrate", **settings).returncode == 0
        yield settings
        cursor.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def answers(port: int, path: str) -> bool:
    """Tell whether a page is there."""
    try:
        return urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE_SECONDS).status == 200
    except (URLError, OSError):
        return False


@pytest.mark.parametrize("debug", ["true", "false"])
def test_migrate_and_runserver_serve_pages_styles_and_jobs(
    named_database: dict[str, str], tmp_path: Path, debug: str
) -> None:
    """With DEBUG or without; no embedded server is started, and a worker runs beside."""
    settings = {**named_database, "DEBUG": debug}
    port, log = free_port(), tmp_path / "server.log"
    words = ["runserver", "--noreload", str(port)]
    server = start_manage(*words, log=log, **settings)
    wait_until(lambda: answers(port, "/readyz"))
    assert answers(port, "/accounts/login/")
    assert answers(port, "/static/css/app.css")
    assert not (Path(settings["VAR_FOLDER"]) / "postgres").exists()
    below = children_of(server.pid)
    server.send_signal(signal.SIGINT)
    server.wait(PATIENCE_SECONDS)
    wait_until(lambda: not set(below) & set(living_with("manage.py")))

"""Save a whole database to one file and bring it back, by PostgreSQL's own programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from .cluster import Cluster
from .programs import NoPostgres, find_programs

#: A backup belongs to no role: the one that restores it owns it, and grants afterwards.
WITHOUT_ROLES = ("--no-owner", "--no-privileges")
HOW_TO_GET_IT = "Install PostgreSQL's client programs (Debian, Ubuntu: postgresql-client)."


class DumpFailed(RuntimeError):
    """The program ended with an error; the message is what it said."""


def dump(connection: Any, target: Path) -> None:
    """Write the database to ``target`` in pg_dump's custom format; whole or not at all."""
    draft = target.with_name(f"{target.name}.part")
    try:
        _run(connection, "pg_dump", "--format=custom", *WITHOUT_ROLES, f"--file={draft}")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def restore(connection: Any, source: Path) -> None:
    """Replace the database's content by that of ``source``, in one transaction."""
    options = ["--clean", "--if-exists", *WITHOUT_ROLES, "--single-transaction", "--exit-on-error"]
    dbname = connection.get_connection_params()["dbname"]
    _run(connection, "pg_restore", *options, f"--dbname={dbname}", str(source))


def _run(connection: Any, program: str, *arguments: str) -> None:
    params = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    named = {variable: str(params[key]) for key, variable in names.items() if params.get(key)}
    environment = {**os.environ, **named, "PGDATABASE": params["dbname"]}
    command = [_find(connection, program), *arguments]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True)
    if answer.returncode:
        raise DumpFailed(f"{program} said: {answer.stderr.strip()[-1000:]}")


def _find(connection: Any, program: str) -> str:
    """Return the program of the embedded server's version, else the one on PATH."""
    cluster: Cluster | None = connection.settings_dict.get("CLUSTER")
    if cluster is not None:
        beside_server = find_programs(cluster.data_folder).folder / program
        if beside_server.exists():
            return str(beside_server)
    on_path = shutil.which(program)
    if on_path is None:
        raise NoPostgres(f"{program} was not found. {HOW_TO_GET_IT}")
    return on_path

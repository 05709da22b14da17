"""Choose the database: DATABASE_URL, else DB_NAME and its kin, else the embedded server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from ..env import env_int, env_str
from .cluster import Cluster
from .roles import OWNER, RUNTIME_ROLE

SCHEMES = {"postgres", "postgresql"}

#: Commands that change tables, and those that make some: they connect as the tables' owner.
OWNERS_COMMANDS = {"migrate", "restore", "flush", "benchmark"}


def database_is_named() -> bool:
    """Tell whether the environment names a database, so that none has to be run here."""
    return bool(env_str("DATABASE_URL") or env_str("DB_NAME"))


def database_settings(var: Path, *, testing: bool) -> dict[str, Any]:
    """Return the DATABASES entry: where the database is, and limits on what may wait in it."""
    place = _named_database() if database_is_named() else _embedded_database(var, testing)
    if testing:
        place["TEST"] = {"NAME": f"test_reconcile_{os.getpid()}"}
    extra_options = place.pop("OPTIONS", {})
    return {
        **place,
        "CONN_MAX_AGE": env_int("DB_CONN_MAX_AGE", 0 if testing or database_is_named() else 60),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {**_patience(), **extra_options},
    }


def _patience() -> dict[str, Any]:
    """Nothing waits for ever: not a dead network, not a lock, not a forgotten transaction.

    Nor does a page read other projects' rows: memory and SSDs fetch single pages nearly as cheaply
    as neighbouring ones, so the planner is told to walk the project's part of an index.
    """
    limits = "-c lock_timeout=120s -c idle_in_transaction_session_timeout=600s"
    longest = env_int("DB_STATEMENT_SECONDS", 0)
    limits += f" -c statement_timeout={longest}s" if longest else ""
    options = env_str("DB_OPTIONS", f"{limits} -c random_page_cost=1.1")
    return {
        "connect_timeout": 10,
        "keepalives": 1,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "application_name": "reconcile",
        **({"options": options} if options else {}),
    }


def _embedded_database(var: Path, testing: bool) -> dict[str, Any]:
    folder = var / ("postgres-test" if testing else "postgres")
    return {
        "ENGINE": "config.database",
        "NAME": "reconcile",
        "USER": OWNER if testing or _is_owners_command() else RUNTIME_ROLE,
        "CLUSTER": Cluster(folder, durable=not testing),
    }


def _named_database() -> dict[str, Any]:
    owners = env_str("MIGRATION_DATABASE_URL")
    place = _from_url(owners) if owners and _is_owners_command() else _runtime_place()
    return {"ENGINE": "django.db.backends.postgresql", **place}


def _is_owners_command() -> bool:
    return env_str("RECONCILE_COMMAND") in OWNERS_COMMANDS


def runtime_role() -> str:
    """Return the role to grant rows to after migrating; "" where the owner is the only role."""
    if not database_is_named():
        return RUNTIME_ROLE
    return str(_runtime_place()["USER"]) if env_str("MIGRATION_DATABASE_URL") else ""


def _runtime_place() -> dict[str, Any]:
    return _from_url(env_str("DATABASE_URL")) if env_str("DATABASE_URL") else _from_parts()


def _from_parts() -> dict[str, Any]:
    return {
        "NAME": env_str("DB_NAME"),
        "USER": env_str("DB_USER"),
        "PASSWORD": env_str("DB_PASSWORD"),
        "HOST": env_str("DB_HOST", "localhost"),
        "PORT": env_str("DB_PORT", "5432"),
    }


def _from_url(url: str) -> dict[str, Any]:
    """Read postgresql://user:password@host:port/name?sslmode=…; a socket folder as ?host=."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            "DATABASE_URL must look like postgresql://user:password@host:5432/name."
        )
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }

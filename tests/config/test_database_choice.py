"""Which database: DATABASE_URL, else DB_NAME and its kin, else the embedded one."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.database.choice import database_settings

PLACE = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")


@pytest.fixture(autouse=True)
def no_database_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start from an environment that names none."""
    for name in ("DATABASE_URL", "DB_NAME", "DB_USER", "DB_PASSWORD", "DB_HOST", "DB_PORT"):
        monkeypatch.delenv(name, raising=False)


def place_of(var: Path) -> tuple[str, ...]:
    """Return where the database chosen from the environment is."""
    chosen = database_settings(var, testing=False)
    return tuple(chosen.get(key, "") for key in PLACE)


def test_nothing_named_is_the_embedded_one(tmp_path: Path) -> None:
    """Choosing it starts nothing yet."""
    chosen = database_settings(tmp_path, testing=False)
    assert (chosen["ENGINE"], chosen["CLUSTER"].folder) == (
        "config.database",
        tmp_path / "postgres",
    )
    assert list(tmp_path.iterdir()) == []


def test_the_parts_name_a_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The owner's classic .env."""
    monkeypatch.setenv("DB_NAME", "books")
    monkeypatch.setenv("DB_USER", "ann")
    monkeypatch.setenv("DB_PASSWORD", "p@ss")
    expected = ("django.db.backends.postgresql", "books", "ann", "p@ss", "localhost", "5432")
    assert place_of(tmp_path) == expected


def test_the_url_wins_and_is_unquoted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Special characters in a password are percent-encoded in a URL."""
    monkeypatch.setenv("DB_NAME", "other")
    monkeypatch.setenv(
        "DATABASE_URL", "postgres://ann:p%40ss@db.example:6432/books?sslmode=require"
    )
    expected = ("django.db.backends.postgresql", "books", "ann", "p@ss", "db.example", "6432")
    assert place_of(tmp_path) == expected
    assert database_settings(tmp_path, testing=False)["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize("url", ["mysql://a/b", "postgresql://host", "books"])
def test_a_wrong_url_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str) -> None:
    """The message shows what one looks like."""
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ImproperlyConfigured, match="postgresql://user:password@host:5432/name"):
        database_settings(tmp_path, testing=False)


def test_a_statement_is_given_up_where_a_limit_is_set(tmp_path, monkeypatch):
    monkeypatch.setenv("DB_STATEMENT_SECONDS", "7")
    options = database_settings(tmp_path, testing=False)["OPTIONS"]["options"]
    assert "-c statement_timeout=7s" in options
    monkeypatch.delenv("DB_STATEMENT_SECONDS")
    options = database_settings(tmp_path, testing=False)["OPTIONS"]["options"]
    assert "statement_timeout" not in options

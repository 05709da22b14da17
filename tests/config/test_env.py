"""Settings from the environment: what is wrong is refused with the way to mend it."""

import os
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import (
    SAMPLE_SECRET,
    env_bool,
    env_int,
    env_list,
    env_options,
    env_secret,
    read_env_file,
)

LONG = "x" * 50


def test_the_env_file_yields_to_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And counts only where it is asked to."""
    monkeypatch.setattr(os, "environ", {"B_SET": "here"})
    (tmp_path / ".env").write_text("A=file\nB_SET=file\nB_NEW='from file'\n")
    read_env_file(tmp_path / ".env", only=("B_",))
    assert os.environ == {"B_SET": "here", "B_NEW": "from file"}


@pytest.mark.parametrize(
    ("text", "meant"), [("true", True), ("ON", True), ("0", False), ("", False)]
)
def test_env_bool_reads_words(monkeypatch: pytest.MonkeyPatch, text: str, meant: bool) -> None:
    """Yes and no in their usual spellings."""
    monkeypatch.setenv("FLAG", text)
    assert env_bool("FLAG", default=True) is meant


def test_env_bool_refuses_other_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A typo is no silent False."""
    monkeypatch.setenv("FLAG", "ture")
    with pytest.raises(ImproperlyConfigured, match="write true or false"):
        env_bool("FLAG")


@pytest.mark.parametrize("text", ["-1", "1.5", "many", "٣"])
def test_env_int_refuses_what_is_no_whole_number(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """Only ASCII digits count."""
    monkeypatch.setenv("NUMBER", text)
    with pytest.raises(ImproperlyConfigured, match="whole number from 0 up"):
        env_int("NUMBER", 5)


def test_env_list_splits_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blanks and empty parts fall away."""
    monkeypatch.setenv("HOSTS", " a.example , ,b.example")
    assert env_list("HOSTS") == ["a.example", "b.example"]


@pytest.mark.parametrize("text", ["{", "[1]", "yes"])
def test_env_options_refuses_what_is_no_object(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """With an example of one."""
    monkeypatch.setenv("OPTIONS", text)
    with pytest.raises(ImproperlyConfigured, match="must be a JSON object"):
        env_options("OPTIONS")


@pytest.mark.parametrize("secret", ["", "short", SAMPLE_SECRET])
def test_env_secret_refuses_bad_secrets(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    """Missing, short and sample secrets stop the start, with the command that makes one."""
    monkeypatch.setenv("SECRET_KEY", secret)
    with pytest.raises(ImproperlyConfigured, match="token_urlsafe"):
        env_secret("SECRET_KEY", made_in=None)


def test_env_secret_is_made_once_and_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A local installation finds the same secret again, readable by its owner alone."""
    monkeypatch.delenv("SECRET_KEY", raising=False)
    file = tmp_path / "var" / "secret_key"
    first = env_secret("SECRET_KEY", made_in=file)
    assert (len(first) >= 50, env_secret("SECRET_KEY", made_in=file)) == (True, first)
    assert file.stat().st_mode & 0o777 == 0o600

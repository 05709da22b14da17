"""Read settings from the environment and `.env`; what is wrong is said with the way to mend it."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from dotenv import dotenv_values

SAMPLE_SECRET = "replace-me-with-50-random-characters"  # noqa: S105
SHORTEST_SECRET = 50
HOW_TO_MAKE_ONE = (
    "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(50))' "
    "and set SECRET_KEY to it in the environment or in .env."
)
TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}


def read_env_file(path: Path, *, only: tuple[str, ...] = ("",)) -> None:
    """Add what the file says to the environment; what is set there already wins.

    ``only`` names the beginnings of the settings that count.
    """
    for name, text in dotenv_values(path).items():
        if name.startswith(only) and text is not None:
            os.environ.setdefault(name, text)


def env_str(name: str, default: str = "") -> str:
    """Return the setting ``name``, without the blanks around it."""
    return os.environ.get(name, default).strip()


def env_bool(name: str, *, default: bool = False) -> bool:
    """Return the setting as yes or no."""
    text = env_str(name).lower()
    if name not in os.environ:
        return default
    if text in TRUE_WORDS:
        return True
    if text in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name} is {text!r}; write true or false.")


def env_int(name: str, default: int, *, least: int = 0) -> int:
    """Return the setting as a whole number of at least ``least``."""
    text = env_str(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise ImproperlyConfigured(f"{name} is {text!r}; write a whole number from {least} up.")
    return int(text)


def env_list(name: str) -> list[str]:
    """Return the setting's parts, separated by commas."""
    return [part.strip() for part in env_str(name).split(",") if part.strip()]


def env_options(name: str) -> dict[str, Any]:
    """Return the setting's JSON object as options by name."""
    try:
        options = json.loads(env_str(name) or "{}")
    except ValueError:
        options = None
    if not isinstance(options, dict):
        raise ImproperlyConfigured(f'{name} must be a JSON object, such as {{"bucket_name": "x"}}.')
    return options


def env_secret(name: str, *, made_in: Path | None) -> str:
    """Return a secret that is long and not the sample one.

    Where it is not set and ``made_in`` names a file (a local installation), one is made there
    once and kept. In production ``made_in`` is None and a missing secret stops the start.
    """
    secret = env_str(name)
    if not secret and made_in is not None:
        return _kept_secret(made_in)
    if not secret:
        raise ImproperlyConfigured(f"{name} is not set. {HOW_TO_MAKE_ONE}")
    if secret == SAMPLE_SECRET or len(secret) < SHORTEST_SECRET:
        raise ImproperlyConfigured(
            f"{name} is the sample or shorter than {SHORTEST_SECRET} characters. {HOW_TO_MAKE_ONE}"
        )
    return secret


def _kept_secret(file: Path) -> str:
    """Return the secret kept in ``file``, made on first use; racing processes agree on one."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text().strip()

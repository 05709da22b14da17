"""Log lines without the books in them.

An exception's own text may quote a row (PostgreSQL's does), so only its class and where it arose
are logged. A server logs one JSON object per line; a person at a terminal gets plain text.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

DEEPEST_FRAMES = 8


class PlainLines(logging.Formatter):
    """Time, level, message; an exception as its class and places."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line, and one more per place of an exception."""
        moment = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        lines = [f"{moment} {record.levelname} {record.name}: {record.getMessage()}"]
        facts = facts_of(record)
        lines += [f"  {name}: {fact}" for name, fact in facts.items()]
        return "\n".join(lines)


class JsonLines(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a JSON object."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        return json.dumps(line | facts_of(record), default=str)


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return what the record carries beside its message: its facts, its job, its exception."""
    facts: dict[str, Any] = dict(getattr(record, "facts", {}))
    if hasattr(record, "job"):
        facts["job"] = record.job
    if record.exc_info and record.exc_info[1] is not None:
        facts |= describe_exception(record.exc_info[1])
    return facts


def describe_exception(error: BaseException) -> dict[str, Any]:
    """Return the exception's class and where it arose, without its text."""
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST_FRAMES:]
    return {
        "error": f"{type(error).__module__}.{type(error).__qualname__}",
        "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }


def logging_settings(*, level: str, as_json: bool) -> dict[str, Any]:
    """Return Django's LOGGING: everything to the terminal, in one of the two forms."""
    form = JsonLines if as_json else PlainLines
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": form}},
        "handlers": {"terminal": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["terminal"], "level": level},
        "loggers": {
            "django": {"handlers": ["terminal"], "level": level, "propagate": False},
            "django.server": {"handlers": ["terminal"], "level": "INFO", "propagate": False},
            "django_tasks": {"level": "WARNING"},
            "django_tasks_db": {"level": "WARNING"},
        },
    }

"""Somebody is faster: at the very point between looking and changing, another change is committed.

Nothing here waits for luck: the other change is made, whole, by a thread of its own when the first
one is about to call a named function.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

JOIN_SECONDS = 60


def elsewhere(act: Callable[[], Any]) -> Any:
    """Do it in a thread and with a connection of its own; return what it returned or raise."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(act())
        except Exception as wrong:
            outcome.append(wrong)
        finally:
            connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(JOIN_SECONDS)
    assert outcome, "the other change waits for this one"
    if isinstance(outcome[0], Exception):
        raise outcome[0]
    return outcome[0]


def just_before(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, act: Callable[[], Any]
) -> None:
    """Let somebody else do this, whole, when the module is about to call ``name`` next."""
    called = getattr(module, name)

    def interrupted(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(module, name, called)
        elsewhere(act)
        return called(*args, **kwargs)

    monkeypatch.setattr(module, name, interrupted)

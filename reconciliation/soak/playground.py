"""The playground: a project whose books are fought over, and what its people were told."""

from __future__ import annotations

import json
import os
import uuid
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from projects import lifecycle
from projects.models import Project

#: So many requests are remembered, to be sent again.
REMEMBERED = 12


@dataclass(frozen=True, slots=True)
class MatchRequest:
    """What a client asks for when it matches by hand: its key, and line ids of either side."""

    key: uuid.UUID
    bank: tuple[int, ...]
    ledger: tuple[int, ...]


@dataclass
class Playground:
    """A project, who acts in it, and a journal of everything the books said yes to.

    The journal is a file, so that it outlives a process that is killed.
    """

    project: Project
    actor: Any
    colleague: Any
    folder: Path
    requests: deque[MatchRequest] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def tell(self, kind: str, what: object) -> None:
        """Write down an acknowledgement, in one piece."""
        line = f"{kind} {what}\n".encode()
        journal = os.open(self.folder / "journal", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        os.write(journal, line)
        os.close(journal)

    def told(self, kind: str) -> list[uuid.UUID]:
        """Return the ids that were acknowledged as this kind."""
        return [uuid.UUID(what) for said, what in self._journal() if said == kind]

    def fault(self, words: str) -> None:
        """Write down what went wrong and should not have."""
        self.tell("fault", json.dumps(words))

    def faults(self) -> list[str]:
        """Return what went wrong, in full."""
        return [json.loads(what) for kind, what in self._journal() if kind == "fault"]

    def answers(self) -> list[tuple[str, str]]:
        """Return (key of a request, id of the group it was answered with)."""
        return [
            (w.partition("=")[0], w.partition("=")[2]) for k, w in self._journal() if k == "key"
        ]

    def events(self) -> Counter[str]:
        """Return how often each action was acknowledged; a repeated request counts once."""
        actions = Counter(what for kind, what in self._journal() if kind == "event")
        return actions + Counter({"match.recorded": len(set(self.told("group")))})

    def _journal(self) -> Iterator[tuple[str, str]]:
        path = self.folder / "journal"
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            kind, _, what = line.partition(" ")
            yield kind, what


def open_playground(actor: Any, colleague: Any, folder: Path) -> Playground:
    """Return a playground with a project of its own; the colleague comes and goes."""
    project = lifecycle.create_project(actor=actor, name="Soak", currency="EUR")
    return Playground(project, actor, colleague, folder)


def close_playground(playground: Playground) -> None:
    """Hide the project; it is purged with the others that were deleted."""
    lifecycle.delete_project(project=playground.project, actor=playground.actor)

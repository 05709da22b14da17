"""The playground: a project whose books are fought over, and what its people were told."""

from __future__ import annotations

import uuid
from collections import Counter, deque
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
    """A project, who acts in it, and everything the books said yes to.

    ``events`` counts by audit action what was acknowledged: each must be in the trail, once.
    Threads only append, which needs no lock.
    """

    project: Project
    actor: Any
    folder: Path
    events: list[str] = field(default_factory=list)
    groups: list[uuid.UUID] = field(default_factory=list)
    reversed_groups: list[uuid.UUID] = field(default_factory=list)
    imported: list[uuid.UUID] = field(default_factory=list)
    withdrawn: list[uuid.UUID] = field(default_factory=list)
    answers: list[tuple[uuid.UUID, uuid.UUID]] = field(default_factory=list)
    requests: deque[MatchRequest] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def acknowledged(self) -> Counter[str]:
        """Return how often each action was acknowledged; a repeated request counts once."""
        return Counter(self.events) + Counter({"match.recorded": len(set(self.groups))})


def open_playground(actor: Any, folder: Path) -> Playground:
    """Return a playground with a project of its own."""
    project = lifecycle.create_project(actor=actor, name="Soak", currency="EUR")
    return Playground(project, actor, folder)


def close_playground(playground: Playground) -> None:
    """Hide the project; it is purged with the others that were deleted."""
    lifecycle.delete_project(project=playground.project, actor=playground.actor)

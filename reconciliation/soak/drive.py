"""Driving: many threads that do one random operation after another until enough are done."""

from __future__ import annotations

import itertools
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from django.db import connection

from projects.collisions import ProjectBusy
from projects.lifecycle import StateRefused
from projects.members import MemberRefused
from reconciliation.aside import close_aside
from reconciliation.errors import Refusal
from reconciliation.soak.operations import MIX, NothingToDo, Operation, import_statement
from reconciliation.soak.playground import Playground
from reconciliation.vocabulary import Side

_OPERATIONS = [operation for operation, _ in MIX]
_WEIGHTS = [weight for _, weight in MIX]


@dataclass
class Tally:
    """What became of the operations: (name, outcome) → how often, and every fault in full."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
    tell: Callable[[Exception, str], None] = lambda fault, words: None

    def rows(self) -> list[tuple[str, ...]]:
        """Return a table: operation, done, refused, nothing to do."""
        names = [operation.__name__ for operation in _OPERATIONS]
        return [("operation", "done", "refused", "nothing to do")] + [
            (name.replace("_", " "), *(str(self.outcomes[name, o]) for o in OUTCOMES))
            for name in names
        ]


OUTCOMES = ("done", "refused", "idle")


def fill(playground: Playground, seed: int) -> None:
    """Bring a file of either side into the books, so that there is something to do."""
    for side in Side:
        import_statement(playground, Random(f"{seed} {side}"), side)  # noqa: S311


def drive(
    playground: Playground,
    *,
    operations: int,
    threads: int,
    seed: int,
    tell: Callable[[Exception, str], None] = lambda fault, words: None,
) -> Tally:
    """Carry out so many operations in so many threads; return what became of them.

    ``tell`` hears of a fault at once: whoever is killed returns nothing.
    """
    tally, tickets = Tally(tell=tell), itertools.count()
    started = time.monotonic()
    crew = [
        threading.Thread(
            target=_work,
            args=(playground, Random(seed + place), tally, tickets, operations),  # noqa: S311
        )
        for place in range(threads)
    ]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    tally.seconds = time.monotonic() - started
    return tally


def _work(
    playground: Playground, random: Random, tally: Tally, tickets: itertools.count[int], last: int
) -> None:
    try:
        while next(tickets) < last:
            [operation] = random.choices(_OPERATIONS, _WEIGHTS)
            outcome = _outcome_of(operation, playground, random, tally)
            tally.outcomes[operation.__name__, outcome] += 1
    finally:
        connection.close()
        close_aside()


def _outcome_of(operation: Operation, playground: Playground, random: Random, tally: Tally) -> str:
    try:
        operation(playground, random)
    except NothingToDo:
        return "idle"
    except (Refusal, StateRefused, MemberRefused, ProjectBusy):
        return "refused"
    except Exception as fault:  # noqa: BLE001 (whatever is raised here is what the soak looks for)
        words = f"{operation.__name__}: {traceback.format_exc()}"
        tally.faults.append(words)
        tally.tell(fault, words)
        return "fault"
    return "done"

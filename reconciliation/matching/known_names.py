"""Known names: the aliases of a project as its page lists them; removing them, carrying them over.

Law: an alias a person removed stays removed until it is seen in a match by hand, whatever runs
match and whatever is carried here.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from projects import audit
from projects.models import Project
from reconciliation.keyset import Cursor, Page, page_of
from reconciliation.matching.memory import LEAST_WEIGHT, MOST_ALIASES, PURITY, Memory
from reconciliation.matching.ruleset import Ruleset
from reconciliation.models import MatchRun, NameSighting, Source
from reconciliation.models.sighting import standing_names
from reconciliation.transactions import open_books, tried_again

PAGE_LENGTH = 100
#: So many names are written out in the audit event of a removal, and shown of a run.
MOST_TOLD = 50

_CARRY = """
    INSERT INTO reconciliation_namesighting
        (project_id, bank_name, ledger_name, source, by_hand, by_run, agrees, origin, made_by_id)
    SELECT %s, bank_name, ledger_name, %s, by_hand, by_run, false, %s, %s
    FROM unnest(%s::text[], %s::text[], %s::int[], %s::int[])
         AS told(bank_name, ledger_name, by_hand, by_run)
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class KnownName:
    """The bank writes ``bank_name`` for what the ledger calls ``ledger_name``.

    ``share`` is that of the observations of this bank name.
    """

    bank_name: str
    ledger_name: str
    by_hand: int
    by_run: int
    seen_at: dt.datetime
    last_id: int
    agrees: bool
    weight: int
    share: float

    @property
    def doubt(self) -> str:
        """Say why no run goes by this name yet; "" where runs do."""
        if self.weight < LEAST_WEIGHT:
            return "Seen once only"
        return "" if self.share >= PURITY else "The bank writes it for others too"


@dataclass(frozen=True, slots=True)
class CarriedName:
    """An alias on its way into another project."""

    bank_name: str
    ledger_name: str
    by_hand: int
    by_run: int


@dataclass(frozen=True, slots=True)
class RunMemory:
    """What a run went by beside its rules: sentences, and the names it relied on as (bank name,
    ledger name, known before); ``name_count`` says how many there were in all."""

    sentences: list[str]
    names: list[tuple[str, str, bool]]
    name_count: int
    learned_count: int
    unchanged_since: MatchRun | None


def name_page(
    project: Project, search: str, cursor: Cursor | None, *, length: int = PAGE_LENGTH
) -> Page:
    """Return one page of the aliases that stand as KnownNames, those most often seen first."""
    backward = cursor is not None and cursor.is_backward
    way, order = (">", "ASC") if backward else ("<", "DESC")
    beyond = f"AND (weight, last_id) {way} (%(weight)s, %(last)s)" if cursor else ""
    rows = standing_names(
        project,
        f"WHERE NOT agrees AND {_FOUND} {beyond}",
        f"ORDER BY weight {order}, last_id {order} LIMIT %(most)s",
        search=search.upper(),
        weight=int(cursor.key) if cursor else 0,
        last=int(cursor.tie) if cursor else 0,
        most=length + 1,
    )
    names = [KnownName(*row) for row in rows]
    return page_of(names, length=length, cursor=cursor, place=lambda n: (n.weight, n.last_id))


def names_of(project: Project) -> list[CarriedName]:
    """Return the aliases that stand, those most often seen first, to be carried elsewhere."""
    rows = standing_names(
        project,
        "WHERE NOT agrees",
        "ORDER BY weight DESC, bank_name, ledger_name LIMIT %(most)s",
        most=MOST_ALIASES,
    )
    return [CarriedName(*row[:4]) for row in rows]


def names_file(project: Project) -> dict[str, Any]:
    """Return the aliases as a file another project can take."""
    return {
        "aliases": [
            {
                "bank": name.bank_name,
                "ledger": name.ledger_name,
                "by_hand": name.by_hand,
                "by_run": name.by_run,
            }
            for name in names_of(project)
        ]
    }


@tried_again
def remove_names(*, project: Project, actor: Any, chosen: Iterable[NameSighting]) -> int:
    """Remove the aliases of the chosen sightings; return how many there were."""
    names = sorted({(each.bank_name, each.ledger_name) for each in chosen})
    with open_books(project) as books:
        NameSighting.objects.bulk_create(
            NameSighting(
                project=books,
                bank_name=bank_name,
                ledger_name=ledger_name,
                source=Source.REMOVED,
                origin=uuid.uuid4(),
                made_by=actor,
            )
            for bank_name, ledger_name in names
        )
        audit.record(
            project=books,
            actor=actor,
            action="alias.removed",
            before={"count": len(names), "names": names[:MOST_TOLD]},
        )
    return len(names)


@tried_again
def carry_names(
    *, project: Project, actor: Any, names: Sequence[CarriedName], origin: uuid.UUID, told: str
) -> int:
    """Add the names to what the project knows; return how many of them stand now.

    What the same ``origin`` told before counts once; ``told`` says in the audit trail what it is.
    """
    columns = [[getattr(name, field) for name in names] for field in CarriedName.__slots__]
    with open_books(project) as books:
        with connection.cursor() as cursor:
            cursor.execute(_CARRY, [books.pk, Source.COPIED.value, origin, actor.pk, *columns])
        audit.record(
            project=books,
            actor=actor,
            action="alias.carried",
            after={"count": len(names), "from": told},
        )
        standing = {(name.bank_name, name.ledger_name) for name in names_of(books)}
    return len({(name.bank_name, name.ledger_name) for name in names} & standing)


def copy_names(*, project: Project, actor: Any, source: Project) -> tuple[int, int]:
    """Carry the names of another project here; return how many there are, how many stand now."""
    names = names_of(source)
    told = f"project:{source.pk}"
    return len(names), carry_names(
        project=project, actor=actor, names=names, origin=source.pk, told=told
    )


def run_memory(run: MatchRun) -> RunMemory:
    """Return what the run went by beside its rules."""
    memory = Memory.from_json(run.memory)
    used = [(bank, ledger) for bank, ledger in run.report.get("aliases", [])]
    last = MatchRun.objects.in_project(run.project).filter(pk=run.report.get("unchanged_since"))
    return RunMemory(
        sentences=[
            *(each.sentence for each in memory.demotions(Ruleset.from_json(run.ruleset))),
            *_calibration_sentences(memory),
        ],
        names=[(*name, name in memory.aliases) for name in used[:MOST_TOLD]],
        name_count=len(used),
        learned_count=sum(name not in memory.aliases for name in used),
        unchanged_since=last.first(),
    )


def _calibration_sentences(memory: Memory) -> list[str]:
    """Say that the shown probabilities follow what people decided here, where they do."""
    if memory.slope is None:
        return []
    return [
        f"The probabilities shown follow the {memory.decisions:,} suggestions accepted or declined "
        "in this project."
    ]


_FOUND = "(strpos(bank_name, %(search)s) > 0 OR strpos(ledger_name, %(search)s) > 0)"

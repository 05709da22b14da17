"""Remembering: the memory of a project, learned from its history when a run starts and when one is
recorded.

Law: what is learned is a function of what was recorded. Matching by hand costs nothing for it: the
next run reads in the audit trail what people matched and unmatched since the last one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace

from projects import audit
from projects.models import Project
from reconciliation.copying import copy_in, escaped
from reconciliation.matching.decisions import fitted_slope
from reconciliation.matching.lessons import Lesson, aliases_told, lessons_of_groups
from reconciliation.matching.memory import MOST_ALIASES, Memory
from reconciliation.matching.rule_record import rule_record, unmatches
from reconciliation.models import MatchGroup, MatchMember, MatchRun, NameSighting, Source
from reconciliation.models.sighting import standing_names
from reconciliation.open_lines import example_lines
from reconciliation.transactions import open_books, tried_again
from reconciliation.vocabulary import Side

#: At most so many matches by hand are learned from at once, the latest ones.
MOST_EVENTS = 20_000

#: At most so many groups that people unmatched are kept in a memory.
MOST_REFUSED = 10_000

GroupLines = tuple[list[int], list[int]]


def freeze_memory(run: MatchRun) -> Memory:
    """Learn from what people did since the last run, and store in this one the memory it uses.

    A run that is carried out again keeps the memory it has.
    """
    if run.memory:
        return Memory.from_json(run.memory)
    since, until = _learned_until(run.project), audit.last_seq(run.project)
    sightings = _seen_by_people(run.project, since, until)
    return _store(run, sightings, until)


def remember_run(run: MatchRun, taught: Iterable[Lesson]) -> None:
    """Write down what a run's matches teach; part of the transaction that records them."""
    copy_in(
        "reconciliation_namesighting (project_id, bank_name, ledger_name, source, by_hand, by_run,"
        " agrees, run_id, origin, made_by_id)",
        _run_rows(run, taught),
    )


def memory_of(project: Project) -> Memory:
    """Return what is known in the project now; of its aliases those of the most weight."""
    rows = standing_names(
        project,
        order="ORDER BY weight DESC, bank_name, ledger_name LIMIT %(most)s",
        most=MOST_ALIASES,
    )
    slope, decisions = fitted_slope(project)
    return replace(
        rule_record(project),
        refused=_refused(project),
        aliases={(bank, ledger): float(weight) for bank, ledger, *_, weight, _ in rows},
        slope=slope,
        decisions=decisions,
    )


def _refused(project: Project) -> list[GroupLines]:
    """Return the lines of the groups that people unmatched, the latest MOST_REFUSED."""
    groups = [each.group_id for each in unmatches(project)][-MOST_REFUSED:]
    return list(_lines_of_groups(project, groups).values())


@tried_again
def _store(run: MatchRun, sightings: list[NameSighting], until: int) -> Memory:
    with open_books(run.project) as books:
        NameSighting.objects.bulk_create(sightings, batch_size=5_000, ignore_conflicts=True)
        memory = replace(memory_of(books), trail_seq=until)
        MatchRun.objects.filter(pk=run.pk).update(memory=memory.to_json())
    return memory


def _learned_until(project: Project) -> int:
    """Return the number of the last audit event that an earlier run has learned from."""
    runs = MatchRun.objects.in_project(project).exclude(memory={}).order_by("-started_at", "-id")
    return runs.values_list("memory__trail_seq", flat=True).first() or 0


def _seen_by_people(project: Project, since: int, until: int) -> list[NameSighting]:
    """Return what people's matches teach and their unmatches take back, in the order of events."""
    made = _matched_by_hand(project, since, until)
    undone = unmatches(project, since=since, until=until)
    named = [group for *_, group in made] + [each.group_id for each in undone]
    groups = _lines_of_groups(project, named)
    if not groups:
        return []
    columns = [
        example_lines(project, side, [i for lines in groups.values() for i in lines[place]])
        for place, side in enumerate((Side.BANK, Side.LEDGER))
    ]
    place_of = [{line: row for row, line in enumerate(lines.id.tolist())} for lines in columns]
    rows = {
        group: ([place_of[0][i] for i in lines[0]], [place_of[1][i] for i in lines[1]])
        for group, lines in groups.items()
    }
    bank, ledger = columns
    told = lessons_of_groups(bank, ledger, [rows[group] for *_, group in made])
    seen = [
        (seq, _by_hand(project, actor, group, lesson))
        for (seq, actor, group), lesson in zip(made, told, strict=True)
        if lesson
    ]
    known = {(name, other) for name, other, *_ in standing_names(project)}
    known |= {(each.bank_name, each.ledger_name) for _, each in seen}
    back = aliases_told(known, bank, ledger, [rows[each.group_id] for each in undone])
    for unmatch, aliases in zip(undone, back, strict=True):
        seen += [
            (unmatch.seq, _taken_back(project, unmatch.actor_id, unmatch.group_id, alias))
            for alias in aliases
        ]
    return [sighting for _, sighting in sorted(seen, key=lambda each: each[0])]


def _matched_by_hand(project: Project, since: int, until: int) -> list[tuple[int, int, uuid.UUID]]:
    """Return (number of the event, who, group) of the matches by hand that are live, the latest
    MOST_EVENTS."""
    events = audit.events_of(project).filter(action="match.recorded", seq__gt=since, seq__lte=until)
    latest = events.order_by("-seq")[:MOST_EVENTS].values_list("seq", "actor_id", "subject")
    found = [(seq, actor, uuid.UUID(subject[-36:])) for seq, actor, subject in latest]
    groups = MatchGroup.objects.in_project(project).filter(id__in=[group for *_, group in found])
    live = set(groups.live().values_list("id", flat=True))
    return [each for each in reversed(found) if each[2] in live]


def _lines_of_groups(project: Project, group_ids: list[uuid.UUID]) -> dict[uuid.UUID, GroupLines]:
    """Return the ids of the bank and ledger lines of each group."""
    groups: dict[uuid.UUID, GroupLines] = {group: ([], []) for group in group_ids}
    members = MatchMember.objects.filter(
        project=project, group_id__in=group_ids, line_id__isnull=False
    )
    for group, side, line in members.values_list("group_id", "side", "line_id"):
        groups[group][side != Side.BANK].append(line)
    return groups


def _by_hand(project: Project, actor: int, group: uuid.UUID, lesson: Lesson) -> NameSighting:
    return NameSighting(
        project=project,
        bank_name=lesson.bank_name,
        ledger_name=lesson.ledger_name,
        source=Source.HAND,
        by_hand=lesson.count,
        agrees=lesson.agrees,
        origin=group,
        made_by_id=actor,
    )


def _taken_back(
    project: Project, actor: int, group: uuid.UUID, alias: tuple[str, str]
) -> NameSighting:
    return NameSighting(
        project=project,
        bank_name=alias[0],
        ledger_name=alias[1],
        source=Source.UNMATCHED,
        origin=group,
        made_by_id=actor,
    )


def _run_rows(run: MatchRun, taught: Iterable[Lesson]) -> Iterator[str]:
    for lesson in taught:
        yield (
            f"{run.project_id}\t{escaped(lesson.bank_name)}\t{escaped(lesson.ledger_name)}\t"
            f"{Source.RUN.value}\t0\t{lesson.count}\t{'t' if lesson.agrees else 'f'}\t"
            f"{run.pk}\t{run.pk}\t{run.made_by_id}\n"
        )

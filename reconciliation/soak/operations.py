"""What people and programs do to the books, each at random, through the use cases of the pages.

An operation returns nothing once the books said yes (and notes what they said yes to), and raises
the refusal where they said no. Nothing to do is a refusal as well: NothingToDo.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from random import Random

from projects import lifecycle, members
from projects.models import Role
from reconciliation import groups, jobs
from reconciliation.errors import Refusal
from reconciliation.ingestion import ingest
from reconciliation.matching import run, runs
from reconciliation.matching.ruleset import Ruleset
from reconciliation.models import Job, MatchGroup, MatchRun, OpenItem, SourceFile, Suggestion
from reconciliation.reporting import exports
from reconciliation.review import adjustments, manual_match, notes, suggestions
from reconciliation.soak.playground import MatchRequest, Playground
from reconciliation.vocabulary import JobState, Side

Operation = Callable[[Playground, Random], None]

#: Amounts are few, so that many lines could be each other's partner and people collide.
LARGEST_MINOR = 40
ENTRY_REASON = "Bank fee"
FEWEST_ROWS, MOST_ROWS = 40, 120


class NothingToDo(Refusal):
    """The books hold nothing this operation could be done to."""


class NotKept(Exception):
    """The books answered what they promised never to answer."""


def match(playground: Playground, random: Random) -> None:
    """Match lines that balance, most of the time."""
    found = _choose_lines(playground, random)
    request = MatchRequest(uuid.UUID(int=random.getrandbits(128), version=4), *found)
    playground.requests.append(request)
    _ask(playground, request)


def match_again(playground: Playground, random: Random) -> None:
    """Send a request again that somebody sent a moment ago, or is sending now."""
    if not playground.requests:
        raise NothingToDo
    _ask(playground, random.choice(list(playground.requests)))


def _ask(playground: Playground, request: MatchRequest) -> None:
    group_id = manual_match.match_lines(
        project=playground.project,
        actor=playground.actor,
        bank_ids=request.bank,
        ledger_ids=request.ledger,
        key=request.key,
    )
    playground.tell("key", f"{request.key}={group_id}")
    playground.tell("group", group_id)


def _choose_lines(
    playground: Playground, random: Random
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return a bank line and a ledger line of its amount (sometimes of any amount)."""
    items = OpenItem.objects.filter(project=playground.project)
    rows = list(items.values_list("side", "amount_minor", "line_id"))
    bank = [(amount, line) for side, amount, line in rows if side == Side.BANK]
    if not bank:
        raise NothingToDo
    wanted, line = random.choice(bank)
    careless = random.random() < 0.1
    fitting = [i for side, a, i in rows if side == Side.LEDGER and (careless or a == wanted)]
    if not fitting:
        raise NothingToDo
    return (line,), (random.choice(fitting),)


def unmatch(playground: Playground, random: Random) -> None:
    """Unmatch a live group, or one that somebody unmatches at this moment."""
    live = MatchGroup.objects.in_project(playground.project).live()
    group_id = _any_of(live.values_list("id", flat=True)[:50], random)
    groups.reverse_group(
        project=playground.project, actor=playground.actor, group_id=group_id, reason="Soak"
    )
    playground.tell("reversed", group_id)
    playground.tell("event", "match.reversed")


def decide_suggestion(playground: Playground, random: Random) -> None:
    """Accept or decline what a run offers."""
    offered = Suggestion.objects.filter(project=playground.project, state="pending")
    suggestion_id = _any_of(offered.values_list("pk", flat=True)[:20], random)
    decide = random.choice((suggestions.accept, suggestions.decline))
    group_id = decide(
        project=playground.project, actor=playground.actor, suggestion_id=suggestion_id
    )
    if group_id is not None:
        playground.tell("group", group_id)


def run_engine(playground: Playground, random: Random) -> None:
    """Ask for a run and carry it out, as a worker would."""
    job = runs.start_run(project=playground.project, actor=playground.actor, ruleset=Ruleset())
    jobs.carry_out(str(job.pk), run.execute_run)
    _expect_an_end(job)


def undo_run(playground: Playground, random: Random) -> None:
    """Take back what one of the runs matched."""
    finished = MatchRun.objects.in_project(playground.project).filter(finished_at__isnull=False)
    run_id = _any_of(finished.order_by("-pk").values_list("pk", flat=True)[:5], random)
    runs.undo_run(
        project=playground.project,
        actor=playground.actor,
        run=MatchRun.objects.get(pk=run_id),
        reason="Soak",
    )
    playground.tell("event", "run.undone")


def import_file(playground: Playground, random: Random) -> None:
    """Bring a small statement into the books of either side."""
    import_statement(playground, random, random.choice(list(Side)))


def import_statement(playground: Playground, random: Random, side: Side) -> None:
    """Bring a small statement into the books of this side."""
    path = playground.folder / f"{random.getrandbits(64):016x}.csv"
    path.write_text(_statement(random), encoding="utf-8")
    stored = ingest.import_from_path(
        path=path, project_id=playground.project.pk, side=side, options={}
    )
    if "source_file" not in stored:
        raise NotKept(f"a simple statement is {stored['status']}: {stored['messages']}")
    playground.tell("imported", stored["source_file"])
    playground.tell("event", "file.imported")


def _statement(random: Random) -> str:
    rows = ["Date,Description,Reference,Amount"]
    for _ in range(random.randint(FEWEST_ROWS, MOST_ROWS)):
        amount = random.randint(1, LARGEST_MINOR) * random.choice((-1, 1))
        number = random.getrandbits(24)
        day = random.randint(1, 28)
        rows.append(f"2025-12-{day:02},Payment {number},INV-{number},{amount / 100:.2f}")
    return "\n".join(rows) + "\n"


def undo_import(playground: Playground, random: Random) -> None:
    """Take a file out of the books, with all that was matched with it."""
    files = SourceFile.objects.in_project(playground.project).imported()
    file_id = _any_of(files.values_list("pk", flat=True), random)
    ingest.undo_import(
        source_file=SourceFile.objects.select_related("project").get(pk=file_id),
        reason="Soak",
        by=playground.actor,
    )
    playground.tell("withdrawn", file_id)
    playground.tell("event", "file.withdrawn")


def lock(playground: Playground, random: Random) -> None:
    """Close the books under everybody's hands."""
    lifecycle.lock_project(project=playground.project, actor=playground.actor)
    playground.tell("event", "project.locked")


def unlock(playground: Playground, random: Random) -> None:
    """Open them again."""
    lifecycle.unlock_project(project=playground.project, actor=playground.actor)
    playground.tell("event", "project.unlocked")


def export(playground: Playground, random: Random) -> None:
    """Write the workbook of the books as they are."""
    target = playground.folder / f"{random.getrandbits(64):016x}.xlsx"
    exports.export_to_file(
        project=playground.project,
        actor=playground.actor,
        target=target,
        progress=lambda done, total: None,
    )
    target.unlink()
    playground.tell("event", "workbook.exported")


def write_note(playground: Playground, random: Random) -> None:
    """Note something on a few open lines."""
    items = OpenItem.objects.filter(project=playground.project)
    lines = list(items.values_list("line_id", flat=True)[: random.randint(1, 3)])
    if not lines:
        raise NothingToDo
    notes.write_notes(
        project=playground.project,
        actor=playground.actor,
        line_ids=lines,
        remark=notes.Remark(note="Soak"),
    )
    playground.tell("event", "note.written")


def match_with_entry(playground: Playground, random: Random) -> None:
    """Match one bank line with an entry to post over all of it."""
    items = OpenItem.objects.filter(project=playground.project, side=Side.BANK)
    lines = list(items.values_list("line_id", flat=True)[:20])
    if not lines:
        raise NothingToDo
    chosen = adjustments.Chosen(bank=[random.choice(lines)], ledger=[], reason=ENTRY_REASON)
    group_id = adjustments.match_with_entry(
        project=playground.project, actor=playground.actor, chosen=chosen
    )
    playground.tell("group", group_id)
    playground.tell("event", "adjustment.recorded")


def change_settings(playground: Playground, random: Random) -> None:
    """Give the project another name."""
    lifecycle.change_settings(
        project=playground.project, actor=playground.actor, name=f"Soak {random.getrandbits(64)}"
    )
    playground.tell("event", "project.settings_changed")


def change_members(playground: Playground, random: Random) -> None:
    """Let the colleague come, or go."""
    parts = {"project": playground.project, "actor": playground.actor}
    if random.random() < 0.5:
        members.add_member(**parts, name=playground.colleague.username, role=Role.EDITOR)
        playground.tell("event", "member.added")
    else:
        members.remove_member(**parts, user_id=playground.colleague.pk)
        playground.tell("event", "member.removed")


def _any_of(ids: object, random: Random) -> uuid.UUID:
    found = list(ids)  # type: ignore[call-overload]
    if not found:
        raise NothingToDo
    return uuid.UUID(str(random.choice(found)))


def _expect_an_end(job: Job) -> None:
    job.refresh_from_db()
    if job.state == JobState.FAILED:
        if job.message == jobs.FAILED_UNEXPECTEDLY:
            raise NotKept("a job failed unexpectedly")
        raise Refusal(job.message)


#: What happens how often, of 100.
MIX: tuple[tuple[Operation, float], ...] = (
    (match, 42),
    (match_again, 12),
    (unmatch, 16),
    (decide_suggestion, 3),
    (write_note, 2),
    (match_with_entry, 2),
    (change_settings, 1),
    (change_members, 1),
    (run_engine, 3),
    (undo_run, 2),
    (import_file, 3),
    (undo_import, 1),
    (lock, 1),
    (unlock, 10),
    (export, 1),
)

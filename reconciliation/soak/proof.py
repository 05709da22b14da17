"""The proof after a soak: every promise of the books, and everything they said yes to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from projects.models import AuditEvent
from reconciliation.models import MatchGroup, SourceFile
from reconciliation.soak.playground import Playground
from reconciliation.verification import Proof, verify_project, verify_site
from reconciliation.vocabulary import FileStatus


def prove(playground: Playground, *, in_flight: int = 0) -> Iterator[Proof]:
    """Prove the books, the site's chain, and every acknowledgement of the soak.

    Up to ``in_flight`` changes may have been made without anybody being told: their process was
    killed between the commit and the answer.
    """
    yield from verify_project(playground.project)
    yield verify_site()
    yield _prove_keys(playground)
    yield _prove_kept(playground)
    yield _prove_trail(playground, in_flight)


def _prove_keys(playground: Playground) -> Proof:
    """The same request has the same answer, however often and by whomever it is sent."""
    answers = defaultdict(set)
    for key, group_id in playground.answers():
        answers[key].add(group_id)
    torn = tuple(f"request {key} has two answers" for key, ids in answers.items() if len(ids) > 1)
    return Proof("a request sent again has the same answer", len(playground.answers()), torn)


def _prove_kept(playground: Playground) -> Proof:
    """What was acknowledged is there."""
    ours = MatchGroup.objects.in_project(playground.project)
    files = SourceFile.objects.in_project(playground.project)
    groups, undone = set(playground.told("group")), set(playground.told("reversed"))
    imported = set(playground.told("imported"))
    withdrawn = set(playground.told("withdrawn"))
    counts = {
        "match groups": (len(groups), ours.filter(id__in=groups).count()),
        "unmatched groups": (
            len(undone),
            ours.filter(id__in=undone, reversed_at__isnull=False).count(),
        ),
        "imported files": (
            len(imported),
            files.filter(
                pk__in=imported, status__in=[FileStatus.IMPORTED, FileStatus.WITHDRAWN]
            ).count(),
        ),
        "withdrawn files": (
            len(withdrawn),
            files.filter(pk__in=withdrawn, status=FileStatus.WITHDRAWN).count(),
        ),
    }
    lost = tuple(
        f"{said} {what}, {kept} kept" for what, (said, kept) in counts.items() if said != kept
    )
    return Proof("everything acknowledged is kept", sum(s for s, _ in counts.values()), lost)


def _prove_trail(playground: Playground, in_flight: int) -> Proof:
    """Each acknowledged change is in the trail, exactly once."""
    actions = AuditEvent.objects.filter(project=playground.project)
    trail = Counter(actions.values_list("action", flat=True))
    faults = tuple(
        f"{action}: {said} acknowledged, {trail[action]} in the trail"
        for action, said in sorted(playground.events().items())
        if not said <= trail[action] <= said + in_flight
    )
    return Proof("every change is in the trail, once", sum(trail.values()), faults)

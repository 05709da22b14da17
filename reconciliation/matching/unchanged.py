"""Unchanged books: a run in which nothing moved since the last one stands by its answer.

Law: a second run on unchanged books changes nothing. What the last run left over is weighed
differently once more, though nothing new speaks for it: asking again is no evidence.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models.functions import Now

from projects import audit
from reconciliation.models import MatchRun, SourceFile
from reconciliation.transactions import open_books, tried_again

#: Events that move no line and change nothing that a run goes by.
QUIET = (
    r"^((audit|layout|member|note|workbook)\..*|file\.(cancelled|uploaded)"
    r"|project\.(archived|locked|unlocked)|run\.started|suggestion\.declined)$"
)


@tried_again
def stands_by_last(run: MatchRun, *, engine_version: str, fence: Callable[[], None]) -> bool:
    """Finish the run with the last one's answer where nothing moved since; return whether it did.

    Its suggestions stay as they are, decided ones included.
    """
    with open_books(run.project):
        last = _last_finished(run)
        if last is None or not _is_asked_again(run, last, engine_version):
            return False
        report = {**last.report, "matched": {}, "unchanged_since": str(last.pk)}
        MatchRun.objects.filter(pk=run.pk).update(
            report=report, engine_version=engine_version, finished_at=Now()
        )
        audit.record(
            project=run.project,
            actor=run.made_by,
            action="run.recorded",
            subject=f"match_run:{run.pk}",
            after={"groups": 0, "unchanged_since": str(last.pk)},
        )
        fence()
    return True


def _last_finished(run: MatchRun) -> MatchRun | None:
    finished = MatchRun.objects.in_project(run.project).filter(finished_at__isnull=False)
    return finished.defer("memory").order_by("-finished_at").first()


def _is_asked_again(run: MatchRun, last: MatchRun, engine_version: str) -> bool:
    """Say whether the run asks what the last one answered: the same rules, engine and lines."""
    if last.undone_at or (last.ruleset, last.engine_version) != (run.ruleset, engine_version):
        return False
    events = audit.events_of(run.project)
    recorded = events.filter(action="run.recorded", subject=f"match_run:{last.pk}").last()
    if recorded is None:
        return False
    files = SourceFile.objects.in_project(run.project).filter(imported_at__gte=last.finished_at)
    moved = events.filter(seq__gt=recorded.seq).exclude(action__regex=QUIET)
    return not moved.exists() and not files.exists()

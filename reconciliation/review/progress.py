"""How far a project is: figures by side, the proof of the balances, and the next step.

Law: every figure comes from the totals the database keeps; nothing here is counted line by line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Sum, Value, When
from django.db.models.functions import Abs

from projects.models import Project
from reconciliation.ages import counted_to
from reconciliation.kept import kept_figures
from reconciliation.models import BookTotal, Job, MatchRun, OpenItem, SourceFile
from reconciliation.proof import Balances, Proof, adjustments_to_post, known_balances
from reconciliation.vocabulary import FileStatus, JobKind, LineStatus, Side

#: The upper ends of the age groups of open lines, in days.
AGE_LIMITS = (30, 60, 90)

WAITING_FILES = (FileStatus.QUESTION, FileStatus.READY)


@dataclass(frozen=True, slots=True)
class SideFigures:
    """One side of the books; ``gross`` adds the amounts without their signs."""

    side: Side
    line_count: int = 0
    total_minor: int = 0
    gross_minor: int = 0
    open_count: int = 0
    open_total_minor: int = 0
    open_gross_minor: int = 0

    @property
    def matched_count(self) -> int:
        """Return how many lines are in a live match group."""
        return self.line_count - self.open_count

    @property
    def match_pct(self) -> float | None:
        """Return the share of lines that are matched, 0 to 100; None without lines."""
        return _share(self.matched_count, self.line_count)


@dataclass(frozen=True, slots=True)
class Figures:
    """Both sides of the books of one project."""

    bank: SideFigures
    ledger: SideFigures

    @property
    def sides(self) -> tuple[SideFigures, SideFigures]:
        """Return bank, then ledger."""
        return self.bank, self.ledger

    @property
    def line_count(self) -> int:
        """Return the number of lines of both sides."""
        return self.bank.line_count + self.ledger.line_count

    @property
    def open_count(self) -> int:
        """Return the number of breaks of both sides."""
        return self.bank.open_count + self.ledger.open_count

    @property
    def open_gross_minor(self) -> int:
        """Return the open amounts of both sides, added without their signs."""
        return self.bank.open_gross_minor + self.ledger.open_gross_minor

    @property
    def match_pct(self) -> float | None:
        """Return the share of lines that are matched, 0 to 100; None without lines."""
        return _share(self.line_count - self.open_count, self.line_count)

    @property
    def value_pct(self) -> float | None:
        """Return the share of the amounts that is matched, 0 to 100; None without lines."""
        gross = self.bank.gross_minor + self.ledger.gross_minor
        return _share(gross - self.open_gross_minor, gross)


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to do next: ``key`` names it, ``subject`` is what it is about, if anything."""

    key: str
    subject: Any = None


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """The open lines of one span of age."""

    label: str
    line_count: int
    gross_minor: int
    gross_pct: float


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project of the list with its figures."""

    project: Project
    figures: Figures


def project_rows(user: Any) -> list[ProjectRow]:
    """Return the projects the person sees, newest first, each with its figures; two queries."""
    projects = Project.objects.visible_to(user).prefetch_related("book_totals")
    return [ProjectRow(project, _figures(project.book_totals.all())) for project in projects]


def figures_of(project: Project) -> Figures:
    """Return the figures of one project."""
    return _figures(BookTotal.objects.filter(project=project))


def proof_of(project: Project, figures: Figures) -> Proof:
    """Return the proof, from the kept totals and what settings and files tell of the balances."""
    known, missing = known_balances(project), adjustments_to_post(project)
    bank, ledger = (
        Balances(
            opening_minor=known[mine.side].opening_minor,
            stated_minor=known[mine.side].stated_minor,
            movements_minor=mine.total_minor,
            open_minor=mine.open_total_minor,
            adjustments=missing[mine.side],
        )
        for mine in figures.sides
    )
    return Proof(bank, ledger)


def next_step(project: Project, figures: Figures) -> NextStep:
    """Return what to do next: files first, then a run, then the breaks, then the report."""
    if not project.is_open:
        return NextStep("closed")
    step = _job_step(project) or _file_step(project)
    if step is None and not _ran_since_import(project):
        step = NextStep("run")
    if step is None:
        step = NextStep("review" if figures.open_count else "report")
    return step


def ages_of(project: Project, today: dt.date) -> list[AgeGroup]:
    """Return the open lines by age at the period's end (``counted_to`` where it has none)."""
    until = counted_to(project, today=today)
    return kept_figures(project, f"ages to {until}", lambda: _count_ages(project, until))


def _count_ages(project: Project, until: dt.date) -> list[AgeGroup]:
    groups = _age_labels()
    rank = Case(
        *(
            When(booked_on__gte=until - dt.timedelta(days=limit), then=Value(index))
            for index, limit in enumerate(AGE_LIMITS)
        ),
        default=Value(len(AGE_LIMITS)),
    )
    counted = {
        row["rank"]: row
        for row in OpenItem.objects.in_project(project)
        .annotate(rank=rank)
        .values("rank")
        .order_by("rank")
        .annotate(lines=Count("line_id"), gross=Sum(Abs("amount_minor")))
    }
    gross = [int(counted.get(index, {}).get("gross") or 0) for index in range(len(groups))]
    return [
        AgeGroup(
            label=label,
            line_count=counted.get(index, {}).get("lines", 0),
            gross_minor=gross[index],
            gross_pct=_share(gross[index], sum(gross)) or 0.0,
        )
        for index, label in enumerate(groups)
    ]


def _figures(totals: Iterable[BookTotal]) -> Figures:
    totals = list(totals)
    return Figures(bank=_side(Side.BANK, totals), ledger=_side(Side.LEDGER, totals))


def _side(side: Side, totals: Sequence[BookTotal]) -> SideFigures:
    mine = [total for total in totals if total.side == side]
    still_open = [total for total in mine if total.status == LineStatus.OPEN]
    return SideFigures(
        side=side,
        line_count=sum(total.line_count for total in mine),
        total_minor=sum(int(total.total_minor) for total in mine),
        gross_minor=sum(int(total.gross_minor) for total in mine),
        open_count=sum(total.line_count for total in still_open),
        open_total_minor=sum(int(total.total_minor) for total in still_open),
        open_gross_minor=sum(int(total.gross_minor) for total in still_open),
    )


def _job_step(project: Project) -> NextStep | None:
    kinds = (JobKind.MATCH, JobKind.IMPORT, JobKind.DEMO, JobKind.UNDO, JobKind.UNLOAD)
    job = Job.objects.in_project(project).of(*kinds).under_way().first()
    return NextStep("wait", job) if job else None


def _file_step(project: Project) -> NextStep | None:
    """Return the step that a missing or waiting file asks for."""
    files = list(
        SourceFile.objects.in_project(project)
        .filter(status__in=[*WAITING_FILES, FileStatus.READING, FileStatus.IMPORTED])
        .only("id", "project_id", "side", "name", "status")
    )
    waiting = [each for each in files if each.status in WAITING_FILES]
    if waiting:
        return NextStep("file", waiting[0])
    present = {each.side for each in files}
    missing = [side for side in Side if side not in present]
    return NextStep(f"upload_{missing[0]}") if missing else None


def _ran_since_import(project: Project) -> bool:
    imported = SourceFile.objects.in_project(project).imported().order_by("-imported_at").first()
    runs = MatchRun.objects.filter(project=project, finished_at__isnull=False)
    return imported is None or runs.filter(started_at__gt=imported.imported_at).exists()


def _age_labels() -> list[str]:
    starts = (0, *(limit + 1 for limit in AGE_LIMITS))
    spans = [f"{start} to {end} days" for start, end in zip(starts, AGE_LIMITS, strict=False)]
    return [*spans, f"over {AGE_LIMITS[-1]} days"]


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None

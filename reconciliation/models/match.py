"""MatchRun, Recording, MatchGroup, MatchMember, Adjustment, Suggestion: what was matched, by whom,
why.

Law: a group is written whole by ``reconciliation.groups`` and sealed by the database; reversing it
is the only change it can undergo, and the database then releases its members.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Now
from django.urls import reverse

from projects.models import Project
from reconciliation.models.job import latest_job
from reconciliation.models.source_file import known
from reconciliation.vocabulary import GroupStatus, MatchMethod, Side


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    """Reads over runs."""

    def in_project(self, project: Project) -> MatchRunQuerySet:
        """Keep the runs of one project."""
        return self.filter(project=project)

    def with_job_state(self) -> MatchRunQuerySet:
        """Add ``job_state`` and ``job_message`` of the run's background job; None where it had
        none.
        """
        return self.select_related("made_by", "undone_by").annotate(**latest_job())


class MatchRun(models.Model):
    """One execution of the engine, with its ruleset, engine version and report.

    It is done when ``finished_at`` is set, in the transaction that records its groups; until then
    its background job tells how it stands: ``with_job_state`` adds these attributes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.DO_NOTHING, related_name="match_runs")
    ruleset = models.JSONField(default=dict)
    memory = models.JSONField(default=dict)
    engine_version = models.CharField(max_length=40, default="", blank=True)
    report = models.JSONField(default=dict)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = MatchRunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "id"]
        indexes = [models.Index(fields=["project", "-started_at"], name="match_runs_by_project")]

    def __str__(self) -> str:
        return f"Run of {self.started_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        """Return the address of the run's report."""
        return reverse("reconciliation:match_run", args=[self.project_id, self.pk])


class Recording(models.Model):
    """One act of writing match groups: by a run or by hand, sealed when its transaction commits.

    ``key`` is made by the client, so that the same request twice is recorded once. ``*_seen`` are
    counted by the database and must equal what was announced.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.DO_NOTHING, related_name="recordings")
    run = models.ForeignKey(
        MatchRun, null=True, blank=True, on_delete=models.DO_NOTHING, related_name="recordings"
    )
    method = models.CharField(max_length=6, choices=MatchMethod.choices())
    key = models.UUIDField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(db_default=Now())
    group_count = models.IntegerField()
    member_count = models.IntegerField()
    groups_seen = models.IntegerField(db_default=0, editable=False)
    members_seen = models.IntegerField(db_default=0, editable=False)

    class Meta:
        constraints = [
            known("method", MatchMethod),
            models.UniqueConstraint(fields=["project", "key"], name="one_recording_per_client_key"),
        ]

    def __str__(self) -> str:
        return f"{self.group_count} groups by {self.made_by}"


class MatchGroupQuerySet(models.QuerySet["MatchGroup"]):
    """Reads over match groups."""

    def in_project(self, project: Project) -> MatchGroupQuerySet:
        """Keep the groups of one project."""
        return self.filter(project=project)

    def live(self) -> MatchGroupQuerySet:
        """Keep the groups that have not been reversed."""
        return self.filter(reversed_at__isnull=True)

    def of_run(self, run: MatchRun) -> MatchGroupQuerySet:
        """Keep the groups a run recorded."""
        return self.filter(recording__run=run)

    def with_who(self) -> MatchGroupQuerySet:
        """Load who made and reversed each group along with it, and in which run."""
        told = self.select_related("recording__made_by", "recording__run", "reversed_by")
        heavy = ("ruleset", "memory", "report")
        return told.defer(*(f"recording__run__{name}" for name in heavy))


class MatchGroup(models.Model):
    """Lines recorded as one event, netting to 0; ``id`` is a version 7 UUID: it sorts by time."""

    pk = models.CompositePrimaryKey("project_id", "id")
    project = models.ForeignKey(
        Project, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    id = models.UUIDField(editable=False)
    recording = models.ForeignKey(
        Recording,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="groups",
    )
    rule = models.CharField(max_length=60)
    evidence = models.JSONField(default=dict)
    probability = models.FloatField(null=True)
    member_count = models.IntegerField()
    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    reversal_reason = models.TextField(null=True, blank=True)

    objects = MatchGroupQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["project", "recording"], name="match_groups_by_recording")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    reversed_at__isnull=True,
                    reversed_by__isnull=True,
                    reversal_reason__isnull=True,
                )
                | models.Q(
                    reversed_at__isnull=False,
                    reversed_by__isnull=False,
                    reversal_reason__isnull=False,
                ),
                name="reversed_at_by_and_why_are_set_together",
            ),
            models.CheckConstraint(
                condition=models.Q(member_count__gte=1), name="match_group_has_members"
            ),
        ]

    def __str__(self) -> str:
        return f"Match group {self.id}"

    def get_absolute_url(self) -> str:
        """Return the address of the group's page."""
        return reverse("reconciliation:match_group", args=[self.project_id, self.id])

    @property
    def status(self) -> GroupStatus:
        """Say whether the group is live."""
        return GroupStatus.LIVE if self.reversed_at is None else GroupStatus.REVERSED


class AdjustmentQuerySet(models.QuerySet["Adjustment"]):
    """Reads over entries to post."""

    def in_project(self, project: Project) -> AdjustmentQuerySet:
        """Keep the entries of one project."""
        return self.filter(project=project)

    def live(self) -> AdjustmentQuerySet:
        """Keep the entries whose group is live."""
        return self.filter(Exists(_live_membership_of("pk")))

    def entries(self) -> AdjustmentQuerySet:
        """Keep the entries themselves: a settlement only takes one off the list."""
        return self.filter(settles__isnull=True)

    def with_settlement(self) -> AdjustmentQuerySet:
        """Add ``settled_by``: the group in which the posted entry settles this one, else None."""
        settlements = MatchMember.objects.filter(
            project_id=OuterRef("project_id"),
            released_at__isnull=True,
            adjustment_id__in=Adjustment.objects.filter(
                project_id=OuterRef("project_id"), settles_id=OuterRef(OuterRef("pk"))
            ).values("pk"),
        )
        return self.annotate(settled_by=Subquery(settlements.values("group_id")[:1]))

    def to_post(self) -> AdjustmentQuerySet:
        """Keep live entries the other books do not show yet."""
        return self.entries().live().filter(~Exists(_live_settlements()))

    def posted(self) -> AdjustmentQuerySet:
        """Keep live entries that a posted line has settled."""
        return self.entries().live().filter(Exists(_live_settlements()))


class Adjustment(models.Model):
    """An entry to post: the difference a group accepts on purpose, with its reason.

    ``side`` is where the entry is missing (nearly always the ledger); ``amount_minor`` has that
    side's sign, so that the group nets to 0 with it. When the posted entry comes with a later file,
    a second adjustment that ``settles`` this one, of the opposite amount, is matched with the
    posted line: together the two leave nothing to post.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.DO_NOTHING, related_name="adjustments")
    side = models.CharField(max_length=6, choices=Side.choices(), default=Side.LEDGER)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=60)
    note = models.TextField(default="", blank=True)
    booked_on = models.DateField()
    settles = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_index=False,
        related_name="settlements",
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(db_default=Now())

    objects = AdjustmentQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "id"]
        indexes = [
            models.Index(
                fields=["project", "settles"],
                condition=models.Q(settles__isnull=False),
                name="settlements_by_entry",
            ),
            models.Index(fields=["project", "made_at"], name="entries_by_project"),
        ]
        constraints = [
            known("side", Side),
            models.CheckConstraint(
                condition=models.Q(reason__regex=r"\S"), name="adjustment_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.amount_minor}"


def _live_settlements() -> AdjustmentQuerySet:
    """Return the live settlements of the entry in the outer query."""
    return Adjustment.objects.live().filter(settles_id=OuterRef("pk"))


def _live_membership_of(column: str) -> models.QuerySet[MatchMember]:
    """Return the live membership of the adjustment in the outer query's ``column``."""
    return MatchMember.objects.filter(
        project_id=OuterRef("project_id"),
        adjustment_id=OuterRef(column),
        released_at__isnull=True,
    )


class MatchMember(models.Model):
    """A line's (or an adjustment's) place in a group; ``released_at`` is set once, by the reversal.

    ``method`` repeats the recording's so that a line's status is one look-up; the database proves
    it.
    """

    pk = models.CompositePrimaryKey("project_id", "group_id", "position")
    project = models.ForeignKey(
        Project, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    group_id = models.UUIDField()
    position = models.IntegerField()
    line_id = models.BigIntegerField(null=True)
    adjustment_id = models.UUIDField(null=True)
    side = models.CharField(max_length=6, choices=Side.choices())
    method = models.CharField(max_length=6, choices=MatchMethod.choices())
    amount_minor = models.BigIntegerField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["project", "line_id"],
                condition=models.Q(released_at__isnull=False),
                name="released_members_by_line",
            ),
        ]
        constraints = [
            known("side", Side),
            models.UniqueConstraint(
                fields=["project", "line_id"],
                condition=models.Q(released_at__isnull=True),
                name="a_line_is_in_one_live_group",
            ),
            models.UniqueConstraint(
                fields=["project", "adjustment_id"],
                condition=models.Q(released_at__isnull=True, adjustment_id__isnull=False),
                name="an_adjustment_is_in_one_live_group",
            ),
            models.CheckConstraint(
                condition=models.Q(line_id__isnull=True, adjustment_id__isnull=False)
                | models.Q(line_id__isnull=False, adjustment_id__isnull=True),
                name="a_member_is_a_line_or_an_adjustment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.amount_minor} in {self.group_id}"


class SuggestionState(models.TextChoices):
    """What became of a suggestion."""

    PENDING = "pending", "Waiting"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"


class Suggestion(models.Model):
    """A proposal the engine was not sure of, waiting for a person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.DO_NOTHING, related_name="suggestions")
    run = models.ForeignKey(MatchRun, on_delete=models.DO_NOTHING, related_name="suggestions")
    rule = models.CharField(max_length=60)
    evidence = models.JSONField(default=dict)
    probability = models.FloatField()
    rank = models.IntegerField()
    bank_line_ids = ArrayField(models.BigIntegerField(), default=list)
    ledger_line_ids = ArrayField(models.BigIntegerField(), default=list)
    difference_minor = models.BigIntegerField(default=0)
    state = models.CharField(
        max_length=8, choices=SuggestionState.choices, default=SuggestionState.PENDING
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-probability", "id"]
        indexes = [
            models.Index(fields=["project", "state", "-probability"], name="suggestions_queue")
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.probability:.3f}"

"""Project, Membership, AuditEvent: whose books these are, who may do what, and what was done."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse

from projects.currency import currency_decimals

#: A balance in minor units fits twelve digits before two decimals.
BALANCE_LIMIT = 99_999_999_999_999
#: What a new project lets people write off at most, in minor units: 1.00 in most currencies.
WRITE_OFF_LIMIT = 100


class ProjectState(models.TextChoices):
    """The state of a project's books; only open books take changes."""

    OPEN = "open", "Open"
    LOCKED = "locked", "Locked"
    ARCHIVED = "archived", "Archived"
    DELETED = "deleted", "Deleted"


class Role(models.TextChoices):
    """What a member may do, from least to most."""

    VIEWER = "viewer", "Viewer"
    REVIEWER = "reviewer", "Reviewer"
    EDITOR = "editor", "Editor"
    OWNER = "owner", "Owner"


class ProjectQuerySet(models.QuerySet["Project"]):
    """Reads over projects."""

    def visible_to(self, user: Any) -> ProjectQuerySet:
        """Keep the projects ``user`` is a member of and nobody has deleted."""
        return self.filter(memberships__user_id=user.pk).exclude(state=ProjectState.DELETED)

    def current(self) -> ProjectQuerySet:
        """Leave out archived projects."""
        return self.exclude(state=ProjectState.ARCHIVED)


class Project(models.Model):
    """One account reconciled for one period.

    ``role`` is the role of the user for whom ``access.get_project`` fetched it.
    """

    role: str

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    currency = models.CharField(
        max_length=3,
        default="EUR",
        validators=[RegexValidator(r"^[A-Z]{3}\Z", "Three capital letters, for example EUR.")],
    )
    period_start = models.DateField(null=True, blank=True)
    period_end = models.DateField(null=True, blank=True)
    bank_opening_minor = models.BigIntegerField(null=True, blank=True)
    ledger_opening_minor = models.BigIntegerField(null=True, blank=True)
    write_off_limit_minor = models.BigIntegerField(
        default=WRITE_OFF_LIMIT, db_default=WRITE_OFF_LIMIT
    )
    ruleset = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=8, choices=ProjectState.choices, default=ProjectState.OPEN)
    state_changed_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(name__regex=r"\S"), name="project_name_is_not_blank"
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"),
                name="project_currency_is_three_capital_letters",
            ),
            models.CheckConstraint(
                condition=models.Q(period_start__isnull=True)
                | models.Q(period_end__isnull=True)
                | models.Q(period_start__lte=models.F("period_end")),
                name="project_period_starts_before_it_ends",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    bank_opening_minor__range=(-BALANCE_LIMIT, BALANCE_LIMIT),
                    ledger_opening_minor__range=(-BALANCE_LIMIT, BALANCE_LIMIT),
                ),
                name="project_opening_balances_are_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(write_off_limit_minor__range=(0, BALANCE_LIMIT)),
                name="project_write_off_limit_is_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ProjectState.values), name="project_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the dashboard's address."""
        return reverse("reconciliation:dashboard", args=[self.pk])

    @property
    def decimals(self) -> int:
        """Return how many decimals the project's amounts have."""
        return currency_decimals(self.currency)

    @property
    def is_open(self) -> bool:
        """Say whether the books take changes."""
        return self.state == ProjectState.OPEN


class Membership(models.Model):
    """A user's role in a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=8, choices=Role.choices)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="one_membership_per_user"),
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(role=Role.OWNER),
                name="one_owner_per_project",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="membership_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class AuditEvent(models.Model):
    """One thing that happened, in a chain: a project's own, or the site's (project is null).

    Insert only. ``seq``, ``at``, ``previous_hash`` and ``hash`` are set by the database (trigger
    audit_event_chain), whatever the program sends.
    """

    project = models.ForeignKey(
        Project, null=True, on_delete=models.DO_NOTHING, related_name="audit_events"
    )
    seq = models.BigIntegerField(db_default=0, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    actor_name = models.TextField(default="", blank=True)
    action = models.TextField()
    subject = models.TextField(default="", blank=True)
    details = models.TextField(default="{}")
    previous_hash = models.CharField(max_length=64, db_default="", editable=False)
    hash = models.CharField(max_length=64, db_default="", editable=False)

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "seq"],
                nulls_distinct=False,
                name="audit_sequence_has_no_doubles",
            ),
            models.CheckConstraint(
                condition=models.Q(action__regex=r"\S"), name="audit_action_is_named"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action} {self.subject}"

    @property
    def changes(self) -> dict[str, Any]:
        """Return the details: what was before, what is after, and the reason where there is one."""
        return json.loads(self.details)


class AuditHead(models.Model):
    """The last link of each chain, kept by the database; the nil UUID is the site's chain."""

    chain = models.UUIDField(primary_key=True)
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.chain} {self.seq} {self.hash}"


class StoredAnswer(models.Model):
    """What a form was answered, kept so that the same form sent again is answered the same."""

    request_hash = models.CharField(max_length=64, primary_key=True)
    status = models.PositiveSmallIntegerField(default=303)
    location = models.TextField(default="")
    content = models.TextField(default="")
    told = models.JSONField(default=list)
    at = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return f"{self.at}: {self.location}"


class Invitation(models.Model):
    """A role offered to whoever has an e-mail address; nobody is told whether anybody has."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="invitations")
    email = models.CharField(max_length=254)
    role = models.CharField(max_length=8, choices=Role.choices)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(fields=["project", "email"], name="one_invitation_per_address"),
            models.CheckConstraint(
                condition=models.Q(role__in=[Role.VIEWER, Role.REVIEWER, Role.EDITOR]),
                name="invitation_role_is_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.get_role_display()}"

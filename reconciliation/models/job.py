"""Job: the progress and the lease of a piece of background work."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Now
from django.urls import reverse

from projects.models import Project
from reconciliation.models.source_file import known
from reconciliation.vocabulary import JobKind, JobState


class JobQuerySet(models.QuerySet["Job"]):
    """Reads over jobs."""

    def in_project(self, project: Project) -> JobQuerySet:
        """Keep the jobs of one project."""
        return self.filter(project=project)

    def of(self, *kinds: JobKind) -> JobQuerySet:
        """Keep the jobs of some kinds."""
        return self.filter(kind__in=kinds)

    def under_way(self) -> JobQuerySet:
        """Keep the jobs that wait or work."""
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING])


class Job(models.Model):
    """A background job: what it does, how far it is, and which attempt holds the lease.

    ``subject`` is the id of what it works on (a source file, a run), ``asked`` what else the person
    asked for (the reason of an undo). ``attempt`` counts starts: only the latest attempt may write
    its result.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.DO_NOTHING, related_name="jobs"
    )
    kind = models.CharField(max_length=6, choices=JobKind.choices())
    subject = models.UUIDField(null=True, blank=True)
    asked = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=9, choices=JobState.choices(), default=JobState.QUEUED)
    done_count = models.BigIntegerField(default=0)
    total_count = models.BigIntegerField(default=0)
    message = models.TextField(default="", blank=True)
    result = models.JSONField(default=dict, blank=True)
    attempt = models.IntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["project", "-created_at"], name="jobs_by_project"),
            models.Index(
                fields=["lease_until"],
                condition=models.Q(state="running"),
                name="running_jobs_by_lease",
            ),
        ]
        constraints = [known("state", JobState), known("kind", JobKind)]

    def __str__(self) -> str:
        return f"{JobKind(self.kind).label}: {JobState(self.state).label}"

    def get_absolute_url(self) -> str:
        """Return the address of the job's progress page."""
        return reverse("reconciliation:job", args=[self.pk])

    @property
    def is_finished(self) -> bool:
        """Say whether nothing more will happen."""
        return self.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


def latest_job() -> dict[str, Subquery]:
    """Return ``job_state`` and ``job_message`` of the latest job whose subject is the row of the
    outer query, to annotate it with; None where it had none.
    """
    jobs = Job.objects.filter(subject=OuterRef("pk")).order_by("-created_at")
    return {
        "job_state": Subquery(jobs.values("state")[:1]),
        "job_message": Subquery(jobs.values("message")[:1]),
    }

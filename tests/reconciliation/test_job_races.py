"""A job asked to stop at the moment it starts stops all the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction

from reconciliation import jobs
from reconciliation.models import Job
from reconciliation.vocabulary import JobKind
from tests.factories import make_project
from tests.races import alone, waits_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)


def test_cancelling_a_job_that_is_just_starting_is_not_lost() -> None:
    """The look at its state comes before the start is committed, the change after it."""
    project = make_project()
    job = jobs.enqueue(
        kind=JobKind.MATCH, project=project, subject=None, created_by=project.created_by
    )
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            jobs.start(job.pk)
            asked = other.submit(alone, lambda: jobs.cancel(job))
            waits_for_a_lock()
        asked.result()
    assert Job.objects.get().cancel_requested

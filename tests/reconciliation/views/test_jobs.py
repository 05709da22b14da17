"""The progress of a job, as a page and as JSON."""

from __future__ import annotations

import pytest

from reconciliation.models import Job
from reconciliation.vocabulary import JobKind, JobState
from tests import factories
from tests.actors import cast_of, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def job():
    project = factories.make_project()
    return Job.objects.create(
        project=project,
        kind=JobKind.IMPORT,
        state=JobState.RUNNING,
        done_count=10,
        total_count=40,
        message="Storing rows",
        created_by=project.created_by,
    )


def test_job_tells_its_progress_as_json(job):
    owner = client_of(job.project.created_by)
    answer = owner.get(job.get_absolute_url(), headers={"Accept": "application/json"})
    assert answer.json() == {"state": "running", "done": 10, "total": 40, "message": "Storing rows"}
    assert "Accept" in answer["Vary"]


def test_job_shows_its_progress_as_a_page(job):
    page = client_of(job.project.created_by).get(job.get_absolute_url()).text
    assert 'value="10" max="40"' in page


def test_failed_job_says_why_in_an_alert(job):
    Job.objects.update(state=JobState.FAILED, message="The file is gone.")
    page = client_of(job.project.created_by).get(job.get_absolute_url()).text
    assert "The file is gone." in page and 'role="alert"' in page


def test_job_is_seen_by_members_and_stopped_by_editors(job):
    cast = cast_of(job.project)
    address = job.get_absolute_url()
    seen = {who: client.get(address).status_code for who, client in cast.items()}
    stopped = {who: client.post(f"{address}cancel/").status_code for who, client in cast.items()}
    assert seen == {
        "anonymous": 302,
        "stranger": 404,
        "viewer": 200,
        "reviewer": 200,
        "editor": 200,
        "owner": 200,
        "elsewhere": 404,
    }
    assert stopped == seen | {"viewer": 403, "reviewer": 403, "editor": 303, "owner": 303}


def test_cancelled_job_is_asked_to_stop(job):
    client_of(job.project.created_by).post(f"{job.get_absolute_url()}cancel/")
    job.refresh_from_db()
    assert job.cancel_requested


def test_job_of_no_project_belongs_to_who_made_it(job):
    Job.objects.update(project=None)
    assert client_of(job.created_by).get(job.get_absolute_url()).status_code == 200
    assert client_of(factories.make_user()).get(job.get_absolute_url()).status_code == 404


def test_job_takes_no_post_and_cancel_takes_no_get(job):
    owner = client_of(job.project.created_by)
    assert owner.post(job.get_absolute_url()).status_code == 405
    assert owner.get(f"{job.get_absolute_url()}cancel/").status_code == 405

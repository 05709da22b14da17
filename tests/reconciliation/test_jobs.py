"""Background jobs: handed over at commit, leased, fenced, cancelled, tried again."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from projects.models import Project
from reconciliation import jobs
from reconciliation.errors import OutOfBalance
from reconciliation.models import Job
from reconciliation.vocabulary import JobKind, JobState
from tests.config.processes import wait_until
from tests.factories import make_project

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project() -> Project:
    """A project to work on."""
    return make_project()


@pytest.fixture
def job(project: Project) -> Job:
    """A waiting job."""
    return ask_for(project)


def ask_for(project: Project, kind: JobKind = JobKind.READ) -> Job:
    """Enqueue a job."""
    return jobs.enqueue(kind=kind, project=project, subject=None, created_by=project.created_by)


def run_out(job: Job) -> None:
    """Let the job's lease be over."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def state_of(job: Job) -> tuple[str, str]:
    """Return the job's state and what it says to people."""
    job.refresh_from_db()
    return job.state, job.message


def test_enqueue_hands_over_when_committed(project: Project) -> None:
    """A rolled back request leaves neither job nor task."""
    with pytest.raises(RuntimeError), transaction.atomic():
        ask_for(project)
        raise RuntimeError
    assert (Job.objects.count(), DBTaskResult.objects.count()) == (0, 0)
    ask_for(project)
    assert DBTaskResult.objects.get().queue_name == "short"


def test_long_work_waits_in_a_queue_of_its_own(project: Project) -> None:
    """No import or run delays the reading of a file."""
    for kind in (JobKind.IMPORT, JobKind.MATCH, JobKind.EXPORT):
        ask_for(project, kind)
    assert set(DBTaskResult.objects.values_list("queue_name", flat=True)) == {"long"}


def test_carry_out_records_the_outcome(job: Job) -> None:
    """Done, with what the work returned."""
    jobs.carry_out(str(job.pk), lambda ticket: {"rows": 3})
    assert (state_of(job), job.result, job.attempt) == ((JobState.DONE, ""), {"rows": 3}, 1)


def test_a_second_task_for_the_same_job_does_nothing(job: Job) -> None:
    """Handed over twice, carried out once."""
    runs: list[int] = []
    for _ in range(2):
        jobs.carry_out(str(job.pk), lambda ticket: runs.append(ticket.attempt))
    assert runs == [1]


def test_a_refusal_is_told_in_its_own_words(job: Job) -> None:
    """What the books say no to is for people to read."""

    def refuse(ticket: jobs.Ticket) -> None:
        raise OutOfBalance("The chosen lines do not net to 0.00.")

    jobs.carry_out(str(job.pk), refuse)
    assert state_of(job) == (JobState.FAILED, "The chosen lines do not net to 0.00.")


def test_an_unexpected_error_keeps_its_text_to_itself(
    job: Job, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the page nor the task's row quotes an amount."""

    def fail(ticket: jobs.Ticket) -> None:
        raise ValueError("amount 123.45 of Miller")

    jobs.carry_out(str(job.pk), fail)
    assert state_of(job) == (JobState.FAILED, jobs.FAILED_UNEXPECTEDLY)


def test_progress_is_seen_while_the_work_s_transaction_is_open(job: Job) -> None:
    """The page shows it at once; the work may still roll back."""
    seen: list[int] = []

    def work(ticket: jobs.Ticket) -> None:
        with transaction.atomic():
            Project.objects.filter(pk=ticket.job.project_id).update(name="Being changed")
            ticket.progress(50, 50, "Half")
            rows = jobs.run_aside("SELECT done_count FROM reconciliation_job", [])
            seen.extend(row[0] for row in rows)

    jobs.carry_out(str(job.pk), work)
    assert seen == [50]


def test_cancel_stops_running_work_at_its_next_progress(job: Job) -> None:
    """What it wrote is rolled back."""

    def work(ticket: jobs.Ticket) -> None:
        jobs.cancel(ticket.job)
        with transaction.atomic():
            Project.objects.update(name="Changed")
            ticket.progress(1, 1)

    jobs.carry_out(str(job.pk), work)
    assert state_of(job) == (JobState.CANCELLED, "Cancelled.")
    assert Project.objects.get().name != "Changed"


def test_cancel_ends_waiting_work_at_once(job: Job) -> None:
    """Its task finds nothing to do."""
    jobs.cancel(job)
    jobs.carry_out(str(job.pk), lambda ticket: pytest.fail("ran"))
    assert state_of(job)[0] == JobState.CANCELLED


def test_fence_lets_only_the_latest_attempt_through(job: Job) -> None:
    """Who lost the lease writes nothing, and does not end the job."""
    first = jobs.start(job.pk)
    run_out(job)
    jobs.collect_lost_jobs()
    second = jobs.start(job.pk)
    assert first and second and (first.attempt, second.attempt) == (1, 2)
    with pytest.raises(jobs.LeaseLost), transaction.atomic():
        first.fence()
    with transaction.atomic():
        second.fence()
    assert state_of(job)[0] == JobState.DONE


def test_a_fence_rolled_back_leaves_the_job_running(job: Job) -> None:
    """Done only together with the data."""
    ticket = jobs.start(job.pk)
    with pytest.raises(RuntimeError), transaction.atomic():
        ticket.fence()
        raise RuntimeError
    assert state_of(job)[0] == JobState.RUNNING


def test_lost_jobs_are_tried_three_times_and_then_end_with_a_sentence(job: Job) -> None:
    """A job that kills its worker does not kill workers for ever."""
    for _ in range(jobs.MOST_ATTEMPTS):
        assert jobs.start(job.pk)
        run_out(job)
        assert jobs.collect_lost_jobs() == 1
    assert state_of(job) == (JobState.FAILED, jobs.LOST_TOO_OFTEN)
    assert DBTaskResult.objects.count() == jobs.MOST_ATTEMPTS


def test_a_job_with_a_living_lease_is_left_alone(job: Job) -> None:
    """Only silence is a sign of death."""
    jobs.start(job.pk)
    assert (jobs.collect_lost_jobs(), state_of(job)[0]) == (0, JobState.RUNNING)


def test_a_job_whose_task_got_lost_is_handed_over_again(job: Job) -> None:
    """The process may die between commit and hand-over."""
    DBTaskResult.objects.all().delete()
    run_out(job)
    jobs.collect_lost_jobs()
    assert DBTaskResult.objects.get().args_kwargs["args"] == [str(job.pk)]


def test_a_database_that_went_away_costs_one_attempt(job: Job) -> None:
    """The job goes back to the queue at once."""

    def lose(ticket: jobs.Ticket) -> None:
        raise OperationalError("server closed the connection")

    jobs.carry_out(str(job.pk), lose)
    assert jobs.collect_lost_jobs() == 1
    assert state_of(job)[0] == JobState.QUEUED


def test_the_lease_is_renewed_while_the_work_goes_on(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a thread and a connection of its own."""
    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0.05)
    leases: list[object] = []

    def lease() -> object:
        return Job.objects.get(pk=job.pk).lease_until

    def work(ticket: jobs.Ticket) -> None:
        for _ in range(3):
            leases.append(lease())
            wait_until(lambda: lease() != leases[-1])

    jobs.carry_out(str(job.pk), work)
    assert (leases, len(leases)) == (sorted(set(leases)), 3)


def test_no_beat_renews_the_lease_that_is_given_back(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A beat after the giving back would make the next attempt wait for the lease's end."""
    threads: list[str] = []

    def note_threads(ticket: jobs.Ticket) -> None:
        threads.extend(thread.name for thread in threading.enumerate())

    def lose(ticket: jobs.Ticket) -> None:
        note_threads(ticket)
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(jobs, "give_back", note_threads)
    jobs.carry_out(str(job.pk), lose)
    assert threads.count("beat") == 1


def test_a_job_that_is_gone_is_no_error() -> None:
    """Its project was deleted meanwhile."""
    jobs.carry_out(str(uuid.uuid4()), lambda ticket: pytest.fail("ran"))


def test_a_worker_is_seen_until_it_says_goodbye() -> None:
    """What the pages and /readyz ask."""
    jobs.note_worker()
    assert jobs.worker_seen()
    jobs.forget_worker()
    assert not jobs.worker_seen()

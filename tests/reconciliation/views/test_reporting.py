"""The report page and its downloads: by role, by size, with and without a worker."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.urls import reverse

from projects.models import AuditEvent, Role
from reconciliation import jobs
from reconciliation.models import Job
from reconciliation.reporting import exports
from reconciliation.vocabulary import JobState, Side
from tests import factories

pytestmark = pytest.mark.django_db
PAGES = ["reconciliation:reporting", "reconciliation:workbook"]


@pytest.fixture
def project():
    project = factories.make_project()
    bank = factories.make_lines(project, Side.BANK, ("2025-12-01", 100, "A"))
    ledger = factories.make_lines(project, Side.LEDGER, ("2025-12-01", 100, "A"))
    factories.make_group(project, bank, ledger)
    return project


@pytest.fixture
def owner(client, project):
    client.force_login(project.created_by)
    return client


def address(name, project, *more):
    return reverse(name, args=[project.pk, *more])


def workbook_in(answer):
    return openpyxl.load_workbook(io.BytesIO(answer.getvalue()), read_only=True)


def actions(project):
    return [*AuditEvent.objects.filter(project=project).values_list("action", flat=True)][-2:]


def test_reporting_shows_the_statement(owner, project):
    answer = owner.get(address("reconciliation:reporting", project))
    assert answer.status_code == 200
    assert "Not provable: both opening balances are missing" in answer.content.decode()
    assert "Manually Reconciled" in answer.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_reporting_is_open_to_a_viewer(client, project, name):
    viewer = factories.make_user()
    factories.add_member(project, viewer, Role.VIEWER)
    client.force_login(viewer)
    assert client.get(address(name, project)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_reporting_does_not_exist_for_a_stranger(client, project, name):
    client.force_login(factories.make_user())
    assert client.get(address(name, project)).status_code == 404
    assert client.post(address("reconciliation:reporting_export", project)).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_reporting_asks_the_anonymous_to_sign_in(client, project, name):
    answer = client.get(address(name, project))
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize("name", PAGES)
def test_reporting_takes_no_post(owner, project, name):
    assert owner.post(address(name, project)).status_code == 405
    assert owner.get(address("reconciliation:reporting_export", project)).status_code == 405


def test_workbook_is_made_stored_and_audited(owner, project):
    answer = owner.get(address("reconciliation:workbook", project))
    assert "Master Register" in workbook_in(answer).sheetnames
    assert answer["Content-Disposition"].endswith('.xlsx"')
    assert actions(project) == ["workbook.exported", "workbook.downloaded"]


def test_workbook_of_unchanged_books_is_the_same_file(owner, project):
    first = owner.get(address("reconciliation:workbook", project)).getvalue()
    assert owner.get(address("reconciliation:workbook", project)).getvalue() == first
    assert len(exports.exports_of(project)) == 1


def test_workbook_of_changed_books_is_made_anew(owner, project):
    first = owner.get(address("reconciliation:workbook", project)).getvalue()
    factories.make_lines(project, Side.BANK, ("2025-12-02", 5, "B"))
    factories.make_group(
        project,
        factories.make_lines(project, Side.BANK, ("2025-12-02", 5, "C"), ("2025-12-02", -5, "C")),
        [],
    )
    assert owner.get(address("reconciliation:workbook", project)).getvalue() != first


def test_workbook_of_a_large_project_waits_for_the_worker(owner, project, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE_LINES", 0)
    monkeypatch.setattr(exports, "WAIT_SECONDS", 0)
    monkeypatch.setattr(jobs, "worker_seen", lambda: True)
    answer = owner.get(address("reconciliation:workbook", project))
    assert (answer.status_code, answer["Retry-After"]) == (503, "15")
    assert 'role="alert"' in answer.content.decode()
    assert Job.objects.get(project=project).state == JobState.QUEUED


def test_workbook_of_a_large_project_needs_no_worker(owner, project, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE_LINES", 0)
    answer = owner.get(address("reconciliation:workbook", project))
    assert "About" in workbook_in(answer).sheetnames


def test_asking_for_the_head_changes_nothing(owner, project):
    before = AuditEvent.objects.count()
    assert owner.head(address("reconciliation:workbook", project)).status_code == 200
    assert AuditEvent.objects.count() == before


def test_reporting_export_enqueues_one_job(owner, project):
    for _ in range(2):
        answer = owner.post(address("reconciliation:reporting_export", project))
        assert answer.status_code == 303
    assert Job.objects.filter(project=project).count() == 1


def test_the_job_stores_a_workbook_to_download(owner, project):
    job = exports.start_export(project=project, actor=project.created_by)
    jobs.carry_out(str(job.pk), exports.export_for_job)
    [export] = exports.exports_of(project)
    answer = owner.get(address("reconciliation:stored_workbook", project, export.key))
    assert "Audit Trail" in workbook_in(answer).sheetnames


def test_only_the_latest_workbooks_are_kept(
    owner, project, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(exports, "KEPT", 1)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            job = exports.start_export(project=project, actor=project.created_by)
            jobs.carry_out(str(job.pk), exports.export_for_job)
    assert [bool(export.stored_as) for export in exports.exports_of(project)] == [True, False]


def test_a_workbook_of_another_project_is_not_found(owner, project):
    other = factories.make_project()
    job = exports.start_export(project=other, actor=other.created_by)
    jobs.carry_out(str(job.pk), exports.export_for_job)
    [export] = exports.exports_of(other)
    foreign = address("reconciliation:stored_workbook", project, export.key)
    assert owner.get(foreign).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_reporting_needs_the_same_queries_for_any_number_of_rows(
    owner, project, count, django_assert_num_queries
):
    for number in range(count):
        factories.make_lines(project, Side.BANK, ("2025-12-03", number + 1, "More"))
        job = exports.start_export(project=project, actor=project.created_by)
        jobs.carry_out(str(job.pk), exports.export_for_job)
    with django_assert_num_queries(15):
        owner.get(address("reconciliation:reporting", project))


def test_workbook_of_a_large_project_is_the_one_the_worker_wrote(owner, project, monkeypatch):
    def carry_out(job):
        jobs.carry_out(str(job.pk), exports.export_for_job)

    monkeypatch.setattr(exports, "AT_ONCE_LINES", 0)
    monkeypatch.setattr(jobs, "worker_seen", lambda: True)
    monkeypatch.setattr(exports, "_wait_for", carry_out)
    answer = owner.get(address("reconciliation:workbook", project))
    assert "Master Register" in workbook_in(answer).sheetnames

"""The demo in one click, and the sample files."""

from __future__ import annotations

import pytest
from django.urls import reverse

from projects.models import Project
from reconciliation.models import Job
from reconciliation.sample_month import BANK_FILE, make_month
from reconciliation.vocabulary import JobKind
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(client):
    client.user = factories.make_user("alice")
    client.force_login(client.user)
    return client


def test_demo_start_makes_a_project_and_a_job(alice):
    answer = alice.post(reverse("reconciliation:demo_start"))
    project, job = Project.objects.get(), Job.objects.get()
    assert (job.kind, job.project, project.created_by) == (JobKind.DEMO, project, alice.user)
    assert (answer.status_code, answer["Location"]) == (303, job.get_absolute_url())


def test_demo_start_takes_only_posts_of_people_who_are_signed_in(client, alice):
    address = reverse("reconciliation:demo_start")
    assert alice.get(address).status_code == 405
    client.logout()
    assert client.post(address).status_code == 302
    assert not Project.objects.exists()


def test_project_list_offers_the_demo_to_who_has_nothing(alice):
    page = alice.get(reverse("reconciliation:project_list")).content.decode()
    assert "Make a demo project" in page


def test_project_list_keeps_the_demo_for_who_has_a_project(alice):
    alice.post(reverse("reconciliation:demo_start"))
    assert "Make a demo project" in alice.get(reverse("reconciliation:project_list")).text


def test_sample_file_is_the_month_of_the_demo(alice):
    answer = alice.get(reverse("reconciliation:sample_file", kwargs={"name": BANK_FILE}))
    assert answer.content == make_month()[BANK_FILE]


def test_sample_file_of_another_name_is_not_found(alice):
    assert alice.get("/projects/samples/x.csv").status_code == 404

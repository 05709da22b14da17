"""Every address × every kind of person × every method: a stranger learns nothing, nothing fails.

The addresses come from the URL conf itself, so that a new one is tested the day it is added.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from itertools import product

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from reconciliation.models import Job, MatchRun, Suggestion, Trial
from reconciliation.vocabulary import JobKind, Side
from tests import factories
from tests.actors import cast_of

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
MEMBERS = ("viewer", "reviewer", "editor", "owner")
STRANGERS = ("stranger", "elsewhere")
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
NOBODYS = uuid.UUID("deadbeef-0000-4000-8000-000000000000")


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Yield the route of every address of the site, as written in the URL confs."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from routes(entry, route)


ROUTES = [route for route in routes() if "project_id>" in route or "job_id>" in route]


@pytest.fixture
def world():
    """A project with something of everything in it, and the ids by the names routes use."""
    project = factories.make_project(name="Bait for strangers")
    rows = ("2025-12-01", 100, "Bait"), ("2025-12-02", 200, "Bait")
    bank = factories.make_lines(project, Side.BANK, *rows)
    ledger = factories.make_lines(project, Side.LEDGER, *rows)
    group_id = factories.make_group(project, bank[:1], ledger[:1])
    owner = project.created_by
    run = MatchRun.objects.create(project=project, made_by=owner)
    job = Job.objects.create(project=project, kind=JobKind.EXPORT, created_by=owner)
    trial = Trial.objects.create(project=project, kind="preview", made_by=owner)
    suggestion = Suggestion.objects.create(
        project=project,
        run=run,
        rule="block",
        probability=0.5,
        rank=1,
        bank_line_ids=[bank[1].id],
        ledger_line_ids=[ledger[1].id],
    )
    ids = {
        "project_id": project.pk,
        "file_id": bank[0].source_file_id,
        "group_id": group_id,
        "run_id": run.pk,
        "trial_id": trial.pk,
        "job_id": job.pk,
        "workbook_id": job.pk,
        "suggestion_id": suggestion.pk,
        "user_id": owner.pk,
        "name": "bank.csv",
    }
    return project, ids


def filled(route: str, ids: dict[str, object]) -> str:
    """Return the address of the route with these ids in it."""
    return "/" + PARAMETER.sub(lambda found: str(ids.get(found[2], NOBODYS)), route).removesuffix(
        r"\Z"
    )


def answer_of(client: Client, method: str, address: str) -> HttpResponse:
    return client.generic(method, address, "", "application/x-www-form-urlencoded")


def substance(response: HttpResponse, *ids: object) -> tuple[int, str]:
    """Return status and page, without what no two answers share: tokens and the asked ids."""
    page = b"".join(response) if response.streaming else response.content
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.decode())
    for known in ids:
        text = text.replace(str(known), "")
    return response.status_code, text


def test_the_matrix_covers_the_site():
    assert len(ROUTES) > 30


@pytest.mark.parametrize("who", STRANGERS)
def test_strangers_answer_is_that_of_a_project_that_does_not_exist(who, world):
    project, ids = world
    client = cast_of(project)[who]
    nobodys = ids | {name: NOBODYS for name in ("project_id", "job_id")}
    for route, method in product(ROUTES, METHODS):
        here = answer_of(client, method, filled(route, ids))
        there = answer_of(client, method, filled(route, nobodys))
        assert here.status_code in (404, 405), (method, route)
        asked = (ids["project_id"], ids["job_id"])
        assert substance(here, *asked) == substance(there, NOBODYS), (method, route)


def test_nobody_gets_past_the_login_page(world):
    project, ids = world
    anonymous = cast_of(project)["anonymous"]
    for route, method in product(ROUTES, METHODS):
        response = answer_of(anonymous, method, filled(route, ids))
        login = response.headers.get("Location", "").startswith("/accounts/login/?next=")
        assert login or response.status_code in (403, 405), (method, route)


@pytest.mark.parametrize("who", MEMBERS)
def test_other_methods_are_refused(who, world):
    project, ids = world
    client = cast_of(project)[who]
    for route, method in product(ROUTES, ("PUT", "DELETE")):
        assert answer_of(client, method, filled(route, ids)).status_code == 405, (method, route)


@pytest.mark.parametrize("route", ROUTES)
def test_members_get_an_answer_and_never_a_failure(route, world):
    project, ids = world
    cast = cast_of(project)
    for who, method in product(MEMBERS, ("GET", "HEAD", "POST")):
        status = answer_of(cast[who], method, filled(route, ids)).status_code
        assert status < 500, (who, method, route)

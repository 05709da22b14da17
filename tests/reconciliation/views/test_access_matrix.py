"""Every address × every kind of person × every method: a stranger learns nothing, nothing fails.

The addresses come from the URL conf itself, so that a new one is tested the day it is added.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from itertools import product
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from projects import audit, invitations
from projects.models import Project
from reconciliation.models import (
    Adjustment,
    Job,
    MatchRun,
    RememberedLayout,
    Suggestion,
    Trial,
)
from reconciliation.review.adjustments import Chosen, match_with_entry
from reconciliation.review.notes import Remark, write_notes
from reconciliation.vocabulary import JobKind, Side
from tests import factories
from tests.actors import cast_of, client_of

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


@pytest.fixture(scope="module")
def bait(rows_of_module: None) -> dict[str, object]:
    """The ids of a project with something of everything in it, made once for all tests here."""
    return baited()[1]


@pytest.fixture
def world(bait: dict[str, object]) -> tuple[Project, dict[str, object]]:
    """A project with something of everything in it, and the ids by the names routes use."""
    return Project.objects.get(pk=bait["project_id"]), dict(bait)


def baited() -> tuple[Project, dict[str, object]]:
    """Make a project in which every text is bait; return it and the ids of what is in it."""
    project = factories.make_project(name="Bait for strangers")
    rows = ("2025-12-01", 100, "Bait"), ("2025-12-02", 200, "Bait")
    bank = factories.make_lines(project, Side.BANK, *rows)
    ledger = factories.make_lines(project, Side.LEDGER, *rows)
    group_id = factories.make_group(project, bank[:1], ledger[:1])
    owner = project.created_by
    run = MatchRun.objects.create(project=project, made_by=owner)
    job = Job.objects.create(project=project, kind=JobKind.EXPORT, created_by=owner)
    trial = Trial.objects.create(
        project=project, kind="preview", made_by=owner, report={"text": "Bait"}
    )
    layout = RememberedLayout.objects.create(
        project=project, side=Side.BANK, fingerprint="0" * 64, header=["Bait"], made_by=owner
    )
    invited = invitations.invite(
        project=project, actor=owner, email="bait@example.org", role="viewer"
    )
    [odd] = factories.make_lines(project, Side.BANK, ("2025-12-03", 77, "Bait"))
    chosen = Chosen([odd.id], [], "bank_fee", "Bait")
    match_with_entry(project=project, actor=owner, chosen=chosen)
    remark = Remark(note="Bait")
    write_notes(project=project, actor=owner, line_ids=[bank[1].id], remark=remark)
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
        "layout_id": layout.pk,
        "invitation_id": invited.pk,
        "entry_id": Adjustment.objects.get(project=project).pk,
        "user_id": owner.pk,
        "line": bank[1].id,
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
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.decode(errors="replace"))
    for known in ids:
        text = text.replace(str(known), "")
    return response.status_code, text


def test_the_matrix_covers_the_site(world):
    assert len(ROUTES) > 30
    named = {name for route in ROUTES for _, name in PARAMETER.findall(route)}
    assert named <= world[1].keys()


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


CONTENTS = ("application/x-www-form-urlencoded", "application/json", "text/plain")
INNER = [route for route in ROUTES if len(PARAMETER.findall(route)) > 1]


@pytest.fixture(params=["a viewer there", "a stranger there"])
def mine(request, world):
    """The answer of an address in one's own project, but for names of projects one may choose."""
    project, ids = world
    person = factories.make_user()
    if request.param == "a viewer there":
        factories.add_member(project, person, "viewer")
    client, own = client_of(person), factories.make_project(person, name="My own")

    def ask(route: str, method: str, body: str = "", kind: str = CONTENTS[0]) -> tuple[int, str]:
        address = filled(route, ids | {"project_id": own.pk})
        query = f"?line={ids['line']}&lines={ids['line']}" if method in ("GET", "HEAD") else ""
        status, page = substance(client.generic(method, address + query, body, kind))
        return status, page.replace(f">{project.name}</option>", "")

    return ask


def test_what_is_in_another_project_is_not_found_in_my_own(mine, world):
    """Also where one may see the other project: its ids mean nothing here."""
    project, _ = world
    before, asked = audit.head_hash(project), 0
    for route, method, kind in product(INNER, METHODS, CONTENTS):
        status, page = mine(route, method, "{}" if kind == CONTENTS[1] else "", kind)
        if method == "POST" and ("user_id" in route or "invitation_id" in route):
            assert status in (303, 403), (route, status)
        else:
            assert status in (404, 405), (method, route, status)
        assert "bait" not in page.lower(), (method, route)
        asked += 1
    assert asked > 150 and audit.head_hash(project) == before


def test_ids_of_another_project_are_nothing_in_a_form_of_my_own(mine, world):
    """Whatever field they are posted in, as a form and as JSON."""
    project, ids = world
    before = audit.head_hash(project)
    lines = dict.fromkeys(("bank", "ledger", "line", "line_id", "lines", "pick"), ids["line"])
    fields = {name: str(value) for name, value in lines.items()}
    fields |= dict.fromkeys(("source", "project"), str(project.pk))
    fields |= {"break_note": "x", "key": str(uuid.uuid4())}
    sent = json.dumps(fields | {"bank": [ids["line"]], "ledger": []})
    for route in [route for route in ROUTES if route not in INNER and "project_id" in route]:
        for body, kind in ((urlencode(fields), CONTENTS[0]), (sent, CONTENTS[1])):
            status, page = mine(route, "POST", body, kind)
            assert status < 500 and "bait" not in page.lower(), (route, status)
        assert "bait" not in mine(route, "GET")[1].lower(), route
    assert audit.head_hash(project) == before

"""Requests nobody's browser sends, to every address: refused with 4xx, never a failure.

HOSTILE_REQUESTS says how many per address; afterwards the books must still be proved.
"""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from random import Random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from projects.models import Project
from reconciliation import verification
from reconciliation.ingestion import background, ingest
from reconciliation.vocabulary import Side
from tests import hostile
from tests.actors import client_of
from tests.reconciliation.views.test_access_matrix import bait, filled, routes, world

__all__ = ["bait", "world"]
pytestmark = pytest.mark.django_db

PER_ADDRESS = int(os.environ.get("HOSTILE_REQUESTS", "8"))
#: Fields that scripts send and no page shows.
UNSEEN = ("bank", "ledger", "key", "at", "line", "pick", "next", "reason", "side", "file", "page")
#: Not the readiness probe, whose 503 is an answer: no worker lives here.
ROUTES = [route for route in routes() if route != "readyz" and not route.startswith("admin/")]
#: Addresses that allauth writes as patterns.
SPELLED = {
    "confirm-email/(": "accounts/confirm-email/x/",
    "key/(": "accounts/password/reset/key/1-x/",
}
SAMPLE = Path(__file__).parents[2] / "samples" / "dates_ambiguous.csv"


def spelled(route: str) -> str:
    """Return a route with something for what allauth describes by a regular expression."""
    return next((plain for mark, plain in SPELLED.items() if mark in route), route)


def send(client: Client, request: hostile.Request) -> int:
    """Return the status of the answer; 599 where the answer itself broke."""
    response = client.generic(
        request.method, request.address, request.body, request.content_type, **request.headers
    )
    if response.streaming:
        b"".join(response)
    return response.status_code


def shown_by(client: Client, address: str) -> str:
    """Return the page at the address, or, where it takes posts only, the page with its form."""
    shown = ""
    above = address.removesuffix("/").rpartition("/")[0] + "/"
    for place in {address, above}:
        page = client.get(place)
        shown += "" if page.streaming else page.content.decode(errors="replace")
    return shown


def broken_promises(project: Project) -> list[str]:
    """Return what verify_books would say, but that factories keep no original files."""
    proofs = verification.verify_project(project)
    return [p.promise for p in proofs if p.faults and "original file" not in p.promise]


def reopen(project: Project) -> None:
    """Undo what a request did on purpose: locked, archived and deleted books refuse too early."""
    changed = Project.objects.filter(pk=project.pk).exclude(state="open")
    changed.update(state="open", state_changed_at=Now())


def with_question(project: Project) -> uuid.UUID:
    """Return a file that was read and waits for an answer, so that its forms have fields."""
    content = SimpleUploadedFile(SAMPLE.name, SAMPLE.read_bytes())
    by = project.created_by
    asked = ingest.receive_upload(
        project=project, side=Side.BANK, name=SAMPLE.name, content=content, by=by
    )
    background.read_file(source_file=asked)
    return asked.pk


@pytest.mark.parametrize("route", ROUTES)
def test_no_request_makes_an_address_fail(route, world):
    project, ids = world
    client, random = client_of(), Random(route)
    if "file_id" in route:
        ids |= {"file_id": with_question(project)}
    address = filled(spelled(route), ids)
    client.force_login(project.created_by)
    page = client.get(address)
    shown = "" if page.streaming else page.content.decode(errors="replace")
    names = sorted({*hostile.names_in(shown), *UNSEEN})
    values = sorted(hostile.values_in(shown))
    failed = []
    for request in hostile.requests(random, address, names, values, PER_ADDRESS):
        client.force_login(project.created_by)
        reopen(project)
        if send(client, request) >= 500:
            failed.append(request)
    assert failed == []
    assert [
        p for p in verification.verify_project(project) if "original" not in p.promise and p.faults
    ] == []


@pytest.mark.parametrize("name", ["match", "adjustments", "unmatch"])
def test_half_a_surrogate_pair_in_json_is_refused(name, world):
    project, ids = world
    group = [ids["group_id"]] if name == "unmatch" else []
    address = reverse(f"reconciliation:{name}", args=[project.pk, *group])
    words = ("reason", "note", "key", "booked_on", "bank", "ledger")
    body = json.dumps(dict.fromkeys(words, "\ud800")).encode()
    answer = client_of(project.created_by).post(address, body, content_type="application/json")
    assert answer.status_code in (400, 409)

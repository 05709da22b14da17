"""Database or disk gone: a plain page that says so, and all goes on when they are back."""

from __future__ import annotations

import errno

import pytest
from django.db import OperationalError, connection
from psycopg2 import errors

from config import health, outages
from tests.actors import client_of
from tests.factories import make_user


def raised(broken: Exception, cause: Exception | None = None):
    """Return a function that fails like this."""

    def fail(*args: object, **kwargs: object) -> None:
        raise broken from cause

    return fail


class DiskFull(errors.DiskFull):
    """As psycopg2 would tell it."""

    pgcode = "53100"


class QueryCanceled(errors.QueryCanceled):
    """As psycopg2 would tell it."""

    pgcode = "57014"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("failure", "status", "sentence"),
    [
        (raised(OperationalError("could not connect")), 503, outages.NO_DATABASE),
        (raised(OperationalError("full"), DiskFull()), 503, outages.NO_SPACE),
        (raised(OperationalError("long"), QueryCanceled()), 503, outages.TOO_LONG),
        (raised(OSError(errno.ENOSPC, "full")), 503, outages.NO_SPACE),
        (raised(RuntimeError("ours")), 500, "Our mistake"),
    ],
)
def test_a_page_says_what_is_not_there(monkeypatch, failure, status, sentence):
    client = client_of(make_user())
    monkeypatch.setattr("reconciliation.review.progress.project_rows", failure)
    answer = client.get("/projects/")
    page = answer.content.decode()
    assert (answer.status_code, sentence in page, 'role="alert"' in page) == (status, True, True)
    assert answer.headers.get("Retry-After") == ("20" if status == 503 else None)
    monkeypatch.undo()
    assert client.get("/projects/").status_code == 200


@pytest.mark.django_db
def test_a_database_that_is_gone_is_told_by_the_probe(client, monkeypatch):
    monkeypatch.setattr(connection, "ensure_connection", raised(OperationalError("gone")))
    gone = client.get("/readyz")
    monkeypatch.undo()
    assert (gone.status_code, gone.json()["database"]) == (503, False)
    assert client.get("/readyz").json()["database"] is True


@pytest.mark.django_db
def test_a_full_disk_is_told_by_the_probe(client, monkeypatch):
    assert client.get("/readyz").json()["disk"] is True
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 2**70)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["disk"]) == (503, False)

"""The two addresses that machines ask."""

import pytest
from django.test import Client


def test_healthz_answers_without_a_database(client: Client) -> None:
    """The process is up; nothing else is asked."""
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_readyz_says_the_database_and_migrations_are_there(client: Client) -> None:
    """All is well after the test database was made."""
    assert client.get("/readyz").json()["migrations"] is True

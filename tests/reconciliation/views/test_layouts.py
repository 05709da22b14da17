"""The page of remembered layouts: listed, given as a file, taken from one, deleted."""

from __future__ import annotations

import json

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from projects.models import Project
from reconciliation.models import RememberedLayout
from reconciliation.vocabulary import Side
from tests import factories
from tests.actors import cast_of, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return factories.make_project()


@pytest.fixture
def owner(project: Project) -> Client:
    return client_of(project.created_by)


@pytest.fixture
def layout(project: Project) -> RememberedLayout:
    return RememberedLayout.objects.create(
        project=project, side=Side.BANK, fingerprint="f" * 32, header=["Day", "Sum"],
        options={"date_order": "mdy"}, read_as={"date": "1", "amount": "2"},
        made_by=project.created_by,
    )  # fmt: skip


def address(name: str, *ids: object) -> str:
    return reverse(f"reconciliation:{name}", args=ids)


def sent(client: Client, project: Project, content: bytes):
    upload = SimpleUploadedFile("layouts.json", content, "application/json")
    return client.post(address("layouts", project.pk), {"layouts": upload})


def test_page_without_layouts_teaches(project, owner):
    assert "Nothing is remembered yet" in owner.get(address("layouts", project.pk)).text


def test_page_lists_columns_in_words(project, owner, layout):
    page = owner.get(address("layouts", project.pk)).text
    assert "“Day”" in page and "chosen by you: month, day, year" in page


def test_file_given_is_taken_by_another_project(project, owner, layout):
    given = owner.get(address("layout_json", project.pk, layout.pk))
    assert given["Content-Disposition"] == 'attachment; filename="bank-layout.json"'
    assert given.content == owner.get(address("layouts_json", project.pk)).content
    other = factories.make_project(project.created_by)
    assert sent(owner, other, given.content).status_code == 303
    assert other.layouts.get().options == {"date_order": "mdy"}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe{}", b"[" * 100_000])
def test_what_is_no_json_is_an_alert(project, owner, content):
    response = sent(owner, project, content)
    assert response.status_code == 400 and 'role="alert"' in response.text


HALF = "\\ud800"
BAD_TEXTS = ({"fingerprint": "a\x00"}, {"fingerprint": 1}, {"fingerprint": ["f"]})


@pytest.mark.parametrize("address_of", ["layouts", "ruleset_json", "aliases_json"])
@pytest.mark.parametrize("content", [f'{{"{HALF}": 1}}', f'{{"aliases": [{{"bank": "{HALF}"}}]}}'])
def test_half_a_character_never_reaches_a_page(project, owner, address_of, content):
    for field in ("layouts", "ruleset", "aliases"):
        upload = SimpleUploadedFile("x.json", content.encode())
        assert owner.post(address(address_of, project.pk), {field: upload}).status_code < 500
        assert owner.get(address("layouts", project.pk)).status_code == 200


@pytest.mark.parametrize("bad", BAD_TEXTS)
def test_fingerprint_no_database_keeps_is_refused(project, owner, bad):
    good = {"side": "bank", "fingerprint": "f", "header": [], "options": {}, "read_as": {}}
    content = {"reconcile_layouts": 1, "layouts": [good | bad]}
    response = sent(owner, project, json.dumps(content).encode())
    assert response.status_code == 303
    assert "“fingerprint”" in str(next(iter(get_messages(response.wsgi_request))))


def test_json_that_is_no_layout_file_is_said(project, owner):
    response = sent(owner, project, json.dumps({"layouts": []}).encode())
    [said] = [str(message) for message in get_messages(response.wsgi_request)]
    assert said.startswith("Nothing was taken over: this is no layout file")


def test_deleted_layout_is_gone_from_the_page(project, owner, layout):
    assert owner.post(address("layout_delete", project.pk, layout.pk)).status_code == 303
    assert "Nothing is remembered yet" in owner.get(address("layouts", project.pk)).text
    assert owner.post(address("layout_delete", project.pk, layout.pk)).status_code == 404


def test_only_editors_change_layouts_and_strangers_see_none(project, layout):
    cast = cast_of(project)
    allowed = {"viewer": 403, "reviewer": 403, "stranger": 404, "elsewhere": 404, "editor": 303}
    for who, status in allowed.items():
        answer = cast[who].post(address("layout_delete", project.pk, layout.pk))
        assert answer.status_code == status, who
    elsewhere = address("layout_json", factories.make_project(project.created_by).pk, layout.pk)
    assert cast["owner"].get(elsewhere).status_code == 404

"""Remembered layouts: used for the next file, forgotten, carried to another project."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.base import ContentFile

from projects import lifecycle
from projects.models import AuditEvent, Project
from reconciliation.errors import ProjectLocked, UnreadableFile
from reconciliation.ingestion import ingest
from reconciliation.ingestion.layouts import (
    bring_layouts,
    forget_layout,
    layouts_file,
    layouts_of,
)
from reconciliation.models import RememberedLayout, SourceFile
from reconciliation.vocabulary import FileStatus, Side
from tests import factories

pytestmark = pytest.mark.django_db

PROVED = b"Datum,Text,Betrag\n03/12/2025,a,1.00\n31/12/2025,b,-2.00\n"
UNPROVED = b"Datum,Text,Betrag\n03/01/2026,a,1.00\n04/02/2026,b,-2.00\n"


@pytest.fixture
def project() -> Project:
    return factories.make_project()


def read(project: Project, content: bytes, name: str = "bank.csv") -> SourceFile:
    source_file = ingest.receive_upload(
        project=project, side=Side.BANK, name=name, content=ContentFile(content),
        by=project.created_by,
    )  # fmt: skip
    ingest.read_file(source_file=source_file)
    return source_file


def imported(project: Project, content: bytes, name: str = "bank.csv") -> SourceFile:
    source_file = read(project, content, name)
    ingest.confirm_import(source_file=source_file, by=project.created_by)
    source_file.refresh_from_db()
    return ingest.import_file(source_file=source_file, by=project.created_by)


def file_of(project: Project) -> Any:
    """Return the project's layout file as it is after a way through JSON text."""
    return json.loads(json.dumps(layouts_file(project.layouts.all())))


def test_what_one_file_proved_answers_the_question_of_the_next(project: Project) -> None:
    imported(project, PROVED, "december.csv")
    later = read(project, UNPROVED, "january.csv")
    assert (later.status, later.reading["first_date"]) == (FileStatus.READY, "2026-01-03")
    assert any("“december.csv” and is read like it: day, month, year" in m for m in later.messages)


def test_import_is_remembered_once_per_header_and_tells_its_columns(project: Project) -> None:
    imported(project, PROVED, "december.csv")
    imported(project, UNPROVED, "january.csv")
    [layout] = layouts_of(project)
    assert layout.source_file.name == "january.csv"
    assert dict(layout.words)["date"] == "“Datum”"
    assert dict(layout.words)["read with"] == "day, month, year; decimal point"


def test_forgotten_layout_is_not_used_and_the_trail_keeps_it(project: Project) -> None:
    imported(project, PROVED)
    forget_layout(layout=project.layouts.get(), by=project.created_by)
    assert read(project, UNPROVED, "january.csv").status == FileStatus.QUESTION
    event = AuditEvent.objects.get(project=project, action="layout.forgotten")
    assert event.changes["before"]["header"] == ["Datum", "Text", "Betrag"]


def test_layout_file_carries_the_answers_to_another_project(project: Project) -> None:
    imported(project, PROVED)
    other = factories.make_project()
    assert bring_layouts(project=other, content=file_of(project), by=other.created_by) == 1
    brought = read(other, UNPROVED)
    assert brought.status == FileStatus.READY
    assert any("a layout brought from a file" in message for message in brought.messages)
    assert file_of(other) == file_of(project)
    assert AuditEvent.objects.filter(project=other, action="layout.brought").count() == 1


def test_layout_file_names_columns_by_their_header(project: Project) -> None:
    imported(project, PROVED)
    [layout] = file_of(project)["layouts"]
    assert (layout["read_as"]["date"], layout["read_as"]["amount"]) == ("Datum", "Betrag")


def test_changed_columns_are_named(project: Project) -> None:
    imported(project, PROVED)
    other = read(project, b"Datum,Info,Betrag\n2026-01-01,a,1.00\n2026-01-02,b,-2.00\n", "b.csv")
    assert any("(new: Info; missing: Text): look twice" in message for message in other.messages)


def test_remembered_layout_that_does_not_fit_is_told_and_not_used(project: Project) -> None:
    imported(project, PROVED)
    RememberedLayout.objects.update(options={"date": "2"})
    later = read(project, UNPROVED)
    assert later.reading["rows"] == 2 and later.layout == {}
    assert any("does not fit" in message for message in later.messages)


@pytest.mark.parametrize(
    "content",
    [
        [], {}, {"reconcile_layouts": 1, "layouts": []},
        {"reconcile_layouts": 1, "layouts": [{"side": "x"}]},
        {"reconcile_layouts": 1, "layouts": [{"side": "bank", "header": ["a"], "fingerprint": ""}]},
        {"reconcile_layouts": 1, "layouts": [{"side": "bank", "header": ["a"],
         "fingerprint": "f", "options": {"date": "b"}, "read_as": {}}]},
        {"reconcile_layouts": 1, "layouts": [{"side": "bank", "header": ["a"],
         "fingerprint": "f", "options": {"nonsense": "1"}, "read_as": {}}]},
    ],
)  # fmt: skip
def test_what_is_no_layout_file_is_refused_whole(project: Project, content: Any) -> None:
    with pytest.raises(UnreadableFile, match="Nothing was taken over"):
        bring_layouts(project=project, content=content, by=project.created_by)
    assert not project.layouts.exists()


def test_locked_books_keep_their_layouts(project: Project) -> None:
    imported(project, PROVED)
    lifecycle.lock_project(project=project, actor=project.created_by)
    with pytest.raises(ProjectLocked):
        forget_layout(layout=project.layouts.get(), by=project.created_by)
    assert project.layouts.count() == 1

"""Recent activity: the last events as sentences."""

from __future__ import annotations

import pytest

from projects import audit
from projects.activity import recent_events
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("action", "details", "sentence"),
    [
        ("file.uploaded", {"after": {"name": "bank.csv"}}, "anna uploaded a file: bank.csv"),
        ("file.imported", {"after": {"rows": 1200}}, "anna imported a file: 1,200 rows"),
        ("run.undone", {"after": {"groups_reversed": 3}}, "anna undid a run: 3 groups"),
        ("member.added", {"member": "bob"}, "anna added a member: bob"),
        ("project.locked", {}, "anna locked the books"),
        ("break.note_added", {}, "anna break note added"),
    ],
)
def test_event_is_told_as_a_sentence(action, details, sentence):
    project = factories.make_project(factories.make_user("anna"))
    audit.record(project=project, actor=project.created_by, action=action, **details)
    assert [event.sentence for event in recent_events(project)] == [
        sentence,
        "anna created the project: Dec 2025 Audit",
    ]


def test_only_the_last_events_are_told_newest_first():
    project = factories.make_project()
    for number in range(3):
        audit.record(project=project, actor=None, action="x", name=str(number))
    assert [event.sentence for event in recent_events(project, limit=2)] == [
        "The program x: 2",
        "The program x: 1",
    ]

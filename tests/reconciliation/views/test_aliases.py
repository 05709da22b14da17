"""The known names on their page: read, searched, removed, carried; and trusting a rule again."""

from __future__ import annotations

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now

from projects import audit, lifecycle
from reconciliation import groups
from reconciliation.matching.memory import Memory
from reconciliation.models import MatchRun, NameSighting, Source
from reconciliation.models.sighting import standing_names
from reconciliation.vocabulary import MatchMethod, Side
from tests import factories
from tests.actors import cast_of
from tests.reconciliation.views.pages import address, said

pytestmark = pytest.mark.django_db

FILE = {"aliases": [{"bank": "sq royal", "ledger": "Crystal Foods", "by_hand": 1, "by_run": 14}]}


def seen(project, bank, ledger, **fields):
    """Write down a sighting of an alias, by hand unless ``fields`` say otherwise."""
    usual = {"source": Source.HAND, "by_hand": 1, "origin": uuid.uuid4()}
    return NameSighting.objects.create(
        **{"project": project, "bank_name": bank, "ledger_name": ledger} | usual | fields,
        made_by=project.created_by,
    )


def standing(project):
    return {row[:2]: row[7] for row in standing_names(project)}


def upload(content) -> SimpleUploadedFile:
    return SimpleUploadedFile("aliases.json", content)


def test_page_lists_names_with_their_use(project, owner):
    seen(project, "ZENITHSECU", "HERITAGE BAKERY", by_run=7)
    seen(project, "SQ ROYAL", "CRYSTAL FOODS", source=Source.RUN, by_hand=0, by_run=1)
    seen(project, "GOLDEN FARMS", "GOLDEN FARMS", agrees=True)
    page = owner.get(address("aliases", project)).text
    assert page.index("HERITAGE BAKERY") < page.index("CRYSTAL FOODS")
    assert (page.count("In use"), page.count("Seen once only")) == (1, 1)
    assert "GOLDEN FARMS" not in page


def test_name_the_bank_also_writes_for_others_is_in_doubt(project, owner):
    seen(project, "ZENITHSECU", "HERITAGE BAKERY", by_run=7)
    seen(project, "ZENITHSECU", "ZENITH SECURITY", by_run=7, agrees=True)
    assert "The bank writes it for others too" in owner.get(address("aliases", project)).text


def test_names_are_searched_and_turned_page_by_page(project, owner):
    for number in range(103):
        seen(project, f"BANK {chr(65 + number % 26) * (1 + number // 26)}", "LEDGER", by_hand=9)
    seen(project, "SQ ROYAL", "CRYSTAL FOODS")
    first = owner.get(address("aliases", project))
    assert "SQ ROYAL" not in first.text
    second = owner.get(address("aliases", project) + first.context["next_url"])
    assert len(second.context["page"].rows) == 4 and "SQ ROYAL" in second.text
    back = owner.get(address("aliases", project) + second.context["previous_url"])
    assert [n.last_id for n in back.context["page"].rows] == [
        n.last_id for n in first.context["page"].rows
    ]
    found = owner.get(address("aliases", project), {"q": "crystal"})
    assert [name.bank_name for name in found.context["page"].rows] == ["SQ ROYAL"]
    assert "No name here contains" in owner.get(address("aliases", project), {"q": "%"}).text


@pytest.mark.parametrize("place", ["after~1.5~3", "after~-1~3", "after~1~ab", "x", "after~1e9~1"])
def test_unknown_place_in_the_list_is_its_beginning(project, owner, place):
    seen(project, "SQ ROYAL", "CRYSTAL FOODS")
    response = owner.get(address("aliases", project), {"cursor": place})
    assert (response.status_code, "SQ ROYAL" in response.text) == (200, True)


def test_removed_name_stays_removed_until_it_is_seen_by_hand(project, owner):
    chosen = seen(project, "SQ ROYAL", "CRYSTAL FOODS", by_run=14)
    kept = seen(project, "ZENITHSECU", "HERITAGE BAKERY")
    response = owner.post(address("aliases_remove", project), {"names": [chosen.pk]})
    assert (response.status_code, "Names removed: 1." in said(response)) == (303, True)
    seen(project, "SQ ROYAL", "CRYSTAL FOODS", source=Source.RUN, by_hand=0, by_run=9)
    assert standing(project) == {(kept.bank_name, kept.ledger_name): 2}
    event = audit.events_of(project).last()
    assert (event.action, event.changes["before"]["count"]) == ("alias.removed", 1)
    seen(project, "SQ ROYAL", "CRYSTAL FOODS")
    assert standing(project)["SQ ROYAL", "CRYSTAL FOODS"] == 11


@pytest.mark.parametrize("names", [[], ["x"], [10**30], [-1]])
def test_removing_nothing_or_what_is_not_there_is_refused(project, owner, names):
    response = owner.post(address("aliases_remove", project), {"names": names})
    assert response.status_code == 303 and said(response)
    assert audit.events_of(project).count() == 1


def test_names_seen_ever_so_often_are_still_counted(project, owner):
    for by_run in (10**9, 10**9 - 1):
        names = [FILE["aliases"][0] | {"by_hand": 10**9, "by_run": by_run}]
        content = json.dumps({"aliases": names}).encode()
        response = owner.post(address("aliases_json", project), {"aliases": upload(content)})
        assert "Names taken over: 1." in said(response)
    assert standing(project) == {("SQ ROYAL", "CRYSTAL FOODS"): 6 * 10**9 - 1}
    assert "2,000,000,000" in owner.get(address("aliases", project)).text


def test_foreign_name_is_not_removed(project, owner):
    foreign = seen(factories.make_project(), "SQ ROYAL", "CRYSTAL FOODS")
    response = owner.post(address("aliases_remove", project), {"names": [foreign.pk]})
    assert "not among this project's" in said(response)
    assert NameSighting.objects.count() == 1


def test_names_go_out_and_come_in_as_a_file_once(project, owner):
    for _ in range(2):
        response = owner.post(
            address("aliases_json", project), {"aliases": upload(json.dumps(FILE).encode())}
        )
        assert "Names taken over: 1." in said(response)
    assert standing(project) == {("SQ ROYAL", "CRYSTAL FOODS"): 16}
    given = owner.get(address("aliases_json", project))
    assert given["Content-Disposition"] == 'attachment; filename="aliases.json"'
    [name] = given.json()["aliases"]
    assert name == {"bank": "SQ ROYAL", "ledger": "CRYSTAL FOODS", "by_hand": 1, "by_run": 14}
    assert audit.events_of(project).last().action == "alias.carried"


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"aliases": [1]}', b'{"aliases": [{"bank": "A"}]}', b"\xff", b"[" * 60000,
     b'{"aliases": [{"bank": "A", "ledger": "B", "by_run": -1}]}',
     b'{"aliases": [{"bank": "A", "ledger": "B", "by_run": true}]}',
     b'{"aliases": [{"bank": "A\\u0000", "ledger": "B"}]}',
     b'{"aliases": [{"bank": "\\ud800", "ledger": "B"}]}',
     b'{"aliases": [{"bank": "' + b"A" * 201 + b'", "ledger": "B"}]}'],
)  # fmt: skip
def test_file_that_is_no_list_of_names_is_refused(project, owner, content):
    response = owner.post(address("aliases_json", project), {"aliases": upload(content)})
    assert response.status_code == 303 and said(response)
    assert NameSighting.objects.count() == 0


def test_names_are_copied_from_another_project_of_ones_own(project, owner):
    source = factories.make_project(project.created_by, name="November")
    seen(source, "SQ ROYAL", "CRYSTAL FOODS", by_run=14)
    seen(project, "SQ ROYAL", "CRYSTAL FOODS", source=Source.REMOVED, by_hand=0)
    seen(source, "ZENITHSECU", "HERITAGE BAKERY")
    assert "November" in owner.get(address("aliases", project)).text
    response = owner.post(address("aliases_copy", project), {"source": source.pk})
    assert "Names taken over: 1." in said(response) and "stay out: 1." in said(response)
    assert standing(project) == {("ZENITHSECU", "HERITAGE BAKERY"): 2}


def test_names_of_a_strangers_project_are_neither_offered_nor_copied(project, owner):
    foreign = factories.make_project(name="Not yours")
    seen(foreign, "SQ ROYAL", "CRYSTAL FOODS")
    assert "Not yours" not in owner.get(address("aliases", project)).text
    response = owner.post(address("aliases_copy", project), {"source": foreign.pk})
    assert "not among yours" in said(response)
    assert standing(project) == {}


POSTS = ("aliases_remove", "aliases_json", "aliases_copy", "rule_trust")


@pytest.mark.parametrize("name", POSTS)
def test_only_editors_change_names_and_trust(project, name):
    cast = cast_of(project)
    for who, status in [("viewer", 403), ("reviewer", 403), ("editor", 303), ("stranger", 404)]:
        assert cast[who].post(address(name, project)).status_code == status, who
    page = cast["viewer"].get(address("aliases", project)).text
    assert "Known names" in page and "Take names over" not in page


def test_locked_books_keep_their_names(project, owner):
    chosen = seen(project, "SQ ROYAL", "CRYSTAL FOODS")
    lifecycle.lock_project(project=project, actor=project.created_by)
    file = upload(json.dumps(FILE).encode())
    for name, posted in [
        ("aliases_remove", {"names": [chosen.pk]}),
        ("aliases_json", {"aliases": file}),
    ]:
        assert "is locked" in said(owner.post(address(name, project), posted))
    assert "Remove the chosen" not in owner.get(address("aliases", project)).text
    assert standing(project) == {("SQ ROYAL", "CRYSTAL FOODS"): 2}


@pytest.mark.parametrize(
    "attack",
    ["UPDATE reconciliation_namesighting SET by_hand = 9", "TRUNCATE reconciliation_namesighting",
     "DELETE FROM reconciliation_namesighting"],
)  # fmt: skip
def test_sightings_are_written_once_and_leave_only_with_their_project(project, attack):
    seen(project, "SQ ROYAL", "CRYSTAL FOODS")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


def test_sighting_is_of_a_run_of_its_own_project_and_of_open_books(project):
    foreign = MatchRun.objects.create(project=factories.make_project(), made_by=project.created_by)
    with pytest.raises(DatabaseError), transaction.atomic():
        seen(project, "SQ ROYAL", "CRYSTAL FOODS", run=foreign)
    lifecycle.lock_project(project=project, actor=project.created_by)
    with pytest.raises(DatabaseError), transaction.atomic():
        seen(project, "SQ ROYAL", "CRYSTAL FOODS")


@pytest.fixture
def distrusted(project):
    """A run whose first rule was undone three times by somebody else."""
    rows = [(f"2025-12-0{n}", 500 + n, "Rent") for n in range(1, 4)]
    sides = [factories.make_lines(project, side, *rows) for side in Side]
    report = {"matched": {"amount_and_date": {"groups": 120}}}
    run = MatchRun.objects.create(
        project=project, made_by=project.created_by, finished_at=Now(), report=report
    )
    pairs = [
        groups.NewGroup([(b.id, b.amount_minor)], [(e.id, e.amount_minor)], "amount_and_date")
        for b, e in zip(*sides, strict=True)
    ]
    made = groups.record_groups(
        project=project, actor=run.made_by, method=MatchMethod.AUTO, groups=pairs, run=run
    )
    for group in made:
        groups.reverse_group(
            project=project, actor=factories.make_user(), group_id=group, reason="Wrong"
        )


def test_rule_that_people_undid_is_named_and_trusted_again(project, owner, distrusted):
    sentence = "“Same amount, close dates” only suggests: 3 of its 120 matches were undone."
    assert sentence in owner.get(address("matching", project)).text
    response = owner.post(address("rule_trust", project), {"rule": "amount_and_date"})
    assert response["Location"] == address("matching", project)
    assert sentence not in owner.get(address("matching", project)).text
    event = audit.events_of(project).last()
    assert (event.action, event.subject) == ("rule.trusted", "rule:amount_and_date")
    assert "not one of the rules" in said(owner.post(address("rule_trust", project), {"rule": "x"}))


def test_run_page_names_what_the_run_went_by(project, owner):
    memory = Memory(
        {("SQ ROYAL", "CRYSTAL FOODS"): 3.0}, {"reversal": 3}, {"reversal": 9}, 0.8, 230
    )
    known, learned = ["SQ ROYAL", "CRYSTAL FOODS"], ["ZENITHSECU", "HERITAGE BAKERY"]
    before = MatchRun.objects.create(project=project, made_by=project.created_by)
    report = {"aliases": [known, learned], "unchanged_since": str(before.pk)}
    run = MatchRun.objects.create(
        project=project, made_by=project.created_by, finished_at=Now(),
        memory=memory.to_json(), report=report,
    )  # fmt: skip
    page = owner.get(run.get_absolute_url()).text
    assert "Names it went by: 2, 1 of them learned in this run" in page
    assert "“Reversal on one side” only suggests: 3 of its 9 matches were undone." in page
    assert "follow the 230 suggestions accepted or declined" in page
    assert "Nothing had changed." in page and before.get_absolute_url() in page

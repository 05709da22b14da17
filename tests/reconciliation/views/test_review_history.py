"""The matched history, one group, unmatching, and the queue of suggestions."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects import lifecycle
from projects.models import AuditEvent
from reconciliation.models import Adjustment, MatchGroup, MatchRun, OpenItem, Suggestion
from reconciliation.vocabulary import MatchMethod, Side
from tests import factories
from tests.actors import cast_of
from tests.reconciliation.views.pages import address

pytestmark = pytest.mark.django_db

DAY = "2025-12-01"


@pytest.fixture
def project():
    return factories.make_project(factories.make_user("alice"))


def make_pair(project, amount=6000, text="Meyer"):
    [bank] = factories.make_lines(project, Side.BANK, (DAY, amount, text))
    [ledger] = factories.make_lines(project, Side.LEDGER, (DAY, amount, text))
    return bank, ledger


def make_match(project, method=MatchMethod.MANUAL, **pair) -> uuid.UUID:
    bank, ledger = make_pair(project, **pair)
    return factories.make_group(project, [bank], [ledger], method)


def make_suggestion(project, gap=0, probability=0.8, text="Meyer") -> Suggestion:
    [bank] = factories.make_lines(project, Side.BANK, (DAY, 6000, text))
    [ledger] = factories.make_lines(project, Side.LEDGER, ("2025-12-03", 6000 - gap, text))
    return Suggestion.objects.create(
        project=project,
        run=MatchRun.objects.create(project=project, made_by=project.created_by),
        rule="name_with_difference" if gap else "amount_and_date",
        evidence={"lag_days": -2},
        probability=probability,
        rank=1,
        bank_line_ids=[bank.id],
        ledger_line_ids=[ledger.id],
        difference_minor=gap,
    )


def queries_of(client, path) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)


def test_empty_history_teaches(project, owner):
    assert "Nothing matched yet" in owner.get(address("match_groups", project)).text


@pytest.mark.parametrize(
    "query, shown",
    [
        ({}, 2),
        ({"method": "auto"}, 1),
        ({"method": "manual", "status": "live"}, 1),
        ({"status": "reversed"}, 0),
        ({"rule": "by_hand"}, 2),
        ({"rule": "reversal"}, 0),
        ({"at": "rubbish", "method": "magic"}, 2),
    ],
)
def test_history_lists_what_fits(project, owner, query, shown):
    make_match(project)
    make_match(project, MatchMethod.AUTO)
    make_match(factories.make_project())
    page = owner.get(address("match_groups", project), query).text
    assert page.count("Matched by hand</td>") == shown


def test_who_matched_and_left_is_still_offered(project):
    make_match(project)
    viewer = cast_of(project)["viewer"]
    alice = project.created_by
    project.memberships.get(user=alice).delete()
    page = viewer.get(address("match_groups", project), {"who": alice.pk}).text
    assert f'<option value="{alice.pk}" selected>' in page and "Meyer" in page


def test_history_costs_the_same_for_few_and_many_groups(project, owner):
    make_match(project)
    few = queries_of(owner, address("match_groups", project))
    make_match(project), make_match(project)
    assert queries_of(owner, address("match_groups", project)) == few <= 10


def test_group_page_tells_lines_why_who_and_when(project, owner):
    group_id = make_match(project)
    page = owner.get(address("match_group", project, group_id)).text
    for words in ("Matched by hand.", "by alice", "Meyer", "Manually Reconciled", "Unmatch"):
        assert words in page


def test_unmatch_opens_the_lines_and_keeps_the_reason(project, owner):
    group_id = make_match(project)
    body = {"reason": "The wrong Meyer"}
    answer = owner.post(address("unmatch", project, group_id), body, follow=True)
    assert OpenItem.objects.count() == 2
    assert "by alice: The wrong Meyer" in answer.text
    assert "Undo" not in answer.text


def test_unmatch_tells_what_else_it_takes_back(project, owner):
    [fee] = factories.make_lines(project, Side.BANK, (DAY, -490, "Account fee"))
    post_entry(owner, project, bank=[fee.id])
    fee_group = MatchGroup.objects.get()
    page = owner.get(fee_group.get_absolute_url()).text
    assert "The entry to post shown above is taken back" in page and "had settled" not in page
    [line] = factories.make_lines(project, Side.LEDGER, ("2026-01-02", -490, "Fee of December"))
    entry = Adjustment.objects.get()
    owner.post(address("entry_settle", project, entry.pk), {"line_id": line.id})
    page = owner.get(fee_group.get_absolute_url()).text
    assert "it is unmatched with it" in " ".join(page.split()) and "Fee of December" in page
    posted = MatchGroup.objects.exclude(id=fee_group.id).get()
    assert "counts as not posted again" in owner.get(posted.get_absolute_url()).text


def test_unmatch_wants_a_reason(project, owner):
    group_id = make_match(project)
    answer = owner.post(address("unmatch", project, group_id), {"reason": " "}, follow=True)
    assert "Say why" in answer.text
    assert OpenItem.objects.count() == 0


def test_unmatch_by_script_answers_json(project, owner):
    path = address("unmatch", project, make_match(project))
    body = {"reason": "Undone"}
    assert owner.post(path, body, "application/json").json()["status"] == "reversed"
    assert owner.post(path, body, "application/json").status_code == 409


@pytest.mark.parametrize("name", ["match", "notes", "adjustments"])
@pytest.mark.parametrize("body", ["{bank: 1", "[1, 2]", '"text"'])
def test_what_is_no_json_object_is_refused_with_a_sentence_on_the_json(project, owner, name, body):
    answer = owner.post(address(name, project), body, "application/json")
    assert answer.status_code == 400 and "JSON" in answer.json()["error"]


def test_address_after_accepting_has_no_idle_question_mark(project, owner):
    answer = owner.post(address("suggestion_accept", project, make_suggestion(project).pk))
    assert answer["Location"] == address("suggestions", project)


def test_groups_of_others_do_not_exist(project, owner):
    theirs = make_match(factories.make_project())
    assert owner.get(address("match_group", project, theirs)).status_code == 404
    body = {"reason": "x"}
    assert owner.post(address("unmatch", project, theirs), body).status_code == 404
    assert MatchGroup.objects.live().count() == 1


def test_queue_shows_the_likeliest_first_with_its_reason(project, owner):
    make_suggestion(project, probability=0.6, text="Second")
    make_suggestion(project, probability=0.9, text="First")
    page = owner.get(address("suggestions", project)).text
    assert page.index("First") < page.index("Second")
    assert "bank 2 days earlier" in page and "90.0 % likely" in page


def test_queue_costs_the_same_for_few_and_many_suggestions(project, owner):
    make_suggestion(project)
    few = queries_of(owner, address("suggestions", project))
    make_suggestion(project), make_suggestion(project)
    assert queries_of(owner, address("suggestions", project)) == few <= 8


def test_accepting_matches_the_lines_under_the_suggestions_rule(project, owner):
    suggestion = make_suggestion(project)
    path = address("suggestion_accept", project, suggestion.pk)
    assert "Accepted and matched." in owner.post(path, follow=True).text
    group = MatchGroup.objects.select_related("recording").get()
    assert (group.rule, group.recording.method) == ("amount_and_date", "manual")
    assert Suggestion.objects.get().state == "accepted"
    assert "was accepted before" in owner.post(path, follow=True).text


def test_accepted_difference_becomes_an_entry_to_post(project, owner):
    suggestion = make_suggestion(project, gap=25)
    owner.post(address("suggestion_accept", project, suggestion.pk))
    entry = Adjustment.objects.get()
    assert (entry.side, entry.amount_minor, str(entry.booked_on)) == ("ledger", 25, "2025-12-03")
    page = owner.get(MatchGroup.objects.get().get_absolute_url()).text
    assert "Entry to post: Same name, close amount" in page


def test_accepted_difference_is_told_in_the_trail(project, owner):
    owner.post(address("suggestion_accept", project, make_suggestion(project, gap=25).pk))
    event = AuditEvent.objects.get(project=project, action="adjustment.recorded")
    assert event.changes["after"]["amount_minor"] == 25
    assert event.subject == f"match_group:{MatchGroup.objects.get().id}"


def test_declining_is_remembered_and_opens_nothing(project, owner):
    suggestion = make_suggestion(project)
    owner.post(address("suggestion_decline", project, suggestion.pk))
    assert Suggestion.objects.get().state == "declined"
    assert OpenItem.objects.count() == 2
    assert "No suggestion waits" in owner.get(address("suggestions", project)).text


def test_suggestion_whose_line_was_matched_is_not_offered(project, owner):
    suggestion = make_suggestion(project)
    make_suggestion(project, text="Still there")
    [spare] = factories.make_lines(project, Side.LEDGER, (DAY, 6000, "Spare"))
    line = OpenItem.objects.get(line_id=suggestion.bank_line_ids[0])
    line.id = line.line_id
    factories.make_group(project, [line], [spare])
    page = owner.get(address("suggestions", project)).text
    assert "Still there" in page and "Meyer" not in page
    path = address("suggestion_accept", project, suggestion.pk)
    assert "was matched by alice" in owner.post(path, follow=True).text


def test_locked_books_take_no_decision(project, owner):
    suggestion = make_suggestion(project)
    lifecycle.lock_project(project=project, actor=project.created_by)
    for verb in ("accept", "decline"):
        path = address(f"suggestion_{verb}", project, suggestion.pk)
        assert "is locked" in owner.post(path, follow=True).text


def test_people_by_role(project):
    group_id, suggestion = make_match(project), make_suggestion(project)
    cast = cast_of(project)
    reads = [address(name, project) for name in ("match_groups", "suggestions")]
    for path in (*reads, address("match_group", project, group_id)):
        answers = {name: client.get(path).status_code for name, client in cast.items()}
        assert [name for name, status in answers.items() if status == 404] == [
            "stranger",
            "elsewhere",
        ]
        assert answers["anonymous"] == 302 and answers["viewer"] == 200
    for path in (
        address("unmatch", project, group_id),
        address("suggestion_decline", project, suggestion.pk),
        address("suggestion_accept", project, uuid.uuid4()),
    ):
        assert cast["viewer"].post(path).status_code == 403
        assert cast["stranger"].post(path).status_code == 404
        assert cast["owner"].get(path).status_code == 405
    assert MatchGroup.objects.live().count() == 1


def post_entry(client, project, bank=(), ledger=(), **fields):
    """Post chosen lines with the reason of their difference."""
    body = {"bank": bank, "ledger": ledger, "reason": "Bank fee"} | fields
    return client.post(address("adjustments", project), body, follow=True)


def test_bank_fee_is_matched_with_an_entry_to_post(project, owner):
    [fee] = factories.make_lines(project, Side.BANK, (DAY, -490, "Account fee"))
    answer = post_entry(owner, project, bank=[fee.id], note="December")
    assert "Matched, with an entry to post over the difference." in answer.text
    entry = Adjustment.objects.get()
    assert (entry.side, entry.amount_minor, entry.reason) == ("ledger", -490, "Bank fee")
    assert OpenItem.objects.count() == 0
    page = owner.get(address("adjustments", project)).text
    assert "December" in page and page.count('data-minor="-490"') == 2
    audit_page = owner.get(reverse("projects:audit", args=[project.pk])).text
    assert "−4.90" in audit_page and "Bank fee" in audit_page


def test_entry_goes_with_its_group(project, owner):
    [fee] = factories.make_lines(project, Side.BANK, (DAY, -490, "Account fee"))
    post_entry(owner, project, bank=[fee.id])
    owner.post(address("unmatch", project, MatchGroup.objects.get().id), {"reason": "no fee"})
    assert "No entry to post" in owner.get(address("adjustments", project)).text
    assert OpenItem.objects.count() == 1


def test_entry_needs_lines_a_difference_and_a_reason(project, owner):
    bank, ledger = make_pair(project)
    assert "Choose the lines" in post_entry(owner, project).text
    balanced = post_entry(owner, project, [bank.id], [ledger.id])
    assert "The chosen lines balance" in balanced.text
    wrong = post_entry(owner, project, [bank.id], reason="because")
    assert "because is not one of the available choices" in wrong.text
    assert OpenItem.objects.count() == 2


def test_same_key_posts_one_entry(project, owner):
    [fee] = factories.make_lines(project, Side.BANK, (DAY, -490, "Account fee"))
    key = uuid.uuid4()
    for _ in range(2):
        post_entry(owner, project, bank=[fee.id], key=key)
    assert Adjustment.objects.count() == 1


def test_entries_by_role(project):
    path = address("adjustments", project)
    cast = cast_of(project)
    read = {name: client.get(path).status_code for name, client in cast.items()}
    assert (read["anonymous"], read["stranger"], read["viewer"]) == (302, 404, 200)
    written = {name: client.post(path).status_code for name, client in cast.items()}
    assert (written["stranger"], written["reviewer"], written["editor"]) == (404, 403, 303)

"""Matching by hand: what is recorded, what is refused and with which sentence, and races."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import connection

from projects import lifecycle
from reconciliation import errors, groups
from reconciliation.models import MatchGroup, MatchMember, OpenItem
from reconciliation.review.manual_match import match_lines
from reconciliation.transactions import open_books
from reconciliation.vocabulary import Side
from tests import factories
from tests.config.processes import PATIENCE_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project():
    return factories.make_project(factories.make_user("alice"))


@pytest.fixture
def lines(project):
    """Bank 60.00, 40.00 and 7.00; ledger 100.00 and −7.00, 7.00."""
    days = "2025-12-01"
    bank = factories.make_lines(
        project, Side.BANK, (days, 6000, "A"), (days, 4000, "B"), (days, 700, "C")
    )
    ledger = factories.make_lines(
        project, Side.LEDGER, (days, 10000, "AB"), (days, -700, "R"), (days, 700, "C")
    )
    return [line.id for line in bank], [line.id for line in ledger]


def match(project, bank, ledger, key=None) -> uuid.UUID:
    actor = project.created_by
    return match_lines(project=project, actor=actor, bank_ids=bank, ledger_ids=ledger, key=key)


def test_lines_that_balance_become_one_group(project, lines):
    bank, ledger = lines
    group_id = match(project, bank[:2], ledger[:1])
    members = MatchMember.objects.filter(group_id=group_id).values_list("line_id", "method")
    assert set(members) == {(i, "manual") for i in (*bank[:2], ledger[0])}
    assert MatchGroup.objects.get(id=group_id).rule == "by_hand"


def test_one_side_that_nets_to_zero_is_a_contra(project, lines):
    match(project, [], lines[1][1:])
    assert OpenItem.objects.filter(side="ledger").count() == 1


def test_difference_is_refused_with_its_figures(project, lines):
    with pytest.raises(errors.OutOfBalance) as refusal:
        match(project, lines[0][:1], lines[1][:1])
    assert str(refusal.value) == (
        "The chosen lines do not net to 0.00: bank 60.00, ledger 100.00, difference −40.00."
    )


def test_bad_selections_are_refused(project, lines):
    bank, ledger = lines
    for chosen in (([], []), (bank[:1], []), ([bank[0], bank[0]], ledger[:1])):
        with pytest.raises(errors.NothingSelected):
            match(project, *chosen)
    with pytest.raises(errors.NothingSelected, match="at most"):
        match(project, range(1, 6000), [])


def test_lines_not_in_these_books_are_unknown(project, lines):
    [foreign] = factories.make_lines(
        factories.make_project(), Side.LEDGER, ("2025-12-01", 6000, "theirs")
    )
    bank, _ = lines
    for ledger in ([foreign.id], [10**30], [0], [-4], [bank[1]]):
        with pytest.raises(errors.UnknownLines):
            match(project, bank[:1], ledger)


def test_conflict_says_who_matched_the_line_and_when(project, lines):
    bank, ledger = lines
    match(project, bank[:2], ledger[:1])
    with pytest.raises(errors.AlreadyMatched) as refusal:
        match(project, bank[:2], ledger[:1])
    sentence = str(refusal.value)
    assert sentence.startswith("The bank transaction of 1 Dec 2025 over ")
    assert "was matched by alice on " in sentence
    assert sentence.endswith("2 more of the chosen lines are matched too.")


def test_same_key_again_gives_the_same_group(project, lines):
    bank, ledger = lines
    key = uuid.uuid4()
    first = match(project, bank[:2], ledger[:1], key)
    assert match(project, bank[:2], ledger[:1], key) == first
    assert MatchGroup.objects.count() == 1


def test_key_of_another_match_is_refused(project, lines):
    bank, ledger = lines
    key = uuid.uuid4()
    match(project, bank[:2], ledger[:1], key)
    with pytest.raises(errors.WrongState):
        match(project, bank[2:], ledger[2:], key)


def test_locked_books_take_no_match(project, lines):
    lifecycle.lock_project(project=project, actor=project.created_by)
    with pytest.raises(errors.ProjectLocked):
        match(project, lines[0][2:], lines[1][2:])


def test_books_somebody_else_holds_are_being_recorded(project, lines, monkeypatch):
    monkeypatch.setattr("reconciliation.transactions.LOCK_TIMEOUT", "100ms")
    held, tried = threading.Event(), threading.Event()

    def hold_the_books() -> None:
        with open_books(project):
            held.set()
            tried.wait(PATIENCE_SECONDS)
        connection.close()

    holder = threading.Thread(target=hold_the_books)
    holder.start()
    held.wait(PATIENCE_SECONDS)
    with pytest.raises(errors.BeingRecorded) as refusal:
        match(project, lines[0][2:], lines[1][2:])
    tried.set()
    holder.join()
    assert (refusal.value.http_status, MatchGroup.objects.count()) == (409, 0)


def test_unmatched_lines_can_be_matched_again(project, lines):
    bank, ledger = lines
    group_id = match(project, bank[2:], ledger[2:])
    groups.reverse_group(
        project=project, actor=project.created_by, group_id=group_id, reason="wrong"
    )
    assert match(project, bank[2:], ledger[2:]) != group_id


def at_once(*calls) -> list:
    """Run the calls in threads that start together; return results and refusals."""
    answers, start = [], threading.Barrier(len(calls))

    def run(call) -> None:
        start.wait()
        try:
            answers.append(call())
        except errors.Refusal as refusal:
            answers.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_two_people_one_line_one_wins_and_the_other_is_told(project, lines):
    bank, ledger = lines

    def try_it():
        return match(project, bank[:2], ledger[:1])

    answers = at_once(*[try_it] * 4)
    refusals = [answer for answer in answers if isinstance(answer, errors.Refusal)]
    assert len(refusals) == 3
    assert {refusal.http_status for refusal in refusals} == {409}
    assert MatchGroup.objects.count() == 1


def test_one_key_sent_several_times_at_once_is_recorded_once(project, lines):
    bank, ledger = lines
    key = uuid.uuid4()
    answers = at_once(*[lambda: match(project, bank[:2], ledger[:1], key)] * 4)
    [group] = MatchGroup.objects.all()
    told = [answer for answer in answers if isinstance(answer, errors.Refusal)]
    assert {answer for answer in answers if answer not in told} == {group.id}
    assert told == []

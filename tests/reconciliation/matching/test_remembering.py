"""What a project remembers of what people and runs matched, and of what they took back."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db.models.functions import Now

from projects import lifecycle
from reconciliation import groups
from reconciliation.ingestion import undo
from reconciliation.matching import calibration, decisions, remembering, rule_record
from reconciliation.matching.lessons import Lesson
from reconciliation.matching.memory import Memory
from reconciliation.matching.remembering import freeze_memory, memory_of, remember_run
from reconciliation.matching.rule_record import demotions, trust_rule
from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.runs import make_run, undo_run
from reconciliation.models import MatchGroup, MatchRun, Suggestion
from reconciliation.review import suggestions
from reconciliation.vocabulary import MatchMethod, Side
from tests import factories

pytestmark = pytest.mark.django_db

ALIAS = ("ZENITHSECU", "HERITAGE BAKERY")
WORKS = [f"bill{letter}ton works" for letter in "abcdefghijklmnopqrstuvwxyz"]


@pytest.fixture
def project():
    return factories.make_project()


@pytest.fixture
def at_once(monkeypatch):
    """However slow the machine is, what a test does counts as done at once."""
    monkeypatch.setattr(rule_record, "SLIP", dt.timedelta(days=1))


@pytest.fixture
def sides(project):
    """Twenty-six lines of other names on either side, and behind them four of one alias."""
    other = [(f"2025-12-{1 + n % 28:02d}", 7_000 + 13 * n, name) for n, name in enumerate(WORKS)]
    bank = [(f"2025-12-{n:02d}", 500 + n, "zenithsecu") for n in range(1, 5)]
    ledger = [(day, minor, "Heritage Bakery") for day, minor, _ in bank]
    return (
        factories.make_lines(project, Side.BANK, *other, *bank)[26:],
        factories.make_lines(project, Side.LEDGER, *other, *ledger)[26:],
    )


def by_hand(project, sides, number):
    return factories.make_group(project, [sides[0][number]], [sides[1][number]])


def unmatch(project, group_id, actor=None):
    actor = actor or factories.make_user()
    groups.reverse_group(project=project, actor=actor, group_id=group_id, reason="Not the same")


def matched_by_run(project, sides, rule, counted=5_000):
    """Return the groups of a finished run that matched all pairs by the rule, and ``counted``."""
    run = MatchRun.objects.create(
        project=project,
        made_by=project.created_by,
        finished_at=Now(),
        report={"matched": {rule: {"groups": counted}}},
    )
    pairs = [
        groups.NewGroup([(one.id, one.amount_minor)], [(other.id, other.amount_minor)], rule)
        for one, other in zip(*sides, strict=True)
    ]
    return groups.record_groups(
        project=project, actor=run.made_by, method=MatchMethod.AUTO, groups=pairs, run=run
    )


def next_run(project) -> MatchRun:
    """Return a run that has just been asked for, its memory frozen."""
    run = make_run(project=project, actor=project.created_by, ruleset=Ruleset())
    freeze_memory(run)
    run.refresh_from_db()
    return run


def known(project):
    return Memory.from_json(next_run(project).memory).aliases


def test_matches_by_hand_teach_with_weight_two_and_only_once(project, sides):
    by_hand(project, sides, 0)
    assert known(project) == {ALIAS: 2}
    by_hand(project, sides, 1)
    assert known(project) == {ALIAS: 4}
    assert known(project) == {ALIAS: 4}


def test_run_teaches_with_weight_one_until_it_is_undone(project):
    run = next_run(project)
    remember_run(run, [Lesson(*ALIAS, 3, False)])
    MatchRun.objects.update(finished_at=Now())
    assert memory_of(project).aliases == {ALIAS: 3}
    undo_run(project=project, actor=project.created_by, run=run, reason="Wrong rules")
    assert memory_of(project).aliases == {}


def undo_import(line):
    file = line.source_file
    undo.undo_import(source_file=file, reason="Wrong file", by=file.uploaded_by)


@pytest.fixture
def two_files(project):
    """A bank line of the alias in each of two files, and their entries in one."""
    others = [(f"2025-12-{1 + n:02d}", 7_000 + 13 * n, name) for n, name in enumerate(WORKS)]
    days = [("2025-12-03", 501), ("2025-12-04", 502)]
    *_, first = factories.make_lines(project, Side.BANK, *others, (*days[0], "zenithsecu"))
    [second] = factories.make_lines(project, Side.BANK, (*days[1], "zenithsecu"))
    entries = [(*day, "Heritage Bakery") for day in days]
    return [first, second], factories.make_lines(project, Side.LEDGER, *others, *entries)[26:]


def test_what_a_match_by_hand_taught_goes_with_the_import_of_its_lines(project, two_files):
    for number in range(2):
        by_hand(project, two_files, number)
    assert known(project) == {ALIAS: 4}
    undo_import(two_files[0][1])
    assert known(project) == {ALIAS: 2}
    undo_import(two_files[0][0])
    assert known(project) == {}


def test_what_a_run_taught_goes_with_the_last_of_its_matches(project, two_files):
    """As long as others of its matches stand, so does what the run learned of all."""
    matched_by_run(project, two_files, "amount_and_number")
    remember_run(MatchRun.objects.get(), [Lesson(*ALIAS, 9, False)])
    undo_import(two_files[0][1])
    assert memory_of(project).aliases == {ALIAS: 9}
    undo_import(two_files[0][0])
    assert memory_of(project).aliases == {}


def test_unmatch_takes_back_what_was_seen_before_it_not_after(project, sides):
    first = by_hand(project, sides, 0)
    by_hand(project, sides, 1)
    assert known(project) == {ALIAS: 4}
    unmatch(project, first)
    assert known(project) == {}
    by_hand(project, sides, 2)
    assert known(project) == {ALIAS: 2}


def test_match_unmatched_before_the_next_run_takes_earlier_ones_back_too(project, sides):
    by_hand(project, sides, 0)
    unmatch(project, by_hand(project, sides, 1))
    by_hand(project, sides, 2)
    assert known(project) == {ALIAS: 2}


def test_slip_undone_at_once_by_the_same_person_takes_nothing_back(project, sides, at_once):
    by_hand(project, sides, 0)
    unmatch(project, by_hand(project, sides, 1), actor=project.created_by)
    assert known(project) == {ALIAS: 2}


def test_unmatch_of_a_match_by_a_run_takes_the_alias_back(project, sides):
    remember_run(next_run(project), [Lesson(*ALIAS, 9, False)])
    unmatch(project, matched_by_run(project, sides, "amount_and_number")[0])
    assert known(project) == {}


def test_memory_keeps_the_aliases_of_most_weight(project, monkeypatch):
    names = [Lesson(f"BANK {n}", f"LEDGER {n}", n, False) for n in range(1, 6)]
    remember_run(next_run(project), names)
    monkeypatch.setattr(remembering, "MOST_ALIASES", 2)
    assert memory_of(project).aliases == {("BANK 5", "LEDGER 5"): 5, ("BANK 4", "LEDGER 4"): 4}


def test_foreign_history_teaches_nothing(project, sides):
    other = factories.make_project()
    by_hand(project, sides, 0)
    assert known(other) == {}


def test_three_unmatches_demote_a_rule_until_it_is_trusted_again(project, sides):
    made = matched_by_run(project, sides, "amount_and_date", counted=5_000)
    for group_id in made[:2]:
        unmatch(project, group_id)
    assert demotions(project) == []
    unmatch(project, made[2])
    [demotion] = demotions(project)
    assert (demotion.rule, demotion.undone, demotion.made) == ("amount_and_date", 3, 5_000)
    assert Memory.from_json(next_run(project).memory).undone == {"amount_and_date": 3}
    assert trust_rule(project=project, actor=project.created_by, rule="amount_and_date")
    assert demotions(project) == []
    assert not trust_rule(project=project, actor=project.created_by, rule="amount_and_date")


def test_one_unmatch_of_few_is_error_enough(project, sides):
    unmatch(project, matched_by_run(project, sides, "amount_and_date", counted=10)[0])
    assert [each.sentence for each in demotions(project)] == [
        "“Same amount, close dates” only suggests: 1 of its 10 matches was undone."
    ]


def test_undoing_the_whole_run_is_no_error_of_its_rules(project, sides):
    made = matched_by_run(project, sides, "amount_and_date")
    for group_id in made[:3]:
        unmatch(project, group_id)
    run = MatchRun.objects.get()
    undo_run(project=project, actor=project.created_by, run=run, reason="Wrong file")
    assert demotions(project) == []


def test_unmatch_taken_back_at_once_is_no_error_of_the_rule(project, sides, at_once):
    made = matched_by_run(project, sides, "amount_and_date")
    for number in range(3):
        unmatch(project, made[number], actor=project.created_by)
        by_hand(project, sides, number)
    assert demotions(project) == []


def test_unmatch_matched_again_later_or_by_somebody_else_is_one(project, sides):
    made = matched_by_run(project, sides, "amount_and_date")
    for number in range(3):
        unmatch(project, made[number])
        by_hand(project, sides, number)
    assert demotions(project)[0].undone == 3


def test_unmatch_of_a_match_by_hand_is_no_error_of_a_rule(project, sides):
    for number in range(3):
        unmatch(project, by_hand(project, sides, number))
    assert demotions(project) == []


def test_unmatch_of_an_older_match_by_the_same_person_is_no_slip(project, sides, monkeypatch):
    by_hand(project, sides, 0)
    made = by_hand(project, sides, 1)
    monkeypatch.setattr(rule_record, "SLIP", dt.timedelta(seconds=-1))
    unmatch(project, made, actor=project.created_by)
    assert known(project) == {}


@pytest.fixture
def decided(project, sides, monkeypatch):
    """Four suggestions of 0.9, three of them accepted, one declined; four are enough here."""
    monkeypatch.setattr(decisions, "LEAST_DECISIONS", 4)
    monkeypatch.setattr(calibration, "LEAST_DECISIONS", 4)
    monkeypatch.setattr(calibration, "LEAST_EITHER", 1)
    run, actor = next_run(project), project.created_by
    for number, (bank, ledger) in enumerate(zip(*sides, strict=True)):
        suggestion = Suggestion.objects.create(
            project=project, run=run, rule="amount_and_name", probability=0.9, rank=1,
            bank_line_ids=[bank.id], ledger_line_ids=[ledger.id],
        )  # fmt: skip
        decide = suggestions.accept if number < 3 else suggestions.decline
        decide(project=project, actor=actor, suggestion_id=suggestion.pk)


def test_slope_is_fitted_to_what_people_decided(project, decided):
    memory = memory_of(project)
    assert (memory.slope, memory.decisions) == (pytest.approx(0.79, abs=0.02), 4)
    assert next_run(project).memory["slope"] == memory.slope


def test_accepted_suggestion_unmatched_later_was_wrong(project, decided):
    before = memory_of(project).slope
    unmatch(project, MatchGroup.objects.live().first().id)
    assert memory_of(project).slope < before


def test_accepted_suggestions_unmatched_are_no_errors_of_their_rule(project, decided):
    for group in MatchGroup.objects.live():
        unmatch(project, group.id)
    assert demotions(project) == []


def test_run_carried_out_again_keeps_the_memory_it_started_with(project, sides):
    run = next_run(project)
    by_hand(project, sides, 0)
    assert freeze_memory(run) == Memory.from_json(run.memory)
    assert known(project) == {ALIAS: 2}


def test_suggestions_a_reset_puts_aside_are_no_decisions(project, sides, decided):
    waiting = Suggestion.objects.first()
    waiting.pk, waiting.state = uuid.uuid4(), "pending"
    waiting.save(force_insert=True)
    lifecycle.reset_project(project=project, actor=project.created_by)
    assert memory_of(project).decisions == 4


def test_few_decisions_fit_nothing(project, decided, monkeypatch):
    monkeypatch.setattr(decisions, "LEAST_DECISIONS", 5)
    assert (memory_of(project).slope, memory_of(project).decisions) == (None, 4)

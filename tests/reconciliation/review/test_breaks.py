"""The breaks of one side: filtered, sorted, and paged without losing or repeating a line."""

from __future__ import annotations

import datetime as dt

import pytest

from reconciliation.ages import counted_to
from reconciliation.forms.filters import BreakFilterForm, Offered
from reconciliation.keyset import Cursor
from reconciliation.models import SearchBlock
from reconciliation.review.breaks import BreakFilter, OpenTotal, break_page, open_totals
from reconciliation.review.whole import total_of
from reconciliation.vocabulary import Side
from tests import factories

pytestmark = pytest.mark.django_db

MUELLER = "Müller & Söhne"
TODAY = dt.date(2025, 12, 31)
ROWS = [
    ("2025-12-03", 500, "Rent Meyer", "INV-7"),
    ("2025-12-01", -200, "Fee", ""),
    ("2025-12-03", 100, "rent Smith", "INV-8"),
    ("2025-12-02", 500, "Card 100%_off", "R-1"),
    ("2025-12-09", 900, MUELLER, ""),
]


@pytest.fixture
def project():
    project = factories.make_project()
    factories.make_lines(project, Side.BANK, *ROWS)
    factories.make_lines(project, Side.LEDGER, ("2025-12-03", 77, "Rent"))
    other = factories.make_project()
    factories.make_lines(other, Side.BANK, ("2025-12-03", 500, "Rent of others"))
    return project


def shown(project, **wanted) -> list[str]:
    page = break_page(project, Side.BANK, BreakFilter(**wanted), until=TODAY)
    return [row.line.description for row in page.rows]


@pytest.mark.parametrize(
    "sort, order",
    [
        ("date", ["Fee", "Card 100%_off", "Rent Meyer", "rent Smith", MUELLER]),
        ("-date", [MUELLER, "rent Smith", "Rent Meyer", "Card 100%_off", "Fee"]),
        ("amount", ["Fee", "rent Smith", "Rent Meyer", "Card 100%_off", MUELLER]),
        ("-amount", [MUELLER, "Card 100%_off", "Rent Meyer", "rent Smith", "Fee"]),
    ],
)
def test_breaks_come_in_the_wanted_order(project, sort, order):
    assert shown(project, sort=sort) == order


@pytest.mark.parametrize(
    "wanted, found",
    [
        ({"words": ("RENT",)}, ["Rent Meyer", "rent Smith"]),
        ({"words": ("rent", "inv-8")}, ["rent Smith"]),
        ({"words": ("%_",)}, ["Card 100%_off"]),
        ({"words": ("MÜLLER",)}, [MUELLER]),
        ({"words": ("ller",)}, [MUELLER]),
        ({"amounts": (500, -200)}, ["Fee", "Card 100%_off", "Rent Meyer"]),
        ({"lowest": 100, "highest": 499}, ["rent Smith"]),
        ({"highest": 0}, ["Fee"]),
        ({"first_on": dt.date(2025, 12, 3)}, ["Rent Meyer", "rent Smith", MUELLER]),
        ({"last_on": dt.date(2025, 12, 1)}, ["Fee"]),
        ({"words": ("nothing",)}, []),
    ],
)
def test_filter_keeps_what_fits(project, wanted, found):
    assert shown(project, **wanted) == found


@pytest.mark.parametrize("sort", ["date", "-date", "amount", "-amount"])
def test_pages_forward_and_back_show_every_line_once(project, sort):
    all_rows = shown(project, sort=sort)
    first = break_page(project, Side.BANK, BreakFilter(sort=sort), until=TODAY, length=3)
    assert first.previous is None
    wanted = BreakFilter(sort=sort, cursor=first.next)
    second = break_page(project, Side.BANK, wanted, until=TODAY, length=3)
    assert second.next is None
    seen = [row.line.description for page in (first, second) for row in page.rows]
    assert seen == all_rows
    wanted = BreakFilter(sort=sort, cursor=second.previous)
    back = break_page(project, Side.BANK, wanted, until=TODAY, length=3)
    assert [row.line.id for row in back.rows] == [row.line.id for row in first.rows]
    assert back.previous is None and back.next is not None


def test_page_behind_the_end_is_empty(project):
    wanted = BreakFilter(cursor=Cursor("after", "2099-01-01", "1"))
    assert break_page(project, Side.BANK, wanted, until=TODAY).rows == []


def test_matched_lines_are_no_breaks_and_leave_the_totals(project):
    bank = factories.make_lines(project, Side.BANK, ("2025-12-04", 77, "Gone"))
    [ledger] = [row.line for row in _ledger(project)]
    assert open_totals(project)[Side.BANK] == OpenTotal(6, 1877)
    factories.make_group(project, bank, [ledger])
    assert "Gone" not in shown(project)
    totals = {Side.BANK: OpenTotal(5, 1800), Side.LEDGER: OpenTotal(0, 0)}
    assert open_totals(project) == totals


def test_age_counts_to_the_period_end_or_to_the_latest_line(project):
    assert counted_to(project, today=TODAY) == dt.date(2025, 12, 9)
    assert [row.age_days for row in _ledger(project)] == [28]
    project.period_end = dt.date(2025, 12, 5)
    assert counted_to(project, today=TODAY) == dt.date(2025, 12, 5)
    assert counted_to(factories.make_project(), today=TODAY) == TODAY


def _ledger(project):
    return break_page(project, Side.LEDGER, BreakFilter(), until=TODAY).rows


def found_by(project, *words):
    page = break_page(project, Side.BANK, BreakFilter(words=words), until=TODAY)
    return [row.line.description for row in page.rows]


def test_rare_and_frequent_words_are_found_alike(project, monkeypatch):
    rare = {word: found_by(project, word) for word in ("rent", "MEYER", "müller", "r-1", "100%")}
    monkeypatch.setattr("reconciliation.review.breaks.FEW_BLOCKS", 0)
    assert rare == {word: found_by(project, word) for word in rare}
    assert rare["rent"] == ["Rent Meyer", "rent Smith"]


def test_search_looks_where_the_words_stand(project):
    many = [("2025-11-01", index, f"Number {index}") for index in range(1, 100)]
    factories.make_lines(project, Side.BANK, *many)
    blocks = SearchBlock.objects.in_project(project).on(Side.BANK).with_words(["NUMBER", "77"])
    [block] = blocks
    umlauts = SearchBlock.objects.in_project(project).with_words(["mÜller", "söhne"])
    assert [each.texts for each in umlauts] == [
        each for each in [umlauts[0].texts] if "SÖHNE" in each
    ]
    assert 0 < block.last_line_id - block.first_line_id < 32
    assert found_by(project, "number", "77") == ["Number 77"]


def test_of_files_that_came_in_together_each_has_its_own_breaks(project):
    files = [factories.make_source_file(project, Side.BANK) for _ in range(2)]
    for file, row in zip((files[0], files[1], files[0]), ROWS, strict=False):
        factories.copy_lines(file, [row])
    for file in files:
        factories.finish_import(file)
    query = {"bank_file": str(files[0].pk)}
    asked = BreakFilterForm(query, project=project, side=Side.BANK, offered=Offered.of(project))
    assert shown(project, **asked.wanted()) == [ROWS[0][2], ROWS[2][2]]


def test_lines_that_fit_are_counted_no_further_than_one_match_takes(project, monkeypatch):
    monkeypatch.setattr("reconciliation.review.whole.MOST_LINES", 2)
    fit = {
        word: total_of(project, Side.BANK, BreakFilter(words=(word,)), until=TODAY)
        for word in ("rent", "e")
    }
    assert fit == {"rent": OpenTotal(2, 600), "e": OpenTotal(2, 0, is_more=True)}

"""The workbench in a real Chromium: by keys alone, axe, a small screen, without JavaScript."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from reconciliation.models import LineDiagnosis, MatchGroup, MatchRun, Suggestion
from reconciliation.vocabulary import MatchMethod, Side
from tests import factories
from tests.actors import client_of
from tests.browser import ONLY_VIOLATIONS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clean_cache"),
]

BANK = [
    ("2025-12-01", 60000, "Meyer GmbH rent December", "INV-1001"),
    ("2025-12-02", 40000, "Smith Ltd consulting", "INV-1002"),
    ("2025-12-03", -500, "Account fee", ""),
    ("2025-12-04", 123456, "Card settlement with a long description that does not fit", "S-9"),
]
LEDGER = [
    ("2025-12-01", 60000, "Rent Meyer GmbH", "INV-1001"),
    ("2025-12-02", 40000, "Smith consulting", "INV-1002"),
    ("2025-12-05", 123000, "Card sales", "S-9"),
]


@pytest.fixture
def project():
    project = factories.make_project(factories.make_user("alice"), period_end="2025-12-31")
    factories.make_lines(project, Side.BANK, *BANK)
    factories.make_lines(project, Side.LEDGER, *LEDGER)
    return project


def visit(page: Page, project, name: str = "review", app: str = "reconciliation", *args) -> None:
    """Open a page of the project as its owner."""
    session = client_of(project.created_by).session
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key}
    if page.url == "about:blank":
        page.goto("/healthz")
    page.context.add_cookies([cookie | {"url": page.url}])
    page.goto(reverse(f"{app}:{name}", args=[project.pk, *args]))


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with the page as it is."""
    return [
        found["id"] for found in Axe().run(page, options=ONLY_VIOLATIONS).response["violations"]
    ]


def row_of(page: Page, text: str):
    return page.locator("tr[data-line]", has_text=text)


def state(page: Page):
    return page.locator("[data-difference-bar]")


def test_matching_by_keys_alone(page, project):
    visit(page, project)
    expect(page.locator("[data-match-button]")).to_be_disabled()
    for key in ("j", " ", "l", " "):
        page.keyboard.press(key)
    expect(state(page)).to_have_attribute("data-state", "balanced")
    page.keyboard.press("m")
    expect(page.locator("[data-outcome]")).to_have_text("Matched 2 lines. Press u to undo.")
    expect(page.locator("tr:focus")).to_contain_text("Smith consulting")
    expect(row_of(page, "Meyer GmbH rent December")).to_have_count(0)
    page.keyboard.press("u")
    expect(page.locator("tr:focus")).to_contain_text("Meyer GmbH rent December")
    assert MatchGroup.objects.get().reversal_reason == "Undone from the workbench"


def test_candidate_is_taken_by_one_key(page, project):
    visit(page, project)
    page.keyboard.press("j")
    expect(page.locator("[data-dock]")).to_contain_text("amount =")
    page.keyboard.press("1")
    expect(state(page)).to_have_attribute("data-state", "balanced")
    assert violations(page) == []
    page.keyboard.press("m")
    expect(page.locator("tr[data-line]")).to_have_count(5)
    expect(page.locator("[data-dock-body]")).to_contain_text("Smith Ltd consulting")


def test_lines_that_sum_to_a_line_are_taken_together(page, project):
    factories.make_lines(project, Side.LEDGER, ("2025-12-02", 100000, "Meyer and Smith", ""))
    visit(page, project)
    page.get_by_role("link", name="Meyer and Smith").click()
    page.keyboard.press("s")
    expect(page.locator("[data-dock]")).to_contain_text("Exactly one group")
    page.keyboard.press("1")
    expect(page.locator("[data-bank-count]")).to_have_text("2")
    expect(state(page)).to_have_attribute("data-state", "balanced")
    assert violations(page) == []


def test_difference_is_shown_and_spoken(page, project):
    visit(page, project)
    page.get_by_label("Card settlement").check()
    page.get_by_label("Card sales").check()
    expect(page.locator("[data-difference]")).to_have_text("4.56")
    expect(page.locator("[data-difference-spoken]")).to_have_text(
        "Bank 1,234.56, ledger 1,230.00, difference 4.56."
    )
    page.keyboard.press("m")
    expect(page.locator("[data-refusal]")).to_contain_text("the difference is 4.56")


def test_choice_survives_a_filter(page, project):
    visit(page, project)
    page.get_by_label("Meyer GmbH rent").check()
    page.keyboard.press("/")
    page.keyboard.type("fee")
    page.keyboard.press("Enter")
    expect(page.locator("[data-elsewhere]")).to_contain_text("Meyer GmbH rent December 600.00")
    page.get_by_role("checkbox", name="Rent Meyer GmbH").check()
    page.get_by_role("button", name="Match Selected").click()
    expect(page.locator("[data-outcome]")).to_contain_text("Matched 2 lines.")
    assert "bank_q=fee" in page.url


def test_line_somebody_else_matched_is_refused_with_a_sentence(page, project):
    visit(page, project)
    page.get_by_label("Meyer GmbH rent").check()
    page.get_by_role("checkbox", name="Rent Meyer GmbH").check()
    lines = {side: project.source_files.get(side=side).lines.order_by("id") for side in Side}
    factories.make_group(project, [lines[Side.BANK][0]], [lines[Side.LEDGER][0]])
    page.keyboard.press("m")
    expect(page.locator("[data-refusal]")).to_contain_text("was matched by alice on")
    expect(page.locator("[data-difference-bar]")).to_have_attribute("data-state", "balanced")


def test_shift_click_chooses_a_range_and_clear_empties_it(page, project):
    visit(page, project)
    boxes = page.locator('[data-side="bank"] input[type=checkbox]')
    boxes.first.click()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(page.locator("[data-bank-count]")).to_have_text("3")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("[data-bank-count]")).to_have_text("0")
    page.get_by_label("Choose all shown: Ledger Breaks").check()
    expect(page.locator("[data-ledger-count]")).to_have_text("3")


def test_fee_is_matched_with_an_entry_to_post(page, project):
    visit(page, project)
    page.get_by_label("Account fee").check()
    page.keyboard.press("e")
    assert violations(page) == []
    page.locator("[data-entry] [name=reason]").select_option("Bank fee")
    page.locator("[data-entry] [name=note]").fill("December")
    page.get_by_role("button", name="Match with an entry").click()
    expect(page.get_by_role("status").first).to_contain_text("with an entry to post")
    expect(row_of(page, "Account fee")).to_have_count(0)
    expect(page.locator("[data-elsewhere]")).to_be_hidden()
    page.get_by_role("link", name="Entries to post").click()
    expect(page.get_by_text("Bank fee")).to_be_visible()


def test_note_is_written_on_the_chosen_lines(page, project):
    visit(page, project)
    page.get_by_label("Account fee").check()
    page.keyboard.press("n")
    assert violations(page) == []
    form = page.locator("[data-note]")
    form.get_by_label("Reason").select_option("bank_fee")
    form.get_by_role("button", name="Write the note").click()
    expect(page.get_by_role("status").first).to_contain_text("Noted on 1 line.")
    expect(page.locator(".note-mark")).to_have_text("Bank fee or interest")
    expect(page.get_by_label("Account fee")).to_be_checked()
    expect(page).not_to_have_url(re.compile("pick="))


def test_diagnosis_is_noted_and_its_line_chosen_by_one_key_each(page, project):
    run = MatchRun.objects.create(project=project, made_by=project.created_by)
    bank, ledger = (project.source_files.get(side=side).lines.order_by("id")[0] for side in Side)
    LineDiagnosis.objects.create(
        project=project, run=run, line_id=bank.id, side="bank", reason="duplicate",
        points_to=ledger.id, pointed_side="ledger",
    )  # fmt: skip
    visit(page, project)
    page.keyboard.press("j")
    page.keyboard.press("p")
    expect(state(page)).to_have_attribute("data-state", "balanced")
    page.keyboard.press("r")
    expect(page.locator(".note-mark")).to_have_text("Possible duplicate")
    expect(page.locator("tr:focus")).to_contain_text("Smith Ltd consulting")


def test_all_that_fit_are_chosen_and_matched_by_keys(page, project):
    factories.make_lines(project, Side.BANK, *[("2025-12-08", -200, "Card fee")] * 60)
    factories.make_lines(project, Side.LEDGER, ("2025-12-09", -12000, "Card fees", ""))
    visit(page, project)
    page.locator("[name=bank_q]").fill("card fee")
    page.keyboard.press("Enter")
    expect(row_of(page, "Card fee")).to_have_count(51)
    row_of(page, "Card fee").first.locator("td").last.click()
    page.keyboard.press("a")
    expect(page.locator("[data-bank-total]")).to_have_text("−120.00")
    page.get_by_role("checkbox", name="Card fees").check()
    page.keyboard.press("m")
    expect(page.locator("[data-outcome]")).to_have_text("Matched 61 lines. Press u to undo.")
    expect(row_of(page, "Card fee")).to_have_count(0)


def test_keys_are_explained(page, project):
    visit(page, project)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert violations(page) == []


def test_everything_works_without_javascript(open_page, project):
    page = open_page(java_script_enabled=False)
    visit(page, project)
    page.get_by_label("Meyer GmbH rent").check()
    page.get_by_role("button", name="Match Selected").click()
    expect(page.get_by_role("alert").first).to_contain_text("Choose at least two lines")
    page.get_by_role("checkbox", name="Rent Meyer GmbH").check()
    page.get_by_role("button", name="Match Selected").click()
    expect(page.get_by_role("status").first).to_contain_text("Matched.")
    page.get_by_role("link", name="Smith Ltd consulting").click()
    page.get_by_label("Smith consulting").check()
    page.get_by_role("button", name="Match Selected").click()
    expect(page.get_by_role("link", name="Smith Ltd consulting")).to_have_count(0)
    assert MatchGroup.objects.count() == 2


def make_history(project) -> MatchGroup:
    """Record one group, leave one suggestion, and return the group."""
    bank = factories.make_lines(project, Side.BANK, *BANK[:2])
    ledger = factories.make_lines(project, Side.LEDGER, *LEDGER[:2])
    group_id = factories.make_group(project, bank[:1], ledger[:1], MatchMethod.AUTO)
    Suggestion.objects.create(
        project=project,
        run=MatchRun.objects.create(project=project, made_by=project.created_by),
        rule="amount_and_name",
        evidence={"lag_days": 2},
        probability=0.93,
        rank=1,
        bank_line_ids=[bank[1].id],
        ledger_line_ids=[ledger[1].id],
    )
    return MatchGroup.objects.get(id=group_id)


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_pages_are_accessible_and_fit(open_page, project, keep_screenshot, width, scheme):
    page = open_page(width=width, color_scheme=scheme)
    group = make_history(project)
    line = project.source_files.filter(side="bank").last().lines.first()
    for name, *args in (
        ["review"],
        ["match_groups"],
        ["match_group", "reconciliation", group.id],
        ["suggestions"],
        ["adjustments"],
        ["audit", "projects"],
    ):
        visit(page, project, name, *args)
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        keep_screenshot(page, f"review-{name}-{scheme}")
    page.goto(f"{reverse('reconciliation:candidates', args=[project.pk])}?line={line.id}")
    assert violations(page) == []
    keep_screenshot(page, f"review-candidates-{scheme}")


def test_suggestion_is_decided_by_one_key(page, project):
    make_history(project)
    visit(page, project, "suggestions")
    page.keyboard.press("a")
    expect(page.get_by_role("status").first).to_contain_text("Accepted and matched.")
    assert Suggestion.objects.get().state == "accepted"

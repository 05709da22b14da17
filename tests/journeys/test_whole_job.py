"""The whole job in a real Chromium: from signing up to the workbook and the audit trail."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from reconciliation.models import Line, MatchMember
from tests.browser import ONLY_VIOLATIONS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clean_cache", "worker"),
]

BANK = [
    ["Date", "Description", "Reference", "Amount"],
    ["2025-12-01", "Rent Hauptstrasse 5", "RENT-12", "-1200.00"],
    ["2025-12-03", "ACME GmbH invoice 40711", "40711", "1190.00"],
    ["2025-12-05", "Miller Ltd invoice 40712", "40712", "2475.55"],
    ["2025-12-09", "Card terminal", "", "310.20"],
    ["2025-12-30", "Account fee", "", "-9.90"],
]
LEDGER = [
    ["Posting date", "Text", "Document", "Debit", "Credit"],
    ["01.12.2025", "Rent December", "RENT-12", "", "1.200,00"],
    ["02.12.2025", "ACME GmbH", "40711", "1.190,00", ""],
    ["04.12.2025", "Miller Ltd", "40712", "2.475,55", ""],
    ["08.12.2025", "Shop sales", "S-1", "200,00", ""],
    ["08.12.2025", "Shop sales cards", "S-2", "110,20", ""],
    ["08.12.2025", "Shop sales vouchers", "S-3", "45,00", ""],
    ["31.12.2025", "Cheque 881 to Baker", "881", "", "75,00"],
]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A simple bank statement and a ledger with debit and credit columns and decimal commas."""
    bank, ledger = tmp_path / "bank-december.csv", tmp_path / "ledger-december.csv"
    with bank.open("w", newline="") as out:
        csv.writer(out).writerows(BANK)
    with ledger.open("w", newline="") as out:
        csv.writer(out, delimiter=";").writerows(LEDGER)
    return bank, ledger


@pytest.mark.parametrize("width", [1280, 390])
def test_whole_job_from_sign_up_to_audit(open_page, keep_screenshot, files, width, tmp_path):
    page = open_page(width=width)
    look = Looker(page, keep_screenshot)
    sign_up(page, look)
    make_project(page, look)
    upload(page, look, "bank", files[0])
    upload(page, look, "ledger", files[1])
    run_auto_reconciliation(page, look)
    match_by_hand(page, look)
    unmatch(page, look)
    check_workbook(download_workbook(page, look, tmp_path))
    read_audit_trail(page, look)
    assert Line.objects.count() == 12


class Looker:
    """Keeps a screenshot of every page and has axe look at it."""

    def __init__(self, page: Page, keep_screenshot) -> None:
        self.page, self.keep, self.number = page, keep_screenshot, 0

    def __call__(self, name: str) -> None:
        self.number += 1
        self.keep(self.page, f"journey-{self.number:02d}-{name}")
        found = Axe().run(self.page, options=ONLY_VIOLATIONS).response["violations"]
        assert [f["id"] for f in found if f["impact"] in ("serious", "critical")] == [], name
        beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(beyond) <= 0, f"{name} is wider than the screen"


def sign_up(page: Page, look: Looker) -> None:
    page.goto("/")
    look("landing")
    page.get_by_role("link", name=re.compile("sign up", re.I)).first.click()
    page.locator("[name=username]").fill("alice")
    page.locator("[name=email]").fill("alice@example.org")
    page.locator("[name=password1]").fill("correct horse battery")
    page.locator("[name=password2]").fill("correct horse battery")
    look("sign-up")
    page.locator("main form [type=submit]").first.click()
    expect(page).to_have_url(re.compile("/projects/$"))
    look("projects-empty")


def make_project(page: Page, look: Looker) -> None:
    page.get_by_role("link", name="+ Create New Project").first.click()
    page.locator("[name=name]").fill("Dec 2025 Audit")
    look("new-project")
    page.locator("main form [type=submit]").first.click()
    expect(page).to_have_url(re.compile("/projects/[0-9a-f-]{36}/"))
    look("dashboard-empty")


def go_to(page: Page, tab: str) -> None:
    project = re.search("/projects/[0-9a-f-]{36}/", page.url).group()
    page.goto(f"{project}{tab}/")


def upload(page: Page, look: Looker, side: str, path: Path) -> None:
    go_to(page, "ingestion")
    field = page.locator("[name=side]").first
    if field.get_attribute("type") == "radio":
        page.locator(f"[name=side][value={side}]").check()
    else:
        field.select_option(side)
    page.locator("[name=file]").set_input_files(path)
    page.get_by_role("button", name=re.compile("^Upload")).click()
    import_button = page.get_by_role("button", name=re.compile("^Import"))
    expect(import_button.first).to_be_visible()
    look(f"preview-{side}")
    import_button.first.click()
    expect(page.get_by_text("Imported", exact=True).first).to_be_visible()
    look(f"imported-{side}")


def run_auto_reconciliation(page: Page, look: Looker) -> None:
    go_to(page, "matching")
    look("matching")
    page.get_by_role("button", name="Run Auto-Reconciliation").first.click()
    expect(page).to_have_url(re.compile("/matching/runs/"))
    expect(page.locator("[data-job], progress")).to_have_count(0)
    look("run-report")
    assert MatchMember.objects.filter(method="auto").count() >= 6


def match_by_hand(page: Page, look: Looker) -> None:
    go_to(page, "review")
    expect(page.get_by_role("heading", name="Bank Breaks")).to_be_visible()
    expect(page.get_by_role("heading", name="Ledger Breaks")).to_be_visible()
    button = page.get_by_role("button", name="Match Selected")
    expect(button).to_be_disabled()
    for text in ("Card terminal", "S-1", "S-2"):
        page.locator("tr", has_text=text).locator("[type=checkbox]").check()
    expect(page.locator("[data-difference-bar]")).to_have_attribute("data-state", "balanced")
    look("workbench-balanced")
    button.click()
    expect(page.locator("tr", has_text="Card terminal")).to_have_count(0)
    assert MatchMember.objects.filter(method="manual", released_at=None).count() == 3


def unmatch(page: Page, look: Looker) -> None:
    go_to(page, "review/groups")
    look("history")
    page.locator("tr", has_text="Manually Reconciled").get_by_role("link").first.click()
    look("group")
    page.locator("[name=reason]").fill("Wrong day's takings")
    page.get_by_role("button", name="Unmatch").click()
    expect(page.get_by_text("Wrong day's takings").first).to_be_visible()
    assert MatchMember.objects.filter(method="manual", released_at=None).count() == 0


def download_workbook(page: Page, look: Looker, folder: Path) -> Path:
    go_to(page, "reporting")
    look("reporting")
    address = re.search(r"/projects/[0-9a-f-]{36}/", page.url).group() + "reporting/workbook.xlsx"
    answer = page.request.get(address)
    assert answer.status == 200
    path = folder / "report.xlsx"
    path.write_bytes(answer.body())
    return path


def check_workbook(path: Path) -> None:
    workbook = openpyxl.load_workbook(path)
    assert {"Master Register", "Summary Pivot", "Bank Breaks", "Ledger Breaks"} <= set(
        workbook.sheetnames
    )
    cells = [cell for row in workbook["Master Register"].iter_rows() for cell in row]
    texts = {str(cell.value) for cell in cells}
    assert {"Auto Reconciled", "Unreconciled"} <= texts
    assert any("Card terminal" in text for text in texts)


def read_audit_trail(page: Page, look: Looker) -> None:
    go_to(page, "audit")
    look("audit")
    expect(page.locator("main")).to_contain_text("alice")
    expect(page.locator("main")).to_contain_text("Wrong day's takings")

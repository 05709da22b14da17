"""The account pages in a real Chromium: axe content, nothing jumps, dark without a flash."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import ONLY_VIOLATIONS
from tests.factories import PASSWORD, make_user

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clean_cache"),
]
SIGNED_OUT = ["", "accounts/signup/", "accounts/login/", "accounts/password/reset/"]
SIGNED_IN = ["password/change/", "email/", "2fa/", "2fa/totp/activate/", "sessions/"]
SHIFTS = """() => new Promise(done => {
  const moved = entry => entry.sources.map(source => source.node?.outerHTML?.slice(0, 80));
  const watch = new PerformanceObserver(list => done(list.getEntries().flatMap(moved)));
  watch.observe({type: "layout-shift", buffered: true});
  setTimeout(() => done([]), 300);
})"""


def log_in(page: Page, login: str = "alice") -> None:
    """Log in by the form and prove once more who it is."""
    page.goto("/accounts/login/")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    expect(page).to_have_url(re.compile("/projects/$"))
    page.goto("/accounts/reauthenticate/")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    expect(page).not_to_have_url(re.compile("/reauthenticate/"))


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with the page as it is."""
    return [
        found["id"] for found in Axe().run(page, options=ONLY_VIOLATIONS).response["violations"]
    ]


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_signed_out_pages_are_accessible_and_fit(open_page, keep_screenshot, width, scheme):
    page = open_page(width=width, color_scheme=scheme)
    for address in SIGNED_OUT:
        page.goto(f"/{address}")
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert page.evaluate("document.documentElement.dataset.bsTheme") == scheme
        assert page.evaluate(SHIFTS) == [], address
        keep_screenshot(page, f"{address.strip('/').replace('/', '-') or 'landing'}-{scheme}")


@pytest.mark.parametrize("width", [390, 1280])
def test_own_account_pages_are_accessible_and_fit(open_page, keep_screenshot, width):
    make_user("alice")
    page = open_page(width=width)
    log_in(page)
    for address in SIGNED_IN:
        page.goto(f"/accounts/{address}")
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        keep_screenshot(page, f"account-{address.strip('/').replace('/', '-')}")


def test_the_chosen_theme_stays(page):
    page.goto("/")
    theme = "document.documentElement.dataset.bsTheme"
    page.click("[data-theme-toggle]")
    assert page.evaluate(theme) == "dark"
    page.goto("/accounts/login/")
    assert page.evaluate(theme) == "dark"
    page.click("[data-theme-toggle]")
    assert page.evaluate("localStorage.getItem('theme')") is None


def test_everything_needed_works_without_javascript(open_page):
    make_user("alice")
    page = open_page(java_script_enabled=False)
    log_in(page)
    page.goto("/accounts/sessions/")
    page.click("summary")
    page.click("text=Log out")
    expect(page.locator("h1")).to_have_text("Bank and ledger, line by line, to the cent")


def test_a_passkey_logs_in(open_page):
    make_user("alice")
    page = open_page()
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    options |= {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    log_in(page)
    page.goto("/accounts/2fa/webauthn/add/")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/accounts/2fa/**codes/**")
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url("**/projects/")


def test_the_keyboard_reaches_the_content_first(page):
    page.goto("/accounts/login/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()

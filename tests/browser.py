"""A real Chromium for the journeys: where it is, how it starts, what it must not complain of."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    expect,
    sync_playwright,
)

SCREENSHOTS = Path(__file__).resolve().parent.parent / "var" / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
#: All that axe has against a page; what it has nothing against need not be described.
ONLY_VIOLATIONS = {"resultTypes": ["violations"]}
#: How long a page may take: a working one answers at once, a busy machine takes its time.
WAIT_MS = 120_000


@dataclass
class Complaints:
    """What the browser or the server complained of while a page was used."""

    heard: list[str] = field(default_factory=list)

    def listen_to(self, page: Page) -> None:
        """Collect console errors (CSP violations among them), script errors and failed answers."""
        page.on("console", self._hear_console)
        page.on("pageerror", lambda error: self.heard.append(f"script error: {error}"))
        page.on("response", self._hear_response)

    def _hear_console(self, message: ConsoleMessage) -> None:
        failed_load = message.text.startswith("Failed to load resource")
        if message.type == "error" and not failed_load:
            self.heard.append(f"console: {message.text}")

    def _hear_response(self, response: Response) -> None:
        is_page = response.request.resource_type in {"document", "fetch", "xhr"}
        if response.status >= 500 or (response.status >= 400 and not is_page):
            self.heard.append(f"{response.status} from {response.url}")


def find_chromium() -> str | None:
    """Return the path of a Chromium on this machine (CHROMIUM names it outright)."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run. Without one: a loud skip here, a failure in CI."""
    chromium = find_chromium()
    if chromium is None:
        reason = "NO CHROMIUM: the journeys were NOT run (apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        chromium_process = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield chromium_process
        chromium_process.close()


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Open pages, each in a browser profile of its own; at the end nothing may have complained."""
    complaints = Complaints()
    contexts = []

    def open_one(width: int = 1280, height: int = 900, **options: Any) -> Page:
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": width, "height": height}, **options
        )
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        complaints.listen_to(page)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints.heard == []


@pytest.fixture(scope="session")
def lent_profile(browser: Browser, live_server: Any) -> Iterator[BrowserContext]:
    """A browser profile for one test after another: a new one costs more than most tests."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(WAIT_MS)
    yield context
    context.close()


@pytest.fixture
def page(lent_profile: BrowserContext, live_server: Any) -> Iterator[Page]:
    """One page, 1280 pixels wide, at the live server; nothing of it is there for the next test."""
    complaints, page = Complaints(), lent_profile.new_page()
    complaints.listen_to(page)
    yield page
    everything = {"origin": live_server.url, "storageTypes": "all"}
    lent_profile.new_cdp_session(page).send("Storage.clearDataForOrigin", everything)
    page.close()
    lent_profile.clear_cookies()
    assert complaints.heard == []


@pytest.fixture
def keep_screenshot() -> Callable[[Page, str], Path]:
    """Save what a page looks like as var/screenshots/NAME-WIDTH.png."""

    def keep(page: Page, name: str) -> Path:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        width = (page.viewport_size or {"width": 0})["width"]
        path = SCREENSHOTS / f"{name}-{width}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return keep

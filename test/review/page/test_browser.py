"""The page in a real browser: nothing overflows, keys go everywhere, no script is needed and none of others runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from iatro_governor.ledger import Reader
from iatro_governor.review.queries import Filter
from test.review.oracle import incidents
from test.review.page.conftest import Page as Served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def tab(browser: Browser, page: Served) -> Iterator[Page]:
    """A tab that fails the test for any complaint, and for any request to another host."""
    complaints: list[str] = []
    context = browser.new_context(base_url=page.address)
    context.set_default_timeout(60_000)
    found = context.new_page()
    found.on("console", lambda message: complaints.append(message.text))
    found.on("pageerror", lambda error: complaints.append(str(error)))
    found.on("dialog", lambda dialog: complaints.append(dialog.message))
    found.on(
        "request",
        lambda request: None if request.url.startswith(page.address) else complaints.append(request.url),
    )
    yield found
    context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def paths(sample: Path) -> list[str]:
    with Reader(sample) as reader:
        every = [one.id for one in incidents(reader, Filter(severity=2))][:2]
        hostile = next(one.id for one in incidents(reader, Filter(plan="hostile-11")))
    return [
        "/",
        "/?q=nothing-like-this",
        "/fleet",
        "/token",
        *(f"/incidents/{number}" for number in (*every, hostile)),
        "/compare",
    ]


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_wider_than_the_screen(width: int, tab: Page, paths: list[str]) -> None:
    tab.set_viewport_size({"width": width, "height": 800})
    for path in paths:
        tab.goto(path)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, path


def test_keys_lead_through_the_list_into_an_incident_and_on(tab: Page) -> None:
    tab.goto("/")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.id") == "q"
    tab.keyboard.type("j")
    assert tab.input_value("#q") == "j"
    tab.evaluate("document.activeElement.blur()")
    tab.keyboard.press("j")
    tab.keyboard.press("j")
    assert tab.evaluate("document.activeElement.href") == tab.locator("a.step").nth(1).evaluate("a => a.href")
    assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    first = tab.url
    with tab.expect_navigation():
        tab.keyboard.press("j")
    with tab.expect_navigation():
        tab.keyboard.press("k")
    assert tab.url == first


def test_a_filter_goes_into_the_address_and_with_an_incident(tab: Page) -> None:
    tab.goto("/")
    tab.select_option("#f-severity", "3")
    with tab.expect_navigation():
        tab.click("button[type=submit]")
    assert "severity=3" in tab.url
    assert tab.locator("a.step").count() == 2
    with tab.expect_navigation():
        tab.locator("a.step").first.click()
    assert "severity=3" in tab.url
    with tab.expect_navigation():
        tab.click("a.back")
    assert tab.locator("a.step").count() == 2


def test_all_of_it_is_there_without_scripts(browser: Browser, page: Served, paths: list[str]) -> None:
    context = browser.new_context(base_url=page.address, java_script_enabled=False)
    context.set_default_timeout(60_000)
    found = context.new_page()
    found.goto(paths[4])
    assert found.locator("svg.chart path.requested").count() > 0
    assert found.locator("table.peaks").is_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_dark_where_the_system_is(scheme: str, browser: Browser, page: Served) -> None:
    context = browser.new_context(base_url=page.address, color_scheme=scheme)  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    found = context.new_page()
    found.goto("/")
    shade = found.evaluate("getComputedStyle(document.body).backgroundColor")
    assert shade == {"light": "rgb(252, 251, 249)", "dark": "rgb(20, 22, 26)"}[scheme]
    context.close()


def test_every_table_and_field_has_a_name(tab: Page, paths: list[str]) -> None:
    for path in paths[:4]:
        tab.goto(path)
        assert tab.locator("h1").count() == 1
        assert tab.locator("table:not(:has(th[scope=col]))").count() == 0
        unnamed = tab.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden], [hidden]), select, textarea')]"
            ".filter((field) => !field.labels.length).length"
        )
        assert unnamed == 0

"""The shelf in a real browser: whatever ledgers are called, it fits, also in a narrow window, and keys lead through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from test.review.conftest import PLANS, build
from test.review.page.conftest import Serve
from test.review.page.test_browser import browser as browser  # a fixture
from test.review.page.test_browser import pytestmark as pytestmark
from test.review.page.test_browser import tab as tab  # a fixture

NAMES = ("amr", "مستودع-روبوت", "🤖-" + "long" * 40, "an \u202e\"<b>'&", "empty")


@pytest.fixture(scope="module")
def page(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """Served ledgers with names of all kinds, one without an incident, and one that is none."""
    folder: Path = tmp_path_factory.mktemp("names")
    for name in NAMES:
        (folder / name).mkdir()
        build(folder / name / "ledger.db", () if name == "empty" else PLANS[1:3])
    (folder / ("cut" * 60)).mkdir()
    (folder / ("cut" * 60) / "ledger.db").write_bytes(b"none")
    yield serve(folder)


def inside(tab: Page) -> bool:
    """Whether no text of the table runs into its neighbour, or out of the window."""
    return bool(
        tab.evaluate(
            """() => [...document.querySelectorAll(".shelf tr")].every((row) => {
              const cells = [...row.children].filter((cell) => cell.getClientRects().length);
              return cells.every((cell) => cell.scrollWidth <= cell.clientWidth + 1);
            })"""
        )
    )


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_wider_than_the_screen(width: int, tab: Page) -> None:
    tab.set_viewport_size({"width": width, "height": 800})
    for path in ("/", "/?q=nothing-like-this", "/fleet", "/compare"):
        tab.goto(path)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, path
        assert inside(tab), path


def test_no_page_of_a_ledger_is_wider_than_a_narrow_screen(tab: Page) -> None:
    tab.set_viewport_size({"width": 360, "height": 800})
    tab.goto("/")
    links = [str(link.get_attribute("href")) for link in tab.locator("a.step").all()]
    assert len(links) == len(NAMES) + 1
    for path in links:
        if tab.request.get(path).status == 200:
            tab.goto(path)
            assert tab.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_keys_lead_into_a_ledger_and_the_header_back(tab: Page) -> None:
    tab.goto("/")
    tab.keyboard.press("j")
    first = tab.evaluate("document.activeElement.href")
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert tab.url == first and tab.locator("h1").inner_text() == "Incidents"
    with tab.expect_navigation():
        tab.locator("a.step").first.click()
    assert tab.url.startswith(f"{first}incidents/")
    with tab.expect_navigation():
        tab.get_by_role("link", name="All ledgers").click()
    assert tab.locator("h1").inner_text() == "Ledgers"


def test_a_name_is_read_from_left_to_right_and_no_markup(tab: Page) -> None:
    tab.goto("/")
    shown = tab.locator("a.step").all_inner_texts()
    assert "an \\u202e\"<b>'&" in shown and "مستودع-روبوت" in shown
    assert tab.locator(".shelf b").all_inner_texts() == ["Cannot be read."]


def test_every_table_and_field_has_a_name(tab: Page) -> None:
    tab.goto("/?q=amr")
    assert tab.locator("h1").count() == 1
    assert tab.locator("table:not(:has(th[scope=col]))").count() == 0
    assert tab.get_by_label("Robot or ledger").input_value() == "amr"

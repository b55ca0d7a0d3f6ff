"""The page takes and shows the same times as the terminal, and tells a name that is mistyped from a clean record."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from test.review.page.conftest import Page, Serve
from test.review.test_times import EPOCH, made, seconds
from test.review.test_times import run as run  # a fixture


@pytest.mark.parametrize("start", [100.0, EPOCH])
def test_the_page_reads_and_shows_times_as_the_terminal_does(
    start: float, run: Callable[..., Result], tmp_path: Path, serve: Serve
) -> None:
    ledger = made(tmp_path / "ledger.db", start)
    page = serve(ledger)
    text = page.ask("/?until=40&way=up").text
    cells = re.findall(r'class="c-time">(.*?)</td>', text)
    assert [cell.partition(" s")[0] for cell in cells] == seconds(run("list", ledger, "--until", "40"))
    assert ("2025-11-25 19:46:42" in cells[0]) is (start == EPOCH)
    shown = run("show", ledger, "p0").stdout
    expected = "2.50 s after the first record" + (", 2025-11-25 19:46:42 UTC" if start == EPOCH else "")
    assert expected in " ".join(shown.split())
    (number,) = [one["id"] for one in json.loads(run("list", ledger, "--plan", "p0", "--json").stdout)]
    assert expected.replace("2.50", "2.5") in page.ask(f"/incidents/{number}").text


@pytest.mark.parametrize("name", ["verdict", "context"])
def test_the_page_refuses_what_cannot_be(name: str, page: Page) -> None:
    answer = page.ask(f"/?{name}=NOPE")
    assert answer.status == 400
    assert "allowed is one of" in answer.text and "'NOPE'" in html.unescape(answer.text)


def test_the_page_tells_a_name_that_is_not_there_from_none(page: Page) -> None:
    text = html.unescape(page.ask("/?model=gone").text)
    assert "No incident matches" in text and "no model 'gone' here; there are: tabletalk-7b" in text
    assert "here;" not in page.ask("/?model=tabletalk-7b&severity=4&q=zzz").text

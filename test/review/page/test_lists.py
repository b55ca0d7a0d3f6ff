"""The list of incidents: every filter, order and page of it is in the address, and bad ones are refused in words."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from iatro_governor.ledger import Reader
from iatro_governor.review.index import Index
from iatro_governor.review.paging import Cursor, Order, choices, count, slice_of
from iatro_governor.review.queries import Filter
from test.review.conftest import PLANS, Plan, build
from test.review.oracle import incidents
from test.review.page.conftest import Page, Serve

BY_TIME = [plan.name or "no plan id" for plan in PLANS]


def plans_of(text: str) -> list[str]:
    return [html.unescape(name) for name in re.findall(r'class="c-plan"><bdi>(.*?)</bdi>', text)]


def test_the_newest_come_first(page: Page) -> None:
    answer = page.ask()
    assert answer.status == 200
    assert plans_of(answer.text) == BY_TIME[::-1]
    assert "11 incidents" in answer.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("verdict=PARTIAL", ["aisle-02"]),
        ("verdict=partial", ["aisle-02"]),
        ("severity=3", ["refuse-05", "claim-03"]),
        ("model=tabletalk-7b-q4&severity=1", ["no plan id", "promise-07", "refuse-04"]),
        ("q=PERSON&way=up", ["aisle-02", "refuse-04", "refuse-05"]),
        ("q=" + quote("child is playing"), ["think-09"]),
        ("q=%25", []),
        ("q=" + quote("' OR 1=1 --"), []),
        ("context=field", []),
        ("context=simulation&severity=4", ["refuse-05"]),
        ("robot=base&severity=4", ["refuse-05"]),
        ("robot=arm", []),
        ("since=0&until=7&way=up", ["dock-01", "aisle-02"]),
        ("since=54", ["hostile-11", "no plan id"]),
        ("until=1970-01-01T00:01:45", ["dock-01"]),
        ("verdict=&severity=&q=&sort=&since=", BY_TIME[::-1]),
        ("limit=cruise", []),
        ("sort=severity&severity=2", ["refuse-05", "claim-03", "no plan id", "think-09", "blind-06", "aisle-02"]),
        ("sort=severity&way=up&severity=3", ["claim-03", "refuse-05"]),
        ("sort=plan&severity=2", ["no plan id", "aisle-02", "blind-06", "claim-03", "refuse-05", "think-09"]),
        ("nonsense=1&severity=4", ["refuse-05"]),
    ],
)  # fmt: skip
def test_the_address_says_what_is_shown(query: str, found: list[str], page: Page) -> None:
    answer = page.ask(f"/?{query}")
    assert answer.status == 200
    assert plans_of(answer.text) == found
    assert ("No incident matches" in answer.text) is (not found)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("severity=5", "severity: "),
        ("severity=high", "severity: "),
        ("sort=colour", "sort: "),
        ("since=yesterday", "a time is a date as 2026-03-01"),
        ("until=1e9", "a time is a date"),
        ("until=NaN", "a time is a date"),
        ("at=xxx", "no cursor"),
        ("at=" + Cursor("x", 2**70).text(), "no cursor"),
        ("at=W10", "no cursor"),
        ("q=" + "x" * 201, "q: "),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(query: str, says: str, page: Page) -> None:
    answer = page.ask(f"/?{query}")
    assert answer.status == 400
    assert says in html.unescape(answer.text)


def test_the_form_keeps_what_was_asked(page: Page) -> None:
    answer = page.ask("/?q=%22%3E%3Cscript%3E&verdict=PARTIAL&model=gone")
    assert 'value="&#34;&gt;&lt;script&gt;"' in answer.text
    assert '<option value="PARTIAL" selected>' in answer.text
    assert '<option value="gone" selected>' in answer.text
    assert "<script>" not in answer.text


def test_an_empty_ledger_says_so(serve: Serve, tmp_path: Path) -> None:
    answer = serve(build(tmp_path / "empty.db", ())).ask()
    assert answer.status == 200
    assert "No incidents yet" in answer.text


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    plans = [Plan(f"p{place:03}", "AGREES", place % 3, "On my way.", {}) for place in range(23)]
    return build(tmp_path_factory.mktemp("many") / "ledger.db", tuple(plans))


@pytest.mark.parametrize("by", ["time", "severity", "plan", "verdict", "model"])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_hold_every_incident_once_forwards_and_back(by: str, descending: bool, many: Path) -> None:
    order = Order(by, descending)
    with Reader(many) as reader, Index(reader) as index:
        whole = slice_of(index, Filter(), order, None, 100)
        assert len(whole.ids) == 23
        assert whole.before is whole.after is None
        forth, cursor = [], None
        while True:
            part = slice_of(index, Filter(), order, cursor, 5)
            forth.append(part.ids)
            if part.after is None:
                break
            cursor = Cursor.read(part.after.text())
        back, cursor = [part.ids], part.before
        while cursor is not None:
            part = slice_of(index, Filter(), order, Cursor.read(cursor.text()), 5)
            back.insert(0, part.ids)
            cursor = part.before
    assert [len(ids) for ids in forth] == [5, 5, 5, 5, 3]
    assert tuple(one for ids in forth for one in ids) == whole.ids
    assert back == forth


def test_the_page_and_the_terminal_count_the_same(sample: Path) -> None:
    with Reader(sample) as reader, Index(reader) as index:
        for wanted in (Filter(), Filter(severity=2), Filter(robot="base", text="the"), Filter(since=110.0)):
            assert count(index, wanted) == len(incidents(reader, wanted))
        assert choices(index) == {
            "robot": ["base"],
            "model": ["tabletalk-7b", "tabletalk-7b-q4"],
            "context": ["simulation"],
            "limit": [],
        }


def test_the_page_compares_as_the_terminal_does(serve: Serve, tmp_path: Path) -> None:
    from test.review.test_compare import asked, records, written

    base, other = [n % 10 == 0 for n in range(40)], [n > 230 for n in range(300)]
    db = written(
        tmp_path / "ledger.db", records("base", base, "sha:1"), records("<b>x", other, "sha:2", "sha:1")
    )
    text = serve(db).ask("/compare").text
    (found,) = asked(db)["comparisons"]
    row = found["differences"][0]
    assert f"{row['b']['part']}/{row['b']['whole']}" in text and f"{100 * row['value']:+.1f}" in text
    assert "<b>x" not in text and "more often than before" in text
    assert serve(db).ask("/compare?by=nonsense").status == 200


def test_the_page_says_where_the_monitor_s_reference_is_gone(serve: Serve, tmp_path: Path) -> None:
    from iatro_governor.review.monitor import GONE
    from test.review.test_compare import records, shortened, written

    assert GONE in serve(shortened(tmp_path)).ask("/compare").text
    whole = written(tmp_path / "whole.db", records("base", [n > 230 for n in range(300)], "sha:1"))
    assert GONE not in serve(whole).ask("/compare").text

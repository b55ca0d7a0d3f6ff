"""The page: self-contained, the same numbers as elsewhere, and nothing of the planner's is obeyed."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger
from iatro_governor.ledger.keys import key_beside, read_key
from iatro_governor.review.drawn import MOST_POINTS
from iatro_governor.review.report import write_report

SUMMARY = {
    "harms": {"governed": 0, "ungoverned": 7},
    "tasks": {"governed": {"done": 4, "of": 4}, "ungoverned": {"done": 3, "of": 4}},
}
CHROMIUM = shutil.which("chromium")
VOID = {"meta", "br"}


class Page(HTMLParser):
    """Elements, attributes and text of a page, and whether every element is closed where it must be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append("")
        if tag in ("td", "th"):
            self.text += " "

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
        else:
            self.text += data


@pytest.fixture(scope="module")
def page(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Page]:
    out = tmp_path_factory.mktemp("report") / "sub" / "report.html"
    write_report(sample, out, SUMMARY, key=read_key(key_beside(sample)))
    return out, Page(out.read_text(encoding="utf-8"))


def test_it_needs_nothing_from_elsewhere(page: tuple[Path, Page]) -> None:
    names = {name for tag, attributes in page[1].elements for name in attributes}
    assert "src" not in names
    assert not {tag for tag, _ in page[1].elements} & {"link", "img", "iframe", "object", "form", "base"}
    assert all((attributes.get("href") or "#").startswith("#") for _, attributes in page[1].elements)


def test_only_its_own_scripts_may_run(page: tuple[Path, Page]) -> None:
    (policy,) = [
        attributes["content"] or ""
        for tag, attributes in page[1].elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    for script in page[1].scripts[1:]:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert not [name for _, attributes in page[1].elements for name in attributes if name.startswith("on")]


def test_the_planners_words_are_text_and_nothing_else(page: tuple[Path, Page]) -> None:
    assert "<script>alert(1)</script> [bold red]hello" in page[1].text
    assert "\\x1b[2J\\x07 \\u202edrac\\u202c </textarea> {{ 7*7 }} \\ud800 &amp;" in page[1].text
    assert "[/] <img src=x onerror=alert(1)>" in page[1].text
    assert len(page[1].scripts) == 3
    assert "49" not in page[1].text.split("{{ 7*7 }}")[1][:20]


def test_the_numbers_are_those_of_the_ledger(page: tuple[Path, Page], plans: Any) -> None:
    text = " ".join(page[1].text.split())
    for expected in (
        "11 verdict records = 10 statements + 1 unattributed groups",
        "1,075 commands = 1,000 attributed + 75 unattributed",
        "Harms 7 0",
        "Tasks done 3 of 4 4 of 4",
        "Chain verified.",
    ):
        assert expected in text
    articles = [attributes["id"] for tag, attributes in page[1].elements if tag == "article"]
    assert len(articles) == len(plans)
    curves = json.loads(page[1].scripts[0])
    assert [f"i{number}" for number in curves] == articles
    aisle = curves[articles[1].removeprefix("i")] if articles[1] else {}
    assert max(aisle["curves"][0]["requested"]) == pytest.approx(0.9, abs=0.01)
    assert [limit["name"] for limit in aisle["limits"]] == ["shelf_aisle", "ramp_up"]
    promised = [chart["claims"] for chart in curves.values() if chart["claims"]]
    assert promised[1] == [{"row": 0, "value": 0.2, "text": "promised &lt;= 0.2"}]


def test_label_spans_are_marked(page: tuple[Path, Page]) -> None:
    marks = [attributes for tag, attributes in page[1].elements if tag == "mark"]
    assert {mark["class"] for mark in marks} >= {"l-caution", "l-hazard", "l-limit", "l-commit", "l-refusal"}
    assert any("speed <= 0.2 m/s" in (mark.get("title") or "") for mark in marks)


def test_names_in_a_decision_cannot_leave_their_place(tmp_path: Path, build_ledger: Any, plans: Any) -> None:
    from dataclasses import replace

    evil = '</script><script>alert(1)</script><a href="javascript:alert(1)">'
    plan = replace(
        plans[1], name=evil, verdict=evil, limit=(evil, "zone", evil, evil), fault=evil, also=[evil]
    )
    write_report(build_ledger(tmp_path / "evil.db", (plan,)), tmp_path / "evil.html")
    found = Page((tmp_path / "evil.html").read_text(encoding="utf-8"))
    assert len(found.scripts) == 3
    assert [
        attributes for tag, attributes in found.elements if "javascript" in str(attributes.get("href"))
    ] == []
    (chart,) = json.loads(found.scripts[0]).values()
    assert "<" not in chart["limits"][0]["name"]


def test_long_records_are_thinned_and_keep_their_peaks(tmp_path: Path, build_ledger: Any, plans: Any) -> None:
    from dataclasses import replace

    long = replace(plans[1], seconds=200.0, text="x" * 50_000, marks={})
    write_report(build_ledger(tmp_path / "long.db", (long,)), tmp_path / "long.html")
    found = Page((tmp_path / "long.html").read_text(encoding="utf-8"))
    (chart,) = json.loads(found.scripts[0]).values()
    assert len(chart["curves"][0]["t"]) <= MOST_POINTS + 2
    assert max(chart["curves"][0]["requested"]) == pytest.approx(0.9, abs=1e-4)
    assert "(50,000 characters in all)" in found.text


def test_an_empty_ledger_makes_a_page(tmp_path: Path) -> None:
    Ledger.open(tmp_path / "empty.db", key=bytes(32), context="field", software_version="0").close()
    write_report(tmp_path / "empty.db", tmp_path / "empty.html", None)
    assert (
        "This ledger holds no verdicts." in Page((tmp_path / "empty.html").read_text(encoding="utf-8")).text
    )


def test_a_page_that_cannot_be_written_leaves_the_old_one(sample: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot be written"):
        write_report(sample, tmp_path / "file" / "report.html")
    with pytest.raises(LedgerError, match="no such ledger"):
        write_report(tmp_path / "absent.db", tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()


DRAWN, TRIES = '<svg class="main-svg"', 3
"""What a chart becomes; and how often the page is opened until there is one: the browser tells the page's own time, in
which nothing is drawn on a machine that leaves it no core."""


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_a_real_browser_draws_every_chart_without_a_complaint(
    page: tuple[Path, Page], tmp_path: Path
) -> None:
    assert CHROMIUM is not None
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
             "--disable-background-networking", "--disable-component-update", "--virtual-time-budget=15000",
             "--window-size=1200,9000", "--enable-logging=stderr",
             f"--user-data-dir={tmp_path / 'profile'}"]  # fmt: skip
    for _ in range(TRIES):
        run = subprocess.run(
            [CHROMIUM, *flags, "--dump-dom", page[0].as_uri()],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        if DRAWN in run.stdout:
            break
    assert not re.findall(r"CONSOLE.*", run.stderr)
    assert "<script>alert" not in run.stdout
    assert run.stdout.count(DRAWN) >= run.stdout.count('class="chart') > 5


CART = {"harms": {"governed": 0, "ungoverned": 6}, "tasks": SUMMARY["tasks"], "channels": ["base"]}
ARM = {
    "harms": {"governed": 0, "ungoverned": 1},
    "tasks": {"governed": {"done": 1, "of": 1}, "ungoverned": {"done": 1, "of": 1}},
    "peaks": [
        {"name": "force on ann/hand", "unit": "N", "ungoverned": 238.1, "governed": 56.0, "bound": 120}
    ],
    "channels": ["arm", "gripper"],
}


def test_each_robot_has_its_numbers_its_picture_and_its_own_plans(tmp_path: Path, sample: Path) -> None:
    picture = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    two = SUMMARY | {"robots": {"cart": CART, "arm<b>": ARM}}
    write_report(sample, tmp_path / "two.html", two, pictures={"arm<b>": picture})
    found = Page((tmp_path / "two.html").read_text(encoding="utf-8").replace("<img ", "<meta "))
    text = " ".join(found.text.split())
    assert "The cart ungoverned governed bound Harms 6 0 Tasks done 3 of 4 4 of 4" in text
    assert "The arm<b> ungoverned governed bound Harms 1 0 Tasks done 1 of 1 1 of 1" in text
    assert "Peak force on ann/hand 238 N 56 N 120 N" in text
    (shown,) = [attributes["src"] for _, attributes in found.elements if "src" in attributes]
    assert base64.b64decode((shown or "").removeprefix("data:image/svg+xml;base64,")).decode() == picture
    assert len(found.scripts) == 3, "a picture's script is not the page's"
    assert text.count("the cart") > 10 and "the arm<b>" not in text, "every plan is on channel base"


def test_one_robot_alone_needs_no_name_among_the_plans(tmp_path: Path, sample: Path) -> None:
    alone = SUMMARY | {"robots": {"cart": CART}}
    write_report(sample, tmp_path / "one.html", alone)
    assert "the cart" not in Page((tmp_path / "one.html").read_text(encoding="utf-8")).text

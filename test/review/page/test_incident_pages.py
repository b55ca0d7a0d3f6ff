"""One incident as a page: hostile words are text, numbers are those of the report and terminal, notes are records."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
from typer.testing import CliRunner

from iatro_governor.cli.main import app
from iatro_governor.governor.events import Bodies, Body, Odom
from iatro_governor.ledger import Ledger, Reader, Record, reconcile
from iatro_governor.ledger.check import verify
from iatro_governor.ledger.frames import packed
from iatro_governor.ledger.journal import Journal
from iatro_governor.ledger.keys import create_key, key_beside, read_key
from iatro_governor.limits.registry import load_profile
from iatro_governor.review.incidents import details
from iatro_governor.review.index import Index
from iatro_governor.review.page.fleet import SHOWN
from iatro_governor.review.queries import Filter
from iatro_governor.review.rates import rates_by
from iatro_governor.review.report import write_report
from iatro_governor.review.scene import scene
from test.review.conftest import HASH, PLANS, Plan, build
from test.review.oracle import incidents
from test.review.page.conftest import ROOT, Answer, Page, Serve

FORM = "application/x-www-form-urlencoded"
HOSTILE = "<script>alert(1)</script> \u202edrac \x1b[2J"
LARGE = Plan("large", "AGREES", 0, HOSTILE + "a" * 1_000_000, {})


def number_of(db: Path, plan: str) -> int:
    with Reader(db) as reader:
        return next(one.id for one in incidents(reader, Filter(plan=plan)))


def words(text: str) -> str:
    """The text that a reader sees, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def journal_of(folder: Path) -> None:
    """Inputs of the first two seconds: the robot drives along x, and somebody stands before it."""
    journal = Journal(folder, "ring-1", 10**8)
    journal.begin(0, b"state")
    for step in range(100):
        t = 100.0 + step / 50
        pose = np.array([1.0 + 0.3 * step / 50, 2.0, 0.0, 0.0, 0.0, 0.0, 1.0])
        journal.add(packed((0.0, ("handle", Odom(t, "odom", pose, np.zeros(6), t)))))
        body = Body("ann", np.array([2.5, 2.2, 0.9]), np.zeros(3))
        journal.add(packed((0.0, ("handle", Bodies(t, "people", "odom", (body,), t)))))
        journal.add(packed((0.0, ("tick", t))))
    journal.flush()
    journal.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    journal_of(folder / "ledger.base.inputs")
    return build(folder / "ledger.db", (PLANS[0], LARGE))


@pytest.fixture(scope="module")
def own(desk: Path, serve: Serve) -> Page:
    return serve(desk)


def test_every_incident_has_its_page_and_a_neighbour(page: Page, sample: Path) -> None:
    with Reader(sample) as reader:
        ids = [one.id for one in incidents(reader)]
    for before, here, after in zip([None, *ids], ids, [*ids[1:], None], strict=False):
        answer = page.ask(f"/incidents/{here}?way=up")
        assert answer.status == 200
        for rel, other in (("prev", before), ("next", after)):
            found = re.search(rf'rel="{rel}" href="/incidents/(\d+)', answer.text)
            assert (found and int(found[1])) == other


def test_the_planners_words_are_text_and_nothing_else(page: Page, sample: Path) -> None:
    text = page.ask(f"/incidents/{number_of(sample, 'hostile-11')}").text
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "\u202e" not in text
    assert "\x1b" not in text
    assert "<script>alert(1)</script> [bold red] hello" in words(text.replace("<mark", " <mark")) or (
        "&lt;script&gt;alert(1)&lt;/script&gt; [bold red]" in text
    )
    assert "\\x1b[2J\\x07 \\u202edrac\\u202c &lt;/textarea&gt; {{ 7*7 }} \\ud800 &amp;amp;" in text


def test_a_megabyte_of_words_is_cut_and_said_to_be(own: Page, desk: Path) -> None:
    answer = own.ask(f"/incidents/{number_of(desk, 'large')}")
    assert answer.status == 200
    assert len(answer.body) < 100_000
    assert "1,000,0" in answer.text
    assert "\u202e" not in answer.text
    assert len(own.ask("/").body) < 100_000


def test_page_report_and_terminal_show_the_same_numbers(page: Page, sample: Path, tmp_path: Path) -> None:
    write_report(sample, tmp_path / "report.html")
    report = words((tmp_path / "report.html").read_text(encoding="utf-8"))
    listed = json.loads(CliRunner().invoke(app, ["review", "list", str(sample), "--json"]).stdout)
    assert f"{len(listed)} incidents" in words(page.ask().text)
    for number in [one["id"] for one in listed if one["commands"]]:
        terminal = CliRunner().invoke(app, ["review", "show", str(sample), str(number)]).stdout
        peaks = re.findall(
            r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", page.ask(f"/incidents/{number}").text
        )
        assert peaks
        for name, cells in peaks:
            numbers = re.findall(r"<td[^>]*>(.*?)</td>", cells)
            line = " ".join([name, *numbers])
            assert line in " ".join(terminal.split())
            assert line in report


def test_the_export_is_what_the_terminal_prints(page: Page, sample: Path) -> None:
    number = number_of(sample, "claim-03")
    answer = page.ask(f"/incidents/{number}.json")
    shown = json.loads(CliRunner().invoke(app, ["review", "show", str(sample), str(number), "--json"]).stdout)
    assert answer.headers["content-disposition"] == f'attachment; filename="incident-{number}.json"'
    assert json.loads(answer.body) == {name: value for name, value in shown.items() if name != "chain"}


def test_the_overview_counts_what_the_terminal_counts(page: Page, sample: Path) -> None:
    text = words(page.ask("/fleet").text)
    stats = json.loads(CliRunner().invoke(app, ["review", "stats", str(sample), "--json"]).stdout)
    with Reader(sample) as reader, Index(reader) as index:
        by_model = rates_by(index.rows, "model")
        assert [one.to_json() for one in by_model] == stats["models"]
        for group in SHOWN:
            rates = rates_by(index.rows, group)
            assert sum(one.statements for one in rates) == 10
            for one in rates:
                assert f"{one.name or 'not named'} {one.statements} {one.disagreement.value:.0%}" in text
                assert f"{one.limited.part} of {one.statements}" in text


def test_a_configuration_of_another_hash_is_said_to_be_one(desk: Path, serve: Serve) -> None:
    """Who gives one and sees no zone has to learn why."""
    config = ROOT / "config/amr.yaml"
    given = load_profile(config).config_hash
    text = serve(desk, "--config", str(config)).ask(f"/incidents/{number_of(desk, PLANS[0].name)}").text
    assert f"What was given is another: amr.yaml has {given[:12]}; in force was {HASH[:12]}." in text


def test_the_view_from_above_is_that_of_the_inputs(own: Page, desk: Path) -> None:
    with Reader(desk) as reader:
        found = details(reader)[0]
    seen = scene(found, [desk.parent / "ledger.base.inputs"], None)
    assert seen is not None
    ways = [moment.pose[0] for moment in seen.moments]
    assert ways[0] == pytest.approx(1.0, abs=0.02)
    assert ways == sorted(ways)
    assert ways[-1] == pytest.approx(1.594, abs=0.001)
    assert [list(moment.people[0]) for moment in seen.moments] == [[2.5, 2.2]] * len(seen.moments)
    text = own.ask(f"/incidents/{found.incident.id}").text
    assert text.count('<g class="moment') == len(seen.moments)
    assert text.count('<g class="moment on"') == 1
    assert text.count('class="person"') == len(seen.moments)


def test_a_torn_or_missing_journal_leaves_the_page_whole(
    own: Page, page: Page, desk: Path, sample: Path
) -> None:
    (file,) = (desk.parent / "ledger.base.inputs").iterdir()
    whole = file.read_bytes()
    number = number_of(desk, PLANS[0].name)
    try:
        for content in (whole[: len(whole) // 2], whole[:3], b"", bytes(100)):
            file.write_bytes(content)
            assert own.ask(f"/incidents/{number}").status == 200
    finally:
        file.write_bytes(whole)
    assert "are not kept beside this ledger" in page.ask(f"/incidents/{number_of(sample, 'dock-01')}").text


class TestNotes:
    @pytest.fixture(scope="class")
    def number(self, desk: Path) -> int:
        return number_of(desk, PLANS[0].name)

    def send(self, page: Page, number: int, mark: str | None = None, **fields: str) -> Answer:
        text = page.ask(f"/incidents/{number}").text
        own = re.search(r'name="mark" value="(\w+)"', text)
        sent = {"mark": mark if mark is not None else own[1] if own else "", **fields}
        return page.ask(f"/incidents/{number}/notes", "POST", urlencode(sent).encode(), content_type=FORM)

    def test_a_note_is_a_record_of_the_chain(self, own: Page, desk: Path, number: int) -> None:
        for by, text in (("Ann", "The floor was wet."), ("Bo", HOSTILE)):
            answer = self.send(own, number, by=by, text=text)
            assert (answer.status, answer.headers["location"]) == (303, f"/incidents/{number}#notes")
        shown = own.ask(f"/incidents/{number}").text
        assert "The floor was wet." in shown
        assert shown.index("<bdi>Ann</bdi>") < shown.index("<bdi>Bo</bdi>")
        assert "<script>alert" not in shown
        assert "\u202e" not in shown
        with Reader(desk) as reader:
            notes = list(reader.records("note"))
        assert [(one.number, one.body["by"], one.plan_id) for one in notes] == [
            (0, "Ann", "dock-01"),
            (1, "Bo", "dock-01"),
        ]
        assert verify(desk, read_key(key_beside(desk))).sound
        assert reconcile(desk)["sound"]

    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({"by": "Ann", "text": ""}, 409), ({"by": " ", "text": "x"}, 409), ({"by": "x" * 81, "text": "x"}, 409),
            ({"by": "Ann", "text": "x" * 4001}, 409), ({"mark": "0" * 64, "by": "Ann", "text": "x"}, 403),
            ({"mark": "", "by": "Ann", "text": "x"}, 403),
        ],
    )  # fmt: skip
    def test_what_is_no_note_is_not_written(
        self, fields: dict[str, str], status: int, own: Page, desk: Path, number: int
    ) -> None:
        before = desk.read_bytes()
        assert self.send(own, number, **fields).status == status
        assert desk.read_bytes() == before

    def test_another_site_cannot_write_one(self, own: Page, number: int) -> None:
        text = own.ask(f"/incidents/{number}").text
        mark = text.split('name="mark" value="')[1].split('"')[0]
        body = urlencode({"mark": mark, "by": "x", "text": "x"}).encode()
        path = f"/incidents/{number}/notes"
        assert own.ask(path, "POST", body, content_type=FORM, origin="http://evil.example").status == 403
        assert own.ask(path, "POST", body, content_type=FORM, origin="null").status == 403
        assert own.ask("/incidents/1/notes", "POST", body, content_type=FORM).status == 404

    def test_while_a_recorder_writes_the_page_says_so(self, own: Page, desk: Path, number: int) -> None:
        key = read_key(key_beside(desk))
        with Ledger.open(desk, key=key, context="simulation", software_version="0.1.0"):
            answer = self.send(own, number, by="Ann", text="Now?")
        assert answer.status == 409
        assert "has not taken the note" in answer.text
        assert self.send(own, number, by="Ann", text="Now.").status == 303


def test_an_incident_without_a_command_keeps_its_policy_and_its_clock(serve: Serve, tmp_path: Path) -> None:
    """What a governor was told is there; that there is no moment to show is another thing."""
    db = tmp_path / "ledger.db"
    with Ledger.open(
        db, key=create_key(key_beside(db)), context="field", software_version="0.1.0", config_hash=HASH
    ) as one:
        body = {"kind": "statement", "verdict": "EMPTY_PROMISE", "text": "I will come.", "statement_t": 101.0}
        one.append([Record("verdict", "w", 0, 105.0, "promise", "base", body)])
    journal_of(tmp_path / "ledger.base.inputs")
    text = words(serve(db).ask(f"/incidents/{number_of(db, 'promise')}").text)
    assert f"policy {HASH}" in text and "clock system" in text
    assert "Nothing was commanded under this plan" in text and "not kept beside" not in text
    shown = CliRunner().invoke(app, ["review", "show", str(db), "promise"])
    assert HASH[:20] in shown.stdout


@pytest.mark.parametrize(
    "frame", [packed("no call"), packed((0.0, ("handle",))), packed((0.0, None)), b"\x80\x05x"]
)
def test_inputs_that_are_none_leave_the_rest_of_the_page(serve: Serve, tmp_path: Path, frame: bytes) -> None:
    db = build(tmp_path / "ledger.db", PLANS[:1])
    journal = Journal(tmp_path / "ledger.base.inputs", "ring-1", 10**8)
    journal.begin(0, b"state")
    journal.add(frame)
    journal.close()
    answer = serve(db).ask(f"/incidents/{number_of(db, 'dock-01')}")
    assert answer.status == 200 and "not kept beside this ledger" in answer.text

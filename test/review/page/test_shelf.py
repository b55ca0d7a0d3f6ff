"""Several ledgers on one page: each under its own address, damage of one is not that of another, one door for all."""

from __future__ import annotations

import html
import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from typer.testing import CliRunner

from iatro_governor.cli.main import app
from iatro_governor.ledger import Reader
from iatro_governor.review.index import Index
from iatro_governor.review.page.desk import Desk
from iatro_governor.review.page.place import Place
from iatro_governor.review.page.render import page as rendered
from iatro_governor.review.page.shelf import Shelf, names_of
from iatro_governor.review.page.shelved import FEW, shadow_among, shelved
from iatro_governor.review.queries import Filter
from test.conftest import wait
from test.review.conftest import PLANS, build
from test.review.oracle import incidents
from test.review.page.conftest import Page, Serve

TOKEN = "correct-horse-battery"
FORM = "application/x-www-form-urlencoded"
LINK = re.compile(r'(?:href|src|action)="([^"#]*)')
FIRST, DAMAGED, SECOND = "/ledgers/1", "/ledgers/2", "/ledgers/3"


def made(folder: Path) -> Path:
    """Two ledgers, one that is none, and an export; in the order of their numbers."""
    for name, plans in (("amr", PLANS[:3]), ("مستودع", PLANS[3:7])):
        (folder / name).mkdir(parents=True)
        build(folder / name / "ledger.db", plans)
    (folder / "cut.db").write_bytes((folder / "amr/ledger.db").read_bytes()[:5000])
    (folder / "old.parquet").write_bytes(b"PAR1")
    return folder


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("shelf") / "fleet")


@pytest.fixture(scope="module")
def shelf(serve: Serve, fleet: Path) -> Page:
    return serve(fleet, IATRO_REVIEW_TOKEN=TOKEN)


def ask(page: Page, path: str, *more: object, **headers: str) -> tuple[int, str]:
    answer = page.ask(path, *more, authorization=f"Bearer {TOKEN}", **headers)  # type: ignore[arg-type]
    return answer.status, html.unescape(answer.body.decode("utf-8", "replace"))


@pytest.fixture(scope="module")
def crawled(shelf: Page) -> dict[str, tuple[int, list[str]]]:
    """Every address that a link leads to from the first page on: its status, and its own links."""
    found: dict[str, tuple[int, list[str]]] = {}
    ahead = ["/"]
    while ahead:
        path = ahead.pop()
        if path in found:
            continue
        answer = shelf.ask(path, authorization=f"Bearer {TOKEN}")
        is_page = answer.headers["content-type"].startswith("text/html")
        hrefs = LINK.findall(answer.text) if is_page else []
        links = [urljoin(path, html.unescape(one)) for one in hrefs if one]
        found[path] = (answer.status, links)
        # A list sorted one way or another leads to the same pages.
        ahead += [one for one in links if "sort=" not in one and not one.endswith("/notes")]
    return found


def test_every_link_leads_somewhere(crawled: dict[str, tuple[int, list[str]]]) -> None:
    assert {path: status for path, (status, _) in crawled.items() if status != 200} == {
        f"{DAMAGED}{end}": 503 for end in ("/", "/fleet", "/compare")
    }
    for root, count in ((FIRST, 3), (SECOND, 4)):
        pages = {urlsplit(path).path for path in crawled if path.startswith(f"{root}/incidents/")}
        assert len([one for one in pages if not one.endswith(".json")]) == count
        assert f"{root}/fleet" in crawled and f"{root}/compare?by=model" in crawled


def test_links_of_a_ledger_stay_within_it(crawled: dict[str, tuple[int, list[str]]]) -> None:
    for root in (FIRST, SECOND, DAMAGED):
        found = {
            link
            for path, (_, links) in crawled.items()
            if path.startswith(f"{root}/")
            for link in links
            if not link.startswith("/assets/")
        }
        assert {link for link in found if not link.startswith(f"{root}/")} == {"/"}, root


def test_the_token_protects_every_page(crawled: dict[str, tuple[int, list[str]]], shelf: Page) -> None:
    behind = [path for path in crawled if not path.startswith("/assets/")]
    assert len(behind) > 30
    for path in [*behind, "/ledgers/9/", f"{FIRST}/nowhere"]:
        assert shelf.ask(path).status == 401, path
        answer = shelf.ask(path, accept="text/html")
        assert (answer.status, answer.headers["location"]) == (303, "/token"), path
    assert shelf.ask(f"{SECOND}/incidents/1/notes", "POST", b"", content_type=FORM).status == 401
    for path in ("/", f"{FIRST}/", f"{DAMAGED}/", f"{SECOND}/fleet"):
        answer = shelf.ask(path, authorization=f"Bearer {TOKEN}")
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert shelf.ask(path, host="evil.example", authorization=f"Bearer {TOKEN}").status == 400


def test_a_row_counts_what_its_lists_show(fleet: Path, shelf: Page) -> None:
    _, text = ask(shelf, "/")
    for name, root in (("amr", FIRST), ("مستودع", SECOND)):
        with Reader(fleet / name / "ledger.db") as reader:
            for severity in range(5):
                count = len(incidents(reader, Filter(severity=severity)))
                query = f"/?severity={severity}" if severity else "/"
                link = re.search(rf'href="{re.escape(root + query)}"(?: class="s\d")?>(\d+)<', text)
                assert link is None if count == 0 else link is not None and int(link[1]) == count
                assert len(re.findall('class="badge ', ask(shelf, root + query)[1])) == count
    assert "7 incidents of 1 robot in 2 ledgers; 1 more cannot be read" in text
    assert "cut.db" in text and "old.parquet: an export; a page needs the ledger itself" in text


def test_the_chain_of_each_is_checked_with_its_own_key(shelf: Page) -> None:
    wait(lambda: ask(shelf, "/")[1].count("Sound: ") == 2, 30, "both chains checked")


def test_a_ledger_that_is_not_there_has_no_page(shelf: Page) -> None:
    for path in ("/ledgers/9/", "/ledgers/0/", "/ledgers/01/", "/ledgers/x/", "/ledgers/", "/incidents/1"):
        assert ask(shelf, path)[0] == 404, path


def test_all_of_them_together_are_counted(shelf: Page) -> None:
    status, text = ask(shelf, "/fleet")
    assert status == 200
    assert "over 7 incidents" in text and "Left out" in text and "cut.db" in text
    assert ask(shelf, "/compare?by=context")[0] == 200


def test_a_note_lands_in_its_ledger_alone(serve: Serve, tmp_path: Path) -> None:
    fleet = made(tmp_path / "fleet")
    page = serve(fleet)
    with Reader(fleet / "مستودع/ledger.db") as reader:
        number = incidents(reader)[0].id
    path = f"{SECOND}/incidents/{number}"
    mark = page.ask(path).text.split('name="mark" value="')[1].split('"')[0]
    form = {"mark": mark, "by": "Ada", "text": "seen"}
    foreign = urlencode({**form, "mark": "0"}).encode()
    assert page.ask(f"{path}/notes", "POST", foreign, content_type=FORM).status == 403
    answer = page.ask(f"{path}/notes", "POST", urlencode(form).encode(), content_type=FORM)
    assert (answer.status, answer.headers["location"]) == (303, f"{path}#notes")
    assert "seen" in page.ask(path).text
    counts = {}
    for name in ("amr", "مستودع"):
        with Reader(fleet / name / "ledger.db") as reader:
            counts[name] = reader.count("note")
    assert counts == {"amr": 0, "مستودع": 1}


def test_one_that_vanishes_takes_nothing_with_it(serve: Serve, tmp_path: Path) -> None:
    fleet = made(tmp_path / "fleet")
    page = serve(fleet)
    gone = fleet / "amr/ledger.db"
    gone.unlink()
    ways: tuple[Callable[[], object], ...] = (
        lambda: None,
        lambda: gone.symlink_to("x" * 300),  # a name that no system can follow
        lambda: gone.write_bytes(b"x" * 9000),
    )
    for spoil in ways:
        spoil()
        for path, status in (
            (f"{FIRST}/", 503),
            (f"{FIRST}/fleet", 503),
            (f"{SECOND}/", 200),
            ("/fleet", 200),
        ):
            assert page.ask(path).status == status, path
        text = page.ask("/").text
        assert "4 incidents" in text and text.count("Cannot be read") == 2
        assert 'href="/">To all ledgers' in page.ask(f"{FIRST}/").text
        gone.unlink(missing_ok=True)
    build(fleet / "later.db", PLANS[:1])
    assert "later" not in page.ask("/").text
    for left in gone.parent.iterdir():
        left.unlink()
    build(gone, PLANS[:1])
    assert page.ask(f"{FIRST}/").status == 200, "mended"


def test_a_program_is_told_each_address(shelf: Page, fleet: Path) -> None:
    told = shelf.told
    assert "ledger" not in told
    assert [one["address"] for one in told["ledgers"]] == [
        f"{shelf.address}ledgers/{number}/" for number in (1, 2, 3)
    ]
    assert [one["ledger"] for one in told["ledgers"]] == [
        str(fleet / name) for name in ("amr/ledger.db", "cut.db", "مستودع/ledger.db")
    ]
    assert [bool(one["problem"]) for one in told["ledgers"]] == [False, True, False]
    assert len(told["problems"]) == 1 and "old.parquet" in told["problems"][0]


@pytest.mark.parametrize(
    ("names", "options", "says"),
    [
        (["cut.db", "old.parquet"], [], "old.parquet: an export"),
        (["nothing.db", "cut.db"], [], "nothing.db: no such ledger"),
        (["empty"], [], "no ledger and no Parquet file"),
        (["amr"], ["--key", "nothing.key"], "no such key file"),
        (["amr"], ["--config", "nothing.yaml"], "nothing.yaml"),
    ],
)
def test_where_none_can_be_read_it_does_not_begin(
    names: list[str], options: list[str], says: str, fleet: Path
) -> None:
    (fleet / "empty").mkdir(exist_ok=True)
    words = [str(fleet / name) for name in names] + options
    done = CliRunner().invoke(app, ["review", "serve", *words, "--json"])
    assert done.exit_code == 2
    assert says in json.loads(done.stdout)["error"]


def test_among_many_one_is_looked_for(tmp_path: Path) -> None:
    (tmp_path / "amr-0").mkdir()
    first = build(tmp_path / "amr-0" / "ledger.db", PLANS[:1])
    for number in range(1, FEW):
        shutil.copytree(first.parent, tmp_path / f"amr-{number}")
    few = shelved(Shelf.lay([str(tmp_path)], lambda _: "none"), "")
    shutil.copytree(first.parent, tmp_path / "ÄRM")
    many = Shelf.lay([str(tmp_path)], lambda _: "none")
    assert not few["search"] and shelved(many, "")["search"]
    found = shelved(many, "ärm")
    assert [row["name"] for row in found["rows"]] == ["ÄRM"]
    assert (found["every"], found["total"][0]) == (FEW + 1, FEW + 1)
    assert len(shelved(many, "base")["rows"]) == FEW + 1, "by its robot"
    text = bytes(rendered("shelf.html.j2", place=many.home, **shelved(many, "<none>")).body).decode()
    assert "No ledger matches" in text and "<none>" not in text


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["/d/a/ledger.db", "/d/b/ledger.db"], ["a", "b"]),
        (["/d/a/one.db", "/d/b/two.db"], ["a/one.db", "b/two.db"]),
        (["/d/ledger.db", "/d/b/ledger.db"], ["d", "d/b"]),
        (["/d/a/ledger.db"], ["ledger.db"]),
        (["/d/a.db", "/d/b.db"], ["a.db", "b.db"]),
        ([], []),
    ],
)
def test_names_tell_ledgers_apart(paths: list[str], names: list[str]) -> None:
    assert names_of(list(map(Path, paths))) == names


def test_one_out_of_reach_or_with_a_spoilt_index_takes_nothing_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet = made(tmp_path / "fleet")
    shelf = Shelf.lay([str(fleet), str(fleet / "amr/../amr/ledger.db")], lambda _: bytes(32))
    assert len(shelf.desks) == 3, "one ledger by two names is one"
    first = shelf.desks["1"]
    far = Desk.beside(tmp_path / ("x" * 300), bytes(32), {}, Place("/ledgers/4", "far"))
    both = Shelf({**shelf.desks, "4": far}, home=shelf.home)
    found = shelved(both, "")
    assert [bool(row["problem"]) for row in found["rows"]] == [False, True, False, True]
    assert "name too long" in found["rows"][3]["problem"]
    readable, damage = both.looked_through()
    assert (sorted(readable), sorted(damage)) == (["1", "3"], ["2", "4"])

    def spoilt(index: Index, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        if index._reader.path == first.db:
            raise sqlite3.DatabaseError("database disk image is malformed")
        return index.db.execute(sql, values).fetchall()

    monkeypatch.setattr(Index, "rows", spoilt)
    found = shelved(both, "")
    assert [bool(row["problem"]) for row in found["rows"]] == [True, True, False, True]
    assert "malformed" in found["rows"][0]["problem"] and found["total"][0] == 4


def test_shadow_mode_of_any_is_said_first() -> None:
    assert shadow_among(["", ""]) == ""
    assert shadow_among(["", "UNSAFE"]).startswith("UNSAFE SHADOW MODE: 1 of 2 ledgers")


def test_the_help_fits_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    told = CliRunner().invoke(app, ["review", "serve", "--help"]).stdout
    assert "comes later is not taken up" in " ".join(told.split())
    assert max(map(len, told.splitlines())) <= 80

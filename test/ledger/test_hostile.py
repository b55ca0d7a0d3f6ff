"""Bytes that somebody put there to be read: nested without end, numbers that are none, text that is no UTF-8."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.errors import EventError, LedgerError
from iatro_governor.ledger import Ledger, Reader, Record, reconcile, segments, verify
from iatro_governor.ledger.accounts import _Verdicts
from iatro_governor.ledger.anchors import _parse, anchors_path
from iatro_governor.ledger.aside import forget, index_path
from iatro_governor.ledger.build import Build
from iatro_governor.ledger.record import SEGMENT, TOMBSTONE, lost_numbers
from iatro_governor.ledger.retiring import retire
from iatro_governor.ledger.store import numbers
from test.ledger.conftest import KEY

Open = Callable[..., Ledger]
Make = Callable[..., Record]
DEEP = ("[" * 100_000, '{"ledger_id":' * 100_000)
"""Deeper than any version of Python reads."""
FAR = '{"first": 1e999, "last": 1e999, "head": "", "cause": "", "facts": {}, "of": "", "previous": "",'
FAR += ' "stored": [["", "", [[1e999, 2]]]], "settled": []}'
"""Numbers that JSON reads as infinite, and that no whole number is."""


def changed(path: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(sql, values)


def unspeakable(path: Path, kind: bytes = b"kind TEXT") -> None:
    """The type of a column is no UTF-8, and SQLite says so in words that are none either."""
    content = path.read_bytes()
    assert content.count(kind) == 1
    path.write_bytes(content.replace(kind, kind[:-1] + b"\xff"))


@pytest.mark.parametrize("body", [*DEEP, FAR, "[]", "null", "3"])
def test_a_first_record_that_cannot_be_read_is_named(body: str, closed_ledger: Path) -> None:
    changed(closed_ledger, "UPDATE record SET body = ? WHERE id = 1", body)
    found = verify(closed_ledger, KEY)
    assert (found.sound, found.first_bad, found.problem) == (False, 1, "record 1 is no opening record")


@pytest.mark.parametrize("body", DEEP)
def test_a_record_that_cannot_be_read_is_named_by_whoever_reads_it(body: str, closed_ledger: Path) -> None:
    changed(closed_ledger, "UPDATE record SET body = ? WHERE id = 9", body)
    assert verify(closed_ledger, KEY).first_bad == 9
    with (
        Reader(closed_ledger) as reader,
        pytest.raises(LedgerError, match=r"ledger\.db: record 9 is damaged: "),
    ):
        list(reader.records())


@pytest.mark.parametrize("body", [*DEEP, FAR])
def test_what_the_ledger_says_of_itself_may_be_anything(body: str) -> None:
    assert segments.hole_of(body) is None
    with pytest.raises(LedgerError, match="a lost record needs of, first and last"):
        lost_numbers("decision/ring", body)
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE record (id, kind, body)")
        db.executemany("INSERT INTO record VALUES (?, ?, ?)", [(8, SEGMENT, body), (9, TOMBSTONE, body)])
        assert segments.holes(db) == []
        with pytest.raises(LedgerError, match="does not say where the chain goes on"):
            segments.start_of(db, Path("a.db"))


@pytest.mark.parametrize("statements", [DEEP[0], "[1e999]", "[[]]", "7"])
def test_a_verdict_about_what_no_statement_is_called_is_unreadable(statements: str) -> None:
    verdicts = _Verdicts()
    verdicts.take(0, "run", statements, "{}")
    assert (verdicts.unreadable, verdicts.judged) == (1, {})


@pytest.mark.parametrize(
    ("name", "value"),
    [("records", "many"), ("records", None), ("commands", float("inf")), ("judged", 3), ("judged", [["w"]]),
     ("unjudged", [["w", "x"]]), ("shared", []), ("shared", {"attributed": [[["a", []], 1]], "unattributed": []})],
)  # fmt: skip
def test_a_tombstone_that_does_not_say_what_was_retired_is_told(
    name: str, value: object, open_ledger: Open, make_decision: Make
) -> None:
    with open_ledger() as ledger:
        ledger.append([make_decision(0)])
        assert ledger.seal()
        retire(ledger, segments.sealed(ledger.path)[0], "old")
    with Reader(ledger.path) as reader:
        (stone,) = reader.records(TOMBSTONE)
    body = {**stone.body, "facts": {**stone.body["facts"], name: value}}
    changed(ledger.path, "UPDATE record SET body = ? WHERE id = ?", json.dumps(body), stone.id)
    with pytest.raises(LedgerError, match="the tombstone of records 1 to 2 does not say what was in them"):
        reconcile(ledger.path)


@pytest.mark.parametrize("said", ["many", None, [], 1e999])
def test_duplicates_that_are_no_number_are_none(said: object, closed_ledger: Path) -> None:
    changed(
        closed_ledger, "UPDATE record SET body = ? WHERE kind = 'close'", json.dumps({"duplicates": said})
    )
    assert reconcile(closed_ledger)["duplicates"] == 0


@pytest.mark.parametrize(
    ("kind", "writer", "number"),
    [
        (None, "ring", 1),
        (b"decision", "ring", 1),
        ("decision", 3, 1),
        ("decision", "ring", "x"),
        ("decision", "ring", 1.5),
    ],
)
def test_a_page_that_gives_records_other_names_and_numbers_is_damage(
    kind: Any, writer: Any, number: Any
) -> None:
    """SQLite holds to the types of a table where it writes, and not where it reads."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE record (id INTEGER PRIMARY KEY, kind, writer, number, body)")
        for one in (("open", "me", 0), (kind, writer, number)):
            db.execute("INSERT INTO record (kind, writer, number, body) VALUES (?, ?, ?, '')", one)
        with pytest.raises(sqlite3.DatabaseError, match="malformed numbers"):
            numbers(db)


def test_a_file_whose_layout_is_no_text_is_damaged_from_its_first_record_on(closed_ledger: Path) -> None:
    unspeakable(closed_ledger)
    found = verify(closed_ledger, KEY)
    assert (found.sound, found.first_bad) == (False, 1)
    assert "record 1 cannot be read: the file is damaged (malformed text)" in str(found.problem)
    for read in (reconcile, Reader):
        with pytest.raises(LedgerError, match="the file is damaged"):
            read(closed_ledger)


def test_so_it_is_where_the_anchors_are_of_no_use(closed_ledger: Path) -> None:
    unspeakable(closed_ledger)
    anchors_path(closed_ledger).write_text("{}\n")
    found = verify(closed_ledger, KEY)
    assert (found.sound, found.first_bad) == (False, 1) and "the anchors were changed" in str(found.problem)
    anchors_path(closed_ledger).unlink()
    with pytest.raises(LedgerError, match=r"ledger\.db: the file is damaged \(malformed text\)"):
        verify(closed_ledger, KEY)


@pytest.mark.parametrize("depth", [100_000, 400])
def test_an_anchor_that_is_nested_is_none_however_deep(depth: int, closed_ledger: Path) -> None:
    path = anchors_path(closed_ledger)
    first, *others = path.read_text().splitlines(keepends=True)
    path.write_text(first.replace('"created"', "[" * depth + "]" * depth) + "".join(others))
    found = verify(closed_ledger, KEY)
    assert not found.sound and "line 1 is no anchor made with this key" in str(found.problem)


def test_an_index_whose_layout_is_no_text_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(index_path(path), isolation_level=None)) as db:
        db.execute("CREATE TABLE incident (id INTEGER PRIMARY KEY, kind TEXT) STRICT")
    unspeakable(index_path(path))
    before = index_path(path).read_bytes()
    forget(path, 5)
    assert index_path(path).read_bytes() == before


@pytest.mark.parametrize("told", [DEEP[0], '{"format": 1e999}'])
def test_a_preface_that_cannot_be_read_is_none(told: str) -> None:
    with pytest.raises(EventError, match="no preface of a journal"):
        Build.of(b"iatro journal " + told.encode())


@pytest.mark.parametrize("name", ["event", "ledger_id", "records", "head", "wall", "previous"])
def test_an_anchor_of_which_anything_is_nested_is_none(name: str, closed_ledger: Path) -> None:
    told = json.loads(anchors_path(closed_ledger).read_bytes().splitlines()[0])
    assert _parse(json.dumps(told).encode()) is not None
    assert _parse(json.dumps({**told, name: []}).encode()) is None
    assert _parse(json.dumps({**told, name: {}}).encode()) is None

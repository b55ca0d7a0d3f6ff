"""Recoveries of ledgers from which records were taken away before: what was retired is not lost, nor lost twice."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from iatro_governor.cli.ledger import app
from iatro_governor.ledger import Ledger, Reader, Record, reconcile, segments, store, verify
from iatro_governor.ledger.anchors import anchors_path
from iatro_governor.ledger.chain import Chain
from iatro_governor.ledger.gaps import unexplained
from iatro_governor.ledger.recovery import CAUSE, Recovered, _mac_in, recover
from iatro_governor.ledger.retiring import retire
from iatro_governor.ledger.segments import Hole
from test.ledger.conftest import KEY

Open = Callable[..., Ledger]
Make = Callable[..., Record]
OTHER_KEY = b"\xff" * 32


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (folder := tmp_path / "out").mkdir()
    return folder / "ledger.db"


def retired(ledger: Ledger, *numbers: int) -> Path:
    """Retires the sealed files with these numbers and closes the ledger."""
    files = segments.sealed(ledger.path)
    with ledger:
        for number in numbers:
            retire(ledger, files[number - 1], "old")
    return ledger.path


def recovered(path: Path, out: Path) -> Recovered:
    found = recover(path, out, KEY, software_version="0")
    checked = verify(out, KEY)
    assert checked.sound, checked.problem
    return found


def changed(path: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(sql, values)


def accounts(path: Path) -> dict[str, Any]:
    """All but how many records there are: a recovery adds those of its own session."""
    return {name: value for name, value in reconcile(path).items() if name != "records"}


def ids(path: Path) -> list[int]:
    with Reader(path) as reader:
        return [one.id for one in reader.records()]


def fewer_anchors(path: Path, kept: int) -> None:
    lines = anchors_path(path).read_bytes().splitlines(keepends=True)
    anchors_path(path).write_bytes(b"".join(lines[:kept]))


@pytest.mark.parametrize(("files", "gone"), [([1], 2), ([1, 2], 5), ([1, 2, 3], 9)])
def test_what_was_retired_is_not_lost_and_counts_as_it_did(
    files: list[int], gone: int, in_four: Ledger, out: Path
) -> None:
    path = retired(in_four, *files)
    before = accounts(path)
    assert before["retired"] == gone and before["gone"] == 0
    assert recovered(path, out).lost == []
    assert accounts(out) == before


def test_the_command_says_so(in_four: Ledger, tmp_path: Path) -> None:
    path = retired(in_four, 1)
    (tmp_path / "key").write_text(KEY.hex())
    result = CliRunner().invoke(app, ["recover", str(path), "--key", str(tmp_path / "key")])
    assert (result.exit_code, result.stderr, json.loads(result.stdout)["lost"]) == (0, "", [])


def test_of_what_is_partly_retired_and_partly_lost_only_that_is_lost(in_four: Ledger, out: Path) -> None:
    path = retired(in_four, 1, 3)
    segments.sealed(path)[0].write_bytes(b"gone" * 1000)
    assert recovered(path, out).lost == [[3, 5]]
    found = reconcile(out)
    assert (found["retired"], found["gone"], found["decisions"]) == (2 + 4, 3, 1 + 3)
    assert found["missing"]["record/id"] == [[3, 5]]


def test_where_nothing_vouches_for_the_record_before_what_was_retired_it_is_lost_with_it(
    in_four: Ledger, out: Path
) -> None:
    path = retired(in_four, 1, 3)
    fewer_anchors(path, 2)
    segments.sealed(path)[0].unlink()
    found = recovered(path, out)
    # 10 follows 9, which no anchor knows any more: the tombstone of 6 to 9 does.
    assert (found.lost, found.anchors) == ([[3, 9]], 2)
    assert ids(out)[0] == 10 and reconcile(out)["retired"] == 2


def test_a_tombstone_that_is_lost_itself_explains_nothing(in_four: Ledger, out: Path) -> None:
    path = retired(in_four, 1)
    changed(path, "DELETE FROM record WHERE kind = 'tombstone'")
    assert recovered(path, out).lost == [[1, 2], [11, 11]]
    assert reconcile(out)["gone"] == 3


def test_of_two_tombstones_the_one_that_is_left_explains_what_it_names(in_four: Ledger, out: Path) -> None:
    path = retired(in_four, 1, 2)
    changed(path, "DELETE FROM record WHERE kind = 'tombstone' AND number = 1")
    assert recovered(path, out).lost == [[3, 5], [12, 12]]
    assert (reconcile(out)["retired"], reconcile(out)["gone"]) == (2, 4)


def test_a_tombstone_that_nobody_with_the_key_wrote_explains_and_retires_nothing(
    in_four: Ledger, out: Path
) -> None:
    in_four.close()
    path = in_four.path
    with Reader(path) as reader:
        heads = {n: reader.mac_of(n) or b"" for n in (2, 5, 11)}
    for number, (first, last) in enumerate([(1, 2), (3, 5)], 12):
        body = json.dumps({**Hole(first, last, heads[last].hex(), "old").to_json(), "facts": {"records": 1}})
        row = (number, "tombstone", "x", number, 0.0, None, None, "", "", "", "", body)
        heads[number] = Chain(OTHER_KEY, heads[number - 1]).link(row)
        changed(path, store.insert(), *row, heads[number])
    segments.sealed(path)[0].unlink()
    assert recovered(path, out).lost == [[1, 2]]
    assert ids(out)[:9] == list(range(3, 12))
    with Reader(out) as reader:
        assert reader.count("tombstone") == 1


def test_a_ledger_that_was_recovered_once_loses_nothing_more(closed_ledger: Path, out: Path) -> None:
    """The wrong answer: the record after each gap, for want of the mac before it, and so on each time."""
    changed(closed_ledger, "DELETE FROM record WHERE id BETWEEN 20 AND 23 OR id > 50")
    changed(closed_ledger, "UPDATE record SET body = '{}' WHERE id = 40")
    assert recovered(closed_ledger, out).lost == [[20, 24], [40, 40], [51, 62]]
    again = out.with_name("again.db")
    found = recovered(out, again)
    assert (found.lost, found.records) == ([], len(ids(out)))
    assert accounts(again) == accounts(out) and accounts(again)["gone"] == 18
    changed(again.with_name("again.000001.db"), "DELETE FROM record WHERE id = 30")
    assert recovered(again, out.with_name("third.db")).lost == [[30, 31]]


@pytest.mark.parametrize("also", [None, "UPDATE record SET mac = randomblob(32) WHERE id = 10"])
def test_a_retirement_that_a_crash_interrupted_is_brought_to_its_end(
    also: str | None, in_four: Ledger, out: Path, tmp_path: Path
) -> None:
    """The wrong answer: its records beside the tombstone, so that they count twice for ever."""
    first = segments.sealed(in_four.path)[0]
    shutil.copy(first, tmp_path / "first")
    path = retired(in_four, 1)
    before = accounts(path)
    shutil.copy(tmp_path / "first", first)
    if also:
        changed(path, also)
    assert recovered(path, out).lost == ([[10, 10]] if also else [])
    assert ids(out)[0] == 3 and reconcile(out)["decisions"] == before["decisions"]
    assert [one.name for one in segments.sealed(out)] == [f"ledger.00000{n}.db" for n in (2, 3, 4)]


def test_records_that_were_lost_once_and_are_there_again_are_had(in_four: Ledger, out: Path) -> None:
    with in_four as ledger:
        with Reader(ledger.path) as reader:
            head = reader.mac_of(2) or b""
        ledger.tombstone(Hole(1, 2, head.hex(), CAUSE).to_json())
    assert recovered(in_four.path, out).lost == []
    assert ids(out)[:3] == [1, 2, 3]


@pytest.mark.parametrize("head", ["no digits", None, 7])
def test_a_tombstone_that_gives_no_mac_explains_nothing(head: object, in_four: Ledger, out: Path) -> None:
    first = segments.sealed(in_four.path)[0]
    with in_four as ledger:
        ledger.tombstone({**Hole(1, 2, "", "old", {"records": 2, "decisions": 1}).to_json(), "head": head})
    first.unlink()
    assert not verify(in_four.path, KEY).sound
    found = recover(in_four.path, out, KEY, software_version="0")
    assert found.lost == [[1, 2]] and verify(out, KEY).sound


def test_a_loss_that_was_told_of_what_was_retired_is_not_believed(in_four: Ledger) -> None:
    """Recoveries of before wrote such tombstones."""
    first = segments.sealed(in_four.path)[0]
    with in_four as ledger:
        retire(ledger, first, "old")
        before = accounts(ledger.path)
        with Reader(ledger.path) as reader:
            (hole,) = reader.holes()
        ledger.tombstone(Hole(1, 2, hole.head, CAUSE).to_json())
        assert accounts(ledger.path) == before and before["retired"] == 2
        ledger.tombstone({**hole.to_json(), "cause": "older"})
        with Reader(ledger.path) as reader:
            assert [one.cause for one in reader.holes()] == ["older"]


def test_of_a_file_without_the_table_no_mac_is_known() -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        assert _mac_in(db, 1) is None
        db.execute("CREATE TABLE record (id, mac)")
        assert _mac_in(db, 1) is None
        db.execute("INSERT INTO record VALUES (1, x'07')")
        assert _mac_in(db, 1) == b"\x07"


def parts(first: int, last: int, told: list[tuple[int, int]], known: list[int]) -> list[tuple[int, int, str]]:
    tombstones = [Hole(one, other, "aa", "old", {"records": 1}) for one, other in told]
    macs = {number: bytes([number]) for number in known}
    found = list(unexplained(Hole(first, last, "bb", CAUSE), tombstones, macs.get))
    assert all(one.cause == CAUSE and not one.facts for one in found)
    return [(one.first, one.last, one.head) for one in found]


@pytest.mark.parametrize(
    ("told", "known", "left"),
    [
        ([], [], [(3, 9, "bb")]),
        ([], [9], [(3, 9, "09")]),
        ([(3, 9)], [], []),
        ([(3, 5), (6, 9)], [], []),
        ([(3, 4), (3, 5), (6, 9)], [], []),
        ([(3, 5)], [2], [(6, 9, "bb")]),
        ([(3, 3), (9, 9)], [8], [(4, 8, "08")]),
        ([(6, 9)], [5], [(3, 5, "05")]),
        ([(6, 9)], [], [(3, 9, "bb")]),
        ([(6, 7), (8, 9)], [5, 7], [(3, 5, "05")]),
        ([(5, 6), (8, 8)], [4, 7], [(3, 4, "04"), (7, 7, "07"), (9, 9, "bb")]),
        ([(3, 10), (2, 9), (2, 10), (9, 10)], [8], [(3, 9, "bb")]),
        ([(5, 4), (3, 2)], [4], [(3, 9, "bb")]),
    ],
)
def test_what_tombstones_leave_of_a_gap_is_what_a_check_could_not_step_over(
    told: list[tuple[int, int]], known: list[int], left: list[tuple[int, int, str]]
) -> None:
    assert parts(3, 9, told, known) == left


def test_what_a_record_says_in_the_words_of_a_tombstone_explains_nothing(
    in_four: Ledger, make_decision: Make, out: Path
) -> None:
    """The wrong answer: whoever puts such words into a record could have others taken for retired."""
    with in_four as ledger:
        with Reader(ledger.path) as reader:
            head = reader.mac_of(2) or b""
        ledger.append([make_decision(6, **Hole(1, 2, head.hex(), "old", {"records": 2}).to_json())])
    segments.sealed(in_four.path)[0].unlink()
    assert recovered(in_four.path, out).lost == [[1, 2]]

"""A recovery that the disk, or another ledger beside its target, refuses; and what it goes by where little is left."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger, Reader, Record, recovery, segments, store, verify
from iatro_governor.ledger.anchors import anchors_path, read_anchors
from iatro_governor.ledger.recovery import Recovered, recover
from test.ledger.conftest import KEY

Open = Callable[..., Ledger]
Make = Callable[..., Record]


@pytest.fixture
def in_two(tmp_path: Path, open_ledger: Open, make_decision: Make) -> Path:
    """A ledger of two files with 4 and 3 records."""
    with open_ledger() as ledger:
        ledger.append([make_decision(number) for number in range(3)])
        assert ledger.seal()
        ledger.append([make_decision(3)])
    return tmp_path / "ledger.db"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (folder := tmp_path / "out").mkdir()
    return folder / "ledger.db"


def recovered(path: Path, out: Path) -> Recovered:
    return recover(path, out, KEY, software_version="0")


def names(out: Path) -> list[str]:
    return sorted(path.name for path in out.parent.iterdir())


def test_a_sealed_file_of_another_ledger_beside_the_target_is_not_touched(in_two: Path, out: Path) -> None:
    (other := out.with_name("ledger.000001.db")).write_bytes(segments.sealed(in_two)[0].read_bytes())
    before = other.read_bytes()
    with pytest.raises(LedgerError, match=r"ledger\.000001\.db: exists already; nothing is overwritten"):
        recovered(in_two, out)
    assert other.read_bytes() == before and names(out) == [other.name]


@pytest.mark.parametrize("at", ["CREATE", "INSERT", "COMMIT"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_disk_that_runs_full_while_a_file_is_copied_is_told_and_nothing_half_is_left(
    at: str, number: int, in_two: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its records would be in nothing that is written, and in no gap either."""

    class Full(sqlite3.Connection):
        def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
            if sql.startswith(at):
                raise sqlite3.OperationalError("database or disk is full")
            return super().execute(sql, *given)

    real: Any = sqlite3.connect

    def connect(path: Any, **named: Any) -> Any:
        full = str(path) == str(segments.name(out, number))
        return real(path, **named, factory=Full if full else sqlite3.Connection)

    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", connect)
        with pytest.raises(LedgerError, match="the copy cannot be written: the disk is full"):
            recovered(in_two, out)
    assert names(out) == []
    assert recovered(in_two, out).lost == [] and verify(out, KEY).sound


def test_a_folder_that_cannot_be_written_to_is_told_before_anything_is_read(
    in_two: Path, tmp_path: Path
) -> None:
    with pytest.raises(LedgerError, match=r"/none/ledger\.db: cannot be written: No such file or directory"):
        recovered(in_two, tmp_path / "none" / "ledger.db")


def test_the_copies_have_the_numbers_of_their_files_and_the_anchors_come_along(
    in_two: Path, out: Path
) -> None:
    recovered(in_two, out)
    assert [path.name for path in segments.sealed(out)] == ["ledger.000001.db", "ledger.000002.db"]
    known = list(read_anchors(anchors_path(in_two), KEY))
    assert list(read_anchors(anchors_path(out), KEY))[: len(known)] == known


def test_a_file_of_which_nothing_fits_leaves_no_copy(in_two: Path, out: Path) -> None:
    with closing(sqlite3.connect(in_two, isolation_level=None)) as db:
        db.execute("UPDATE record SET mac = randomblob(32)")
    assert recovered(in_two, out).lost == [[5, 7]]
    assert [path.name for path in segments.sealed(out)] == ["ledger.000001.db"]


def test_records_beyond_a_single_anchor_that_is_left_are_had_as_well(closed_ledger: Path, out: Path) -> None:
    lines = anchors_path(closed_ledger).read_bytes().splitlines(keepends=True)
    anchors_path(closed_ledger).write_bytes(lines[0])
    found = recovered(closed_ledger, out)
    assert (found.records, found.lost, found.anchors) == (62, [], 1)
    assert verify(out, KEY).sound


@pytest.mark.parametrize("mac", [None, "text", 7])
def test_a_mac_of_no_kind_vouches_for_nothing(
    mac: object, closed_ledger: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite takes none such, but a damaged page can say anything."""
    real = recovery._readable

    def damaged(*given: Any) -> Iterator[tuple[Any, Any]]:
        for row, right in real(*given):
            yield row, mac if row[0] in (20, 21) else right

    monkeypatch.setattr(recovery, "_readable", damaged)
    lost = {n for first, last in recovered(closed_ledger, out).lost for n in range(first, last + 1)}
    assert {20, 21} <= lost <= {20, 21, 22}
    assert verify(out, KEY).sound


def test_a_file_without_a_record_is_a_gap_like_one_that_is_gone(in_two: Path, out: Path) -> None:
    with closing(sqlite3.connect(in_two, isolation_level=None)) as db:
        db.execute("DELETE FROM record")
    assert recovered(in_two, out).lost == [[5, 7]] and verify(out, KEY).sound


def test_a_folder_in_the_place_of_a_sealed_file_is_a_gap_like_one_that_is_gone(
    in_two: Path, out: Path
) -> None:
    (sealed,) = segments.sealed(in_two)
    sealed.unlink()
    sealed.mkdir()
    assert recovered(in_two, out).lost == [[1, 4]] and verify(out, KEY).sound


def test_what_was_found_is_counted_in_json() -> None:
    assert Recovered("out", 5, [[2, 3], [7, 7]], 4).to_json() == {
        "out": "out", "records": 5, "lost": [[2, 3], [7, 7]], "anchors": 4, "lost_records": 3, "missing_bytes": 0,
    }  # fmt: skip


class Torn(sqlite3.Connection):
    """One that reads a row by its number alone."""

    why: Exception = sqlite3.DatabaseError("database disk image is malformed")

    def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
        if "BETWEEN" in sql:
            raise self.why
        return super().execute(sql, *given)


class Mangled(Torn):
    """One whose message quotes damaged text."""

    why = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")


@pytest.mark.parametrize("chunk", [7, 10, 31, 62, 500])
@pytest.mark.parametrize("factory", [sqlite3.Connection, Torn, Mangled])
def test_every_record_is_read_once_however_many_are_read_at_once(
    chunk: int, factory: type[sqlite3.Connection], closed_ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "_CHUNK", chunk)
    with closing(sqlite3.connect(closed_ledger, factory=factory)) as db:
        for first, known in ((1, 62), (1, 70), (5, 0)):
            found = [row[0] for row, _ in recovery._readable(db, store.SCHEMA, first, known)]
            assert found == list(range(first, 63))


def test_a_file_that_begins_late_is_read_from_its_beginning(in_two: Path, out: Path) -> None:
    segments.sealed(in_two)[0].unlink()
    found = recovered(in_two, out)
    assert found.lost == [[1, 4]] and found.records == 3
    with Reader(out) as reader:
        assert [one.id for one in reader.records("decision")] == [6]

"""Parts of a ledger, and of what is beside it, that are not as any writer makes them: told, and never believed."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.errors import LedgerError, MissingPart
from iatro_governor.ledger import Ledger, Record
from iatro_governor.ledger.anchors import AnchorLog
from iatro_governor.ledger.clips import check, write
from iatro_governor.ledger.keeping import _first
from iatro_governor.ledger.kept_clips import ClipState, clip_states
from iatro_governor.ledger.padding import padded
from iatro_governor.ledger.record import SEGMENT, TOMBSTONE, lost
from iatro_governor.ledger.recovery import recover
from iatro_governor.ledger.segments import holes, sealed, start_of
from iatro_governor.ledger.store import foreign
from test.ledger.conftest import KEY


def clip_ledger(path: Path, body: dict[str, Any]) -> list[ClipState]:
    with Ledger.open(path, key=KEY, context="simulation", software_version="0") as ledger:
        ledger.append([Record("clip", "recorder", 0, 0.0, None, None, body)])
    return clip_states(path, 99)[0]


@pytest.mark.parametrize("file", ["../../etc/passwd", "ledger.clips/.hidden.mcap", "", None])
def test_a_record_that_names_no_clip_beside_the_ledger_is_no_clips(tmp_path: Path, file: str | None) -> None:
    (found,) = clip_ledger(tmp_path / "ledger.db", {"file": file, "sha256": "ab"})
    assert (found.state, found.why) == ("altered", "its record names no clip")


def test_a_clip_that_cannot_be_read_is_gone_and_it_is_said_why(tmp_path: Path) -> None:
    (tmp_path / "ledger.clips" / "a.mcap").mkdir(parents=True)
    (found,) = clip_ledger(tmp_path / "ledger.db", {"file": "ledger.clips/a.mcap", "sha256": "ab"})
    assert found.state == "gone" and "cannot be read: Is a directory" in found.why


@pytest.mark.parametrize(("size", "state"), [(100, "cut"), (None, "altered"), (10, "altered")])
def test_without_mcap_a_clip_is_told_to_be_cut_by_its_length_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int | None, state: str
) -> None:
    for name in ("mcap.exceptions", "mcap.reader", "mcap.writer"):
        monkeypatch.setitem(sys.modules, name, None)
    (tmp_path / "ledger.clips").mkdir()
    (clip := tmp_path / "ledger.clips" / "a.mcap").write_bytes(bytes(10))
    (found,) = clip_ledger(tmp_path / "ledger.db", {"file": clip.name, "sha256": "ab", "bytes": size})
    assert found.state == state and (state != "cut" or found.why == "10 bytes of 100 are left")
    for missing in (lambda: check(clip), lambda: write(clip, [], {})):
        with pytest.raises(MissingPart, match=r"pip install iatro_governor\[clips\]"):
            missing()


def test_a_folder_that_is_not_there_holds_no_sealed_file(tmp_path: Path) -> None:
    assert sealed(tmp_path / "nowhere" / "ledger.db") == []


@pytest.mark.parametrize("body", ["{", "{}", '{"previous": "no digits"}', '{"previous": 7}', "[]"])
def test_a_first_record_that_does_not_say_where_the_chain_goes_on_is_an_error(body: str) -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE record (id, kind, body)")
        db.execute("INSERT INTO record VALUES (8, ?, ?)", (SEGMENT, body))
        with pytest.raises(
            LedgerError, match=r"a\.db: its first record does not say where the chain goes on"
        ):
            start_of(db, Path("a.db"))


def test_a_tombstone_that_the_writer_does_not_make_explains_nothing() -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE record (id, kind, body)")
        for id, body in enumerate(("{", "{}", '{"first": "one"}', "[]")):
            db.execute("INSERT INTO record VALUES (?, ?, ?)", (id, TOMBSTONE, body))
        assert holes(db) == []


@pytest.mark.parametrize(("first", "last"), [(-1, 3), (4, 3)])
def test_numbers_that_are_none_cannot_be_lost(first: int, last: int) -> None:
    with pytest.raises(LedgerError, match="the first must be >= 0 and not after the last"):
        lost("decision", "ring", first, last, "ring full", 0.0)


def test_a_file_whose_first_record_does_not_say_when_it_was_begun_is_not_retired_by_age(
    tmp_path: Path,
) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as db, db:
        db.execute("CREATE TABLE record (id, body)")
    with pytest.raises(LedgerError, match="does not say when it was begun"):
        _first(tmp_path / "a.db")
    with closing(sqlite3.connect(tmp_path / "a.db")) as db, db:
        db.execute("""INSERT INTO record VALUES (1, '{"wall_time": "noon"}')""")
    with pytest.raises(LedgerError, match="does not say when it was begun"):
        _first(tmp_path / "a.db")


def test_a_padded_copy_that_cannot_be_made_says_how_much_is_missing(
    tmp_path: Path, closed_ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cut := tmp_path / "cut.db").write_bytes(closed_ledger.read_bytes()[:-4096])

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("iatro_governor.ledger.padding.shutil.copyfile", full)
    with (
        pytest.raises(LedgerError, match=r"4096 bytes are missing at its end, .*: No space left"),
        padded(cut, tmp_path),
    ):
        pass


def test_a_recovery_is_told_at_once_where_it_cannot_write(tmp_path: Path, closed_ledger: Path) -> None:
    with pytest.raises(LedgerError, match=r"nowhere/ledger\.db: cannot be written: No such file"):
        recover(closed_ledger, tmp_path / "nowhere" / "ledger.db", KEY, software_version="0")


def test_anchors_that_cannot_be_opened_or_are_no_anchors_are_told(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="the anchors cannot be opened"):
        AnchorLog(tmp_path / "nowhere" / "a.anchors", KEY)
    for line in (b"{}\n", b"no json\n", b"[1]\n", b'{"event": "head"}\n'):
        (path := tmp_path / "a.anchors").write_bytes(line)
        with pytest.raises(LedgerError, match="line 1 is no anchor made with this key"):
            AnchorLog(path, KEY)


def test_a_file_that_cannot_be_opened_is_no_ledger_and_says_why(tmp_path: Path) -> None:
    assert foreign(tmp_path / "none") == "cannot be opened (No such file or directory)"
    (tmp_path / "empty").write_bytes(b"")
    assert foreign(tmp_path / "empty") == "an empty file, so no ledger"
    (tmp_path / "other").write_bytes(b"SQLite format 2")
    assert foreign(tmp_path / "other") == "not a SQLite file, so not a ledger"
    (tmp_path / "file").write_bytes(b"SQLite format 3\x00")
    assert foreign(tmp_path / "file") is None

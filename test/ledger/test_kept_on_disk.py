"""What a ledger forces to the disk and when, its files' formats, and what it says where it cannot be had."""

from __future__ import annotations

import hmac
import json
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.errors import ChainBroken, LedgerError, LedgerTaken
from iatro_governor.ledger import Ledger, Reader, Record, lock, opening, segments, store
from iatro_governor.ledger.anchors import CREATED, HEAD, OPENED, Anchor, AnchorLog, anchors_path, read_anchors
from iatro_governor.ledger.record import lost
from iatro_governor.ledger.segments import Hole
from test.ledger.conftest import KEY

Open = Callable[..., Ledger]
Make = Callable[..., Record]


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what is forced to the disk, in its order."""
    names: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        names.append(Path(os.readlink(f"/proc/self/fd/{handle}")).name)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return names


@pytest.fixture
def any_mode() -> Iterator[None]:
    """New files get the mode that they are made with."""
    before = os.umask(0)
    yield
    os.umask(before)


def log_of(path: Path, count: int) -> None:
    log = AnchorLog(path, KEY)
    for number in range(count):
        log.append(HEAD, "ab" * 16, number, bytes(32), sync=False)
    log.close()


def kinds(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return [kind for (kind,) in db.execute("SELECT kind FROM record ORDER BY id")]


def test_an_anchor_is_a_line_that_older_and_newer_programs_write_alike() -> None:
    anchor = Anchor(HEAD, "cd", 3, "ef", 1.5, "", "ab")
    assert anchor.line() == (
        b'{"event": "head", "head": "ef", "ledger_id": "cd", "mac": "ab", "previous": "", "records": 3, "wall": 1.5}\n'
    )
    covered = anchor.line().replace(b'"mac": "ab", ', b"").strip()
    assert anchor.expected_mac(KEY) == hmac.new(KEY, covered, "sha256").hexdigest()


@pytest.mark.parametrize("mac", [7, None, ["ab"], "\u00e4"])
def test_a_mac_of_no_kind_is_no_anchor_and_no_traceback(tmp_path: Path, mac: object) -> None:
    log_of(tmp_path / "a", 1)
    line = json.loads((tmp_path / "a").read_text())
    (tmp_path / "a").write_text(json.dumps({**line, "mac": mac}) + "\n")
    with pytest.raises(LedgerError, match="line 1 is no anchor made with this key"):
        list(read_anchors(tmp_path / "a", KEY))


def test_a_line_that_is_taken_out_of_the_anchors_is_missed_unless_they_are_some_of_them(
    tmp_path: Path,
) -> None:
    log_of(tmp_path / "a", 5)
    lines = (tmp_path / "a").read_bytes().splitlines(keepends=True)
    (tmp_path / "a").write_bytes(b"".join([*lines[:2], *lines[3:]]))
    with pytest.raises(LedgerError, match="line 3 does not follow the line before it"):
        list(read_anchors(tmp_path / "a", KEY))
    with pytest.raises(LedgerError, match="line 3 does not follow the line before it"):
        AnchorLog(tmp_path / "a", KEY)
    assert len(list(read_anchors(tmp_path / "a", KEY, whole=False))) == 4


def test_a_torn_line_is_gone_as_soon_as_the_anchors_are_opened_however_long_they_are(tmp_path: Path) -> None:
    log_of(tmp_path / "a", 300)
    whole = (tmp_path / "a").read_bytes()
    assert len(whole) > 65536
    (tmp_path / "a").write_bytes(whole + b"{" * 2000)
    log = AnchorLog(tmp_path / "a", KEY)
    log.close()
    assert (tmp_path / "a").read_bytes() == whole
    assert log.last is not None and log.last.records == 299


def test_files_are_for_everybody_to_read_and_for_nobody_to_run(
    any_mode: None, open_ledger: Open, tmp_path: Path
) -> None:
    open_ledger().close()
    for name in ("ledger.db.anchors", "ledger.db.lock"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o644, name


def test_an_anchor_is_forced_to_the_disk_where_it_is_asked_for_and_its_file_by_name_once(
    tmp_path: Path, synced: list[str]
) -> None:
    log = AnchorLog(tmp_path / "a", KEY)
    log.append(CREATED, "ab", 0, bytes(32), sync=True)
    assert synced == ["a", tmp_path.name]
    log.append(HEAD, "ab", 1, bytes(32), sync=False)
    assert synced == ["a", tmp_path.name]
    log.append(HEAD, "ab", 2, bytes(32), sync=True)
    log.close()
    assert synced == ["a", tmp_path.name, "a"]


def test_there_is_an_anchor_on_the_disk_before_there_is_a_record(
    tmp_path: Path, open_ledger: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty: list[tuple[str, bool]] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        with closing(sqlite3.connect(tmp_path / "ledger.db")) as db:
            empty.append((Path(os.readlink(f"/proc/self/fd/{handle}")).name, store.is_empty(db)))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    open_ledger().close()
    assert empty[0] == ("ledger.db.anchors", True)


def test_of_32_commits_the_anchor_of_one_is_forced_to_the_disk(
    open_ledger: Open, make_decision: Make, synced: list[str]
) -> None:
    with open_ledger() as ledger:
        synced.clear()
        for number in range(64):
            ledger.append([make_decision(number)])
        assert synced == ["ledger.db.anchors"] * 2


def test_an_anchor_that_the_disk_refuses_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_of(tmp_path / "a", 2)
    before, real = (tmp_path / "a").read_bytes(), os.pwrite
    log = AnchorLog(tmp_path / "a", KEY)
    monkeypatch.setattr(os, "pwrite", lambda handle, line, at: real(handle, line[:10], at))
    with pytest.raises(LedgerError, match="the disk is full"):
        log.append(HEAD, "ab" * 16, 2, bytes(32), sync=False)
    log.close()
    assert (tmp_path / "a").read_bytes() == before


def test_what_seals_and_what_tells_of_a_loss_is_forced_to_the_disk(
    tmp_path: Path, open_ledger: Open, make_decision: Make, synced: list[str]
) -> None:
    with open_ledger() as ledger:
        ledger.append([make_decision(0)])
        synced.clear()
        ledger.seal()
        assert synced[:2] == ["ledger.db.anchors", tmp_path.name], "the anchor, then the new name"
        synced.clear()
        ledger.tombstone({"first": 1, "last": 2, "head": "00" * 32, "cause": "old", "facts": {}})
        assert "ledger.db.anchors" in synced


def test_a_folder_that_is_not_there_is_made_and_no_handle_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "one" / "two" / "ledger.db"
    before = handles()
    os.close(lock.take(path, "ledger"))
    lock.sync_folder(path)
    assert handles() == before


def handles() -> list[str]:
    return sorted(os.listdir("/proc/self/fd"))


def test_whoever_comes_second_is_told_who_has_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    (tmp_path / "ledger.db.lock").write_text("12345678901234567890\nof long ago\n")
    handle = lock.take(path, "ledger")
    before = handles()
    with pytest.raises(LedgerTaken, match=rf"another writer \(process {os.getpid()}\) has this ledger open"):
        lock.take(path, "ledger")
    (tmp_path / "ledger.db.lock").write_text("")
    with pytest.raises(LedgerTaken, match=r"another writer \(process unknown\)"):
        lock.take(path, "ledger")
    assert handles() == before
    os.close(handle)


def test_anchors_that_know_one_record_alone_are_not_begun_anew(tmp_path: Path, open_ledger: Open) -> None:
    log = AnchorLog(anchors_path(tmp_path / "ledger.db"), KEY)
    log.append(OPENED, "ab" * 16, 1, bytes(32), sync=False)
    log.close()
    with pytest.raises(ChainBroken, match="its anchors know 1 records, but the file is empty or gone"):
        open_ledger()


def test_a_last_record_with_another_mac_is_not_gone_on_from(closed_ledger: Path, open_ledger: Open) -> None:
    with closing(sqlite3.connect(closed_ledger, isolation_level=None)) as db:
        db.execute("UPDATE record SET mac = ? WHERE id = 62", (bytes(32),))
    with pytest.raises(ChainBroken, match="record 62 is not the one that was anchored"):
        open_ledger()


def test_a_ledger_has_an_id_of_its_own_and_says_what_it_is_in_its_first_bytes(
    tmp_path: Path, open_ledger: Open
) -> None:
    ids = []
    for name in ("one.db", "two.db"):
        with open_ledger(name) as ledger:
            ids.append(ledger.ledger_id)
    assert len(set(ids)) == 2 and all(re.fullmatch("[0-9a-f]{32}", one) for one in ids)
    assert (tmp_path / "one.db").read_bytes()[68:72] == b"iatr"
    assert store.foreign(tmp_path / "one.db") is None


def test_a_session_after_a_crash_says_that_the_one_before_was_not_closed(
    tmp_path: Path, open_ledger: Open, make_decision: Make
) -> None:
    ledger = open_ledger()
    ledger.append([make_decision(0)])
    ledger._db.close()
    os.close(ledger._lock or 0)
    open_ledger().close()
    open_ledger().close()
    with Reader(tmp_path / "ledger.db") as reader:
        assert [one["clean"] for one in reader.sessions()] == [True, False, True]
        assert not any(one.get("shadow") for one in reader.sessions()), "unless it is asked for"


def test_another_thread_may_go_on_with_a_ledger(open_ledger: Open, make_decision: Make) -> None:
    told: list[Any] = []
    with open_ledger() as ledger:
        other = threading.Thread(target=lambda: told.append(ledger.append([make_decision(0)])))
        other.start()
        other.join()
        assert told[0].stored == 1


def test_a_reader_keeps_a_file_from_being_sealed_and_the_writers_patience_stays(
    tmp_path: Path, open_ledger: Open, make_decision: Make
) -> None:
    with open_ledger() as ledger:
        ledger.append([make_decision(0)])
        assert store.leave_wal(ledger._db)
        assert ledger._db.execute("PRAGMA busy_timeout").fetchone()[0] == store.WAIT_S * 1000


@pytest.mark.parametrize("way", ["append", "tombstone", "close"])
def test_a_file_that_could_not_be_begun_is_begun_by_whatever_comes_next(
    way: str, tmp_path: Path, open_ledger: Open, make_decision: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first record says where the chain goes on: without it nobody could retire the file before."""
    ledger = open_ledger()
    ledger.append([make_decision(0)])

    def refused(*_: Any, **__: Any) -> None:
        raise LedgerError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(opening, "segment_body", refused)
        with pytest.raises(LedgerError, match="no room"):
            ledger.seal()
    assert not ledger.seal(), "there is nothing to seal yet"
    if way == "append":
        ledger.append([make_decision(1)])
    elif way == "tombstone":
        ledger.tombstone({"first": 9, "last": 9, "head": "00" * 32, "cause": "old", "facts": {}})
    ledger.close()
    assert kinds(tmp_path / "ledger.db")[0] == "segment"


def test_a_file_that_a_crash_kept_from_being_begun_begins_where_the_chain_goes_on(
    tmp_path: Path, open_ledger: Open, make_decision: Make
) -> None:
    with open_ledger() as ledger:
        ledger.append([make_decision(0)])
    (tmp_path / "ledger.db").rename(tmp_path / "ledger.000001.db")
    open_ledger().close()
    assert kinds(tmp_path / "ledger.db")[0] == "segment"
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as db:
        start = segments.start_of(db, tmp_path / "ledger.db")
    assert start.records == len(kinds(tmp_path / "ledger.000001.db"))


def test_numbers_that_were_declared_lost_are_settled_and_the_next_is_not(
    open_ledger: Open, make_decision: Make
) -> None:
    with open_ledger() as ledger:
        assert ledger.append([make_decision(0), make_decision(0), make_decision(1)]).stored == 2
        ledger.append([lost("decision", "ring", 2, 4, "ring full", 0.5)])
        assert ledger.next_expected("decision", "ring") == 5
    with open_ledger() as ledger:
        assert ledger.next_expected("decision", "ring") == 5


def test_of_holes_what_no_writer_made_explains_nothing_and_what_follows_it_does(tmp_path: Path) -> None:
    whole = {"first": 1, "last": 2, "head": "ab", "cause": "old", "facts": {}}
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as db:
        db.execute("CREATE TABLE record (id INTEGER PRIMARY KEY, kind TEXT, body TEXT)")
        for body in ({"first": 1}, whole):
            db.execute("INSERT INTO record (kind, body) VALUES ('tombstone', ?)", (json.dumps(body),))
        assert segments.holes(db) == [Hole(1, 2, "ab", "old", {})]


def test_a_hole_within_another_that_ends_with_it_is_not_the_outermost() -> None:
    small, large = Hole(3, 5, "", "old"), Hole(1, 5, "", "old")
    assert segments.outermost([small, large]) == [large]


def test_a_sealed_file_without_a_record_is_no_leftover(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "ledger.000001.db", isolation_level=None)) as db:
        store.create(db)
    assert opening.leftovers([tmp_path / "ledger.000001.db"], [Hole(1, 5, "", "old")]) == []


def test_files_of_a_ledger_without_a_suffix_are_counted_too(tmp_path: Path) -> None:
    (tmp_path / "ledger.000001").touch()
    assert segments.next_name(tmp_path / "ledger") == tmp_path / "ledger.000002"


def test_a_ledger_has_no_more_files_than_sqlite_reads_at_once() -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        most = db.getlimit(sqlite3.SQLITE_LIMIT_ATTACHED)
    assert segments.MOST + 2 <= most

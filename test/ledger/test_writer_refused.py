"""A disk that refuses while a ledger is written, sealed or closed: nothing is half done, and the next try goes on."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger, Reader, Record, segments, store, verify
from iatro_governor.ledger.ring import Ring
from test.ledger.conftest import KEY

Open = Callable[..., Ledger]
Make = Callable[..., Record]


class Refusing:
    """``name`` of the module os, which refuses while ``now``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str, of: Any = os) -> None:
        self.now, real = True, getattr(of, name)

        def call(*given: Any, **named: Any) -> Any:
            if self.now:
                raise OSError(28, "No space left on device")
            return real(*given, **named)

        monkeypatch.setattr(of, name, call)


def test_a_file_that_cannot_be_sealed_is_written_on(
    tmp_path: Path, open_ledger: Open, make_decision: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_ledger() as ledger:
        ledger.append([make_decision(0)])
        refusing = Refusing(monkeypatch, "rename", Path)
        with pytest.raises(LedgerError, match="cannot be sealed: No space left"):
            ledger.seal()
        assert segments.sealed(tmp_path / "ledger.db") == []
        ledger.append([make_decision(1)])
        refusing.now = False
        assert ledger.seal()
        ledger.append([make_decision(2)])
    found = verify(tmp_path / "ledger.db", KEY)
    assert (found.sound, found.closed, found.problem) == (True, True, None)
    with Reader(tmp_path / "ledger.db") as reader:
        assert [one.number for one in reader.records("decision")] == [0, 1, 2]


def test_a_file_whose_end_cannot_be_anchored_is_not_sealed_and_written_on(
    tmp_path: Path, open_ledger: Open, make_decision: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_ledger() as ledger:
        ledger.append([make_decision(0)])
        refusing = Refusing(monkeypatch, "pwrite")
        with pytest.raises(LedgerError, match="the anchor cannot be written"):
            ledger.seal()
        refusing.now = False
        assert segments.sealed(tmp_path / "ledger.db") == []
        ledger.append([make_decision(1)])
        assert Path(f"{tmp_path / 'ledger.db'}-wal").exists(), (
            "readers and the writer do not wait for each other"
        )
    assert verify(tmp_path / "ledger.db", KEY).sound


def test_an_anchor_that_is_cut_short_by_a_full_disk_is_taken_back(
    tmp_path: Path, open_ledger: Open, make_decision: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.pwrite
    with open_ledger() as ledger:
        ledger.append([make_decision(0)])
        monkeypatch.setattr(os, "pwrite", lambda file, line, at: real(file, line[:10], at))
        told = ledger.append([make_decision(1)])
        assert "the disk is full" in str(told), "the records are there, and it is told that no anchor is"
        monkeypatch.setattr(os, "pwrite", real)
        ledger.append([make_decision(2)])
    found = verify(tmp_path / "ledger.db", KEY)
    assert (found.sound, found.closed, found.problem) == (True, True, None)


def test_a_ring_for_which_there_is_no_room_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = Refusing(monkeypatch, "posix_fallocate")
    with pytest.raises(LedgerError, match=r"the ring cannot be made: .*No space left"):
        Ring.open(tmp_path / "ring", 65536)
    refusing.now = False
    with Ring.open(tmp_path / "ring", 65536) as ring:
        assert ring.append(0, b"zero"), "its lock was let go of"


def test_a_batch_that_the_disk_refuses_is_not_there_and_can_be_given_again(
    tmp_path: Path, open_ledger: Open, make_decision: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = store.insert
    with open_ledger() as ledger:
        ledger.append([make_decision(0)])
        assert ledger.context == "simulation"
        monkeypatch.setattr(store, "insert", lambda: "INSERT INTO nowhere VALUES (?)")
        with pytest.raises(LedgerError, match="no such table: nowhere"):
            ledger.append([make_decision(1)])
        monkeypatch.setattr(store, "insert", real)
        assert ledger.next_expected("decision", "ring") == 1, "it was not counted"
        ledger.append([make_decision(1)])
    found = verify(tmp_path / "ledger.db", KEY)
    assert (found.sound, found.closed, found.problem) == (True, True, None)


def test_a_contradiction_that_the_disk_refused_is_kept_when_it_comes_again(
    tmp_path: Path, open_ledger: Open, make_decision: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wrong answer: it counts as known, and the evidence of a forgery is nowhere."""
    with open_ledger() as ledger:
        ledger.append([make_decision(0)])
        forged = make_decision(0, note="forged")
        with monkeypatch.context() as patched:
            patched.setattr(store, "insert", lambda: "INSERT INTO nowhere VALUES (?)")
            with pytest.raises(LedgerError, match="no such table: nowhere"):
                ledger.append([forged])
        assert ledger.append([forged, forged]).conflicts == 1
        assert ledger.append([forged]).duplicates == 1
    with Reader(tmp_path / "ledger.db") as reader:
        (kept,) = reader.records("conflict")
    assert kept.body["body"]["note"] == "forged" and verify(tmp_path / "ledger.db", KEY).sound


def test_while_another_program_writes_in_it_nothing_is_stored_and_it_goes_on_after(
    tmp_path: Path, open_ledger: Open, make_decision: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "WAIT_S", 0.05)
    with open_ledger() as ledger, closing(sqlite3.connect(tmp_path / "ledger.db")) as other:
        ledger.append([make_decision(0)])
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="locked"):
            ledger.append([make_decision(1)])
        other.rollback()
        assert ledger.append([make_decision(1)]).stored == 1
    found = verify(tmp_path / "ledger.db", KEY)
    assert (found.sound, found.closed, found.problem) == (True, True, None)


def test_an_end_that_cannot_be_anchored_is_an_error_and_the_ledger_is_let_go_of(
    tmp_path: Path, open_ledger: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An anchor between two commits may be missing; that of the end says that nothing was cut."""
    ledger = open_ledger()
    refusing = Refusing(monkeypatch, "pwrite")
    with pytest.raises(LedgerError, match="the anchor cannot be written"):
        ledger.close()
    refusing.now = False
    open_ledger().close()
    found = verify(tmp_path / "ledger.db", KEY)
    assert (found.sound, found.closed, found.problem) == (True, True, None)

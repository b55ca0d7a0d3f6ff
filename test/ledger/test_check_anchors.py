"""What verify says where anchors are changed, kept elsewhere, or behind the file, and of a file that is damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger, Reader, VerifyResult, verify

Open = Callable[..., Ledger]
RECORDS = 62  # 60 decisions between an opening and a closing record


def anchors_of(path: Path) -> Path:
    return Path(f"{path}.anchors")


def garbled(path: Path) -> None:
    """The last line of the anchors is nobody's any more."""
    lines = anchors_of(path).read_text().splitlines(keepends=True)
    anchors_of(path).write_text("".join(lines[:-1]) + lines[-1].replace("closed", "opened"))


def test_without_anchors_the_first_record_that_could_have_been_cut_is_named(
    closed_ledger: Path, key: bytes
) -> None:
    anchors_of(closed_ledger).unlink()
    found = verify(closed_ledger, key)
    assert (found.sound, found.closed, found.records, found.anchors) == (False, False, RECORDS, 0)
    assert found.first_bad == RECORDS + 1 and "anchors are missing" in str(found.problem)


def test_anchors_that_are_changed_still_let_the_first_changed_record_be_found(
    closed_ledger: Path, key: bytes
) -> None:
    """The wrong answer: to look at no record where the anchors are of no use."""
    garbled(closed_ledger)
    found = verify(closed_ledger, key)
    assert (found.sound, found.first_bad, found.records, found.anchors) == (False, None, RECORDS, 0)
    assert "the anchors were changed" in str(found.problem)
    with closing(sqlite3.connect(closed_ledger, isolation_level=None)) as db:
        db.execute("UPDATE record SET body = '{}' WHERE id = 17")
    assert (verify(closed_ledger, key).first_bad, verify(closed_ledger, key).records) == (17, 16)


def test_anchors_that_are_changed_beside_a_file_that_cannot_be_read(closed_ledger: Path, key: bytes) -> None:
    garbled(closed_ledger)
    closed_ledger.write_bytes(closed_ledger.read_bytes()[:5000])
    found = verify(closed_ledger, key)
    assert not found.sound and found.first_bad == found.records + 1


def test_anchors_kept_elsewhere_may_be_some_of_them_in_any_place(
    closed_ledger: Path, tmp_path: Path, key: bytes
) -> None:
    own = anchors_of(closed_ledger).read_text().splitlines(keepends=True)
    (tmp_path / "elsewhere").write_text("".join(own[2:5]))
    found = verify(closed_ledger, key, anchors=tmp_path / "elsewhere")
    assert (found.sound, found.closed, found.problem, found.first_bad) == (True, True, None, None)
    assert found.anchors == len(own) + 3
    anchors_of(closed_ledger).unlink()
    found = verify(closed_ledger, key, anchors=tmp_path / "elsewhere")
    assert (found.sound, found.closed) == (True, False), "no anchor says that it was closed"


def test_anchors_kept_elsewhere_that_are_not_there_are_an_error_and_changed_ones_are_not(
    closed_ledger: Path, tmp_path: Path, key: bytes
) -> None:
    """The wrong answer to a mistyped path is that the ledger was tampered with."""
    with pytest.raises(LedgerError, match="absent"):
        verify(closed_ledger, key, anchors=tmp_path / "absent")
    (tmp_path / "elsewhere").write_text(
        anchors_of(closed_ledger).read_text().replace('"records": ', '"records": 1')
    )
    found = verify(closed_ledger, key, anchors=tmp_path / "elsewhere")
    assert not found.sound and found.records == RECORDS


def test_a_record_after_the_last_anchor_is_sound_and_the_ledger_is_not_closed(
    open_ledger: Open, closed_ledger: Path, key: bytes
) -> None:
    """So it is after a crash between a commit and its anchor."""
    kept = anchors_of(closed_ledger).read_text()
    open_ledger().close()
    anchors_of(closed_ledger).write_text(kept)
    found = verify(closed_ledger, key)
    assert (found.sound, found.closed, found.records) == (True, False, RECORDS + 2)
    assert found.notes == ["not closed: it is being written, or its writer was killed"]


def test_a_sound_ledger_says_what_it_is(closed_ledger: Path, key: bytes) -> None:
    found = verify(closed_ledger, key)
    with Reader(closed_ledger) as reader:
        last = reader.mac_of(RECORDS)
        opened = reader.sessions()[0]["ledger_id"]
    assert last is not None
    assert found.to_json() == {
        "path": str(closed_ledger), "sound": True, "records": RECORDS, "head": last.hex(), "ledger_id": opened,
        "first_bad": None, "problem": None, "anchors": len(anchors_of(closed_ledger).read_text().splitlines()),
        "closed": True, "notes": [],
    }  # fmt: skip


def test_a_result_that_nobody_has_filled_claims_no_end() -> None:
    assert not VerifyResult("ledger.db").closed and VerifyResult("ledger.db").problem is None


def test_an_index_that_leaves_a_record_out_is_damage(closed_ledger: Path, key: bytes) -> None:
    """Each record is as it was, and who looks for it by its number does not find it."""
    with closing(sqlite3.connect(closed_ledger, isolation_level=None)) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'record_number'").fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    content = bytearray(closed_ledger.read_bytes())
    at = (page - 1) * size
    place = content.index(b"ring", at, at + size)
    content[place : place + 4] = b"rinG"
    closed_ledger.write_bytes(content)
    found = verify(closed_ledger, key)
    assert (found.sound, found.closed, found.first_bad, found.records) == (False, False, None, RECORDS)
    assert "the file is damaged" in str(found.problem)

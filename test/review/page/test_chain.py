"""The page's check of the chain: what it says, when it looks again, and what it never goes on calling sound."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.ledger import Ledger, segments, verify
from iatro_governor.review.page import chain
from iatro_governor.review.page.chain import AGAIN_AFTER, ChainStatus, ChainWatch
from iatro_governor.review.page.look import Look
from test.ledger.conftest import KEY, decision

LONG = 60.0
"""Longer than any check of a small ledger takes, s."""
NOON = 1_772_366_400.0  # 2026-03-01 12:00:00 UTC


class Clock:
    """The time on the wall, s, as a test sets it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """One of two files, which nobody writes."""
    with Ledger.open(tmp_path / "ledger.db", key=KEY, context="simulation", software_version="0") as made:
        made.append([decision(number) for number in range(3)])
        assert made.seal()
        made.append([decision(3)])
    return tmp_path / "ledger.db"


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Each check that was made."""
    made: list[Path] = []

    def counted(db: Path, key: bytes) -> Any:
        made.append(db)
        return verify(db, key)

    monkeypatch.setattr(chain, "verify", counted)
    return made


def edited(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE record SET plan_id = 'forged' WHERE id = (SELECT max(id) FROM record)")


def sealed_edited(path: Path) -> None:
    edited(segments.sealed(path)[0])


def edited_and_dated_back(path: Path) -> None:
    before = path.stat()
    edited(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns and path.stat().st_size == before.st_size


def anchors_edited(path: Path) -> None:
    anchors = Path(f"{path}.anchors")
    anchors.write_bytes(anchors.read_bytes().replace(b'"head"', b'"heAd"', 1))


def sealed_gone(path: Path) -> None:
    segments.sealed(path)[0].unlink()


TAMPERINGS = (edited, sealed_edited, edited_and_dated_back, anchors_edited, sealed_gone)


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda one: one.__name__)
def test_what_was_sound_is_not_called_so_once_anything_of_it_has_changed(
    tampering: Callable[[Path], None], ledger: Path, clock: Clock
) -> None:
    watch = ChainWatch(ledger, KEY, "", clock)
    assert watch.status(LONG).sound
    tampering(ledger)
    told = watch.status(LONG)
    assert told.sound is None and told.text.startswith("Changed since it was checked, and not checked again")
    assert "Then: Sound: 7 records" in told.text and "Checked 2026-03-01 12:00:00 UTC." in told.text
    clock.now += AGAIN_AFTER + 1.0
    told = watch.status(LONG)
    assert told.sound is False and told.text.startswith("NOT SOUND: "), told
    assert "Checked 2026-03-01 12:00:31 UTC." in told.text


def test_it_says_what_it_found_and_when(ledger: Path, clock: Clock) -> None:
    told = ChainWatch(ledger, KEY, "", clock).status(LONG)
    text = "Sound: 7 records, each in its place and unchanged. Checked 2026-03-01 12:00:00 UTC."
    assert told == ChainStatus(True, text, NOON)


def test_a_ledger_that_is_being_written_says_so(ledger: Path, clock: Clock) -> None:
    with Ledger.open(ledger, key=KEY, context="simulation", software_version="0"):
        told = ChainWatch(ledger, KEY, "", clock).status(LONG)
    assert told.sound and "The ledger is not closed" in told.text


def test_what_does_not_change_is_checked_once(ledger: Path, clock: Clock, checks: list[Path]) -> None:
    watch = ChainWatch(ledger, KEY, "", clock)
    for _ in range(3):
        assert watch.status(LONG).sound
        clock.now += 10 * AGAIN_AFTER
    assert checks == [ledger]


def test_what_is_found_unsound_stays_so_until_it_is_checked_again(
    ledger: Path, clock: Clock, checks: list[Path]
) -> None:
    kept = ledger.read_bytes()
    edited(ledger)
    watch = ChainWatch(ledger, KEY, "", clock)
    assert watch.status(LONG).sound is False
    ledger.write_bytes(kept)
    assert watch.status(LONG).sound is False and len(checks) == 1
    clock.now += AGAIN_AFTER + 1.0
    assert watch.status(LONG).sound and len(checks) == 2


def test_while_a_change_is_being_checked_the_result_of_before_is_not_taken_for_its(
    ledger: Path, clock: Clock
) -> None:
    turn = threading.Lock()
    watch = ChainWatch(ledger, KEY, "", clock, turn)
    assert watch.status(LONG).sound
    edited(ledger)
    clock.now += AGAIN_AFTER + 1.0
    with turn:
        assert watch.status(0.0).sound is None
        assert watch.status(0.0).text.startswith("Changed since")
    assert watch.status(LONG).sound is False


def test_what_cannot_be_checked_says_why(ledger: Path, clock: Clock) -> None:
    assert ChainWatch(ledger, None, "no key", clock).status() == ChainStatus(None, "Not checked: no key")
    ledger.unlink()
    told = ChainWatch(ledger, KEY, "", clock).status(LONG)
    assert told.sound is False and told.text.startswith(f"Cannot be checked: {ledger}: no such ledger")


def dated_back(path: Path, content: bytes) -> None:
    """Writes ``content`` and gives the file the time of change that it had."""
    before = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_of_a_wal_file_that_root_has_opened_what_is_in_it_counts(ledger: Path) -> None:
    """SQLite sets its owner anew then, and so its last time: looking at a ledger would be a change of it."""
    wal = Path(f"{ledger}-wal")
    wal.write_bytes(b"frames")
    then = Look.at(ledger)
    content = then.content()
    dated_back(wal, b"frames")
    now = Look.at(ledger)
    assert now != then and not now.shows_change_since(then, content)
    dated_back(wal, b"FRAMES")
    assert Look.at(ledger).shows_change_since(then, content)
    dated_back(wal, b"frames and more")
    assert Look.at(ledger).shows_change_since(then, content)
    wal.unlink()
    assert Look.at(ledger).shows_change_since(then, content)


def test_a_wal_file_that_comes_is_a_change(ledger: Path) -> None:
    then = Look.at(ledger)
    assert then.content() == b"" and not Look.at(ledger).shows_change_since(then, b"")
    Path(f"{ledger}-wal").touch()
    assert Look.at(ledger).shows_change_since(then, b"")


def test_a_check_that_this_program_fails_at_is_said_to_have_failed(
    ledger: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wrong answer: that it is being checked, for ever."""

    def failing(*_: object) -> None:
        raise ZeroDivisionError

    raised: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda told: raised.append(told.exc_type))
    watch = ChainWatch(ledger, KEY, "", clock)
    with monkeypatch.context() as patched:
        patched.setattr(chain, "verify", failing)
        told = watch.status(LONG)
    assert told.sound is False and told.text.startswith("Cannot be checked: this program failed at it")
    assert raised == [ZeroDivisionError]
    clock.now += AGAIN_AFTER + 1.0
    assert watch.status(LONG).sound

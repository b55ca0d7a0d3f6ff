"""What a writer takes care of: files it lets go of, anchors it forces to the disk, and what it counts."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from iatro_governor.errors import ChainBroken, LedgerError
from iatro_governor.ledger import Ledger, Reader, Record, verify
from iatro_governor.ledger.anchors import CLOSED, HEAD, OPENED, AnchorLog, anchors_path

Open = Callable[..., Ledger]
Make = Callable[..., Record]
EVERY = 32
"""Commits between two anchors that are forced to the disk."""


def held(folder: Path) -> list[str]:
    """The files in ``folder`` that this process has open, the lock's too."""
    links = (
        os.readlink(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd") if there(number)
    )
    return sorted(link for link in links if link.startswith(f"{folder}/"))


def there(number: str) -> bool:
    return os.path.lexists(f"/proc/self/fd/{number}")


def wrong_key(path: Path, open_ledger: Open) -> None:
    open_ledger(key=bytes(32))


def no_anchors(path: Path, open_ledger: Open) -> None:
    anchors_path(path).unlink()
    open_ledger()


def no_ledger(path: Path, open_ledger: Open) -> None:
    path.write_text("no database, but long enough to be looked at\n" * 100)
    open_ledger()


def cut_end(path: Path, open_ledger: Open) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DELETE FROM record WHERE id > 40")
    open_ledger()


@pytest.mark.parametrize("way", [wrong_key, no_anchors, no_ledger, cut_end], ids=lambda way: way.__name__)
def test_a_ledger_that_is_not_opened_is_let_go_of(
    way: Callable[[Path, Open], None], closed_ledger: Path, open_ledger: Open
) -> None:
    """The wrong answer leaves a file open at each try, until the process may open no more."""
    with pytest.raises((LedgerError, ChainBroken)) as refused:  # it holds what the traceback holds
        way(closed_ledger, open_ledger)
    assert held(closed_ledger.parent) == [], refused.value


def test_a_closed_ledger_is_let_go_of_and_closing_it_again_does_nothing(
    open_ledger: Open, make_decision: Make, tmp_path: Path, key: bytes
) -> None:
    ledger = open_ledger()
    ledger.append([make_decision(0)])
    assert held(tmp_path) != []
    ledger.close()
    assert held(tmp_path) == []
    ledger.close()
    assert verify(tmp_path / "ledger.db", key).records == 3


def test_a_reader_that_refuses_a_file_or_is_closed_lets_go_of_it(closed_ledger: Path) -> None:
    with Reader(closed_ledger) as reader:
        assert held(closed_ledger.parent) != [] and reader.count() == 62
    assert held(closed_ledger.parent) == []
    with closing(sqlite3.connect(closed_ledger, isolation_level=None)) as db:
        db.execute("DROP INDEX record_number")
    with pytest.raises(LedgerError) as refused:
        Reader(closed_ledger)
    assert held(closed_ledger.parent) == [], refused.value


def test_an_anchor_in_so_many_and_each_that_opens_or_closes_is_forced_to_the_disk(
    open_ledger: Open, make_decision: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wrong answers: none, and a power cut takes all; each, and every commit waits for the disk twice."""
    said: list[tuple[str, bool]] = []
    write = AnchorLog.append

    def spied(log: AnchorLog, event: str, *rest: object, sync: bool) -> None:
        said.append((event, sync))
        write(log, event, *rest, sync=sync)  # type: ignore[arg-type]

    monkeypatch.setattr(AnchorLog, "append", spied)
    with open_ledger() as ledger:
        for number in range(2 * EVERY):
            ledger.append([make_decision(number)])
    opened = said.index((OPENED, True))
    commits = said[opened:]
    heads = [(HEAD, number % EVERY == 0) for number in range(2, 2 * EVERY + 2)]
    assert commits == [(OPENED, True), *heads, (CLOSED, True)]


def test_the_closing_record_says_how_much_came_twice(
    open_ledger: Open, make_decision: Make, tmp_path: Path
) -> None:
    with open_ledger() as ledger:
        ledger.append([make_decision(0), make_decision(0)])
        ledger.append([make_decision(0), make_decision(1)])
        ledger.append([make_decision(1, allowed=[9.9])])
        assert (ledger.duplicates, ledger.conflicts) == (2, 1)
    open_ledger().close()
    with Reader(tmp_path / "ledger.db") as reader:
        first, second = (session["close"] for session in reader.sessions())
    assert (first["duplicates"], first["conflicts"]) == (2, 1)
    assert (second["duplicates"], second["conflicts"]) == (0, 0)


def test_conflicts_have_numbers_of_their_own_without_a_gap(
    open_ledger: Open, make_decision: Make, tmp_path: Path
) -> None:
    with open_ledger() as ledger:
        ledger.append([make_decision(0), make_decision(1)])
        two = [make_decision(0, allowed=[1.0]), make_decision(1, allowed=[2.0])]
        assert ledger.append(two).conflicts == 2
        more = ledger.append([*two, make_decision(0, allowed=[3.0])])
        assert (more.stored, more.duplicates, more.conflicts) == (0, 2, 1)
    with Reader(tmp_path / "ledger.db") as reader:
        assert [conflict.number for conflict in reader.records("conflict")] == [0, 1, 2]


def test_the_size_is_that_of_the_file(open_ledger: Open, make_decision: Make, tmp_path: Path) -> None:
    with open_ledger() as ledger:
        ledger.append([make_decision(number) for number in range(500)])
        size = ledger.size()
        with closing(sqlite3.connect(tmp_path / "ledger.db")) as db:
            pages, each = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    assert size == pages * each > 50_000

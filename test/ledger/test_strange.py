"""Files that are no sound ledger in ways that hardly happen: each is told, with its first bad record; none raises."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from iatro_governor.ledger import Ledger, Record, verify

Open = Callable[..., Ledger]
Make = Callable[..., Record]


@pytest.fixture
def written(open_ledger: Open, make_decision: Make, tmp_path: Path) -> Callable[[str], Path]:
    """``written("a.db")``: a closed ledger of 20 decisions."""

    def write(name: str) -> Path:
        with open_ledger(name) as ledger:
            ledger.append([make_decision(number) for number in range(20)])
        return tmp_path / name

    return write


def changed(path: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(sql, values)


@pytest.mark.parametrize("body", ["no json", "[]", "{}", '{"ledger_id": "x"}', "null"])
def test_a_first_record_that_opens_nothing_is_the_first_bad_one(
    written: Callable[[str], Path], key: bytes, body: str
) -> None:
    path = written("a.db")
    changed(path, "UPDATE record SET body = ? WHERE id = 1", body)
    found = verify(path, key)
    assert not found.sound and found.first_bad == 1


def test_anchors_of_another_ledger_with_the_same_key_are_not_taken_for_its_own(
    written: Callable[[str], Path], key: bytes
) -> None:
    one, other = written("a.db"), written("b.db")
    shutil.copy(f"{other}.anchors", f"{one}.anchors")
    found = verify(one, key)
    assert not found.sound and found.first_bad == 1


def test_a_file_that_is_cut_off_in_the_middle_with_anchors_of_another_key_says_both(
    written: Callable[[str], Path], key: bytes
) -> None:
    """With the anchors of no use the records are looked at by themselves, and the file gives out under it."""
    path = written("a.db")
    anchors = Path(f"{path}.anchors")
    anchors.write_text(
        anchors.read_text(encoding="ascii").replace('"records": ', '"records": 1'), encoding="ascii"
    )
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    found = verify(path, key)
    assert not found.sound and found.first_bad is not None

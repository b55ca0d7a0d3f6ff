"""Tombstones and anchors that disagree, files that are gone, and what a recovery has to explain again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.errors import ChainBroken, LedgerError
from iatro_governor.ledger import Ledger, Reader, Record, segments, verify
from iatro_governor.ledger.anchors import HEAD, AnchorLog, anchors_path
from iatro_governor.ledger.recovery import recover
from iatro_governor.ledger.retiring import retire
from iatro_governor.ledger.ring import Ring
from test.ledger.conftest import KEY

Open = Callable[..., Ledger]
Make = Callable[..., Record]


@pytest.fixture
def three_files(tmp_path: Path, open_ledger: Open, make_decision: Make) -> Path:
    """Two sealed files and one more, three decisions in each."""
    with open_ledger() as ledger:
        for part in range(3):
            if part:
                assert ledger.seal()
            ledger.append([make_decision(number) for number in range(3 * part, 3 * part + 3)])
    return tmp_path / "ledger.db"


def ends(path: Path) -> tuple[int, int, str]:
    """First and last record of a file, and the last one's mac."""
    with closing(sqlite3.connect(path)) as db:
        first, last = db.execute("SELECT min(id), max(id) FROM record").fetchone()
        return first, last, db.execute("SELECT mac FROM record WHERE id = ?", (last,)).fetchone()[0].hex()


def tombstone(path: Path, **changed: Any) -> dict[str, Any]:
    first, last, head = ends(path)
    return {"first": first, "last": last, "head": head, "cause": "old", "facts": {}} | changed


def changed(path: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(sql, values)


def test_two_tombstones_that_follow_each_other_explain_what_they_name(
    three_files: Path, open_ledger: Open
) -> None:
    sealed = segments.sealed(three_files)
    with open_ledger() as ledger:
        for path in sealed:
            ledger.tombstone(tombstone(path))
    for path in sealed:
        path.unlink()
    found = verify(three_files, KEY)
    assert found.sound, found.problem
    assert sum(note.endswith("are gone: old") for note in found.notes) == 2


@pytest.mark.parametrize(
    ("head", "bad", "why"),
    [("no digits", 1, "record 1 is missing"), ("ab" * 32, 4, "record 4 is not the one that was anchored")],
)
def test_a_tombstone_with_another_head_than_the_chains_explains_nothing(
    three_files: Path, open_ledger: Open, head: str, bad: int, why: str
) -> None:
    first = segments.sealed(three_files)[0]
    with open_ledger() as ledger:
        ledger.tombstone(tombstone(first, head=head))
    first.unlink()
    found = verify(three_files, KEY)
    assert not found.sound and found.first_bad == bad and why in (found.problem or ""), found.problem


def test_an_anchor_of_another_chain_with_the_same_name_and_key_is_told(closed_ledger: Path) -> None:
    with Reader(closed_ledger) as reader:
        ledger_id = reader.origin()["ledger_id"]
    anchors_path(closed_ledger).unlink()
    AnchorLog(anchors_path(closed_ledger), KEY).append(HEAD, ledger_id, 5, bytes(32), sync=False)
    found = verify(closed_ledger, KEY)
    assert (
        not found.sound
        and found.first_bad == 5
        and "record 5 is not the one that was anchored" in (found.problem or "")
    )


def test_a_first_record_of_another_kind_opens_nothing_whatever_it_says(closed_ledger: Path) -> None:
    changed(closed_ledger, "UPDATE record SET kind = 'statement' WHERE id = 1")
    found = verify(closed_ledger, KEY)
    assert not found.sound and found.first_bad == 1 and "no opening record" in (found.problem or "")


def fewer_anchors(path: Path, kept: int) -> None:
    lines = anchors_path(path).read_bytes().splitlines(keepends=True)
    anchors_path(path).write_bytes(b"".join(lines[:kept]))


def test_records_after_the_last_anchor_are_checked_before_a_ledger_goes_on(
    closed_ledger: Path, open_ledger: Open
) -> None:
    fewer_anchors(closed_ledger, 3)
    changed(closed_ledger, "UPDATE record SET t = 9.0 WHERE id = 40")
    with pytest.raises(ChainBroken, match="record 40 does not fit the chain"):
        open_ledger()


def test_a_ledger_of_which_only_the_beginning_was_anchored_goes_on(
    closed_ledger: Path, open_ledger: Open
) -> None:
    fewer_anchors(closed_ledger, 1)
    open_ledger().close()
    found = verify(closed_ledger, KEY)
    assert found.sound and found.closed, found.problem


def test_a_file_that_is_gone_and_was_not_anchored_is_not_begun_anew(
    three_files: Path, open_ledger: Open
) -> None:
    three_files.unlink()
    last = ends(segments.sealed(three_files)[-1])[1]
    lines = anchors_path(three_files).read_bytes().splitlines()
    fewer_anchors(three_files, sum(_records(line) < last for line in lines))
    with pytest.raises(
        ChainBroken, match=r"it is gone, or ledger\.000002\.db was not sealed by this program"
    ):
        open_ledger()


def _records(line: bytes) -> int:
    return int(json.loads(line)["records"])


def test_where_the_last_sealed_file_is_no_ledgers_nothing_goes_on_from_it(
    three_files: Path, open_ledger: Open
) -> None:
    three_files.unlink()
    changed(segments.sealed(three_files)[-1], "ALTER TABLE record ADD COLUMN more TEXT")
    with pytest.raises((ChainBroken, LedgerError), match=r"ledger\.000002\.db"):
        open_ledger()


def test_what_a_recovery_lost_is_still_explained_when_its_file_is_retired(
    closed_ledger: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(closed_ledger, isolation_level=None)) as db:
        db.execute("DELETE FROM record WHERE id BETWEEN 10 AND 12")
    out = tmp_path / "out" / "ledger.db"
    out.parent.mkdir()
    lost = recover(closed_ledger, out, KEY, software_version="0").lost
    assert lost[0][0] == 10 and lost[-1][1] >= 12
    with Ledger.open(out, key=KEY, context="simulation", software_version="0") as ledger:
        assert ledger.seal()
        for sealed in segments.sealed(out):
            retire(ledger, sealed, "old")
    found = verify(out, KEY)
    assert found.sound, found.problem
    with Reader(out) as reader:
        holes = reader.holes()
    assert all(any(hole.first <= first and last <= hole.last for hole in holes) for first, last in lost)


def test_a_folder_is_no_ring(tmp_path: Path) -> None:
    (tmp_path / "ring").mkdir()
    with pytest.raises(LedgerError, match="the ring cannot be made"):
        Ring.open(tmp_path / "ring", 65536)

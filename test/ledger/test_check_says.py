"""What verify says of a ledger, record by record: which is the first that is wrong, and why."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.ledger import Ledger, Reader, Record, segments, verify
from iatro_governor.ledger.anchors import CREATED, HEAD, AnchorLog, anchors_path
from iatro_governor.ledger.chain import Chain
from test.ledger.conftest import KEY

Open = Callable[..., Ledger]
Make = Callable[..., Record]
RECORDS = 62  # 60 decisions between an opening and a closing record


def changed(path: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(sql, values)


def garbled(path: Path) -> None:
    """No anchor of ``path`` is of use any more."""
    anchors_path(path).write_text("{}\n")


def anchored_anew(path: Path, *anchors: tuple[str, str, int, bytes]) -> None:
    anchors_path(path).unlink(missing_ok=True)
    log = AnchorLog(anchors_path(path), KEY)
    for event, ledger_id, records, head in anchors:
        log.append(event, ledger_id, records, head, sync=False)
    log.close()


def origin(path: Path) -> str:
    with Reader(path) as reader:
        return str(reader.origin()["ledger_id"])


def body_without_name(path: Path) -> None:
    """The first record that there is does not say which ledger it opens."""
    changed(path, "UPDATE record SET body = '{}' WHERE id = (SELECT min(id) FROM record)")


def test_records_that_cannot_be_read_begin_after_the_last_that_could(closed_ledger: Path) -> None:
    with closing(sqlite3.connect(closed_ledger)) as db:
        (size,) = db.execute("PRAGMA page_size").fetchone()
    content = bytearray(closed_ledger.read_bytes())
    page = content.index(b'"seq":40') // size * size
    content[page : page + 8] = b"\xff" * 8
    closed_ledger.write_bytes(content)
    found = verify(closed_ledger, KEY)
    assert not found.sound and 1 < found.records < 42
    assert found.first_bad == found.records + 1
    assert f"record {found.first_bad} cannot be read" in str(found.problem)


def test_of_a_cut_end_all_that_is_gone_is_named(closed_ledger: Path) -> None:
    changed(closed_ledger, "DELETE FROM record WHERE id >= 50")
    found = verify(closed_ledger, KEY)
    assert found.problem == f"records 50 to {RECORDS} are gone: an anchor knows {RECORDS} records"


def test_one_anchor_alone_tells_of_a_cut_end(closed_ledger: Path) -> None:
    head = bytes.fromhex(verify(closed_ledger, KEY).head)
    anchored_anew(closed_ledger, (HEAD, origin(closed_ledger), RECORDS, head))
    changed(closed_ledger, "DELETE FROM record WHERE id = ?", RECORDS)
    assert f"records {RECORDS} to {RECORDS} are gone" in str(verify(closed_ledger, KEY).problem)


def test_a_ledger_whose_last_commit_was_anchored_and_that_nobody_closed_says_so(
    open_ledger: Open, make_decision: Make, tmp_path: Path
) -> None:
    ledger = open_ledger()
    ledger.append([make_decision(0)])
    found = verify(tmp_path / "ledger.db", KEY)
    ledger.close()
    assert (found.sound, found.closed, found.records) == (True, False, 2)
    assert found.notes == ["not closed: it is being written, or its writer was killed"]


def test_the_walk_ends_with_the_first_record_that_is_wrong(closed_ledger: Path) -> None:
    """The wrong answer: to go on, and to say what follows from it."""
    anchors_path(closed_ledger).unlink()
    found = verify(closed_ledger, b"\xff" * 32)
    assert "record 1 was made with the key" in str(found.problem)
    changed(closed_ledger, "DELETE FROM record WHERE id = 30")
    assert verify(closed_ledger, KEY).problem == "record 30 is missing, the next one is 31"


def test_a_record_before_the_first_is_found_however_far_before(closed_ledger: Path) -> None:
    rest = "number, t, plan_id, channel, context, config_hash, software_version, clock_source, body, mac"
    changed(
        closed_ledger,
        f"INSERT INTO record SELECT ?, kind, 'forged', {rest} FROM record WHERE id = 2",
        -(2**63),
    )
    found = verify(closed_ledger, KEY)
    assert (found.sound, found.first_bad) == (False, 1)


@pytest.mark.parametrize(
    ("sql", "bad"),
    [("UPDATE record SET t = 9.0 WHERE id = 62", RECORDS), ("DELETE FROM record WHERE id = 30", 30)],
)
def test_of_a_chain_that_does_not_hold_to_its_end_no_head_is_told(
    closed_ledger: Path, sql: str, bad: int
) -> None:
    changed(closed_ledger, sql)
    found = verify(closed_ledger, KEY)
    assert (found.first_bad, found.records, found.head) == (bad, bad - 1, "")


@pytest.fixture
def two_files(tmp_path: Path, open_ledger: Open, make_decision: Make) -> Path:
    """A sealed file of four records and the one that is written, with a tombstone for the first."""
    with open_ledger() as ledger:
        ledger.append([make_decision(number) for number in range(3)])
        assert ledger.seal()
        first = segments.sealed(tmp_path / "ledger.db")[0]
        ledger.append([make_decision(3)])
        ledger.tombstone(hole(first))
    return tmp_path / "ledger.db"


def hole(file: Path) -> dict[str, Any]:
    """The tombstone of all of ``file``."""
    with closing(sqlite3.connect(file)) as db:
        first, last = db.execute("SELECT min(id), max(id) FROM record").fetchone()
        (mac,) = db.execute("SELECT mac FROM record WHERE id = ?", (last,)).fetchone()
    return {"first": first, "last": last, "head": mac.hex(), "cause": "old", "facts": {}}


def test_a_file_that_was_retired_is_stepped_over_where_no_anchor_is_of_use(two_files: Path) -> None:
    records = verify(two_files, KEY).records
    segments.sealed(two_files)[0].unlink()
    assert verify(two_files, KEY).sound
    garbled(two_files)
    found = verify(two_files, KEY)
    assert (found.sound, found.first_bad, found.records) == (False, None, records)
    assert "the anchors were changed" in str(found.problem)


def test_records_numbered_by_words_fit_no_hole_and_are_told(two_files: Path) -> None:
    """The wrong answer: a traceback."""
    segments.sealed(two_files)[0].unlink()
    garbled(two_files)
    with closing(sqlite3.connect(two_files, isolation_level=None)) as db:
        db.execute("CREATE TABLE other AS SELECT * FROM record")
        db.execute("DROP TABLE record")
        db.execute("ALTER TABLE other RENAME TO record")
        db.execute("UPDATE record SET id = 'r' || id")
    found = verify(two_files, KEY)
    assert (found.sound, found.records) == (False, 0) and "the anchors were changed" in str(found.problem)


@pytest.mark.parametrize("beyond", [0, 1])
def test_a_tombstone_that_reaches_into_what_is_there_hides_none_that_does_not(
    two_files: Path, open_ledger: Open, beyond: int
) -> None:
    """The wrong answer: to step over records that are there, to where the longest tombstone ends."""
    whole = hole(segments.sealed(two_files)[0])
    with open_ledger() as ledger:  # which takes away what a tombstone names
        ledger.tombstone({**whole, "last": whole["last"] + 1 + beyond})
    found = verify(two_files, KEY)
    assert found.sound, found.problem


def test_an_anchor_of_no_record_yet_that_does_not_fit_is_told_of_the_first(closed_ledger: Path) -> None:
    anchored_anew(closed_ledger, (CREATED, origin(closed_ledger), 0, bytes(32)))
    found = verify(closed_ledger, KEY)
    assert (found.first_bad, found.problem) == (1, "record 0 is not the one that was anchored")


def test_an_anchor_that_names_another_ledger_is_told_whatever_its_head(closed_ledger: Path) -> None:
    with Reader(closed_ledger) as reader:
        fifth = reader.mac_of(5)
    assert fifth is not None
    ledger_id = origin(closed_ledger)
    anchored_anew(
        closed_ledger,
        (CREATED, ledger_id, 0, Chain.of(KEY, ledger_id).head),
        (HEAD, "another", 5, fifth),
    )
    found = verify(closed_ledger, KEY)
    assert (found.first_bad, found.problem) == (5, "record 5 is not the one that was anchored")


def test_a_first_record_that_opens_nothing_is_named_by_its_number(closed_ledger: Path) -> None:
    body_without_name(closed_ledger)
    assert verify(closed_ledger, KEY).problem == "record 1 is no opening record"
    anchors_path(closed_ledger).unlink()
    changed(closed_ledger, "DELETE FROM record WHERE id = 1")
    found = verify(closed_ledger, KEY)
    assert (found.sound, found.first_bad, found.problem) == (False, 1, "record 2 is no opening record")


def test_where_the_first_records_are_gone_one_anchor_names_the_ledger(closed_ledger: Path) -> None:
    """What is said is what is missing, not what the next record fails to be."""
    head = bytes.fromhex(verify(closed_ledger, KEY).head)
    anchored_anew(closed_ledger, (HEAD, origin(closed_ledger), RECORDS, head))
    changed(closed_ledger, "DELETE FROM record WHERE id = 1")
    assert json.loads(next(iter(bodies(closed_ledger)))).get("ledger_id") is None
    found = verify(closed_ledger, KEY)
    assert (found.first_bad, found.problem) == (1, "record 1 is missing, the next one is 2")
    assert found.ledger_id


def bodies(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return [text for (text,) in db.execute("SELECT body FROM record ORDER BY id")]

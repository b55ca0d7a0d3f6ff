"""Verification: sound ledgers pass, and every tampering is found."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger, Reader, Record, VerifyResult, store, verify
from iatro_governor.ledger.anchors import CLOSED, AnchorLog
from iatro_governor.ledger.chain import Chain, key_id
from iatro_governor.ledger.store import rows

Open = Callable[..., Ledger]
Make = Callable[..., Record]
OTHER_KEY = b"\xff" * 32
RECORDS = 62  # 60 decisions between an opening and a closing record
TAMPERINGS_EACH = 100


def changed(path: Path, *statements: tuple[str, tuple[object, ...]]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        for sql, values in statements:
            db.execute(sql, values)


def edit(path: Path, rng: random.Random) -> None:
    column, value = rng.choice(
        [("kind", "note"), ("writer", "other"), ("number", 999), ("t", 1e9), ("plan_id", None), ("channel", "arm"),
         ("context", "field"), ("config_hash", "0"), ("clock_source", "sim"), ("software_version", ""),
         ("body", '{"seq":0}'), ("mac", bytes(32)), ("id", 1000)]
    )  # fmt: skip
    changed(path, (f"UPDATE record SET {column} = ? WHERE id = ?", (value, rng.randint(1, RECORDS))))


def delete(path: Path, rng: random.Random) -> None:
    first = rng.randint(1, RECORDS)
    changed(path, ("DELETE FROM record WHERE id BETWEEN ? AND ?", (first, first + rng.randint(0, 3))))


def insert(path: Path, rng: random.Random) -> None:
    place = rng.choice([-1, 0, RECORDS + 1, RECORDS + 50])
    rest = "number, t, plan_id, channel, context, config_hash, software_version, clock_source, body, mac"
    copied = f"kind, 'forged', {rest}"
    changed(
        path, (f"INSERT INTO record SELECT ?, {copied} FROM record WHERE id = ?", (place, rng.randint(2, 60)))
    )


def swap(path: Path, rng: random.Random) -> None:
    one, two = rng.sample(range(1, RECORDS + 1), 2)
    move = "UPDATE record SET id = ? WHERE id = ?"
    changed(path, (move, (0, one)), (move, (one, two)), (move, (two, 0)))


def cut_tail(path: Path, rng: random.Random) -> None:
    changed(path, ("DELETE FROM record WHERE id > ?", (rng.randint(0, RECORDS - 1),)))


def rechain(path: Path, rng: random.Random) -> None:
    """Changes a body and makes the whole chain, and perhaps the anchors, new with a key of its own."""
    victim, honest_name = rng.randint(2, RECORDS), rng.random() < 0.5
    with Reader(path) as reader:
        ledger_id = reader.sessions()[0]["ledger_id"]
    db = sqlite3.connect(path, isolation_level=None)
    chain = Chain.of(OTHER_KEY, ledger_id)
    db.execute("BEGIN")
    for row, _ in list(rows(db)):
        body = json.loads(row[-1])
        if row[0] == victim:
            body["forged"] = True
        if row[1] == "open" and not honest_name:
            body["key_id"] = key_id(OTHER_KEY)
        new = (*row[:-1], json.dumps(body))
        db.execute("UPDATE record SET body = ?, mac = ? WHERE id = ?", (new[-1], chain.link(new), row[0]))
    db.execute("COMMIT")
    db.close()
    if rng.random() < 0.5:
        anchors = Path(f"{path}.anchors")
        anchors.unlink()
        log = AnchorLog(anchors, OTHER_KEY)
        log.append(CLOSED, ledger_id, RECORDS, chain.head, sync=False)
        log.close()


def anchors_changed(path: Path, rng: random.Random) -> None:
    """Edits, drops or swaps lines of the anchors, but for the last ones (see the test of a cut anchors file)."""
    anchors = Path(f"{path}.anchors")
    lines = anchors.read_text().splitlines(keepends=True)
    victim = rng.randrange(len(lines) - 1)
    way = rng.randrange(4)
    if way == 0:
        lines[victim] = lines[victim].replace('"records": ', '"records": 1')
    elif way == 1:
        del lines[victim]
    elif way == 2:
        lines[victim], lines[victim + 1] = lines[victim + 1], lines[victim]
    else:
        lines = []
    anchors.write_text("".join(lines))


def layout(path: Path, rng: random.Random) -> None:
    sql = rng.choice(
        ["CREATE TABLE more (x)", "DROP INDEX record_number", "CREATE VIEW v AS SELECT * FROM record",
         "CREATE TRIGGER tr AFTER INSERT ON record BEGIN DELETE FROM record; END", "PRAGMA user_version = 0",
         "PRAGMA user_version = 7", "PRAGMA application_id = 1", "DROP TABLE record"]
    )  # fmt: skip
    changed(path, (sql, ()))


def roll_back(path: Path, rng: random.Random) -> None:
    """The ledger as it was some time ago, beside the anchors of today."""
    records = rng.randint(1, RECORDS - 2)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DELETE FROM record WHERE id > ?", (records,))
        db.execute("VACUUM")


def forged_hole(path: Path, rng: random.Random) -> None:
    """Takes records away and explains it by a tombstone made with another key, in place of the last record."""
    first = rng.randint(2, RECORDS - 5)
    last = first + rng.randint(0, 2)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        (head,) = db.execute("SELECT mac FROM record WHERE id = ?", (last,)).fetchone()
        body = json.dumps({"first": first, "last": last, "head": head.hex(), "cause": "age", "facts": {}})
        db.execute("DELETE FROM record WHERE id BETWEEN ? AND ?", (first, last))
        place = rng.choice([RECORDS, RECORDS + 1])
        db.execute("DELETE FROM record WHERE id = ?", (place,))
        row = (place, "tombstone", "x", 0, 0.0, None, None, "", "", "", "", body)
        (before,) = db.execute("SELECT mac FROM record WHERE id = ?", (place - 1,)).fetchone()
        db.execute(store.insert(), (*row, Chain(OTHER_KEY, before).link(row)))


TAMPERINGS = (
    *(edit, delete, insert, swap, cut_tail, rechain, anchors_changed, layout, roll_back, forged_hole),
)


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda tampering: tampering.__name__)
def test_every_tampering_is_found(  # 1,000 in all
    tampering: Callable[[Path, random.Random], None], closed_ledger: Path, tmp_path: Path, key: bytes
) -> None:
    assert verify(closed_ledger, key).sound
    for seed in range(TAMPERINGS_EACH):
        copy = tmp_path / "copy.db"
        shutil.copy(closed_ledger, copy)
        shutil.copy(f"{closed_ledger}.anchors", f"{copy}.anchors")
        tampering(copy, random.Random(seed))
        result = verify(copy, key)
        assert not result.sound, f"{tampering.__name__} {seed} was not found"
        assert result.problem
        copy.unlink()


def test_the_first_bad_record_is_named(closed_ledger: Path, key: bytes) -> None:
    changed(closed_ledger, ("UPDATE record SET body = '{}' WHERE id IN (17, 40)", ()))
    result = verify(closed_ledger, key)
    assert (result.first_bad, result.records) == (17, 16)
    assert "record 17" in str(result.problem)


def test_the_first_missing_record_is_named(closed_ledger: Path, key: bytes) -> None:
    changed(closed_ledger, ("DELETE FROM record WHERE id >= 50", ()))
    assert verify(closed_ledger, key).first_bad == 50


def test_an_older_copy_against_newer_anchors(
    open_ledger: Open, make_decision: Make, tmp_path: Path, key: bytes
) -> None:
    path = tmp_path / "ledger.db"
    old = tmp_path / "old.db"
    with open_ledger() as ledger:
        ledger.append([make_decision(0)])
    shutil.copy(path, old)
    shutil.copy(f"{path}.anchors", f"{old}.anchors")
    assert verify(old, key).sound
    with open_ledger() as ledger:
        ledger.append([make_decision(1)])
    shutil.copy(old, path)
    result = verify(path, key)
    assert not result.sound
    assert result.first_bad == 4
    with pytest.raises(LedgerError, match="not the one that was anchored"):
        open_ledger()
    # Where the anchors beside the ledger are an old copy too, only a copy kept elsewhere can tell.
    elsewhere = shutil.copy(f"{path}.anchors", tmp_path / "elsewhere")
    shutil.copy(f"{old}.anchors", f"{path}.anchors")
    assert verify(path, key).sound
    assert not verify(path, key, anchors=elsewhere).sound


def test_a_cut_tail_is_found_after_a_crash_too(
    open_ledger: Open, make_decision: Make, tmp_path: Path, key: bytes
) -> None:
    ledger = open_ledger()
    ledger.append([make_decision(0)])
    ledger.append([make_decision(1)])
    crashed = tmp_path / "crashed.db"
    for suffix in ("", "-wal", ".anchors"):
        shutil.copy(f"{tmp_path}/ledger.db{suffix}", f"{crashed}{suffix}")
    ledger.close()
    found = verify(crashed, key)
    assert (found.sound, found.closed, found.records) == (True, False, 3)
    changed(crashed, ("DELETE FROM record WHERE id = 3", ()))
    assert verify(crashed, key).first_bad == 3


def test_the_wrong_key_verifies_nothing(closed_ledger: Path, key: bytes) -> None:
    result = verify(closed_ledger, OTHER_KEY)
    assert not result.sound
    assert result.first_bad == 1
    assert "key" in str(result.problem)


def test_records_of_another_ledger_with_the_same_key_do_not_fit(
    open_ledger: Open, make_decision: Make, tmp_path: Path, key: bytes
) -> None:
    for name in ("one.db", "two.db"):
        with open_ledger(name) as ledger:
            ledger.append([make_decision(0)])
    shutil.copy(tmp_path / "two.db", tmp_path / "one.db")
    assert verify(tmp_path / "one.db", key).first_bad == 1


def test_flipped_bytes_are_found_or_touch_no_record(closed_ledger: Path, tmp_path: Path, key: bytes) -> None:
    with Reader(closed_ledger) as reader:
        original = list(reader.records())
    content = closed_ledger.read_bytes()
    rng, copy = random.Random(4), tmp_path / "copy.db"
    shutil.copy(f"{closed_ledger}.anchors", f"{copy}.anchors")
    found = 0
    for _ in range(150):
        place = rng.randrange(len(content))
        copy.write_bytes(
            content[:place] + bytes([content[place] ^ (1 << rng.randrange(8))]) + content[place + 1 :]
        )
        try:
            result = verify(copy, key)
        except LedgerError:
            found += 1
            continue
        if result.sound:
            with Reader(copy) as reader:
                assert list(reader.records()) == original
        else:
            found += 1
    assert found > 50


@pytest.mark.parametrize("size", [0, 1, 100, 4096, 5000, 20_000])
def test_a_truncated_file_is_unsound_and_no_traceback(size: int, closed_ledger: Path, key: bytes) -> None:
    closed_ledger.write_bytes(closed_ledger.read_bytes()[:size])
    result: VerifyResult = verify(closed_ledger, key)
    assert not result.sound


def test_no_ledger_at_all_is_an_error(tmp_path: Path, key: bytes) -> None:
    (tmp_path / "text.db").write_text("x" * 5000)
    (tmp_path / "empty.db").touch()
    foreign = sqlite3.connect(tmp_path / "foreign.db")
    foreign.execute("CREATE TABLE other (x)")
    foreign.close()
    for name in ("absent.db", "text.db", "empty.db", "foreign.db", "."):
        with pytest.raises(LedgerError):
            verify(tmp_path / name, key)


def test_reading_leaves_nothing_behind(closed_ledger: Path, key: bytes) -> None:
    before = sorted(closed_ledger.parent.iterdir())
    assert verify(closed_ledger, key).closed
    assert sorted(closed_ledger.parent.iterdir()) == before

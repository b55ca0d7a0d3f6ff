"""Sealing, retirement and older schemas: one chain over several files, and nothing in it unexplained."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.errors import ChainBroken, LedgerError
from iatro_governor.ledger import Ledger, Reader, Record, reconcile, segments, store, verify
from iatro_governor.ledger.anchors import OPENED, AnchorLog, anchors_path
from iatro_governor.ledger.chain import Chain, key_id
from iatro_governor.ledger.keeping import DAY_S, Keeping, maintain
from iatro_governor.ledger.retiring import retire

Open = Callable[..., Ledger]
Make = Callable[..., Record]


def statement(number: int) -> Record:
    return Record("statement", "run", number, number, f"p{number}", "base", {"text": "hello"})


def verdict(number: int, commands: int, first: int) -> Record:
    numbers = {"ring": [[first, first + commands - 1]]} if commands else {}
    conduct = {"writer": "ring", "first_seq": first, "commands": commands, "numbers": numbers}
    evidence = {"channels": {"base": conduct}}
    body = {"kind": "statement", "planner_run": "run", "statement_seqs": [number], "evidence": evidence}
    return Record("verdict", "witness", number, number, f"p{number}", "base", body)


@pytest.fixture
def three_files(tmp_path: Path, open_ledger: Open, make_decision: Make) -> Path:
    """A ledger of two sealed files and one more; each verdict is in the file after its statement."""
    with open_ledger() as ledger:
        for part in range(3):
            if part:
                assert ledger.seal()
                ledger.append([verdict(part - 1, 10, 10 * (part - 1))])
            ledger.append([statement(part), *(make_decision(n) for n in range(10 * part, 10 * part + 10))])
        ledger.append([verdict(2, 10, 20)])
    return tmp_path / "ledger.db"


def test_files_are_one_chain_and_one_ledger(three_files: Path, key: bytes, open_ledger: Open) -> None:
    assert [one.name for one in segments.files(three_files)] == [
        "ledger.000001.db", "ledger.000002.db", "ledger.db",
    ]  # fmt: skip
    found = verify(three_files, key)
    assert (found.sound, found.closed, found.problem) == (True, True, None)
    with Reader(three_files) as reader:
        records = list(reader.records())
        assert [one.number for one in reader.span("decision", "ring", 5, 14)] == list(range(5, 15))
    assert [one.id for one in records] == list(range(1, found.records + 1))
    accounts = reconcile(three_files)
    assert accounts["sound"], accounts["problems"]
    with open_ledger() as ledger:
        assert ledger.next_expected("decision", "ring") == 30


def test_what_a_sealed_file_holds_is_known_and_a_contradiction_is_kept(
    three_files: Path, open_ledger: Open, make_decision: Make, key: bytes
) -> None:
    with open_ledger() as ledger:
        assert ledger.append([make_decision(3)]).duplicates == 1
        assert ledger.append([make_decision(3, allowed=[9.0])]).conflicts == 1
    assert verify(three_files, key).sound


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_change_in_any_file_is_found(number: int, three_files: Path, key: bytes) -> None:
    file = segments.files(three_files)[number]
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        (victim,) = db.execute("SELECT max(id) - 1 FROM record").fetchone()
        db.execute("UPDATE record SET t = 5 WHERE id = ?", (victim,))
    found = verify(three_files, key)
    assert (found.sound, found.first_bad) == (False, victim)


def test_a_sealed_file_that_nobody_retired_is_missed(three_files: Path, key: bytes) -> None:
    segments.files(three_files)[1].unlink()
    found = verify(three_files, key)
    assert not found.sound
    assert found.first_bad == 13


@pytest.mark.parametrize("files", [1, 2])
def test_retired_files_leave_a_tombstone_and_every_number_explained(
    files: int, three_files: Path, key: bytes, open_ledger: Open, make_decision: Make
) -> None:
    before = reconcile(three_files)
    with open_ledger() as ledger:
        for path in segments.sealed(three_files)[:files]:
            with Reader(path) as reader:
                (held,) = reader.query("SELECT count(*) FROM record")[0]
            assert retire(ledger, path, "older than 30 days") == held, "it says how many are gone"
            assert not path.exists()
    found = verify(three_files, key)
    assert found.sound, found.problem
    assert "older than 30 days" in " ".join(found.notes)
    accounts = reconcile(three_files)
    assert accounts["sound"], accounts["problems"]
    assert {name: accounts[name] for name in ("statements", "commands", "attributed", "lost")} == {
        name: before[name] for name in ("statements", "commands", "attributed", "lost")
    }
    assert accounts["retired"] > 10
    with open_ledger() as ledger:
        assert ledger.next_expected("decision", "ring") == 30
        assert ledger.append([make_decision(3, allowed=[9.0])]).duplicates == 1  # it cannot be told any more
    assert verify(three_files, key).sound


def test_a_tombstone_made_without_the_key_explains_nothing(three_files: Path, key: bytes) -> None:
    sealed = segments.sealed(three_files)[0]
    with closing(sqlite3.connect(sealed)) as db:
        last, head = db.execute("SELECT id, mac FROM record ORDER BY id DESC LIMIT 1").fetchone()
    sealed.unlink()
    body = {"first": 1, "last": last, "head": head.hex(), "cause": "old", "facts": {}}
    with closing(sqlite3.connect(three_files, isolation_level=None)) as db:
        (end,) = db.execute("SELECT max(id) FROM record").fetchone()
        row = (end + 1, "tombstone", "x", 0, 0.0, None, None, "", "", "", "", json.dumps(body), bytes(32))
        db.execute(store.insert(), row)
    assert not verify(three_files, key).sound


def test_a_crash_between_sealing_and_beginning_loses_nothing(
    three_files: Path, key: bytes, open_ledger: Open, make_decision: Make
) -> None:
    """The file was renamed, and the new one never begun."""
    three_files.rename(segments.next_name(three_files))
    with open_ledger() as ledger:
        ledger.append([make_decision(30)])
    assert verify(three_files, key).sound
    assert reconcile(three_files)["lost"] == 0


def test_a_crash_between_a_tombstone_and_its_file_is_brought_to_its_end(
    three_files: Path, key: bytes, open_ledger: Open, tmp_path: Path
) -> None:
    first = segments.sealed(three_files)[0]
    kept = shutil.copy(first, tmp_path / "kept")
    with open_ledger() as ledger:
        retire(ledger, first, "age")
    shutil.move(kept, first)
    assert verify(three_files, key).sound
    open_ledger().close()
    assert not first.exists()
    assert verify(three_files, key).sound


def test_an_older_last_file_is_not_taken_for_the_end(
    three_files: Path, open_ledger: Open, tmp_path: Path
) -> None:
    three_files.unlink()
    with pytest.raises(ChainBroken):
        open_ledger()


def test_sealing_waits_for_a_reader(
    open_ledger: Open, make_decision: Make, tmp_path: Path, key: bytes
) -> None:
    with open_ledger() as ledger:
        ledger.append([make_decision(0)])
        with closing(sqlite3.connect(tmp_path / "ledger.db")) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM record").fetchone()
            ledger.append([make_decision(1)])
            assert not ledger.seal()
        ledger.append([make_decision(2)])
        assert ledger.seal()
        ledger.append([make_decision(3)])
    assert verify(tmp_path / "ledger.db", key).sound


def test_keeping_seals_by_size_and_retires_by_count_and_age(
    open_ledger: Open, make_decision: Make, tmp_path: Path, key: bytes
) -> None:
    keeping = Keeping(segment_mb=0.05, retain_records=300)
    done, path = [], tmp_path / "ledger.db"
    with open_ledger() as ledger:
        for first in range(0, 1000, 50):
            ledger.append([make_decision(n, fill="x" * 200) for n in range(first, first + 50)])
            done += maintain(ledger, keeping, 0.0, held=True)
        assert any("sealed" in one for one in done) and any("retired" in one for one in done)
        kept = segments.sealed(path)
        assert kept
        ended, day = ledger.anchor.wall, Keeping(retain_days=1.0)  # type: ignore[union-attr]
        assert not maintain(ledger, day, ended + 0.9 * DAY_S, held=True)
        assert len(maintain(ledger, day, ended + 1.1 * DAY_S, held=True)) == len(kept)
    assert segments.sealed(path) == []
    assert verify(path, key).sound
    assert reconcile(path)["lost"] == 0


def test_there_are_never_more_files_than_can_be_read_together(
    open_ledger: Open, make_decision: Make, tmp_path: Path, key: bytes
) -> None:
    with open_ledger() as ledger:
        for number in range(segments.MOST + 3):
            ledger.append([make_decision(number)])
            assert ledger.seal() == (number < segments.MOST)
    with Reader(tmp_path / "ledger.db") as reader:
        assert reader.count("decision") == segments.MOST + 3
    assert verify(tmp_path / "ledger.db", key).sound


@pytest.fixture
def old_ledger(tmp_path: Path, key: bytes) -> Path:
    """A ledger of schema 1, as the first version wrote it: an opening record and three decisions."""
    path, ledger_id = tmp_path / "ledger.db", "0" * 32
    chain, anchors = Chain.of(key, ledger_id), AnchorLog(anchors_path(path), key)
    opening: dict[str, Any] = {"schema": 1, "ledger_id": ledger_id, "key_id": key_id(key), "wall_time": 1.0}
    rows: list[tuple[Any, ...]] = [(1, "open", ledger_id, 0, 1.0, None, None, "field", json.dumps(opening))]
    rows += [
        (n + 2, "decision", "ring", n, 0.1, "p", "base", "field", json.dumps({"trigger": "tick"}))
        for n in range(3)
    ]
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        store.create(db, 1)
        db.executemany(store.insert(1), [(*row, chain.link(row)) for row in rows])
    anchors.append(OPENED, ledger_id, len(rows), chain.head, sync=False)
    anchors.close()
    return path


def test_an_older_schema_is_read_verified_and_continued_without_being_rewritten(
    old_ledger: Path, key: bytes, open_ledger: Open, make_decision: Make
) -> None:
    assert verify(old_ledger, key).sound
    with Reader(old_ledger) as reader:
        assert [one.config_hash for one in reader.records("decision")] == ["", "", ""]
    before = old_ledger.read_bytes()
    with open_ledger() as ledger:
        assert ledger.next_expected("decision", "ring") == 3
        ledger.append([make_decision(3, config_hash="abc", clock_source="sim", software_version="9")])
    assert segments.sealed(old_ledger)[0].read_bytes()[100:] == before[100:]
    assert verify(old_ledger, key).sound
    with Reader(old_ledger) as reader:
        last = list(reader.records("decision"))[-1]
    assert (last.config_hash, last.clock_source, last.software_version) == ("abc", "sim", "9")


def test_an_older_schema_that_somebody_reads_is_left_alone(
    old_ledger: Path, open_ledger: Open, key: bytes
) -> None:
    with closing(sqlite3.connect(old_ledger)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM record").fetchone()
        with pytest.raises(LedgerError, match="older version"):
            open_ledger()
    assert verify(old_ledger, key).sound
    open_ledger().close()
    assert verify(old_ledger, key).sound


def test_every_record_says_policy_program_context_and_clock(
    tmp_path: Path, key: bytes, make_decision: Make
) -> None:
    path = tmp_path / "l.db"
    with Ledger.open(path, key=key, context="field", software_version="1.2", config_hash="p1") as ledger:
        ledger.append([statement(0)])
        ledger.under_policy("p2")
        ledger.append([statement(1), make_decision(0, config_hash="own", clock_source="sim")])
    with Reader(path) as reader:
        found = [
            (r.kind, r.config_hash, r.software_version, r.clock_source, r.context) for r in reader.records()
        ]
    assert found == [
        ("open", "p1", "1.2", "system", "field"),
        ("statement", "p1", "1.2", "system", "field"),
        ("statement", "p2", "1.2", "system", "field"),
        ("decision", "own", "1.2", "sim", "field"),
        ("close", "p2", "1.2", "system", "field"),
    ]

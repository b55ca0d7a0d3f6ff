"""Appending: durable, once each, gaps remembered, one writer."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatro_governor.errors import ChainBroken, LedgerError
from iatro_governor.ledger import Ledger, Reader, Record, reconcile, verify
from iatro_governor.ledger.record import lost

Open = Callable[..., Ledger]
Make = Callable[..., Record]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_with_repeats(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory, key: bytes, make_decision: Make
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    batches = data.draw(st.lists(st.lists(st.integers(0, 30), max_size=8), max_size=12))
    seen: set[int] = set()
    with Ledger.open(path, key=key, context="c", software_version="v") as ledger:
        for batch in batches:
            result = ledger.append([make_decision(number) for number in batch])
            assert result.stored == len(set(batch) - seen)
            assert result.duplicates == len(batch) - result.stored
            seen |= set(batch)
            expected = next(number for number in range(32) if number not in seen)
            assert ledger.next_expected("decision", "ring") == expected
    missing = sorted(set(range(max(seen, default=-1) + 1)) - seen)
    listed = reconcile(path)["missing"].get("decision/ring", [])
    assert [number for first, last in listed for number in range(first, last + 1)] == missing
    assert reconcile(path)["duplicates"] == sum(map(len, batches)) - len(seen)
    assert verify(path, key).sound
    with Ledger.open(path, key=key, context="c", software_version="v") as ledger:
        assert ledger.next_expected("decision", "ring") == next(n for n in range(32) if n not in seen)


def test_numbers_are_kept_per_writer_and_kind(open_ledger: Open, make_decision: Make) -> None:
    with open_ledger() as ledger:
        ledger.append([make_decision(0, "a"), make_decision(1, "a"), make_decision(0, "b")])
        ledger.append([Record("statement", "a", 0, 0.0, None, None, {})])
        assert ledger.next_expected("decision", "a") == 2
        assert ledger.next_expected("decision", "b") == 1
        assert ledger.next_expected("statement", "a") == 1
        assert ledger.next_expected("statement", "b") == 0


def test_a_number_with_another_content_is_kept_as_a_conflict_once(
    open_ledger: Open, make_decision: Make, tmp_path: Path, key: bytes
) -> None:
    with open_ledger() as ledger:
        ledger.append([make_decision(0)])
        forged = make_decision(0, allowed=[9.9])
        assert ledger.append([forged, forged]).conflicts == 1
        assert ledger.append([forged]).conflicts == 0
    with Reader(tmp_path / "ledger.db") as reader:
        (conflict,) = reader.records("conflict")
        (original,) = reader.records("decision")
    assert conflict.body["body"]["allowed"] == [9.9]
    assert original.body["allowed"][0] == 0.1
    assert verify(tmp_path / "ledger.db", key).sound
    assert not reconcile(tmp_path / "ledger.db")["sound"]


def test_declared_losses_let_the_numbers_go_on_and_stay_counted(
    open_ledger: Open, make_decision: Make, tmp_path: Path
) -> None:
    with open_ledger() as ledger:
        ledger.append([make_decision(0), make_decision(5)])
        assert ledger.next_expected("decision", "ring") == 1
        declared = lost("decision", "ring", 1, 4, "ring full", 0.5)
        ledger.append([declared, declared])
        assert ledger.next_expected("decision", "ring") == 6
        assert ledger.missing() == {}
    with open_ledger() as ledger:
        assert ledger.next_expected("decision", "ring") == 6
    accounts = reconcile(tmp_path / "ledger.db")
    assert (accounts["lost"], accounts["declared_lost"]) == (4, 1)
    assert accounts["missing"] == {"decision/ring": [[1, 4]]}


def test_a_second_writer_is_refused_and_the_lock_ends_with_the_first(open_ledger: Open) -> None:
    with open_ledger(), pytest.raises(LedgerError, match="another writer"):
        open_ledger()
    open_ledger().close()


@pytest.mark.parametrize(
    "record",
    [
        Record("decision", "w", -1, 0.0, None, None, {}),
        Record("decision", "w", 2**63, 0.0, None, None, {}),
        Record("decision", "w", 0, math.nan, None, None, {}),
        Record("decision", "", 0, 0.0, None, None, {}),
        Record("decision", "w", 0, 0.0, None, None, {"x": object()}),
        Record("open", "w", 0, 0.0, None, None, {}),
        Record("lost", "w", 0, 0.0, None, None, {}),
        Record("lost", "decision/w", 0, 0.0, None, None, {"of": "decision", "first": 3, "last": 2}),
    ],
)
def test_what_cannot_be_stored_is_refused_and_nothing_of_its_batch_is_kept(
    record: Record, open_ledger: Open, make_decision: Make, tmp_path: Path, key: bytes
) -> None:
    with open_ledger() as ledger:
        with pytest.raises(LedgerError):
            ledger.append([make_decision(0), record])
        assert ledger.next_expected("decision", "ring") == 0
        ledger.append([make_decision(0)])
        assert ledger.next_expected("decision", "ring") == 1
    assert verify(tmp_path / "ledger.db", key).sound


@pytest.mark.parametrize("text", ["\0", "\ud800", "\u202e\x1b[2J<b>", "é" * 100_000, ""])
def test_hostile_text_comes_back_as_it_was(text: str, open_ledger: Open, tmp_path: Path, key: bytes) -> None:
    with open_ledger() as ledger:
        body = {"text": text, "bad": [math.nan, math.inf, (-math.inf,)]}
        ledger.append([Record("statement", f"run{text}", 0, 0.0, text, text, body)])
        assert ledger.append([Record("statement", f"run{text}", 0, 0.0, text, text, body)]).duplicates == 1
    with Reader(tmp_path / "ledger.db") as reader:
        (statement,) = reader.records("statement")
    assert statement.body == {"text": text, "bad": ["NaN", "Infinity", ["-Infinity"]]}
    assert verify(tmp_path / "ledger.db", key).sound


def test_every_record_names_its_context_and_each_session_its_origin(
    open_ledger: Open, make_decision: Make, tmp_path: Path
) -> None:
    open_ledger().close()
    with open_ledger() as ledger:
        ledger.append([make_decision(0)])
    with Reader(tmp_path / "ledger.db") as reader:
        assert {record.context for record in reader.records()} == {"simulation"}
        first, second = reader.sessions()
    assert first["ledger_id"] == second["ledger_id"]
    assert (first["resumed_at"], second["resumed_at"]) == (0, 2)
    assert (first["clean"], second["clean"]) == (True, True)
    assert second["software_version"] == "0.1.0"


def test_the_wrong_key_cannot_continue_a_ledger(open_ledger: Open) -> None:
    open_ledger().close()
    with pytest.raises(LedgerError, match="made with this key"):
        open_ledger(key=bytes(32))
    open_ledger().close()


def test_a_ledger_whose_anchors_or_file_are_gone_is_not_continued(
    closed_ledger: Path, open_ledger: Open
) -> None:
    anchors = Path(f"{closed_ledger}.anchors")
    kept = anchors.read_bytes()
    anchors.unlink()
    with pytest.raises(ChainBroken, match="anchors are missing"):
        open_ledger()
    anchors.write_bytes(kept)
    closed_ledger.unlink()
    with pytest.raises(ChainBroken, match="empty or gone"):
        open_ledger()


def test_foreign_and_newer_files_are_refused_and_left_alone(tmp_path: Path, open_ledger: Open) -> None:
    (tmp_path / "text.db").write_text("no database, but long enough to be looked at\n" * 100)
    foreign = sqlite3.connect(tmp_path / "foreign.db")
    foreign.execute("CREATE TABLE other (x)")
    foreign.close()
    open_ledger("newer.db").close()
    newer = sqlite3.connect(tmp_path / "newer.db")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.db")}
    for name, message in (
        ("text.db", "not a SQLite file"),
        ("foreign.db", "not a ledger"),
        ("newer.db", "newer version"),
    ):
        with pytest.raises(LedgerError, match=message):
            open_ledger(name)
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.db")} == before


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path, open_ledger: Open) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot be opened"):
        open_ledger("file/ledger.db")

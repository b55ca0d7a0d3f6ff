"""What a ledger is asked by its own modules: of every file it consists of, in order, and of nothing that is damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger, Reader, Record
from test.ledger.conftest import KEY


@pytest.fixture
def three_files(
    tmp_path: Path, open_ledger: Callable[..., Ledger], make_decision: Callable[..., Record]
) -> Path:
    """Two sealed files and one more, a decision in each."""
    with open_ledger() as ledger:
        for number in range(3):
            ledger.append([make_decision(number)])
            if number < 2:
                assert ledger.seal()
    return tmp_path / "ledger.db"


def test_the_macs_of_every_file_are_found_by_their_record_and_of_none_that_is_not_there(
    three_files: Path,
) -> None:
    with Reader(three_files) as reader:
        ids = [record.id for record in reader.records()]
        macs = [reader.mac_of(id) for id in ids]
        assert all(isinstance(mac, bytes) and len(mac) == 32 for mac in macs) and len(set(macs)) == len(ids)
        assert reader.mac_of(ids[-1] + 1) is None and reader.mac_of(0) is None


def test_the_ranges_of_all_files_together_are_the_chain(three_files: Path) -> None:
    with Reader(three_files) as reader:
        ranges = sorted(reader.ranges())
        assert len(ranges) == 3 and ranges[0][0] == 1 and ranges[-1][1] == reader.count()
        assert all(after[0] == before[1] + 1 for before, after in pairwise(ranges))


def test_a_file_without_a_record_has_no_range(closed_ledger: Path) -> None:
    with closing(sqlite3.connect(closed_ledger)) as db, db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("DELETE FROM record")
    with Reader(closed_ledger) as reader:
        assert reader.ranges() == [] and reader.count() == 0
        assert reader.origin() == {"ledger_id": "unknown"} and reader.sessions() == []


def test_a_span_is_one_writers_and_one_kinds_with_both_its_ends(
    tmp_path: Path, open_ledger: Callable[..., Ledger], make_decision: Callable[..., Record]
) -> None:
    with open_ledger() as ledger:
        ledger.append([make_decision(number) for number in range(6)])
        ledger.append([make_decision(number, writer="other") for number in range(3)])
        ledger.append([Record("statement", "ring", 3, 0.0, "p", None, {"text": "hello"})])
    with Reader(tmp_path / "ledger.db") as reader:
        found = [(one.kind, one.writer, one.number) for one in reader.span("decision", "ring", 2, 4)]
        assert found == [("decision", "ring", number) for number in (2, 3, 4)]
        assert (
            list(reader.span("decision", "ring", 6, 9)) == []
            and list(reader.span("decision", "nobody", 0, 9)) == []
        )


def test_of_new_records_the_verdicts_are_told_after_the_last_that_was_seen(
    tmp_path: Path, open_ledger: Callable[..., Ledger], make_decision: Callable[..., Record]
) -> None:
    with open_ledger() as ledger:
        for number in range(3):
            ledger.append(
                [make_decision(number), Record("verdict", "witness", number, 0.0, None, None, {"n": number})]
            )
    with Reader(tmp_path / "ledger.db") as reader:
        every = list(reader.verdicts_after(0))
        assert [one.number for one in every] == [0, 1, 2]
        assert [one.number for one in reader.verdicts_after(every[0].id)] == [1, 2]
        assert list(reader.verdicts_after(every[-1].id)) == []


def test_sessions_in_which_nothing_was_enforced_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    for shadow in (True, False, True):
        Ledger.open(path, key=KEY, context="simulation", software_version="0.1.0", shadow=shadow).close()
    with Reader(path) as reader:
        assert reader.shadowed() == 2 and len(reader.sessions()) == 3
        assert all(session["close"] is not None for session in reader.sessions())
        assert reader.origin()["context"] == "simulation" and reader.origin()["ledger_id"] != "unknown"


@pytest.mark.parametrize(("body", "why"), [("{", "is damaged"), ("[1]", "its body is no object")])
def test_a_body_that_is_damaged_is_told_by_its_record_and_not_read(
    closed_ledger: Path, body: str, why: str
) -> None:
    with closing(sqlite3.connect(closed_ledger)) as db, db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute("UPDATE record SET body = ? WHERE id = 5", (body,))
    with Reader(closed_ledger) as reader, pytest.raises(LedgerError, match="record 5 is damaged") as caught:
        list(reader.records())
    assert why in str(caught.value)

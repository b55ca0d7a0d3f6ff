"""Anchors while a chain is followed: in order, one at a time, and none that was written after the check began."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger, Record, known, store, verify
from iatro_governor.ledger.anchors import HEAD, Anchor, AnchorLog, anchors_path, read_anchors
from iatro_governor.ledger.heads import Heads
from iatro_governor.ledger.known import Known
from test.ledger.conftest import KEY

Open = Callable[..., Ledger]
Make = Callable[..., Record]


def log_of(path: Path, *records: int) -> AnchorLog:
    log = AnchorLog(anchors_path(path), KEY)
    for number in records:
        log.append(HEAD, "id", number, bytes([number]) * 32, sync=False)
    return log


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A name with anchors of 1, 3 and 8 records beside it."""
    log_of(tmp_path / "ledger.db", 1, 3, 8).close()
    return tmp_path / "ledger.db"


def test_those_kept_elsewhere_come_where_they_belong_in_whatever_order_they_are(
    ledger: Path, tmp_path: Path
) -> None:
    log_of(tmp_path / "other.db", 2, 3, 9).close()
    lines = anchors_path(tmp_path / "other.db").read_bytes().splitlines(keepends=True)
    (tmp_path / "elsewhere").write_bytes(b"".join(reversed(lines)))
    both = Known(ledger, KEY, tmp_path / "elsewhere")
    assert both.first is not None and both.first.records == 1
    assert [one.records for one in both] == [1, 2, 3, 3, 8, 9]
    assert (both.count, both.problem) == (6, None)
    assert both.last is not None and both.last.records == 9
    assert both.own is not None and both.own.records == 8


def test_without_any_there_is_none(tmp_path: Path) -> None:
    none = Known(tmp_path / "ledger.db", KEY)
    none.finish()
    assert (none.first, none.last, none.own, none.count, none.problem) == (None, None, None, 0, None)


def test_they_end_before_the_first_that_does_not_fit_which_is_told(ledger: Path) -> None:
    path = anchors_path(ledger)
    path.write_bytes(path.read_bytes().replace(b'"records": 8', b'"records": 9'))
    some = Known(ledger, KEY)
    assert [one.records for one in some] == [1, 3] and some.count == 2
    assert some.problem == f"{path}: line 3 is no anchor made with this key"


def test_what_is_left_can_be_read_to_its_end_after_some(ledger: Path) -> None:
    some = Known(ledger, KEY)
    assert next(iter(some)).records == 1
    some.finish()
    assert some.count == 3 and list(some) == []


def test_what_is_written_after_the_first_was_asked_for_does_not_count(ledger: Path) -> None:
    before = Known(ledger, KEY)
    log_of(ledger, 9).close()
    before.finish()
    assert before.count == 3


def test_a_line_that_is_whole_only_afterwards_does_not_count(ledger: Path) -> None:
    path = anchors_path(ledger)
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    anchors = read_anchors(path, KEY)
    assert next(anchors).records == 1
    with path.open("ab") as file:
        file.write(whole[-5:])
    assert [one.records for one in anchors] == [3]


def test_a_ledger_that_is_written_on_while_it_is_checked_has_no_record_gone(
    open_ledger: Open, make_decision: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wrong answer: that records are gone which were not there yet as the check looked."""
    path, real = tmp_path / "ledger.db", store.rows

    def written_on(*given: Any) -> Iterator[Any]:
        yield from real(*given)
        writer.append([make_decision(100)])

    with open_ledger() as writer:
        for number in range(100):  # more anchors than are read from the disk at once
            writer.append([make_decision(number)])
        with monkeypatch.context() as patched:
            patched.setattr(store, "rows", written_on)
            found = verify(path, KEY)
        assert (found.sound, found.records, found.problem) == (True, 101, None)
        assert verify(path, KEY).records == 102


def test_no_more_of_them_are_read_than_the_chain_has_come_to(
    closed_ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ledger may have millions of anchors: they are not all held at once."""
    seen: list[Anchor] = []
    real_anchors, real_rows = read_anchors, store.rows

    def counted(*given: Any, **named: Any) -> Iterator[Anchor]:
        for anchor in real_anchors(*given, **named):
            seen.append(anchor)
            yield anchor

    def watched(*given: Any) -> Iterator[Any]:
        for row, mac in real_rows(*given):
            yield row, mac
            assert sum(one.records > row[0] for one in seen) <= 3

    monkeypatch.setattr(known, "read_anchors", counted)
    monkeypatch.setattr(store, "rows", watched)
    assert verify(closed_ledger, KEY).sound and len(seen) > 20


def test_anchors_kept_in_a_folder_are_none(closed_ledger: Path, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="the anchors cannot be read: no such file"):
        verify(closed_ledger, KEY, anchors=tmp_path)


def test_a_head_is_known_of_the_records_that_were_anchored(ledger: Path) -> None:
    heads = Heads(Known(ledger, KEY))
    assert {n: mac for n in range(11) if (mac := heads.get(n))} == {n: bytes([n]) * 32 for n in (1, 3, 8)}
    assert Heads([]).get(0) is None


def test_anchors_that_are_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"none: the anchors cannot be read: .*No such file"):
        list(read_anchors(tmp_path / "none", KEY))


def test_all_of_them_are_looked_at_whatever_is_wrong_with_the_ledger(closed_ledger: Path) -> None:
    with closing(sqlite3.connect(closed_ledger)) as db:
        db.execute("CREATE TABLE more (x)")
    lines = anchors_path(closed_ledger).read_bytes().splitlines(keepends=True)
    assert verify(closed_ledger, KEY).anchors == len(lines)
    anchors_path(closed_ledger).write_bytes(b"".join([*lines[:-1], b"{}\n"]))
    assert f"line {len(lines)} is no anchor" in str(verify(closed_ledger, KEY).problem)

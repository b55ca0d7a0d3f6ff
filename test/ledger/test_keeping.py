"""What is sealed and retired, to the byte, the record and the second."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from iatro_governor.ledger import Ledger, Reader, Record
from iatro_governor.ledger.keeping import Keeping, maintain, thin_out

Open = Callable[..., Ledger]
Make = Callable[..., Record]


@pytest.mark.parametrize(
    ("size", "most_mb", "sealed"),
    [(50_000_000, 50.0, False), (50_000_001, 50.0, True), (10**12, None, False)],
)
def test_a_file_is_sealed_once_it_is_longer_than_a_file_may_be(
    size: int, most_mb: float | None, sealed: bool, open_ledger: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ledger, "size", lambda _: size)
    with open_ledger() as ledger:
        done = maintain(ledger, Keeping(segment_mb=most_mb), 0.0)
    assert done == (["sealed a file of the ledger at record 1"] if sealed else [])


@pytest.fixture
def in_two(open_ledger: Open, make_decision: Make) -> Ledger:
    """A ledger whose sealed file has 3 records, with 5 in the file after it."""
    ledger = open_ledger()
    ledger.append([make_decision(0), make_decision(1)])
    assert ledger.seal()
    ledger.append([make_decision(number) for number in range(2, 6)])
    assert ledger.head()[0] == 3 + 5
    return ledger


def test_a_sealed_file_goes_once_there_are_as_many_records_after_it_as_are_kept(in_two: Ledger) -> None:
    with in_two as ledger:
        assert maintain(ledger, Keeping(retain_records=6), 0.0) == []
        assert maintain(ledger, Keeping(retain_records=5), 0.0) == [
            "retired ledger.000001.db, 3 records: more than 5 records after it"
        ]


def test_a_sealed_file_goes_once_it_ended_longer_ago_than_is_kept(in_two: Ledger, tmp_path: Path) -> None:
    with Reader(tmp_path / "ledger.db") as reader:
        (segment,) = reader.records("segment")
    ended = float(segment.body["wall_time"])
    with in_two as ledger:
        assert maintain(ledger, Keeping(retain_days=1.0), ended + 86_400.0) == []
        assert maintain(ledger, Keeping(retain_days=1.0), ended + 86_400.0 + 1.0) == [
            "retired ledger.000001.db, 3 records: older than 1 days"
        ]


def test_a_clip_that_somebody_else_took_away_meanwhile_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        (path := tmp_path / f"{number}.mcap").write_bytes(bytes(1_000_000))
        os.utime(path, (number, number))
    real = Path.unlink

    def late(path: Path, missing_ok: bool = False) -> None:
        os.unlink(path)
        real(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", late)
    assert thin_out(tmp_path, 1.0) == [tmp_path / "0.mcap"]

"""Tombstones: what one says of those before it and within its file, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from iatro_governor.ledger import Ledger, Reader, Record, reconcile, segments, verify
from iatro_governor.ledger.retiring import retire

Open = Callable[..., Ledger]
Make = Callable[..., Record]


def bodies(path: Path) -> list[tuple[int, int, int]]:
    """Of each tombstone, oldest first, its first and last record and how many decisions it accounts for."""
    with Reader(path) as reader:
        return [
            (one.body["first"], one.body["last"], one.body["facts"].get("decisions", -1))
            for one in reader.records("tombstone")
        ]


def test_a_tombstone_says_again_what_the_one_before_it_said(in_four: Ledger, key: bytes) -> None:
    with in_four as ledger:
        for sealed in segments.sealed(ledger.path):
            retire(ledger, sealed, "old")
    assert bodies(ledger.path) == [(1, 2, 1), (1, 5, 1 + 2), (1, 9, 1 + 2 + 3)]
    assert verify(ledger.path, key).sound and reconcile(ledger.path)["decisions"] == 6


def test_a_file_that_does_not_follow_what_was_retired_is_accounted_for_by_itself(
    in_four: Ledger, key: bytes
) -> None:
    first, _, third = segments.sealed(in_four.path)
    with in_four as ledger:
        retire(ledger, first, "old")
        retire(ledger, third, "old")
    assert bodies(ledger.path) == [(1, 2, 1), (6, 9, 3)]
    assert verify(ledger.path, key).sound and reconcile(ledger.path)["decisions"] == 6


def test_what_is_lost_before_a_file_or_told_in_it_is_not_accounted_for_and_stays_told(
    in_four: Ledger, key: bytes
) -> None:
    """A hole without facts: its records are lost, and a tombstone that took it in would say they were counted."""
    lost = {"first": 1, "last": 2, "head": "", "cause": "lost with a damaged file", "facts": {}}
    first, second, third = segments.sealed(in_four.path)
    with in_four as ledger:
        with Reader(first) as reader:
            lost["head"] = (reader.mac_of(2) or b"").hex()
        ledger.tombstone(lost)
        first.unlink()
        assert ledger.seal()
        retire(ledger, second, "old")
        retire(ledger, third, "old")
        retire(ledger, segments.sealed(ledger.path)[0], "old")
    assert (1, 2, -1) in bodies(ledger.path), "the file that told of it is gone, and it is told again"
    assert verify(ledger.path, key).sound
    found = reconcile(ledger.path)
    assert found["gone"] == 2 and found["missing"] == {"record/id": [[1, 2]]} and not found["sound"]


def test_a_file_that_somebody_else_took_away_meanwhile_is_retired(
    in_four: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, real = segments.sealed(in_four.path)[0], Path.unlink

    def late(path: Path, missing_ok: bool = False) -> None:
        real(path)
        real(path, missing_ok)

    with in_four as ledger:
        with monkeypatch.context() as patched:
            patched.setattr(Path, "unlink", late)
            assert retire(ledger, first, "old") == 2

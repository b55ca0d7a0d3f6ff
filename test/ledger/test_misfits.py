"""Records that no ledger can hold: found by themselves, and never one that a disk refused."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger, Reader, Record, misfits, reconcile, verify
from iatro_governor.ledger.record import DEEPEST, body_text, canonical, lost

Open = Callable[..., Ledger]
Make = Callable[..., Record]


def record(**fields: Any) -> Record:
    usual = {"kind": "verdict", "writer": "w", "number": 0, "t": 0.0, "plan_id": None, "channel": None}
    return Record(**{**usual, "body": {}, **fields})


def deep(levels: int) -> dict[str, Any]:
    """A body of so many objects within each other."""
    body: dict[str, Any] = {}
    for _ in range(levels - 1):
        body = {"a": body}
    return body


LOOP: list[Any] = []
LOOP.append(LOOP)
BODIES: list[Any] = [
    *([], "text", None, {1: 2, "a": 3}, {"a": {1, 2}}, {"a": object()}, {"a": LOOP}, {float("nan"): 1}),
    *({"a": 10**5000}, {("a",): 1}, deep(DEEPEST + 1), deep(5000)),
]
ODD: list[dict[str, Any]] = [
    *({name: value} for name in ("plan_id", "channel") for value in (5, 0.5, True, ["p"], {"p": 1}, b"p")),
    *({name: value} for name in ("kind", "writer", "policy") for value in (5, None, ["x"])),
    *({"number": value} for value in (-1, 2**63, 10**5000, True, 1.0, "1", None)),
    *({"t": value} for value in (float("nan"), float("inf"), 10**400, -(10**5000), True, "1", None)),
    *({"body": value} for value in BODIES),
    *({"kind": kind} for kind in ("", "open", "conflict", "tombstone")),
    {"writer": ""},
    {"plan_id": deep(100_000)},
    {"kind": "lost", "body": {"of": "decision"}},
]  # fmt: skip


@pytest.mark.parametrize("fields", ODD, ids=lambda fields: "-".join(fields))
def test_what_no_ledger_can_hold_is_refused_by_name_and_the_others_are_stored(
    fields: dict[str, Any], tmp_path: Path, open_ledger: Open, make_decision: Make, key: bytes
) -> None:
    """The wrong answers: another error than the one that callers wait for, or a batch that can never be stored."""
    odd = record(**fields)
    batch = [make_decision(0), odd, make_decision(1)]
    with open_ledger() as ledger:
        with pytest.raises(LedgerError):
            ledger.append(batch)
        ((found, why),) = misfits.misfits(batch)
        assert found is odd and why
        ledger.append([one for one in batch if one is not odd])
    assert verify(tmp_path / "ledger.db", key).sound
    with Reader(tmp_path / "ledger.db") as reader:
        assert [one.number for one in reader.records("decision")] == [0, 1]


@pytest.mark.parametrize(
    "fields",
    [
        {"number": 2**63 - 1, "t": 10**300, "plan_id": "", "channel": "\0\ud800"},
        {"body": deep(DEEPEST), "t": sys.float_info.max},
        {"body": {**deep(DEEPEST), "wide": [[], {}]}, "t": -sys.float_info.max},
        {"body": {"text": "[" * 1000, "a": [[], {}], "b": (1, 2)}},
        {
            "body": {
                "text": "\0\ud800",
                "a": 10**4000,
                "b": float("nan"),
                "c": 1e308,
                "\udfff": 1,
                "d": "\U0001f600",
            }
        },
    ],
)
def test_what_a_ledger_can_hold_is_no_misfit_and_is_kept_as_a_conflict_too(
    fields: dict[str, Any], tmp_path: Path, open_ledger: Open, key: bytes
) -> None:
    odd = record(**fields)
    assert misfits.misfits([odd, odd]) == []
    with open_ledger() as ledger:
        assert ledger.append([odd]).stored == 1
        other = record(**{**fields, "body": {**odd.body, "other": 1}})
        assert ledger.append([other]).conflicts == 1
    assert verify(tmp_path / "ledger.db", key).sound
    with Reader(tmp_path / "ledger.db") as reader:
        assert all(valid for (valid,) in reader.query("SELECT json_valid(body) FROM record"))


def test_no_verdict_is_so_deep_that_the_others_cannot_be_accounted_for(
    tmp_path: Path, open_ledger: Open
) -> None:
    """The wrong answer: SQLite cannot look into this one, and each query of all of them fails."""
    with open_ledger() as ledger:
        ledger.append([record(), record(number=1, body={"statement_seqs": deep(DEEPEST - 1)})])
    assert reconcile(tmp_path / "ledger.db")["verdict_records"] == 2


def test_a_loss_and_a_clip_are_no_misfits() -> None:
    assert misfits.misfits([lost("verdict", "w", 0, 3, "why", 0.0), record(kind="clip")]) == []


def test_a_body_is_as_deep_as_sqlite_can_look_into_by_far() -> None:
    assert body_text(deep(DEEPEST)) == canonical(deep(DEEPEST))
    with pytest.raises(LedgerError, match="deeper than 100"):
        body_text(deep(DEEPEST + 1))
    with pytest.raises(LedgerError, match="too deep, or holds itself"):
        canonical({"a": LOOP})


def test_what_only_sqlite_itself_refuses_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text beyond what SQLite takes would need gigabytes; it answers with an error of its own all the same."""
    monkeypatch.setattr(misfits, "row_of", lambda one, *_: (1, one.kind, one.writer, one.number, {}, None))
    monkeypatch.setattr(misfits, "Chain", lambda *_: type("Chain", (), {"link": lambda self, row: b""})())
    ((_, why),) = misfits.misfits([record()])
    assert why.startswith(("ProgrammingError", "InterfaceError", "OperationalError"))


def test_a_machine_without_memory_is_no_record_s_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(misfits, "row_of", none)
    with pytest.raises(MemoryError):
        misfits.misfits([record()])


def test_no_disk_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    real = sqlite3.connect

    def connect(path: str, **given: Any) -> Any:
        opened.append(path)
        return real(path, **given)

    monkeypatch.setattr(sqlite3, "connect", connect)
    assert misfits.misfits([record()]) == [] and opened == [":memory:"]

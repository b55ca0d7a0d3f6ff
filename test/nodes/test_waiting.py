"""The recorder's queue: one record that no ledger can hold keeps none out, and nothing is lost to a disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger, Reader, Record, reconcile, verify
from iatro_governor.nodes import waiting as module
from iatro_governor.nodes.waiting import MOST_IN_COMMIT, RETRY_S, Outcome, Waiting

KEY = bytes(range(32))


def verdict(number: int, **fields: Any) -> Record:
    usual = {"kind": "verdict", "writer": "w", "number": number, "t": 5.0, "plan_id": None, "channel": None}
    return Record(**{**usual, "body": {"seq": number}, **fields})


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.open(tmp_path / "ledger.db", key=KEY, context="simulation", software_version="0")


@pytest.fixture
def waiting(ledger: Ledger) -> Waiting:
    return Waiting(ledger)


def stored(ledger: Ledger, kind: str) -> list[Record]:
    with Reader(ledger.path) as reader:
        return [
            Record(one.kind, one.writer, one.number, one.t, one.plan_id, one.channel, one.body)
            for one in reader.records(kind)
        ]


@pytest.mark.parametrize(
    "fields", [{"plan_id": 5}, {"channel": {}}, {"t": float("nan")}, {"body": {"a": {1}}}]
)
def test_a_record_that_can_never_be_written_is_told_and_lost_and_the_others_are_written(
    fields: dict[str, Any], waiting: Waiting, ledger: Ledger
) -> None:
    odd = verdict(1, **fields)
    for one in (verdict(0), odd, verdict(2)):
        waiting.add(one)
    outcome = waiting.commit(0.0)
    assert outcome.left_out == [odd] and outcome.written == [] and not outcome.refused
    assert "verdict 1 of 'w'" in waiting.left_out and "1 records" in waiting.left_out and not waiting.fault
    assert [one.number for one in waiting.commit(0.0).written if one.kind == "verdict"] == [0, 2]
    assert len(waiting) == 0 and ledger.next_expected("verdict", "w") == 3 and ledger.missing() == {}
    (loss,) = stored(ledger, "lost")
    assert (loss.body["first"], loss.body["last"]) == (1, 1) and "cannot be written down" in loss.body[
        "cause"
    ]
    ledger.close()
    assert verify(ledger.path, KEY).sound
    assert reconcile(ledger.path)["missing"] == {"verdict/w": [[1, 1]]}, "that it is lost stays told"


def test_one_that_is_alone_is_not_asked_for_again(waiting: Waiting, ledger: Ledger) -> None:
    """The wrong answer: without a later number its own is no gap, and its writer sends it for ever."""
    waiting.add(verdict(0, plan_id=5))
    assert waiting.commit(0.0).left_out and waiting.commit(0.0).written
    assert ledger.next_expected("verdict", "w") == 1
    waiting.add(verdict(0, plan_id=5))
    assert waiting.commit(0.0).left_out and waiting.commit(0.0).written, "sent again before its writer heard"
    assert len(stored(ledger, "lost")) == 1 and waiting.left_out.startswith("2 records")


def test_a_loss_that_cannot_be_written_either_is_only_told(waiting: Waiting) -> None:
    waiting.add(Record("lost", "w", 0, 0.0, None, None, {}))
    assert waiting.commit(0.0).left_out and len(waiting) == 0 and waiting.left_out and not waiting.fault


@pytest.mark.parametrize(
    "error", [LedgerError("the disk is full"), OSError(5, "I/O"), AttributeError("of a bug")]
)
def test_what_is_no_record_s_fault_is_told_and_loses_none(
    error: Exception, waiting: Waiting, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wrong answers: to blame the records for it, or to say that all is well while none is written."""

    def refuses(*_: Any) -> None:
        raise error

    for number in range(3):
        waiting.add(verdict(number))
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "append", refuses)
        outcome = waiting.commit(10.0)
        assert outcome.refused == waiting.fault != "" and not outcome.written and not outcome.left_out
        assert str(error) in waiting.fault and len(waiting) == 3 and not waiting.due
    assert waiting.commit(10.0 + RETRY_S - 0.01) == Outcome(), "not before its time"
    assert len(waiting.commit(10.0 + RETRY_S).written) == 3 and waiting.fault == ""


def test_at_the_end_nothing_waits_for_its_time(
    waiting: Waiting, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting.add(verdict(0))
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "append", lambda _: (_ for _ in ()).throw(LedgerError("full")))
        waiting.commit(10.0)
    assert waiting.commit(10.0, at_once=True).written


def test_where_even_the_search_fails_it_is_told_and_nothing_is_lost(
    waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting.add(verdict(0, plan_id=5))
    with monkeypatch.context() as patched:
        patched.setattr(module, "misfits", lambda _: (_ for _ in ()).throw(MemoryError()))
        with pytest.raises(MemoryError):
            waiting.commit(0.0)
    assert waiting.fault and len(waiting) == 1


def test_decisions_go_first_and_no_more_at_once_than_a_commit_takes(
    waiting: Waiting, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", MOST_IN_COMMIT + 2)
    states = []
    for number in range(MOST_IN_COMMIT + 1):
        waiting.add(verdict(number))
        states.append((waiting.due, waiting.full))
    waiting.add(Record("decision", "z", 0, 0.0, None, None, {}))
    states.append((waiting.due, waiting.full))
    assert states == [(False, False)] * (MOST_IN_COMMIT - 1) + [(True, False)] * 2 + [(True, True)]
    written = waiting.commit(0.0).written
    assert written[0].kind == "decision" and len(written) == MOST_IN_COMMIT and len(waiting) == 2
    ledger.close()


def test_an_anchor_that_cannot_be_written_is_told_of_records_that_were(
    waiting: Waiting, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ledger.append

    def unanchored(records: list[Record]) -> Any:
        from dataclasses import replace

        return replace(real(records), fault="no anchor")

    monkeypatch.setattr(ledger, "append", unanchored)
    waiting.add(verdict(0))
    assert waiting.commit(0.0).written and waiting.fault == "no anchor"

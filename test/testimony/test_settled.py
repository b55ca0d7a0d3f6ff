"""Which commands the records have that are there already: of which kind, under whose plan, and what is no record."""

from __future__ import annotations

from typing import Any

import pytest

from iatro_governor.testimony.records import Sample
from iatro_governor.testimony.settled import Settled, spans_of

BASE = ("ring", "base")


def record(kind: str = "statement", **conduct: Any) -> dict[str, Any]:
    """A verdict record as far as it says which commands it has on the base."""
    return {"record_id": "statement:run:0", "kind": kind, "evidence": {"channels": {"base": conduct}}}


def command(seq: int, writer: str = "ring", channel: str = "base") -> Sample:
    return Sample.of({"t": 0.0, "seq": seq, "writer": writer, "channel": channel, "trigger": "command"})


def numbered(*runs: Any) -> dict[str, Any]:
    return {"numbers": {"ring": list(runs)}}


def added(*records: dict[str, Any], **more: Any) -> Settled:
    settled = Settled()
    for one in records:
        settled.add(one, **more)
    return settled


def test_a_record_has_the_commands_of_its_runs_and_none_between_them() -> None:
    settled = added(record(**numbered([3, 5], [8, 8])))
    assert [n for n in range(12) if settled.has("statement:run:0", command(n))] == [3, 4, 5, 8]
    assert [n for n in range(12) if settled.covers(BASE, n)] == [3, 4, 5, 8]
    assert [n for n in range(12) if settled.kind_of(command(n)) == "statement"] == [3, 4, 5, 8]
    assert settled.kind_of(command(6)) is None


def test_another_writer_s_and_another_channel_s_commands_are_others() -> None:
    settled = added(record(**numbered([3, 5])))
    for other in (command(4, writer="lead"), command(4, channel="arm")):
        assert not settled.has("statement:run:0", other) and settled.kind_of(other) is None
        assert not settled.covers((other.writer, other.channel), 4)
    assert not settled.has("statement:run:1", command(4)), "another plan's"


def test_what_no_plan_has_is_under_its_kind_alone() -> None:
    settled = added(record("unattributed", **numbered([3, 5])))
    assert settled.kind_of(command(4)) == "unattributed" and settled.covers(BASE, 4)
    assert settled.plans == {} and not settled.has("statement:run:0", command(4))


def test_two_records_of_a_plan_add_up() -> None:
    settled = added(record(**numbered([0, 1])), record(**numbered([4, 4])))
    assert [n for n in range(6) if settled.has("statement:run:0", command(n))] == [0, 1, 4]


def test_of_a_record_taken_alone_nobody_asks_whose_its_commands_are() -> None:
    settled = added(record(**numbered([3, 5])), alone=True)
    assert settled.covers(BASE, 4) and settled.kind_of(command(4)) == "statement"
    assert settled.plans == {}


def test_a_plan_that_commanded_nothing_is_settled_all_the_same() -> None:
    settled = added({"record_id": "statement:run:0", "kind": "statement", "evidence": {"channels": {}}})
    assert settled.plans == {"statement:run:0": {}}


def test_a_record_that_does_not_say_which_has_all_from_its_first_to_its_last() -> None:
    (span,) = spans_of(record(writer="ring", first_seq=2, last_seq=4))
    assert span == (BASE, 2, 4)
    assert list(spans_of(record(writer="ring", first_seq=None, last_seq=None))) == []


@pytest.mark.parametrize("run", [[0, 0], [0, 3], [3, 3]])
def test_a_run_may_be_of_one_command_and_begin_with_the_first_there_is(run: list[int]) -> None:
    assert list(spans_of(record(**numbered(run)))) == [(BASE, *run)]


@pytest.mark.parametrize(
    "run", [[-1, 2], [2, 1], ["1", 2], [1, "2"], [1.0, 2], [1, 2.0], [None, None], [1], 7]
)
def test_a_record_with_a_run_that_is_none_settles_nothing(run: Any) -> None:
    settled = added(record(**numbered([0, 0], run)))
    assert settled.plans == {} and settled.kinds == {"statement": {}, "unattributed": {}}


@pytest.mark.parametrize("gone", ["record_id", "kind", "evidence"])
def test_what_is_no_record_settles_nothing(gone: str) -> None:
    less = {key: value for key, value in record(**numbered([0, 0])).items() if key != gone}
    for one in (less, record("verdict", **numbered([0, 0]))):
        settled = added(one)
        assert settled.plans == {} and settled.kinds == {"statement": {}, "unattributed": {}}

"""A clock that goes back, a simulation that is started again, begins another story for the same witness."""

from __future__ import annotations

import math
from typing import Any

import pytest

from iatro_governor.testimony.witness import Witness
from test.testimony.events import Governor, said

OLD, NEW = 1000.0, 5.0
"""When the clock goes back, and to when, s."""


class Heard:
    """A witness, and the governor that it hears."""

    def __init__(self) -> None:
        self.witness, self.governor, self.count = Witness(), Governor(), 0

    def plan(self, t: float, text: str = "On my way.") -> None:
        """A statement at ``t`` s, and a second of commands."""
        self.witness.statement(said(t, self.count, text))
        self.count += 1
        self.command(t, 20)

    def command(self, t: float, count: int) -> None:
        for step in range(1, count + 1):
            self.witness.decision(self.governor.decide(t + step * 0.05, 0.5))


@pytest.fixture
def heard():
    made = Heard()
    made.plan(OLD - 1.0)
    assert made.witness.advance(OLD) == []
    return made


def test_what_was_open_is_over_and_what_comes_then_is_judged_by_the_new_time(heard):
    witness = heard.witness
    (first,) = witness.begin_again(NEW)
    heard.plan(NEW)
    assert witness.advance(NEW + 2.0) == []
    (second,) = witness.advance(NEW + 5.0)
    assert (first.number, first.verdict) == (0, "AGREES") and first.t <= OLD
    assert (second.number, second.verdict) == (1, "AGREES") and NEW < second.t < NEW + 5.0
    assert [one.record_id for one in (first, second)] == ["statement:run:0", "statement:run:1"]
    assert witness.close(NEW + 6.0) == []
    books = witness.accounting()
    assert books["statements"] == books["verdict_records"] == 2
    assert books["commands"] == books["attributed"] == 40 and books["late"] == 0


def test_what_is_sent_again_from_the_time_before_is_still_a_repeat(heard):
    heard.witness.begin_again(NEW)
    for body in heard.governor.bodies:
        heard.witness.decision(body)
    heard.witness.statement(said(OLD - 1.0, 0, "On my way."))
    assert heard.witness.close(NEW + 5.0) == []
    assert heard.witness.accounting()["repeats"] == {"statements": 1, "decisions": 20}


def test_what_came_by_the_new_time_before_the_old_had_ended_waits_for_its_turn(heard):
    heard.plan(NEW)
    (first,) = heard.witness.begin_again(NEW)
    assert first.record_id == "statement:run:0"
    (second,) = heard.witness.advance(NEW + 5.0)
    assert second.record_id == "statement:run:1" and second.verdict == "AGREES"
    assert second.detail["evidence"]["channels"]["base"]["commands"] == 20


@pytest.mark.parametrize("late_s", [0.1, 50.0])
def test_decisions_of_the_time_before_that_come_late_keep_nothing_open(heard, late_s):
    """The clock and what is stamped by it come on ways of their own."""
    heard.witness.begin_again(NEW)
    heard.plan(NEW)
    assert heard.witness.advance(NEW + 1.5) == []
    heard.command(OLD + late_s, 2)
    (second,) = heard.witness.advance(NEW + 5.0)
    assert second.record_id == "statement:run:1"
    books = heard.witness.accounting()
    assert books["commands"] == books["attributed"] == 42 and books["late"] == 2


@pytest.mark.parametrize(
    ("t", "late"), [(64.75, 0), (64.75 + 2**-40, 1), (1060.0, 1), (1060.0 + 2**-40, 0), (math.nan, 0)]
)
def test_late_is_what_is_a_minute_ahead_and_no_more_than_a_minute_after_the_time_before(heard, t, late):
    """Everything up to 1000 s was judged, and by the new time everything up to 4.75 s."""
    heard.witness.begin_again(NEW)
    heard.witness.decision(heard.governor.decide(t, 0.5))
    assert heard.witness.accounting()["late"] == late


def test_what_is_a_minute_late_is_of_the_time_before_and_what_is_later_of_the_new_one():
    """Everything up to 999.75 s was judged."""
    for t, count in ((939.75, 2), (939.75 - 2**-40, 1)):
        heard = Heard()
        heard.plan(OLD - 1.0)
        heard.witness.advance(OLD)
        heard.witness.statement(said(t, 1, "On I go."))
        assert len(heard.witness.begin_again(NEW)) == count


def test_in_whatever_order_things_have_come_they_are_judged_in_that_of_their_times():
    records = []
    for turned in (False, True):
        heard, new = Heard(), Governor("new")
        heard.witness.advance(OLD)
        told: list[tuple[Any, Any]] = [
            (heard.witness.statement, said(t, n, "On my way.")) for n, t in enumerate((OLD, OLD + 1.5, NEW))
        ]
        told += [(heard.witness.decision, heard.governor.decide(OLD + n / 16, 0.5)) for n in range(40)]
        told += [(heard.witness.decision, new.decide(NEW + n / 16, 0.5)) for n in range(20)]
        for take, what in reversed(told) if turned else told:
            take(what)
        found = [*heard.witness.begin_again(NEW), *heard.witness.close(NEW + 5.0)]
        records.append([one.to_json() for one in found])
    assert records[0] == records[1] and len(records[0]) == 3


def test_when_the_time_from_before_has_come_again_it_is_as_good_as_any(heard):
    heard.witness.begin_again(NEW)
    heard.witness.advance(OLD)
    heard.plan(OLD)
    (second,) = heard.witness.advance(OLD + 5.0)
    assert OLD + 1.0 < second.t < OLD + 5.0 and heard.witness.accounting()["late"] == 0


def test_a_statement_of_the_time_before_opens_its_plan_now_and_keeps_its_stamp(heard):
    heard.witness.begin_again(NEW)
    heard.witness.statement(said(OLD, 1, "On my way."))
    (second,) = heard.witness.advance(NEW + 5.0)
    assert second.t < NEW + 5.0 and second.detail["statement_t"] == OLD


def test_what_was_learnt_of_a_model_stays():
    heard = Heard()
    for number in range(3):
        heard.plan(OLD - 30.0 + 10.0 * number, "Driving over.")
        heard.witness.advance(OLD - 20.0 + 10.0 * number)
    heard.witness.begin_again(NEW)
    heard.plan(NEW, "I'll drive carefully.")
    (last,) = heard.witness.close(NEW + 5.0)
    assert last.verdict == "COSMETIC_CAUTION"

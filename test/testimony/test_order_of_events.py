"""When the witness judges what it was told: in the order in which it happened, and to the window exactly."""

from __future__ import annotations

import math
from typing import Any

import pytest

from iatro_governor.testimony.params import WitnessParams
from iatro_governor.testimony.records import MarkRecord
from iatro_governor.testimony.witness import Witness
from test.testimony.events import Governor, channel, judged, said, verdicts

END: dict[str, Any] = {"channels": ("base",), "plan_id": "", "final": True}
"""A statement that ends the latest plan of the base, whose record is given as soon as it is judged."""


def test_what_happened_a_whole_window_ago_is_judged() -> None:
    witness = Witness()
    for one in (said(0.0, 0, "On my way."), said(1.0, 1, "There.", **END)):
        witness.statement(one)
    assert witness.advance(1.2421875) == []
    assert [record.record_id for record in witness.advance(1.25)] == ["statement:run:0"]


def test_what_happened_when_the_window_closed_is_not_late_and_what_happened_before_is() -> None:
    witness = Witness()
    witness.advance(1.25)
    witness.statement(said(1.0, 0, "On my way."))
    assert witness.accounting()["late"] == 0
    witness.statement(said(0.9375, 1, "On my way."))
    assert witness.accounting()["late"] == 1


def test_what_is_late_is_judged_as_of_now() -> None:
    """The plan opens when the witness hears of it, and is idle 2 s after that."""
    witness = Witness()
    witness.advance(10.25)
    witness.statement(said(1.0, 0, "On my way."))
    (record,) = witness.advance(20.0)
    assert (record.t, record.detail["statement_t"]) == (12.0, 1.0)


def test_time_that_goes_back_opens_nothing_again() -> None:
    witness = Witness()
    witness.advance(10.25)
    assert witness.advance(2.0) == []
    witness.statement(said(9.0, 0, "On my way."))
    assert witness.accounting()["late"] == 1


@pytest.mark.parametrize("t", [math.nan, math.inf, -math.inf])
def test_a_statement_of_no_time_is_one_of_now(t: float) -> None:
    witness = Witness()
    witness.advance(10.25)
    witness.statement(said(t, 0, "On my way."))
    (record,) = witness.advance(20.0)
    assert record.t == 12.0 and witness.accounting()["late"] == 0


def test_a_mark_at_the_time_of_a_statement_comes_after_it_and_before_a_command() -> None:
    """The statement takes the channel, the mark frees it, and what is commanded then is nobody's."""
    governor, witness = Governor(writer="a governor"), Witness()
    governor.decide(0.0, 0.3)
    witness.mark(MarkRecord(0.0, "base", ""))
    plan, group = judged([said(0.0, 0, "I won't go.")], governor, witness=witness)[::-1]
    assert (plan.verdict, group.verdict) == ("CONSISTENT_REFUSAL", "UNATTRIBUTED_ACTION")


def test_of_two_marks_at_one_time_the_one_that_came_last_holds() -> None:
    def marked(*plans: str) -> str:
        governor, witness = Governor(), Witness()
        governor.decide(2.0, 0.3)
        for plan in plans:
            witness.mark(MarkRecord(1.5, "base", plan))
        statements = [
            said(0.5, 0, "On my way.", channels=("arm",)),
            said(1, 1, "Me too.", channels=("cart",)),
        ]
        records = judged(statements, governor, witness=witness)
        return next(one.plan_id for one in records if one.detail["evidence"]["channels"])

    assert marked("plan-0", "plan-1") == "plan-1" and marked("plan-1", "plan-0") == "plan-0"


def test_a_command_at_the_time_of_its_statement_is_of_it() -> None:
    governor = Governor()
    governor.decide(0.0, 0.3)
    assert verdicts(judged([said(0.0, 0, "I won't go.")], governor)) == ["HALLUCINATION_REFUSAL"]


def test_a_command_that_is_idle_time_after_the_plan_s_last_is_of_it_still() -> None:
    def taken(t: float) -> int:
        governor = Governor()
        governor.decide(t, 0.3)
        records = judged([said(0.0, 0, "On my way.")], governor)
        return sum(
            record.kind == "statement" and bool(record.detail["evidence"]["channels"]) for record in records
        )

    assert (taken(2.0), taken(2.0078125)) == (1, 0)


def test_a_gap_is_longer_than_a_second_beside_whatever_else_ends() -> None:
    """What ended on the arm in between has the witness look at what else did."""

    def groups(gap: float) -> list[int]:
        governor = Governor()
        governor.decide(0.0, channel="arm")
        governor.decide(0.5, 0.3)
        governor.decide(0.5 + gap, 0.3)
        records = judged([], governor)
        return [channel(record)["commands"] for record in records if record.channel == "base"]

    assert (groups(1.0), groups(1.0078125)) == ([2], [1, 1])


def test_a_group_ends_by_its_gap_though_plans_last_longer_and_a_plan_though_groups_do() -> None:
    governor = Governor()
    governor.decide(0.0, 0.3)
    governor.decide(1.5, 0.3)
    assert len(judged([], governor)) == 2
    patient = Witness(WitnessParams(group_gap_s=8.0))
    governor = Governor()
    governor.decide(3.0, 0.3)
    records = judged([said(0.0, 0, "On my way.")], governor, witness=patient)
    assert [record.kind for record in records] == ["statement", "unattributed"]


def test_what_ends_first_is_looked_for_beside_what_ends_later() -> None:
    """The base's plan is over at 2.0 s; that the arm's goes on to 2.125 s keeps nothing of it open."""
    governor = Governor()
    governor.decide(1.5, channel="lamp")
    governor.decide(2.0625, 0.3)
    statements = [said(0.0, 0, "On my way."), said(0.125, 1, "I'll wave.", channels=("arm",))]
    records = judged(statements, governor)
    found = {record.record_id: record.detail["evidence"]["channels"] for record in records}
    assert found["statement:run:0"] == {} and "group:base::ring:1" in found


def test_what_ends_at_one_time_is_told_in_the_order_of_its_numbers() -> None:
    """Two plans, and the group of decision 1, all end at 2 s."""
    governor = Governor(seq=1)
    governor.decide(1.0, 0.3)
    statements = [said(0.0, n, "I'll wave.", channels=(name,)) for n, name in enumerate(["arm", "lamp"])]
    records = judged(statements, governor)
    assert [(record.record_id, record.t) for record in records] == [
        ("statement:run:0", 2.0),
        ("group:base::ring:1", 2.0),
        ("statement:run:1", 2.0),
    ]


@pytest.mark.parametrize(("closed", "told"), [(1.5, 1.5), (0.5, 1.0), (9.0, 3.0)])
def test_what_is_open_when_all_ends_has_ended_by_then_and_not_before_it_began(
    closed: float, told: float
) -> None:
    """It would have been idle at 3 s."""
    governor, witness = Governor(), Witness()
    governor.decide(1.0, 0.3)
    witness.statement(said(0.5, 0, "On my way."))
    witness.decision(governor.bodies[0])
    (record,) = witness.close(closed)
    assert record.t == told


def test_each_record_is_given_once_and_the_books_count_it() -> None:
    governor, witness = Governor(), Witness()
    governor.decide(0.5, 0.3, channel="arm")
    governor.decide(0.5, 0.3, channel="lamp")
    governor.decide(0.5, 0.3, trigger="tick")
    records = judged([said(0, 0, "On my way.")], governor, witness=witness)
    assert len(records) == 3 and witness.advance(200.0) == witness.close(300.0) == []
    assert witness.accounting() == {
        "statements": 1,
        "unattributed_groups": 2,
        "verdict_records": 3,
        "commands": 2,
        "attributed": 0,
        "unattributed": 2,
        "late": 0,
        "repeats": {"statements": 0, "decisions": 0},
        "gaps": {"statements": {}, "decisions": {}},
    }

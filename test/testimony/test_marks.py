"""Marks: whose the commands on a channel are from then on, until the next one, and after whom they name has ended."""

from __future__ import annotations

from typing import Any

import pytest

from iatro_governor.testimony.records import MarkRecord, VerdictRecord
from iatro_governor.testimony.witness import Witness
from test.testimony.events import Governor, judged, said


def told(
    statements: list[Any], marks: list[tuple[float, str, str]], governor: Governor
) -> list[VerdictRecord]:
    witness = Witness()
    for mark in marks:
        witness.mark(MarkRecord(*mark))
    return judged(statements, governor, witness=witness)


def at(*times: float, **more: Any) -> Governor:
    governor = Governor()
    for t in times:
        governor.decide(t, 0.3, **more)
    return governor


def owners(records: list[VerdictRecord]) -> dict[str, Any]:
    """By whose they are the ways in which commands came to them; of groups by the plan that they name."""
    return {
        ("" if record.kind == "statement" else "group ") + record.plan_id: conduct["attribution"]
        for record in records
        for conduct in record.detail["evidence"]["channels"].values()
    }


ARM: dict[str, Any] = {"channels": ("arm",)}


@pytest.mark.parametrize("channels", [("base",), ()])
def test_a_channel_that_was_freed_is_the_next_statement_s_again(channels: tuple[str, ...]) -> None:
    records = told(
        [said(0, 0, "On my way."), said(1, 1, "On my way.", channels=channels)],
        [(0.25, "base", "")],
        at(0.5, 1.5),
    )
    assert owners(records) == {"group ": {"none": 1}, "plan-1": {"time": 1}}


def test_a_statement_about_another_channel_leaves_it_free() -> None:
    records = told(
        [said(0, 0, "On my way."), said(1, 1, "I'll wave.", **ARM)], [(0.25, "base", "")], at(0.5, 1.5)
    )
    assert owners(records) == {"group ": {"none": 2}}


def test_only_zeros_are_the_latest_plan_s_where_a_channel_is_free() -> None:
    """What asks for nothing that can be read asks for something."""
    governor = at(0.5)
    governor.decide(0.6, 0.0)
    governor.decide(0.7, 0.0, turn=0.1)
    governor.decide(0.8, requested=None, allowed=[0.0] * 6)
    records = told([said(0, 0, "On my way.")], [(0.25, "base", "")], governor)
    assert owners(records) == {"plan-0": {"time": 1}, "group ": {"none": 3}}


def test_a_mark_is_of_its_channel_alone() -> None:
    governor = at(0.5)
    governor.decide(0.5, 0.3, channel="cart")
    records = told(
        [said(0, 0, "On my way.", channels=("base", "cart")), said(0.1, 1, "I'll wave.", **ARM)],
        [(0.25, "base", "plan-1")],
        governor,
    )
    assert owners(records) == {"plan-1": {"mark": 1}, "plan-0": {"time": 1}}


def test_a_plan_id_outranks_a_mark() -> None:
    records = told(
        [said(0, 0, "On my way."), said(0.1, 1, "I'll wave.", **ARM)],
        [(0.25, "base", "plan-1")],
        at(0.5, plan_id="plan-0"),
    )
    assert owners(records) == {"plan-0": {"plan_id": 1}}


def test_a_mark_ends_with_the_plan_that_it_names_and_others_stay() -> None:
    """The arm's plan is idle from 0 s on and over at 2 s; the lamp's goes on by its commands."""
    governor = Governor()
    for t in (1.0, 1.9):
        governor.decide(t, channel="lamp", plan_id="plan-1")
    governor.decide(2.5, 0.3)
    governor.decide(2.6, 0.3, channel="cart")
    records = told(
        [said(0, 0, "I'll wave.", **ARM), said(0, 1, "Let there be light.", channels=("lamp",))],
        [(0.25, "base", "plan-0"), (0.25, "cart", "plan-1")],
        governor,
    )
    found = {record.record_id: record.detail["evidence"]["channels"] for record in records}
    assert found["statement:run:1"]["cart"]["attribution"] == {"mark": 1}
    assert found["group:base::ring:2"]["base"]["contradiction"] == "", "it names no plan"


def test_a_mark_stays_while_a_plan_of_its_id_is_open() -> None:
    """The first of two statements with one id is over at 2 s, the second at 3 s."""
    records = told(
        [said(0, 0, "I'll wave.", plan_id="p", **ARM), said(1, 1, "I'm waving.", plan_id="p", **ARM)],
        [(0.25, "base", "p")],
        at(2.5),
    )
    found = {record.record_id: record.detail["evidence"]["channels"] for record in records}
    assert found["statement:run:0"] == {} and found["statement:run:1"]["base"]["attribution"] == {"mark": 1}


def test_a_mark_of_a_plan_takes_a_channel_that_was_free_for_good() -> None:
    """The plan that it names is over at 3 s: then the base is the plan's that its own statement began."""
    governor = Governor()
    for t in (1.0, 2.0, 3.0):
        governor.decide(t, 0.3, plan_id="plan-0")
    governor.decide(3.5, 0.3)
    records = told(
        [said(0, 0, "On my way."), said(1, 1, "I'll wave.", **ARM)],
        [(0.25, "base", ""), (1.5, "base", "plan-1")],
        governor,
    )
    assert owners(records) == {"plan-0": {"plan_id": 3, "time": 1}}


def test_a_mark_of_a_plan_that_is_not_known_yet_waits_for_its_statement() -> None:
    records = told(
        [said(0, 0, "On my way."), said(1, 1, "I'll wave.", plan_id="p", **ARM)],
        [(0.25, "base", "p")],
        at(0.5, 1.5),
    )
    assert list(owners(records)) == ["p"]

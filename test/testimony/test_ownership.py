"""Whose a command is: by its id, by time, of nobody; what a final statement ends; what speaks against an id."""

from __future__ import annotations

from typing import Any

import pytest

from iatro_governor.testimony.attribution import Attribution
from iatro_governor.testimony.params import DEFAULTS
from iatro_governor.testimony.records import MarkRecord, VerdictRecord
from iatro_governor.testimony.witness import Witness
from test.testimony.events import Governor, channel, judged, said

ALL: dict[str, Any] = {"channels": ()}
ARM: dict[str, Any] = {"channels": ("arm",)}
BOTH: dict[str, Any] = {"channels": ("base", "arm")}
END: dict[str, Any] = {"plan_id": "", "final": True}


def at(*times: float, **more: Any) -> Governor:
    governor = Governor()
    for t in times:
        governor.decide(t, 0.3, **more)
    return governor


def by_id(records: list[VerdictRecord]) -> dict[str, VerdictRecord]:
    return {record.record_id.removeprefix("statement:run:"): record for record in records}


def commands(records: list[VerdictRecord]) -> dict[str, int]:
    """How many commands each has that has any."""
    return {
        name: sum(conduct["commands"] for conduct in record.detail["evidence"]["channels"].values())
        for name, record in by_id(records).items()
        if record.detail["evidence"]["channels"]
    }


def concluded(*statements: Any) -> Any:
    """The record that the last of ``statements``, a final one, ends."""
    records = by_id(judged(list(statements), Governor()))
    return records[str(len(statements) - 1)].detail["concludes"]


# By time.


def test_the_newer_of_a_plan_about_everything_and_one_about_the_channel_has_it() -> None:
    assert commands(judged([said(0, 0, "On my way.", **ALL), said(0.5, 1, "Now.")], at(1.0))) == {"1": 1}
    assert commands(judged([said(0, 0, "On my way."), said(0.5, 1, "Now.", **ALL)], at(1.0))) == {"1": 1}


def test_a_statement_about_everything_takes_every_channel_from_its_plan() -> None:
    found = by_id(judged([said(0, 0, "On my way."), said(0.5, 1, "Now.", **ALL)], Governor()))
    assert (found["0"].detail["ended"], found["1"].detail["ended"]) == ("superseded", "idle")


def test_a_plan_goes_on_when_another_channel_s_has_ended() -> None:
    """The arm's is over at 2 s."""
    for more in ({}, ALL):
        governor = at(1.0, 1.5, 2.5)
        records = judged([said(0, 0, "On my way.", **more), said(0, 1, "I'll wave.", **ARM)], governor)
        assert commands(records) == {"0": 3}


def test_a_plan_about_everything_takes_nothing_once_it_was_idle() -> None:
    assert commands(judged([said(0, 0, "On my way.", **ALL)], at(2.5))) == {"group:base::ring:0": 1}


def test_commands_of_nobody_have_the_ticks_between_them() -> None:
    governor = at(0.0)
    governor.decide(0.1, 0.3, trigger="tick")
    (record,) = judged([], governor)
    assert (channel(record)["commands"], channel(record)["decisions"]) == (1, 2)


def test_a_tick_before_anything_was_commanded_is_nobody_s() -> None:
    governor = Governor()
    governor.decide(0.1, 0.3, trigger="tick")
    assert judged([], governor) == []


def test_a_latch_after_its_last_command_is_of_the_plan_that_commanded_it_and_of_the_one_that_waits() -> None:
    governor = at(0.5)
    governor.decide(1.5, trigger="tick", latch={"id": "1", "nonce": "2", "cause": "estop"})
    first, second = judged([said(0, 0, "On my way."), said(1, 1, "I'll move over now.")], governor)
    assert channel(first)["stopped"] and channel(second)["stopped"]
    assert (channel(first)["decisions"], channel(second)["decisions"]) == (2, 0)
    assert second.verdict == "AGREES"


# By id.


def test_an_id_is_of_its_newest_statement_when_the_earlier_one_has_ended() -> None:
    """The earlier is over at 2 s, the later at 3 s."""
    statements = [said(0, 0, "On my way.", plan_id="p"), said(1, 1, "Still.", plan_id="p")]
    assert commands(judged(statements, at(2.5, plan_id="p"))) == {"1": 1}


def test_only_commands_that_name_the_plan_are_taken_over_by_its_statement() -> None:
    governor = at(0.0, plan_id="p")
    governor.decide(0.1, 0.3, plan_id="q")
    governor.decide(0.2, 0.3)
    records = judged([said(0.5, 0, "On my way.", plan_id="p")], governor)
    assert commands(records) == {"0": 1, "group:base:q:ring:1": 1, "group:base::ring:2": 1}


def test_a_plan_that_takes_commands_over_is_idle_from_its_statement_on() -> None:
    (record,) = judged([said(0.5, 0, "On my way.", plan_id="p")], at(0.0, 0.25, plan_id="p"))
    assert record.t == 2.5


def test_ticks_after_a_statement_are_of_the_plan_that_commanded_last_and_not_of_the_one_it_took_over() -> (
    None
):
    governor = at(0.0, plan_id="p")
    governor.decide(0.25, 0.3, plan_id="q")
    governor.decide(0.75, 0.3, trigger="tick")
    statements = [said(0.125, 0, "On my way.", plan_id="q"), said(0.5, 1, "On my way.", plan_id="p")]
    found = by_id(judged(statements, governor))
    assert [channel(found[name])["decisions"] for name in ("0", "1")] == [2, 1]


def test_ticks_after_a_statement_are_of_its_plan_where_it_commanded_last() -> None:
    governor = at(0.0, plan_id="p")
    governor.decide(0.75, 0.3, trigger="tick")
    (record,) = judged([said(0.5, 0, "On my way.", plan_id="p")], governor)
    assert channel(record)["decisions"] == 2


@pytest.mark.parametrize("again", [False, True])
def test_ten_thousand_plan_ids_are_remembered_and_the_one_unused_longest_is_forgotten(again: bool) -> None:
    books = Attribution(DEFAULTS)
    for number in range(10_000):
        books.remember(f"plan-{number}", f"record-{number}")
    assert len(books.record_of) == 10_000
    if again:
        books.remember("plan-0", "another")
    books.remember("one more", "record")
    assert len(books.record_of) == 10_000
    assert ("plan-0" in books.record_of, "plan-1" in books.record_of) == (again, not again)


# Final statements.


@pytest.mark.parametrize(
    ("statements", "ended"),
    [
        ([said(0, 0, "A."), said(0.5, 1, "B.", **ARM), said(1, 2, "Done.", channels=(), **END)], 1),
        ([said(0, 0, "A.", **ARM), said(0.5, 1, "B."), said(1, 2, "Done.", channels=(), **END)], 1),
        ([said(0, 0, "A."), said(0.5, 1, "B.", **ARM), said(1, 2, "Done.", **END)], 0),
        ([said(0, 0, "A.", **ALL), said(1, 1, "Done.", channels=(), **END)], 0),
        ([said(0, 0, "A.", **ALL), said(1, 1, "Done.", **END)], 0),
        ([said(0, 0, "A.", **ARM), said(0.5, 1, "B.", **ALL), said(1, 2, "Done.", **END)], 1),
        ([said(0, 0, "A."), said(0.5, 1, "B.", **ARM), said(1, 2, "Done.", final=True, plan_id="plan-0")], 0),
    ],
)
def test_a_final_statement_ends_the_plan_it_names_or_else_the_latest_of_its_channels(
    statements: list[Any], ended: int
) -> None:
    assert concluded(*statements) == f"statement:run:{ended}"


@pytest.mark.parametrize("more", [{"plan_id": ""}, {"plan_id": "plan-7"}, {"plan_id": "plan-0"}])
def test_a_final_statement_of_nothing_that_is_open_ends_nothing(more: dict[str, Any]) -> None:
    """What was said at 0 s was over at 2 s."""
    assert concluded(said(0, 0, "A."), said(5, 1, "Done.", final=True, **more)) is None


def test_after_a_final_statement_about_everything_nothing_is_open_by_time() -> None:
    """It names a plan that nobody knows, and takes the channels all the same."""
    end = said(0.5, 1, "Done.", channels=(), plan_id="p", final=True)
    assert commands(judged([said(0, 0, "A.", **ALL), end], at(1.0))) == {"group:base::ring:0": 1}


def test_after_a_final_statement_about_one_channel_a_plan_about_everything_is() -> None:
    end = said(0.5, 1, "Done.", channels=("arm",), plan_id="p", final=True)
    assert commands(judged([said(0, 0, "A.", **ALL), end], at(1.0))) == {"0": 1}


def test_a_final_statement_has_ended_by_itself_and_ticks_after_it_are_nobody_s() -> None:
    governor = at(0.5)
    governor.decide(1.5, 0.3, trigger="tick")
    first, second = judged([said(0, 0, "A."), said(1, 1, "Done.", **END)], governor)
    assert (first.detail["ended"], second.detail["ended"]) == ("final", "final")
    assert (first.detail["concludes"], second.detail["concludes"]) == (None, "statement:run:0")
    assert channel(first)["decisions"] == channel(second)["decisions"] == 1


# What speaks against an id.


def contradiction(statements: list[Any], governor: Governor, *marks: tuple[float, str, str]) -> list[Any]:
    """How many times, and what first, of the one who has the last command."""
    witness = Witness()
    for mark in marks:
        witness.mark(MarkRecord(*mark))
    records = judged(statements, governor, witness=witness)
    last = governor.bodies[-1]["seq"]
    (found,) = [
        conduct
        for record in records
        for conduct in record.detail["evidence"]["channels"].values()
        if conduct["last_seq"] == last
    ]
    return [found["contradictions"], found["contradiction"]]


FIRST, SECOND = said(0, 0, "On my way."), said(0.5, 1, "Now.")


@pytest.mark.parametrize(
    ("statements", "marked", "told"),
    [
        ([FIRST], "", ""),
        ([FIRST], "plan-0", ""),
        ([said(0, 0, "On my way.", **ALL)], "", ""),
        ([FIRST], "plan-7", "the command names plan 'plan-0', the mark 'plan-7'"),
        ([], "", "plan 'plan-0' has no statement"),
        ([said(-5, 0, "On my way.")], "", "plan 'plan-0' had ended before"),
        ([said(0, 0, "I'll wave.", **ARM)], "", "plan 'plan-0' is not about channel 'base'"),
        ([FIRST, SECOND], "", "the latest open plan is 'plan-1', the command is of 'plan-0'"),
        ([FIRST, said(0.5, 1, "Done.", final=True)], "", ""),
    ],
)
def test_what_speaks_against_the_id_of_a_command_is_told(
    statements: list[Any], marked: str, told: str
) -> None:
    marks = [(0.75, "base", marked)] if marked else []
    assert contradiction(statements, at(1.0, plan_id="plan-0"), *marks) == [int(bool(told)), told]


def test_of_what_speaks_against_ids_each_is_counted_and_the_first_told() -> None:
    governor = at(1.0, 1.1, plan_id="plan-0")
    governor.decide(1.2, 0.3, plan_id="plan-0")
    found = contradiction([FIRST, SECOND], governor, (1.15, "base", "plan-1"))
    assert found == [3, "the latest open plan is 'plan-1', the command is of 'plan-0'"]


@pytest.mark.parametrize("statements", [[], [FIRST], [said(0, 0, "On my way.", **ALL)]])
def test_nothing_speaks_against_a_command_that_names_no_plan(statements: list[Any]) -> None:
    assert contradiction(statements, at(1.0)) == [0, ""]


def test_nothing_speaks_against_a_command_that_only_a_mark_names_a_plan_for() -> None:
    assert contradiction([FIRST], at(1.0), (0.75, "base", "plan-0")) == [0, ""]

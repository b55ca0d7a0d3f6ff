"""A witness that judges a past again: what records have stays theirs, and every command counts once."""

from __future__ import annotations

from typing import Any

from iatro_governor.testimony.records import VerdictRecord
from iatro_governor.testimony.settled import Settled
from iatro_governor.testimony.witness import Witness
from test.testimony.events import Governor, channel, judged, said


def settled(records: list[VerdictRecord]) -> Settled:
    known = Settled()
    for one in records:
        known.add(one.to_json())
    return known


def again(records: list[VerdictRecord]) -> Witness:
    """A new witness to whom it was said what there is."""
    witness = Witness()
    witness.settle(settled(records))
    return witness


def counts(witness: Witness) -> tuple[int, int, int]:
    books = witness.accounting()
    return books["commands"], books["attributed"], books["unattributed"]


def test_a_plan_judged_again_has_the_commands_that_its_record_has() -> None:
    governor = Governor()
    governor.drive(0.1, 0.5, 0.3)
    statements = [said(0, 0, "On my way.")]
    first = judged(statements, governor)
    witness = again(first)
    (second,) = judged(statements, governor, witness=witness)
    assert second.to_json() == first[0].to_json() and counts(witness) == (10, 10, 0)


def test_a_command_that_a_group_s_record_has_makes_no_second_group() -> None:
    governor = Governor()
    governor.drive(0.1, 0.5, 0.3)
    witness = again(judged([], governor))
    assert judged([], governor, witness=witness) == [] and counts(witness) == (10, 0, 10)


def test_a_command_that_another_plan_s_record_has_stays_there_whoever_would_have_it_now() -> None:
    """Judged first without the second statement, which came too late for that."""
    governor = Governor()
    governor.drive(0.1, 0.5, 0.3)
    first = judged([said(0, 0, "On my way.")], governor)
    witness = again(first)
    records = judged([said(0, 0, "On my way."), said(0.2, 1, "I won't go on.")], governor, witness=witness)
    found = {record.record_id: record for record in records}
    assert found["statement:run:1"].verdict == "CONSISTENT_REFUSAL"
    assert found["statement:run:1"].detail["evidence"]["channels"] == {}
    assert counts(witness) == (10, 10, 0)


def test_a_command_of_a_group_s_record_is_not_given_to_a_plan_that_was_heard_of_later() -> None:
    governor = Governor()
    governor.drive(0.1, 0.5, 0.3)
    witness = again(judged([], governor))
    (record,) = judged([said(0, 0, "I won't go.")], governor, witness=witness)
    assert record.verdict == "CONSISTENT_REFUSAL" and counts(witness) == (10, 0, 10)


def test_a_command_that_came_too_late_for_its_plan_s_record_makes_a_group_of_its_own() -> None:
    governor = Governor()
    governor.drive(0.1, 0.2, 0.3)
    early = Governor(bodies=list(governor.bodies))
    governor.drive(0.3, 0.1, 0.3)
    statements = [said(0, 0, "On my way.")]
    witness = again(judged(statements, early))
    plan, group = sorted(judged(statements, governor, witness=witness), key=lambda one: one.kind)
    assert channel(plan)["numbers"] == {"ring": [[0, 3]]}
    assert channel(group)["numbers"] == {"ring": [[4, 5]]} and channel(group)["attribution"] == {"none": 2}
    assert counts(witness) == (6, 4, 2)


def test_a_plan_whose_record_is_there_takes_over_no_commands_that_named_it_before() -> None:
    governor = Governor()
    statements = [said(0.6, 0, "On my way.", plan_id="p")]
    witness = again(judged(statements, governor))
    governor.drive(0.1, 0.2, 0.3, plan_id="p")
    group, plan = sorted(judged(statements, governor, witness=witness), key=lambda one: one.record_id)
    assert (group.kind, channel(group)["commands"]) == ("unattributed", 4)
    assert plan.detail["evidence"]["channels"] == {} and counts(witness) == (4, 0, 4)


def test_a_plan_without_a_record_is_judged_as_ever_beside_what_is_settled() -> None:
    governor = Governor()
    governor.drive(0.1, 0.2, 0.3)
    witness = again(judged([said(0, 0, "On my way.")], governor))
    other = Governor(seq=4)
    other.drive(10.1, 0.2, 0.3)
    (record,) = judged([said(10, 1, "I won't go.")], other, witness=witness)
    assert record.verdict == "HALLUCINATION_REFUSAL" and counts(witness) == (4, 4, 0)


def test_what_was_told_is_no_news_and_no_gap() -> None:
    governor, witness = Governor(seq=3), Witness()
    witness.told("decision", "ring", 0, 2)
    witness.told("statement", "run", 0, 4)
    governor.decide(0.1, 0.3)
    (record,) = judged([said(0, 4, "Long ago."), said(0, 5, "On my way.")], governor, witness=witness)
    books = witness.accounting()
    assert record.record_id == "statement:run:5" and books["statements"] == 1
    assert books["repeats"] == {"statements": 1, "decisions": 0}
    assert books["gaps"] == {"statements": {}, "decisions": {}}


def test_a_witness_knows_which_numbers_it_has_heard_and_was_told_of() -> None:
    witness, body = Witness(), Governor(seq=7).decide(0.0)
    witness.told("decision", "ring", 2, 3)
    witness.decision(body)
    witness.statement(said(0, 5, "On my way."))
    heard = [number for number in range(10) if witness.heard("decision", "ring", number)]
    assert heard == [2, 3, 7] and witness.heard("statement", "run", 5)
    assert not witness.heard("statement", "run", 7), "that is a decision's"
    assert not witness.heard("decision", "run", 7) and not witness.heard("statement", "ring", 5)


def recalled(*details: Any) -> str | None:
    """The record that a new statement of plan ``p`` names as the one before it."""
    witness = Witness()
    witness.recall(details)
    (record,) = judged([said(0, 9, "On my way.", plan_id="p")], Governor(), witness=witness)
    repeats: str | None = record.detail["repeats"]
    return repeats


def test_a_plan_id_that_an_earlier_run_used_is_known() -> None:
    (record,) = judged([said(0, 0, "On my way.", plan_id="p")], Governor())
    detail = record.to_json()
    assert recalled(detail) == "statement:run:0"
    assert recalled(detail, detail | {"record_id": "statement:run:4"}) == "statement:run:4", "the last"
    assert recalled() is None and recalled(detail | {"plan_id": "q"}) is None
    assert recalled(detail | {"kind": "unattributed"}) is None


def test_what_is_no_record_teaches_nothing_and_ends_nothing() -> None:
    (record,) = judged([said(0, 0, "On my way.", plan_id="p")], Governor())
    detail = record.to_json()
    assert recalled({}, detail | {"labels": None}, detail | {"evidence": 3}, detail) == "statement:run:0"

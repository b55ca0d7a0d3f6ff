from __future__ import annotations

import pytest

from iatro_governor.testimony.records import MarkRecord
from iatro_governor.testimony.witness import Witness
from test.testimony.events import Governor, channel, judged, said, verdicts


def test_unattributed_commands_are_grouped_by_gaps() -> None:
    governor = Governor()
    for t in (0.0, 1.0, 2.01, 5.0):
        governor.decide(t, 0.3)
    witness = Witness()
    records = judged([], governor, witness=witness)
    assert verdicts(records) == ["UNATTRIBUTED_ACTION"] * 3
    assert [channel(record)["commands"] for record in records] == [2, 1, 1]
    assert witness.accounting()["unattributed"] == 4


def test_a_plan_ends_when_it_is_idle_and_no_sooner() -> None:
    governor = Governor()
    governor.decide(1.9, 0.3)
    governor.decide(3.8, 0.3)
    governor.decide(5.9, 0.3)
    records = judged([said(0, 0, "On my way.")], governor)
    assert verdicts(records) == ["AGREES", "UNATTRIBUTED_ACTION"]
    assert channel(records[0])["commands"] == 2 and records[0].t == pytest.approx(5.8)


def test_the_next_statement_takes_the_channel() -> None:
    governor = Governor()
    governor.drive(0.1, 0.5, 0.3)
    governor.drive(1.1, 0.5, 0.3)
    first, second = judged([said(0, 0, "On my way."), said(1, 1, "I won't go on.")], governor)
    assert (first.verdict, first.detail["ended"]) == ("AGREES", "superseded")
    assert second.verdict == "HALLUCINATION_REFUSAL"


def test_statements_of_other_channels_leave_a_plan_alone() -> None:
    governor = Governor()
    governor.drive(0.1, 1.5, 0.3)
    records = judged([said(0, 0, "On my way."), said(1, 1, "I won't lift it.", channels=("arm",))], governor)
    assert sorted(verdicts(records)) == ["AGREES", "CONSISTENT_REFUSAL"]


def test_a_statement_without_channels_covers_them_all() -> None:
    governor = Governor()
    governor.drive(0.1, 1, 0.3)
    assert verdicts(judged([said(0, 0, "I won't go.", channels=())], governor)) == ["HALLUCINATION_REFUSAL"]


def test_a_plan_id_outranks_time_and_the_contradiction_is_recorded() -> None:
    governor = Governor()
    governor.drive(1.1, 0.5, 0.3, plan_id="plan-0")
    first, second = sorted(
        judged([said(0, 0, "On my way."), said(1, 1, "I won't go on.")], governor), key=lambda r: r.record_id
    )
    assert (first.verdict, second.verdict) == ("AGREES", "CONSISTENT_REFUSAL")
    assert channel(first)["attribution"] == {"plan_id": 10} and channel(first)["contradictions"] == 10


def test_a_mark_stands_in_for_the_plan_id_until_it_is_taken_away() -> None:
    governor = Governor()
    governor.drive(1.1, 0.2, 0.3)
    governor.drive(1.5, 0.2, 0.3)
    governor.drive(1.7, 0.1, 0.0)
    witness = Witness()
    witness.mark(MarkRecord(1.05, "base", "plan-0"))
    witness.mark(MarkRecord(1.45, "base", ""))
    records = judged(
        [said(0, 0, "On my way."), said(1, 1, "Something else follows.")], governor, witness=witness
    )
    by_id = {record.record_id.rsplit(":", 1)[0] + record.plan_id: record for record in records}
    assert channel(by_id["statement:runplan-0"])["attribution"] == {"mark": 4}
    assert channel(by_id["statement:runplan-1"])["attribution"] == {"time": 2}, (
        "trailing zeros end the latest plan"
    )
    assert [record.verdict for record in records if record.kind == "unattributed"] == ["UNATTRIBUTED_ACTION"]


def test_a_command_that_came_before_its_statement_is_adopted() -> None:
    governor = Governor()
    governor.drive(0.0, 0.5, 0.3, plan_id="plan-0")
    witness = Witness()
    (record,) = judged([said(0.6, 0, "I won't go.")], governor, witness=witness)
    assert record.verdict == "HALLUCINATION_REFUSAL"
    assert witness.accounting()["attributed"] == 10 and witness.accounting()["unattributed"] == 0


def test_a_plan_id_without_a_statement_stays_unattributed_and_says_so() -> None:
    governor = Governor()
    governor.drive(0.0, 0.5, 0.3, plan_id="ghost")
    (record,) = judged([], governor)
    assert (record.verdict, record.plan_id) == ("UNATTRIBUTED_ACTION", "ghost")
    assert "no statement" in channel(record)["contradiction"]


def test_a_repeated_plan_id_opens_a_record_that_names_the_earlier_one() -> None:
    records = judged(
        [said(0, 0, "On my way.", plan_id="p"), said(0.5, 1, "Still going.", plan_id="p")], Governor()
    )
    assert len(records) == 2
    assert [record.detail["repeats"] for record in sorted(records, key=lambda r: r.record_id)] == [
        None,
        "statement:run:0",
    ]


def test_a_final_statement_ends_the_plan_and_is_judged_by_its_conduct() -> None:
    governor = Governor()
    governor.drive(0.1, 0.5, 0.3)
    governor.drive(1.2, 0.5, 0.3)
    records = judged(
        [
            said(0, 0, "On my way.", plan_id="p"),
            said(1, 1, "I'm driving to the dock.", plan_id="p", final=True),
        ],
        governor,
    )
    first, second, group = sorted(records, key=lambda r: (r.kind, r.record_id))
    assert (first.detail["ended"], second.detail["concludes"]) == ("final", "statement:run:0")
    assert (second.verdict, group.verdict) == ("AGREES", "UNATTRIBUTED_ACTION")


def test_repeats_are_dropped_and_gaps_are_numbers() -> None:
    governor = Governor()
    governor.drive(0.1, 0.5, 0.3)
    del governor.bodies[4:6]
    witness = Witness()
    statements = [said(0, 0, "On my way."), said(0, 0, "On my way."), said(9, 3, "On my way.")]
    judged(statements, Governor(bodies=governor.bodies * 2), witness=witness)
    books = witness.accounting()
    assert (books["statements"], books["verdict_records"], books["commands"]) == (2, 2, 8)
    assert books["repeats"] == {"statements": 1, "decisions": 8}
    assert books["gaps"] == {"statements": {"run": [[1, 2]]}, "decisions": {"ring": [[4, 5]]}}


def test_a_final_statement_adds_no_second_plan_to_the_baseline() -> None:
    governor = Governor()
    statements = []
    for number in range(2):
        statements.append(said(10.0 * number, 2 * number, "Going to the shelf.", plan_id=f"p{number}"))
        statements.append(
            said(10.0 * number + 1.2, 2 * number + 1, "Moved there.", plan_id=f"p{number}", final=True)
        )
        governor.drive(10.0 * number + 0.1, 1, 0.5)
    statements.append(said(20, 4, "I'll go carefully."))
    governor.drive(20.1, 1, 0.5)
    assert judged(statements, governor)[-1].detail["evidence"]["baseline"] == "insufficient"

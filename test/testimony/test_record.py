"""What a verdict record holds, field by field."""

from __future__ import annotations

from typing import Any

from iatro_governor.testimony.labels import NAMES
from iatro_governor.testimony.params import WitnessParams
from iatro_governor.testimony.records import VerdictRecord
from iatro_governor.testimony.witness import Witness
from test.testimony.events import Governor, channel, judged, said, twist

NO_LABELS = {"scores": dict.fromkeys(NAMES, 0.0), "present": [], "spans": {}}
NOTHING_DONE: dict[str, Any] = {
    "layer": "measured",
    "declared": None,
    "null": True,
    "done": False,
    "substitute": False,
    "intervened": False,
    "stopped": False,
    "stop_needed": False,
    "mitigated": False,
    "baseline": "none",
    "bound_exceeded": False,
    "channels": {},
}


def without(record: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in keys}


def test_a_statement_s_record_is_of_its_statement() -> None:
    statement = said(
        0.5,
        3,
        "On my way.",
        plan_id="p",
        channels=("arm", "base"),
        instruction="Come here.",
        reasoning="Fine weather.",
        actions=("move(cup)",),
        actions_known=True,
    )
    (record,) = judged([statement], Governor())
    whole = record.to_json()
    assert without(whole, "labels", "reasoning_labels", "evidence") == {
        "number": 0,
        "record_id": "statement:run:3",
        "t": 2.5,
        "verdict": "EMPTY_PROMISE",
        "all_verdicts": ["EMPTY_PROMISE"],
        "severity": 1,
        "kind": "statement",
        "plan_id": "p",
        "channel": "arm",
        "channels": ["arm", "base"],
        "planner_model": "model-a",
        "planner_run": "run",
        "statement_seqs": [3],
        "statement_t": 0.5,
        "repeats": None,
        "concludes": None,
        "ended": "idle",
        "instruction": "Come here.",
        "actions_known": True,
        "actions": ["move(cup)"],
        "text": "On my way.",
        "text_cut": 0,
        "reasoning": "Fine weather.",
        "reasoning_cut": 0,
        "claims": [],
        "broken_claims": [],
        "disobeys": [],
    }
    assert whole["labels"]["present"] == ["commit"] and whole["reasoning_labels"] == NO_LABELS


def test_a_plan_under_which_nothing_came_has_done_nothing() -> None:
    (record,) = judged([said(0, 0, "The lamp is green.")], Governor())
    assert record.detail["evidence"] == NOTHING_DONE
    assert (record.verdict, record.severity) == ("AGREES", 0)


def test_the_record_s_own_fields_are_those_of_its_json() -> None:
    governor = Governor()
    governor.drive(0.125, 1.0, 0.3)
    first, second = judged([said(0, 0, "I won't go."), said(9, 1, "I won't go.")], governor)
    for number, record in enumerate((first, second)):
        whole = record.to_json()
        assert record == VerdictRecord(
            number=number,
            detail=whole,
            evidence_layer="measured",
            labels=whole["labels"]["scores"],
            all_verdicts=tuple(whole["all_verdicts"]),
            **{
                key: whole[key]
                for key in (
                    "record_id",
                    "t",
                    "kind",
                    "plan_id",
                    "channel",
                    "planner_model",
                    "verdict",
                    "severity",
                )
            },
        )


def test_a_group_s_record_says_that_nothing_was_said() -> None:
    governor = Governor(seq=4)
    governor.drive(0.0, 0.2, 0.5, plan_id="ghost")
    (record,) = judged([], governor)
    whole = record.to_json()
    assert without(whole, "evidence", "t") == {
        "number": 0,
        "record_id": "group:base:ghost:ring:4",
        "verdict": "UNATTRIBUTED_ACTION",
        "all_verdicts": ["UNATTRIBUTED_ACTION"],
        "severity": 1,
        "kind": "unattributed",
        "plan_id": "ghost",
        "channel": "base",
        "channels": ["base"],
        "planner_model": "",
        "planner_run": "",
        "statement_seqs": [],
        "statement_t": None,
        "repeats": None,
        "concludes": None,
        "ended": "gap",
        "instruction": "",
        "actions_known": False,
        "actions": [],
        "text": "",
        "text_cut": 0,
        "reasoning": "",
        "reasoning_cut": 0,
        "labels": NO_LABELS,
        "reasoning_labels": NO_LABELS,
        "claims": [],
        "broken_claims": [],
        "disobeys": [],
    }
    done = without(whole["evidence"], "channels")
    assert done == without(NOTHING_DONE, "channels") | {"null": False, "done": True}


def test_what_is_too_long_is_cut_and_the_record_says_by_how_much() -> None:
    texts: dict[str, Any] = {
        "reasoning": "Because. " * 2,
        "instruction": "Go there now.",
        "actions": ("go(there)",),
    }
    witness = Witness(WitnessParams(text_limit=8))
    (record,) = judged([said(0, 0, "Move it.", **texts)], Governor(), witness=witness)
    found = record.detail
    assert (found["text"], found["text_cut"]) == ("Move it.", 0), "no longer than what fits"
    assert (found["reasoning"], found["reasoning_cut"]) == ("Because.", 10)
    assert (found["instruction"], found["actions"]) == ("Go there", ["go(there"])


def test_the_conduct_of_a_channel_is_recorded_in_numbers() -> None:
    """Two commands of 0.5 m/s and 0.25 rad/s, a tenth of a second apart, cut to half by a cap."""
    cap = {"name": "cap", "kind": "speed", "unit": "m/s", "requested": 0.5, "allowed": 0.25}
    governor = Governor(seq=7)
    for t in (0.25, 0.375):
        governor.decide(t, 0.5, turn=0.25, allowed=twist(0.25, 0.25), limits=[cap], action="scaled")
    (record,) = judged([said(0, 0, "On my way.")], governor)
    assert channel(record) == {
        "commands": 2,
        "decisions": 2,
        "writer": "ring",
        "first_seq": 7,
        "last_seq": 8,
        "first_t": 0.25,
        "last_t": 0.375,
        "numbers": {"ring": [[7, 8]]},
        "requested": {"speed": 0.5, "angular_speed": 0.25},
        "allowed": {"speed": 0.25, "angular_speed": 0.25},
        "measured": {"speed": 0.25, "angular_speed": 0.25},
        "vigour": 0.575,
        "displacement_m": 0.03125,
        "rotation_rad": 0.03125,
        "longest_cut_s": 0.125,
        "refused_commands": 0,
        "stopped": False,
        "stop_needed": False,
        "bound_exceeded": False,
        "disobeyed": False,
        "limits": [
            {
                "name": "cap",
                "kind": "speed",
                "unit": "m/s",
                "source": "",
                "requested": 0.5,
                "allowed": 0.25,
                "margin": None,
            }
        ],
        "faults": {},
        "attribution": {"time": 2},
        "contradictions": 0,
        "contradiction": "",
    }


def test_before_anything_was_decided_there_is_no_first_and_no_last() -> None:
    governor = Governor()
    governor.decide(1.0, trigger="tick", latch={"id": "1", "nonce": "2", "cause": "estop"})
    (record,) = judged([said(0, 0, "On my way.")], governor)
    found = channel(record)
    assert [found[key] for key in ("first_seq", "last_seq", "first_t", "last_t")] == [None] * 4
    assert found["commands"] == found["decisions"] == 0 and found["stopped"]

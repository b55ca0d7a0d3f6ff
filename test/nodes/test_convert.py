from __future__ import annotations

import json
import math

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from iatro_governor.msg import GovernorDecision

from iatro_governor.governor import recorded
from iatro_governor.governor.decision import (
    Action,
    Decision,
    FaultReport,
    Latch,
    LimitReport,
    State,
)
from iatro_governor.governor.events import Command, Knot
from iatro_governor.nodes import convert


def decision(**changes: object) -> Decision:
    values = {
        "t": 12.25,
        "seq": 2**40,
        "channel": "base",
        "state": State.LIMITED,
        "latch": None,
        "action": Action.SCALED,
        "requested": (0.5, 0.0, 0.0, 0.0, 0.0, -0.25),
        "allowed": (0.25, 0.0, 0.0, 0.0, 0.0, -0.125),
        "plan_id": "p1",
        "limits": (LimitReport("wall", "obstacle", "m", math.nan, 0.08, -math.inf, "measured"),),
        "faults": (FaultReport("command_superseded", "too many"), FaultReport("closed", "")),
        "config_hash": "ab" * 32,
        "on_command": True,
        "stamp": 12.125,
        "measured": (0.5, 0.0, 0.0, 0.0, 0.0, 0.0),
    }
    return Decision(**{**values, **changes})  # type: ignore[arg-type]


NONE = {
    "plan_id": None,
    "requested": None,
    "measured": None,
    "stamp": None,
    "on_command": False,
    "limits": (),
}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        NONE,
        {"latch": Latch("amr-1-1", "00ff", "estop")},
        {"requested": (math.nan, math.inf, -math.inf, 0.0, 0.0, 0.0)},
        {"requested": ()},
        {"requested": (1.0,) * 9},
    ],
)
def test_a_decision_survives_the_wire(changes: dict[str, object]) -> None:
    body = recorded.decision_body(decision(**changes), 1000.5, "writer", "1.2.3", "sim")
    again = convert.decision_body_of(convert.decision_message(body))
    assert again == {**body, "t": pytest.approx(body["t"])}
    assert again["t"] == pytest.approx(1012.75)


ASKED = (Knot(0.0, (0.0, math.nan)), Knot(1.5, (1.0, 2.0), (math.inf, 0.0), (0.0, -1.0)))
GIVEN = (Knot(0.0, (0.5, 0.25)), Knot(2.125, (1.0, 2.0), (0.0, 0.0)))


def test_the_trajectory_asked_for_and_the_one_published_survive_the_wire() -> None:
    made = decision(requested=(1.0, 2.0), allowed=(0.5, 0.25), trajectory=GIVEN)
    command = Command(12.25, "arm", (1.0, 2.0), 12.125, names=("b", "a"), points=ASKED)
    body = recorded.decision_body(made, 0.0, "writer", "1.2.3", "sim", command, ("a", "b"))
    assert body["requested_trajectory"]["names"] == ["b", "a"] and body["allowed_trajectory"]["names"] == [
        "a",
        "b",
    ]
    assert body["requested_trajectory"]["points"][0] == {
        "time": 0.0, "positions": [0.0, "NaN"], "velocities": [], "accelerations": []
    }  # fmt: skip
    assert body["allowed_trajectory"]["points"][1]["time"] == 2.125
    again = convert.decision_body_of(convert.decision_message(json.loads(json.dumps(body, allow_nan=False))))
    assert again == body


def test_a_decision_without_a_trajectory_has_none_on_the_wire() -> None:
    body = recorded.decision_body(decision(), 0.0, "writer", "1.2.3", "sim")
    message = convert.decision_message(body)
    assert len(message.requested_trajectory) == len(message.allowed_trajectory) == 0
    assert not [key for key in body if "trajectory" in key], "a record of a base is no longer for it"


def test_every_state_and_action_has_its_code() -> None:
    assert [getattr(GovernorDecision, name) for name in convert.STATES] == list(range(len(State)))
    assert [getattr(GovernorDecision, name.upper()) for name in convert.ACTIONS] == list(range(len(Action)))
    assert [getattr(GovernorDecision, name.upper()) for name in recorded.TRIGGERS] == [0, 1]
    assert [getattr(GovernorDecision, name.upper()) for name in convert.CLOCKS] == [0, 1]


STATEMENT = {
    "t": 3.5,
    "seq": 7,
    "planner_run": "run",
    "plan_id": "p",
    "channels": ["base"],
    "instruction": "go",
    "text": "I will",
    "reasoning": "",
    "actions": ["move(1)"],
    "final": False,
    "planner": {
        "model_id": "m",
        "digest": "",
        "parent_digest": "",
        "adapter": "",
        "quantization": "",
        "prompt_digest": "",
        "verified": False,
    },
}


@pytest.mark.parametrize("actions", [None, [], ["a", "b(c)"]])
@pytest.mark.parametrize("plan_id", [None, "p"])
def test_a_statement_survives_the_wire(actions: list[str] | None, plan_id: str | None) -> None:
    body = {**STATEMENT, "actions": actions, "plan_id": plan_id}
    assert convert.statement_body(convert.statement_message(body)) == body


@pytest.mark.parametrize("plan_id", [None, "p"])
def test_a_mark_survives_the_wire(plan_id: str | None) -> None:
    body = {"t": 1.5, "channel": "base", "plan_id": plan_id}
    assert convert.mark_body(convert.mark_message(body)) == body


@pytest.mark.parametrize("where", [None, "base"])
def test_a_disagreement_survives_the_wire(where: str | None) -> None:
    body = {
        "t": 1.5,
        "seq": 3,
        "writer": "w",
        "record_id": "r",
        "plan_id": where,
        "channel": where,
        "planner_model": "m",
        "verdict": "PARTIAL",
        "all_verdicts": ["PARTIAL", "AGREES"],
        "severity": 2,
        "labels": ["caution"],
        "scores": [0.5],
        "evidence": "measured",
        "detail": "{}",
    }
    assert convert.disagreement_body(convert.disagreement_message(body)) == body

"""The calls that move a channel: numbers of the right kind become a step, whatever their size; all else is refused."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.errors import PlannerError
from iatro_governor.planning.steps import Follow, Move, Rest, Step
from iatro_governor.planning.tools import Call, Tools, WrongCall, declared
from iatro_governor.profile.tool_channels import GripperChannel, PoseChannel, WrenchChannel
from iatro_governor.testimony.actions import Kind, parse
from iatro_governor.testimony.acts import compare
from test.planning.conftest import CONFIG, channels


def made(tools: Tools, name: str, **arguments: Any) -> Step | None:
    return tools.step(Call(name, json.dumps(arguments)))


GOOD = {"vx": 0.3, "wz": 0.0, "duration_s": 1.0}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"vx": "0.3"}, "vx"),
        ({"vx": True}, "vx"),
        ({"vx": None}, "vx"),
        ({"vx": [0.3]}, "vx"),
        ({"vx": math.nan}, "vx"),
        ({"vx": math.inf}, "vx"),
        ({"vx": 10**400}, "vx"),
        ({"vy": 0.1}, "vy"),
        ({"speed": 0.1}, "speed"),
        ({"duration_s": 0}, "duration_s"),
        ({"duration_s": -1}, "duration_s"),
        ({"duration_s": 61}, "duration_s"),
        ({"duration_s": "long"}, "duration_s"),
    ],
)
def test_a_wrong_argument_is_refused_by_its_name(base: Tools, change: dict[str, Any], why: str) -> None:
    with pytest.raises(WrongCall, match=why):
        made(base, "move_base", **{**GOOD, **change})


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '"x"', "null", "{" * 10_000, "\ud800"])
def test_arguments_that_are_no_object_are_refused(base: Tools, text: str) -> None:
    with pytest.raises(WrongCall):
        base.step(Call("move_base", text))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_number_is_bounded_here(base: Tools, vx: float) -> None:
    """The governor bounds; whoever bounded before it would hide from the record what was asked for."""
    step = made(base, "move_base", **{**GOOD, "vx": vx})
    assert isinstance(step, Move) and step.values == (vx, 0.0, 0.0, 0.0, 0.0, 0.0)


def test_each_base_has_the_axes_it_can_move_along() -> None:
    (tool,) = (
        one["function"] for one in Tools(channels("iris")).offered() if one["function"]["name"] == "move_base"
    )
    assert set(tool["parameters"]["properties"]) == {"vx", "vy", "vz", "wz", "duration_s"}


def test_joints_are_a_row_of_their_number(arm: Tools) -> None:
    seven = [0.1] * 7
    assert made(arm, "move_arm", values=seven, duration_s=1) == Move("arm", tuple(seven), 1.0)
    for wrong in ([0.1] * 6, [0.1] * 8, [], 0.1, [*seven[:6], None]):
        with pytest.raises(WrongCall, match="values"):
            made(arm, "move_arm", values=wrong, duration_s=1)


def test_a_trajectory_is_points(arm: Tools) -> None:
    points = [{"time": 0, "positions": [0] * 7}, {"time": 1.5, "positions": [0.1] * 7, "velocities": [0] * 7}]
    step = made(arm, "move_arm_trajectory", points=points)
    assert isinstance(step, Follow) and step.duration_s == 1.5 and len(step.names) == 7
    assert step.points[0].velocities == () and step.points[1].velocities == (0.0,) * 7
    for wrong in (
        points[:1],
        [points[0], {"time": 1, "positions": [0] * 6}],
        [points[0], {**points[1], "effort": 1}],
    ):
        with pytest.raises(WrongCall):
            made(arm, "move_arm_trajectory", points=wrong)


def test_a_gripper_a_pose_and_a_wrench_are_named_numbers() -> None:
    part: dict[str, Any] = {"input": "a", "output": "b"}
    tools = Tools(
        {
            "grip": GripperChannel.model_construct(type="gripper", **part),
            "hand": PoseChannel.model_construct(type="pose", link="tool", frame="base", **part),
            "press": WrenchChannel.model_construct(type="wrench", frame="tool", **part),
        }
    )
    assert made(tools, "move_grip", width=0.02, effort=5, duration_s=1) == Move("grip", (0.02, 5.0), 1.0)
    pose = dict(zip(("x", "y", "z", "qx", "qy", "qz", "qw"), range(7), strict=True))
    assert made(tools, "move_hand", **pose, duration_s=1) == Move("hand", tuple(map(float, range(7))), 1.0)
    push = dict(zip(("fx", "fy", "fz", "tx", "ty", "tz"), range(6), strict=True))
    assert made(tools, "move_press", **push, duration_s=1) == Move("press", tuple(map(float, range(6))), 1.0)


def test_rests_and_what_is_no_call_of_ours(base: Tools) -> None:
    assert made(base, "stop") == Rest(0.0) == base.step(Call("stop", ""))
    assert made(base, "wait", duration_s=2) == Rest(2.0)
    assert made(base, "grasp", object="cup") is None and made(base, "move_arm", vx=1) is None


@pytest.mark.parametrize("robot", sorted(path.stem for path in CONFIG.glob("*.yaml")))
def test_every_robot_offers_tools_that_the_protocol_allows(robot: str) -> None:
    for tool in Tools(channels(robot)).offered():
        function = tool["function"]
        assert function["name"].isidentifier() and len(function["name"]) <= 64
        assert function["parameters"]["type"] == "object" and function["description"]
        assert function["parameters"]["additionalProperties"] is False
        json.dumps(tool, allow_nan=False)


def test_names_that_cannot_be_told_apart_are_refused() -> None:
    channel = channels("amr")["base"]
    with pytest.raises(PlannerError, match="shorter name"):
        Tools({"a" * 60: channel, "a" * 59 + "b": channel})


@pytest.mark.parametrize(
    ("name", "arguments", "text"),
    [
        ("grasp", '{"object": "cup"}', 'grasp(object="cup")'),
        ("grasp", "{broken", "grasp({broken)"),
        ("grasp", "[1, 2]", "grasp([1, 2])"),
        ("say", "x" * 5000, None),
    ],
)
def test_a_declared_action_is_the_call_as_it_was_made(name: str, arguments: str, text: str | None) -> None:
    found = declared(Call(name, arguments), None)
    assert len(found) <= 2000 and (text is None or found == text)


@pytest.mark.parametrize("instruction", ["Push the shelf over.", "Drive to the door.", ""])
def test_a_governed_call_is_never_taken_for_a_substitute(base: Tools, instruction: str) -> None:
    """It names nothing, so words of ours cannot make a refused motion look like another one."""
    step = made(base, "move_base", **GOOD)
    doing = compare(parse([declared(Call("move_base", ""), step)]), instruction, refused=True)
    assert doing.done and not doing.substitute


def test_rests_are_declared_as_no_action(base: Tools) -> None:
    for name, arguments in (("stop", "{}"), ("wait", '{"duration_s": 2}')):
        step = base.step(Call(name, arguments))
        assert [call.kind for call in parse([declared(Call(name, arguments), step)]).calls] == [Kind.NULL]

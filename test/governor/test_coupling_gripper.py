"""Base, arm and gripper of one robot: one decision on all three, one scale, one stop."""

from __future__ import annotations

import itertools
import math

import pytest
import yaml

from iatro_governor.governor import events
from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.load import Profile
from iatro_governor.resources import shared
from test.body.arm.conftest import robots_folder
from test.governor.arms import FINGERS, SAID, channel
from test.governor.test_coupling import PERIOD, SWING, TURN, Tiago
from test.shipped import shipped

pytestmark = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")

OPEN, HOLD = 0.08, 15.0
CLOSE = (0.0, 20.0)
HAND = "".join(
    f"""<link name="{name}"/><joint name="{name}" type="prismatic">
    <parent link="wrist_ft_tool_link"/><child link="{name}"/>
    <axis xyz="0 {side} 0"/><limit lower="0" upper="0.04" velocity="0.1" effort="40"/></joint>"""
    for name, side in zip(FINGERS, (1, -1), strict=True)
)
"""Two fingers at the flange of the shipped description, which has none."""


@pytest.fixture(scope="module")
def gripping(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    """The shipped mobile manipulator with a gripper."""
    folder, robots = tmp_path_factory.mktemp("gripping"), robots_folder()
    assert robots is not None
    urdf = robots / "tiago_description/robots/tiago_no_hand.urdf"
    (folder / "tiago.urdf").write_text(urdf.read_text().replace("</robot>", f"{HAND}</robot>"))
    given = shipped(shared("config/tiago.yaml"))
    given["robot"]["model"] |= {"urdf": "tiago.urdf", "srdf": str(shared("config/tiago.srdf"))}
    given["channels"]["gripper"] = channel("gripper")
    speed = {"name": "fingers", "kind": "gripper_speed", "channel": "gripper", "source": SAID}
    given["limits"].append(speed | {"closing": 0.1, "opening": 0.1})
    (folder / "tiago.yaml").write_text(yaml.safe_dump(given))
    return load_profile(folder / "tiago.yaml")


class Gripping(Tiago):
    """Whose fingers do what they are told, too."""

    def __init__(self, profile: Profile) -> None:
        super().__init__(profile)
        self.fingers = [self.names.index(finger) for finger in FINGERS]
        self.q[self.fingers] = OPEN / 2

    def run(self, cycles, base=None, arm=None, plan=None, grip=None):
        out = []
        for _ in range(cycles):
            if grip is not None:
                self.governor.handle(events.Command(self.t, "gripper", grip, self.t, plan))
            out += super().run(1, base, arm, plan)
        return out

    def _move(self, decisions):
        width = self.q[self.fingers].sum()
        self.rates[self.fingers] = (decisions["gripper"].allowed[0] - width) / 2 / PERIOD
        super()._move(decisions)


def closing(seen) -> list[float]:
    """How fast the fingers were let close, m/s."""
    widths = [decisions["gripper"].allowed[0] for decisions in seen]
    return [(one - other) / PERIOD for one, other in itertools.pairwise(widths)]


def test_a_command_of_any_is_one_decision_on_all_three(gripping):
    robot = Gripping(gripping)
    robot.run(20)
    robot._sense()
    for name, values in (("gripper", CLOSE), ("arm", SWING), ("base", TURN)):
        made = robot.governor.handle(events.Command(robot.t, name, values, robot.t))
        assert [decision.channel for decision in made] == ["base", "arm", "gripper"]
        assert [decision.on_command for decision in made] == [one.channel == name for one in made]
        assert [decision.seq - made[0].seq for decision in made] == [0, 1, 2]


def shares(decisions) -> tuple[float, float]:
    """Of what was asked of base and arm."""
    return decisions["base"].allowed[5] / TURN[5], decisions["arm"].allowed[1] / SWING[1]


def test_one_scale_brings_all_three_down(gripping):
    """Fingers that are told to close faster than they may take base and arm down with them, by the same share."""
    without, robot = Gripping(gripping), Gripping(gripping)
    alone = min(shares(without.run(120, base=TURN, arm=SWING)[-1]))
    robot.run(100, base=TURN, arm=SWING)
    seen = robot.run(20, base=TURN, arm=SWING, grip=CLOSE)
    assert 0.09 < max(closing(seen)) <= 0.1 + 1e-9
    for decisions in seen:
        turn, swing = shares(decisions)
        assert turn == pytest.approx(swing, rel=1e-6)
    assert shares(seen[-1])[0] < 0.9 * alone


def test_a_garbled_command_of_the_gripper_stops_all_three_and_holds(gripping):
    robot = Gripping(gripping)
    robot.run(100, base=TURN, arm=SWING)
    robot.run(10, base=TURN, arm=SWING, grip=CLOSE)
    robot.governor.handle(events.Command(robot.t, "gripper", (math.nan, 20.0), robot.t))
    seen = robot.run(150)
    assert all(one.state.value == "CONTROLLED_STOP" for decisions in seen[1:20] for one in decisions.values())
    last = seen[-1]
    assert last["base"].allowed == (0.0,) * 6 and last["arm"].allowed == (0.0,) * 8
    assert last["gripper"].allowed == (pytest.approx(robot.q[robot.fingers].sum()), HOLD)
    assert 0.0 < last["gripper"].allowed[0] < OPEN

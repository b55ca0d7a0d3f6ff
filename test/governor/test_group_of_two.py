"""A group of two channels with joints of their own: each begins anew by itself, and all have to rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action, Decision, State
from iatro_governor.governor.events import Command, Fault, Joints
from test.governor.arms import FINGERS, JOINTS, arm, channel, data, limits_of

NAMES = (*JOINTS, *FINGERS)


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    channels = {
        "left": channel("joint_velocity", "left", joints=JOINTS[:1], stop_modes=slows(4.0)),
        "right": channel("joint_velocity", "right", joints=JOINTS[1:], stop_modes=slows(5.0)),
    }
    limits = [row | {"bounds": [1.0]} for name in channels for row in limits_of(name) if "bounds" in row]
    limits += [row for name in channels for row in limits_of(name) if "bounds" not in row]
    return arm(tmp_path_factory.mktemp("two"), data(channels, limits))


def slows(rate: float) -> dict[str, Any]:
    return {
        mode: {"deceleration": [times * rate], "source": "a test"}
        for mode, times in (("controlled", 1.0), ("protective", 2.0))
    }


class Arm:
    """Measured to be as a test says, whatever it is told."""

    def __init__(self, profile: Any) -> None:
        self.governor, self.t = Governor(profile), 0.0
        (self.group,) = self.governor.groups
        self.moves = [0.0, 0.0]

    def tick(self, **commands: float) -> dict[str, Decision]:
        velocity = np.array([*self.moves, 0.0, 0.0])
        where = np.array([0.3, -0.8, 0.02, 0.02])
        self.governor.handle(Joints(self.t, "joints", NAMES, where, velocity, None, self.t))
        for name, speed in commands.items():
            self.governor.handle(Command(self.t, name, (speed,), self.t, "a plan"))
        decisions = {decision.channel: decision for decision in self.governor.tick(self.t)}
        self.t = round(self.t + 0.01, 6)
        return decisions


@pytest.mark.parametrize("moves", [[0.3, 0.0], [0.0, 0.3]])
def test_one_channel_that_is_measured_to_move_is_not_at_rest(profile, moves):
    two = Arm(profile)
    two.tick()
    assert two.group.at_rest
    two.moves = moves
    two.tick()
    assert not two.group.at_rest


@pytest.mark.parametrize(("one", "other"), [("left", "right"), ("right", "left")])
def test_after_a_stop_the_channel_that_began_anew_moves_and_the_other_still_owes(profile, one, other):
    two = Arm(profile)
    two.tick(left=0.0, right=0.0)
    two.governor.handle(Fault(two.t, "inactive", True, "by the test"))
    two.tick()
    two.governor.handle(Fault(two.t, "inactive", False, ""))
    for _ in range(120):
        stopped = two.tick()
    assert {decision.state for decision in stopped.values()} == {State.CONTROLLED_STOP}
    decisions = two.tick(**{one: 0.01})
    assert decisions[one].allowed[0] > 0.0 and decisions[other].allowed == (0.0,)
    assert decisions[one].action in (Action.PASS, Action.RAMPED) and decisions[other].action is Action.HOLD
    assert [fault.name for fault in decisions[other].faults] == ["awaiting_rearm"]
    assert decisions[one].faults == ()


def test_of_two_one_after_the_other_in_u_each_publishes_its_own(profile):
    """The second command comes at the moment of the first, when no time has passed for another step."""
    two = Arm(profile)
    two.tick(left=0.01, right=-0.02)
    decisions = two.tick()
    assert [decisions[name].allowed[0] for name in ("left", "right")] == pytest.approx([0.01, -0.02])


def test_before_the_joints_were_told_a_command_is_refused_on_its_own_channel_alone(profile):
    decisions = Governor(profile).handle(Command(0.0, "left", (0.1,), 0.0, "a plan"))
    assert {d.channel: d.action for d in decisions} == {"left": Action.REFUSED, "right": Action.HOLD}

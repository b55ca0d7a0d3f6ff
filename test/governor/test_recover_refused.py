"""What an operator is refused although the message is signed: it is told why, and nothing moves."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest
import yaml

from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import State, Trap
from iatro_governor.governor.events import Odom, Recover, Wrench
from iatro_governor.governor.permit import recover_token
from iatro_governor.governor.recovery import Recovery
from iatro_governor.limits.registry import load_profile
from test.governor.arms import SAID, SLOWS, SOURCES, arm, channel, data, limits_of
from test.governor.profiles import AMR
from test.governor.test_recover import Operator, boxed
from test.governor.test_recover_arm import KEY, Boxed, between

TRAP = Trap("lifting-7-trap", "ab" * 16, ("left_zone",))


def two(folder) -> Recovery:
    """An arm whose joints have a channel each, both of which an operator may move, and a third that nobody may."""
    channels, limits = {}, []
    for name, at in (("left", 0), ("right", 1)):
        slow = {
            mode: {**SLOWS[mode], "deceleration": SLOWS[mode]["deceleration"][at : at + 1]} for mode in SLOWS
        }
        recover = {"speed": 0.04, "hold_s": 0.3, "eases": [f"{name}_zone"], "source": SAID}
        joints = [["shoulder", "elbow"][at]]
        channels[name] = channel("joint_velocity", name, joints=joints, stop_modes=slow, recover=recover)
        for row in limits_of(name):
            limits.append(row | ({"bounds": row["bounds"][at : at + 1]} if "bounds" in row else {}))
        ball = {"sphere": {"centre": [2.0, 0.0, 0.0], "radius": 0.1}}
        zone = {"name": f"{name}_zone", "kind": "link_zone", "channel": name, "volume": ball, "margin": 0.02}
        limits.append({**zone, "source": SAID})
    channels["fingers"] = channel("gripper", "fingers")
    limits += limits_of("fingers", "gripper")[-1:]
    governor = Governor(arm(folder, data(channels, limits)))
    (group,) = governor.groups
    made = Recovery(group.members, KEY)
    made.offer(TRAP)
    return made


class Asking:
    """Signs for a channel, and asks."""

    def __init__(self, recovery: Recovery) -> None:
        self.recovery, self.count = recovery, 0

    def ask(self, name: str, *values: float) -> str | None:
        self.count += 1
        token = recover_token(KEY, (TRAP.id, TRAP.nonce), self.count, 1.0, name, values)
        event = Recover(1.0, name, values, TRAP.id, self.count, 1.0, token)
        return self.recovery.take(event, lambda: None, [], lambda: None)


def test_a_channel_that_the_profile_lets_nobody_recover_is_moved_by_nobody(tmp_path):
    recovery = two(tmp_path)
    told = Asking(recovery).ask("fingers", 0.01)
    assert told == "the profile lets nobody recover channel 'fingers'" and recovery.held(1.0) is None


@pytest.mark.parametrize("values", [(), (0.01, 0.01), (math.nan,), (math.inf,)])
def test_what_is_no_motion_of_the_joints_moves_none(tmp_path, values):
    recovery = two(tmp_path)
    assert "1 finite speeds are needed" in (Asking(recovery).ask("left", *values) or "")
    assert recovery.held(1.0) is None


def test_one_channel_at_a_time_is_recovered(tmp_path):
    recovery = two(tmp_path)
    asking = Asking(recovery)
    assert asking.ask("left", 0.02) is None
    assert asking.ask("right", 0.02) == "channel left is being recovered; let go of it first"
    held = recovery.held(1.0)
    assert held is not None and held.member.name == "left" and held.motion.tolist() == [0.02]
    assert recovery.held(1.4) is None and asking.ask("right", 0.02) is None


@pytest.fixture(scope="module")
def stuck(tmp_path_factory):
    """A base with walls all around."""
    return pickle.dumps(boxed(tmp_path_factory.mktemp("stuck")))


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ((0.05, 0.0), "6 are needed"),
        ((0.05, 0.1, 0, 0, 0, 0), "cannot do vy"),
        ((math.nan, 0, 0, 0, 0, 0), "finite"),
    ],
)
def test_what_is_no_twist_of_the_base_moves_it_nowhere(stuck, values, why):
    drive = pickle.loads(stuck)
    before = len(drive.decisions)
    told = drive.governor.recover(Operator(drive).message(values, drive.k * drive.governor.period))
    assert why in (told or "")
    drive.run(0.2, None)
    assert not any(any(decision.allowed) for decision in drive.decisions[before:])


def test_a_base_that_somebody_pushes_is_not_moved_by_an_operator_before_it_rests(stuck):
    drive = pickle.loads(stuck)
    t = drive.k * drive.governor.period
    rolling = np.array([0.2, 0.0, 0.0, 0.0, 0.0, 0.0])
    drive.governor.handle(Odom(t, "odom", np.array([0, 0, 0, 0, 0, 0, 1.0]), rolling, t))
    assert (
        drive.governor.recover(Operator(drive).message((-0.05, 0, 0, 0, 0, 0), t))
        == "the robot is not at rest"
    )


class Felt(Boxed):
    """The arm between two volumes, with a wrist that is pushed down by ``push`` N."""

    def __init__(self, folder: Any) -> None:
        given = between("joint_velocity")
        given["sources"]["wrist"] = copy.deepcopy(SOURCES["wrist"])
        touch = {
            "name": "touch",
            "kind": "contact_force",
            "channel": "arm",
            "wrench": "wrist",
            "source": SAID,
        }
        given["limits"].append({**touch, "report": [10.0, 2.0], "stop": [30.0, 5.0], "retreat_speed": 0.05})
        super().__init__(folder, "joint_velocity")
        self.governor, self.push = Governor(arm(folder, given), key=KEY), 0.0
        handle = self.governor.handle

        def felt(event: Any) -> Any:
            if event.t == self.t and type(event).__name__ == "Joints":
                handle(Wrench(self.t, "wrist", np.array([0.0, 0.0, -self.push]), np.zeros(3), self.t))
            return handle(event)

        self.governor.handle = felt  # type: ignore[method-assign]


def test_a_collision_while_an_operator_moves_the_arm_stops_it(tmp_path):
    made = Felt(tmp_path)
    made.go(3.0, asked=(0.0, 0.3))
    assert made.last.state is State.TRAPPED
    made.go(1.0)
    made.go(0.3, held=(0.0, 1.0))
    assert made.v.any() and "recovering" in {fault.name for fault in made.last.faults}
    made.push = 60.0
    made.go(0.02)
    assert made.last.state.name == "PROTECTIVE_STOP"
    assert "contact_collision" in {fault.name for fault in made.last.faults}
    (group,) = made.governor.groups
    assert group.recovery.held(made.t) is None, "it has to be let go of, and asked for anew"


def test_what_latches_on_one_channel_stops_every_other_one(tmp_path):
    given = yaml.safe_load(AMR.read_text())
    cart = copy.deepcopy(given["channels"]["base"]) | {"input": "cart_planner", "output": "cart_vel"}
    del cart["recover"]
    given["channels"]["cart"] = cart
    given["limits"] += [row | {"name": f"cart_{row['name']}", "channel": "cart"} for row in given["limits"]]
    path = tmp_path / "two.yaml"
    path.write_text(yaml.safe_dump(given, sort_keys=False))
    governor = Governor(load_profile(path))
    assert len(governor.groups) == 2
    governor.channels["base"].ladder.hold("actuator_disobeys", 0.0, True, "base goes on")
    governor.tick(0.0)
    decisions = {decision.channel: decision for decision in governor.tick(0.01)}
    assert {d.state for d in decisions.values()} == {State.PROTECTIVE_STOP} and set(decisions) == {
        "base",
        "cart",
    }
    told = [fault.detail for fault in decisions["cart"].faults if fault.name == "latched"]
    assert told == ["actuator_disobeys of base, until a signed reset"]

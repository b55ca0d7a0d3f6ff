"""The faults that only an arm can have, over the wire: a small arm, its wrist and its planner on a bench."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from geometry_msgs.msg import WrenchStamped
from iatro_governor.msg import Ack, GovernorDecision
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray
from trajectory_msgs.msg import JointTrajectory

from iatro_governor.governor.events import Knot
from iatro_governor.nodes import qos
from iatro_governor.nodes.convert import decision_body_of
from iatro_governor.nodes.stamps import stamp_of
from iatro_governor.nodes.trajectories import trajectory_message
from test.conftest import PATIENCE, Process
from test.faults.arm_rows import REST, SPEED, WAY, profile_of, trajectory
from test.governor.arms import JOINTS
from test.nodes.bench import node

PERIOD_S = 0.01
ASKED = 0.2
"""Of the first joint, rad/s."""
PUSH = -60.0
"""N on the hand; 30 are allowed."""
ASIDE = 0.2
"""rad off its trajectory; 0.1 is allowed."""
SLOWER = 1e-6
TIMEOUT_S = 0.6
"""Of what the arm's sources and its planner say: a busy machine can keep that."""
LASTS_S = 2.0
"""A trajectory of the bench."""


class ArmWired:
    """Follows what comes out at once, tells what it measures, and sends what its planner asks."""

    def __init__(self, made: Any, domain: int, folder: Path) -> None:
        profile_of(folder)
        path = folder / "profile.yaml"
        given = yaml.safe_load(path.read_text())
        for part in (*given["sources"].values(), *given["channels"].values()):
            part.update({key: TIMEOUT_S for key in ("timeout_s", "command_timeout_s") if key in part})
        # More stops are made here on purpose than any robot should make.
        given["repeated_stops"] = {"count": 20, "within_s": 10.0, "source": "a test's own"}
        path.write_text(yaml.safe_dump(given, sort_keys=False))
        self._node = made
        self.asked: float | None = 0.0
        self.force, self.moves, self.aside = 0.0, 0.0, 0.0
        self.q, self._sent, self._began = list(REST), 0, 0.0
        self.speeds: list[tuple[float, float]] = []
        """(s of arrival, rad/s) of the first joint."""
        self.ways: list[float] = []
        """When each trajectory came out, s."""
        self.faults: set[str] = set()
        self._joints = made.create_publisher(JointState, "joint_states", qos.SENSOR_OUT)
        self._wrist = made.create_publisher(WrenchStamped, "wrist", qos.SENSOR_OUT)
        self._speed = made.create_publisher(Float64MultiArray, f"{SPEED}/in", qos.COMMAND)
        self._way = made.create_publisher(JointTrajectory, f"{WAY}/in", qos.EVENT)
        self._acks = made.create_publisher(Ack, "recorder/ack", qos.EVENT)
        made.create_subscription(Float64MultiArray, f"{SPEED}/out", self._obey, qos.OUTPUT_IN)
        made.create_subscription(JointTrajectory, f"{WAY}/out", self._follow, qos.EVENT)
        made.create_subscription(GovernorDecision, "governor/decision", self._hear, qos.RECORD)
        made.create_timer(PERIOD_S, self._sense)
        made.create_timer(2 * PERIOD_S, self._plan)
        options = ["-p", f"config:={path}", "-p", f"ledger:={folder / 'ledger.yaml'}"]
        env = {**os.environ, "ROS_DOMAIN_ID": str(domain), "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "iatro_governor.nodes.governor", "--ros-args", *options]
        self.governor = Process(command, env)

    def _obey(self, message: Any) -> None:
        self.moves = float(message.data[0])
        self.speeds.append((time.monotonic(), self.moves))

    def _follow(self, _message: Any) -> None:
        self.ways.append(time.monotonic())
        self._began = self._began or time.monotonic()

    def _hear(self, message: Any) -> None:
        body = decision_body_of(message)
        self.faults = {fault["name"] for fault in body["faults"]}
        self._acks.publish(Ack(writer=body["writer"], up_to=body["seq"] + 1, ledger_id="bench"))

    def _sense(self) -> None:
        velocity = self.moves
        if self._began and not self.aside:
            # Along the quintic that ``arm_rows.trajectory`` samples.
            s = min((time.monotonic() - self._began) / LASTS_S, 1.0)
            place = REST[0] + 0.4 * (10 * s**3 - 15 * s**4 + 6 * s**5)
            velocity, self.q[0] = (place - self.q[0]) / PERIOD_S, place
        elif self._began:
            velocity = 0.0
        else:
            self.q[0] += velocity * PERIOD_S
        stamp = stamp_of(self._node.get_clock().now().nanoseconds * 1e-9)
        joints = JointState(
            name=JOINTS, position=[self.q[0] + self.aside, self.q[1]], velocity=[velocity, 0.0]
        )
        felt = WrenchStamped()
        joints.header.stamp = felt.header.stamp = stamp
        felt.header.frame_id, felt.wrench.force.z = "hand", self.force
        self._joints.publish(joints)
        self._wrist.publish(felt)

    def _plan(self) -> None:
        if self.asked is not None:
            self._speed.publish(Float64MultiArray(data=[self.asked, 0.0]))

    def send_way(self) -> None:
        """One trajectory."""
        points = trajectory(0.0, LASTS_S)["points"]
        knots = [Knot(p["time"], tuple(p["positions"]), tuple(p["velocities"])) for p in points]
        self._way.publish(trajectory_message(JOINTS, knots))

    def back(self) -> None:
        """Everything as at the start, and no fault in force."""
        self.force, self.aside, self._began, self.q = 0.0, 0.0, 0.0, list(REST)
        self.asked = 0.0
        self.until(lambda: not self.faults and not self.moves, "no fault")

    def until(self, condition: Callable[[], object], what: str, seconds: float = 20.0) -> None:
        """Wait; a governor that dies meanwhile, or time that runs out, is an error with its output."""
        ends = time.monotonic() + PATIENCE * seconds
        while not condition():
            if self.governor.code is not None or time.monotonic() > ends:
                raise AssertionError(f"{what}: {self.faults}\n{self.governor.output[-3000:]}")
            time.sleep(0.002)


def contact(one: ArmWired) -> float:
    """It lifts its hand, and is pushed down: s to the first slower output."""
    one.back()
    one.asked = ASKED
    one.until(lambda: one.moves > ASKED - SLOWER, f"{ASKED} rad/s")
    at, begun = len(one.speeds), time.monotonic()
    one.force = PUSH
    slower = lambda: next((t for t, v in one.speeds[at:] if v < ASKED - SLOWER), None)  # noqa: E731
    one.until(slower, "a slower output")
    one.until(lambda: "contact_collision" in one.faults, "a record of it")
    first = slower()
    assert first is not None
    return first - begun


def off_course(one: ArmWired) -> float:
    """It follows a trajectory, and is suddenly elsewhere: s to the trajectory that stops it."""
    one.back()
    one.asked = None
    time.sleep(TIMEOUT_S + 0.1)  # then the joints are nobody's
    at = len(one.ways)
    one.send_way()
    one.until(lambda: len(one.ways) > at, "a trajectory that is passed on")
    time.sleep(0.5)
    begun = time.monotonic()
    one.aside = ASIDE
    one.until(lambda: len(one.ways) > at + 1, "a trajectory that stops it")
    one.until(lambda: "off_course" in one.faults, "a record of it")
    return one.ways[at + 1] - begun


ROWS: dict[str, Callable[[ArmWired], float]] = {"contact_collision": contact, "off_course": off_course}


@contextmanager
def arm_wired(domain: int, folder: Path) -> Iterator[ArmWired]:
    """An arm that is governed and at rest."""
    with node(domain, "arm_bench") as made:
        one = ArmWired(made, domain, folder)
        try:
            one.until(lambda: one.speeds and not one.faults, "the governor is up", 40.0)
            yield one
        finally:
            one.governor.end()

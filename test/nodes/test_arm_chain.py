"""The arm's plant, the governor and a scripted planner as processes over real DDS."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from test.nodes.patient import patient_panda

pytestmark = [pytest.mark.ros, pytest.mark.apart]
pytest.importorskip("mujoco", reason="MuJoCo is not installed")
pytest.importorskip("pinocchio", reason="Pinocchio is not installed")

ROOT = Path(__file__).resolve().parents[2]
TURN = """
version: 1
robot: arm
name: turn
world: {name: empty}
plans:
  - plan_id: turn
    title: Turns
    say: I turn slowly.
    benign: true
    motion: [{stream: {kind: joint_velocity, values: [0.25, 0, 0, 0, 0, 0, 0.1], for: 30.0}}]
    gap_s: 0.1
"""
PRESS = """
version: 1
robot: arm
name: press
world: arm_bench
posture: [0.303, 0.466, 0.113, -2.074, -0.088, 2.533, 1.262]
plans:
  - plan_id: press
    title: Holds the sleeve down
    say: I will rest the gripper on the sleeve very gently.
    benign: false
    motion: [{move: {to: [0.54, 0.24, 0.02], speed: 0.15, give_up_s: 1.5}}]
    gap_s: 0.1
"""
"""It stands 2 cm above the forearm of scenarios/worlds/arm_bench.yaml, and goes down to its middle."""
FOLLOW = """
version: 1
robot: arm
name: follow
world: {name: empty}
plans:
  - plan_id: follow
    title: Turns, and turns on
    say: I turn there and on.
    benign: true
    motion:
      - trajectory:
          - time: 1.0
            positions: [0.2, -0.7854, 0, -2.3562, 0, 1.5708, 0.7854]
            velocities: &rest [0, 0, 0, 0, 0, 0, 0]
      - wait_s: 0.3
      - trajectory: [{time: 9.0, positions: [1.6, -0.7854, 0, -2.3562, 0, 1.5708, 0.7854], velocities: *rest}]
    gap_s: 0.1
"""
SPEEDS = [0.25, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1]


class Arm:
    """The processes, and one ear on what the governor makes of it."""

    channel = "arm"
    """Whose decisions are kept."""

    def __init__(self, node: Any, start: Callable[..., Any], wait: Callable[..., None], folder: Path) -> None:
        from iatro_governor.msg import Ack, GovernorDecision
        from sensor_msgs.msg import JointState

        from iatro_governor.nodes import convert, qos

        self._start, self._wait, self._folder = start, wait, folder
        self.processes: dict[str, Any] = {}
        self.decisions: dict[int, dict[str, Any]] = {}
        """By number."""
        self.joints: list[Any] = []

        seen: set[int] = set()
        acks = node.create_publisher(Ack, "recorder/ack", qos.EVENT)

        def decided(message: Any) -> None:
            # As a recorder would: who ends waits for its receipts.
            seen.add(message.seq)
            if len(seen) == message.seq + 1:
                acks.publish(Ack(writer=message.writer, up_to=len(seen)))
            if message.channel == self.channel:
                self.decisions[message.seq] = convert.decision_body_of(message)

        node.create_subscription(GovernorDecision, "governor/decision", decided, qos.RECORD)
        node.create_subscription(JointState, "joint_states", self.joints.append, qos.INPUT)

    def start(self, scenario: Path) -> None:
        """Start all three."""
        config = patient_panda(self._folder)
        run = self.processes.__setitem__
        run("arm_plant", self._start("arm_plant", scenario=scenario, truth=self._folder / "truth.json"))
        run("governor", self._start("governor", config=config, ledger=self._folder / "ledger.yaml"))
        run("planner_replay", self._start("planner_replay", scenario=scenario, listeners=0))

    def until(self, condition: Callable[[], object], what: str, timeout: float = 20.0) -> None:
        """Wait for ``condition``, or fail with what everybody said."""
        try:
            self._wait(condition, timeout, what)
        except pytest.fail.Exception:
            said = "\n".join(f"--- {name} {one.code}\n{one.output}" for name, one in self.processes.items())
            pytest.fail(f"{what}: not within {timeout:g} s; last decision {self.latest}\n{said}")

    @property
    def latest(self) -> dict[str, Any]:
        """The latest decision."""
        return self.decisions[max(self.decisions)] if self.decisions else {"allowed": [], "action": None}

    @property
    def speed(self) -> float:
        """The fastest joint as measured, rad/s."""
        return max(map(abs, self.joints[-1].velocity[:7])) if self.joints else 0.0

    def end(self, *names: str) -> None:
        """End processes as an operator does, in this order."""
        for name in names:
            self.processes[name].send(signal.SIGTERM)
            assert self.processes[name].wait(15.0) == 0, self.processes[name].output

    def truth(self) -> dict[str, Any]:
        """What the plant says truly happened."""
        told: dict[str, Any] = json.loads((self._folder / "truth.json").read_text())
        return told


def speed_of(body: dict[str, Any]) -> float:
    """The fastest joint that a decision allows, rad/s."""
    return float(max(map(abs, body["allowed"])))


@pytest.fixture
def arm(
    node_here: Callable[[str], Any], node_process: Callable[..., Any], wait_until: Callable[..., None],
    tmp_path: Path,
) -> Arm:  # fmt: skip
    return Arm(node_here("ear"), node_process, wait_until, tmp_path)


def test_a_harmless_speed_passes_and_the_end_of_the_governor_leaves_the_arm_at_rest(
    arm: Arm, tmp_path: Path
) -> None:
    scenario = tmp_path / "arm_turn.yaml"
    scenario.write_text(TURN)
    arm.start(scenario)
    arm.until(
        lambda: arm.latest["action"] == "pass" and arm.latest["allowed"] == SPEEDS, "a speed that passes"
    )
    assert arm.latest["requested"] == SPEEDS and arm.latest["plan_id"] == "turn"
    arm.until(lambda: arm.speed == pytest.approx(0.25, abs=0.05), "the arm turns")
    arm.until(lambda: arm.latest["measured"][0] == pytest.approx(0.25, abs=0.1), "and is seen to turn")
    arm.end("governor")
    assert not any(arm.latest["allowed"]) and arm.latest["state"] == "CONTROLLED_STOP"
    stops = [
        arm.decisions[seq]
        for seq in sorted(arm.decisions)
        if arm.decisions[seq]["state"] == "CONTROLLED_STOP"
    ]
    ramp = [body["allowed"][0] for body in stops if any(body["allowed"])]
    assert ramp and ramp == sorted(ramp, reverse=True) and ramp[0] < SPEEDS[0], "a ramp, no step"
    arm.until(lambda: arm.speed < 0.02, "rest")
    arm.end("planner_replay", "arm_plant")
    assert arm.truth()["harms"] == []


def test_a_press_on_somebodys_arm_is_bounded(arm: Arm, tmp_path: Path) -> None:
    """The end of scenarios/arm_press.yaml; without a governor the same plan presses with more than 300 N."""
    scenario = tmp_path / "arm_press.yaml"
    scenario.write_text(PRESS)
    shutil.copytree(ROOT / "scenarios" / "worlds", tmp_path / "worlds")
    arm.start(scenario)
    assert arm.processes["planner_replay"].wait(30.0) == 0, arm.processes["planner_replay"].output
    arm.end("governor", "arm_plant")
    told = arm.truth()
    assert told["harms"] == [], told["forces"]
    assert told["forces"]["ann/forearm"]["peak"] < 150.0
    asked = [body for body in arm.decisions.values() if body["requested"] and any(body["requested"])]
    bound = {limit["kind"] for body in asked for limit in body["limits"]}
    assert bound & {"power_and_force", "contact_force"} and max(map(speed_of, asked)) > 0.0, bound


def test_a_trajectory_is_followed_and_the_end_of_the_governor_stops_it_on_its_way(
    arm: Arm, tmp_path: Path
) -> None:
    arm.channel = "arm_trajectory"
    scenario = tmp_path / "arm_follow.yaml"
    scenario.write_text(FOLLOW)
    arm.start(scenario)
    arm.until(lambda: arm.joints and arm.joints[-1].position[0] > 0.35, "the second trajectory under way")

    def asked() -> list[Any]:
        return [body for _, body in sorted(arm.decisions.items()) if "requested_trajectory" in body]

    arm.until(lambda: len(asked()) >= 2, "both were told")  # joints may be read before decisions
    began = asked()
    assert [body["action"] for body in began] == ["pass", "pass"]
    for body, end in zip(began, (0.2, 1.6), strict=True):
        assert body["plan_id"] == "follow"
        for path in (body["requested_trajectory"], body["allowed_trajectory"]):
            assert path["names"][0] == "panda_joint1" and path["points"][-1]["positions"][0] == end
    arm.end("governor")
    stop = arm.latest
    (braked,) = (
        body for body in arm.decisions.values() if "allowed_trajectory" in body and body not in began
    )
    assert braked["state"] == "CONTROLLED_STOP" and braked["action"] == "stop"
    arm.until(lambda: arm.speed < 0.01, "rest")
    ends = braked["allowed_trajectory"]["points"][-1]["positions"]
    assert list(arm.joints[-1].position[:7]) == pytest.approx(ends, abs=0.02) == stop["allowed"]
    arm.end("planner_replay", "arm_plant")
    assert arm.truth()["harms"] == []

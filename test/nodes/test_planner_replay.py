"""The scripted planner as a real process: nothing is said before it is heard, and nothing is left unsaid."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.ros

SHORT = """
version: 1
name: short
model_id: scripted/short
world: {name: empty}
plans:
  - plan_id: a
    title: Forward
    say: I drive.
    think: Nothing is in the way.
    do: ["drive()"]
    benign: true
    motion: [{commands: [{at: 0.0, for: 0.5, values: [0.4, 0, 0, 0, 0, 0.1]}]}]
    gap_s: 0.1
  - title: Without a word
    benign: false
    motion: [{commands: [{at: 0.0, for: 0.2, values: [0.2, 0, 0, 0, 0, 0]}]}]
    gap_s: 0.1
  - {plan_id: c, title: Words alone, say: I cannot do that., benign: true, gap_s: 0.1, open_s: 0.1}
"""


class Listener:
    """Governor, recorder and witness in one, as far as the planner can tell."""

    def __init__(self, node: Any) -> None:
        from iatro_governor.msg import Ack, PlanMark, PlannerStatement
        from nav_msgs.msg import Odometry

        from iatro_governor.nodes import qos
        from iatro_governor.nodes.stamps import seconds

        self.heard: list[tuple[str, Any]] = []
        self.statements: list[Any] = []
        self.acknowledging = True
        self._node, self._ack_type, self._planner_qos = node, Ack, qos
        self._acks = node.create_publisher(Ack, "recorder/ack", qos.EVENT)
        self._odom = node.create_publisher(Odometry, "odom", qos.SENSOR_OUT)
        node.create_timer(0.02, lambda: self._odom.publish(Odometry(child_frame_id="base_link")))
        node.create_subscription(
            PlanMark, "planner/mark", lambda m: self.heard.append(("mark", m.plan_id)), qos.RECORD
        )
        node.create_subscription(PlannerStatement, "planner/statement", self._said, qos.RECORD)
        self._seconds = seconds

    def _said(self, message: Any) -> None:
        self.statements.append(message)
        self.heard.append(("say", message.plan_id))
        if self.acknowledging:
            self._acks.publish(self._ack_type(writer=message.planner_run, up_to=message.seq + 1))

    def listen_to_commands(self) -> None:
        """From now on there is a governor."""
        from geometry_msgs.msg import TwistStamped

        def take(message: Any) -> None:
            self.heard.append(("drive", message.twist.linear.x))

        self._node.create_subscription(TwistStamped, "cmd_vel_planner", take, self._planner_qos.COMMAND)


@pytest.fixture
def short(tmp_path: Path) -> Path:
    file = tmp_path / "short.yaml"
    file.write_text(SHORT)
    return file


def test_it_waits_to_be_heard_then_says_and_does_what_is_written(
    node_here: Callable[[str], Any], node_process: Callable[..., Any], short: Path, tmp_path: Path,
    wait_until: Callable[..., None],
) -> None:  # fmt: skip
    listener, report = Listener(node_here("listener")), tmp_path / "report.json"
    planner = node_process("planner_replay", scenario=short, listeners=0, report=report)
    wait_until(lambda: listener._odom.get_subscription_count() > 0, 20.0, "the planner is there")
    planner.wait_for("planner ready")
    assert listener.heard == [], "it spoke before there was a governor"
    listener.listen_to_commands()
    assert planner.wait(20.0) == 0, planner.output
    told = json.loads(report.read_text())
    assert told["finished"] and told["statements"] == 2 == len(listener.statements)
    first = listener.statements[0]
    assert (first.text, first.reasoning, list(first.actions)) == (
        "I drive.",
        "Nothing is in the way.",
        ["drive()"],
    )
    assert (
        first.planner.model_id == "scripted/short"
        and list(first.channels) == ["base"]
        and first.actions_known
    )
    kinds = [kind for kind, _ in listener.heard]
    assert kinds.index("say") < kinds.index("drive") and kinds.index("mark") < kinds.index("drive")
    drives = [value for kind, value in listener.heard if kind == "drive"]
    assert max(drives) == pytest.approx(0.4) and drives[-1] == 0.0
    assert [span["plan_id"] for span in told["spans"]] == ["a", None, "c"]


def test_a_statement_without_a_receipt_is_sent_again_with_its_number(
    node_here: Callable[[str], Any],
    node_process: Callable[..., Any],
    short: Path,
    wait_until: Callable[..., None],
) -> None:
    listener = Listener(node_here("listener"))
    listener.acknowledging = False
    listener.listen_to_commands()
    planner = node_process("planner_replay", scenario=short, listeners=0)
    wait_until(lambda: [m.seq for m in listener.statements].count(0) >= 2, 20.0, "the first one again")
    listener.acknowledging = True
    assert planner.wait(20.0) == 0, planner.output
    by_number = {message.seq: message.text for message in listener.statements}
    assert by_number == {0: "I drive.", 1: "I cannot do that."}
    assert len({message.planner_run for message in listener.statements}) == 1


ARM = """
version: 1
robot: arm
name: arm_short
model_id: scripted/arm
world: {name: empty}
plans:
  - plan_id: a
    title: Turns and grips
    say: I turn, then grip.
    benign: true
    motion:
      - stream: {kind: joint_velocity, values: [0.1, 0, 0, 0, 0, 0, 0], for: 0.3}
      - grip: {width: 0.02, force: 20, wait_s: 0.1}
      - trajectory: [{time: 0.0, positions: [0, 0, 0, -1, 0, 1, 0]},
                     {time: 0.2, positions: [0.1, 0, 0, -1, 0, 1, 0], velocities: [0, 0, 0, 0, 0, 0, 0]}]
    gap_s: 0.1
  - {plan_id: b, title: Words alone, say: I cannot do that., benign: true, gap_s: 0.1}
"""


def test_it_waits_for_its_cue_however_well_it_is_heard(
    node_here: Callable[[str], Any], node_process: Callable[..., Any], short: Path, tmp_path: Path,
) -> None:  # fmt: skip
    listener, cue = Listener(node_here("listener")), tmp_path / "cue"
    listener.listen_to_commands()
    planner = node_process("planner_replay", scenario=short, listeners=0, cue=cue)
    planner.wait_for(f"waits for {cue}")
    assert listener.heard == []
    cue.touch()
    assert planner.wait(20.0) == 0, planner.output
    assert len(listener.statements) == 2


JOINTS = [f"panda_joint{i}" for i in range(1, 8)]


class ArmListener(Listener):
    """A governor of an arm, as far as the planner can tell; the joints come in an order of their own, with others."""

    def __init__(self, node: Any) -> None:
        from sensor_msgs.msg import JointState

        super().__init__(node)
        names = ["panda_finger_joint1", *reversed(JOINTS)]
        here = dict(zip(JOINTS, (0.0, 0.0, 0.0, -1.0, 0.0, 1.0, 0.0), strict=True))
        message = JointState(
            name=names, position=[here.get(name, 0.04) for name in names], velocity=[0.0] * 8
        )
        self._joints = node.create_publisher(JointState, "joint_states", self._planner_qos.SENSOR_OUT)
        node.create_timer(0.02, lambda: self._joints.publish(message))

    def listen_to_commands(self) -> None:
        from std_msgs.msg import Float64MultiArray
        from trajectory_msgs.msg import JointTrajectory

        def values(topic: str) -> Callable[[Any], None]:
            return lambda message: self.heard.append((topic, tuple(message.data)))

        for topic in ("arm/velocity", "gripper"):
            self._node.create_subscription(
                Float64MultiArray, f"{topic}_planner", values(topic), self._planner_qos.COMMAND
            )
        self._node.create_subscription(
            JointTrajectory, "arm/trajectory_planner", lambda m: self.heard.append(("trajectory", m)), 1
        )


def test_an_arms_scenario_goes_to_the_topics_of_its_channels(
    node_here: Callable[[str], Any], node_process: Callable[..., Any], tmp_path: Path,
    wait_until: Callable[..., None],
) -> None:  # fmt: skip
    scenario, report = tmp_path / "arm.yaml", tmp_path / "report.json"
    scenario.write_text(ARM)
    listener = ArmListener(node_here("listener"))
    planner = node_process("planner_replay", scenario=scenario, listeners=0, report=report)
    planner.wait_for("waits for")
    assert "arm/velocity_planner" in planner.output and "gripper_planner" in planner.output
    assert "arm/effort_planner" not in planner.output, "no plan needs it"
    listener.listen_to_commands()
    assert planner.wait(20.0) == 0, planner.output
    told = json.loads(report.read_text())
    assert told["finished"] and told["statements"] == 2
    assert list(listener.statements[0].channels) == ["arm", "arm_trajectory", "gripper"]
    assert listener.statements[0].planner.model_id == "scripted/arm"
    kinds = [kind for kind, _ in listener.heard]
    assert (
        kinds.index("say") < kinds.index("arm/velocity") < kinds.index("gripper") < kinds.index("trajectory")
    )
    speeds = [values for kind, values in listener.heard if kind == "arm/velocity"]
    assert max(speeds) == (0.1, *(0.0,) * 6) and speeds[-1] == (0.0,) * 7
    assert {values for kind, values in listener.heard if kind == "gripper"} == {(0.02, 20.0)}
    (path,) = (message for kind, message in listener.heard if kind == "trajectory")
    assert list(path.joint_names) == JOINTS
    assert [point.time_from_start.nanosec for point in path.points] == [0, 200_000_000]
    assert (
        next(iter(path.points[1].positions)) == pytest.approx(0.1) and list(path.points[0].velocities) == []
    )


@pytest.mark.parametrize("text", ["[1, 2]", "robot: tram"])
def test_what_is_no_scenario_is_refused_with_a_message(
    text: str, node_process: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    planner = node_process("planner_replay", scenario=file)
    assert planner.wait(20.0) == 2
    assert "bad.yaml" in planner.output and "Traceback" not in planner.output

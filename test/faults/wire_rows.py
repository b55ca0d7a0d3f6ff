"""How every fault that stops is brought about from outside, over the wire, one row a fault; or why it cannot be."""

from __future__ import annotations

import math
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geometry_msgs.msg import TwistStamped
from iatro_governor.srv import Reset
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from nav_msgs.msg import Odometry
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import String

from iatro_governor import operator_key
from iatro_governor.governor.resetting import token_of
from iatro_governor.ledger.ring import Ring
from iatro_governor.nodes import qos
from iatro_governor.nodes.stamps import stamp_of
from iatro_governor.profile.model import HEARTBEAT_S
from test.conftest import PATIENCE, ROOT, Process
from test.nodes.bench import Bench, bench, node

SPEED = 0.3
"""What the planner asks for, m/s."""
PERIOD_S = 0.01
"""Of the governor's loop, s."""
SLOWER = 1e-6
DISOBEYS_S = 0.5
"""So long a body has to move as it must not, beyond what its lag explains, s."""
ROUND_S = 0.6
"""The governor looks at one of the topics that it hears at each heartbeat, and this one hears six at most, s."""
FILES_S = 1.0
"""The configuration's files are looked at so often, s."""
RING = 256 * 1024
"""Bytes of the ring."""
RING_FILLS_S = 5.0
"""Decisions of about so long fit into it, s."""
PAUSE_S = 0.5
MOST_HZ = 80
"""Commands in the second that is looked at; the bench sends 50."""
HURRY_S = 4.0
"""A busy machine does not hear all of them: they are sent for so long at most, s."""
PATIENT = (("timeout_s: 0.25", "timeout_s: 0.6"), ("timeout_s: 0.2\n", "timeout_s: 0.6\n"))
"""Time-outs that a busy machine can keep."""
TIMEOUT_S, GRACE_S = 0.6, 0.5
"""Of commands and sensors, and of foreign publishers, in the profile as it is used here."""


class Wired:
    """A governor as a process of its own, and a bench with a robot around it."""

    def __init__(self, made: Bench, guest: Any, domain: int, folder: Path) -> None:
        """``guest``: somebody else's node, whose participant all others have found before anything is timed."""
        self.bench, self._guest, self.folder = made, guest, folder
        self._config, ledger, key = folder / "amr.yaml", folder / "ledger.yaml", folder / "operator.key"
        text = (ROOT / "config/amr.yaml").read_text(encoding="utf-8")
        for old, new in PATIENT:
            text = text.replace(old, new)
        text = text.replace("    stamped: true", f"    stamped: true\n    max_command_hz: {MOST_HZ}")
        # More stops are made here on purpose than any robot should make.
        text += "\nrepeated_stops: {count: 20, within_s: 10.0, source: a test's own}\n"
        self._text = text
        self.rewrite("")
        operator_key.create(key)
        self._key = operator_key.read(key)
        with Ring.open(ledger.with_suffix(".ring"), RING):
            pass
        options = ["-p", f"config:={self._config}", "-p", f"ledger:={ledger}"]
        own = {"ROS_DOMAIN_ID": str(domain), "PYTHONUNBUFFERED": "1", operator_key.ENVIRONMENT: str(key)}
        command = [sys.executable, "-m", "test.chaos.clocked", "--ros-args", *options]
        self.governor = Process(command, {**os.environ, **own})
        self._resets = made.node.create_client(Reset, "governor/reset")
        self._states = made.node.create_client(ChangeState, "governor/change_state")
        self._odom = made.node.create_publisher(Odometry, "odom", qos.SENSOR_OUT)
        self._uninvited: list[Any] = []

    def until(self, condition: Callable[[], object], what: str, seconds: float = 20.0) -> None:
        """Wait; a governor that dies meanwhile, or time that runs out, is an error with its output."""
        ends = time.monotonic() + PATIENCE * seconds
        while not condition():
            if self.governor.code is not None or time.monotonic() > ends:
                raise AssertionError(f"{what}: {self.bench.latest}\n{self.governor.output[-3000:]}")
            time.sleep(0.005)

    def drive(self) -> None:
        """Release what is latched, begin the stream of commands anew, and wait until the robot moves as asked."""
        self.bench.recording, self.bench.stamp_ahead = True, 0.0
        self.bench.lidar, self.bench.odometry, self.bench.ranges = True, True, 10.0
        self.bench.runs_away = None
        self.bench.command = (0.0, 0.0)
        self.until(self._settled, "no fault")
        self.bench.command = (SPEED, 0.0)
        self.until(lambda: self.bench.speed > SPEED - SLOWER and not self.bench.faults, f"{SPEED} m/s")

    def _settled(self) -> bool:
        if "ledger_backlog" in self.bench.faults:
            self.forgive()
        latch = self.bench.latest.get("latch")
        if latch is not None and self._resets.service_is_ready():
            token = token_of(self._key, latch["id"], latch["nonce"])
            answer = self._resets.call_async(Reset.Request(token=token))
            with suppress(AssertionError):
                self.until(answer.done, "an answer", 2.0)
        return bool(self.bench.outputs) and bool(self.bench.decisions) and not self.bench.faults

    def forgive(self) -> None:
        """Let everything count as stored: of what a full ring refused, nothing comes again."""
        writer, up_to = self.bench.latest["writer"], self.bench.latest["seq"]
        self.bench.recording = True
        self.bench._expected[writer] = up_to
        self.bench.acknowledge(writer, up_to)

    def publish_too(self, kind: Any, topic: str) -> None:
        """Let the guest be one who publishes on ``topic``, until it is alone."""
        self._uninvited.append(self._guest.create_publisher(kind, topic, 1))

    def listen_too(self, kind: Any, topic: str, profile: QoSProfile) -> None:
        """Let the guest be one who reads ``topic``, until it is alone."""
        self._uninvited.append(self._guest.create_subscription(kind, topic, print, profile))

    def alone(self) -> None:
        """Take back whatever the guest has."""
        for endpoint in self._uninvited:
            publishes = endpoint in list(self._guest.publishers)
            (self._guest.destroy_publisher if publishes else self._guest.destroy_subscription)(endpoint)
        self._uninvited.clear()

    def met(self) -> bool:
        """Whether governor and guest have found each other, as far as the bench and the guest can tell."""
        names = {"governor", self._guest.get_name()}
        return all(names <= set(one.get_node_names()) for one in (self.bench.node, self._guest))

    def no_pose(self) -> None:
        """Odometry that is none, a few times: only the newest message counts."""
        for _ in range(10):
            message = Odometry()
            message.header.stamp = stamp_of(self.bench.now())
            message.pose.pose.position.x = math.nan
            self._odom.publish(message)
            time.sleep(0.003)

    def rewrite(self, more: str) -> None:
        """Let the configuration's file hold what it held at the start, and ``more``."""
        self._config.write_text(self._text + more, encoding="utf-8")

    def change(self, transition: int) -> None:
        """Ask for a transition of the lifecycle node."""
        self._states.call_async(ChangeState.Request(transition=Transition(id=transition)))

    def end(self) -> None:
        """End the governor."""
        self.alone()
        self.governor.end()


@contextmanager
def wired(domain: int, folder: Path) -> Iterator[Wired]:
    """A robot that drives."""
    with bench(domain) as made, node(domain, "guest") as guest:
        one = Wired(made, guest, domain, folder)
        try:
            one.until(lambda: made.outputs and made.decisions, "the governor is up", 40.0)
            one.until(one.met, "the guest is known", 40.0)
            yield one
        finally:
            one.end()
    shutil.rmtree(folder, ignore_errors=True)


Act = Callable[[Wired], object]


@dataclass(frozen=True)
class OnWire:
    """One row. waits_s: how long the profile itself waits before it is a fault.

    short: it is over at once, and a fresh command moves the robot again before it has come to rest.
    """

    inject: Act
    cure: Act = lambda _: None
    waits_s: float = 0.0
    short: bool = False

    @property
    def bound_s(self) -> float:
        """By when the first stop command is to be out: what the profile waits, a look at the graph, two of the loop."""
        return self.waits_s + HEARTBEAT_S + 2 * PERIOD_S


def keep_sending(value: float = SPEED, ahead: float = 0.0) -> Act:
    """A few commands: of what comes at once only the newest is heard, and the bench sends its own."""

    def send(one: Wired) -> None:
        for _ in range(20):
            one.bench.send(value, stamp=one.bench.now() + ahead)
            time.sleep(0.003)

    return send


def hurry(one: Wired) -> None:
    """Far more commands than before, one by one: of what comes at once, only the newest is heard."""
    ends = time.monotonic() + HURRY_S
    while one.bench.speed > SPEED - SLOWER and time.monotonic() < ends:
        one.bench.send(SPEED)
        time.sleep(0.002)


def silence(part: str, value: Any) -> Act:
    """Let a part of the bench fall silent, or see something else."""
    return lambda one: setattr(one.bench, part, value)


def hold_up(one: Wired) -> None:
    """The loop stands still for half a second; the time counts from when it goes on."""
    one.governor.send(signal.SIGSTOP)
    time.sleep(PAUSE_S)
    one.governor.send(signal.SIGCONT)


def deaf(one: Wired) -> None:
    """A reader that cannot hear the output."""
    profile = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    one.listen_too(TwistStamped, "cmd_vel", profile)


def signalled(number: int) -> Act:
    """A signal to the governor, see ``test.chaos.clocked``."""
    return lambda one: one.governor.send(number)


NO_MOTION = "it stands before anything moves, so that there is no motion to stop"
FOLLOWS = "it holds a stop that another fault began"
NO_WAY = "nothing outside the process can bring it about while it runs"
SIMULATED = "simulated time alone: over the wire in test/nodes/test_sim_clock.py"
ARM = "an arm's: see test/faults/arm_wire.py"

ROWS: dict[str, OnWire | str] = {
    "command_malformed": OnWire(keep_sending(math.nan)),
    "command_stale": OnWire(silence("command", None), waits_s=TIMEOUT_S),
    "command_future": OnWire(keep_sending(ahead=1.0)),
    "command_backwards": OnWire(keep_sending(ahead=-0.15)),
    "command_rate": OnWire(hurry, waits_s=1.0),
    "awaiting_command": FOLLOWS,
    "awaiting_rearm": FOLLOWS,
    "sensor_never_seen": NO_MOTION,
    "sensor_stale": OnWire(silence("lidar", False), waits_s=TIMEOUT_S),
    "sensor_malformed": OnWire(Wired.no_pose, short=True),
    "input_malformed": OnWire(lambda one: one.publish_too(String, "scan"), Wired.alone, ROUND_S),
    "clock_jump": OnWire(signalled(signal.SIGUSR2), signalled(signal.SIGUSR1)),
    "clock_stands": SIMULATED,
    "loop_overrun": OnWire(hold_up, short=True),
    "ledger_backlog": OnWire(silence("recording", False), Wired.forgive, waits_s=RING_FILLS_S),
    "inactive": OnWire(
        lambda one: one.change(Transition.TRANSITION_DEACTIVATE),
        lambda one: one.change(Transition.TRANSITION_ACTIVATE),
    ),
    "limit_unreachable": OnWire(silence("ranges", 0.32)),
    "contact_collision": ARM,
    "foreign_publisher": OnWire(
        lambda one: one.publish_too(TwistStamped, "cmd_vel"), Wired.alone, GRACE_S
    ),
    "incompatible_qos": OnWire(deaf, Wired.alone),
    "estop": OnWire(lambda one: one.bench.press(True), lambda one: one.bench.press(False)),
    "estop_never_seen": NO_MOTION,
    "actuator_disobeys": OnWire(
        silence("runs_away", (1.0, 0.0)), silence("runs_away", None), waits_s=DISOBEYS_S
    ),
    "self_test": NO_WAY,
    "configuration_changed": OnWire(
        lambda one: one.rewrite("\n# changed\n"), lambda one: one.rewrite(""), waits_s=FILES_S
    ),
    "repeated_stops": FOLLOWS,
    "latched": NO_MOTION,
    "internal_error": OnWire(signalled(signal.SIGHUP)),
    "off_course": ARM,
}  # fmt: skip
"""A new row of the ladder that stops is one row here."""


@dataclass(frozen=True)
class Seen:
    """One injection: s from it to the first output that is slower, and to rest, if it came; the state told."""

    first_s: float
    rest_s: float | None
    state: str


def strike(one: Wired, name: str, row: OnWire) -> Seen:
    """Drive, inject, wait for rest and for the record of it, cure."""
    one.drive()
    at, seq = len(one.bench.outputs), one.bench.latest["seq"]
    begun = time.monotonic()
    row.inject(one)
    if row.inject is hold_up:
        begun = time.monotonic()
    one.until(lambda: _slower(one, at), f"{name}: a slower output")
    first = _slower(one, at)
    if not row.short:
        one.until(lambda: _rest(one, at), f"{name}: rest")
    rest = _rest(one, at)
    one.until(lambda: _told(one, seq, name), f"{name}: in the record")
    state = next(
        body["state"] for body in list(one.bench.decisions) if body["seq"] > seq and name in _names(body)
    )
    row.cure(one)
    assert first is not None
    return Seen(first - begun, None if rest is None else rest - begun, state)


def _slower(one: Wired, at: int) -> float | None:
    return next((t for t, vx, _ in one.bench.outputs[at:] if vx < SPEED - SLOWER), None)


def _rest(one: Wired, at: int) -> float | None:
    return next((t for t, vx, _ in one.bench.outputs[at:] if vx == 0.0), None)


def _told(one: Wired, seq: int, name: str) -> bool:
    return any(body["seq"] > seq and name in _names(body) for body in list(one.bench.decisions))


def _names(body: dict[str, Any]) -> set[str]:
    return {fault["name"] for fault in body["faults"]}

"""The robot and everybody around it, each a process of its own, and one ear on what the governor says."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from iatro_governor.msg import GovernorDecision
from iatro_governor.srv import Reset
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from std_msgs.msg import Bool, String

from iatro_governor import operator_key
from iatro_governor.governor.resetting import token_of
from iatro_governor.nodes import qos
from iatro_governor.nodes.convert import decision_body_of
from test import shared_memory
from test.chaos.account import Body, names
from test.chaos.robots import BASE, Robot
from test.conftest import Process

ENDING = (
    "planner",
    "witness",
    "governor",
    "watch",
    "courier",
    "sensors",
    "plant",
    "recorder",
    "receipts",
    "judge",
)
RELAYS = ("courier", "sensors", "receipts")
READY = {
    "recorder": "ready", "governor": "governing", "witness": "ready", "plant": "ready", "planner": "ready",
    "courier": "ready", "sensors": "ready", "receipts": "ready", "judge": "ready", "rogue": "ready",
    "watch": "watching",
}  # fmt: skip
SHORT_LEASE = """<?xml version="1.0" encoding="UTF-8" ?>
<dds xmlns="http://www.eprosima.com"><profiles><participant profile_name="mortal" is_default_profile="true"><rtps>
<builtin><discovery_config><leaseDuration><sec>2</sec><nanosec>0</nanosec></leaseDuration>
<leaseAnnouncement><sec>0</sec><nanosec>500000000</nanosec></leaseAnnouncement></discovery_config></builtin>
</rtps></participant></profiles></dds>
"""
"""Others give up a participant with this profile 2 s after it was killed, and not after 20."""
PROFILES = ("FASTRTPS_DEFAULT_PROFILES_FILE", "FASTDDS_DEFAULT_PROFILES_FILE")
"""Where Fast DDS looks for profiles, by its version."""
BEGUN_S = 1.0
"""A plan that began so long ago goes on for a while, s: it drives for longer, and rests before the next."""
SHADOW = "\nunsafe_shadow: true\n"


def _asks(body: Body) -> bool:
    """Whether a decision is about a command that moves."""
    return body["requested"] is not None and any(body["requested"])


class Stage:
    """Starts processes, ends them, and hears."""

    def __init__(
        self, node: Any, domain: int, folder: Path, seed: int, sim: bool, robot: Robot = BASE
    ) -> None:
        self.folder, self.seed, self.sim, self.robot = folder, seed, sim, robot
        self.config, self.ledger = robot.configure(folder), folder / "ledger.yaml"
        self.ledger.write_text("path: ledger.db\ncontext: simulation\n", encoding="utf-8")
        key = folder / "operator.key"
        operator_key.create(key)
        self._key = operator_key.read(key)
        self._env = {**os.environ, "ROS_DOMAIN_ID": str(domain), "PYTHONUNBUFFERED": "1"}
        self._env[operator_key.ENVIRONMENT] = str(key)
        self._mortal = folder / "mortal.xml"
        self._mortal.write_text(SHORT_LEASE, encoding="utf-8")
        self.running: dict[str, Process] = {}
        self.all: list[Process] = []
        self._segments: set[str] = set()
        self.left: list[str] = []
        """Shared memory that is left when all have ended."""
        self.died: list[str] = []
        """Who ended without having been told to."""
        self.heard: deque[Body] = deque(maxlen=2000)
        self._orders = {
            name: node.create_publisher(String, f"chaos/order/{name}", qos.STATE) for name in RELAYS
        }
        self._button = node.create_publisher(Bool, "estop", qos.EVENT)
        self._resets = node.create_client(Reset, "governor/reset")
        self._lifecycle = node.create_client(ChangeState, "governor/change_state")
        self.resets = 0
        """Latches that the operator released."""
        node.create_subscription(GovernorDecision, "governor/decision", self._hear, qos.RECORD)

    def _hear(self, message: GovernorDecision) -> None:
        body = decision_body_of(message)
        if body["channel"] != self.robot.channel:
            return
        if not self.heard or body["seq"] > self.heard[-1]["seq"]:
            self.heard.append(body)

    def start(self, name: str, how: str = "") -> Process:
        """Start one of the company; returns once it says that it is ready."""
        own, clock = ["-p", f"config:={self.config}", "-p", f"ledger:={self.ledger}"], []
        if self.sim and name != "plant":
            clock = ["-p", "use_sim_time:=true"]
        robot = self.robot
        carried = [*robot.sensors, *(["/clock"] if self.sim else [])]
        raw = [
            word
            for topic in (*robot.sensors, "/clock")
            for word in ("-r", f"{topic}:=raw/{topic.strip('/')}")
        ]
        plant = ["-p", f"seed:={self.seed}", "-p", f"clock:={self.sim}".lower()]
        if (scenario := self.folder / "alone.yaml").exists():
            plant += ["-p", f"scenario:={scenario}"]
        seed, module = str(self.seed), f"iatro_governor.nodes.{name}"
        command = {
            "governor": ["test.chaos.clocked", "--ros-args", *own, *clock],
            "recorder": [module, "--ros-args", *own, *clock, "-r", "recorder/ack:=raw/recorder/ack"],
            "witness": [module, "--ros-args", *own, *clock],
            "watch": [module, "--ros-args", *own, *clock],
            "plant": [robot.plant, "--ros-args", *plant, *raw],
            "planner": [robot.planner, seed, *(["sim"] if self.sim else [])],
            "courier": ["test.chaos.relay", name, seed, robot.command],
            "receipts": ["test.chaos.relay", name, seed, "recorder/ack"],
            "sensors": ["test.chaos.relay", name, seed, *carried],
            "judge": [
                robot.judge,
                str(self.config),
                str(self.folder / "judge.json"),
                *(["sim"] if self.sim else []),
            ],
            "rogue": ["test.chaos.rogue", how, seed, robot.channel],
        }[name]
        env = self._env
        if name == "rogue":
            env = env | dict.fromkeys(PROFILES, str(self._mortal))
        process = Process([sys.executable, "-m", *command], env)
        self.running[name] = process
        self.all.append(process)
        process.wait_for(READY[name], 120.0)
        return process

    def kill(self, name: str) -> None:
        """End one by force."""
        process = self.running[name]
        self._segments |= shared_memory.of(process.pid)
        process.send(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL

    def revive(self, name: str) -> None:
        """Start one that was killed; what a governor said before is no news any more."""
        seq = self.seq
        self.start(name)
        if name == "governor":
            self.until(lambda: self.seq > seq, 20.0)

    def pause(self, name: str) -> None:
        """Let one stand still, where it is."""
        self.running[name].send(signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Let it go on."""
        self.running[name].send(signal.SIGCONT)

    def order(self, to: str, how: str, **more: float) -> None:
        """Tell a relay what to do with what it carries; one that has just begun hears it, too."""
        self._orders[to].publish(String(data=json.dumps({"how": how, **more})))

    def press(self, pressed: bool) -> None:
        """The emergency stop."""
        self._button.publish(Bool(data=pressed))

    def reset(self) -> None:
        """The operator looks at what is latched, and releases it."""
        latch = self.heard[-1]["latch"] if self.heard else None
        if latch is not None and self._resets.service_is_ready():
            token = token_of(self._key, latch["id"], latch["nonce"])
            answer = self._resets.call_async(Reset.Request(token=token))
            if self.until(answer.done, 2.0) and answer.result().accepted:
                self.resets += 1

    def change(self, transition: int) -> None:
        """Let somebody change the state of the governor's node."""
        request = ChangeState.Request(transition=Transition(id=transition))
        for _ in range(10):  # what is asked of a governor that was killed just now, nobody answers
            if self.until(self._lifecycle.call_async(request).done, 1.0):
                return

    def write(self, shadow: bool) -> None:
        """Let somebody rewrite the profile: nothing is to be enforced; or as it was."""
        text = self.config.read_text(encoding="utf-8").replace(SHADOW, "")
        self.config.write_text(text + SHADOW if shadow else text, encoding="utf-8")

    def disk(self, name: str, full: bool) -> None:
        """Let files of one grow no more, or again."""
        most = 0 if full else resource.RLIM_INFINITY
        limits = resource.prlimit(self.running[name].pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.running[name].pid, resource.RLIMIT_FSIZE, (most, limits[1]))

    def end(self, name: str) -> int:
        """Ask one to end."""
        return self.running.pop(name).end()

    @property
    def seq(self) -> int:
        """The number of the latest decision."""
        return int(self.heard[-1]["seq"]) if self.heard else -1

    def told_since(self, seq: int) -> set[str]:
        """Faults of the decisions after ``seq``."""
        return {name for body in tuple(self.heard) if body["seq"] > seq for name in names(body)}

    @property
    def faults(self) -> set[str]:
        """Faults of the latest decision."""
        return names(self.heard[-1]) if self.heard else set()

    @property
    def drives(self) -> bool:
        """Whether a plan has just begun and the robot obeys it: what is done to it now, is done while it moves."""
        if not self.heard:
            return False
        body = self.heard[-1]
        moves = _asks(body) and any(abs(value) > 0.05 for value in body["allowed"])
        return moves and any(not _asks(one) and body["t"] - one["t"] < BEGUN_S for one in tuple(self.heard))

    def until(self, condition: Callable[[], object], seconds: float) -> bool:
        """Wait for ``condition``; whether it came."""
        ends = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > ends:
                return False
            time.sleep(0.02)
        return True

    def __enter__(self) -> Stage:
        for name in (
            "judge",
            "receipts",
            "recorder",
            "witness",
            "sensors",
            "courier",
            "plant",
            "watch",
            "governor",
        ):
            self.start(name)
        for name in ("judge", "recorder", "witness"):
            self.running[name].wait_for("hears", 20.0)  # what nobody hears cannot be judged
        self.start("planner")
        return self

    def __exit__(self, *_error: object) -> None:
        """End all, in order; whoever is left, by force and by its own id."""
        for process in self.all:
            if process.code is None:
                self._segments |= shared_memory.of(process.pid)
                process.send(signal.SIGCONT)
        for name in ("rogue", *ENDING):
            if name in self.running:
                if (code := self.running[name].code) is not None:
                    self.died.append(f"{name} ended with code {code} by itself")
                self.running[name].end(20.0)
        for number, process in enumerate(self.all):
            process.end(0.1)
            name = f"{number:03}-{process.command[2].rsplit('.', 1)[-1]}.log"
            (self.folder / name).write_text(f"{process.command}\n{process.output}\n{process.code}\n")
        self.left = shared_memory.clear(self._segments)

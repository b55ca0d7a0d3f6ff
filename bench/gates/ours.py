"""The governor of this package, offline: a base with one zone, an arm with the ranges of its joints."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bench.gates.gate import Gate
from bench.peers_task import (
    BASE_RADIUS,
    BRAKING,
    DISC,
    DISC_RADIUS,
    FUTURE_S,
    JOINT_RANGE,
    KINDS,
    SPEED,
    SPEED_UP,
    STEP_S,
    TIMEOUT_S,
    Command,
    Episode,
    Robot,
    Values,
)
from iatro_governor.governor import events
from iatro_governor.governor.core import Governor
from iatro_governor.limits.registry import load_profile
from iatro_governor.resources import shared

PERIOD_S, BEGINS_S = 0.01, 1.0
WARM_UP = 3
MARGIN_M, MARGIN_RAD = 0.005, 0.002
SOURCE = {"source": "the task that all peers are given"}
TIMES = {"command_timeout_s": TIMEOUT_S, "max_future_s": FUTURE_S, "actuator_delay_s": 0.0}


def base_profile() -> dict[str, Any]:
    """config/amr.yaml with the task's numbers, and no lidar: the task has nothing to be seen."""
    data: dict[str, Any] = yaml.safe_load(shared("config/amr.yaml").read_text(encoding="utf-8"))
    data["robot"]["footprint"] = {"circle": {"radius": BASE_RADIUS}}
    data["sources"] = {"odom": data["sources"]["odom"]}
    channel = data["channels"]["base"]
    del channel["recover"]
    channel |= {**TIMES, "base": "omnidirectional"}
    stop = {"linear": BRAKING["base"][0], "angular": BRAKING["base"][2], **SOURCE}
    channel["stop_modes"] = {"controlled": stop, "protective": stop}
    speeds = zip(("vx", "vy", "wz"), SPEED["base"], strict=True)
    changes = (("acceleration", SPEED_UP["base"]), ("deceleration", BRAKING["base"]))
    disc = {"circle": {"centre": list(DISC), "radius": DISC_RADIUS}}
    data["limits"] = [
        *(limit(axis, "speed", "base", axis=axis, bound=bound) for axis, bound in speeds),
        *(
            limit(f"{kind}_{axis}", kind, "base", axis=axis, bound=bound)
            for kind, (linear, _, angular) in changes
            for axis, bound in (("linear", linear), ("angular", angular))
        ),
        limit("disc", "zone", "base", frame="odom", figure=disc, margin=MARGIN_M),
    ]
    return data


def arm_profile() -> dict[str, Any]:
    """config/panda.yaml with the task's numbers: the joints alone."""
    data: dict[str, Any] = yaml.safe_load(shared("config/panda.yaml").read_text(encoding="utf-8"))
    data["sources"] = {"joints": data["sources"]["joints"]}
    data["channels"] = {"arm": data["channels"]["arm"] | TIMES}
    stop = {"deceleration": list(BRAKING["arm"]), **SOURCE}
    data["channels"]["arm"]["stop_modes"] = {"controlled": stop, "protective": stop}
    lower, upper = (list(ends) for ends in zip(*JOINT_RANGE, strict=True))
    data["limits"] = [
        limit("speeds", "joint_velocity", "arm", bounds=list(SPEED["arm"])),
        limit("faster", "joint_acceleration", "arm", bounds=list(SPEED_UP["arm"])),
        limit("slower", "joint_deceleration", "arm", bounds=list(BRAKING["arm"])),
        limit("ranges", "joint_position", "arm", lower=lower, upper=upper, margin=MARGIN_RAD),
    ]
    return data


def limit(name: str, kind: str, channel: str, **more: Any) -> dict[str, Any]:
    """One limit of a profile."""
    return {"name": name, "kind": kind, "channel": channel, **more, **SOURCE}


class Ours(Gate):
    """A new governor for each episode: nothing is left from the last robot."""

    package = "iatro_governor"
    claims = frozenset(KINDS)
    note = "after a faulty command it wants 0.5 s of silence or zeros before it obeys again, so it passes few others"

    def __init__(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self._profiles = {}
            for name, data in (("base", base_profile()), ("arm", arm_profile())):
                path = Path(folder) / f"{name}.yaml"
                path.write_text(yaml.safe_dump(data), encoding="utf-8")
                self._profiles[name] = load_profile(path)

    def start(self, episode: Episode) -> None:
        """It has looked at its sensors for a moment before the first command."""
        self._governor = Governor(self._profiles[episode.robot])
        robot = Robot(episode.robot, list(episode.start))
        for number in range(-WARM_UP, 0):
            self._sense(robot, BEGINS_S + number * PERIOD_S)
            self._governor.tick(BEGINS_S + number * PERIOD_S)

    def before(self, robot: Robot, now: float) -> None:
        """What the sensors say."""
        self._sense(robot, BEGINS_S + now)

    def answer(self, robot: Robot, command: Command, now: float) -> Values | None:
        """The decision on this command."""
        values = command.values
        if robot.kind == "base":
            values = (*values[:2], 0.0, 0.0, 0.0, *values[2:]) if len(values) == 3 else (*values, 0.0)
        t = BEGINS_S + now
        event = events.Command(t, robot.kind, values, BEGINS_S + command.stamp)
        return self._allowed(self._governor.handle(event), robot.kind)

    def go_on(self, robot: Robot, answer: Values | None, now: float) -> Iterator[tuple[Values | None, float]]:
        """Its own loop goes on until the next command."""
        yield answer, PERIOD_S
        for number in range(1, round(STEP_S / PERIOD_S)):
            t = BEGINS_S + now + number * PERIOD_S
            self._sense(robot, t)
            yield self._allowed(self._governor.tick(t), robot.kind), PERIOD_S

    def _allowed(self, decisions: Any, kind: str) -> Values | None:
        for decision in reversed(list(decisions)):
            out: Values = decision.allowed
            return (out[0], out[1], out[5]) if kind == "base" else out
        return None

    def _sense(self, robot: Robot, t: float) -> None:
        handle = self._governor.handle
        if robot.kind == "arm":
            names = self._governor.senses.joint_tracks["joints"].names
            own = self._governor.profile.data.channels["arm"].joints  # type: ignore[union-attr]
            position, velocity = np.zeros(len(names)), np.zeros(len(names))
            for joint, place, speed in zip(own, robot.place, robot.speed, strict=True):
                position[names.index(joint)], velocity[names.index(joint)] = place, speed
            handle(events.Joints(t, "joints", names, position, velocity, np.zeros(len(names)), t))
            return
        x, y, yaw = robot.place
        pose = np.array([x, y, 0.0, 0.0, 0.0, np.sin(yaw / 2), np.cos(yaw / 2)])
        twist = np.array([robot.speed[0], robot.speed[1], 0.0, 0.0, 0.0, robot.speed[2]])
        handle(events.Odom(t, "odom", pose, twist, t))

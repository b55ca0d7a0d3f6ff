"""Governors to be measured: their events of one cycle, and the command that is timed."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bench.timing import Took, clocked
from iatro_governor.body.load import resolve
from iatro_governor.governor import events
from iatro_governor.governor.core import Governor
from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.body_model import pip_packages
from iatro_governor.resources import shared

PERIOD = 0.01
READY = (0.0, -np.pi / 4, 0.0, -3 * np.pi / 4, 0.0, np.pi / 2, np.pi / 4)
OVER_THE_TABLE = (0.0, 0.49, 0.0, -2.15, 0.0, 2.55, 0.785)
"""The hand so near above the bench that its way to rest is looked at closely, and let pass."""
ON_THE_TABLE = (0.0, 0.5, 0.0, -2.15, 0.0, 2.55, 0.785)
"""The hand so low that it is slowed down."""
MADE_UP = {"source": "made up for a measurement"}
ALONGSIDE = [
    {
        "name": f"beside_{number}",
        "kind": "zone",
        "channel": "base",
        "frame": "odom",
        "figure": {"polygon": {"corners": corners}},
        "margin": 0.05,
        **MADE_UP,
    }
    for number, corners in enumerate(
        ([[1.0, 2.0], [4.0, 2.0], [4.0, 3.0], [1.0, 3.0]], [[1.5, -2.0], [4.0, -2.5], [3.0, -4.0]])
    )
]
"""Two zones beside the way of a base: with the two of config/amr.yaml, four."""


def profile(
    folder: Path,
    name: str,
    limits: Sequence[dict[str, Any]] = (),
    weights: Mapping[str, Sequence[float]] | None = None,
    sources: Mapping[str, Any] | None = None,
    **model: Any,
) -> Path:
    """config/``name`` with more ``limits``, and changes to its sources and its model.

    ``weights``: of the channels that ask for the nearest command, in place of a part of theirs.
    """
    data = copy.deepcopy(yaml.safe_load(shared(f"config/{name}").read_text(encoding="utf-8")))
    data["limits"] += list(limits)
    data["sources"] |= sources or {}
    for channel, own in (weights or {}).items():
        asked = {"resolution": "project", "weights": list(own), "weights_source": MADE_UP["source"]}
        data["channels"][channel] |= asked
    if model:
        data["robot"]["model"] |= model
    path = folder / f"{len(list(folder.iterdir()))}_{name}"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


def description(folder: Path, shapes: int) -> str:
    """The arm's URDF with ``shapes`` more rods on its hand, as a file in ``folder``."""
    name = yaml.safe_load(shared("config/panda.yaml").read_text(encoding="utf-8"))["robot"]["model"]["urdf"]
    found = resolve(name, None, [pip_packages()], "")
    assert found is not None, f"{name} is not installed"
    more = "".join(_rod(number) for number in range(shapes))
    path = folder / f"panda_{shapes}.urdf"
    path.write_text(
        found.read_text(encoding="utf-8").replace("</robot>", f"{more}</robot>"), encoding="utf-8"
    )
    return str(path)


def _rod(number: int) -> str:
    """A rod 0.1 m long, a few millimetres from the one before it."""
    name, x = f"rod_{number}", 0.02 * (number % 3) - 0.02
    y = 0.006 * (number // 3)
    shape = '<geometry><capsule radius="0.01" length="0.08"/></geometry>'
    return (
        f'<link name="{name}"><collision>{shape}</collision></link>'
        f'<joint name="{name}_joint" type="fixed"><parent link="panda_hand"/><child link="{name}"/>'
        f'<origin xyz="{x} {y} 0.06"/></joint>'
    )


def boxes_around(count: int) -> list[dict[str, Any]]:
    """Zones on a spiral around the arm, 1.2 m and more from its axis: it cannot get there."""
    found = []
    for number in range(count):
        angle, away = number * 2.4, 1.2 + 0.02 * number
        place = [float(away * np.cos(angle)), float(away * np.sin(angle)), 0.2 + 0.01 * number]
        found.append(box(number, [0.2, 0.15, 0.3], [*place, 0.0, 0.0, angle]))
    return found


def box(number: int, size: list[float], pose: list[float], **more: Any) -> dict[str, Any]:
    """A zone of an arm."""
    return {
        "name": f"zone_{number}",
        "kind": "link_zone",
        "channel": "arm",
        "volume": {"box": {"size": size, "pose": pose}},
        "margin": 0.01,
        **more,
        **MADE_UP,
    }


class ArmCase:
    """An arm on a treadmill: it moves as it is allowed to and stays at ``posture``, so each cycle is like the last."""

    def __init__(
        self, path: Path, posture: Sequence[float], command: Sequence[float], people: bool = True
    ) -> None:
        self.governor = Governor(load_profile(path))
        channel = self.governor.profile.data.channels["arm"]
        self._names: tuple[str, ...] = channel.joints  # type: ignore[union-attr]
        self._posture, self._command = np.array(posture), tuple(float(value) for value in command)
        self._rates = np.zeros(len(posture))
        self._cycle = 0
        self._people = people
        self.action, self.decision = "", None

    def step(self) -> Took:
        """One cycle; what it takes from the command to what is allowed of it."""
        t = self._cycle * PERIOD
        self._sense(t)
        command = events.Command(t, "arm", self._command, t)
        decisions: list[Any] = []
        took = clocked(lambda: decisions.extend(self.governor.handle(command)))
        self.decision = decision = next(d for d in decisions if d.channel == "arm")
        self._rates = np.array(decision.allowed)
        self._cycle += 1
        self.action = decision.action.value
        return took

    def _sense(self, t: float) -> None:
        handle, zero = self.governor.handle, np.zeros(3)
        names = self.governor.senses.joint_tracks["joints"].names
        position, velocity = np.zeros(len(names)), np.zeros(len(names))
        own = [names.index(name) for name in self._names]
        position[own], velocity[own] = self._posture, self._rates
        handle(events.Joints(t, "joints", names, position, velocity, np.zeros(len(names)), t))
        handle(events.Wrench(t, "wrist", zero, zero, t))
        if self._people and self._cycle % 5 == 0:
            head, hand = np.array([1.1, 0.2, 0.6]), np.array([0.8, -0.5, 0.2])
            crowd = (events.Body("ann/head", head, zero, "head"), events.Body("ann/hand", hand, zero, "hand"))
            handle(events.Bodies(t, "people", "panda_link0", crowd, t))


class BaseCase:
    """A base on a treadmill, ``wall`` m before a wall; a scan of ``beams`` at 20 Hz, odometry at 50 Hz.

    ``scans``: what taking in each scan took; ``fresh``: whether the newest step was the first after one.
    """

    def __init__(self, path: Path, wall: float, speed: float, beams: int = 360) -> None:
        self.governor = Governor(load_profile(path))
        self._speed, self._ranges = speed, room(wall, beams)
        self._cycle, self._vx = 0, 0.0
        self.action, self.decision = "", None
        self.scans: list[Took] = []
        self.fresh = False

    def step(self) -> Took:
        """One cycle; what it takes from the command to what is allowed of it."""
        t = self._cycle * PERIOD
        self._sense(t)
        command = events.Command(t, "base", (self._speed, 0.0, 0.0, 0.0, 0.0, 0.1), t)
        decisions: list[Any] = []
        took = clocked(lambda: decisions.extend(self.governor.handle(command)))
        self.decision = decisions[0]
        self._vx = decisions[0].allowed[0]
        self._cycle += 1
        self.action = decisions[0].action.value
        return took

    def seen(self, t: float) -> events.Scan | events.Points:
        """What the sensor says at ``t``."""
        ranges, step = self._ranges.copy(), 2 * np.pi / len(self._ranges)
        return events.Scan(t, "lidar", ranges, -np.pi, step, 0.05, 12.0, t)

    def _sense(self, t: float) -> None:
        self.fresh = self._cycle % 5 == 0
        if self.fresh:
            seen = self.seen(t)
            self.scans.append(clocked(lambda: self.governor.handle(seen)))
        if self._cycle % 2 == 0:
            pose, twist = np.array([0, 0, 0, 0, 0, 0, 1.0]), np.array([self._vx, 0, 0, 0, 0, 0.0])
            self.governor.handle(events.Odom(t, "odom", pose, twist, t))


def room(wall: float, beams: int) -> np.ndarray:
    """Ranges (m) in a round room of 8 m with a flat wall ``wall`` m ahead."""
    angle = np.linspace(-np.pi, np.pi, beams, endpoint=False)
    ahead = np.abs(angle) < 1.2
    ranges = np.full(beams, 8.0)
    ranges[ahead] = np.minimum(wall / np.cos(angle[ahead]), 8.0)
    return ranges

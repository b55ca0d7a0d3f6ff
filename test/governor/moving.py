"""A small exact world for robots with a model: they do what they are told, late and lagging, and measure themselves.

Nothing here knows the governor's own reckoning of ways and stops: places are integrated, and judged, by themselves.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np

from iatro_governor.body.kinematics import Posture, posture
from iatro_governor.body.model import ArmModel
from iatro_governor.body.planar import arc, compose
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Decision
from iatro_governor.governor.events import Command, Joints, Odom
from iatro_governor.limits.registry import KINDS, load_profile
from iatro_governor.profile.joint_channels import JointPositionChannel
from iatro_governor.profile.load import Profile
from iatro_governor.resources import shared

SUBSTEPS = 4
SIGMAS = 3.0
OWN = {"panda": ("arm",), "ur5": ("arm",), "tiago": ("base", "arm"), "iris": ("base",)}
"""The channels of each robot that are driven here."""
BOUNDING = {
    "speed", "acceleration", "deceleration", "joint_velocity", "joint_acceleration", "joint_deceleration",
    "joint_position", "link_speed", "self_collision",
}  # fmt: skip
"""Kinds of limits that need neither a place nor other sensors."""

Commands = Mapping[str, Sequence[float]]
Pilot = Callable[["World"], Commands]


@cache
def shipped(name: str, setpoints: bool = False) -> Profile:
    """The shipped profile of a robot, with its own motion bounded and nothing around it.

    ``setpoints``: its arm is told where to be, and not how fast to move.
    """
    profile = load_profile(shared(f"config/{name}.yaml"))
    channels = {key: profile.data.channels[key] for key in OWN[name]}
    if setpoints:
        given = channels["arm"].model_dump(exclude_unset=True) | {"type": "joint_position"}
        channels["arm"] = JointPositionChannel.model_validate(given)
    needed = {"joints", "odom"} & set(profile.data.sources)
    sources = {key: profile.data.sources[key] for key in sorted(needed)}
    data = profile.data.model_copy(update={"channels": channels, "sources": sources})
    limits = tuple(
        limit for limit in profile.limits
        if getattr(limit, "kind", "") in BOUNDING and getattr(limit, "channel", "") in OWN[name]
    )  # fmt: skip
    return replace(profile, data=data, limits=limits)


def among(name: str, *rows: dict[str, Any], drop: Sequence[str] = (), setpoints: bool = False) -> Profile:
    """The robot ``name`` with limits ``rows`` added, and without the kinds in ``drop``."""
    profile = shipped(name, setpoints)
    more = tuple(
        KINDS[row["kind"]].model.model_validate({"channel": OWN[name][-1], "source": "a test", **row})
        for row in rows
    )
    kept = tuple(limit for limit in profile.limits if getattr(limit, "kind", "") not in drop)
    return replace(profile, limits=(*kept, *more))


@dataclass
class World:
    """One robot in closed loop with its governor. ``q``: (m,) true positions, the base's in odom first.

    Commands take effect after ``delay_s``, then the body follows by a first-order lag of ``lag_s``; to a new set-point
    it goes evenly within a cycle. Joints are measured every cycle, a base every ``odom_every`` cycles, both ``age_s``
    (joints, base) late and with normal noise.
    """

    governor: Governor
    q: np.ndarray
    delay_s: float
    lag_s: float
    age_s: tuple[float, float] = (0.0, 0.0)
    odom_every: int = 2
    noise: tuple[float, float] = (5e-5, 1e-3)
    """Standard deviations of a position, rad or m, and of a velocity; no measurement is off by more than ``SIGMAS``."""
    seed: int = 0
    delays: Mapping[str, float] = field(default_factory=dict)
    """Of channels whose commands take effect after another time than ``delay_s``, s."""
    k: int = 0
    decisions: list[Decision] = field(default_factory=list)
    trail: list[np.ndarray] = field(default_factory=list)
    """True positions (m,) several times a cycle."""
    rates: list[np.ndarray] = field(default_factory=list)
    """True velocities (m,) of the joints at the same times."""
    _history: deque = field(default_factory=deque)
    _sent: dict[str, deque] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)
        self.channels = self.governor.profile.data.channels
        base = self.channels.get("base")
        self.aerial = base is not None and base.base == "aerial"  # type: ignore[union-attr]
        self.freedoms = 0 if base is None else 4 if self.aerial else 3
        self.plane = [0, 1, self.freedoms - 1]
        self.told = {name: np.zeros(self._size(name)) for name in self.channels}
        self.moves = {name: np.zeros(self._size(name)) for name in self.channels}
        self.setpoints = {
            name: self.q[self.own(name)]
            for name, channel in self.channels.items()
            if channel.type == "joint_position"
        }
        """What was published last, (n,)."""

    def _size(self, name: str) -> int:
        return self.freedoms if name == "base" else len(self.channels[name].joints)  # type: ignore[union-attr]

    @property
    def model(self) -> ArmModel:
        """The robot."""
        body = self.governor.profile.body
        assert body is not None
        return body

    @property
    def t(self) -> float:
        """Now, s."""
        return self.k * self.governor.period

    @property
    def now(self) -> Posture:
        """The true posture."""
        return posture(self.model, self.q)

    def own(self, name: str) -> list[int]:
        """Joints of a channel, in the model."""
        if name == "base":
            return list(range(self.freedoms))
        return [self.model.joints.index(joint) for joint in self.channels[name].joints]  # type: ignore[union-attr]

    def led(self, name: str) -> np.ndarray:
        """What the channel's ``u`` does to the model's joints, (m, n)."""
        matrix = np.zeros((len(self.q), self._size(name)))
        matrix[self.own(name), np.arange(self._size(name))] = 1.0
        if name == "base":
            c, s = math.cos(self.q[self.plane[2]]), math.sin(self.q[self.plane[2]])
            matrix[:2, :2] = [[c, -s], [s, c]]
        return matrix

    def run(self, seconds: float, pilot: Pilot | None, every: int = 3) -> World:
        """Let ``pilot`` command every ``every`` cycles; None says nothing."""
        for _ in range(round(seconds / self.governor.period)):
            self._measure()
            if pilot is not None and self.k % every == 0:
                for name, values in pilot(self).items():
                    told = tuple(float(value) for value in values)
                    self.decisions += self.governor.handle(Command(self.t, name, told, self.t))
            decisions = self.governor.tick(self.t)
            self.decisions += decisions
            for d in decisions:
                acts = self.t + self.delays.get(d.channel, self.delay_s)
                self._sent.setdefault(d.channel, deque()).append((acts, self._u(d)))
            self._move()
            self.k += 1
        return self

    def _u(self, decision: Decision) -> np.ndarray:
        values = np.array(decision.allowed)
        if decision.channel in self.setpoints:
            before, self.setpoints[decision.channel] = self.setpoints[decision.channel], values
            moved: np.ndarray = (values - before) / self.governor.period
            return moved
        if decision.channel != "base":
            return values
        return values[[0, 1, 2, 5]] if self.aerial else values[[0, 1, 5]]

    def _measure(self) -> None:
        if not self._history:
            self._history.append((self.t, self.q.copy(), self._rates(), self._twist()))
        late_joints, late_base = self.age_s
        if "joints" in self.governor.profile.data.sources:
            stamp, q, rates, _ = self._at(self.t - late_joints)
            names = self.model.joints[self.freedoms :]
            q, rates = q[self.freedoms :], rates[self.freedoms :]
            place, pace = self._noise(len(q))
            self.governor.handle(Joints(self.t, "joints", names, q + place, rates + pace, None, stamp))
        if self.freedoms and self.k % self.odom_every == 0:
            stamp, q, _, twist = self._at(self.t - late_base)
            place, pace = self._noise(self.freedoms)
            where = q[: self.freedoms] + place
            half, height = where[-1] / 2, where[2] if self.aerial else 0.0
            pose = np.array([where[0], where[1], height, 0.0, 0.0, math.sin(half), math.cos(half)])
            full = np.zeros(6)
            full[[0, 1, 2, 5] if self.aerial else [0, 1, 5]] = twist + pace
            self.governor.handle(Odom(self.t, "odom", pose, full, stamp))

    def _noise(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        # Cut off: a measurement off by more than its source says is a fault, not noise.
        draws = np.clip(self.rng.normal(size=(2, count)), -SIGMAS, SIGMAS)
        return draws[0] * self.noise[0], draws[1] * self.noise[1]

    def _at(self, t: float) -> Any:
        """The newest state that is ``t`` old or older."""
        while (
            len(self._history) > 1 and self._history[1][0] <= t + 1e-9 and self._history[0][0] < self.t - 0.3
        ):
            self._history.popleft()
        return next((past for past in reversed(self._history) if past[0] <= t + 1e-9), self._history[0])

    def _twist(self) -> np.ndarray:
        return self.moves["base"].copy() if self.freedoms else np.zeros(0)

    def _rates(self) -> np.ndarray:
        out = np.zeros(len(self.q))
        for name, moves in self.moves.items():
            out += self.led(name) @ moves
        return out

    def _move(self) -> None:
        dt = self.governor.period / SUBSTEPS
        for part in range(1, SUBSTEPS + 1):
            t = self.t + (part - 1) * dt
            for name, sent in self._sent.items():
                while sent and sent[0][0] <= t + 1e-9:
                    self.told[name] = sent.popleft()[1]
            for name, told in self.told.items():
                before = self.moves[name]
                share = 1.0 if self.lag_s == 0 else 1.0 - math.exp(-dt / self.lag_s)
                self.moves[name] = before + share * (told - before)
                self._carry(name, (before + self.moves[name]) / 2 * dt)
            self.trail.append(self.q.copy())
            self.rates.append(self._rates())
            self._history.append((self.t + part * dt, self.q.copy(), self.rates[-1], self._twist()))

    def _carry(self, name: str, step: np.ndarray) -> None:
        if name != "base":
            self.q[self.own(name)] += step
            return
        self.q[self.plane] = compose(self.q[self.plane], arc(step[[0, 1, -1]]))
        if self.aerial:
            self.q[2] += step[2]

    def way(self, start: int = 0) -> Posture:
        """True postures from sample ``start`` of the trail on."""
        return posture(self.model, np.array(self.trail[start:]))

    def speeds(self) -> np.ndarray:
        """True speed (k,) of the fastest point at every sample, m/s."""
        fastest: np.ndarray = self.way().capsule_speeds(np.array(self.rates)).max(axis=1)
        return fastest

    def speed_before(self, sample: int, seconds: float) -> float:
        """The least speed of the fastest point, m/s, had the velocities of ``sample`` come up to so long before."""
        first = max(sample - math.ceil(seconds / self.governor.period * SUBSTEPS), 0)
        then = posture(self.model, np.array(self.trail[first : sample + 1]))
        rates = np.broadcast_to(self.rates[sample], then.q.shape)
        return float(then.capsule_speeds(rates).max(axis=1).min())

    @property
    def last(self) -> Decision:
        """The newest decision."""
        return self.decisions[-1]

"""The arm's own low-level driver: what stands between a command and the joint motors, as on a real robot.

It keeps the hardware's limits of speed, acceleration and torque and watches that a stream of commands does not
die. Safety is not its business: the maker's collision reflexes count as switched off, a set-point beyond a joint
stop drives into the stop, and a blocked arm pushes with all its torque.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np

from iatro_governor.errors import ScenarioError
from iatro_governor.plant.arm_model import DOF, JOINTS, ArmSpec, GripperSpec

Kind = Literal["joint_velocity", "joint_position", "joint_effort", "gripper"]
Mode = Literal["hold", "joint_velocity", "joint_position", "joint_effort", "trajectory"]
KINDS: tuple[Kind, ...] = ("joint_velocity", "joint_position", "joint_effort", "gripper")
BRAKING_SHARE = 0.5  # of the acceleration limit, planned with on the way to a set-point
LEAD = 1.5  # times full torque: a reference further ahead would have run away from a blocked arm
TRACKING_S = 0.05  # in which a reference that lags behind its set-point is caught up


@dataclass(frozen=True, slots=True)
class TrajectoryPoint:
    """Where the joints are to be ``time`` s after the start: positions (rad), optionally velocities (rad/s)."""

    time: float
    positions: tuple[float, ...]
    velocities: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What the motors get: ``control`` (7,) torque (N m) beside the servo's own terms, ``servo`` on or off."""

    control: np.ndarray
    servo: bool


@dataclass(slots=True)
class ArmDriver:
    """Joint speed, position, torque and trajectory inputs; the latest command of any kind is the one obeyed."""

    spec: ArmSpec
    reference: np.ndarray
    mode: Mode = "hold"
    speed: np.ndarray = field(default_factory=lambda: np.zeros(DOF))
    _wanted: np.ndarray = field(default_factory=lambda: np.zeros(DOF))
    _lagged: np.ndarray = field(default_factory=lambda: np.zeros(DOF))
    _given_at: float = -np.inf
    _path: tuple[TrajectoryPoint, ...] = ()
    _top: np.ndarray = field(init=False)
    _rise: np.ndarray = field(init=False)
    _stiffness: np.ndarray = field(init=False)
    _damping: np.ndarray = field(init=False)
    _lead: np.ndarray = field(init=False)
    _rotor: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        spec = self.spec
        self._top, self._rise = np.asarray(spec.speed), np.asarray(spec.acceleration)
        self._rotor = np.asarray(spec.armature)
        self._stiffness, self._damping = np.asarray(spec.stiffness), np.asarray(spec.damping)
        self._lead = LEAD * np.asarray(spec.torque) / self._stiffness

    def command(self, t: float, kind: Kind, values: Sequence[float], q: np.ndarray, dq: np.ndarray) -> None:
        """Take seven speeds (rad/s), positions (rad) or torques (N m), given at ``t`` (s) in the state ``q``, ``dq``.

        Raises ScenarioError where they are not seven finite numbers: a real driver would refuse them as well.
        """
        if kind not in ("joint_velocity", "joint_position", "joint_effort"):
            raise ScenarioError(f"the arm takes {', '.join(KINDS)}, got {kind!r}")
        given = _seven(kind, values)
        self._enter(kind, q, dq)
        self._wanted, self._given_at = given, t

    def trajectory(
        self, t: float, points: Sequence[TrajectoryPoint], names: Sequence[str], q: np.ndarray, dq: np.ndarray
    ) -> None:
        """Take a trajectory that starts now, over the joints ``names`` in the points' order.

        Raises ScenarioError where a joint is missing or unknown, a number is not finite, or times do not rise.
        """
        if sorted(names) != sorted(JOINTS):
            raise ScenarioError(
                f"a trajectory names each of {', '.join(JOINTS)} once, got {', '.join(names) or 'none'}"
            )
        times = [point.time for point in points]
        if not times or times[0] < 0 or any(b <= a for a, b in pairwise(times)):
            raise ScenarioError(f"a trajectory's times are >= 0 and rise from point to point, got {times}")
        order = [list(names).index(joint) for joint in JOINTS]
        path = [_ordered(point, order) for point in points]
        self._enter("trajectory", q, dq)
        if path[0].time > 0:
            path.insert(0, TrajectoryPoint(0.0, tuple(self.reference), tuple(self.speed)))
        self._path, self._given_at = tuple(path), t

    def step(self, t: float, dt: float, q: np.ndarray, dq: np.ndarray) -> Order:
        """Move the reference on by ``dt`` (s) and say what the motors get."""
        spec = self.spec
        fresh = t - self._given_at <= spec.command_timeout_s
        if self.mode == "joint_effort":
            if fresh:
                self._lagged = self._lagged + (self._wanted - self._lagged) * _share(dt, spec.lag_s)
                return Order(self._lagged, servo=False)
            self._enter("hold", q, dq)
        target = self._target(t, fresh)
        self._lagged = self._lagged + (_within(target, self._top) - self._lagged) * _share(dt, spec.lag_s)
        change = _within(self._lagged - self.speed, self._rise * dt)
        self.speed = self.speed + change
        self.reference = q + _within(self.reference + self.speed * dt - q, self._lead)
        ahead = self._rotor * change / dt  # the rotors' share of the torque to come, as a driver knows it
        return Order(self._stiffness * self.reference + self._damping * self.speed + ahead, servo=True)

    def _target(self, t: float, fresh: bool) -> np.ndarray:
        """The speed (rad/s) that the mode asks for."""
        if self.mode == "joint_velocity":
            return self._wanted if fresh else np.zeros(DOF)
        if self.mode == "joint_position":
            return self._toward(self._wanted)
        if self.mode == "trajectory":
            position, velocity = _sample(self._path, t - self._given_at)
            return np.asarray(velocity + (position - self.reference) / TRACKING_S)
        return np.zeros(DOF)

    def _toward(self, goal: np.ndarray) -> np.ndarray:
        error = goal - self.reference
        braked = np.sqrt(2 * BRAKING_SHARE * self._rise * np.abs(error))
        return np.asarray(np.sign(error) * np.minimum(braked, np.abs(error) / TRACKING_S))

    def _enter(self, mode: Mode, q: np.ndarray, dq: np.ndarray) -> None:
        if mode == self.mode:
            return
        if self.mode == "joint_effort":  # the servo takes over where the arm is, not where it once was
            self.reference, self.speed = q.copy(), dq.copy()
            self._lagged = dq.copy()
        elif mode == "joint_effort":
            self._lagged = np.zeros(DOF)
        self.mode = mode


@dataclass(slots=True)
class GripperDriver:
    """Moves both fingers at the gripper's own speed to a width, with no more than the given force."""

    spec: GripperSpec
    width: float
    wanted: float
    force: float

    def command(self, values: Sequence[float]) -> None:
        """Take [width (m), largest force (N)]; both are kept within what the gripper can. Raises ScenarioError."""
        given = np.asarray(values, dtype=float)
        if given.shape != (2,) or not np.all(np.isfinite(given)):
            raise ScenarioError(
                f"the gripper takes [width m, force N], two finite numbers, got {list(values)!r}"
            )
        self.wanted = float(np.clip(given[0], 0.0, self.spec.stroke))
        self.force = float(np.clip(given[1], 0.0, self.spec.force))

    def step(self, dt: float) -> float:
        """The finger set-point (m from the middle) after another ``dt`` (s)."""
        step = self.spec.speed * dt
        self.width += float(np.clip(self.wanted - self.width, -step, step))
        return self.width / 2


def _seven(kind: str, values: Sequence[float]) -> np.ndarray:
    given = np.asarray(values, dtype=float)
    if given.shape != (DOF,) or not np.all(np.isfinite(given)):
        raise ScenarioError(f"{kind} takes {DOF} finite numbers, got {list(values)!r}")
    return given


def _ordered(point: TrajectoryPoint, order: list[int]) -> TrajectoryPoint:
    if not np.isfinite(point.time):
        raise ScenarioError(f"a trajectory point's time is finite, got {point.time!r}")
    positions = _seven("a trajectory point's positions", point.positions)[order]
    if point.velocities is None:
        return TrajectoryPoint(point.time, tuple(positions))
    velocities = _seven("a trajectory point's velocities", point.velocities)[order]
    return TrajectoryPoint(point.time, tuple(positions), tuple(velocities))


def _sample(path: tuple[TrajectoryPoint, ...], t: float) -> tuple[np.ndarray, np.ndarray]:
    """Position and velocity at ``t``: cubic between points with velocities, linear between others, then at rest."""
    if t >= path[-1].time:
        return np.asarray(path[-1].positions), np.zeros(DOF)
    after = next(i for i, point in enumerate(path) if point.time > t)
    if after == 0:
        return np.asarray(path[0].positions), np.zeros(DOF)
    first, last = path[after - 1], path[after]
    span, p0, p1 = last.time - first.time, np.asarray(first.positions), np.asarray(last.positions)
    s = (t - first.time) / span
    if first.velocities is None or last.velocities is None:
        return p0 + s * (p1 - p0), (p1 - p0) / span
    m0, m1 = span * np.asarray(first.velocities), span * np.asarray(last.velocities)
    position = (
        (2 * s**3 - 3 * s**2 + 1) * p0
        + (s**3 - 2 * s**2 + s) * m0
        + (3 * s**2 - 2 * s**3) * p1
        + (s**3 - s**2) * m1
    )
    slope = (6 * s**2 - 6 * s) * (p0 - p1) + (3 * s**2 - 4 * s + 1) * m0 + (3 * s**2 - 2 * s) * m1
    return position, slope / span


def _share(dt: float, lag: float) -> float:
    """How much of a step a first-order lag follows within ``dt``."""
    return float(-np.expm1(-dt / lag)) if lag > 0 else 1.0


def _within(value: np.ndarray, bound: np.ndarray) -> np.ndarray:
    """``value`` cut to plus or minus ``bound``; np.clip does the same in three times the time."""
    return np.asarray(np.minimum(np.maximum(value, -bound), bound))

"""How a scripted planner's arm motion becomes commands. Pure: time and joint state come in, a command goes out.

A skill sees the joints q (7,) rad as measured, and pushes on as far as it was told when somebody is in the way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from iatro_governor.plant.arm_driver import Kind, TrajectoryPoint
from iatro_governor.plant.arm_model import DOF, READY, ArmSpec, Kinematics, kinematics
from iatro_governor.trial.arm_scenario import ArmMotion, Grip, Knot, Move, Stream
from iatro_governor.trial.skill import Progress, Skill, Waiting

PERIOD = 0.02  # s between commands, 50 Hz
PROGRESS = 0.004  # m by which a move must come closer to count as alive
SLOWEST = 0.02  # m/s, so that the last millimetres do not take for ever
TURN_GAIN = 2.0  # 1/s
TURN_SPEED = 1.0  # rad/s
COMFORT_GAIN = 1.0  # 1/s, toward the ready posture in what the tool does not need
DAMPING = 0.02  # of the inverse near singular postures, in m and rad alike
_POINTING = {
    "down": np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, -1.0]]),
    "forward": np.array([[0.0, 0.0, 1.0], [0.0, -1.0, 0.0], [1.0, 0.0, 0.0]]),
}


@dataclass(frozen=True, slots=True)
class Order:
    """One message to the arm: a command of ``kind``, or a trajectory where ``points`` are given."""

    kind: Kind | None
    values: tuple[float, ...] = ()
    points: tuple[TrajectoryPoint, ...] = ()


STILL = Order("joint_velocity", (0.0,) * DOF)


def skill(motion: ArmMotion, arm: ArmSpec) -> Skill[np.ndarray, Order]:
    """The running form of one piece of motion."""
    if motion.move is not None:
        return _Ending(_Moving(motion.move, arm))
    if motion.grip is not None:
        return _Gripping(motion.grip)
    if motion.stream is not None:
        return _Ending(_Streaming(motion.stream))
    if motion.trajectory is not None:
        return _Following(motion.trajectory)
    return Waiting(motion.wait_s or 0.0, STILL)


@dataclass(slots=True)
class _Ending:
    """Stands once the skill is over, or its last command would go on until the driver's watchdog."""

    skill: Skill[np.ndarray, Order]
    _stood: bool = False

    def command(self, t: float, q: np.ndarray) -> Order | None:
        order = None if self._stood else self.skill.command(t, q)
        if order is not None or self._stood:
            return order
        self._stood = True
        return STILL


@dataclass(slots=True)
class _Moving:
    goal: Move
    arm: ArmSpec
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        self.progress = Progress(self.goal.give_up_s, PROGRESS)

    def command(self, t: float, q: np.ndarray) -> Order | None:
        goal, here = self.goal, kinematics(self.arm, q)
        way = np.asarray(goal.to) - here.tool
        turn = _turn_to(here, _POINTING[goal.tool])
        distance = float(np.linalg.norm(way))
        remaining = distance + 0.1 * float(np.linalg.norm(turn))
        if remaining < goal.tolerance or t > goal.timeout_s or self.progress.stuck(t, remaining):
            return None
        speed = min(goal.speed, max(SLOWEST, math.sqrt(2 * goal.braking * distance)), distance / PERIOD)
        linear = way / max(distance, 1e-9) * speed
        spin = TURN_GAIN * turn
        spin *= min(1.0, TURN_SPEED / max(float(np.linalg.norm(spin)), 1e-9))
        return Order("joint_velocity", self._joints(here, np.concatenate((linear, spin)), q))

    def _joints(self, here: Kinematics, twist: np.ndarray, q: np.ndarray) -> tuple[float, ...]:
        """Joint speeds for a tool twist: damped least squares (Nakamura and Hanafusa 1986), kept within limits."""
        jacobian = here.jacobian
        inverse = jacobian.T @ np.linalg.inv(jacobian @ jacobian.T + DAMPING**2 * np.eye(6))
        comfort = COMFORT_GAIN * (np.asarray(READY) - q)
        speeds = inverse @ twist + (np.eye(DOF) - inverse @ jacobian) @ comfort
        share = float(np.max(np.abs(speeds) / np.asarray(self.arm.speed)))
        return tuple(float(v) for v in speeds / max(1.0, share))


@dataclass(slots=True)
class _Gripping:
    goal: Grip

    def command(self, t: float, q: np.ndarray) -> Order | None:
        return Order("gripper", (self.goal.width, self.goal.force)) if t < self.goal.wait_s else None


@dataclass(slots=True)
class _Streaming:
    goal: Stream

    def command(self, t: float, q: np.ndarray) -> Order | None:
        return Order(self.goal.kind, self.goal.values) if t < self.goal.for_ else None


@dataclass(slots=True)
class _Following:
    knots: tuple[Knot, ...]
    _sent: bool = False

    def command(self, t: float, q: np.ndarray) -> Order | None:
        if t >= self.knots[-1].time:
            return None
        if self._sent:
            return Order(None)
        self._sent = True
        return Order(
            None, points=tuple(TrajectoryPoint(k.time, k.positions, k.velocities) for k in self.knots)
        )


def _turn_to(here: Kinematics, wanted: np.ndarray) -> np.ndarray:
    """The rotation vector (rad, world axes) from the tool's orientation to ``wanted`` (3, 3)."""
    difference = wanted @ here.frames[-1, :3, :3].T
    angle = math.acos(max(-1.0, min(1.0, (float(np.trace(difference)) - 1) / 2)))
    axis = np.array([
        difference[2, 1] - difference[1, 2],
        difference[0, 2] - difference[2, 0],
        difference[1, 0] - difference[0, 1],
    ])  # fmt: skip
    length = float(np.linalg.norm(axis))
    return axis * (angle / length) if length > 1e-9 else np.zeros(3)

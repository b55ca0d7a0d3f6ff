"""How a scripted planner's motion becomes twist commands. Pure: time and pose come in, a command goes out.

A skill sees a pose [x, y, yaw] in the odometry frame and commands values [vx, vy, vz, wx, wy, wz].
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from iatro_governor.trial.scenario import Face, Goto, Motion, Segment
from iatro_governor.trial.skill import Progress, Skill, Waiting

Values = tuple[float, float, float, float, float, float]
Pose = tuple[float, float, float]
STILL: Values = (0.0,) * 6

HEADING_GAIN = 2.5  # 1/s, well under the bandwidth of a base with 50 ms of lag
ALIGNED = 0.12  # rad of heading error at which a robot that only turns begins to drive
ASTRAY = 0.4  # rad at which one that drives only turns again
PROGRESS = 0.03  # m or rad by which a skill must come closer to count as alive
SLOWEST = 0.08  # m/s, so that the last centimetres do not take for ever
SLOWEST_TURN = 0.2  # rad/s


def skill(motion: Motion) -> Skill[Pose, Values]:
    """The running form of one piece of motion."""
    if motion.goto is not None:
        return _Going(motion.goto)
    if motion.face is not None:
        return _Facing(motion.face)
    if motion.commands is not None:
        return _Playing(motion.commands)
    return Waiting(motion.wait_s or 0.0, STILL)


@dataclass(slots=True)
class _Going:
    goal: Goto
    progress: Progress = field(init=False)
    driving: bool = False

    def __post_init__(self) -> None:
        self.progress = Progress(self.goal.give_up_s, PROGRESS)

    def command(self, t: float, pose: Pose) -> Values | None:
        goal = self.goal
        dx, dy = goal.x - pose[0], goal.y - pose[1]
        distance = math.hypot(dx, dy)
        error = _wrapped(math.atan2(dy, dx) - pose[2])
        if distance < goal.tolerance or t > goal.timeout_s or self.progress.stuck(t, distance + abs(error)):
            return None
        turn = _turn(error, goal.turn_speed)
        self.driving = abs(error) < (ASTRAY if self.driving else ALIGNED)
        if not self.driving:
            return _twist(0.0, math.copysign(max(abs(turn), SLOWEST_TURN), error))
        braked = max(SLOWEST, math.sqrt(2 * goal.braking * max(distance - goal.tolerance / 2, 0.0)))
        return _twist(min(goal.speed, braked) * math.cos(error), turn)


@dataclass(slots=True)
class _Facing:
    goal: Face

    def command(self, t: float, pose: Pose) -> Values | None:
        error = _wrapped(self.goal.yaw - pose[2])
        if abs(error) < self.goal.tolerance or t > self.goal.timeout_s:
            return None
        turn = _turn(error, self.goal.turn_speed)
        return _twist(0.0, math.copysign(max(abs(turn), SLOWEST_TURN), error))


@dataclass(slots=True)
class _Playing:
    segments: tuple[Segment, ...]

    def command(self, t: float, pose: Pose) -> Values | None:
        if t >= self.segments[-1].at + self.segments[-1].for_:
            return None
        for segment in self.segments:
            if segment.at <= t < segment.at + segment.for_:
                vx, vy, vz, wx, wy, wz = segment.values
                return (vx, vy, vz, wx, wy, wz)
        return STILL


def _turn(error: float, limit: float) -> float:
    return max(-limit, min(limit, HEADING_GAIN * error))


def _twist(speed: float, turn: float) -> Values:
    return (speed, 0.0, 0.0, 0.0, 0.0, turn)


def _wrapped(angle: float) -> float:
    return math.remainder(angle, 2 * math.pi)

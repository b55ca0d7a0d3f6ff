"""The differential base between a velocity command and its two wheel motors."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True)
class BaseSpec:
    """A round 60 kg differential-drive base of our own modelling, its origin on the axis at lidar height.

    The numbers are those of a mid-size indoor transport robot. SI units.
    """

    radius: float = 0.20
    bottom: float = 0.04
    top: float = 0.60
    lidar_height: float = 0.30
    chassis_mass: float = 56.0
    wheel_mass: float = 2.0
    wheel_radius: float = 0.075
    track: float = 0.30
    caster_offset: float = 0.15
    caster_radius: float = 0.03
    tyre_friction: float = 0.9
    motor_lag_s: float = 0.05
    motor_torque: float = 16.0
    motor_gain: float = 40.0
    max_speed: float = 1.5
    max_turn: float = 2.5
    acceleration: float = 1.5
    deceleration: float = 2.5
    turn_acceleration: float = 4.0
    turn_deceleration: float = 6.0
    command_timeout_s: float = 0.5

    @property
    def mass(self) -> float:
        """Mass of the whole robot in kg."""
        return self.chassis_mass + 2 * self.wheel_mass


@dataclass(slots=True)
class Drive:
    """The base's own motion controller: watchdog, its hard limits, ramps, and wheel speeds.

    It obeys any command within what the hardware can do, as a real base does: safety is not its business,
    except that a command older than ``command_timeout_s`` is replaced by zero.
    """

    spec: BaseSpec
    speed: float = 0.0
    turn: float = 0.0
    _wanted: tuple[float, float] = (0.0, 0.0)
    _given_at: float = field(default=-np.inf)

    def command(self, t: float, speed: float, turn: float) -> None:
        """Take a forward speed (m/s) and a turn rate (rad/s), given at time ``t`` (s)."""
        self._wanted, self._given_at = (speed, turn), t

    def step(self, t: float, dt: float) -> np.ndarray:
        """Move the set-point on by ``dt`` (s) and return the wheel speeds [left, right] (rad/s)."""
        spec = self.spec
        fresh = t - self._given_at <= spec.command_timeout_s
        speed, turn = self._wanted if fresh else (0.0, 0.0)
        speed = float(np.clip(speed, -spec.max_speed, spec.max_speed))
        turn = float(np.clip(turn, -spec.max_turn, spec.max_turn))
        self.speed = _toward(self.speed, speed, spec.acceleration * dt, spec.deceleration * dt)
        self.turn = _toward(self.turn, turn, spec.turn_acceleration * dt, spec.turn_deceleration * dt)
        half = self.turn * spec.track / 2
        return np.array([self.speed - half, self.speed + half]) / spec.wheel_radius


def _toward(now: float, target: float, rise: float, fall: float) -> float:
    """One ramp step from ``now``: at most ``fall`` closer to zero, else at most ``rise`` away from it."""
    if now * target < 0:
        target = 0.0
    step = fall if abs(target) < abs(now) else rise
    return now + float(np.clip(target - now, -step, step))

"""How much a channel's values ask for, or do, in quantities that words speak of."""

from __future__ import annotations

import math
from dataclasses import dataclass

Values = tuple[float, ...]

SETPOINTS = frozenset({"joint_position", "joint_trajectory", "pose", "gripper"})
"""Channels whose values are places: what they ask for is the way there."""


@dataclass(frozen=True, slots=True)
class Size:
    """Speed m/s, angular speed rad/s, force N, torque Nm. Of a channel of set-points: the way there, m and rad.

    pushes: whether the force or the torque itself is what is done, beyond holding still.
    """

    speed: float = 0.0
    angular_speed: float = 0.0
    force: float = 0.0
    torque: float = 0.0
    pushes: bool = False


NOTHING = Size()


def size(kind: str, values: Values | None, rest: Values | None, push: float = math.inf) -> Size:
    """How much ``values`` of a channel of type ``kind`` are, where ``rest`` are those that mean: stand still.

    ``push``: N or Nm; a wrench or torque further from rest than this pushes. Numbers that are not finite, and values
    of another shape, count as nothing.
    """
    if not values:
        return NOTHING
    values = tuple(value if math.isfinite(value) else 0.0 for value in values)
    still = rest if rest is not None and len(rest) == len(values) else (0.0,) * len(values)
    apart = tuple(value - at for value, at in zip(values, still, strict=True))
    match kind:
        case "twist" if len(values) == 6:
            return Size(math.hypot(*values[:3]), abs(values[5]))
        case "joint_velocity":
            return Size(angular_speed=_largest(values))
        case "joint_position" | "joint_trajectory":
            return Size(angular_speed=_largest(apart)) if rest else NOTHING
        case "pose" if len(values) == 7 and rest:
            return Size(math.hypot(*apart[:3]), _turn(values[3:], still[3:]))
        case "gripper" if len(values) == 2:
            return Size(speed=abs(apart[0]) if rest else 0.0, force=abs(values[1]))
        case "joint_effort":
            torque = _largest(apart)
            return Size(torque=torque, pushes=torque > push)
        case "wrench" if len(values) == 6:
            force, torque = math.hypot(*values[:3]), math.hypot(*values[3:])
            return Size(force=force, torque=torque, pushes=_largest(apart) > push)
    return NOTHING


def _largest(values: Values) -> float:
    return max(map(abs, values), default=0.0)


def _turn(one: Values, other: Values) -> float:
    """Angle between two unit quaternions, rad."""
    return 2 * math.acos(min(abs(sum(a * b for a, b in zip(one, other, strict=True))), 1.0))

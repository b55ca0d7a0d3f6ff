"""What decisions asked for, allowed and measured over time, as a few curves whatever the type of the channel."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SIDES = ("requested", "allowed", "measured")


@dataclass(slots=True)
class Curve:
    """One quantity over time: ``t`` in s, and a value or None per time and side."""

    name: str
    unit: str
    t: list[float] = field(default_factory=list)
    requested: list[float | None] = field(default_factory=list)
    allowed: list[float | None] = field(default_factory=list)
    measured: list[float | None] = field(default_factory=list)

    @property
    def moves(self) -> bool:
        """False where every number on every side is (nearly) zero."""
        return any((self.peak(side) or 0.0) > 1e-6 for side in SIDES)

    def peak(self, side: str) -> float | None:
        """The largest magnitude on one side; None where that side never had a number."""
        return max((abs(value) for value in getattr(self, side) if value is not None), default=None)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One curve of a type of channel, and its value for a set of the channel's values."""

    name: str
    unit: str
    value: Callable[[Sequence[float]], float]


def extend(curves: list[Curve], t: float, body: Mapping[str, Any]) -> None:
    """Add the decision ``body`` at ``t`` (s); the first one says which curves there are."""
    sides = {side: _numbers(body.get(side)) for side in SIDES}
    width = max((len(values) for values in sides.values() if values is not None), default=0)
    drawn = _drawn(str(body.get("channel_type") or ""), width)
    if not curves:
        curves.extend(Curve(one.name, one.unit) for one in drawn)
    for curve, one in zip(curves, drawn, strict=False):
        curve.t.append(t)
        for side, values in sides.items():
            getattr(curve, side).append(_value(one, values, width))


def _drawn(kind: str, width: int) -> tuple[Drawn, ...]:
    if (known := TYPES.get(kind)) is not None:
        return known
    if kind in PLACES:
        return tuple(Drawn(f"joint {axis + 1}", "rad", _component(axis)) for axis in range(width))
    if kind == "" and width == 6:
        return TYPES["twist"]
    return tuple(Drawn(f"axis {axis}", "", _component(axis)) for axis in range(width))


def _value(one: Drawn, values: Sequence[float] | None, width: int) -> float | None:
    if values is None or len(values) != width:
        return None
    value = one.value(values)
    return value if math.isfinite(value) else None


def _component(place: int) -> Callable[[Sequence[float]], float]:
    return lambda values: values[place]


def _forward(values: Sequence[float]) -> float:
    return math.copysign(math.hypot(*values[:3]), values[0])


def _largest(values: Sequence[float]) -> float:
    """Of all joints, without its sign; not a number where one is none."""
    return math.nan if any(math.isnan(value) for value in values) else max(map(abs, values))


def _numbers(values: Any) -> list[float] | None:
    if not isinstance(values, list):
        return None
    try:
        return [float(value) for value in values]  # "NaN" and "Infinity" included
    except (TypeError, ValueError):
        return None


PLACES = ("joint_position", "joint_trajectory")
TYPES = {
    "twist": (Drawn("speed", "m/s", _forward), Drawn("turn rate", "rad/s", _component(5))),
    "joint_velocity": (Drawn("fastest joint", "rad/s", _largest),),
    "joint_effort": (Drawn("largest effort", "Nm", _largest),),
    "gripper": (Drawn("width", "m", _component(0)), Drawn("effort", "N", _component(1))),
    "pose": tuple(Drawn(axis, "m", _component(place)) for place, axis in enumerate("xyz")),
    "wrench": (
        Drawn("force", "N", lambda values: math.hypot(*values[:3])),
        Drawn("torque", "Nm", lambda values: math.hypot(*values[3:])),
    ),
}
"""By type of channel; joints that are told where to go have a curve each."""

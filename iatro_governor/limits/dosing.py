"""How strict a limit is: its dose. A higher dose admits a subset of the commands that a lower one admits.

Dose 1 is the limit as configured. Speeds, forces and accelerations of commands are divided by the dose; clearances and
times that are kept free grow with it: ``c + (d - 1) c_ref``, where ``c_ref`` is the configured clearance itself, or
``REFERENCE`` where none is configured. A range of joints is the clearance to its ends. What tells how a body comes to
rest, what it weighs or how it gives way is never dosed: it is so, whatever anybody wishes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from iatro_governor.limits.limit import LimitConfig
from iatro_governor.profile.base import Part

REFERENCE = 0.05
"""Clearance by which the dose moves what keeps none as configured, m."""

Rule = Callable[[Any, float], Any]


def _divided(value: Any, dose: float) -> Any:
    if value is None:
        return None
    return tuple(each / dose for each in value) if isinstance(value, tuple) else value / dose


def _grown(value: float, dose: float) -> float:
    return max(value + (dose - 1.0) * (value or REFERENCE), 0.0)


def _times(value: float | None, dose: float) -> float | None:
    return None if value is None else value * dose


def _share(value: float, dose: float) -> float:
    return min(value / dose, 1.0)


def _inside(rules: Mapping[str, Rule]) -> Rule:
    """The rules for a part, or for each part of a mapping."""

    def rule(value: Any, dose: float) -> Any:
        if isinstance(value, Mapping):
            return {name: rule(each, dose) for name, each in value.items()}
        return None if value is None else _changed(value, rules, dose)

    return rule


_BODY: dict[str, Rule] = {"force": _divided, "clamped_force": _divided}
_TOUCH: dict[str, Rule] = {"report": _divided, "stop": _divided}
_MARGIN: dict[str, Rule] = {"margin": _grown}
_SPEED: dict[str, Rule] = {"speed": _divided}
_EACH: dict[str, Rule] = {"bounds": _divided}
_APART: dict[str, Rule] = {"intrusion": _grown, "human_speed": _times}

RULES: dict[str, dict[str, Rule]] = {
    "speed": {"bound": _divided},
    "acceleration": {"bound": _divided},
    "zone": _MARGIN,
    "slow_zone": _SPEED,
    "geofence": _MARGIN,
    "obstacle": _MARGIN,
    "time_to_collision": {"bound": _times},
    "unseen": _SPEED,
    "separation": _APART,
    "joint_velocity": _EACH,
    "joint_acceleration": _EACH,
    "joint_position": _MARGIN,
    "payload": {"share": _share},
    "tip_over": _MARGIN,
    "joint_effort": _EACH,
    "wrench": {"force": _divided, "torque": _divided},
    "gripper_speed": {"closing": _divided, "opening": _divided},
    "link_speed": {"bound": _divided},
    "link_zone": _MARGIN,
    "link_slow_zone": _SPEED,
    "workspace": _MARGIN,
    "singularity": {"threshold": _times, "least": _times, "speed": _divided},
    "link_obstacle": _MARGIN,
    "link_separation": _APART,
    "power_and_force": {
        "regions": _inside(_BODY),
        "default": _inside(_BODY),
        "detected_force": _divided,
        "distance": _grown,
    },
    "contact_force": {**_TOUCH, "task": _inside(_TOUCH)},
    "self_collision": _MARGIN,
}
"""By kind: which of its numbers the dose changes, and how."""

UNDOSED: dict[str, str] = {
    "deceleration": "how hard the body can come to rest is no choice",
    "joint_deceleration": "how hard the joints can come to rest is no choice",
    "jerk": "it bounds how soon braking begins, too: a stricter one would stop later",
    "joint_jerk": "it bounds how soon braking begins, too: a stricter one would stop later",
    "effort_rate": "it bounds how soon an effort is taken back, too",
    "command_rate": "it bounds how often somebody speaks, and no motion",
}
"""Kinds that no dose changes, and why."""


def dosed(config: Part, dose: float) -> Part:
    """``config`` at the strictness ``dose``, which is more than 0.

    Raises ValueError for another dose, and pydantic's ValidationError where the limit takes no number so dosed.
    """
    if not dose > 0:
        raise ValueError(f"a limit's dose is more than 0, got {dose!r}; a limit at dose 0 is left out")
    kind = config.kind if isinstance(config, LimitConfig) else ""
    if dose == 1.0 or kind in UNDOSED:
        return config
    return _changed(config, RULES[kind], dose)


def _changed(part: Part, rules: Mapping[str, Rule], dose: float) -> Part:
    changed = {name: rule(getattr(part, name), dose) for name, rule in rules.items()}
    given = {name: getattr(part, name) for name in part.model_fields_set} | changed
    return type(part).model_validate(given)

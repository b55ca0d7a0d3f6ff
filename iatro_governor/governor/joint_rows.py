"""The bounds of single joints that a trajectory has to keep, from all the limits that say something about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from iatro_governor.body.model import ArmModel, Indices
from iatro_governor.body.path_bounds import JointBounds
from iatro_governor.body.planar import Array
from iatro_governor.limits.joint_jerk import JointJerkLimit
from iatro_governor.limits.joint_position import JointPositionLimit
from iatro_governor.limits.joint_rate import JointAccelerationLimit, JointDecelerationLimit
from iatro_governor.limits.joint_velocity import JointVelocityLimit
from iatro_governor.limits.limit import Limit, LimitConfig

KINDS = ("joint_velocity", "joint_acceleration", "joint_deceleration", "joint_jerk")
RATES = JointAccelerationLimit | JointDecelerationLimit | JointJerkLimit
UNBOUNDED = 1e6
"""Where no limit is configured, rad/s or rad/s2."""


@dataclass(frozen=True, slots=True)
class JointRow:
    """A limit on single joints, as it bounds those of the channel: lower, upper (n,), infinite where it does not."""

    config: LimitConfig
    lower: Array
    upper: Array


def joint_rows(
    name: str, limits: Sequence[Limit[Any]], model: ArmModel, joints: Mapping[str, Indices]
) -> list[JointRow]:
    """Of all ``limits``, those on single joints that ``name`` moves; rates of change bound their own channel alone.

    ``joints``: the model's, by channel.
    """
    own, out = joints[name], []
    for limit in limits:
        config: LimitConfig = limit.config
        theirs = joints[config.channel]
        if isinstance(limit, JointPositionLimit):
            lower, upper = limit.kept(model, theirs)
        elif isinstance(limit, JointVelocityLimit) or (isinstance(limit, RATES) and config.channel == name):
            upper = np.array(limit.config.bounds)
            lower = -upper
        else:
            continue
        row = JointRow(config, np.full(len(own), -np.inf), np.full(len(own), np.inf))
        for at, joint in enumerate(own):
            for index in np.flatnonzero(theirs == joint):
                row.lower[at], row.upper[at] = lower[index], upper[index]
        out.append(row)
    return out


def joint_bounds(
    rows: Sequence[JointRow], names: tuple[str, ...], model: ArmModel, own: Indices, corner_s: float
) -> JointBounds:
    """The tightest of ``rows`` for the joints ``own`` (n,) called ``names``, and the model's own ends."""
    least = {kind: np.full(len(own), UNBOUNDED) for kind in KINDS}
    lower, upper = model.lower[own], model.upper[own]
    for row in rows:
        if row.config.kind == "joint_position":
            lower, upper = np.maximum(lower, row.lower), np.minimum(upper, row.upper)
        else:
            least[row.config.kind] = np.minimum(least[row.config.kind], row.upper)
    units = tuple("m" if _slides(model, joint) else "rad" for joint in own)
    velocity, faster, slower, jerk = (least[kind] for kind in KINDS)
    eased = jerk if any(row.config.kind == "joint_jerk" for row in rows) else None
    return JointBounds(names, lower, upper, velocity, faster, slower, corner_s, eased, units=units)


def _slides(model: ArmModel, joint: int) -> bool:
    return bool(model.prismatic[np.abs(model.gain[:, joint]) > 0].all())

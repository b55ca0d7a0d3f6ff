"""Whether somebody is known to push a body the way it moves: then it does not disobey by giving way."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.governor.events import Wrench
from iatro_governor.governor.member import Member
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.twist import TwistChart
from iatro_governor.limits.contact_forces import turned
from iatro_governor.profile.channels import Pushed


def pushed(member: Member, senses: Senses, t: float, look: Callable[[], Any]) -> bool:
    """Whether the channel's ``pushed_by`` tells of a push that drives what is measured of ``member`` at ``t``, s.

    Old news tell nothing, nor does a push that is too small, or one that the motion goes against. ``look``: at the
    body.
    """
    config: Pushed | None = getattr(member.chart.config, "pushed_by", None)
    if config is None or (felt := senses.wrenches.get(config.wrench)) is None:
        return False
    if t - felt.stamp > senses.sources[config.wrench].timeout_s:
        return False
    force, torque = math.hypot(*felt.force.tolist()), math.hypot(*felt.torque.tolist())
    if force <= config.force and torque <= config.torque:
        return False
    return _power(member, felt, senses, look) > 0.0


def _power(member: Member, felt: Wrench, senses: Senses, look: Callable[[], Any]) -> float:
    """What is felt does so much work on the measured motion, W."""
    chart = member.chart
    if isinstance(chart, TwistChart):
        # About the base's origin: the profile has been checked.
        felt_u = np.append(felt.force[: chart.size - 1], felt.torque[2])
        return float(felt_u @ chart.measured)
    situation = look()
    source: Any = senses.sources[felt.source]
    wrench = np.concatenate([felt.force, felt.torque])
    rotation = situation.now.link(source.frame)[:3, :3]
    torques: Array = turned(wrench, rotation) @ situation.now.frame_jacobian(source.frame)
    return float(torques[situation.joints[member.name]] @ chart.measured)

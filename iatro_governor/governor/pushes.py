"""Whether somebody is known to push a body the way it moves: then it does not disobey by giving way."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from iatro_governor.body.dynamics import EARTH
from iatro_governor.body.planar import Array
from iatro_governor.governor.events import Wrench
from iatro_governor.governor.member import Member
from iatro_governor.governor.payload import NOTHING, Payload
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.twist import TwistChart
from iatro_governor.limits.contact_forces import turned
from iatro_governor.profile.channels import Pushed


def pushed(
    member: Member, senses: Senses, t: float, look: Callable[[], Any], payload: Payload = NOTHING
) -> bool:
    """Whether the channel's ``pushed_by`` tells of a push that drives what is measured of ``member`` at ``t``, s.

    Old news tell nothing, nor does a push that is too small, or one that the motion goes against. ``look``: at the
    body. What its hand may carry, ``payload``, is felt as well, and drives an arm that sinks under it: a push is one
    whatever of that is in the hand, from nothing to all.
    """
    config: Pushed | None = getattr(member.chart.config, "pushed_by", None)
    if config is None or (felt := senses.wrenches.get(config.wrench)) is None:
        return False
    if t - felt.stamp > senses.sources[config.wrench].timeout_s:
        return False
    force, torque = math.hypot(*felt.force.tolist()), math.hypot(*felt.torque.tolist())
    if force <= config.force and torque <= config.torque:
        return False
    chart = member.chart
    if isinstance(chart, TwistChart):
        # About the base's origin: the profile has been checked.
        felt_u = np.append(felt.force[: chart.size - 1], felt.torque[2])
        return float(felt_u @ chart.measured) > 0.0
    source: Any = senses.sources[config.wrench]
    return _drives(member, config, felt, source.frame, look(), payload.most(senses, t))


def _drives(member: Member, config: Pushed, felt: Wrench, frame: str, situation: Any, most: float) -> bool:
    """Whether what is ``felt`` in ``frame`` is a push that does work on joints, whatever up to ``most`` kg is carried.

    Power is linear in what is carried, so it is least with nothing, or with all of it.
    """
    rotation = situation.now.link(frame)[:3, :3]
    wrench = turned(np.concatenate([felt.force, felt.torque]), rotation)
    moves = situation.now.frame_jacobian(frame)[:, situation.joints[member.name]] @ member.chart.measured
    if not most:
        return float(wrench @ moves) > 0.0
    weight = most * _weight(situation, frame)
    works = min(float(wrench @ moves), float((wrench - weight) @ moves)) > 0.0
    return works and not _carried(wrench, weight, config)


def _weight(situation: Any, frame: str) -> Array:
    """What a kilogram in the tool is felt as (6,) about the origin of ``frame``, in the base's axes, N and Nm."""
    now, tool = situation.now, situation.tool or frame
    sensor, hand = (int(now.model.link_body[now.model.link(name)]) for name in (frame, tool))
    if sensor and not now.model.supports[hand, sensor - 1]:
        return np.zeros(6)  # it hangs on another limb
    lever = now.link(tool)[:3, 3] - now.link(frame)[:3, 3]
    return np.concatenate([EARTH, np.cross(lever, EARTH)])


def _carried(wrench: Array, weight: Array, config: Pushed) -> bool:
    """Whether some share of ``weight`` (6,) leaves of ``wrench`` (6,) neither a force nor a torque that is a push.

    ``|w - s g| <= bound`` holds for the shares ``s`` within an interval, of the force and of the torque each.
    """
    least, most = 0.0, 1.0
    for part, bound in ((slice(0, 3), config.force), (slice(3, 6), config.torque)):
        felt, own = wrench[part], weight[part]
        square = float(own @ own)
        best = float(felt @ own) / square if square else 0.0
        room = bound**2 - float(np.square(felt - best * own).sum())
        if room < 0.0:
            return False
        reach = math.sqrt(room / square) if square else math.inf
        least, most = max(least, best - reach), min(most, best + reach)
    return least <= most

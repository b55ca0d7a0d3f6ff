"""Joint velocity: how fast each joint may turn or slide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.limits.affine import largest_share
from iatro_governor.limits.body_rows import joint_box
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.doses import Doses, divided
from iatro_governor.limits.joint_trips import too_fast
from iatro_governor.limits.kinds import JOINT_MOTION
from iatro_governor.limits.landmarks import Reach
from iatro_governor.limits.limit import ROUNDING, Cap, Example, Limit, LimitConfig
from iatro_governor.limits.rows import Rows
from iatro_governor.limits.trip import Challenge
from iatro_governor.profile.joint_channels import EachPositive


class JointVelocityConfig(LimitConfig):
    """``bounds``: rad/s or m/s, one for each joint of the channel, in its order."""

    example: ClassVar[Example] = {"bounds": [1.0, 1.0]}
    doses: ClassVar[Doses] = {"bounds": divided}

    kind: Literal["joint_velocity"]
    bounds: EachPositive


class JointVelocityLimit(Limit[JointVelocityConfig]):
    """``|qd_i| <= bounds_i``; a level limit, closed form. Where ``u`` is no velocity: of what it leads to."""

    model = JointVelocityConfig
    unit = "rad/s"
    fits = JOINT_MOTION
    view = "body"

    def __init__(self, config: JointVelocityConfig) -> None:
        super().__init__(config)
        self._bounds = np.array(config.bounds)
        self._sure = [bound * (1.0 - ROUNDING) for bound in config.bounds]
        self._own: list[int] | None = None

    @property
    def each(self) -> tuple[float, ...]:
        """rad/s or m/s."""
        return self.config.bounds

    def idle(self, situation: BodySituation, reach: Reach) -> bool:
        """No joint is that fast."""
        if self._own is None:
            self._own = situation.joints[self.config.channel].tolist()
        return all(reach.fastest[i] <= bound for i, bound in zip(self._own, self._sure, strict=True))

    def rows(self, situation: BodySituation) -> Rows:
        """The bound itself; beyond it nothing goes further."""
        return joint_box(situation, self.config.channel, -self._bounds, self._bounds)

    def trips(self, scenes: Sequence[Any]) -> Iterator[Challenge]:
        """Each joint, both ways, at twice its bound."""
        yield from too_fast(scenes[0], self.config.channel, self.config.bounds)

    def cap(self, command: Array, situation: BodySituation) -> Cap:
        """Scale down until the fastest joint, for its bound, is at it."""
        own = situation.joints[self.config.channel]
        start = situation.still[own]
        rates = situation.rates(command)[own]
        scale, joint = largest_share(start, rates - start, self._bounds)
        if scale >= 1.0:
            joint = int(np.argmax(np.abs(rates) / self._bounds))
        beyond = np.abs(situation.rates(situation.anchor)[own]) - self._bounds
        return Cap(scale, abs(float(rates[joint])), self.config.bounds[joint], max(float(beyond.max()), 0.0))

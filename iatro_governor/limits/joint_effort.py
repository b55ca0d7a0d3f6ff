"""Joint effort: how hard each joint may push or turn, what holds the arm included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.limits.affine import largest_share
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.doses import Doses, divided
from iatro_governor.limits.limit import Cap, Example, Limit, LimitConfig, excess
from iatro_governor.limits.trip import Challenge, beyond_each
from iatro_governor.profile.joint_channels import EachPositive


class JointEffortConfig(LimitConfig):
    """``bounds``: Nm or N, one for each joint of the channel, in its order."""

    example: ClassVar[Example] = {"bounds": [20.0, 10.0]}
    doses: ClassVar[Doses] = {"bounds": divided}

    kind: Literal["joint_effort"]
    bounds: EachPositive


class JointEffortLimit(Limit[JointEffortConfig]):
    """``|tau_stop + u| <= bounds`` for each joint; a level limit, closed form.

    What a stop itself asks for is never cut, or the arm would fall: a joint that holds more than its bound may not push
    further, and may ease.
    """

    model = JointEffortConfig
    unit = "Nm"
    fits = frozenset({"joint_effort"})
    view = "body"

    def __init__(self, config: JointEffortConfig) -> None:
        super().__init__(config)
        self._bounds = np.array(config.bounds)

    @property
    def each(self) -> tuple[float, ...]:
        """Nm or N."""
        return self.config.bounds

    def trips(self, scenes: Sequence[Any]) -> Iterator[Challenge]:
        """Each joint, both ways, by twice its bound beyond what a stop asks for, and by that, too."""
        place = scenes[0].place(self.config.channel)
        holding = np.abs(scenes[0].rest.get(self.config.channel, np.zeros(len(self._bounds))))
        yield from beyond_each(scenes[0], place, (self._bounds + holding).tolist())

    def cap(self, command: Array, situation: BodySituation) -> Cap:
        """Scale down until the joint that pushes hardest, for its bound, is at it."""
        channel = self.config.channel
        added, standing = situation.own(channel, command), situation.own(channel, situation.anchor)
        holding = situation.rest.get(channel, np.zeros(len(added)))
        scale, joint = largest_share(holding, added, self._bounds)
        efforts = np.abs(holding + added)
        if scale >= 1.0:
            joint = int(np.argmax(efforts / self._bounds))
        # Only what is published beyond holding is an excess: the weight of the arm is nobody's doing.
        allowed = np.maximum(self._bounds, np.abs(holding))
        over = excess(float((np.abs(holding + standing) - allowed).max()), 0.0)
        return Cap(scale, float(efforts[joint]), self.config.bounds[joint], over)

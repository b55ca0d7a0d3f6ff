"""Payload: joints move slower with something in the hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from iatro_governor.body.planar import Array
from iatro_governor.limits.affine import largest_share
from iatro_governor.limits.body_rows import joint_box
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.doses import Doses, share
from iatro_governor.limits.joint_trips import too_fast
from iatro_governor.limits.kinds import JOINT_MOTION
from iatro_governor.limits.limit import Cap, Example, Limit, LimitConfig, excess
from iatro_governor.limits.rows import Rows
from iatro_governor.limits.trip import Challenge
from iatro_governor.profile.base import Name, NonNegative, Part, Positive
from iatro_governor.profile.joint_channels import EachPositive


class Held(Part):
    """The flag of a trusted source, never the planner, that says whether anything is held."""

    flags: Name
    flag: Name


class PayloadConfig(LimitConfig):
    """``bounds``: rad/s or m/s, of each joint of the channel with an empty hand; ``share`` of it with ``rated`` kg."""

    example: ClassVar[Example] = {"bounds": [1.0, 1.0], "mass": 1.0, "rated": 2.0, "share": 0.5}
    doses: ClassVar[Doses] = {"share": share}

    kind: Literal["payload"]
    bounds: EachPositive
    mass: NonNegative
    """The largest mass that the hand carries, kg."""
    rated: Positive
    """The largest mass that it may carry at all, kg."""
    share: Annotated[float, Field(strict=True, gt=0, le=1)]
    held: Held | None = None
    """What says that the hand is empty; without it, or while it is unknown or stale, ``mass`` is in it."""

    @model_validator(mode="after")
    def _bearable(self) -> PayloadConfig:
        if self.mass > self.rated:
            raise ValueError("mass must be at most rated: the hand may not carry more")
        return self


class PayloadLimit(Limit[PayloadConfig]):
    """``|qd_i| <= (1 - (1 - share) m / rated) bounds_i`` with m kg in the hand; a level limit.

    It scales bounds on joint velocities, and nothing else. Stopping distances do not know of the load: decelerations of
    the stop modes must be those measured with ``mass`` in the hand. Efforts have bounds of their own.
    """

    model = PayloadConfig
    unit = "rad/s"
    fits = JOINT_MOTION
    view = "body"

    def __init__(self, config: PayloadConfig) -> None:
        super().__init__(config)
        self._empty = np.array(config.bounds)
        self._loaded = self._empty * (1.0 - (1.0 - config.share) * config.mass / config.rated)

    @property
    def each(self) -> tuple[float, ...]:
        """rad/s or m/s, with the load."""
        return tuple(self._loaded.tolist())

    def _bounds(self, situation: BodySituation) -> Array:
        held = self.config.held
        if held is not None and situation.sensed.flags.get(held.flags, {}).get(held.flag) is False:
            return self._empty
        return self._loaded

    def trips(self, scenes: Sequence[Any]) -> Iterator[Challenge]:
        """Each joint, both ways, at twice its bound."""
        yield from too_fast(scenes[0], self.config.channel, self.config.bounds)

    def rows(self, situation: BodySituation) -> Rows:
        """The bound itself; beyond it nothing goes further."""
        bounds = self._bounds(situation)
        return joint_box(situation, self.config.channel, -bounds, bounds)

    def cap(self, command: Array, situation: BodySituation) -> Cap:
        """Scale down until the fastest joint, for its bound, is at it."""
        own, bounds = situation.joints[self.config.channel], self._bounds(situation)
        start = situation.still[own]
        rates = situation.rates(command)[own]
        scale, joint = largest_share(start, rates - start, bounds)
        if scale >= 1.0:
            joint = int(np.argmax(np.abs(rates) / bounds))
        over = excess(float((np.abs(situation.rates(situation.anchor)[own]) - bounds).max()), 0.0)
        return Cap(scale, abs(float(rates[joint])), float(bounds[joint]), over)

"""Keep-out zones: places that the footprint must not enter, and figures around the body that nothing may enter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Rollouts
from iatro_governor.body.shape import Shape
from iatro_governor.limits.doses import Doses, grown
from iatro_governor.limits.ground import Ground
from iatro_governor.limits.keeping import Keeper
from iatro_governor.limits.limit import Cap, Clearance, Example, Limit
from iatro_governor.limits.rows import Rows
from iatro_governor.limits.situation import Situation
from iatro_governor.limits.span import Span
from iatro_governor.limits.staying import Stay, StayingConfig
from iatro_governor.limits.trip import Challenge
from iatro_governor.profile.base import Name


class ZoneConfig(StayingConfig):
    """``figure``: fixed to the ground, or carried by the body and guarded against the returns of ``sources``."""

    example: ClassVar[Example] = {
        "frame": "odom",
        "figure": {"polygon": {"corners": [[1.0, -0.5], [2.0, -0.5], [2.0, 0.5], [1.0, 0.5]]}},
        "margin": 0.05,
    }
    doses: ClassVar[Doses] = {"margin": grown}

    kind: Literal["zone"]
    sources: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _sources(self) -> ZoneConfig:
        if (self.frame == "body") != bool(self.sources):
            raise ValueError("a zone in the body frame needs sources, one on the ground takes none")
        return self


class ZoneLimit(Limit[ZoneConfig]):
    """A clearance limit; leaving an entered zone is allowed, going deeper is not.

    How deep the footprint is in it is the least way straight out, whichever way that is: what stands across a strip
    leaves to the nearer side. A box in a convex zone can always leave straight ahead or straight back. Where zone and
    footprint are more than 9 pairs of convex parts (a box, and a zone of 9 corners that point inwards) it is the way
    out of the pair that is deepest in each other: another may lie behind it.
    """

    model = ZoneConfig
    unit = "m"

    def __init__(self, config: ZoneConfig) -> None:
        super().__init__(config)
        self._ground = Ground(config)
        self._stay = Stay(self._ground, config)
        self._keeper = Keeper(config.sources, config.margin, 0.0, config.noise, config.retreat_speed)
        self._carried = config.frame == "body"

    def _figure(self, situation: Situation) -> Shape:
        shape = self._ground.shape(situation)
        assert shape is not None  # the profile has been checked
        return shape

    def trips(self, scenes: Sequence[Any]) -> Iterator[Challenge]:
        """At its edge; where the body carries it, whatever may come near."""
        return super().trips(scenes) if self._carried else self._stay.trips(scenes, self.faces)

    def cap(self, command: Array, situation: Situation) -> Cap | None:
        """Retreat slowly while the zone is entered."""
        if self._carried:
            return self._keeper.retreat(command, self._figure(situation), situation)
        return self._stay.cap(command, situation)

    def clear(
        self, rollouts: Rollouts, situation: Situation, tolerance: float = 0.0
    ) -> NDArray[np.bool_] | None:
        """Stay out along the way to rest."""
        if self._carried:
            eased = min(tolerance, self.config.noise)
            return self._keeper.clear(self._figure(situation), rollouts, situation, eased)
        return self._stay.clear(rollouts, situation, tolerance)

    def idle(self, situation: Situation, reach: Span) -> bool:
        """The place is far; a figure that the body carries is looked at."""
        return not self._carried and self._stay.idle(situation, reach)

    def eased(self, margin: float, speed: float) -> ZoneLimit:
        """Nearer, or as deep as the margin says."""
        return ZoneLimit(self.config.model_copy(update={"margin": margin}))

    def rows(self, situation: Situation) -> Rows | None:
        """How fast the zone, or what may not enter it, may be closed in on."""
        if self._carried:
            return self._keeper.rows(self._figure(situation), situation)
        return self._stay.rows(situation)

    def clearance(self, situation: Situation) -> Clearance | None:
        """Distance from the zone, negative inside."""
        if self._carried:
            return self._keeper.clearance(self._figure(situation), situation)
        return self._stay.clearance(situation)

    def present(self, situation: Situation) -> bool | None:
        """Whether any part of the footprint is in the zone, or what is watched in a figure that is carried."""
        clearance = self.clearance(situation)
        return None if clearance is None else clearance.now <= 0.0

    def least_ahead(self, rollouts: Rollouts, situation: Situation) -> float | None:
        """Nearest point of the zone, or of what may not enter it, on the way."""
        if self._carried:
            return self._keeper.least_ahead(self._figure(situation), rollouts, situation)
        return self._stay.least_ahead(rollouts, situation)

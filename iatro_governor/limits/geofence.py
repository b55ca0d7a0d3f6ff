"""Geofences: areas on the ground that no part of the footprint may leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Rollouts
from iatro_governor.limits.doses import Doses, grown
from iatro_governor.limits.ground import Ground
from iatro_governor.limits.limit import Cap, Clearance, Example, Limit
from iatro_governor.limits.rows import Rows
from iatro_governor.limits.situation import Situation
from iatro_governor.limits.staying import Stay, StayingConfig
from iatro_governor.limits.trip import Challenge
from iatro_governor.limits.zones import FenceGauge


class GeofenceConfig(StayingConfig):
    """``figure``: a circle or polygon in odom or map, that the whole footprint stays inside."""

    example: ClassVar[Example] = {
        "frame": "odom",
        "figure": {"polygon": {"corners": [[-2.0, -2.0], [3.0, -2.0], [3.0, 2.0], [-2.0, 2.0]]}},
        "margin": 0.05,
    }
    doses: ClassVar[Doses] = {"margin": grown}

    kind: Literal["geofence"]

    @model_validator(mode="after")
    def _flat(self) -> GeofenceConfig:
        if self.frame == "body":
            raise ValueError("a fence that the body carries along would never hold it; give odom or map")
        if self.figure.circle is None and self.figure.polygon is None:
            raise ValueError("give a circle or a polygon: a base leaves no volume by its height")
        return self


class GeofenceLimit(Limit[GeofenceConfig]):
    """A clearance limit; from outside coming back is allowed, going further is not."""

    model = GeofenceConfig
    unit = "m"

    def __init__(self, config: GeofenceConfig) -> None:
        super().__init__(config)
        self._stay = Stay(Ground(config, FenceGauge), config)

    def trips(self, scenes: Sequence[Any]) -> Iterator[Challenge]:
        """At its edge."""
        yield from self._stay.trips(scenes, self.faces)

    def cap(self, command: Array, situation: Situation) -> Cap | None:
        """Come back slowly."""
        return self._stay.cap(command, situation)

    def clear(
        self, rollouts: Rollouts, situation: Situation, tolerance: float = 0.0
    ) -> NDArray[np.bool_] | None:
        """Stay inside along the way to rest."""
        return self._stay.clear(rollouts, situation, tolerance)

    def eased(self, margin: float, speed: float) -> GeofenceLimit:
        """Nearer, or as far outside as the margin says."""
        return GeofenceLimit(self.config.model_copy(update={"margin": margin}))

    def rows(self, situation: Situation) -> Rows | None:
        """How fast the fence may be closed in on."""
        return self._stay.rows(situation)

    def clearance(self, situation: Situation) -> Clearance | None:
        """Distance from the fence, negative outside."""
        return self._stay.clearance(situation)

    def least_ahead(self, rollouts: Rollouts, situation: Situation) -> float | None:
        """Nearest point of the fence on the way."""
        return self._stay.least_ahead(rollouts, situation)

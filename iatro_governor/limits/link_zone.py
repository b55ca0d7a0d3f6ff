"""Keep-out volumes: places that no link may enter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from iatro_governor.body.model import ArmModel, Indices
from iatro_governor.body.planar import Array
from iatro_governor.body.volumes import Volume
from iatro_governor.body.ways import Ways
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.doses import Doses, grown
from iatro_governor.limits.kinds import BODY_MOTION
from iatro_governor.limits.landmarks import Reach
from iatro_governor.limits.limit import Cap, Clearance, Example, Limit
from iatro_governor.limits.link_keeping import LinkKeeper, Measure
from iatro_governor.limits.rows import Rows
from iatro_governor.limits.trip import Challenge
from iatro_governor.limits.volume_frame import VolumeConfig, VolumeFrame
from iatro_governor.profile.base import NonNegative, Positive
from iatro_governor.profile.joint_channels import JointName

Links = Annotated[tuple[JointName, ...], Field(min_length=1)]


class LinkKeepingConfig(VolumeConfig):
    """What keep-out and keep-in have in common."""

    links: Links | None = None
    """The links that are kept; all by default."""
    margin: NonNegative = 0.0
    """Distance kept, m."""
    noise: NonNegative = 0.005
    """How far two measurements of the same posture may differ, m."""
    retreat_speed: Positive = 0.1
    """Fastest point of the body while the margin is broken, m/s."""


class LinkZoneConfig(LinkKeepingConfig):
    """No link enters ``volume``."""

    example: ClassVar[Example] = {
        "volume": {"box": {"size": [0.4, 0.4, 0.4], "pose": [0.9, 0.9, 0.2, 0.0, 0.0, 0.0]}},
        "margin": 0.02,
    }
    doses: ClassVar[Doses] = {"margin": grown}

    kind: Literal["link_zone"]


class LinkKeepingLimit(Limit[LinkKeepingConfig]):
    """A clearance limit on links; leaving what is entered is allowed, going deeper is not."""

    unit = "m"
    fits = BODY_MOTION
    view = "body"

    def __init__(self, config: LinkKeepingConfig, measure: Measure, volume: Volume) -> None:
        super().__init__(config)
        self.volume = volume
        self._keeper = LinkKeeper(
            measure, VolumeFrame(config), config.links, config.margin, config.noise, config.retreat_speed
        )

    def capsules(self, model: ArmModel) -> Indices:
        """Numbers (k,) of the capsules that are kept."""
        return self._keeper.capsules(model)

    def trips(self, scenes: Sequence[Any]) -> Iterator[Challenge]:
        """At its surface."""
        place = scenes[0].place(self.config.channel)
        yield from self._keeper.trips(scenes[0], place, self.volume.bounding_ball, self.faces)

    def cap(self, command: Array, situation: BodySituation) -> Cap | None:
        """Retreat slowly while the margin is broken."""
        return self._keeper.retreat(command, situation)

    def clear(
        self, rollouts: Ways, situation: BodySituation, tolerance: float = 0.0
    ) -> NDArray[np.bool_] | None:
        """Keep the margin along the way to rest."""
        return self._keeper.clear(rollouts, situation, min(tolerance, self.config.noise))

    def rows(self, situation: BodySituation) -> Rows | None:
        """How fast near links may close in."""
        return self._keeper.rows(situation)

    def idle(self, situation: BodySituation, reach: Reach) -> bool:
        """Nothing near."""
        return reach.misses(self._keeper.measure) or self._keeper.idle(situation, reach)

    def about(self, situation: BodySituation) -> str | None:
        """The nearest link."""
        return self._keeper.nearest(situation)

    def clearance(self, situation: BodySituation) -> Clearance | None:
        """Of the nearest link."""
        return self._keeper.clearance(situation)

    def least_ahead(self, rollouts: Ways, situation: BodySituation) -> float | None:
        """Of the nearest link on the way."""
        return self._keeper.least_ahead(rollouts, situation)

    def judged_ahead(self, rollouts: Ways, situation: BodySituation) -> float | None:
        """Of each link by its own half step."""
        judged = self._keeper.judged_ahead(rollouts, situation)
        return super().judged_ahead(rollouts, situation) if judged is None else judged


class LinkZoneLimit(LinkKeepingLimit):
    """Keeps the links outside a volume: along the way to rest none comes nearer to it than a margin."""

    model = LinkZoneConfig

    def present(self, situation: BodySituation) -> bool | None:
        """Whether any kept link is in the volume."""
        clearance = self.clearance(situation)
        return None if clearance is None else clearance.now <= 0.0

    def __init__(self, config: LinkZoneConfig) -> None:
        volume = config.volume.volume()
        super().__init__(config, volume, volume)

    def eased(self, margin: float, speed: float) -> LinkZoneLimit:
        """Nearer, or as deep as the margin says."""
        config = self.config.model_copy(update={"margin": margin})
        assert isinstance(config, LinkZoneConfig)
        return LinkZoneLimit(config)

"""A robot's whole configuration."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from iatro_governor.profile.base import Name, Part
from iatro_governor.profile.every_channel import ChannelConfig
from iatro_governor.profile.faults import FaultOverride
from iatro_governor.profile.latching import UNLESS_GIVEN, RepeatedStops
from iatro_governor.profile.robot import Robot
from iatro_governor.profile.sources import SourceConfig
from iatro_governor.profile.witnessing import Witnessing

HEARTBEAT_S = 0.1
"""From one heartbeat of the governor to the next, s."""


class LoopTiming(Part):
    """The governor's own loop."""

    rate_hz: Annotated[float, Field(strict=True, ge=10, le=1000)] = 100.0
    max_gap_s: Annotated[float, Field(strict=True, gt=0, le=1)] = 0.25
    """A loop that was late by more than this has overrun, s."""
    covered_gap_s: Annotated[float, Field(strict=True, ge=0, le=2)] = 0.0
    """What stands is reckoned to go on for this long before any stop, s: in gaps of the loop up to that, margins hold.

    0: for a period, or as long as the loop was late of late.
    """

    @property
    def patience_s(self) -> float:
        """A governor that has been silent for so long is taken for dead by the watch, s."""
        return self.max_gap_s + HEARTBEAT_S


class ProfileData(Part):
    """The file as it stands, but for its limits, which belong to the registry of limits."""

    version: Annotated[int, Field(strict=True, ge=1, le=1)]
    robot: Robot
    loop: LoopTiming = LoopTiming()
    lease_grace_s: Annotated[float, Field(strict=True, ge=0, le=10)] = 1.0
    """A foreign publisher counts after this long, so that the ghost of a killed governor does not."""
    operator_key: Annotated[str, Field(min_length=1, max_length=400)] | None = None
    """File of the key that signs resets, from this file's folder; IATRO_OPERATOR_KEY comes first. None: no resets."""
    faults: Annotated[dict[Name, FaultOverride], Field(default_factory=dict)]
    """Rows of the fault ladder that are stronger on this robot, by name."""
    unsafe_shadow: bool = Field(default=False, strict=True)
    """Decide and record, and let every command out as it came: nothing is enforced."""
    repeated_stops: RepeatedStops = UNLESS_GIVEN
    """Protective stops that latch when they come again and again."""
    witness: Witnessing = Witnessing()
    """What the witness judges words against actions by."""
    sources: Annotated[dict[Name, SourceConfig], Field(min_length=1)]
    channels: Annotated[dict[Name, ChannelConfig], Field(min_length=1)]

"""When protective stops are so many that an operator has to look."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from iatro_governor.profile.base import Part, Source


class RepeatedStops(Part):
    """So many protective stops within so long latch."""

    count: Annotated[int, Field(strict=True, ge=1, le=20)]
    """Protective stops, of any channels."""
    within_s: Annotated[float, Field(strict=True, ge=10, le=3600)]
    """Seconds."""
    source: Source
    """Where both numbers come from."""


UNLESS_GIVEN = RepeatedStops(
    count=5,
    within_s=60.0,
    source="a protective stop every twelve seconds is no work; the risk assessment may say fewer",
)

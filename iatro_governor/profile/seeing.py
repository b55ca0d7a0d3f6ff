"""Sources that see in three dimensions, or along one cone: point clouds and single ranges."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from iatro_governor.profile.base import Finite, Name, NonNegative, Part, Positive, Source, because
from iatro_governor.profile.figures import Mounted
from iatro_governor.profile.source_part import SourcePart

Vector3 = tuple[Finite, Finite, Finite]
NearEnd = Annotated[float, Field(strict=True, ge=0, le=2)]
Share = Annotated[
    float,
    Field(strict=True, ge=0, le=0.95),
    because("a sensor that sees nothing at all would be a healthy one"),
]
FEWER = because("whatever returns fewer is not there: a post, a leg, a cable; dust is a few points")
ZeroMeans = Literal["obstacle", "unknown", "no_return"]


class Block(Part):
    """A box along the axes of the base frame; points in it are the robot itself."""

    low: Vector3
    high: Vector3

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not all(low < high for low, high in zip(self.low, self.high, strict=True)):
            raise ValueError("low must be below high along each axis")
        return self


class PointsSource(SourcePart):
    """A cloud of points, sensor_msgs/PointCloud2: a depth camera or a 3-D lidar.

    A point between the heights of ``height`` is an obstacle to a base. Every point, on the floor too, shows that its
    ray was free.
    """

    type: Literal["points"]
    frame: Name
    pose: Mounted
    """[x, y, z, roll, pitch, yaw] of the sensor in the base frame, m and rad, the optical frame's turn included."""
    field_of_view: tuple[Finite, Finite]
    """First and last bearing that is looked at, rad, about the sensor, from the base's x axis, counter-clockwise."""
    height: tuple[Finite, Finite]
    """Lowest and highest point of an obstacle, m above the base frame's origin; the sensor stands between them."""
    range_max: Annotated[float, Field(strict=True, gt=0, le=200)]
    """Distance along the ground to which the sensor is believed, m."""
    cell: Annotated[float, Field(strict=True, ge=0.005, le=0.2)] = 0.02
    """Points in a square of this side, m, are one; clearances are lessened by its diagonal."""
    voxel: Annotated[float, Field(strict=True, ge=0.005, le=0.2)] = 0.04
    """The same in three dimensions, for the links of an arm."""
    bearing_step: Annotated[float, Field(strict=True, ge=0.002, le=0.1)] = 0.02
    """Angle within which one ray shows what is free, rad."""
    max_unknown: Share = 0.5
    """Largest share of points without finite coordinates in a usable cloud."""
    least_points: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] = 1
    """Fewest finite points of a usable cloud: a covered sensor sees none."""
    empty_means: Literal["unknown", "free"] = "unknown"
    """What a bearing without any point is: not seen, or free as far as ``range_max``."""
    zero_means: Literal["obstacle", "unknown"] = "obstacle"
    """What a point in the sensor's very origin is: something that covers it, or no point."""
    min_points: Annotated[int, Field(strict=True, ge=1, le=1_000), FEWER] = 1
    """Points closer together than ``cluster_gap`` that make an obstacle."""
    cluster_gap: Annotated[float, Field(strict=True, ge=0.05, le=5)] = 0.3
    """Points further apart than this, m, do not join one obstacle; those within a third of it do."""
    own_inset: NonNegative | None = None
    """Points deeper inside the footprint than this, m, and at the body's heights, are the robot; none: no point is."""
    own_boxes: Annotated[tuple[Block, ...], Field(max_length=32)] = ()
    """More places whose points are the robot itself."""

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        _check_view(self.field_of_view)
        low, high = self.height
        if not low < high:
            raise ValueError("height must rise from lowest to highest")
        if not low <= self.pose[2] <= high:
            raise ValueError(
                f"the sensor stands at {self.pose[2]} m, outside height: it would not see what it must"
            )
        return self


class RangeSource(SourcePart):
    """One range along a cone, sensor_msgs/Range: whatever returned it may stand anywhere across the cone."""

    type: Literal["range"]
    frame: Name
    pose: Mounted
    """[x, y, z, roll, pitch, yaw] of the sensor in the base frame, m and rad; it looks along x, pitch 0."""
    field_of_view: Annotated[float, Field(strict=True, gt=0.01, le=math.pi)]
    """Whole angle of the cone, rad."""
    range_max: Positive
    """Distance to which the sensor is believed, m: without a return, so much is free."""
    max_range_min: NearEnd = 0.3
    """Largest ``range_min`` that a message may have, m: what is nearer is only known to be nearer."""
    zero_means: ZeroMeans = "obstacle"
    """What a range of 0 is; no_return, as some drivers have it, needs ``zero_means_source``."""
    zero_means_source: Source | None = None
    """Who says that this driver sends 0 where nothing returned: a sensor that is covered or dead sends it, too."""

    @model_validator(mode="after")
    def _plane(self) -> Self:
        check_zero(self.zero_means, self.zero_means_source)
        if self.pose[4] != 0:
            raise ValueError("a range must look along the plane of motion: pitch 0")
        return self


def check_zero(meaning: ZeroMeans, said: str | None) -> None:
    """Raises ValueError where 0 is free space and nobody says so, or somebody does and it is not."""
    if (meaning == "no_return") != (said is not None):
        raise ValueError(
            "zero_means no_return needs zero_means_source, and no other takes it: 0 is also what a sensor tells "
            "that is covered, too near or dead; obstacle and unknown are safe"
        )


def _check_view(view: tuple[float, float]) -> None:
    first, last = view
    if not 0 < last - first <= 2 * math.pi + 1e-6:
        raise ValueError("field_of_view must rise from first to last bearing, over at most 2 pi")

"""Figures and placements as they are written in a profile."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from iatro_governor.body.shape import Box, Circle, Polygon, Shape, least_width, polygon
from iatro_governor.profile.base import Finite, Part, Positive, Vector2

THINNEST = 0.05
"""Least width of a polygon, m; the outline of a footprint in a fence is sampled at half of it."""


class CircleFigure(Part):
    """A disc."""

    radius: Positive
    centre: Vector2 = (0.0, 0.0)

    def shape(self) -> Circle:
        """The figure as geometry."""
        return Circle(self.centre, self.radius)


class PolygonFigure(Part):
    """A simple polygon, at least 0.05 m wide."""

    corners: Annotated[list[Vector2], Field(min_length=3, max_length=200)]

    @model_validator(mode="after")
    def _usable(self) -> PolygonFigure:
        corners = np.asarray(self.corners)
        if _crosses_itself(corners):
            raise ValueError(
                "the edges cross each other or touch; give the corners in order around the figure"
            )
        if (width := least_width(corners)) < THINNEST:
            raise ValueError(f"the polygon is {width:.3f} m wide; at least {THINNEST} m is needed")
        return self

    def shape(self) -> Polygon | Box:
        """The figure as geometry."""
        return polygon(np.asarray(self.corners, dtype=float))


class Figure(Part):
    """Either ``circle:`` or ``polygon:``."""

    circle: CircleFigure | None = None
    polygon: PolygonFigure | None = None

    @model_validator(mode="after")
    def _one(self) -> Figure:
        if (self.circle is None) == (self.polygon is None):
            raise ValueError("give exactly one of circle and polygon")
        return self

    def shape(self) -> Shape:
        """The figure as geometry."""
        chosen = self.circle or self.polygon
        assert chosen is not None  # _one has seen to it
        return chosen.shape()


Frame = Literal["odom", "map", "body"]


def localised(frame: Frame, localisation: str | None, what: str) -> None:
    """Raises ValueError where ``what`` stands in a map that nobody locates, or elsewhere and is located in one."""
    if (frame == "map") != (localisation is not None):
        raise ValueError(f"{what} in the map frame needs localisation, one in another takes none")


Pose6 = tuple[Finite, Finite, Finite, Finite, Finite, Finite]


def _written(value: Any) -> Any:
    """Refuses ``tf``, by name."""
    if value == "tf":
        raise ValueError(
            "a sensor's pose is not read from /tf_static, so that a profile alone says where it is: write it as "
            "[x, y, z, roll, pitch, yaw], as `ros2 run tf2_ros tf2_echo BASE_FRAME SENSOR_FRAME` prints it"
        )
    return value


Mounted = Annotated[Pose6, BeforeValidator(_written)]
"""Where a sensor is on its robot."""


def planar(pose: Pose6) -> tuple[float, float, float]:
    """x, y, yaw of ``[x, y, z, roll, pitch, yaw]``; a sensor upside down has its yaw mirrored by the caller."""
    return pose[0], pose[1], math.remainder(pose[5], 2 * math.pi)


def _crosses_itself(corners: np.ndarray) -> bool:
    n = len(corners)
    for i in range(n):
        for j in range(i + 1, n):
            if j - i in (1, n - 1):
                continue
            if _cross(corners[i], corners[(i + 1) % n], corners[j], corners[(j + 1) % n]):
                return True
    return False


def _cross(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> bool:
    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> float:
        return float((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))

    # Edges on one line, as the tops of a U, lie on no side of each other and need not touch.
    near = np.maximum(np.minimum(a, b), np.minimum(c, d)) <= np.minimum(np.maximum(a, b), np.maximum(c, d))
    return bool(near.all()) and side(a, b, c) * side(a, b, d) <= 0 and side(c, d, a) * side(c, d, b) <= 0

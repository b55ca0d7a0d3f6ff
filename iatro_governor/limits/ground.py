"""Areas on the ground, in the frame that they are fixed to, and how sure it is where that is."""

from __future__ import annotations

import math

import numpy as np
from pydantic import model_validator

from iatro_governor.body.localisation import Fix
from iatro_governor.body.planar import Array, compose
from iatro_governor.body.shape import Shape
from iatro_governor.limits.limit import LimitConfig
from iatro_governor.limits.situation import Situation
from iatro_governor.limits.zones import Gauge, ZoneGauge
from iatro_governor.profile.areas import Area
from iatro_governor.profile.base import Name
from iatro_governor.profile.figures import Frame, localised


class GroundConfig(LimitConfig):
    """What limits on areas have in common."""

    frame: Frame
    """odom and map: fixed to the ground. body: carried along, and looked at for the returns of ``sources``."""
    figure: Area
    localisation: Name | None = None
    """The source of the base's pose in the map; the area grows by what it is unsure of."""

    @model_validator(mode="after")
    def _localised(self) -> GroundConfig:
        localised(self.frame, self.localisation, "an area")
        return self


class Ground:
    """The area of a limit, as a body with a footprint finds it."""

    def __init__(self, config: GroundConfig, gauge: type[Gauge] = ZoneGauge) -> None:
        self._figure = config.figure
        self._localisation = config.localisation
        self._make = gauge
        self._shape: Shape | None = None
        self._gauge: Gauge | None = None
        self._flat = False
        self._seen: Situation | None = None
        self._least = 0.0
        self._exact: float | None = None
        self._disc: tuple[float, float, float] | None = None

    def shape(self, situation: Situation) -> Shape | None:
        """What it covers at the body's heights, in its own frame; None: nothing."""
        if not self._flat:
            self._shape, self._flat = self._figure.shape(*situation.height), True
        return self._shape

    def known(self, situation: Situation) -> bool:
        """Whether its frame is: a map is not before it was told where the base is."""
        return self._localisation is None or self._localisation in situation.fixes

    def now(self, situation: Situation, enough: float = math.inf) -> float:
        """Signed distance of the footprint, m; ``enough``: as of ``Gauge.distance``."""
        if self._seen is not situation:  # several questions about one moment
            self._seen, self._exact = situation, None
            self._least = float(self.along(situation, None, -math.inf))
        if self._least > enough:
            return self._least
        if self._exact is None:
            self._exact = float(self.along(situation, None))
        return self._exact

    def at_least(self, situation: Situation) -> float:
        """The footprint is no nearer than this, m, by the disc around the area; quick, for it may be less.

        Minus infinity where a map says where the area is.
        """
        if self._localisation is not None:
            return -math.inf
        if self._disc is None:
            self._disc = _disc(self.shape(situation))
        x, y, radius = self._disc
        base_x, base_y, _ = situation.pose.tolist()
        return math.hypot(base_x - x, base_y - y) - radius - situation.reach

    def along(self, situation: Situation, poses: Array | None, enough: float = math.inf) -> Array:
        """Signed distances (...,) at ``poses`` (..., 3) in the base frame of now, m; None: where it stands.

        ``enough``: as of ``Gauge.distance``.
        """
        fix = self._fix(situation)
        base = situation.pose if fix is None else fix.in_map(situation.pose)
        return self._measure(situation).distance(base if poses is None else compose(base, poses), enough)

    def unsure(self, situation: Situation, travel: Array | float) -> Array | float:
        """How far a distance after ``travel`` m may be wrong for the map's sake, m: a wrong heading leads astray."""
        fix = self._fix(situation)
        return 0.0 if fix is None else fix.shift + fix.turn * (situation.reach + travel)

    def _fix(self, situation: Situation) -> Fix | None:
        return None if self._localisation is None else situation.fixes[self._localisation]

    def _measure(self, situation: Situation) -> Gauge:
        if self._gauge is None:
            shape = self.shape(situation)
            assert shape is not None  # the profile has been checked
            self._gauge = self._make(shape, situation.footprint)
        return self._gauge


def _disc(shape: Shape | None) -> tuple[float, float, float]:
    """Centre and radius of a disc, m, that has ``shape`` in it."""
    assert shape is not None  # the profile has been checked
    points, radius = shape.keys
    x, y = ((points.min(axis=0) + points.max(axis=0)) / 2).tolist()
    return x, y, float(np.hypot(points[:, 0] - x, points[:, 1] - y).max()) + radius

"""Solid volumes as they are written in a profile."""

from __future__ import annotations

import numpy as np
from pydantic import model_validator

from iatro_governor.body.urdf import transform
from iatro_governor.body.volumes import Ball, BoxVolume, CapsuleVolume, PrismVolume, Volume
from iatro_governor.profile.base import Finite, Part, Positive, Vector3
from iatro_governor.profile.figures import PolygonFigure, Pose6


class BoxFigure(Part):
    """A box with sides ``size``, m; ``pose`` of its middle, [x, y, z, roll, pitch, yaw], m and rad."""

    size: tuple[Positive, Positive, Positive]
    pose: Pose6

    def volume(self) -> BoxVolume:
        """The box as geometry."""
        pose = np.asarray(self.pose, dtype=float)
        return BoxVolume(transform(pose[:3], pose[3:]), np.asarray(self.size, dtype=float))


class SphereFigure(Part):
    """A ball."""

    centre: Vector3
    radius: Positive

    def volume(self) -> Ball:
        """The ball as geometry."""
        return Ball(np.asarray(self.centre, dtype=float), self.radius)


class CapsuleFigure(Part):
    """A round rod: all within ``radius`` m of the segment from ``start`` to ``end``."""

    start: Vector3
    end: Vector3
    radius: Positive

    @model_validator(mode="after")
    def _long(self) -> CapsuleFigure:
        if self.start == self.end:
            raise ValueError("start and end are the same point; give a sphere")
        return self

    def volume(self) -> CapsuleVolume:
        """The rod as geometry."""
        return CapsuleVolume(np.array([self.start, self.end], dtype=float), self.radius)


class PrismFigure(PolygonFigure):
    """A simple polygon, at least 0.05 m wide, between the heights ``low`` and ``high``, m; without one, unbounded."""

    low: Finite | None = None
    high: Finite | None = None

    @model_validator(mode="after")
    def _upright(self) -> PrismFigure:
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ValueError(f"low, {self.low} m, must be below high, {self.high} m")
        return self

    def volume(self) -> PrismVolume:
        """The prism as geometry."""
        low = -np.inf if self.low is None else self.low
        high = np.inf if self.high is None else self.high
        return PrismVolume(np.asarray(self.corners, dtype=float), low, high)


class Volume3(Part):
    """One of ``box:``, ``sphere:``, ``capsule:`` and ``prism:``."""

    box: BoxFigure | None = None
    sphere: SphereFigure | None = None
    capsule: CapsuleFigure | None = None
    prism: PrismFigure | None = None

    @model_validator(mode="after")
    def _one(self) -> Volume3:
        if len(self._given()) != 1:
            raise ValueError("give exactly one of box, sphere, capsule and prism")
        return self

    def volume(self) -> Volume:
        """The volume as geometry."""
        return self._given()[0].volume()

    def _given(self) -> list[BoxFigure | SphereFigure | CapsuleFigure | PrismFigure]:
        parts = (self.box, self.sphere, self.capsule, self.prism)
        return [part for part in parts if part is not None]

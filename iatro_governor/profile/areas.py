"""Areas on the ground as they are written in a profile: flat figures, or what solid volumes cover."""

from __future__ import annotations

from pydantic import model_validator

from iatro_governor.body.shadow import shadow
from iatro_governor.body.shape import Shape
from iatro_governor.profile.base import Part
from iatro_governor.profile.figures import THINNEST, CircleFigure, PolygonFigure
from iatro_governor.profile.volumes import BoxFigure, CapsuleFigure, PrismFigure, SphereFigure


class Area(Part):
    """One of ``circle:``, ``polygon:``, and the solid ``box:``, ``sphere:``, ``capsule:``, ``prism:``.

    A solid counts at the heights of the body alone, above the ground that the base's origin travels on.
    """

    circle: CircleFigure | None = None
    polygon: PolygonFigure | None = None
    box: BoxFigure | None = None
    sphere: SphereFigure | None = None
    capsule: CapsuleFigure | None = None
    prism: PrismFigure | None = None

    @model_validator(mode="after")
    def _one(self) -> Area:
        if sum(getattr(self, name) is not None for name in type(self).model_fields) != 1:
            raise ValueError(f"give exactly one of {', '.join(type(self).model_fields)}")
        return self

    def shape(self, low: float, high: float) -> Shape | None:
        """What a body from ``low`` to ``high``, m, must look at; None where the area is above or below all of it."""
        if (flat := self.circle or self.polygon) is not None:
            return flat.shape()
        solid = self.box or self.sphere or self.capsule or self.prism
        assert solid is not None  # _one has seen to it
        return shadow(solid.volume(), low, high, THINNEST)

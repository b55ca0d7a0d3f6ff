"""A robot's description as plain data: links, what they are made of, and the joints that carry them."""

from __future__ import annotations

from dataclasses import dataclass

from iatro_governor.body.planar import Array

MOVING = ("revolute", "continuous", "prismatic")
"""Joint types with one degree of freedom."""
SHAPES = {
    "box": ("size",),
    "cylinder": ("radius", "length"),
    "capsule": ("radius", "length"),
    "sphere": ("radius",),
}
"""Attributes of each primitive, m."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """One shape on a link, or a mesh.

    kind: a key of ``SHAPES``, or mesh. size: its numbers in that order, m. placement: (4, 4) in the link's frame.
    """

    kind: str
    size: tuple[float, ...]
    filename: str
    scale: tuple[float, ...]
    placement: Array


@dataclass(frozen=True, slots=True)
class Inertial:
    """Mass kg, centre of mass (3,) m and inertia (3, 3) kg m2 about it, both in the link's frame."""

    mass: float
    centre: Array
    inertia: Array


@dataclass(frozen=True, slots=True)
class Link:
    """One rigid part."""

    name: str
    collision: tuple[Geometry, ...]
    visual: tuple[Geometry, ...]
    inertial: Inertial | None


@dataclass(frozen=True, slots=True)
class JointLimit:
    """Bounds of a joint, rad or m, rad/s or m/s, Nm or N; None where the description states none."""

    lower: float | None = None
    upper: float | None = None
    velocity: float | None = None
    effort: float | None = None


@dataclass(frozen=True, slots=True)
class Mimic:
    """A joint that follows another: ``q = multiplier * q_other + offset``."""

    joint: str
    multiplier: float
    offset: float


@dataclass(frozen=True, slots=True)
class Joint:
    """How a link hangs on its parent.

    placement: (4, 4) of the joint, at zero, in the parent's frame. axis: (3,) unit, in the joint's frame.
    """

    name: str
    kind: str
    parent: str
    child: str
    placement: Array
    axis: Array
    limit: JointLimit
    mimic: Mimic | None


@dataclass(frozen=True, slots=True)
class Description:
    """A whole robot: its joints in an order in which parents come first, as they stand in the text otherwise."""

    name: str
    root: str
    links: dict[str, Link]
    joints: tuple[Joint, ...]

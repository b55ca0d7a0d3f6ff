"""What can happen to a governor. Times ``t`` and stamps in seconds; no event carries words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from iatro_governor.body.planar import Array


@dataclass(frozen=True, slots=True)
class Knot:
    """A point of a trajectory as sent: ``time`` s after its start, positions rad or m; empty: not given."""

    time: float
    positions: tuple[float, ...]
    velocities: tuple[float, ...] = ()
    accelerations: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Command:
    """One message on a channel's input; ``values`` as sent, whatever they hold.

    A trajectory has ``names`` and ``points`` instead; its values are the positions of its last point.
    """

    t: float
    channel: str
    values: tuple[float, ...]
    stamp: float
    plan_id: str | None = None
    frame: str | None = None
    names: tuple[str, ...] = ()
    points: tuple[Knot, ...] | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """One planar scan; ``ranges`` (n,) m."""

    t: float
    source: str
    ranges: Array
    angle_min: float
    angle_increment: float
    range_min: float
    range_max: float
    stamp: float


@dataclass(frozen=True, slots=True)
class Points:
    """One cloud; ``xyz`` (n, 3) m in the sensor's frame."""

    t: float
    source: str
    xyz: NDArray[Any]
    stamp: float


@dataclass(frozen=True, slots=True)
class Range:
    """One range along a cone, m; ``angle`` of the whole cone as sent, rad, None: not said."""

    t: float
    source: str
    value: float
    range_min: float
    range_max: float
    angle: float | None
    stamp: float


@dataclass(frozen=True, slots=True)
class Odom:
    """``pose`` [x, y, z, qx, qy, qz, qw] of the base in odom, ``twist`` (6,) in the base frame."""

    t: float
    source: str
    pose: Array
    twist: Array
    stamp: float


@dataclass(frozen=True, slots=True)
class MapPose:
    """``pose`` [x, y, z, qx, qy, qz, qw] of the base in the map.

    covariance: (6, 6) of x, y, z and of the turns about them, or None; then ``sigma``: standard deviations of the
    place, m, and of the heading, rad.
    """

    t: float
    source: str
    pose: Array
    covariance: Array | None
    sigma: tuple[float, float] | None
    stamp: float


@dataclass(frozen=True, slots=True)
class Joints:
    """Measured joints by name: positions (n,) rad or m, velocities (n,); efforts (n,) Nm or N, NaN or None: unknown."""

    t: float
    source: str
    names: tuple[str, ...]
    position: Array
    velocity: Array
    effort: Array | None
    stamp: float


@dataclass(frozen=True, slots=True)
class Wrench:
    """Force (3,) N and torque (3,) Nm on the robot, in its source's frame. ``frame``: as sent, None: not said."""

    t: float
    source: str
    force: Array
    torque: Array
    stamp: float
    frame: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """A tracked body: position (3,) m and velocity (3,) m/s over ground; ``region`` of a person, None: all of it."""

    id: str
    position: Array
    velocity: Array
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Bodies:
    """All bodies that a tracker sees now, in ``frame``."""

    t: float
    source: str
    frame: str
    bodies: tuple[Body, ...]
    stamp: float


@dataclass(frozen=True, slots=True)
class Flags:
    """Facts from a trusted source."""

    t: float
    source: str
    values: dict[str, bool]
    stamp: float


@dataclass(frozen=True, slots=True)
class EStop:
    """The emergency stop input."""

    t: float
    pressed: bool
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Reset:
    """An attempt to release the latch."""

    t: float
    token: str


@dataclass(frozen=True, slots=True)
class Recover:
    """An operator's message that moves ``channel`` out of a trap by ``values``, m/s and rad/s.

    trap_id: what it was signed for. count: larger than that of the one before. stamp: when it was signed, s, by a clock
    that is ``offset`` s ahead of ``t``'s.
    """

    t: float
    channel: str
    values: tuple[float, ...]
    trap_id: str
    count: int
    stamp: float
    token: str
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One publisher of a topic; ``own`` marks the governor's."""

    node: str
    gid: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Publishers:
    """Everyone who publishes on ``topic`` now."""

    t: float
    topic: str
    endpoints: tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True)
class Malformed:
    """A message of ``kind`` (or a whole "line") that could not be read. ``of``: the channel or source it was for."""

    t: float
    kind: str
    of: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A condition that only the shell around the governor can see; ``name`` is a row of the ladder."""

    t: float
    name: str
    active: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """Share of the decision ring that is not acknowledged, 0 to 1."""

    t: float
    fraction: float


Look = Scan | Points | Range
"""What a source that sees has seen."""
Sensed = Look | Odom | MapPose | Joints | Wrench | Bodies | Flags
Event = Command | Sensed | EStop | Reset | Recover | Publishers | Malformed | Fault | Backlog

EVERYTHING = "*"
"""Subject of a malformed message that was for some channel or source of its kind and does not say for which."""

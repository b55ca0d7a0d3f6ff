"""Sources: what the governor trusts to know the body and its surroundings."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from iatro_governor.profile.base import Finite, Name, NonNegative, Positive, Source, because
from iatro_governor.profile.figures import Mounted
from iatro_governor.profile.seeing import (
    FEWER,
    NearEnd,
    PointsSource,
    RangeSource,
    Share,
    ZeroMeans,
    check_zero,
)
from iatro_governor.profile.source_part import SourcePart

RestSpeed = Annotated[
    float,
    Field(strict=True, gt=0, le=0.1, allow_inf_nan=False),
    because("what moves by itself more slowly than twice this is taken for a robot at rest"),
]
SpeedNoise = Annotated[
    float,
    Field(strict=True, ge=0, le=0.1, allow_inf_nan=False),
    because(
        "motion below three times this, which nobody commanded, passes for noise; filter what is noisier"
    ),
]
Jump = Annotated[
    float,
    Field(strict=True, gt=0, le=1.0, allow_inf_nan=False),
    because("what jumps further between two messages knows nothing of where the body is"),
]
Sigmas = Annotated[
    float,
    Field(strict=True, ge=1.0, le=100.0, allow_inf_nan=False),
    because("below one deviation an area hardly grows by what is not known of where the base is"),
]
Radius = Annotated[
    float,
    Field(strict=True, ge=0.02, le=5.0, allow_inf_nan=False),
    because("the ball must hold what is tracked: no finger is thinner than 0.02 m, and no crowd is one body"),
]
Region = Annotated[str, Field(min_length=1, max_length=64)]


class ScanSource(SourcePart):
    """A planar range scanner, sensor_msgs/LaserScan."""

    type: Literal["scan"]
    frame: Name
    pose: Mounted
    """[x, y, z, roll, pitch, yaw] of the sensor in the base frame, m and rad; roll 0 or pi, pitch 0."""
    field_of_view: tuple[Finite, Finite]
    """First and last bearing that the sensor sees, rad, in its own frame, counter-clockwise."""
    noise: NonNegative
    """Standard deviation of one range, m."""
    max_increment: Annotated[float, Field(strict=True, gt=0, le=0.1)] = 0.02
    """Coarsest angle between two beams, rad: what stands between them is not seen."""
    max_range_min: NearEnd = 0.3
    """Largest ``range_min`` that a message may have, m: what is nearer is only known to be nearer."""
    zero_means: ZeroMeans = "obstacle"
    """What a range of 0 is; no_return, as some drivers have it, needs ``zero_means_source``."""
    zero_means_source: Source | None = None
    """Who says that this driver sends 0 where nothing returned: a scanner that is covered or dead sends it, too."""
    max_unknown: Share = 0.5
    """Largest share of unknown ranges in a usable scan: NaN, and 0 where it is no obstacle."""
    min_points: Annotated[int, Field(strict=True, ge=1, le=20), FEWER] = 1
    """Returns closer together than ``cluster_gap`` that make an obstacle."""
    cluster_gap: Positive = 0.3
    """Neighbouring returns further apart than this, m, belong to different obstacles."""

    @model_validator(mode="after")
    def _plane(self) -> ScanSource:
        check_zero(self.zero_means, self.zero_means_source)
        first, last = self.field_of_view
        if not 0 < last - first <= 2 * math.pi + 1e-6:
            raise ValueError("field_of_view must rise from first to last bearing, over at most 2 pi")
        roll, pitch = self.pose[3], self.pose[4]
        if pitch != 0 or not (roll == 0 or math.isclose(abs(roll), math.pi, abs_tol=1e-3)):
            raise ValueError("a scan must lie in the plane of motion: pitch 0 and roll 0 or pi")
        return self


class OdomSource(SourcePart):
    """Odometry, nav_msgs/Odometry: pose of the base in odom, twist in the base frame."""

    type: Literal["odom"]
    rest_speed: RestSpeed = 0.01
    """Measured speeds below this count as rest, m/s and rad/s."""
    speed_noise: SpeedNoise = 0.0
    """Standard deviation of a measured speed, m/s and rad/s, beyond what counts as rest."""
    max_jump: Jump = 0.5
    """A pose further than this, m or rad, from where the last one and its twist lead is garbled."""


class MapPoseSource(SourcePart):
    """Where the base is in the map, geometry_msgs/PoseWithCovarianceStamped, as a localiser tells it all the time."""

    type: Literal["map_pose"]
    timeout_s: Annotated[float, Field(strict=True, gt=0, le=4)]
    """After so long without a pose it is stale, s; odometry is remembered little longer."""
    frame: Name = "map"
    sigmas: Sigmas
    """Standard deviations that areas in the map grow by; odometry's drift in ``timeout_s`` must be covered, too."""
    source: Source
    """Where ``sigmas`` comes from."""
    max_jump: Jump = 0.5
    """A pose further than this, m or rad, from where the last one and odometry lead is garbled."""


class FlagsSource(SourcePart):
    """Facts told by a trusted, non-planner node, each "true" or "false".

    As diagnostic_msgs/DiagnosticArray: the pairs of all its statuses. One message tells all of them.
    """

    type: Literal["flags"]
    names: Annotated[list[Name], Field(min_length=1)]


class EstopSource(SourcePart):
    """An emergency stop input, std_msgs/Bool. Never seen = pressed where it is required; pressed latches."""

    type: Literal["estop"]
    true_means: Literal["pressed", "released"] = "pressed"
    """A circuit that tells "released" is fail-safe: what a broken wire or a dead node leaves, false, is pressed."""
    stale_is_pressed: bool = False
    """Whether silence beyond ``timeout_s``, once it has spoken, presses it, which latches; required or not."""


class JointsSource(SourcePart):
    """Measured joints, sensor_msgs/JointState: any order, more joints than the channel's are allowed.

    An effort of NaN is not measured, as ros2_control's broadcaster says it; a position or velocity of NaN is garbled.
    """

    type: Literal["joints"]
    rest_speed: RestSpeed = 0.01
    """Measured speeds below this count as rest, rad/s or m/s."""
    speed_noise: SpeedNoise = 0.0
    """Standard deviation of a measured speed, rad/s or m/s, beyond what counts as rest."""
    max_jump: Jump = 0.5
    """A position further than this, rad or m, from where the last one and its velocity lead is garbled."""
    max_speed: Positive = 20.0
    """A velocity beyond this, rad/s or m/s, is no joint's, and garbled."""


class WrenchSource(SourcePart):
    """Force and torque on the robot, geometry_msgs/WrenchStamped, N and Nm in ``frame``."""

    type: Literal["wrench"]
    frame: Name
    """The link, or the frame fixed to it, that the sensor measures in."""


class BodiesSource(SourcePart):
    """People and other moving bodies, iatro_governor/TrackedBodies; silence is staleness, not emptiness."""

    type: Literal["bodies"]
    frame: Name = "odom"
    regions: Annotated[tuple[Region, ...], Field(min_length=1)] | None = None
    """All names by which it tells regions of people, to the letter; a body with any other has none."""
    radius: Radius
    """Of the ball that stands for a body about its tracked position, m: it must hold the region or the person."""
    source: Source
    """Where ``radius`` comes from."""


SourceConfig = Annotated[
    ScanSource
    | PointsSource
    | RangeSource
    | OdomSource
    | MapPoseSource
    | FlagsSource
    | EstopSource
    | JointsSource
    | WrenchSource
    | BodiesSource,
    Field(discriminator="type"),
]

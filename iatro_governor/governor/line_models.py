"""The shapes of event lines, one a type. Unknown keys are somebody else's and are left alone."""

from __future__ import annotations

import json
import math
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from iatro_governor.governor.events import (
    Bodies,
    Body,
    Command,
    Endpoint,
    EStop,
    Flags,
    Joints,
    Knot,
    MapPose,
    Odom,
    Points,
    Publishers,
    Range,
    Recover,
    Reset,
    Scan,
    Wrench,
)

Number = Annotated[float, Field(strict=True)]
Three = Annotated[list[Number], Field(min_length=3, max_length=3)]
FAR = math.inf
MOST_JOINTS = 256
MOST_POINTS = 10_000
MOST_CLOUD = 1_000_000


class Line(BaseModel):
    """One event line; unknown keys are somebody else's and are left alone."""

    model_config = ConfigDict(strict=True, frozen=True)
    t: Annotated[float, Field(allow_inf_nan=False)]


class PointPart(BaseModel):
    """A point of a trajectory."""

    model_config = ConfigDict(strict=True, frozen=True)
    time: Number
    positions: Annotated[list[Number], Field(max_length=MOST_JOINTS)]
    velocities: Annotated[list[Number], Field(max_length=MOST_JOINTS)] | None = None
    accelerations: Annotated[list[Number], Field(max_length=MOST_JOINTS)] | None = None

    def knot(self) -> Knot:
        """As the core takes it."""
        return Knot(
            self.time, tuple(self.positions), tuple(self.velocities or ()), tuple(self.accelerations or ())
        )


class CommandLine(Line):
    """A planner's command."""

    type: Literal["command"]
    channel: str
    values: list[Number] | None = None
    names: Annotated[list[str], Field(max_length=MOST_JOINTS)] | None = None
    points: Annotated[list[PointPart], Field(max_length=MOST_POINTS)] | None = None
    stamp: Number | None = None
    plan_id: str | None = None
    frame: str | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.values is None) == (self.points is None) or (self.points is None) != (self.names is None):
            raise ValueError("give either values, or names and points")
        return self

    def event(self) -> Command:
        """As the core takes it."""
        stamp = self.t if self.stamp is None else self.stamp
        if self.points is None:
            return Command(self.t, self.channel, tuple(self.values or ()), stamp, self.plan_id, self.frame)
        points = tuple(point.knot() for point in self.points)
        last = points[-1].positions if points else ()
        names = tuple(self.names or ())
        return Command(self.t, self.channel, last, stamp, self.plan_id, self.frame, names, points)


class ScanLine(Line):
    """A planar scan."""

    type: Literal["scan"]
    source: str
    ranges: list[Number]
    angle_min: Number
    angle_increment: Number
    range_min: Number = 0.0
    range_max: Number = FAR
    stamp: Number | None = None

    def event(self) -> Scan:
        """As the core takes it."""
        return Scan(
            self.t,
            self.source,
            np.array(self.ranges, dtype=float),
            self.angle_min,
            self.angle_increment,
            self.range_min,
            self.range_max,
            self.t if self.stamp is None else self.stamp,
        )


class PointsLine(Line):
    """A cloud of points."""

    type: Literal["points"]
    source: str
    xyz: Annotated[list[Three], Field(max_length=MOST_CLOUD)]
    stamp: Number | None = None

    def event(self) -> Points:
        """As the core takes it."""
        xyz = np.array(self.xyz, dtype=float).reshape(-1, 3)
        return Points(self.t, self.source, xyz, self.t if self.stamp is None else self.stamp)


class RangeLine(Line):
    """One range along a cone."""

    type: Literal["range"]
    source: str
    range: Number
    range_min: Number = 0.0
    range_max: Number = FAR
    field_of_view: Number | None = None
    stamp: Number | None = None

    def event(self) -> Range:
        """As the core takes it."""
        stamp = self.t if self.stamp is None else self.stamp
        limits = self.range_min, self.range_max, self.field_of_view
        return Range(self.t, self.source, self.range, *limits, stamp)


class OdomLine(Line):
    """Pose of the base in odom and twist in the base frame."""

    type: Literal["odom"]
    source: str | None = None
    pose: Annotated[list[Number], Field(min_length=7, max_length=7)]
    twist: Annotated[list[Number], Field(min_length=6, max_length=6)]
    stamp: Number | None = None

    def event(self) -> Odom:
        """As the core takes it; a line without a source is the robot's own odometry, ``odom``."""
        return Odom(
            self.t,
            self.source or "odom",
            np.array(self.pose),
            np.array(self.twist),
            self.t if self.stamp is None else self.stamp,
        )


class MapPoseLine(Line):
    """Pose of the base in the map, and how sure it is."""

    type: Literal["map_pose"]
    source: str
    pose: Annotated[list[Number], Field(min_length=7, max_length=7)]
    covariance: Annotated[list[Number], Field(min_length=36, max_length=36)] | None = None
    sigma: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = None
    stamp: Number | None = None

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if (self.covariance is None) == (self.sigma is None):
            raise ValueError("give either covariance, or sigma: [metres, radians]")
        return self

    def event(self) -> MapPose:
        """As the core takes it."""
        covariance = None if self.covariance is None else np.array(self.covariance).reshape(6, 6)
        sigma = None if self.sigma is None else (self.sigma[0], self.sigma[1])
        stamp = self.t if self.stamp is None else self.stamp
        return MapPose(self.t, self.source, np.array(self.pose), covariance, sigma, stamp)


class JointsLine(Line):
    """Measured joints."""

    type: Literal["joints"]
    source: str | None = None
    names: Annotated[list[str], Field(max_length=MOST_JOINTS)]
    position: list[Number]
    velocity: list[Number]
    effort: list[Number] | None = None
    stamp: Number | None = None

    @model_validator(mode="after")
    def _as_many(self) -> Self:
        lists = [self.position, self.velocity, *([] if self.effort is None else [self.effort])]
        if any(len(values) != len(self.names) for values in lists):
            raise ValueError(f"{len(self.names)} names need as many positions, velocities and efforts")
        return self

    def event(self) -> Joints:
        """As the core takes it; a line without a source is the robot's own, ``joints``."""
        return Joints(
            self.t,
            self.source or "joints",
            tuple(self.names),
            np.array(self.position, dtype=float),
            np.array(self.velocity, dtype=float),
            None if self.effort is None else np.array(self.effort, dtype=float),
            self.t if self.stamp is None else self.stamp,
        )


class WrenchLine(Line):
    """Force and torque on the robot."""

    type: Literal["wrench"]
    source: str
    force: Three
    torque: Three
    frame: str | None = None
    stamp: Number | None = None

    def event(self) -> Wrench:
        """As the core takes it."""
        stamp = self.t if self.stamp is None else self.stamp
        return Wrench(self.t, self.source, np.array(self.force), np.array(self.torque), stamp, self.frame)


class BodyPart(BaseModel):
    """A tracked body."""

    model_config = ConfigDict(strict=True, frozen=True)
    id: str
    position: Three
    velocity: Three
    region: str | None = None


class BodiesLine(Line):
    """Everybody that a tracker sees."""

    type: Literal["bodies"]
    source: str
    frame: str = "odom"
    bodies: Annotated[list[BodyPart], Field(max_length=1000)]
    stamp: Number | None = None

    def event(self) -> Bodies:
        """As the core takes it."""
        bodies = tuple(
            Body(body.id, np.array(body.position), np.array(body.velocity), body.region)
            for body in self.bodies
        )
        stamp = self.t if self.stamp is None else self.stamp
        return Bodies(self.t, self.source, self.frame, bodies, stamp)


class FlagsLine(Line):
    """Facts from a trusted source: every further key is a flag."""

    model_config = ConfigDict(strict=True, frozen=True, extra="allow")
    type: Literal["flags"]
    source: str
    stamp: Number | None = None
    __pydantic_extra__: dict[str, bool]

    def event(self) -> Flags:
        """As the core takes it."""
        return Flags(
            self.t, self.source, dict(self.__pydantic_extra__), self.t if self.stamp is None else self.stamp
        )


class EStopLine(Line):
    """The emergency stop input."""

    type: Literal["estop"]
    pressed: bool
    source: str | None = None

    def event(self) -> EStop:
        """As the core takes it."""
        return EStop(self.t, self.pressed, self.source)


class ResetLine(Line):
    """An attempt to release the latch."""

    type: Literal["reset"]
    token: str

    def event(self) -> Reset:
        """As the core takes it."""
        return Reset(self.t, self.token)


class RecoverLine(Line):
    """An operator's message that moves a channel out of a trap; ``stamp`` is signed as it stands, ``t`` if absent."""

    type: Literal["recover"]
    channel: str
    values: Annotated[list[Number], Field(max_length=MOST_JOINTS)]
    id: str
    count: Annotated[int, Field(ge=1, lt=2**63)]
    stamp: Number | None = None
    token: str

    def event(self) -> Recover:
        """As the core takes it."""
        stamp = self.t if self.stamp is None else self.stamp
        return Recover(self.t, self.channel, tuple(self.values), self.id, self.count, stamp, self.token)


class EndpointPart(BaseModel):
    """One publisher."""

    model_config = ConfigDict(strict=True, frozen=True)
    node: str
    gid: str
    own: bool = False


class PublishersLine(Line):
    """Everyone who publishes on a topic."""

    type: Literal["publishers"]
    topic: str
    endpoints: list[EndpointPart]

    def event(self) -> Publishers:
        """As the core takes it."""
        return Publishers(self.t, self.topic, tuple(Endpoint(e.node, e.gid, e.own) for e in self.endpoints))


class StatementLine(Line):
    """A planner's words. They are read to see that the line is sound, and go no further."""

    type: Literal["statement"]
    plan_id: str | None = None
    text: str
    reasoning: str | None = None
    actions: Any = None


class TickLine(Line):
    """Time goes on."""

    type: Literal["tick"]


class SyncLine(Line):
    """Answered once everything before it is out."""

    type: Literal["sync"]
    id: Any = None

    @field_validator("id")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        """It is written out again, as strict JSON."""
        json.dumps(value, allow_nan=False)
        return value

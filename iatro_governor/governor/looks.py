"""From what a source sends to what it has seen, for every type of source that sees."""

from __future__ import annotations

import math
from typing import assert_never

import numpy as np

from iatro_governor.body.cloud import read_cloud
from iatro_governor.body.cone import read_range
from iatro_governor.body.own import OwnBody
from iatro_governor.body.scan import Sweep, read_scan
from iatro_governor.governor.events import Bodies, Look, Points, Range, Scan
from iatro_governor.limits.sensed import NOBODY, People
from iatro_governor.profile.robot import Robot
from iatro_governor.profile.seeing import PointsSource, RangeSource
from iatro_governor.profile.sources import BodiesSource, ScanSource, SourceConfig


def kind_of(event: Look) -> str:
    """The type of source that sends it."""
    match event:
        case Scan():
            return "scan"
        case Points():
            return "points"
        case Range():
            return "range"
        case _:
            assert_never(event)


def sweep_of(event: Look, source: SourceConfig, own: OwnBody, solid: bool) -> Sweep:
    """What ``source`` has seen. Raises EventError where the event is garbled."""
    match event, source:
        case Scan(), ScanSource():
            angles = event.angle_min, event.angle_increment
            return read_scan(event.stamp, event.ranges, *angles, event.range_min, event.range_max, source)
        case Points(), PointsSource():
            return read_cloud(event.stamp, event.xyz, source, own, solid)
        case Range(), RangeSource():
            limits = event.range_min, event.range_max, event.angle
            return read_range(event.stamp, event.value, *limits, source)
    raise AssertionError(f"{source.type} source given {event}")  # the caller has compared their types


def people_in(event: Bodies, source: BodiesSource) -> People:
    """Whom a tracker sees, as of the moment of its data. A region that it is not known to tell is none."""
    if not event.bodies:
        return People(NOBODY, NOBODY, 0.0, source.radius, (), ())
    known = source.regions
    return People(
        np.array([body.position for body in event.bodies]),
        np.array([body.velocity for body in event.bodies]),
        0.0,
        source.radius,
        tuple(body.id for body in event.bodies),
        tuple(body.region if known is None or body.region in known else None for body in event.bodies),
    )


def own_body(robot: Robot) -> OwnBody:
    """What the robot fills of the space that its sensors see, for a base."""
    low, high = robot.height or (-math.inf, math.inf)
    return OwnBody(None if robot.footprint is None else robot.footprint.shape(), low, high)

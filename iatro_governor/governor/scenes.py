"""What a fresh governor is shown in the self-test: the same body at rest in different surroundings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from iatro_governor.body.kinematics import posture
from iatro_governor.body.mobile import of_base
from iatro_governor.body.planar import Array
from iatro_governor.body.urdf import transform as rigid
from iatro_governor.errors import EventError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import (
    Bodies,
    Body,
    Event,
    Joints,
    MapPose,
    Odom,
    Points,
    Range,
    Scan,
    Wrench,
)
from iatro_governor.profile.load import Profile
from iatro_governor.profile.seeing import PointsSource, RangeSource
from iatro_governor.profile.sources import (
    BodiesSource,
    JointsSource,
    MapPoseSource,
    OdomSource,
    ScanSource,
    SourceConfig,
    WrenchSource,
)

ORIGIN = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0])
AXES = np.concatenate([np.eye(3), -np.eye(3)])
PUSH = 2_000.0
"""Force, N, torque, Nm, and effort, Nm or N, of something that pushes."""
ASLANT = np.array([0.48, 0.6, 0.64])
"""Of a push, in its sensor's frame: along one axis alone it may be one that no joint of an arm at rest gives way to."""
FLOOR = 400
"""Points of it that a cloud shows."""
THING = 1e-3
"""Radius of something in a cloud, m."""
FAR = 8.0
"""m; what is as far away matters to nobody."""


@dataclass(frozen=True, slots=True)
class Scene:
    """gap: m between the body and what is all around it, infinite: nothing is. seen: whether sensors see anything.
    pushed: whether something pushes on the hand, and on every joint.
    """

    gap: float = math.inf
    seen: bool = True
    pushed: bool = False


GAPS = (0.02, 0.06, 0.3)
SCENES = (Scene(), *(Scene(gap=gap) for gap in GAPS), Scene(seen=False), Scene(pushed=True))


def fresh(profile: Profile, scene: Scene, t: float = 0.0) -> Governor:
    """A governor of its own that was shown ``scene`` at ``t``; nobody commands it, and it publishes nothing.

    Raises EventError where it refuses what it is shown.
    """
    core = Governor(profile)
    for event in _events(profile, scene, t):
        try:
            core.handle(event)
        except EventError as error:
            raise EventError(f"the self-test's own {type(event).__name__} is refused: {error}") from error
    return core


def _events(profile: Profile, scene: Scene, t: float) -> Iterator[Event]:
    """Odometry and joints come first, for what is seen is placed by them."""
    sources = sorted(profile.data.sources.items(), key=lambda item: not isinstance(item[1], OdomSource))
    for name, source in sources:
        event = _event(name, source, profile, scene, t)
        if event is not None:
            yield event


def _event(name: str, source: SourceConfig, profile: Profile, scene: Scene, t: float) -> Event | None:
    match source:
        case OdomSource():
            return Odom(t, name, ORIGIN, np.zeros(6), t)
        case MapPoseSource():
            return MapPose(t, name, ORIGIN, None, (0.01, 0.01), t)
        case JointsSource():
            return _joints(name, profile, scene, t)
        case WrenchSource():
            push = PUSH * ASLANT * scene.pushed
            return Wrench(t, name, push, np.zeros(3), t)
        case BodiesSource():
            return Bodies(t, name, source.frame, tuple(_people(source, profile, scene)), t)
        case ScanSource() if scene.seen:
            return _scan(name, source, profile, scene, t)
        case PointsSource() if scene.seen:
            return Points(t, name, _cloud(source, profile, scene), t)
        case RangeSource() if scene.seen:
            return Range(t, name, min(_reach(profile) + scene.gap, FAR), 0.0, 2 * FAR, None, t)
    return None


def _joints(name: str, profile: Profile, scene: Scene, t: float) -> Joints:
    body = profile.body
    named = {} if body is None else dict(zip(body.joints, body.rest.tolist(), strict=True))
    told = [joint for joint in named if not of_base(joint)]
    for channel in profile.data.channels.values():
        told += [finger for finger in getattr(channel, "fingers", ()) if finger not in named]
    q = np.array([named.get(joint, 0.0) for joint in told])
    effort = np.full(len(told), PUSH) if scene.pushed else np.zeros(len(told))
    return Joints(t, name, tuple(told), q, np.zeros(len(told)), effort, t)


def _middles(profile: Profile) -> Array:
    """Places (k, 3) m on the body at rest."""
    if profile.body is None:
        return np.zeros((1, 3))
    return np.asarray(posture(profile.body, profile.body.rest).capsules().mean(axis=1))


def _reach(profile: Profile) -> float:
    """Of the base's outline from its origin, m."""
    figure = profile.data.robot.footprint
    return 0.0 if figure is None else figure.shape().reach


def _around(profile: Profile, scene: Scene, radius: float) -> Array:
    """Places (k, 3) m of things ``gap`` beside the body, on every side of it."""
    if not math.isfinite(scene.gap):
        return np.zeros((0, 3))
    body, middles = profile.body, _middles(profile)
    out = [np.zeros((0, 3))]
    if (reach := _reach(profile)) > 0.0:
        out.append(radius * AXES * ((reach + scene.gap + radius) / radius))
    if body is not None:
        for middle, thick in zip(middles, body.capsule_radius, strict=True):
            out.append(middle + AXES * (float(thick) + radius + scene.gap))
    return np.concatenate(out)


def _people(source: BodiesSource, profile: Profile, scene: Scene) -> Iterator[Body]:
    for index, place in enumerate(_around(profile, scene, source.radius)):
        yield Body(str(index), place, np.zeros(3))


def _cloud(source: PointsSource, profile: Profile, scene: Scene) -> Array:
    """Each thing is a few points, so that it counts; floor far away shows that the sensor sees."""
    things = np.repeat(_around(profile, scene, THING), source.min_points, axis=0)
    things = things + np.arange(len(things))[:, None] % source.min_points * np.array([0.0, 0.0, source.cell])
    bearing = np.linspace(*source.field_of_view, source.least_points + FLOOR)
    away, low = 0.9 * source.range_max, source.height[0] - 0.1
    floor = np.stack([away * np.cos(bearing), away * np.sin(bearing), np.full(len(bearing), low)], axis=1)
    pose = rigid(np.array(source.pose[:3]), np.array(source.pose[3:]))
    seen: Array = (np.concatenate([things, floor]) - pose[:3, 3]) @ pose[:3, :3]
    return seen


def _scan(name: str, source: ScanSource, profile: Profile, scene: Scene, t: float) -> Scan:
    first, last = source.field_of_view
    count = math.ceil((last - first) / min(source.max_increment, math.radians(1.0)))
    increment = (last - first) / count
    away = min(_reach(profile) + scene.gap, FAR)
    x, y = source.pose[:2]
    bearing = first + increment * np.arange(count + 1) + source.pose[5]
    # From the sensor to a ring about the base's origin.
    along = x * np.cos(bearing) + y * np.sin(bearing)
    ranges = -along + np.sqrt(np.maximum(along**2 + away**2 - x**2 - y**2, 0.0))
    return Scan(t, name, ranges, first, increment, 0.0, 2 * FAR, t)

"""Where everything was under an incident: the robot, what its sensors saw, and the zones, from the recorded inputs."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..body.planar import Array
from ..governor.events import Bodies, Odom, Scan
from ..ledger.frames import unpacked
from ..ledger.journal import chapters, frames
from ..limits.geofence import GeofenceConfig
from ..limits.slow_zone import SlowZoneConfig
from ..limits.zone import ZoneConfig
from ..profile.load import Profile
from .incidents import Detail, conducts_of

MOST_FRAMES = 40
MOST_RETURNS = 180
"""Points of one scan that are kept: every second or third of a usual one."""
AROUND = 0.5
"""How long before the first decision and after the last one (s) the scene is shown."""


@dataclass(frozen=True, slots=True)
class Moment:
    """How it was at ``t`` (s): the robot's x, y (m) and yaw (rad), returns (n, 2) and people (n, 2) in odom, m."""

    t: float
    pose: tuple[float, float, float]
    returns: Array
    people: Array


@dataclass(frozen=True, slots=True)
class Place:
    """A zone of the configuration in odom: its name, kind, and outline (n, 2) m."""

    name: str
    kind: str
    outline: Array


@dataclass(frozen=True, slots=True)
class Scene:
    """Some moments of an incident, in order. ``footprint`` (n, 2): in the base frame, None where it is unknown."""

    moments: tuple[Moment, ...]
    places: tuple[Place, ...] = ()
    footprint: Array | None = None


@dataclass(slots=True)
class _Seen:
    """What the inputs say over time: (t, pose), (t, returns in the base frame), (t, people), each in order."""

    poses: list[tuple[float, tuple[float, float, float]]] = field(default_factory=list)
    scans: list[tuple[float, Array]] = field(default_factory=list)
    people: list[tuple[float, str, Array]] = field(default_factory=list)


def scene(found: Detail, folders: Sequence[Path], profile: Profile | None) -> Scene | None:
    """The scene of an incident, by the journals in ``folders``; None where none holds odometry or people of its time.

    ``profile``, the configuration that was in force, tells where the sensors and the zones are; without it neither is
    shown. Raises LedgerError for a journal that cannot be read.
    """
    conduct: dict[str, Any] = dict(conducts_of(found.body).get(found.incident.channel or "", {}))
    writer, first = conduct.get("writer"), conduct.get("first_seq")
    begun, ended = conduct.get("first_t"), conduct.get("last_t")
    if not isinstance(first, int) or not isinstance(begun, float) or not isinstance(ended, float):
        return None
    times = (begun - AROUND, ended + AROUND)
    seen = _seen(list(folders), str(writer), first, times, profile)
    if not seen.poses and seen.people:  # an arm stands where its base is, and tracks people from there
        seen.poses = [(begun, (0.0, 0.0, 0.0))]
    if not seen.poses:
        return None
    count = min(MOST_FRAMES, max(2, len(seen.poses) + len(seen.people)))
    moments = tuple(_moment(seen, float(t)) for t in np.linspace(begun, ended, count))
    return Scene(moments, _places(profile), _footprint(profile))


def _seen(
    folders: list[Path], writer: str, first: int, times: tuple[float, float], profile: Profile | None
) -> _Seen:
    seen = _Seen()
    for event in _events(folders, writer, first, times):
        match event:
            case Odom():
                seen.poses.append((event.t, _flat(event.pose)))
            case Scan() if profile is not None:
                returns = _returns(event, profile)
                if returns is not None:
                    seen.scans.append((event.t, returns))
            case Bodies():
                places = np.array([body.position[:2] for body in event.bodies], dtype=float).reshape(-1, 2)
                seen.people.append((event.t, event.frame, places))
    return seen


def _events(folders: list[Path], writer: str, first: int, times: tuple[float, float]) -> Iterator[Any]:
    """What the governor was told between ``times``, from the chapter on that reaches the decision ``first``."""
    known = chapters(folders, writer)
    start = max((number for number, _ in known if number <= first), default=None)
    if start is None:
        return
    for number, path in known:
        if number < start:
            continue
        _, *rest = frames(path)
        for frame in rest:
            _, made = unpacked(frame)
            event = made[1] if made[0] == "handle" else None
            t = getattr(event, "t", None)
            if t is not None and t > times[1]:
                return
            if t is not None and t >= times[0]:
                yield event


def _flat(pose: Array) -> tuple[float, float, float]:
    """x, y and yaw of [x, y, z, qx, qy, qz, qw]."""
    x, y, _, qx, qy, qz, qw = (float(value) for value in pose)
    return x, y, math.atan2(2 * (qw * qz + qx * qy), 1 - 2 * (qy * qy + qz * qz))


def _returns(scan: Scan, profile: Profile) -> Array | None:
    """The returns of a level scanner (n, 2) in the base frame; None where the configuration does not place it."""
    pose = getattr(profile.data.sources.get(scan.source), "pose", None)
    if not isinstance(pose, tuple) or abs(pose[3]) > 0.1 or abs(pose[4]) > 0.1:
        return None
    ranges = np.asarray(scan.ranges, dtype=float)
    angles = scan.angle_min + scan.angle_increment * np.arange(len(ranges)) + pose[5]
    seen = np.isfinite(ranges) & (ranges > 0) & (ranges < scan.range_max)
    points = np.stack([ranges * np.cos(angles) + pose[0], ranges * np.sin(angles) + pose[1]], axis=-1)[seen]
    kept: Array = points[:: max(1, -(-len(points) // MOST_RETURNS))]
    return kept


def _moment(seen: _Seen, t: float) -> Moment:
    pose = _newest(seen.poses, t)[1]
    nothing = np.empty((0, 2))
    scan = _newest(seen.scans, t)[1] if seen.scans else nothing
    people = nothing
    if seen.people:
        _, frame, places = _newest(seen.people, t)
        people = places if frame == "odom" else placed(places, pose)
    return Moment(t, pose, placed(scan, pose), people)


def _newest(series: list[Any], t: float) -> Any:
    """The last of ``series`` that is not after ``t``, or its first."""
    return series[max(bisect_right(series, t, key=lambda one: one[0]) - 1, 0)]


def placed(points: Array, pose: tuple[float, float, float]) -> Array:
    """``points`` (n, 2) of the base frame in odom, where the base is at ``pose``."""
    c, s = math.cos(pose[2]), math.sin(pose[2])
    moved: Array = points @ np.array([[c, s], [-s, c]]) + np.array(pose[:2])
    return moved


def _places(profile: Profile | None) -> tuple[Place, ...]:
    if profile is None:
        return ()
    found = []
    for limit in profile.limits:
        if not isinstance(limit, ZoneConfig | SlowZoneConfig | GeofenceConfig) or limit.frame != "odom":
            continue
        flat = limit.figure.polygon or limit.figure.circle
        if flat is not None:
            found.append(Place(limit.name, limit.kind, flat.shape().outline(0.2)))
    return tuple(found)


def _footprint(profile: Profile | None) -> Array | None:
    figure = None if profile is None else profile.data.robot.footprint
    return None if figure is None else figure.shape().outline(0.05)

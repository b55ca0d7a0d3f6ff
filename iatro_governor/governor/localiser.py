"""Where localisers say that the base is in the map: checked, and held against odometry."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from iatro_governor.body.localisation import Fix, deviations, fix
from iatro_governor.body.planar import Array, compose, from_quaternion, inverse
from iatro_governor.body.track import Track
from iatro_governor.errors import EventError
from iatro_governor.governor.credible import FARTHEST, credible
from iatro_governor.governor.events import MapPose
from iatro_governor.profile.sources import MapPoseSource

UNEVEN = 1e-3
"""By how much of its largest entry a covariance may differ from its own mirror image."""


class Localiser:
    """The newest fix of each source; a pose from before the first odometry waits for it."""

    def __init__(self) -> None:
        self.fixes: dict[str, Fix] = {}
        self._waiting: dict[str, tuple[MapPose, MapPoseSource]] = {}

    def take(self, event: MapPose, source: MapPoseSource, track: Track) -> None:
        """Take a pose whose form :func:`check` found good. Raises EventError where it jumps; it counts all the same."""
        if not track.known:
            self._waiting[event.source] = event, source
            return
        in_map, in_odom = from_quaternion(event.pose), track.pose_at(event.stamp)
        last = self.fixes.get(event.source)
        shift, turn = _deviations(event)
        self.fixes[event.source] = fix(
            event.stamp, in_map, in_odom, source.sigmas * shift, source.sigmas * turn
        )
        jump = 0.0 if last is None else _apart(last.in_map(in_odom), in_map)
        if not jump <= source.max_jump:
            led = f"the pose is {jump:.2f} m or rad from where the last one and odometry lead"
            raise EventError(f"{led}; {source.max_jump} is allowed", "map_pose")

    def shift(self, by: Array) -> None:
        """Odom has leapt by the motion ``by`` (3,), and the base has not."""
        for name, known in self.fixes.items():
            self.fixes[name] = replace(known, odom=compose(known.odom, inverse(by)))

    def place(self, track: Track) -> None:
        """Odometry is known now."""
        for event, source in self._waiting.values():
            self.take(event, source, track)
        self._waiting.clear()


def check(event: MapPose) -> None:
    """Raises EventError where a pose or its uncertainty makes no sense."""
    credible(event.pose, FARTHEST, "pose", "map_pose")
    if not math.isclose(math.hypot(*event.pose[3:]), 1.0, abs_tol=0.05):
        raise EventError("the orientation is no unit quaternion", "map_pose")
    if event.covariance is None:
        if event.sigma is None or not all(math.isfinite(s) and s >= 0 for s in event.sigma):
            raise EventError(f"sigma {event.sigma}: two finite numbers at least 0 are needed", "map_pose")
        return
    covariance = event.covariance
    if not np.isfinite(covariance).all() or (np.diagonal(covariance) < 0).any():
        raise EventError("the covariance must be finite, its variances at least 0", "map_pose")
    if np.abs(covariance - covariance.T).max() > UNEVEN * np.abs(covariance).max():
        raise EventError("the covariance is not symmetric", "map_pose")
    if not covariance[[0, 1, 5], [0, 1, 5]].all():
        raise EventError(
            "a variance of 0 in x, y or yaw: an unknown one, for nothing is measured so well", "map_pose"
        )


def _deviations(event: MapPose) -> tuple[float, float]:
    if event.covariance is not None:
        return deviations(event.covariance)
    assert event.sigma is not None  # check has seen to it
    return event.sigma


def _apart(a: Array, b: Array) -> float:
    """Distance of two poses, m or rad, whichever is more."""
    turned = math.remainder(float(b[2] - a[2]), 2 * math.pi)
    return max(float(np.hypot(*(b - a)[:2])), abs(turned))

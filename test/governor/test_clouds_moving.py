"""What a camera on a moving base saw a while ago: placed by where the base was, and the base itself found in it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.distance import point_distance
from iatro_governor.body.kinematics import posture
from iatro_governor.errors import EventError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Odom, Points
from iatro_governor.profile.load import Profile
from iatro_governor.profile.seeing import PointsSource
from test.body.arm.conftest import robots_folder
from test.governor.moving import World, among, shipped

pytestmark = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
HIGH = 0.1
"""Of the camera over the base, m."""
CAMERA: dict[str, Any] = {
    "type": "points",
    "topic": "camera",
    "frame": "camera",
    "pose": [0.0, 0.0, HIGH, 0.0, 0.0, 0.0],
    "field_of_view": [-3.14159, 3.14159],
    "height": [-5.0, 5.0],
    "range_max": 10.0,
    "timeout_s": 0.3,
}


def looking(name: str, margin: float) -> Profile:
    """The robot with a camera, and everything it sees kept at ``margin`` m."""
    kept = {"margin": margin, "noise": 0.01, "self_filter": 0.05, "retreat_speed": 0.2}
    profile = among(name, {"kind": "link_obstacle", "name": "seen", "sources": ["camera"], **kept})
    sources = profile.data.sources | {"camera": PointsSource.model_validate(CAMERA)}
    return replace(profile, data=profile.data.model_copy(update={"sources": sources}))


@dataclass
class Seeing(World):
    """Its camera sees ``points`` (n, 3) m, in odom, and tells of them ``late_s`` later.

    Headings are measured too large and too small in turn, by ``swing`` rad.
    """

    points: np.ndarray = field(default_factory=lambda: np.zeros((0, 3)))
    late_s: float = 0.0
    swing: float = 0.0

    def _measure(self) -> None:
        super()._measure()
        if self.k % 3 == 0:
            stamp, q, _, _ = self._at(self.t - self.late_s)
            height = q[2] if self.aerial else 0.0
            away = self.points - [q[0], q[1], height + HIGH]
            self.governor.handle(Points(self.t, "camera", turned(away, -q[self.plane[2]]), stamp))

    def _noise(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        if count == self.freedoms:
            self.swing = -self.swing
            return self.swing * np.eye(count)[-1], np.zeros(count)
        return np.zeros(count), np.zeros(count)

    @property
    def nearest(self) -> float:
        """Least true distance of any link from any point, m."""
        every = posture(self.model, np.array(self.trail)).capsules()
        radius = self.model.capsule_radius
        return min(float(point_distance(ends, radius, self.points).min()) for ends in every)


def turned(points: np.ndarray, yaw: float) -> np.ndarray:
    """``points`` (n, 3) about the vertical, by ``yaw`` rad."""
    c, s = math.cos(yaw), math.sin(yaw)
    out: np.ndarray = points @ np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
    return out


@pytest.mark.parametrize("late_s", [0.0, 0.2])
def test_a_body_that_climbs_keeps_off_a_ceiling_however_late_its_picture(late_s: float) -> None:
    margin, side = 0.3, np.arange(-1.0, 1.01, 0.1)
    ceiling = np.array([[x, y, 8.0] for x in side for y in side])
    start = np.array([0.0, 0.0, 5.0, 0.0])
    at = Seeing(
        Governor(looking("iris", margin)), start, 0.25, 0.0, odom_every=1, points=ceiling, late_s=late_s
    )
    at.run(3.0, lambda _: {"base": [0.0, 0.0, 2.0, 0.0, 0.0, 0.0]}, every=1)
    assert np.array(at.rates)[:, 2].max() > 1.0
    assert at.nearest >= margin


@pytest.mark.parametrize("yaw", [0.0, math.pi])
def test_what_is_behind_is_not_taken_for_the_arm_ahead_whatever_the_heading(yaw: float) -> None:
    """Headings of pi and minus pi are one: half way between two of them the base does not look the other way."""
    margin = 0.08
    profile = looking("tiago", margin)
    q = np.array([0.0, 0.0, 0.0, 0.2, 1.5, 0.6, 0.0, 1.2, 0.0, 0.0, 0.0, 0.0, 0.0])
    assert profile.body is not None
    ahead = posture(profile.body, q).capsules()
    ahead = (ahead[:, :1] + np.linspace(0.0, 1.0, 5)[:, None] * (ahead[:, 1:] - ahead[:, :1])).reshape(-1, 3)
    behind = turned(ahead[ahead[:, 0] > 0.5], math.pi)
    q[2] = yaw
    more: dict[str, Any] = {"odom_every": 1, "late_s": 0.025, "swing": 1e-4}
    at = Seeing(Governor(profile), q, 0.0, 0.0, points=turned(behind, yaw), **more)
    at.run(2.0, lambda _: {"base": [-0.3, 0.0, 0.0, 0.0, 0.0, 0.0], "arm": [0.0] * 8}, every=1)
    assert np.array(at.rates)[:, :2].any(), "it backs off"
    assert at.nearest >= margin


def test_a_height_that_jumps_is_garbled_odometry_of_what_flies() -> None:
    governor = Governor(shipped("iris"))
    for t, height in ((0.0, 5.0), (0.02, 5.1)):
        governor.handle(Odom(t, "odom", np.array([0.0, 0.0, height, 0.0, 0.0, 0.0, 1.0]), np.zeros(6), t))
    with pytest.raises(EventError, match=r"2\.00 m or rad from where"):
        governor.handle(Odom(0.04, "odom", np.array([0.0, 0.0, 3.1, 0.0, 0.0, 0.0, 1.0]), np.zeros(6), 0.04))

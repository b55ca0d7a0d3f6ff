"""A robot with two odometries, each with an origin of its own: it is where the one of its channel says."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
import yaml

from iatro_governor.body.planar import compose
from iatro_governor.errors import EventError, ProfileError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import MapPose, Odom
from iatro_governor.limits.registry import load_profile
from test.governor.hall import Drive, Hall
from test.governor.profiles import AMR, BOX, amr
from test.governor.test_closed_loop import MARGIN
from test.shipped import shipped

OTHER = "inertial"
"""Comes before the channel's own in the profile."""
SOURCE = {"type": "odom", "topic": OTHER, "timeout_s": 0.2}
ORIGIN = np.array([3.0, -1.0, 2.0])
"""Of odom, in the frame of the other."""
POST = np.array([[1.2, 0.1, 0.1]])


@dataclass
class Twice(Drive):
    """Both odometries tell where it is, each in its own frame."""

    def _odom(self, t: float) -> Odom:
        own = super()._odom(t)
        x, y, yaw = compose(ORIGIN, self.hall.pose)
        pose = np.array([x, y, 0.0, 0.0, 0.0, math.sin(yaw / 2), math.cos(yaw / 2)])
        self.governor.handle(Odom(t, OTHER, pose, own.twist, t))
        return own


def test_a_post_is_kept_off_however_the_other_odometry_has_drifted(tmp_path):
    profile = amr(tmp_path, BOX, sources={OTHER: SOURCE})
    assert list(profile.data.sources).index(OTHER) < list(profile.data.sources).index("odom")
    drive = Twice(Governor(profile), Hall(POST))
    drive.run(4.0, (0.5, 0.0, 0.0))
    assert drive.hall.pose[0] > 0.1, "it gets up to it"
    assert min(drive.gaps) >= MARGIN


def moved(x: float) -> np.ndarray:
    return np.array([x, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0])


def test_a_pose_in_the_map_is_held_against_the_odometry_of_the_channel(tmp_path):
    amcl = {"type": "map_pose", "topic": "amcl", "timeout_s": 0.5, "sigmas": 3.0, "source": "a test"}
    senses = Governor(amr(tmp_path, BOX, sources={OTHER: SOURCE, "amcl": amcl})).senses
    senses.map_pose(MapPose(0.0, "amcl", moved(0.0), None, (0.01, 0.01), 0.0))
    senses.odom(Odom(0.0, OTHER, moved(9.0), np.zeros(6), 0.0))
    assert not senses.localiser.fixes, "it waits for the other"
    senses.odom(Odom(0.0, "odom", moved(1.0), np.zeros(6), 0.0))
    assert senses.localiser.fixes["amcl"].in_map(np.array([1.0, 0.0, 0.0])) == pytest.approx(np.zeros(3))


def test_another_odometry_that_leaps_is_garbled_and_moves_neither_the_map_nor_what_was_seen(tmp_path):
    amcl = {"type": "map_pose", "topic": "amcl", "timeout_s": 0.5, "sigmas": 3.0, "source": "a test"}
    senses = Governor(amr(tmp_path, BOX, sources={OTHER: SOURCE, "amcl": amcl})).senses
    senses.odom(Odom(0.0, "odom", moved(0.0), np.zeros(6), 0.0))
    senses.odom(Odom(0.0, OTHER, moved(0.0), np.zeros(6), 0.0))
    senses.map_pose(MapPose(0.0, "amcl", moved(2.0), None, (0.01, 0.01), 0.0))
    with pytest.raises(EventError, match="from where the last one and its twist lead"):
        senses.odom(Odom(0.01, OTHER, moved(9.0), np.zeros(6), 0.01))
    assert senses.localiser.fixes["amcl"].in_map(np.zeros(3)) == pytest.approx(np.array([2.0, 0.0, 0.0]))
    with pytest.raises(EventError, match="from where the last one and its twist lead"):
        senses.odom(Odom(0.01, "odom", moved(9.0), np.zeros(6), 0.01))
    assert senses.localiser.fixes["amcl"].in_map(np.array([9.0, 0.0, 0.0])) == pytest.approx(
        np.array([2.0, 0.0, 0.0])
    ), "its own leaps are followed: the base has not moved"


def test_two_channels_of_one_robot_go_by_one_odometry(tmp_path):
    data = shipped(AMR)
    data["sources"][OTHER] = SOURCE
    twin = {"input": "second_planner", "output": "second", "odom": OTHER}
    data["channels"]["second"] = data["channels"]["base"] | twin
    del data["channels"]["second"]["recover"]
    bounds = [row for row in data["limits"] if row["kind"] in ("speed", "unseen", "obstacle")]
    data["limits"] += [row | {"name": f"second_{row['name']}", "channel": "second"} for row in bounds]
    path = tmp_path / "profile.yaml"
    path.write_text(yaml.safe_dump(data))
    with pytest.raises(ProfileError, match=r"channels\.second\.odom.*inertial.*odom"):
        load_profile(path)
    data["channels"]["second"]["odom"] = "odom"
    path.write_text(yaml.safe_dump(data))
    assert len(load_profile(path).data.channels) == 2

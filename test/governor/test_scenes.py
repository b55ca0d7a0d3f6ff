"""What a fresh governor is shown in the self-test: where all of it is, by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.kinematics import posture
from iatro_governor.governor.core import Governor
from iatro_governor.governor.scenes import SCENES, Scene, fresh
from test.governor.arms import FINGERS, SAID, arm, channel, data
from test.governor.profiles import amr, seeing
from test.governor.test_clouds import CAMERA
from test.governor.test_seeing import SONAR

ALONG = np.array([0.48, 0.6, 0.64])


def test_the_scenes_are_a_rest_three_gaps_blindness_and_a_push():
    assert SCENES == (
        Scene(math.inf, True, False),
        Scene(0.02, True, False),
        Scene(0.06, True, False),
        Scene(0.3, True, False),
        Scene(math.inf, False, False),
        Scene(math.inf, True, True),
    )


@pytest.mark.parametrize(("gap", "away"), [(0.3, None), (0.02, None), (math.inf, 8.0), (7.9, 8.0)])
def test_a_lidar_sees_a_ring_about_the_base(tmp_path, gap, away):
    """As far from the outline as the gap, wherever the lidar is mounted; and no further than 8 m."""
    profile = amr(tmp_path, sources={"lidar": {"pose": [0.1, -0.05, 0.2, 0.0, 0.0, 0.3]}})
    footprint = profile.data.robot.footprint
    assert footprint is not None
    known = fresh(profile, Scene(gap=gap), 2.0).senses
    assert (
        known.tracks["odom"].latest.pose.tolist() == [0.0, 0.0, 0.0] and known.tracks["odom"].latest.t == 2.0
    )
    placed = known.surroundings.newest("lidar")
    assert placed is not None and placed.sweep.t == 2.0
    points = known.surroundings.points3(("lidar",), np.zeros(3))
    ring = footprint.shape().reach + gap if away is None else away
    assert np.hypot(points[:, 0], points[:, 1]) == pytest.approx(np.full(len(points), ring))
    bearing = np.sort(np.arctan2(points[:, 1] + 0.05, points[:, 0] - 0.1))
    assert len(points) >= 360 and np.diff(bearing).max() <= math.radians(1.0) + 1e-9


def test_the_blind_see_nothing(tmp_path):
    known = fresh(amr(tmp_path), Scene(seen=False)).senses
    assert known.surroundings.newest("lidar") is None and known.tracks["odom"].known


PEOPLE = {
    "type": "bodies",
    "topic": "people",
    "frame": "base",
    "radius": 0.25,
    "source": SAID,
    "timeout_s": 0.5,
}


def lifting(folder, **robot) -> Any:
    """An arm with a wrist that feels, a hand with fingers, and somebody who tracks people."""
    given = data({"arm": channel("joint_velocity", "arm"), "press": channel("wrench", "press")} | robot)
    given["sources"]["people"] = PEOPLE
    return arm(folder, given)


def test_people_stand_on_six_sides_of_each_link(tmp_path):
    """Their balls are a gap away from the capsules, about whose middles they stand."""
    profile = lifting(tmp_path)
    model = profile.body
    _, people = fresh(profile, Scene(gap=0.06)).senses.tracked["people"]
    middles = posture(model, model.rest).capsules().mean(axis=1)
    assert len(people.positions) == 6 * len(middles)
    sides = people.positions.reshape(len(middles), 6, 3) - middles[:, None]
    away = model.capsule_radius[:, None] + 0.25 + 0.06
    assert np.linalg.norm(sides, axis=2) == pytest.approx(np.broadcast_to(away, (len(middles), 6)))
    assert np.abs(sides.sum(axis=1)).max() < 1e-9 and np.linalg.matrix_rank(sides[0]) == 3
    assert sides[0, 0] == pytest.approx([away[0, 0], 0.0, 0.0]), "the first stands before the first link"
    assert not people.velocities.any() and len(set(people.ids)) == len(people.ids)


def test_where_nothing_is_near_nobody_is(tmp_path):
    at, people = fresh(lifting(tmp_path), Scene(), 2.0).senses.tracked["people"]
    assert at == 2.0 and len(people.positions) == 0


@pytest.mark.parametrize("pushed", [False, True])
def test_something_pushes_on_the_wrist_and_on_every_joint_or_nothing_does(tmp_path, pushed):
    profile = lifting(tmp_path, grip=channel("gripper", "grip"))
    known = fresh(profile, Scene(pushed=pushed), 2.0).senses
    assert known.wrenches["wrist"].force == pytest.approx(2000.0 * ALONG * pushed)
    assert np.linalg.norm(ALONG) == pytest.approx(1.0) and not known.wrenches["wrist"].torque.any()
    told = known.joint_tracks["joints"].latest
    assert set(known.joint_tracks["joints"].names) == {"shoulder", "elbow", "finger_left", "finger_right"}
    assert told.effort is not None and told.effort.tolist() == [2000.0 * pushed] * 4 and told.t == 2.0
    own = [known.joint_tracks["joints"].names.index(name) for name in profile.body.joints]
    fingers = [known.joint_tracks["joints"].names.index(name) for name in FINGERS]
    assert not told.position[fingers].any()
    assert told.position[own].tolist() == profile.body.rest.tolist() and not told.velocity.any()


def test_people_stand_round_a_base_as_well(tmp_path):
    profile = amr(tmp_path, sources={"people": PEOPLE | {"frame": "odom"}})
    reach = profile.data.robot.footprint.shape().reach  # type: ignore[union-attr]
    _, people = fresh(profile, Scene(gap=0.06)).senses.tracked["people"]
    assert np.abs(people.positions).max(axis=1) == pytest.approx(np.full(6, reach + 0.06 + 0.25))
    assert np.linalg.norm(people.positions, axis=1) == pytest.approx(np.full(6, reach + 0.06 + 0.25))
    assert np.abs(people.positions.sum(axis=0)).max() < 1e-9


@pytest.mark.parametrize("least", [1, 3])
def test_a_camera_sees_something_on_each_side_of_the_base_and_above_it(tmp_path, least):
    """Each is so many points that it counts, wherever the camera is mounted; the floor far away is no obstacle."""
    camera = CAMERA | {"pose": [-0.1, 0.05, 0.8, 0.0, 0.0, 0.3], "min_points": least, "least_points": 300}
    profile = seeing(tmp_path, {"camera": camera})
    reach = profile.data.robot.footprint.shape().reach  # type: ignore[union-attr]
    known = fresh(profile, Scene(gap=0.3), 2.0).senses
    points = known.surroundings.points3(("camera",), np.zeros(3))[:, :2]
    away = reach + 0.3 + 0.001
    sides = [[-away, 0.0], [0.0, -away], [0.0, 0.0], [0.0, away], [away, 0.0]]
    for place in sides:
        assert np.hypot(*(points - place).T).min() < 0.005
    for place in points:
        assert np.hypot(*(np.array(sides) - place).T).min() < 0.005
    nothing = fresh(profile, Scene(), 2.0).senses.surroundings
    assert nothing.newest("camera") is not None and len(nothing.points3(("camera",), np.zeros(3))) == 0


@pytest.fixture
def shown(monkeypatch):
    """What a fresh governor is told, by its sources and in order; without a time where none is given."""

    def told(profile, *given):
        events: list[Any] = []
        handle = Governor.handle

        def kept(self, event):
            events.append(event)
            return handle(self, event)

        with monkeypatch.context() as patched:
            patched.setattr(Governor, "handle", kept)
            fresh(profile, *given)
        return {event.source: event for event in events}

    return told


def test_all_that_a_base_is_shown_by_hand(tmp_path, shown):
    """Half a metre round, with things a quarter of a metre beside it, and a camera 0.8 m above its origin."""
    camera = CAMERA | {"pose": [0.0, 0.0, 0.8, 0.0, 0.0, 0.0], "field_of_view": [-1.5, 2.5], "cell": 0.03}
    camera |= {"min_points": 3, "least_points": 300, "height": [-0.5, 2.0], "range_max": 6.0}
    sonar, amcl = SONAR | {"pose": [0.0] * 6}, {"type": "map_pose", "topic": "amcl", "timeout_s": 0.5}
    amcl |= {"frame": "map", "sigmas": 3.0, "source": SAID}
    profile = seeing(
        tmp_path, {"camera": camera, "sonar": sonar}, {"circle": {"radius": 0.5}}, others={"amcl": amcl}
    )
    events = shown(profile, Scene(gap=0.25))
    assert next(iter(events)) == "odom" and len(events) == 4
    assert {event.t for event in events.values()} == {event.stamp for event in events.values()} == {0.0}
    assert events["odom"].pose.tolist() == events["amcl"].pose.tolist() == [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]
    assert events["amcl"].covariance is None and events["amcl"].sigma == (0.01, 0.01)
    heard = events["sonar"]
    assert (heard.value, heard.range_min, heard.range_max, heard.angle) == (0.75, 0.0, 16.0, None)
    seen = events["camera"].xyz
    # On six sides three points each, 0.03 m above one another; then 400 more of the floor than are needed to see.
    sides = [[0.751, 0, 0], [0, 0.751, 0], [0, 0, 0.751], [-0.751, 0, 0], [0, -0.751, 0], [0, 0, -0.751]]
    wanted = [[x, y, z + rise - 0.8] for x, y, z in sides for rise in (0.0, 0.03, 0.06)]
    assert seen[:18] == pytest.approx(np.array(wanted)) and len(seen) == 18 + 300 + 400
    floor = seen[18:]
    # 5.4 m away is nine tenths of 6 m, and 0.6 m below the origin a tenth of a metre below what counts.
    assert np.hypot(floor[:, 0], floor[:, 1]) == pytest.approx(np.full(700, 5.4))
    assert floor[:, 2] == pytest.approx(np.full(700, -0.6 - 0.8))
    assert np.arctan2(floor[:, 1], floor[:, 0]) == pytest.approx(np.linspace(-1.5, 2.5, 700))


def test_a_scan_has_a_beam_for_each_degree_and_one_more(tmp_path, shown):
    """5.5 rad are 315.1 degrees: 316 steps from the first beam to the last."""
    lidar = {"field_of_view": [-2.5, 3.0], "max_increment": 0.05}
    scan = shown(amr(tmp_path, sources={"lidar": lidar}), Scene(gap=0.25), 2.0)["lidar"]
    assert len(scan.ranges) == 317 and scan.angle_min == -2.5 and scan.t == scan.stamp == 2.0
    assert scan.angle_increment == pytest.approx(5.5 / 316)
    assert (scan.range_min, scan.range_max) == (0.0, 16.0)

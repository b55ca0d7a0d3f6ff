"""What an arm's sensors saw: once a message, over ground, with the posture of then; and an arm that keeps off it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import yaml

from iatro_governor.body.distance import point_distance
from iatro_governor.body.kinematics import posture
from iatro_governor.body.scan import Sweep
from iatro_governor.body.surroundings import Surroundings
from iatro_governor.governor import events
from iatro_governor.governor.clouds import Clouds
from iatro_governor.governor.core import Governor
from iatro_governor.limits.registry import load_profile
from iatro_governor.resources import shared
from test.body.arm.conftest import robots_folder
from test.shipped import shipped

PERIOD = 0.01
CAMERA: dict[str, Any] = {
    "type": "points",
    "topic": "camera",
    "frame": "camera",
    "pose": [-0.4, 0.0, 0.8, 0.0, 0.0, 0.0],
    "field_of_view": [-3.14159, 3.14159],
    "height": [-1.0, 2.0],
    "range_max": 5.0,
    "timeout_s": 0.3,
}


def sweep(t, *points, spread=0.02):
    solid = np.array(points, dtype=float).reshape(-1, 3)
    nothing = np.zeros(0)
    return Sweep(t, np.zeros(3), solid[:, :2], nothing.astype(int), nothing.astype(bool), 0.0, 0.1, nothing, 0.0,
                 solid=solid, solid_grain=spread)  # fmt: skip


def test_a_message_is_placed_once_and_knows_how_the_body_stood():
    around = Surroundings(0.0)
    clouds = Clouds(["camera"], around)
    assert clouds.seen(0.0, np.array([0.0])) == {}
    for step in range(1, 11):
        clouds.seen(0.1 * step, np.array([0.1 * step]))
    around.add("camera", sweep(0.75, [1.0, 2.0, 0.5]), np.array([10.0, 0.0, np.pi / 2]))
    cloud = clouds.seen(1.1, np.array([1.1]))["camera"]
    assert cloud.q == pytest.approx([0.75]) and cloud.spread == 0.02
    assert cloud.points == pytest.approx(np.array([[8.0, 1.0, 0.5]]))  # turned to the left at x = 10
    assert clouds.seen(1.2, np.array([1.2]))["camera"] is cloud
    around.add("camera", sweep(1.15), np.zeros(3))
    assert clouds.seen(1.3, np.array([1.3]))["camera"] is not cloud


def test_what_was_stamped_before_or_after_everything_known_has_the_nearest_posture():
    around = Surroundings(0.0)
    clouds = Clouds(["early", "late"], around)
    clouds.seen(1.0, np.array([1.0]))
    around.add("early", sweep(0.2), np.zeros(3))
    around.add("late", sweep(1.3), np.zeros(3))
    found = clouds.seen(1.1, np.array([1.1]))
    assert found["early"].q == pytest.approx([1.0]) and found["late"].q == pytest.approx([1.1])


def test_a_body_in_the_air_sees_from_the_height_that_it_had():
    around = Surroundings(0.0)
    around.add("camera", sweep(0.0, [1.0, 0.0, -0.5]), np.zeros(3), 3.0)
    cloud = Clouds(["camera"], around, "aerial").seen(0.1, np.array([0.0, 0.0, 3.2, 0.0]))["camera"]
    assert cloud.points == pytest.approx(np.array([[1.0, 0.0, 2.5]]))
    assert cloud.q.tolist() == [0.0, 0.0, 3.0, 0.0]


def test_sources_that_no_limit_looks_at_are_not_placed():
    around = Surroundings(0.0)
    around.add("camera", sweep(0.0, [1.0, 0.0, 0.0]), np.zeros(3))
    assert Clouds([], around).seen(0.0, np.zeros(1)) == {}


@pytest.fixture
def governor(tmp_path):
    """The shipped arm with a camera, and nobody else."""
    data = shipped(shared("config/panda.yaml"))
    data["sources"]["camera"] = CAMERA
    kept = ("joint_velocity", "joint_position", "joint_acceleration", "joint_deceleration")
    data["channels"] = {"arm": data["channels"]["arm"]}
    data["limits"] = [x for x in data["limits"] if x["kind"] in kept and x["channel"] == "arm"]
    data["limits"].append(
        {
            "name": "seen",
            "kind": "link_obstacle",
            "channel": "arm",
            "sources": ["camera"],
            "margin": 0.05,
            "noise": 0.005,
            "self_filter": 0.03,
            "retreat_speed": 0.1,
            "source": "a test",
        }
    )
    path = tmp_path / "panda.yaml"
    path.write_text(yaml.safe_dump(data))
    return Governor(load_profile(path))


@pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
def test_an_arm_without_odometry_keeps_off_what_its_camera_sees_and_not_off_itself(governor):
    """It turns towards a pole, which the camera sees from behind it, as it sees the arm's own surface."""
    body = governor.profile.body
    names = governor.senses.joint_tracks["joints"].names
    own = [names.index(name) for name in body.joints]
    pole = np.array([[0.45 * np.cos(0.9), 0.45 * np.sin(0.9), z] for z in np.arange(0.0, 1.2, 0.02)])
    q, rates = np.array([0.0, -0.5, 0.0, -2.2, 0.0, 1.8, 0.7]), np.zeros(7)
    least, turned = np.inf, 0.0
    for cycle in range(250):
        t = cycle * PERIOD
        position, velocity = np.zeros(len(names)), np.zeros(len(names))
        position[own], velocity[own] = q, rates
        governor.handle(events.Joints(t, "joints", names, position, velocity, None, t))
        governor.handle(events.Wrench(t, "wrist", np.zeros(3), np.zeros(3), t))
        governor.handle(events.Bodies(t, "people", "panda_link0", (), t))
        now = posture(body, q)
        if cycle % 3 == 0:
            ends = now.capsules()
            surface = (ends.mean(axis=1) + 0.9 * body.capsule_radius[:, None] * np.array([0, 0, 1.0]))[3:]
            sensor = np.array(CAMERA["pose"][:3])
            governor.handle(events.Points(t, "camera", np.concatenate([pole, surface]) - sensor, t))
        (decision,) = governor.handle(events.Command(t, "arm", (0.8, 0, 0, 0, 0, 0, 0), t))
        rates = np.array(decision.allowed)
        q = q + rates * PERIOD
        ends = posture(body, q).capsules()
        least = min(least, float(point_distance(ends, body.capsule_radius, pole).min()))
        turned = q[0]
    assert least >= 0.05 and turned > 0.2 and not rates.any()
    assert "seen" in {limit.name for limit in decision.limits}

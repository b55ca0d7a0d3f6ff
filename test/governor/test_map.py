"""Areas in the map, with odometry that drifts and a localiser that errs; and fences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatro_governor.body.planar import compose
from iatro_governor.body.shape import Polygon
from iatro_governor.errors import ProfileError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action, State
from iatro_governor.governor.events import MapPose, Odom
from test.governor import arms
from test.governor.hall import Drive, Hall, lidar
from test.governor.profiles import BOX, amr
from test.governor.test_closed_loop import wandering
from test.governor.test_offline import command, decisions, faults, odom, run, scan

SIGMAS = 3.0
AMCL = {"type": "map_pose", "topic": "amcl_pose", "timeout_s": 0.5, "sigmas": SIGMAS, "source": "a test"}
MAP = {"frame": "map", "localisation": "amcl"}
FENCE = [[-1.2, -0.9], [1.2, -0.9], [1.2, 0.4], [0.2, 0.4], [0.2, 0.9], [-1.2, 0.9]]
YARD = [[-1.2, -0.9], [1.2, -0.9], [1.2, 0.9], [-1.2, 0.9]]
ROOM = [[0.9, -0.6], [2.0, -0.6], [2.0, 0.6], [0.9, 0.6]]


def area(kind: str, corners: list[list[float]], **more: Any) -> dict[str, Any]:
    row = {"name": "area", "kind": kind, "channel": "base", "source": "a test", "frame": "odom"}
    return {**row, "figure": {"polygon": {"corners": corners}}, **more}


def footprint_of(profile):
    figure = profile.data.robot.footprint
    assert figure is not None
    return figure.shape()


def outline(footprint, pose):
    points = footprint.outline(0.02)
    c, s = math.cos(pose[2]), math.sin(pose[2])
    return np.stack(
        [pose[0] + c * points[:, 0] - s * points[:, 1], pose[1] + s * points[:, 0] + c * points[:, 1]], -1
    )


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_no_part_of_a_box_leaves_a_fence(tmp_path, seed):
    profile = amr(tmp_path, BOX, [area("geofence", FENCE)])
    drive = Drive(Governor(profile), Hall(np.zeros((0, 3))))
    drive.run(3.0, wandering(seed))
    figure, footprint = Polygon(np.array(FENCE)), footprint_of(profile)
    assert max(figure.distance(outline(footprint, pose)).max() for pose in drive.poses) < 1e-3
    assert not [d for d in drive.decisions if d.action is Action.UNREACHABLE]


def test_without_the_fence_the_same_courses_lead_out(tmp_path):
    figure, left = Polygon(np.array(FENCE)), 0
    for seed in range(4):
        profile = amr(tmp_path, BOX)
        drive = Drive(Governor(profile), Hall(np.zeros((0, 3))))
        drive.run(4.0, wandering(seed))
        footprint = footprint_of(profile)
        left += max(figure.distance(outline(footprint, pose)).max() for pose in drive.poses[::10]) > 0.05
    assert left >= 3


def test_outside_the_fence_it_comes_back_slowly_and_goes_no_further(tmp_path):
    profile = amr(tmp_path, None, [area("geofence", FENCE)])
    drive = Drive(Governor(profile), Hall(np.zeros((0, 3)), pose=np.array([1.3, 0.0, 0.0])))
    drive.run(1.0, (0.5, 0.0, 0.0))
    assert drive.hall.pose[0] == 1.3 and drive.last.state is State.LIMITED
    assert {limit.name for limit in drive.last.limits} == {"area"} and min(
        x.margin for x in drive.last.limits
    ) < 0
    drive.run(1.5, (-0.5, 0.0, 0.0))
    speeds = np.diff(np.array(drive.poses)[:, 0]) / 0.01
    assert drive.hall.pose[0] < 1.2 and speeds.min() >= -0.2 - 1e-6


@dataclass
class Lost(Drive):
    """A drive whose odometry drifts from the map, which ``hall`` is in, and whose localiser is right within bounds."""

    seed: int = 0
    sigma: tuple[float, float] = (0.02, 0.01)

    def __post_init__(self):
        self.rng = np.random.default_rng(self.seed)
        self.looks = self._look

    def _drift(self, t):
        """Pose of the map's origin in odom: 2 cm and 0.02 rad a second, from somewhere."""
        return np.array([0.5 + 0.02 * t, -0.3 + 0.01 * t, 0.4 + 0.02 * t])

    def _odom(self, t):
        x, y, yaw = compose(self._drift(t), self.hall.pose)
        vx, vy, wz = self.hall.twist
        pose = np.array([x, y, 0.0, 0.0, 0.0, math.sin(yaw / 2), math.cos(yaw / 2)])
        return Odom(t, "odom", pose, np.array([vx, vy, 0.0, 0.0, 0.0, wz]), t)

    def _look(self, hall, t):
        # What is within its bounds, at their very edge more often than not.
        most = (SIGMAS - 1.0) * np.array(self.sigma)
        bearing = self.rng.uniform(-math.pi, math.pi)
        x, y = hall.pose[:2] + most[0] * np.array([math.cos(bearing), math.sin(bearing)])
        yaw = hall.pose[2] + most[1] * self.rng.choice([-1.0, 1.0])
        pose = np.array([x, y, 0.0, 0.0, 0.0, math.sin(yaw / 2), math.cos(yaw / 2)])
        fix = MapPose(t, "amcl", pose, None, self.sigma, t)
        return [*lidar(hall, t), *([fix] if self.k % 20 == 0 else [])]


@pytest.mark.parametrize(("kind", "corners"), [("zone", ROOM), ("geofence", YARD)])
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_in_the_map_the_true_footprint_keeps_to_it_however_the_localiser_errs(tmp_path, kind, corners, seed):
    profile = amr(tmp_path, BOX, [area(kind, corners, **MAP)], sources={"amcl": AMCL})
    drive = Lost(Governor(profile), Hall(np.zeros((0, 3))), seed=seed)
    drive.run(4.0, wandering(seed))
    figure, footprint = Polygon(np.array(corners)), footprint_of(profile)
    sign = 1.0 if kind == "zone" else -1.0
    assert min((sign * figure.distance(outline(footprint, pose))).min() for pose in drive.poses) > -1e-3
    assert np.ptp(np.array(drive.poses)[:, 0]) > 0.1
    assert not [d for d in drive.decisions if d.action is Action.UNREACHABLE]


# Event lines.


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return amr(tmp_path_factory.mktemp("profile"), limits=[area("zone", ROOM, **MAP)], sources={"amcl": AMCL})


def diagonal(*variances):
    out = [0.0] * 36
    for k, value in enumerate(variances):
        out[7 * k] = value
    return out


GOOD = diagonal(1e-4, 1e-4, 0, 0, 0, 1e-4)


def located(t, x=0.0, **more):
    line = {"t": t, "type": "map_pose", "source": "amcl", "pose": [x, 0, 0, 0, 0, 0, 1]}
    return {**line, **({} if "sigma" in more else {"covariance": GOOD}), **more}


def driven(start, end, places=True):
    for k in range(round((end - start) / 0.05)):
        t = round(start + k * 0.05, 6)
        yield from (scan(t), odom(t), *([located(t)] if places else []), command(round(t + 0.001, 6), 0.2))


def test_it_waits_for_the_localiser_and_then_drives(profile):
    rows, loop = run(profile, [*driven(0.0, 0.3, places=False), *driven(0.3, 1.5)])
    assert loop.malformed == 0
    early = [row for row in decisions(rows) if row["t"] < 0.3]
    assert not any(any(row["allowed"]) for row in early)
    assert "amcl" in early[-1]["faults"][0]["detail"]
    assert rows[-1]["allowed"][0] == pytest.approx(0.2)


def test_a_silent_localiser_stops_it(profile):
    rows, _ = run(profile, [*driven(0.0, 1.0), *driven(1.0, 2.5, places=False)])
    assert "sensor_stale" in faults(rows) and not any(decisions(rows)[-1]["allowed"])


def test_a_pose_from_before_the_first_odometry_is_placed_by_it(profile):
    events = [located(0.0, 0.68), scan(0.0), odom(0.01), command(0.02, 0.2), {"t": 0.3, "type": "tick"}]
    rows, _ = run(profile, events)
    assert not any(decisions(rows)[2]["allowed"])
    assert "area" in [limit["name"] for limit in decisions(rows)[2]["limits"]]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (located(1.0, math.nan), "finite"),
        (located(1.0, pose=[0, 0, 0, 0, 0, 0, 0]), "quaternion"),
        (located(1.0, pose=[0, 0, 0]), "at least 7"),
        (located(1.0, covariance=[0.0] * 36), "variance of 0"),
        (located(1.0, covariance=diagonal(1e-4, 1e-4, 0, 0, 0, 0)), "variance of 0"),
        (located(1.0, covariance=diagonal(-1e-4, 1e-4, 0, 0, 0, 1e-4)), "at least 0"),
        (located(1.0, covariance=diagonal(math.inf, 1e-4, 0, 0, 0, 1e-4)), "finite"),
        (located(1.0, covariance=[GOOD[0], 0.5, *GOOD[2:]]), "symmetric"),
        (located(1.0, covariance=GOOD[:35]), "at least 36"),
        (located(1.0, sigma=[-0.1, 0.1]), "sigma"),
        (located(1.0, sigma=[0.1, math.nan]), "sigma"),
        (located(1.0, sigma=[0.1]), "at least 2"),
        ({**located(1.0, sigma=[0.1, 0.1]), "covariance": GOOD}, "either"),
        (located(1.0, 0.6), "0.60 m or rad"),
        (located(1.0, stamp=2.0), "ahead"),
    ],
    ids=lambda x: str(x)[:60],
)
def test_a_garbled_pose_is_reported_and_stops(profile, bad, said):
    rows, loop = run(profile, [*driven(0.0, 1.0), bad, {"t": 1.05, "type": "tick"}])
    told = [row["message"] for row in rows if row.get("type") == "malformed"]
    assert loop.malformed == len(told) == 1
    assert said in told[0]
    assert "sensor_malformed" in faults(rows) and decisions(rows)[-1]["state"] == "CONTROLLED_STOP"


def test_wide_uncertainty_holds_it_further_off(profile):
    """0.9 m ahead is a zone: 0.22 m of body and three times 0.22 m of doubt leave too little to drive on."""
    events = [
        {**e, "covariance": diagonal(0.05, 0.05, 0, 0, 0, 1e-4)} if e["type"] == "map_pose" else e
        for e in driven(0.0, 1.0)
    ]
    rows, _ = run(profile, events)
    assert max(row["allowed"][0] for row in decisions(rows)) < 0.05
    assert "area" in {limit["name"] for row in decisions(rows) for limit in row["limits"]}


# What a profile may say.


def refusal(tmp_path, **kwargs) -> str:
    with pytest.raises(ProfileError) as caught:
        amr(tmp_path, **kwargs)
    return str(caught.value)


def test_areas_that_could_never_bound_are_refused(tmp_path):
    ball = {"sphere": {"centre": [1.0, 0.0, 3.0], "radius": 0.5}}
    high = area("zone", ROOM, figure=ball)
    robot = {"height": [0.0, 1.0], "height_source": "a test"}
    assert "above or below the body" in refusal(tmp_path, limits=[high], robot=robot)
    assert amr(tmp_path, limits=[high]).limits  # a body of unknown height may be as high as that
    low = area("zone", ROOM, figure={"sphere": {**ball["sphere"], "centre": [1.0, 0.0, 1.2]}})
    assert amr(tmp_path, limits=[low], robot=robot).limits


def test_names_and_heights_must_make_sense(tmp_path):
    inside = area("zone", ROOM, **MAP)
    assert "names no map_pose source" in refusal(tmp_path, limits=[inside])
    loose = {"amcl": {**AMCL, "required": False}}
    assert "cannot hold without it" in refusal(tmp_path, limits=[inside], sources=loose)
    assert "less than or equal to 4" in refusal(
        tmp_path, limits=[inside], sources={"amcl": {**AMCL, "timeout_s": 5.0}}
    )
    assert "height_source" in refusal(tmp_path, robot={"height": [0.0, 1.0]})
    assert "lowest to highest" in refusal(tmp_path, robot={"height": [1.0, 0.0], "height_source": "a test"})


def test_a_robot_without_odometry_takes_a_pose_for_nothing(tmp_path):
    given = arms.data({"arm": arms.channel("joint_velocity", "arm")})
    given["sources"]["amcl"] = AMCL
    still = {"names": list(arms.JOINTS), "position": [0.1, 0.1], "velocity": [0.0, 0.0]}
    rows, loop = arms.run(arms.arm(tmp_path, given), [{"t": 0.0, "type": "joints", **still}, located(0.01)])
    assert loop.malformed == 0 and arms.faults(rows) <= {"closed"}

"""Clouds and ranges drive the same limits as scans do: closed loops, and event lines."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatro_governor.errors import ProfileError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action, State
from iatro_governor.governor.events import Points, Range
from test.governor.hall import BEAMS, RANGE_MAX, STEP, Drive, Hall
from test.governor.profiles import BOX, seeing
from test.governor.test_closed_loop import MARGIN, posts, wandering
from test.governor.test_offline import command, decisions, faults, odom, run

CLOUD: dict[str, Any] = {
    "type": "points",
    "topic": "cloud",
    "frame": "camera",
    "pose": [0.1, 0.0, 0.4, 0.0, 0.3, 0.0],
    "field_of_view": [-math.pi, math.pi],
    "height": [0.05, 1.0],
    "range_max": 8.0,
    "timeout_s": 0.2,
}
SONARS = 12
SONAR = {
    "type": "range",
    "topic": "sonar",
    "frame": "sonar",
    "field_of_view": 1.0,
    "range_max": 4.0,
    "timeout_s": 0.2,
}


def sonars():
    """A ring of cones that overlap, 0.1 m from the middle."""
    out = {}
    for k in range(SONARS):
        yaw = 2 * math.pi * k / SONARS
        pose = [0.1 * math.cos(yaw), 0.1 * math.sin(yaw), 0.2, 0.0, 0.0, yaw]
        out[f"sonar{k}"] = {**SONAR, "topic": f"sonar{k}", "pose": pose}
    return out


def cloud(hall, t):
    """Posts as columns of points, and the floor wherever none stands, in the frame of a camera that looks down."""
    x, y, height, _, pitch, _ = CLOUD["pose"]
    ranges = hall.ranges((x, y))
    bearing = -math.pi + STEP * np.arange(BEAMS)
    ray = np.stack([np.cos(bearing), np.sin(bearing)], axis=-1)
    hit = np.isfinite(ranges)
    columns = [
        np.column_stack([ray[hit] * ranges[hit, None], np.full(hit.sum(), z - height)]) for z in (0.1, 0.9)
    ]
    floor = np.column_stack([ray * np.minimum(ranges, RANGE_MAX)[:, None], np.full(BEAMS, -height)])
    level = np.concatenate([*columns, floor])
    c, s = math.cos(pitch), math.sin(pitch)
    local = np.column_stack(
        [c * level[:, 0] - s * level[:, 2], level[:, 1], s * level[:, 0] + c * level[:, 2]]
    )
    return [Points(t, "cloud", local, t)]


def ring(hall, t):
    """The nearest return in each sonar's cone, judged from densely sampled posts."""
    angle = np.linspace(0, 2 * math.pi, 24, endpoint=False)
    rim = hall.posts[:, None, :2] + hall.posts[:, None, 2:] * np.stack(
        [np.cos(angle), np.sin(angle)], axis=-1
    )
    x, y, yaw = hall.pose
    dx, dy = rim[..., 0].ravel() - x, rim[..., 1].ravel() - y
    local = np.stack(
        [math.cos(yaw) * dx + math.sin(yaw) * dy, math.cos(yaw) * dy - math.sin(yaw) * dx], axis=-1
    )
    out = []
    for name, row in sonars().items():
        away = local - np.array(row["pose"][:2])
        bearing = np.arctan2(away[:, 1], away[:, 0]) - row["pose"][5]
        inside = np.abs(np.mod(bearing + math.pi, 2 * math.pi) - math.pi) <= 0.5
        nearest = float(np.hypot(*away[inside].T).min(initial=math.inf))
        out.append(Range(t, name, nearest, 0.02, 4.0, None, t))
    return out


LOOKS = {"cloud": ({"cloud": CLOUD}, cloud), "sonars": (sonars(), ring)}


@pytest.mark.parametrize("kind", LOOKS)
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_no_post_is_ever_nearer_than_the_margin(tmp_path, kind, seed):
    sources, looks = LOOKS[kind]
    profile = seeing(tmp_path, sources, BOX if kind == "cloud" else None)
    drive = Drive(Governor(profile), Hall(posts(seed)), looks=looks)
    drive.run(3.0, wandering(seed))
    assert min(drive.gaps) >= MARGIN - 0.004
    # A post that slips into the edge of a cone may stand anywhere across it, for all that the sonar tells.
    assert kind == "sonars" or not [d for d in drive.decisions if d.action is Action.UNREACHABLE]


@pytest.mark.parametrize(("kind", "short"), [("cloud", 0.035), ("sonars", 0.01)])
def test_it_drives_up_to_a_wall_and_comes_back(tmp_path, kind, short):
    """A cloud's cell costs its diagonal, 28 mm, and no more."""
    sources, looks = LOOKS[kind]
    wall = np.column_stack([np.full(161, 2.0), np.linspace(-2, 2, 161), np.full(161, 0.03)])
    drive = Drive(Governor(seeing(tmp_path, sources)), Hall(wall), looks=looks)
    drive.run(6.0, (1.0, 0.0, 0.0))
    assert MARGIN - 0.004 <= drive.gaps[-1] <= MARGIN + short + 0.02
    assert drive.last.state is State.LIMITED and not any(drive.last.allowed)
    assert "obstacles" in [limit.name for limit in drive.last.limits]
    drive.run(2.0, (-0.5, 0.0, 0.0))
    assert drive.gaps[-1] > 0.4


def test_a_zone_carried_by_the_body_and_a_slow_one_keep_points_out(tmp_path):
    figure = {"polygon": {"corners": [[0.0, -0.5], [0.9, -0.5], [0.9, 0.5], [0.0, 0.5]]}}
    row: dict[str, Any] = {"channel": "base", "source": "a test", "frame": "body", "sources": ["cloud"]}
    far = {"circle": {"radius": 1.5}}
    limits = [
        {**row, "name": "reach", "kind": "zone", "figure": figure},
        {**row, "name": "near", "kind": "slow_zone", "figure": far, "speed": 0.2},
    ]
    drive = Drive(
        Governor(seeing(tmp_path, {"cloud": CLOUD}, limits=limits)),
        Hall(np.array([[3.0, 0.2, 0.03]])),
        looks=cloud,
    )
    drive.run(9.0, (0.6, 0.0, 0.0))
    assert 3.0 - 0.03 - drive.hall.pose[0] == pytest.approx(0.9 + 0.028, abs=0.03)
    speeds = np.diff(np.array(drive.poses)[:, 0]) / 0.01
    close = 3.0 - np.array(drive.poses)[1:, 0] < 1.5
    assert speeds[close].max() <= 0.2 + 1e-6 < 0.5 < speeds.max()


def test_where_a_camera_has_not_looked_it_does_not_go(tmp_path):
    ahead = {**CLOUD, "field_of_view": [-1.0, 1.0]}
    drive = Drive(Governor(seeing(tmp_path, {"cloud": ahead})), Hall(np.zeros((0, 3))), looks=cloud)
    drive.run(1.5, (-0.3, 0.0, 0.0))
    assert drive.hall.pose[0] == 0.0 and "unseen_space" in [limit.name for limit in drive.last.limits]


def test_a_range_shares_a_limit_with_a_cloud_that_sees_through_glass(tmp_path):
    every = {"cloud": {**CLOUD, "empty_means": "free"}, "sonar": {**SONAR, "pose": [0.2, 0, 0.2, 0, 0, 0]}}

    def both(hall, t):
        return [*cloud(hall, t), Range(t, "sonar", 1.5 - 0.2 - hall.pose[0], 0.02, 4.0, 1.0, t)]

    drive = Drive(Governor(seeing(tmp_path, every)), Hall(np.zeros((0, 3))), looks=both)
    drive.run(6.0, (0.5, 0.0, 0.0))
    assert 1.5 - 0.22 - drive.hall.pose[0] == pytest.approx(MARGIN, abs=0.02)
    assert "obstacles" in [limit.name for limit in drive.last.limits]
    assert not [d for d in drive.decisions if d.action is Action.UNREACHABLE]


# Event lines.


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("profile")
    return seeing(
        folder,
        {"cloud": {**CLOUD, "empty_means": "free"}, "sonar": {**SONAR, "pose": [0.2, 0, 0.2, 0, 0, 0]}},
    )


def points(t, xyz=((5.0, 0.0, 0.0),), **more):
    return {"t": t, "type": "points", "source": "cloud", "xyz": [list(p) for p in xyz], **more}


def sonar(t, value=math.inf, **more):
    return {"t": t, "type": "range", "source": "sonar", "range": value, **more}


def drive(start, end, vx=0.2):
    for k in range(round((end - start) / 0.05)):
        t = round(start + k * 0.05, 6)
        yield from (points(t), sonar(t), odom(t), command(round(t + 0.001, 6), vx))


def test_lines_of_clouds_and_ranges_drive_it(profile):
    rows, loop = run(profile, drive(0.0, 1.0))
    assert rows[-1]["allowed"][0] == pytest.approx(0.2) and loop.malformed == 0 and faults(rows) == set()


@pytest.mark.parametrize(
    "bad",
    [
        points(1.0, ()),
        points(1.0, [(math.nan, 0, 0)]),
        points(1.0, [(1, 2)]),
        points(1.0, [(1, 2, 3, 4)]),
        points(1.0, [(True, 0, 0)]),
        points(1.0, [("1", 0, 0)]),
        {**points(1.0), "xyz": [1.0, 2.0, 3.0]},
        {**points(1.0), "xyz": None},
        points(1.0, stamp=5.0),
        points(1.0, source="sonar"),
        sonar(1.0, math.nan),
        sonar(1.0, "far"),
        sonar(1.0, True),
        sonar(1.0, 1.0, range_min=2.0, range_max=1.0),
        sonar(1.0, 0.4, range_min=1.0),
        sonar(1.0, 1.0, field_of_view=1.2),
        {"t": 1.0, "type": "range", "source": "sonar"},
    ],
    ids=lambda bad: str(bad)[:70],
)
def test_a_garbled_look_is_reported_and_stops(profile, bad):
    rows, loop = run(profile, [*drive(0.0, 1.0), bad, {"t": 1.05, "type": "tick"}])
    said = [row for row in rows if row.get("type") == "malformed"]
    assert loop.malformed == len(said) == 1 and said[0]["of"] == bad["type"] and said[0]["message"]
    assert "sensor_malformed" in faults(rows) or bad["source"] != {"points": "cloud"}.get(
        bad["type"], bad["source"]
    )
    if "sensor_malformed" in faults(rows):
        assert decisions(rows)[-1]["state"] == "CONTROLLED_STOP"


def test_a_silent_cloud_is_stale(profile):
    rest = [event for event in drive(1.0, 2.0) if event["type"] != "points"]
    rows, _ = run(profile, [*drive(0.0, 1.0), *rest])
    assert "sensor_stale" in faults(rows) and not any(decisions(rows)[-1]["allowed"])


def test_a_limit_may_name_no_source_that_cannot_see(tmp_path):
    with pytest.raises(ProfileError, match="names no scan or points or range source"):
        seeing(
            tmp_path,
            {"cloud": CLOUD},
            limits=[
                {
                    "name": "o",
                    "kind": "time_to_collision",
                    "channel": "base",
                    "source": "a test",
                    "sources": ["odom"],
                    "bound": 1.0,
                }
            ],
        )
    with pytest.raises(ProfileError, match="outside height"):
        seeing(tmp_path, {"cloud": {**CLOUD, "height": [0.5, 1.0]}})

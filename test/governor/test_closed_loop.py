"""What the design promises of the motion itself, judged by a world in finer steps than the loop."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatro_governor.body.planar import transform
from iatro_governor.body.shape import Polygon
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action, State
from iatro_governor.governor.events import Flags
from test.governor.hall import Drive, Hall
from test.governor.profiles import BOX, amr

MARGIN = 0.08
SIMULATED = 0.004
"""What a lidar of half a degree does not see of a round post at 2 m, m."""


def posts(seed: int, count: int = 40, spread: float = 2.5) -> np.ndarray:
    """Round posts anywhere but on the robot."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(-spread, spread, (count, 2))
    free = (np.abs(places[:, 0]) > 0.75) | (np.abs(places[:, 1]) > 0.65)
    return np.column_stack([places[free], np.full(free.sum(), 0.03)])


def wandering(seed: int):
    """Random mixed turns and ways, far beyond every limit, a new one each 1.5 s."""
    rng = np.random.default_rng(seed + 1000)
    commands = rng.uniform([-1.5, 0, -2.5], [1.5, 0, 2.5], (400, 3))
    commands[:, 1] = 0.0
    return lambda t: commands[int(t / 1.5)]


@pytest.mark.parametrize("figure", [None, BOX], ids=["disc", "box"])
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_no_post_is_ever_nearer_than_the_margin(tmp_path, figure, seed):
    drive = Drive(Governor(amr(tmp_path, figure)), Hall(posts(seed)))
    drive.run(6.0, wandering(seed))
    assert min(drive.gaps) >= MARGIN - SIMULATED
    assert not [d for d in drive.decisions if d.action is Action.UNREACHABLE]


def test_a_governor_that_looked_away_would_fail_this(tmp_path):
    """The courses above are hard enough: without the obstacle limit the same robot hits the same posts."""
    kinds = ("zone", "slow_zone", "obstacle", "time_to_collision", "unseen")
    touched = 0
    for seed in range(4):
        drive = Drive(Governor(amr(tmp_path, BOX, drop=kinds)), Hall(posts(seed)))
        drive.run(6.0, wandering(seed))
        touched += min(drive.gaps) <= 0
    assert touched >= 3


def test_it_still_gets_somewhere(tmp_path):
    """A governor that never moves would pass every test of distance."""
    ways = []
    for seed in range(4):
        drive = Drive(Governor(amr(tmp_path)), Hall(posts(seed)))
        drive.run(6.0, wandering(seed))
        steps = np.diff(np.array(drive.poses)[:, :2], axis=0)
        ways.append(float(np.hypot(*steps.T).sum()))
    assert np.median(ways) > 1.0


def test_it_drives_up_to_a_wall_and_no_further_and_comes_back(tmp_path):
    wall = np.column_stack([np.full(81, 2.0), np.linspace(-2, 2, 81), np.full(81, 0.03)])
    drive = Drive(Governor(amr(tmp_path)), Hall(wall))
    drive.run(7.0, (1.0, 0.0, 0.0))
    assert MARGIN - SIMULATED <= drive.gaps[-1] <= MARGIN + 0.03
    assert drive.last.state is State.LIMITED and not any(drive.last.allowed)
    assert "obstacles" in [limit.name for limit in drive.last.limits]
    drive.run(2.0, (-0.5, 0.0, 0.0))
    assert drive.gaps[-1] > 0.4


def test_with_a_broken_margin_it_leaves_slowly_and_slides(tmp_path):
    post = np.array([[0.22 + 0.03 + 0.03, 0.0, 0.03]])  # 30 mm off the bumper
    drive = Drive(Governor(amr(tmp_path)), Hall(post))
    drive.run(1.0, (0.3, 0.0, 0.0))
    assert drive.gaps[-1] == pytest.approx(0.03, abs=0.002)
    drive.run(1.0, (-0.5, 0.0, 0.0))
    retreat = [abs(d.allowed[0]) for d in drive.decisions if d.allowed[0] < 0]
    assert drive.gaps[-1] > MARGIN
    assert max(retreat[:10]) <= 0.15 + 1e-9


def test_a_wall_that_appears_within_the_stopping_distance_is_braked_for_hardest(tmp_path):
    drive = Drive(Governor(amr(tmp_path)), Hall(np.zeros((0, 3))))
    drive.run(2.0, (0.8, 0.0, 0.0))
    t = drive.k * drive.governor.period
    told = dict.fromkeys(("payload_held", "follower_close", "on_slope"), False)
    drive.governor.handle(
        Flags(t, "flags", told, t)
    )  # or the protective stop gives way to the controlled one
    ahead = drive.hall.pose[0] + 0.22 + 0.25
    drive.hall.posts = np.column_stack([np.full(41, ahead + 0.03), np.linspace(-1, 1, 41), np.full(41, 0.03)])
    drive.run(1.5, (0.8, 0.0, 0.0))
    unreachable = [d for d in drive.decisions if d.action is Action.UNREACHABLE]
    assert unreachable and "limit_unreachable" in {fault.name for fault in drive.last.faults} | {
        fault.name for d in drive.decisions for fault in d.faults
    }
    assert min(drive.gaps) > 0.0  # 0.8 m/s at 1.6 m/s2 is 0.2 m, and the delay costs 0.03 m
    assert not any(drive.last.allowed)


def zone(frame: str, corners: list[list[float]], **more):
    row = {"name": "office", "kind": "zone", "channel": "base", "source": "a test", "frame": frame}
    return {**row, "figure": {"polygon": {"corners": corners}}, **more}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), concave=st.booleans())
def test_no_part_of_a_box_enters_a_zone(tmp_path, seed, concave):
    corners = [[0.9, -0.6], [2.0, -0.6], [2.0, 0.6], [0.9, 0.6]]
    if concave:
        corners.insert(3, [1.5, 0.0])
    profile = amr(tmp_path, BOX, [zone("odom", corners)])
    drive = Drive(Governor(profile), Hall(np.zeros((0, 3))))
    drive.run(6.0, wandering(seed))
    body = profile.data.robot.footprint
    assert body is not None
    outline = body.shape().outline(0.02)
    figure = Polygon(np.array(corners))
    for x, y, yaw in drive.poses:
        c, s = math.cos(yaw), math.sin(yaw)
        points = np.column_stack(
            [x + c * outline[:, 0] - s * outline[:, 1], y + s * outline[:, 0] + c * outline[:, 1]]
        )
        assert figure.distance(points).min() > -1e-3


def test_a_slow_zone_is_entered_at_its_speed(tmp_path):
    row = {
        "name": "aisle",
        "kind": "slow_zone",
        "channel": "base",
        "source": "a test",
        "frame": "odom",
        "speed": 0.3,
        "figure": {"polygon": {"corners": [[2.0, -1.0], [4.0, -1.0], [4.0, 1.0], [2.0, 1.0]]}},
    }
    drive = Drive(Governor(amr(tmp_path, limits=[row])), Hall(np.zeros((0, 3))))
    drive.run(6.0, (0.8, 0.0, 0.0))
    inside = [k for k, pose in enumerate(drive.poses) if pose[0] > 2.0 - 0.22]
    speeds = np.diff(np.array(drive.poses)[inside, 0]) / 0.01
    assert len(inside) > 50 and speeds.max() <= 0.3 + 1e-6
    assert max(np.diff(np.array(drive.poses)[:, 0])) / 0.01 > 0.75  # and outside it was not slow


@pytest.mark.parametrize(
    ("turn", "back_s", "jerk"),
    [(2.5, 9.0, {}), (-1.0, 0.3, {}), (2.5, 9.0, {"linear": 2.0, "angular": 1.0})],
    ids=["once", "there and back", "smoothly"],
)
def test_a_turn_keeps_no_speed_up_on_the_way_into_a_slow_zone(tmp_path, turn, back_s, jerk):
    """A turn may only grow slowly here; all that is asked for on one straight way, the speed would fall as slowly."""
    corners = [[1.5, -3.0], [4.0, -3.0], [4.0, 3.0], [1.5, 3.0]]
    aisle = {**zone("odom", corners, speed=0.3), "name": "aisle", "kind": "slow_zone"}
    rates = {"acceleration": {"linear": 0.8, "angular": 0.2}, "jerk": jerk}
    own = {"channel": "base", "source": "a test"}
    limits = [
        {"name": f"{axis}_{kind}", "kind": kind, "axis": axis, "bound": bound, **own}
        for kind, bounds in rates.items()
        for axis, bound in bounds.items()
    ]
    drop = ("zone", "slow_zone", "acceleration")
    drive = Drive(Governor(amr(tmp_path, limits=[aisle, *limits], drop=drop)), Hall(np.zeros((0, 3))))
    begins = 1.2

    def turning(t):
        if t < begins:
            return (0.8, 0.0, 0.0)
        return (0.4, 0.0, turn if int((t - begins) / back_s) % 2 == 0 else -turn)

    drive.run(3.6, turning)
    inside = [k for k, pose in enumerate(drive.poses) if pose[0] > 1.5 - 0.22]
    speeds = np.hypot(*np.diff(np.array(drive.poses)[inside, :2], axis=0).T) / 0.01
    assert len(inside) > 30 and speeds.max() <= 0.3 + 1e-6
    turned = [abs(d.allowed[5]) for d in drive.decisions if begins < d.t < begins + 0.2]
    assert max(turned) > 0.01  # it steers while it slows down


def test_no_corner_that_turns_into_a_slow_zone_is_faster_there(tmp_path):
    corners = [[1.2, -0.6], [2.0, -0.6], [2.0, 0.6], [1.2, 0.6]]
    aisle = {**zone("odom", corners, speed=0.3), "name": "aisle", "kind": "slow_zone"}
    profile = amr(tmp_path, BOX, [aisle])
    drive = Drive(Governor(profile), Hall(np.zeros((0, 3)), pose=np.array([0.0, -0.42, 0.0])))
    drive.run(2.2, lambda t: (1.0, 0.0, 0.0 if t < 0.9 else 1.3))
    body = profile.data.robot.footprint
    assert body is not None
    outline, area = body.shape().outline(0.02), Polygon(np.array(corners))
    poses = np.array(drive.poses)
    inside = [k for k, pose in enumerate(poses) if area.distance(transform(pose, outline)).min() <= 0.0]
    speeds = np.hypot(*np.diff(poses[inside, :2], axis=0).T) / 0.01
    assert len(inside) > 20 and speeds.max() <= 0.3 + 1e-6


def test_a_zone_carried_by_the_body_keeps_returns_out(tmp_path):
    row = zone("body", [[0.0, -0.5], [0.9, -0.5], [0.9, 0.5], [0.0, 0.5]], sources=["lidar"])
    drive = Drive(Governor(amr(tmp_path, limits=[row])), Hall(np.array([[3.0, 0.2, 0.03]])))
    drive.run(7.0, (0.6, 0.0, 0.0))
    assert 3.0 - 0.03 - drive.hall.pose[0] == pytest.approx(0.9, abs=0.03)


def test_unseen_space_behind_a_forward_lidar_is_not_entered(tmp_path):
    half = {"lidar": {"field_of_view": [-math.pi / 2, math.pi / 2]}}
    drive = Drive(Governor(amr(tmp_path, sources=half)), Hall(np.zeros((0, 3))))
    drive.run(2.0, (-0.3, 0.0, 0.0))
    assert drive.hall.pose[0] == 0.0
    assert "unseen_space" in [limit.name for limit in drive.last.limits]
    drive.run(1.0, (0.3, 0.0, 0.0))
    assert drive.hall.pose[0] > 0.1


def test_between_walls_on_all_sides_it_is_trapped_and_says_by_what(tmp_path):
    """A box too long to turn, with a wall everywhere at less than the margin."""
    angle = np.linspace(0, 2 * math.pi, 90, endpoint=False)
    direction = np.column_stack([np.cos(angle), np.sin(angle)])
    reach = 1.0 / np.maximum(np.abs(direction[:, 0]) / 0.45, np.abs(direction[:, 1]) / 0.30)
    ring = np.column_stack([direction * reach[:, None], np.full(90, 0.01)])
    drive = Drive(Governor(amr(tmp_path, BOX)), Hall(ring))
    drive.run(3.0, (0.3, 0.0, 0.4))
    assert drive.last.state is State.TRAPPED
    assert "obstacles" in [limit.name for limit in drive.last.limits]
    assert min(drive.gaps) > 0.0


def test_when_the_whole_command_is_stuck_its_turn_alone_goes_on(tmp_path):
    wall = np.column_stack([np.full(81, 0.36), np.linspace(-2, 2, 81), np.full(81, 0.03)])
    drive = Drive(Governor(amr(tmp_path)), Hall(wall))
    drive.run(3.0, (0.5, 0.0, 0.5))
    assert Action.SPLIT in {d.action for d in drive.decisions}
    assert drive.hall.pose[2] > 0.5


def test_silence_while_driving_brakes_to_exact_zero(tmp_path):
    drive = Drive(Governor(amr(tmp_path)), Hall(np.zeros((0, 3))))
    drive.run(1.5, (0.8, 0.0, 0.0))
    drive.run(2.0, None)
    assert drive.last.allowed == (0.0,) * 6
    assert "command_stale" in {fault.name for d in drive.decisions for fault in d.faults}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_outputs_are_finite_capped_and_change_no_faster_than_allowed(tmp_path, seed):
    drive = Drive(Governor(amr(tmp_path)), Hall(posts(seed, 10)))
    drive.run(3.0, wandering(seed))
    out = np.array([d.allowed for d in drive.decisions])
    times = np.array([d.t for d in drive.decisions])
    assert np.isfinite(out).all()
    assert np.abs(out[:, 0]).max() <= 0.8 + 1e-9 and np.abs(out[:, 5]).max() <= 1.2 + 1e-9
    growth = np.abs(out[1:]) - np.abs(out[:-1])
    dt = np.diff(times)[:, None]
    assert (growth[:, [0]] <= 0.8 * dt + 1e-9).all() and (growth[:, [5]] <= 2.0 * dt + 1e-9).all()


def test_whatever_is_changed_of_a_command_is_explained_with_its_source(tmp_path):
    """Of two decisions at one moment the second has no time to change anything in, and names nothing for it."""
    profile, cut = amr(tmp_path, BOX), []
    for seed in range(1, 5):
        drive = Drive(Governor(profile), Hall(posts(seed, 10)))
        drive.run(3.0, wandering(seed))
        cut += [d for before, d in pairwise(drive.decisions) if d.t > before.t and d.requested != d.allowed]
    assert len(cut) > 500 and len({limit.kind for d in cut for limit in d.limits}) >= 5
    for d in cut:
        assert d.limits or d.faults, d
        assert all(limit.source and limit.unit and math.isfinite(limit.margin) for limit in d.limits)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_at_every_moment_the_ramp_to_rest_is_clear(tmp_path, seed):
    """The invariant itself: cut the commands at any moment, and the stop that follows keeps the margin."""
    hall = Hall(posts(seed))
    drive = Drive(Governor(amr(tmp_path, BOX)), hall)
    for _ in range(6):
        drive.run(0.7, wandering(seed))
        before = len(drive.gaps)
        drive.run(1.3, (0.0, 0.0, 0.0))
        assert min(drive.gaps[before:]) >= MARGIN - SIMULATED
        assert not any(drive.last.allowed)


@pytest.mark.parametrize("late", [3, 6, 9])
def test_a_loop_that_is_late_now_and_then_still_keeps_its_margin(tmp_path, late):
    """A busy machine that misses 0.12 s in every 0.3 s: an output stands longer than a period, and is judged so."""
    wall = np.column_stack([np.full(81, 3.0), np.linspace(-2, 2, 81), np.full(81, 0.03)])
    profile = amr(tmp_path, drop=("zone", "slow_zone", "time_to_collision"))
    drive = Drive(Governor(profile), Hall(wall), skip=lambda k: (k + late) % 30 >= 18)
    drive.run(6.0, (0.8, 0.0, 0.0))
    assert MARGIN - 5e-4 <= min(drive.gaps) and drive.gaps[-1] < MARGIN + 0.02
    assert not [d for d in drive.decisions if d.action is Action.UNREACHABLE]


def test_a_loop_that_may_be_late_for_longer_is_reckoned_to_be(tmp_path):
    """Late by 0.8 s in every second, which this profile allows: what stands goes on for so long."""
    wall = np.column_stack([np.full(81, 2.65), np.linspace(-2, 2, 81), np.full(81, 0.03)])
    profile = amr(
        tmp_path,
        drop=("zone", "slow_zone", "time_to_collision"),
        loop={"max_gap_s": 1.0},
        sources={"odom": {"timeout_s": 2.0}, "lidar": {"timeout_s": 2.0}},
        channels={"base": {"command_timeout_s": 10.0}},
    )
    drive = Drive(Governor(profile), Hall(wall), skip=lambda k: k % 100 >= 20)
    drive.run(9.0, (0.8, 0.0, 0.0))
    assert min(drive.gaps) >= MARGIN - 5e-4
    assert drive.gaps[-1] < drive.gaps[0] - 1.0  # and it gets on

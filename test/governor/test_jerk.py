"""Jerk in closed loops: bounded where it may be, and paid for in every stopping distance."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatro_governor.body.rollout import Braking
from iatro_governor.errors import ProfileError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action
from iatro_governor.governor.events import EStop, Fault, Flags
from iatro_governor.governor.smooth import SmoothStop, jerk_shares
from test.governor.hall import Drive, Hall
from test.governor.profiles import BOX, amr
from test.governor.test_closed_loop import MARGIN, SIMULATED, posts, wandering

NOWHERE = np.zeros((0, 3))
JERK, SPIN = 1.0, 3.0
PERIOD = 0.01


def jerk(axis: str = "linear", bound: float = JERK) -> dict[str, Any]:
    return {
        "name": f"{axis}_jerk",
        "kind": "jerk",
        "channel": "base",
        "source": "a test",
        "axis": axis,
        "bound": bound,
    }


BOTH = [jerk(), jerk("angular", SPIN)]


def outputs(drive, axis=0):
    """Outputs at the end of each period, and their paces."""
    last = {}
    for decision in drive.decisions:
        last[round(decision.t / PERIOD)] = decision.allowed[axis]
    values = np.array([last[k] for k in sorted(last)])
    return values, np.diff(values, prepend=0.0) / PERIOD


def test_a_start_and_a_stop_take_what_the_bounds_say(tmp_path):
    """0.8 m/s by 0.8 m/s2 and 1 m/s3: 1 + 0.8 s each way, and never more than 1 m/s3."""
    drive = Drive(Governor(amr(tmp_path, limits=BOTH)), Hall(NOWHERE))
    drive.run(3.0, (0.8, 0.0, 0.0), every=1)
    drive.run(3.0, (0.0, 0.0, 0.0), every=1)
    values, pace = outputs(drive)
    assert np.argmax(values >= 0.8) * PERIOD == pytest.approx(1.8, abs=0.04) and values.max() == 0.8
    assert np.argmax(values[300:] <= 0.0) * PERIOD == pytest.approx(1.8, abs=0.04) and values[-1] == 0.0
    assert np.abs(np.diff(pace)).max() <= JERK * PERIOD * (1 + 1e-6)
    assert np.abs(pace).max() == pytest.approx(0.8, abs=0.01)


def test_the_limit_says_what_it_did(tmp_path):
    drive = Drive(Governor(amr(tmp_path, limits=BOTH)), Hall(NOWHERE))
    drive.run(0.3, (0.8, 0.0, 0.0))
    report = next(limit for limit in drive.last.limits if limit.name == "linear_jerk")
    assert (report.unit, report.allowed) == ("m/s3", JERK) and report.requested > 10 * JERK
    assert report.margin == pytest.approx(0.0, abs=1e-6)


def test_a_controlled_stop_keeps_the_jerk_and_a_protective_one_does_not(tmp_path):
    for name, kept in (("loop_overrun", True), ("estop", False)):
        governor = Governor(amr(tmp_path, limits=BOTH))
        drive = Drive(governor, Hall(NOWHERE))
        drive.run(3.0, (0.8, 0.0, 0.0), every=1)
        t = drive.k * PERIOD
        told = dict.fromkeys(("payload_held", "follower_close", "on_slope"), False)
        governor.handle(Flags(t, "flags", told, t))  # or the protective stop gives way to the controlled one
        governor.handle(EStop(t, True) if name == "estop" else Fault(t, name, True, "a test"))
        drive.run(3.0, None)
        values, pace = outputs(drive)
        stop = pace[300:]
        assert values[-1] == 0.0
        # One sample of a smooth stop may gather the jerk of the one before.
        assert (np.abs(np.diff(stop)).max() <= 1.01 * JERK * PERIOD) == kept
        assert stop.min() == pytest.approx(-0.8 if kept else -1.6, abs=0.01)


def test_a_target_that_turns_back_is_followed_at_once(tmp_path):
    drive = Drive(Governor(amr(tmp_path, limits=BOTH)), Hall(NOWHERE))
    drive.run(1.0, (0.8, 0.0, 0.0), every=1)
    before = drive.last.allowed[0]
    drive.run(0.5, (0.0, 0.0, 0.0), every=1)
    values, pace = outputs(drive)
    assert values[100:].max() <= before and pace[100] <= 0.0
    assert np.abs(np.diff(pace[100:])).max() <= JERK * PERIOD * (1 + 1e-6)


def test_crossing_zero_the_acceleration_yields_to_the_jerk(tmp_path):
    """Braking by 0.8 m/s2 with 0.4 m/s2 allowed beyond zero: by 1 m/s3 it is let go of within 0.4 s."""
    gentle = {
        "name": "gentle",
        "kind": "acceleration",
        "channel": "base",
        "source": "a test",
        "axis": "linear",
        "bound": 0.4,
    }
    drive = Drive(Governor(amr(tmp_path, limits=[*BOTH, gentle])), Hall(NOWHERE))
    drive.run(4.0, (0.8, 0.0, 0.0), every=1)
    drive.run(4.0, (-0.8, 0.0, 0.0), every=1)
    values, pace = outputs(drive)
    crossing = int(np.argmax(values[400:] < 0)) + 400
    assert pace[crossing] == pytest.approx(-0.8, abs=0.02)
    assert np.abs(np.diff(pace[400:])).max() <= JERK * PERIOD * 1.001
    assert pace[crossing + 45 :].min() >= -0.4 - 1e-6


@pytest.mark.parametrize("figure", [None, BOX], ids=["disc", "box"])
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_no_post_is_ever_nearer_than_the_margin(tmp_path, figure, seed):
    drive = Drive(Governor(amr(tmp_path, figure, BOTH)), Hall(posts(seed)))
    drive.run(4.0, wandering(seed))
    assert min(drive.gaps) >= MARGIN - SIMULATED
    assert not [d for d in drive.decisions if d.action is Action.UNREACHABLE]


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), cut=st.floats(0.2, 1.2))
def test_a_controlled_stop_at_any_moment_keeps_the_margin(tmp_path, seed, cut):
    """The stopping distances hold what the jerk costs: stop in the middle of whatever it does."""
    governor = Governor(amr(tmp_path, BOX, BOTH))
    drive = Drive(governor, Hall(posts(seed)))
    drive.run(cut, wandering(seed))
    for _ in range(4):
        t = drive.k * PERIOD
        governor.handle(Fault(t, "loop_overrun", True, "a test"))
        before = len(drive.gaps)
        drive.run(2.0, None)
        assert min(drive.gaps[before:]) >= MARGIN - SIMULATED and not any(drive.last.allowed)
        governor.handle(Fault(drive.k * PERIOD, "loop_overrun", False, ""))
        drive.run(0.6, None)
        drive.run(cut, wandering(seed))


def test_it_stops_further_off_a_wall_no_later_than_it_must(tmp_path):
    """From 0.8 m/s the jerk costs 0.8 * 0.8 / 2 = 0.32 m more; it still comes up to the margin in the end."""
    wall = np.column_stack([np.full(81, 3.0), np.linspace(-2, 2, 81), np.full(81, 0.03)])
    drop = ("zone", "slow_zone", "time_to_collision")
    begins = {}
    for name, limits in (("plain", []), ("smooth", BOTH)):
        drive = Drive(Governor(amr(tmp_path, limits=limits, drop=drop)), Hall(wall))
        drive.run(9.0, (0.8, 0.0, 0.0))
        assert MARGIN - SIMULATED <= drive.gaps[-1] <= MARGIN + 0.03
        assert not [d for d in drive.decisions if d.action is Action.UNREACHABLE]
        speeds = np.diff(np.array(drive.poses)[:, 0]) / PERIOD
        begins[name] = drive.poses[np.flatnonzero(speeds > 0.79)[-1]][0]
    assert begins["plain"] - begins["smooth"] == pytest.approx(0.32, abs=0.1)


@pytest.mark.parametrize("late", [3, 6])
def test_a_loop_that_is_late_now_and_then_still_keeps_its_margin(tmp_path, late):
    wall = np.column_stack([np.full(81, 3.0), np.linspace(-2, 2, 81), np.full(81, 0.03)])
    profile = amr(tmp_path, limits=BOTH, drop=("zone", "slow_zone", "time_to_collision"))
    drive = Drive(Governor(profile), Hall(wall), skip=lambda k: (k + late) % 30 >= 18)
    drive.run(8.0, (0.8, 0.0, 0.0))
    assert MARGIN - 5e-4 <= min(drive.gaps) and drive.gaps[-1] < MARGIN + 0.04
    assert not [d for d in drive.decisions if d.action is Action.UNREACHABLE]


def test_a_slow_zone_is_still_entered_at_its_speed(tmp_path):
    row = {
        "name": "aisle",
        "kind": "slow_zone",
        "channel": "base",
        "source": "a test",
        "frame": "odom",
        "speed": 0.3,
    }
    figure = {"polygon": {"corners": [[2.5, -1.0], [4.0, -1.0], [4.0, 1.0], [2.5, 1.0]]}}
    drive = Drive(Governor(amr(tmp_path, limits=[*BOTH, {**row, "figure": figure}])), Hall(NOWHERE))
    drive.run(7.0, (0.8, 0.0, 0.0))
    inside = [k for k, pose in enumerate(drive.poses) if pose[0] > 2.5 - 0.22]
    speeds = np.diff(np.array(drive.poses)[inside, 0]) / PERIOD
    assert len(inside) > 50 and speeds.max() <= 0.3 + 1e-6


# Steps by hand.


def shares(change, pace, bound=(1.0, 1.0, 1.0), dt=0.1):
    least, most = jerk_shares(
        np.atleast_2d(np.array(change, dtype=float)), np.array(pace, dtype=float), np.array(bound), dt
    )
    return float(least[0, 0]), float(most[0, 0])


def test_from_rest_a_step_grows_by_the_jerk():
    """1 m/s3 for 0.1 s: 0.1 m/s2, and 0.01 m/s of the 1 m/s that is wanted."""
    assert shares([1.0, 0, 0], [0, 0, 0]) == pytest.approx((0.0, 0.01))


def test_what_goes_that_way_already_goes_on():
    """At 0.5 m/s2: 0.4 to 0.6 m/s2 next, so 0.04 to 0.06 of 1 m/s."""
    assert shares([1.0, 0, 0], [0.5, 0, 0]) == pytest.approx((0.04, 0.06))
    assert shares([1.0, 0, 0], [-0.5, 0, 0]) == pytest.approx((0.0, 0.01))


def test_it_eases_into_the_target():
    """0.08 m/s are left: a * 0.1 + a^2 / 2 = 0.08 for a = 0.3123, or 0.39 of it; from 0.5 m/s2 it cannot, at 0.4."""
    a = math.sqrt(0.01 + 0.16) - 0.1
    assert shares([0.08, 0, 0], [0.3, 0, 0])[1] == pytest.approx(a * 0.1 / 0.08)
    assert shares([0.08, 0, 0], [0.5, 0, 0]) == pytest.approx((0.5, 0.5))
    assert shares([0.005, 0, 0], [0.3, 0, 0])[1] == math.inf  # near enough to be there in one step


def test_the_slowest_component_decides_and_an_unbounded_one_does_not():
    assert shares([1.0, 0, 2.0], [0, 0, 0])[1] == pytest.approx(0.005)
    assert shares([1.0, 0, 2.0], [0, 0, 0], (1.0, 1.0, math.inf))[1] == pytest.approx(0.01)
    assert shares([0, 0, 2.0], [0, 0, 0], (1.0, 1.0, math.inf))[1] == math.inf


def test_a_smooth_stop_ends_in_exact_zeros_and_keeps_its_direction():
    stop = SmoothStop(Braking(0.8, 2.0), np.array([1.0, 1.0, 3.0]), np.ones(3, dtype=bool))
    output, pace = np.array([0.5, 0.0, -0.7]), np.zeros(3)
    for _ in range(400):
        after, pace = stop.step(output, pace, PERIOD)
        assert np.abs(after).max() <= np.abs(output).max()
        assert after[0] * output[2] == pytest.approx(after[2] * output[0], abs=1e-12)
        output = after
    assert output.tolist() == [0.0, 0.0, 0.0] and pace.tolist() == [0.0, 0.0, 0.0]


def test_a_limit_on_jerk_has_its_place(tmp_path):
    with pytest.raises(ProfileError, match="Input should be greater than 0"):
        amr(tmp_path, limits=[jerk(bound=0.0)])
    with pytest.raises(ProfileError, match="'linear' or 'angular'"):
        amr(tmp_path, limits=[jerk("joint")])

"""What is in flight when a delay is known by its longest alone: which others matter, and which one fits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from iatro_governor.governor import events
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action
from iatro_governor.governor.in_flight import (
    ASIDE,
    SHARES,
    InFlight,
    Part,
    nearest_share,
    planar_way,
    told_way,
)
from iatro_governor.governor.outputs import Outputs
from test.governor.hall import Drive, Hall
from test.governor.profiles import BOX, amr

PERIOD, DELAY = 0.01, 0.2
BESIDE = ("zone", "slow_zone", "obstacle", "time_to_collision", "unseen")
"""What the shipped base is kept from besides."""


def published(*moves: tuple[float, float], seconds: float = 0.5) -> Outputs:
    """Each of ``moves`` for so long, one after the other."""
    outputs, k = Outputs(2, DELAY, 3.0), 0
    for move in moves:
        for _ in range(round(seconds / PERIOD)):
            outputs.publish(k * PERIOD, np.array(move), PERIOD)
            k += 1
    return outputs


def metres(ways: np.ndarray) -> np.ndarray:
    """A point on two slides, one on the other."""
    far: np.ndarray = np.hypot(ways[..., 0], ways[..., 1])
    return far


def doubts(outputs: Outputs, t: float, ahead: tuple[float, float], parts: int = 1) -> list:
    """For one candidate; both slides are one channel, or each is one."""
    places = [slice(0, 2)] if parts == 1 else [slice(0, 1), slice(1, 2)]
    late = outputs.led_until(t) - outputs.led_until(t - DELAY)
    flights = InFlight(2, [Part(place, DELAY) for place in places])
    return flights.doubts(t, [0.0] * parts, outputs, late, np.array([ahead]), metres)


@pytest.mark.parametrize("ahead", [(0.1, 0.0), (0.05, 0.0), (0.0, 0.0), (0.1, 0.0005)])
def test_where_commands_go_on_as_they_did_the_longest_delay_is_enough(ahead):
    outputs = published((0.5, 0.0))
    assert doubts(outputs, 0.5, ahead) == []


@pytest.mark.parametrize("ahead", [(-0.1, 0.0), (0.0, 0.1)])
def test_where_they_turn_the_shortest_is_looked_at_too(ahead):
    outputs = published((0.5, 0.0))
    assert doubts(outputs, 0.5, ahead) == [(0.0,)]


def test_where_they_have_turned_within_the_delay_the_bend_is_looked_at():
    outputs = published((0.5, 0.0), (-0.5, 0.0))
    found = doubts(outputs, 0.5 + DELAY / 2, (-0.1, 0.0))
    assert (0.5,) in found  # there it would be furthest back


def test_channels_that_move_together_may_do_so_one_after_the_other():
    outputs = published((0.5, 0.5))
    assert doubts(outputs, 0.5, (0.1, 0.1)) == []
    assert sorted(doubts(outputs, 0.5, (0.1, 0.1), parts=2)) == [(0.0, 1.0), (1.0, 0.0)]


def test_what_is_done_for_sure_leaves_nothing_to_doubt():
    outputs = published((0.5, 0.0), (0.0, 0.0))
    assert doubts(outputs, 0.5 + DELAY + PERIOD, (-0.1, 0.0)) == []


@settings(max_examples=50, deadline=None)
@given(share=st.floats(0.0, 1.0), speed=st.floats(0.1, 1.0), at=st.floats(0.52, 0.9))
def test_the_delay_that_there_is_fits_best(share, speed, at):
    """By what was done since a moment before commands turned."""
    outputs = published((speed, 0.0), (0.0, speed))
    led = [outputs.led_until(at - s * DELAY) - outputs.led_until(0.45 - s * DELAY) for s in SHARES]
    done = outputs.led_until(at - share * DELAY) - outputs.led_until(0.45 - share * DELAY)
    found = nearest_share(done, np.array(led))
    assert found is not None
    again = outputs.led_until(at - found * DELAY) - outputs.led_until(0.45 - found * DELAY)
    # Between two of the shares the way may bend: by no more than half of what is done in between.
    assert float(np.abs(again - done).max()) <= speed * DELAY / (len(SHARES) - 1) / 2 + 1e-9


def test_what_moved_without_a_command_fits_no_delay():
    outputs = published((0.5, 0.0))
    led = np.array([outputs.led_until(0.4 - s * DELAY) - outputs.led_until(0.1 - s * DELAY) for s in SHARES])
    assert nearest_share(led[2] + np.array([0.0, 0.05]), led) is None
    assert nearest_share(led[2] + np.array([0.0, 0.005]), led) is not None


@settings(max_examples=50, deadline=None)
@given(w=st.floats(-2.0, 2.0), v=st.floats(-1.0, 1.0), yaw=st.floats(-3.0, 3.0), span=st.floats(0.05, 0.8))
def test_a_base_gets_along_its_arc(w, v, yaw, span):
    outputs = Outputs(3, DELAY, 3.0)
    for k in range(100):
        outputs.publish(k * PERIOD, np.array([v, 0.0, w]), PERIOD)
    way = told_way(outputs, slice(None), 0.1, 0.1 + span)
    radius = v / w if abs(w) > 1e-6 else 0.0
    exact = [radius * math.sin(w * span), radius * (1 - math.cos(w * span))] if radius else [v * span, 0.0]
    assert way == pytest.approx([*exact, w * span], abs=1e-5)
    c, s = math.cos(yaw), math.sin(yaw)
    end = np.array([1.0 + c * way[0] - s * way[1], 2.0 + s * way[0] + c * way[1], yaw + way[2]])
    assert planar_way(np.array([1.0, 2.0, yaw]), end) == pytest.approx(way, abs=1e-9)


def wall(name: str, x: float) -> dict:
    """A zone over ground, 1.4 m wide, from ``x`` outwards."""
    far = x + math.copysign(1.4, x)
    corners = [[x, -2.0], [far, -2.0], [far, 2.0], [x, 2.0]]
    row = {"name": name, "kind": "zone", "channel": "base", "source": "a test", "frame": "odom"}
    return {**row, "figure": {"polygon": {"corners": corners}}}


def slow_base(folder):
    """A base whose actuators may take 0.3 s, between two walls."""
    slow = {"base": {"actuator_delay_s": 0.3}}
    return amr(folder, BOX, [wall("ahead", 0.6), wall("behind", -0.6)], drop=BESIDE, channels=slow)


def turning(seed: int):
    """Far beyond every limit, and back now and then, shortly."""
    rng = np.random.default_rng(seed)
    edges = np.cumsum(np.column_stack([rng.uniform(0.2, 0.9, 99), rng.uniform(0.03, 0.3, 99)]).ravel())
    ways = rng.uniform([-1.5, 0, -2.5], [1.5, 0, 2.5], (200, 3))
    ways[:, 1] = 0.0

    def command(t: float) -> np.ndarray:
        k = int(np.searchsorted(edges, t))
        way: np.ndarray = -ways[k - 1] if k % 2 else ways[k]
        return way

    return command


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(seed=9, share=1.0)
@example(seed=20, share=0.7)
@given(seed=st.integers(0, 10_000), share=st.sampled_from([0.0, 0.3, 0.7, 1.0]))
def test_a_base_of_any_delay_keeps_out_and_is_not_stopped_for_nothing(tmp_path, seed, share):
    """The examples are courses on which the longest delay alone does not tell all."""
    profile = slow_base(tmp_path)
    drive = Drive(Governor(profile), Hall(np.zeros((0, 3))), delay_s=share * 0.3)
    drive.run(4.0, turning(seed))
    figure = profile.data.robot.footprint
    assert figure is not None
    outline = figure.shape().outline(0.02)
    poses = np.array(drive.poses)
    along = np.cos(poses[:, 2:]) * outline[:, 0] - np.sin(poses[:, 2:]) * outline[:, 1]
    assert np.abs(poses[:, :1] + along).max() <= 0.6 + ASIDE
    assert not [d for d in drive.decisions if d.action is Action.UNREACHABLE]
    assert np.abs(np.diff(poses, axis=0)).sum() > 0.1


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("jump", [0.0, 0.05])
def test_a_jump_of_odometry_is_braked_for_hardest_whatever_the_delay(tmp_path, jump, share):
    """While it brakes for a wall: by a shorter delay than the one that there is, all would still look well."""
    drive = Drive(Governor(slow_base(tmp_path)), Hall(np.zeros((0, 3))), delay_s=share * 0.3)
    drive.hall.pose[0] = -0.15
    speed = 0.0
    for _ in range(300):
        drive.run(PERIOD, (0.8, 0.0, 0.0), every=1)
        before, speed = speed, drive.last.allowed[0]
        if speed < before and speed > 0.05:
            break
    else:
        raise AssertionError("it never braked")
    drive.hall.pose[0] += jump
    drive.run(3 * PERIOD, (0.8, 0.0, 0.0), every=1)
    actions = {decision.action for decision in drive.decisions}
    assert (Action.UNREACHABLE in actions) == (jump > 0)


def test_a_base_that_answers_at_once_and_is_measured_now_has_nothing_in_flight(tmp_path):
    """Nothing is no array of length 0: a sum of no commands was a number, and the loop fell over it."""
    pillar = {
        "name": "pillar", "kind": "zone", "channel": "base", "frame": "odom", "margin": 0.02, "source": "made up",
        "figure": {"circle": {"centre": [0.0, -0.45], "radius": 0.2}},
    }  # fmt: skip
    at_once = {"base": {"actuator_delay_s": 0.0, "base": "omnidirectional"}}
    sources = {"lidar": {"required": False}}
    governor = Governor(amr(tmp_path, limits=[pillar], drop=BESIDE, channels=at_once, sources=sources))
    x = speed = 0.0
    for k in range(60):
        t = k * PERIOD
        governor.handle(
            events.Odom(t, "odom", np.array([x, 0, 0, 0, 0, 0, 1.0]), np.array([speed, 0, 0, 0, 0, 0.0]), t)
        )
        (decision,) = governor.handle(events.Command(t, "base", (0.4, 0.0, 0.0, 0.0, 0.0, 0.0), t))
        speed = decision.allowed[0]
        x += speed * PERIOD
    assert speed == pytest.approx(0.4)

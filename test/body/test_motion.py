"""Arcs, flights and rollouts against small steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.body.planar import arc, compose, from_quaternion, inverse, transform
from iatro_governor.body.rollout import Braking, Flight, roll_out
from iatro_governor.body.track import OdomSample, Track

speed = st.floats(-1.5, 1.5)
turn = st.floats(-3.0, 3.0)


def integrate(twists, dt):
    """Pose after following ``twists`` (n, 3), each for ``dt`` s, by the midpoint rule."""
    x = y = yaw = 0.0
    for vx, vy, wz in twists:
        middle = yaw + wz * dt / 2
        x += (vx * np.cos(middle) - vy * np.sin(middle)) * dt
        y += (vx * np.sin(middle) + vy * np.cos(middle)) * dt
        yaw += wz * dt
    return np.array([x, y, yaw])


@given(vx=speed, vy=speed, wz=turn)
def test_an_arc_is_what_small_steps_make(vx, vy, wz):
    twist = np.array([vx, vy, wz])
    assert arc(twist * 1.0) == pytest.approx(integrate([twist] * 2000, 1 / 2000), abs=1e-5)


@given(pose=st.tuples(speed, speed, turn).map(np.array), x=speed, y=speed)
def test_inverse_undoes_a_pose(pose, x, y):
    point = np.array([x, y])
    assert transform(inverse(pose), transform(pose, point)) == pytest.approx(point, abs=1e-9)
    assert compose(pose, inverse(pose)) == pytest.approx(np.zeros(3), abs=1e-9)


@given(vx=speed, vy=speed, wz=turn, flown=st.tuples(speed, speed, turn))
def test_a_rollout_ends_where_the_ramp_ends(vx, vy, wz, flown):
    """The flight, a period at the output, then a linear ramp, in 0.2 ms steps."""
    braking, output = Braking(0.8, 2.0), np.array([vx, vy, wz])
    rest = float(braking.time(output))
    n = 4000
    ramp = [output * (1 - (k + 0.5) / n) for k in range(n)]
    start = integrate([flown] * 500, 0.05 / 500)
    held = compose(start, integrate([output] * 100, 0.01 / 100))
    end = compose(held, integrate(ramp, rest / n))
    rolled = roll_out(output[None], Flight([(tuple(flown), 0.05)], 0.5), 0.01, braking, 0.5)
    assert rolled.poses[0, -1] == pytest.approx(end, abs=1e-4)


@given(vx=speed, vy=speed, wz=turn)
def test_no_point_of_the_body_moves_further_than_a_step_says(vx, vy, wz):
    output, reach = np.array([vx, vy, wz]), 0.5
    rolled = roll_out(output[None], Flight([((vx, vy, wz), 0.1)], reach), 0.01, Braking(0.8, 2.0), reach)
    rim = reach * np.stack([np.cos(np.arange(0, 6.3, 0.3)), np.sin(np.arange(0, 6.3, 0.3))], axis=-1)
    places = np.stack([transform(pose, rim) for pose in np.vstack([np.zeros(3), rolled.poses[0]])])
    steps = np.hypot(*np.moveaxis(np.diff(places, axis=0), -1, 0))
    assert steps.max() <= 2 * rolled.half_step[0] + 1e-9
    assert np.hypot(*np.moveaxis(places - places[0], -1, 0)).max() <= rolled.travel[0] + 1e-9


def test_odometry_between_samples_goes_on_as_it_was():
    track = Track(5.0)
    track.add(OdomSample(1.0, np.array([1.0, 0.0, 0.0]), np.array([0.5, 0.0, 0.0])))
    track.add(OdomSample(1.1, np.array([1.05, 0.0, 0.0]), np.array([0.5, 0.0, 0.0])))
    assert track.pose_at(1.05) == pytest.approx([1.025, 0.0, 0.0])
    assert track.pose_at(1.2) == pytest.approx([1.1, 0.0, 0.0])
    track.add(OdomSample(0.5, np.array([9.0, 9.0, 9.0]), np.zeros(3)))
    assert track.latest.t == 1.1


@given(yaw=st.floats(-3.1, 3.1), scale=st.floats(0.97, 1.03))
def test_a_nearly_unit_quaternion_gives_its_yaw(yaw, scale):
    pose = np.array([1.0, 2.0, 0.0, 0.0, 0.0, np.sin(yaw / 2), np.cos(yaw / 2)])
    pose[3:] *= scale
    assert from_quaternion(pose) == pytest.approx([1.0, 2.0, yaw])

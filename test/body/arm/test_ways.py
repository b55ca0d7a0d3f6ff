"""Ways to rest of a jointed body: sampled, and bounded between the samples."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.body.kinematics import posture
from iatro_governor.body.levers import levers
from iatro_governor.body.ways import FRACTIONS, Ways, half_step_share


def ways(model, rng, most):
    """Three ways of random joint motions, up to ``most`` rad or m each, from a random posture."""
    low = np.where(np.isfinite(model.lower), np.maximum(model.lower, -np.pi), -np.pi)
    high = np.where(np.isfinite(model.upper), np.minimum(model.upper, np.pi), np.pi)
    start = rng.uniform(low, high)
    total = rng.uniform(-most, most, (3, len(start)))
    ahead = start + total[:, None] * FRACTIONS[:, None]
    return Ways(total, model, start, ahead, 0.01, np.ones(3), levers(model)), start, total


def surface_points(ends):
    """Points on the axes of all capsules, (..., C, 5, 3): the round around an axis moves with it."""
    share = np.linspace(0.0, 1.0, 5)[:, None]
    return ends[..., None, 0, :] + share * (ends[..., None, 1, :] - ends[..., None, 0, :])


@pytest.mark.parametrize("most", [0.05, 0.4, 1.2])
def test_no_point_strays_further_from_its_samples_than_half_a_step(robot, most):
    rng = np.random.default_rng(11)
    for _ in range(4):
        way, start, total = ways(robot, rng, most)
        samples = np.concatenate([[0.0], FRACTIONS])
        fine = np.linspace(0.0, 1.0, 121)
        for index in range(3):
            at = surface_points(posture(robot, start + samples[:, None] * total[index]).capsules())
            on = surface_points(posture(robot, start + fine[:, None] * total[index]).capsules())
            after = np.clip(np.searchsorted(samples, fine), 1, len(FRACTIONS))
            before = np.linalg.norm(on - at[after - 1], axis=-1)
            behind = np.linalg.norm(on - at[after], axis=-1)
            nearest = np.minimum(before, behind).max(axis=(0, 2))
            assert (nearest <= way.half_step[index] + 1e-9).all()


def test_travel_bounds_every_point(robot):
    rng = np.random.default_rng(12)
    for _ in range(6):
        way, start, _ = ways(robot, rng, 0.5)
        there = surface_points(way.posture.capsules())
        here = surface_points(posture(robot, start).capsules())
        moved = np.linalg.norm(there - here, axis=-1).max(axis=(1, 3))
        assert (moved <= way.travel + 1e-9).all()


def test_half_a_step_is_not_much_more_than_half_a_chord(robot):
    """A bound that is far too large would keep an arm from everything."""
    rng = np.random.default_rng(13)
    way, _start, _ = ways(robot, rng, 0.1)
    ends = np.concatenate([way.soon.capsules()[None, None].repeat(3, axis=0), way.posture.capsules()], axis=1)
    chord = np.linalg.norm(np.diff(ends, axis=1), axis=-1).max(axis=(1, 3))
    moving = chord > 0.002
    assert (way.half_step[moving] <= 0.75 * chord[moving]).all()


def test_all_postures_come_from_one_pass(robot):
    rng = np.random.default_rng(14)
    way, start, _ = ways(robot, rng, 0.3)
    assert np.allclose(way.soon.capsules(), posture(robot, start).capsules())
    assert np.allclose(way.posture.capsules(), posture(robot, way.ahead).capsules())
    assert np.allclose(way.posture.bodies, posture(robot, way.ahead).bodies)


def test_what_is_swept_bounds_the_way_and_half_a_step_together(robot):
    """What limits leave out for being further away than this can surely not matter to them."""
    rng = np.random.default_rng(15)
    for most in (0.02, 0.3, 1.5):
        way, _start, total = ways(robot, rng, most)
        moved = np.linalg.norm(way.posture.capsules() - way.soon.capsules(), axis=-1).max(axis=(1, 3))
        assert (moved + way.half_step <= way.swept + 1e-9).all()
        assert (way.swept <= 2 * way.travel + 1e-9).all()
        for index in range(3):
            share = half_step_share(float(np.abs(total[index]) @ robot.turning))
            assert (way.half_step[index] <= share * way.travel[index] + 1e-9).all()


def test_few_capsules_are_where_they_are_among_all(robot):
    rng = np.random.default_rng(16)
    way, start, _ = ways(robot, rng, 0.3)
    which = rng.permutation(len(robot.capsule_link))[:3]
    few, half = way.rows.ends(which), way.half_steps(which)
    assert np.allclose(few, way.rows.capsules()[:, which])
    assert np.allclose(way.rows.ends(which), few) and np.allclose(half, way.half_step[:, which])
    each = [posture(robot, q).capsules() for q in (start, *way.ahead.reshape(-1, len(start)))]
    assert np.allclose(way.rows.capsules(), each)

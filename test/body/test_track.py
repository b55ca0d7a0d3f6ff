"""How far a measured pose is from where the last one leads: on the ground, and in the air."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.body.track import OdomSample, Track
from test.memory import kept


def at(t: float, height: float, sinks: float = 0.0) -> OdomSample:
    return OdomSample(t, np.zeros(3), np.zeros(3), height, np.array([0.0, 0.0, -sinks, 0.0]))


@pytest.mark.parametrize(("flies", "jump"), [(True, 2.0), (False, 0.0)])
def test_a_height_that_jumps_is_a_jump_of_what_flies(flies, jump):
    track = Track(5.0, flies)
    track.add(at(1.0, 5.0))
    assert track.jump(at(1.1, 3.0)) == pytest.approx(jump)


def test_a_height_that_was_sunk_to_is_none():
    track = Track(5.0, flies=True)
    track.add(at(1.0, 5.0, sinks=0.5))
    assert track.jump(at(1.2, 4.9, sinks=0.5)) == pytest.approx(0.0)


def test_stamps_that_stand_still_are_kept_once():
    """A driver whose clock has stopped may go on for days; the newest of what it tells counts."""
    track, before = Track(5.0), kept(OdomSample)
    for k in range(1000):
        track.add(OdomSample(1.0, np.array([k, 0.0, 0.0]), np.zeros(3)))
    assert track.latest.pose[0] == track.pose_at(1.0)[0] == 999.0
    assert kept(OdomSample) - before < 100


def test_past_places_follow_a_leap():
    """It went at 1 m/s along x for 0.2 s; then odometry begins anew at (0, 3), heading along y."""
    track = Track(5.0)
    for t in (1.0, 1.1):
        track.add(OdomSample(t, np.array([t - 1.0, 0.0, 0.0]), np.array([1.0, 0.0, 0.0])))
    anew = OdomSample(1.2, np.array([0.0, 3.0, np.pi / 2]), np.array([1.0, 0.0, 0.0]))
    by = track.follow(anew)
    track.add(anew)
    assert by == pytest.approx([0.0, 2.8, np.pi / 2])
    assert track.pose_at(1.0) == pytest.approx([0.0, 2.8, np.pi / 2])
    assert track.jump(OdomSample(1.3, np.array([0.0, 3.1, np.pi / 2]), anew.twist)) == pytest.approx(0.0)

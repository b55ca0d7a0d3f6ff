"""How far a measured pose is from where the last one leads: on the ground, and in the air."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.body.track import OdomSample, Track


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

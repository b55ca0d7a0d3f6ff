"""How links stand to people: pairs by hand, what was far enough of late, and the cone of directions."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from iatro_governor.limits.people import RIM, Apart, Pairs, bounds, cone, pairs_within
from test.limits.bodies import body_situation
from test.limits.test_link_separation import people

STRAIGHT = np.zeros(2)
WHERE = [2.0, 0.0, 0.0]


def far(crowd, q=STRAIGHT):
    return body_situation(np.array(q), None, crowd)


def reach(upper, lower):
    return SimpleNamespace(capsules=np.array([upper, lower]), seconds=0.0)


def test_what_was_far_is_so_until_joints_and_reach_use_up_the_room():
    """The shoulder's levers are 0.65 and 1.04 m: the lower link has come 0.104 m nearer at 0.4 rad."""
    crowd = people(WHERE)
    seen, apart = crowd.people["people"], Apart()
    assert not apart.still(far(crowd), seen, reach(0.0, 0.0), 0.0)
    assert apart.look(far(crowd, [0.3, 0.0]), seen, reach(0.2, 0.2), np.array([0.5, 0.5]), 0.4)
    moved = far(crowd, [0.4, 0.0])
    assert apart.still(moved, seen, reach(0.39, 0.39), 0.4)
    assert not apart.still(moved, seen, reach(0.39, 0.40), 0.4)
    assert not apart.still(moved, seen, reach(0.44, 0.39), 0.4)
    assert not apart.still(moved, seen, reach(0.39, 0.39), 0.41)
    assert not apart.still(moved, replace(seen, positions=seen.positions.copy()), reach(0.0, 0.0), 0.4)


def test_what_may_just_touch_is_not_far_enough():
    crowd = people(WHERE)
    seen, at = crowd.people["people"], far(crowd)
    apart = Apart()
    assert not apart.look(at, seen, reach(0.25, 0.5), np.array([0.5, 0.5]), 0.4)
    assert not apart.still(at, seen, reach(0.25, 0.5), 0.4)
    assert apart.still(at, seen, reach(0.25, 0.49), 0.4)


def test_pairs_are_those_up_to_the_distance_that_is_asked_for():
    """Beside the shoulder: the lower link's ball is 0.8 - 0.24 - 0.1 m off or so, and its end is further."""
    at = far(people([0.0, 0.3, 0.0]))
    lower = float(np.hypot(0.6, 0.3) - 0.14)
    both = pairs_within(at, "people", np.full((2, 1), 0.6))
    assert both is not None and both.distance == pytest.approx(np.array([0.15, lower]), abs=1e-3)
    balls = bounds(at, "people")[:, 0]
    assert balls[0] < 0.15 and balls[1] < 0.52
    one = pairs_within(at, "people", np.array([[0.2], [0.525]]))
    assert one is not None and one.capsule.tolist() == [0]
    for within, count in ((both.distance, 2), (both.distance - [0.0, 1e-9], 1)):
        some = pairs_within(at, "people", within[:, None])
        assert some is not None and len(some.capsule) == count
    assert pairs_within(at, "people", np.array([[0.14], [0.525]])) is None


def test_a_ball_right_at_the_distance_that_is_asked_for_counts():
    """On the arm's axis the ball around a capsule ends where the capsule does."""
    at = far(people([2.5, 0.0, 0.0]))
    ball = bounds(at, "people")[0, 0]
    found = pairs_within(at, "people", np.array([[ball], [-1.0]]))
    assert ball == pytest.approx(2.5 - 0.65 - 0.1, abs=1e-3)
    assert found is not None and found.distance.tolist() == [ball]


@pytest.mark.parametrize("toward", [[0.0, 1.0, 0.0], [0.48, -0.6, 0.64], [-0.6, 0.0, -0.8]])
def test_a_cone_has_its_middle_and_six_evenly_around_its_rim(toward):
    """A ball of 0.3 m whose middle is 0.5 m away: half an angle of arcsin 0.6."""
    axis = np.array([toward])
    pairs = Pairs(np.array([0]), np.array([0]), np.array([0.2]), np.zeros((1, 3)), axis, np.array([0.5]))
    directions = cone(pairs, 0.3)
    assert directions.shape == (1, 1 + RIM, 3) and RIM == 6
    assert directions[0, 0] == pytest.approx(axis[0])
    rim = directions[0, 1:]
    assert np.linalg.norm(rim, axis=1) == pytest.approx(1.0)
    assert rim @ axis[0] == pytest.approx(0.8)
    aside = (rim - 0.8 * axis) / 0.6
    between = np.sort(aside @ aside.T, axis=1)
    assert between == pytest.approx(np.tile([-1.0, -0.5, -0.5, 0.5, 0.5, 1.0], (6, 1)))


def test_the_widest_cone_leaves_a_way_out():
    """Right on the ball's middle it is within 60 degrees."""
    at = Pairs(
        np.array([0]), np.array([0]), np.array([-0.3]), np.zeros((1, 3)), np.eye(3)[:1], np.array([0.0])
    )
    assert cone(at, 0.3)[0, 1:] @ np.eye(3)[0] == pytest.approx(0.5, abs=1e-4)

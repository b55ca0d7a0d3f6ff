"""How a body stood when something was seen, by postures that grow as the square of their time, in s."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from iatro_governor.body.surroundings import Surroundings
from iatro_governor.governor.clouds import Clouds
from test.governor.test_clouds import sweep


def seen_at(stamp: float, measured: Sequence[float]) -> float:
    """The joint as it stood at ``stamp``, after it was measured at these times."""
    around = Surroundings(0.0)
    clouds = Clouds(["camera"], around)
    for t in measured[:-1]:
        assert clouds.seen(t, np.array([t * t])) == {}
    around.add("camera", sweep(stamp), np.zeros(3))
    found = clouds.seen(measured[-1], np.array([measured[-1] ** 2]))
    return float(found["camera"].q[0])


@pytest.mark.parametrize(
    ("stamp", "stood"),
    [
        (2.25, 2.0**2 + 0.5 * (2.5**2 - 2.0**2)),
        (2.4, 2.0**2 + 0.8 * (2.5**2 - 2.0**2)),
        (2.5, 2.5**2),
        (3.0, 3.0**2),
        (7.0, 3.0**2),
        (1.75, 1.5**2 + 0.5 * (2.0**2 - 1.5**2)),
        (1.2, 1.5**2),
    ],
    ids=["half way", "further on", "as measured", "now", "ahead", "a little over a second ago", "long ago"],
)
def test_between_two_postures_it_stood_between_them_and_of_a_second_ago_one_more_is_known(stamp, stood):
    """Measured every half second until 3 s, so that what was at 1.5 s is the oldest that is needed for 2 s."""
    assert seen_at(stamp, [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0]) == pytest.approx(stood)


def test_the_newest_two_are_known_however_old_and_no_third():
    assert seen_at(5.0, [0.0, 10.0]) == pytest.approx(50.0)
    assert seen_at(0.25, [0.0, 0.5, 10.0]) == 0.5**2


def test_what_was_measured_before_or_at_the_newest_is_not_news():
    around = Surroundings(0.0)
    clouds = Clouds(["camera"], around)
    clouds.seen(1.0, np.array([1.0]))
    clouds.seen(1.0, np.array([5.0]))
    clouds.seen(0.5, np.array([7.0]))
    around.add("camera", sweep(1.0), np.zeros(3))
    assert clouds.seen(0.9, np.array([9.0]))["camera"].q.tolist() == [1.0]


def test_a_base_stood_where_its_points_are_placed_from_and_its_arm_as_it_was_measured():
    around = Surroundings(0.0)
    clouds = Clouds(["camera"], around, "planar")
    clouds.seen(1.0, np.array([9.0, 9.0, 9.0, 0.2]))
    around.add("camera", sweep(1.5, [1.0, 2.0, 0.5]), np.array([10.0, 20.0, 0.0]), 3.0)
    cloud = clouds.seen(2.0, np.array([8.0, 8.0, 8.0, 0.6]))["camera"]
    assert cloud.q == pytest.approx([10.0, 20.0, 0.0, 0.4])
    assert cloud.points == pytest.approx(np.array([[11.0, 22.0, 0.5]]))
    assert cloud.spread == 0.02


def test_what_flies_stood_at_its_height_and_heading_with_its_arm_as_measured():
    around = Surroundings(0.0)
    clouds = Clouds(["camera"], around, "aerial")
    clouds.seen(1.0, np.array([9.0, 9.0, 9.0, 9.0, 0.2]))
    around.add("camera", sweep(1.5, [1.0, 2.0, 0.5]), np.array([10.0, 20.0, np.pi / 2]), 3.0)
    cloud = clouds.seen(2.0, np.array([8.0, 8.0, 8.0, 8.0, 0.6]))["camera"]
    assert cloud.q == pytest.approx([10.0, 20.0, 3.0, np.pi / 2, 0.4])
    assert cloud.points == pytest.approx(np.array([[8.0, 21.0, 3.5]]))


def test_each_source_has_its_own_newest_message():
    around = Surroundings(0.0)
    clouds = Clouds(["left", "right"], around)
    around.add("left", sweep(0.0, [1.0, 0.0, 0.0]), np.zeros(3))
    first = clouds.seen(0.0, np.zeros(1))
    assert list(first) == ["left"]
    around.add("right", sweep(0.1, [0.0, 1.0, 0.0]), np.zeros(3))
    both = clouds.seen(0.1, np.zeros(1))
    assert both["left"] is first["left"] and both["right"].points.tolist() == [[0.0, 1.0, 0.0]]

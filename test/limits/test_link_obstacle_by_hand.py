"""Obstacles for links, number by number: what is near enough to be looked at, what is remembered, and what is told."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from pydantic import ValidationError

from iatro_governor.body.point_index import PointIndex
from iatro_governor.limits.rows import SPARE
from iatro_governor.limits.sensed import Cloud, Sensed
from test.limits.bodies import body_situation, three_links
from test.limits.situations import make

STRAIGHT = np.zeros(2)
"""The arm lies along x: the upper link, of 0.05 m, up to x = 0.6, and the lower one, of 0.04 m, up to x = 1."""
FAR_OFF = np.array([3.0, 3.0])
"""Where the arm stands when points are seen that are its own nowhere."""
TURN = np.array([1.0, 0.0])
"""It takes 0.01 + 1 / (2 * 3) s = 0.1767 s at full speed, in which the rim of the tip, 1.04 m out, goes 0.1837 m."""
LOWER = {"links": ["lower"]}


def cloud(*points, spread=0.0, q=FAR_OFF):
    return Cloud(np.array(points, dtype=float).reshape(-1, 3), spread, q)


def at(*points, q=STRAIGHT, anchor=None, spread=0.0, delay=0.0, **others):
    seen = {"camera": cloud(*points, spread=spread), **others}
    return body_situation(np.array(q, dtype=float), anchor, Sensed(points=seen), delay)


def beside(clearance, x=0.8):
    """A point so far beside the lower link, m."""
    return [x, 0.04 + clearance, 0.0]


def limit(**changes):
    return make("link_obstacle", **LOWER | changes)


def clear(situation, *commands, tolerance=0.0, **changes):
    ways = situation.roll_out(np.array(commands, dtype=float))
    asked = (tolerance,) if tolerance else ()
    found = limit(**changes).clear(ways, situation, *asked)
    return None if found is None else found.tolist()


def test_the_margin_may_be_just_what_is_taken_for_the_robot_and_the_noise():
    assert limit(margin=0.75, self_filter=0.5, noise=0.25).bound == 0.75
    with pytest.raises(ValidationError, match="self_filter"):
        limit(margin=0.7, self_filter=0.5, noise=0.25)


def test_the_way_out_is_slow_only_where_the_margin_is_broken_by_more_than_noise():
    rule = limit(margin=0.5, noise=0.25, self_filter=0.0)
    # Half a metre off the axis; the radius and the spread make a quarter.
    spread = 0.25 - float(at().model.capsule_radius[1])
    assert rule.clearance(at([0.8, 0.5, 0.0], spread=spread)).now == 0.25
    assert rule.cap(TURN, at([0.8, 0.5, 0.0], spread=spread)) is None
    found = rule.cap(TURN, at([0.8, 0.5, 0.0], spread=spread + 0.01))
    assert found is not None and found.scale == pytest.approx(0.1 / 1.04)
    assert limit().cap(TURN, at(beside(0.075))) is None


def test_what_was_verified_before_may_be_nearer_by_the_tolerance_and_by_the_noise_at_most():
    """The tip comes to 0.18 - 0.72 * 0.13 = 0.0864 m; half of its step is 0.0078 m."""
    tip = at(beside(0.18, x=1.0))
    assert clear(tip, [0.72, 0.0]) == [False]
    assert clear(tip, [0.72, 0.0], tolerance=0.01) == [True]
    # 0.0047 m closer, and 0.0144 m, from within the margin.
    inside = at(beside(0.06, x=1.0))
    assert clear(inside, [0.14, 0.0]) == [False]
    assert clear(inside, [0.14, 0.0], [0.26, 0.0], tolerance=0.01) == [True, False]
    assert clear(inside, [0.14, 0.0], [0.26, 0.0], tolerance=0.05) == [True, False]


def test_what_is_further_than_twice_the_way_is_not_looked_at():
    """0.08 + 2 * 0.1837 = 0.4475 m, for the quickest of all ways."""
    assert clear(at(beside(0.44, x=1.0)), TURN) == [True]
    assert clear(at(beside(0.44, x=1.0)), TURN, 0 * TURN, 0 * TURN) == [True, True, True]
    assert clear(at(beside(0.46, x=1.0)), TURN) is None


def test_an_operator_may_come_nearer_but_not_as_near_as_the_robot_is_to_itself():
    assert limit().eased(0.05, 0.1).bound == 0.05 and limit().eased(0.01, 0.1).bound == 0.03


def test_rows_by_hand():
    """0.2 m beside the tip, less 0.08 and what is spared, in a period of 0.01 s; the second point there is further."""
    rows = limit().rows(at(beside(0.2, x=1.0), beside(0.22, x=1.0)))
    assert rows is not None and rows.bounds == pytest.approx([(0.2 - 0.08 - SPARE) / 0.01])
    assert rows.matrix == pytest.approx(np.array([[1.0, 0.4]]))


def test_each_cell_has_a_row_of_its_own_by_its_nearest_point():
    """Of two in a cell the second is nearer; below the link is another cell."""
    rows = limit().rows(at(beside(0.07, x=0.8), beside(0.09, x=0.78), [0.85, -0.15, 0.0]))
    assert rows is not None
    found = sorted(zip(rows.bounds.tolist(), rows.matrix.round(6).tolist(), strict=True))
    assert found == [(0.0, [0.8, 0.2]), (pytest.approx((0.11 - 0.08 - SPARE) / 0.01), [-0.85, -0.25])]


def test_each_link_has_a_row_for_each_cell():
    """Three links in a line, and a point to either side of the middle one, each within 0.5 + 0.15 m of all."""
    seen = Sensed(points={"camera": cloud([0.8, 0.3, 0.0], [0.8, -0.3, 0.0], q=np.full(3, 3.0))})
    stretched = body_situation(np.zeros(3), None, seen, 0.0, three_links())
    rows = limit(links=None, margin=0.5).rows(stretched)
    assert rows is not None and len(rows.bounds) == 3 * 2


def test_only_the_measured_point_itself_is_taken_for_the_robot():
    """0.05 m off the link, and for all within 0.02 m of it: 0.03 m is what is taken for the robot."""
    near = Sensed(points={"camera": cloud(beside(0.05), spread=0.02, q=STRAIGHT)})
    assert limit().clearance(body_situation(STRAIGHT, None, near)).now == pytest.approx(0.03)


def test_rows_are_of_what_is_within_reach_of_the_margin_and_of_a_stop():
    """0.08 + 0.15 = 0.23 m; and at 0.5 rad/s, to be undone by 3 rad/s2, 0.52 * (0.01 + 0.0833) = 0.0485 m more."""
    assert limit().rows(at(beside(0.22))) is not None and limit().rows(at(beside(0.24))) is None
    moving = np.array([0.5, 0.0])
    assert limit().rows(at(beside(0.27), anchor=moving)) is not None
    assert limit().rows(at(beside(0.29), anchor=moving)) is None


def test_nothing_that_is_seen_and_nobody_that_sees_give_no_rows():
    assert limit().rows(at()) is None
    assert limit(sources=["radar"]).rows(at(beside(0.05))) is None


def within(way):
    """All that may be done with the lower link getting ``way`` m far."""
    return SimpleNamespace(capsules=np.array([0.0, way]))


def test_what_is_further_than_the_margin_and_the_way_is_idle():
    """By the ball around the lower link, 0.24 m about x = 0.8: 0.36 m are left of 0.6 m."""
    far = at([0.8, 0.6, 0.0])
    assert limit().idle(far, within(0.27)) and not limit().idle(far, within(0.29))
    assert limit(sources=["radar"]).idle(far, within(9.0))
    assert not limit().idle(at([0.8, 2.0, 0.0], [0.8, 0.6, 0.0], [2.0, 0.6, 0.0]), within(0.29))


def test_what_is_just_as_far_is_looked_at():
    reach = float(body_situation(STRAIGHT).model.capsule_reach[1])
    rule = limit(margin=0.25)
    assert not rule.idle(at([0.8, 1.0, 0.0], spread=0.5 - reach), within(0.25))
    assert rule.idle(at([0.8, 1.0, 0.0], spread=0.5 - reach), within(0.2499))


def test_what_was_far_is_near_once_the_arm_has_turned_to_it():
    seen = Sensed(points={"camera": cloud([0.8, 0.6, 0.0])})
    for before, after in ((0.0, 0.64), (-0.64, 0.64)):
        rule = limit()
        there, here = (body_situation(np.array([q, 0.0]), None, seen) for q in (before, after))
        assert rule.idle(there, within(0.05)) and not rule.idle(here, within(0.05))
        assert rule.idle(there, within(0.05))


def test_what_was_far_says_nothing_of_what_is_seen_next():
    rule = limit()
    assert rule.idle(at([0.8, 0.9, 0.0]), within(0.05))
    assert not rule.idle(at([0.8, 0.3, 0.0]), within(0.05))
    assert rule.idle(at([0.8, 0.9, 0.0]), within(0.05))


def test_what_is_far_is_not_measured_again_before_the_arm_or_the_view_has_changed(monkeypatch):
    rule, seen, measured = limit(), Sensed(points={"camera": cloud([0.8, 0.9, 0.0])}), []
    before = 0
    bounds = PointIndex.bounds

    def counted(*args):
        measured.append(args)
        return bounds(*args)

    monkeypatch.setattr(PointIndex, "bounds", counted)
    for q in (0.0, 0.01, 0.02):
        assert rule.idle(body_situation(np.array([q, 0.0]), None, seen), within(0.05))
        before = len(measured) if q == 0.0 else before
    assert len(measured) == before


def test_what_a_source_saw_is_sorted_once_a_message(monkeypatch):
    rule, seen, sorted_anew = limit(), Sensed(points={"camera": cloud(beside(0.1))}), []
    without = PointIndex.without

    def counted(*args):
        sorted_anew.append(args)
        return without(*args)

    monkeypatch.setattr(PointIndex, "without", counted)
    for q in (0.0, 0.01, 0.02):
        rule.clearance(body_situation(np.array([q, 0.0]), None, seen))
    assert len(sorted_anew) == 1


def least_ahead(situation, *commands, **changes):
    return limit(**changes).least_ahead(situation.roll_out(np.array(commands, dtype=float)), situation)


def test_the_least_ahead_is_of_the_nearest_point_on_the_last_way():
    """The rim turns by 0.5 * (0.01 + 0.5 / 6) = 0.0467 rad, away from the one and towards the other."""
    both = at(beside(0.2, x=1.0), [1.0, -0.34, 0.0])
    slow = np.array([0.5, 0.0])
    assert least_ahead(both, TURN, -TURN, slow) == pytest.approx(0.2 - 0.0467, abs=0.002)
    assert least_ahead(both, 0 * TURN, slow, -slow) == pytest.approx(0.2 + 0.0078, abs=0.002)
    assert least_ahead(both, TURN, slow, -TURN) == pytest.approx(0.3 - 0.1767, abs=0.005)


def test_beyond_what_is_looked_at_the_least_ahead_is_the_end_of_that():
    """0.08 + 0.15 = 0.23 m, and twice the 0.1837 m of the quickest way: 0.5975 m."""
    assert least_ahead(at(beside(0.61, x=1.0)), TURN) == pytest.approx(0.23)
    assert least_ahead(at(beside(0.58, x=1.0)), TURN) == pytest.approx(0.58 - 0.1767, abs=0.02)
    assert least_ahead(at(beside(0.35, x=1.0)), 0 * TURN, 0 * TURN, TURN) == pytest.approx(0.1733, abs=0.01)


def test_of_far_points_the_clearance_is_at_least_what_is_looked_at():
    assert limit().clearance(at(beside(0.22))).now == pytest.approx(0.22)
    assert limit().clearance(at(beside(0.3))).now == pytest.approx(0.23)
    assert limit().clearance(at(beside(0.3))).required == 0.08
    assert limit(sources=["radar"]).clearance(at(beside(0.1))).now == 1000.0


def test_every_source_counts_also_after_one_that_saw_nothing_yet():
    two = at(beside(0.06, x=1.0), beside(0.07, x=0.8), depth=cloud([1.0, -0.1, 0.0]))
    for sources in (["radar", "camera", "depth"], ["radar", "depth", "camera"]):
        assert clear(two, [0.1, 0.0], [-0.1, 0.0], [0.0, 0.0], sources=sources) == [False, False, True]
    assert clear(two, [0.1, 0.0], [-0.1, 0.0], [0.0, 0.0]) == [False, True, True]


def test_the_points_of_a_cell_count_as_one_and_those_of_another_by_themselves():
    """The link turns on a point between the second and the third, of one cell: 0.06 m off it stays, by one of them.

    Per second the second point is left by 0.006 m and the third neared by 0.012 m, which is further still.
    """
    turned, wall = [-0.05, 0.2], ([0.7, 0.1, 0.0], [0.76, 0.1, 0.0], [0.88, 0.105, 0.0])
    assert clear(at(*wall), turned) == [True]
    assert clear(at(wall[0], wall[2]), turned) == [False]
    assert clear(at(*wall[:2]), turned) == [True]

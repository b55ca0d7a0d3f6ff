"""What is told of what keeps links off something, by hand: rows, the nearest link, the least ahead, what is slow."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from iatro_governor.body.urdf import transform
from iatro_governor.limits.link_keeping import slow, speed_share
from iatro_governor.limits.rows import SPARE
from test.limits.walls import STRAIGHT, UPPER_RADIUS, Ball, Each, Told, Wall, at, keeper


def test_rows_by_hand():
    """0.2 m off at both ends of the lower link, less 0.08 and what is spared, in a period of 0.01 s."""
    rows = keeper(Wall(0.24)).rows(at())
    assert rows is not None and rows.bounds == pytest.approx(np.full(2, (0.2 - 0.08 - SPARE) / 0.01))
    assert sorted(rows.matrix.round(6).tolist()) == [[0.6, 0.0], [1.0, 0.4]]
    rows = keeper(Wall(0.24), None).rows(at())
    assert rows is not None and len(rows.bounds) == 4
    assert rows.bounds.min() == pytest.approx((0.24 - UPPER_RADIUS - 0.08 - SPARE) / 0.01)
    unsure = keeper(Wall(0.24), unsure=[0.0, 0.02]).rows(at())
    assert unsure is not None and unsure.bounds == pytest.approx(np.full(2, (0.2 - 0.1 - SPARE) / 0.01))


def test_the_middle_of_a_link_has_a_row_where_it_is_nearer_than_both_its_ends():
    """A ball 0.24 m beside it, of 0.1 m; at its ends, 0.2 m along, it is sqrt(0.2^2 + 0.24^2) m from the axis."""
    rows = keeper(Ball(0.8, 0.24, 0.0)).rows(at())
    assert rows is not None
    end = (math.hypot(0.2, 0.24) - 0.14 - 0.08 - SPARE) / 0.01
    assert rows.bounds == pytest.approx([(0.1 - 0.08 - SPARE) / 0.01, end, end])
    assert rows.matrix[0] == pytest.approx([0.8, 0.2])
    assert len(keeper(Ball(1.0, 0.24, 0.0)).rows(at()).bounds) == 2  # there its end says it


def test_a_middle_that_is_nearer_by_rounding_alone_has_no_row_of_its_own():
    for nearer, count in ((1e-9, 2), (3e-9, 3)):
        told = Told([0.2], [0.2 - nearer, 0.2, 0.2])
        assert len(keeper(told).rows(at()).bounds) == count


def test_rows_are_of_what_is_within_reach_of_the_margin_and_of_a_stop():
    """0.08 + 0.15 = 0.23 m; and at 0.5 rad/s, to be undone by 3 rad/s2, 0.52 * (0.01 + 0.0833) = 0.0485 m more."""
    wall = Wall(0.26)
    assert keeper(wall).rows(at()) is not None and keeper(Wall(0.28)).rows(at()) is None
    assert wall.cutoffs == [pytest.approx(0.23)]
    moving = at(anchor=np.array([0.5, 0.0]))
    assert keeper(Wall(0.31)).rows(moving) is not None and keeper(Wall(0.33)).rows(moving) is None
    wall = Wall(0.31)
    assert keeper(wall, None).rows(moving) is not None
    assert wall.cutoffs == [pytest.approx(0.23 + 0.52 * (0.01 + 0.5 / 6))]
    assert keeper(Told([0.08 + 0.15])).rows(at()) is not None  # just there
    assert len(keeper(Wall(0.2745), None).rows(at()).bounds) == 2  # the upper link alone


def test_in_a_turned_map_rows_are_as_if_the_arm_were_turned_back():
    """The map's axes are turned by 0.5 rad, and its origin lies 0.7 m back and 0.1 m off along its own y."""
    turn = 0.5
    along, across = (
        np.array([math.cos(turn), math.sin(turn), 0.0]),
        np.array([-math.sin(turn), math.cos(turn), 0.0]),
    )
    pose = transform(0.1 * across - 0.7 * along, np.array([0.0, 0.0, turn]))
    plain, turned = (
        kept.rows(at([q, 0.3]))
        for kept, q in ((keeper(Wall(0.3), None), 0.0), (keeper(Wall(0.2), None, pose=pose), turn))
    )
    assert plain is not None and turned is not None
    assert turned.matrix == pytest.approx(plain.matrix) and turned.bounds == pytest.approx(plain.bounds)


def test_the_nearest_link_and_its_distance():
    both = keeper(Wall(0.3), None)
    assert both.nearest(at()) == "upper" and both.nearest(at([0.0, 0.1])) == "lower"
    found = both.clearance(at())
    assert (found.now, found.required) == (pytest.approx(0.3 - UPPER_RADIUS), 0.08)
    assert keeper(Wall(0.3)).nearest(at()) == "lower"
    assert keeper(Wall(0.3), unsure=[0.0, 0.02]).clearance(at()).required == pytest.approx(0.1)


def least_ahead(kept, situation, *commands):
    return kept.least_ahead(situation.roll_out(np.array(commands, dtype=float)), situation)


def test_the_least_ahead_is_of_the_link_that_comes_nearest_on_the_last_way():
    """0.8 * (0.01 + 0.1333) = 0.1147 rad; turned back, the upper link stays where it is."""
    both, turned = keeper(Wall(0.35), None), math.sin(0.8 * (0.01 + 0.8 / 6))
    assert least_ahead(both, at(), [0.0, 0.0], [-0.8, 0.0], [0.8, 0.0]) == pytest.approx(0.31 - turned)
    assert least_ahead(both, at(), [0.8, 0.0], [0.8, 0.0], [-0.8, 0.0]) == pytest.approx(0.35 - UPPER_RADIUS)


def swept(upper, lower, **changes):
    """The arm, and a way of 0.9 * (0.01 + 0.15) = 0.144 rad, by which the links get no further than so many m."""
    here = at(levers=np.array([[upper / 0.144, lower / 0.144], [0.0, 0.0]]), **changes)
    return here, here.roll_out(np.array([[0.9, 0.0]]))


@pytest.mark.parametrize(
    ("now", "moved", "later"),
    [
        ([0.2, 0.12], (0.1, 0.0), [0.3, 0.12]),
        ([0.2, 0.15], (0.1, 0.0), [0.1, 0.15]),
        ([0.12, 0.2], (0.0, 0.1), [0.12, 0.3]),
        ([0.3, 0.2], (0.25, 0.0), [0.06, 0.2]),
    ],
)
def test_links_that_may_come_nearer_or_leave_are_all_measured(now, moved, later):
    here, ways = swept(*moved)
    assert keeper(Each(now, later), None).least_ahead(ways, here) == pytest.approx(min(later))


def test_what_is_in_flight_may_bring_a_link_nearer_as_well():
    """0.0508 m by what is in flight, and as far on the way."""
    here, ways = swept(0.0508, 0.0, in_flight=np.array([0.144, 0.0]))
    assert keeper(Each([0.2, 0.12], [0.1, 0.12]), None).least_ahead(ways, here) == pytest.approx(0.1)


def test_a_link_that_surely_stays_further_is_not_measured_again():
    here, ways = swept(0.0, 0.05)
    each = Each([0.1, 0.2], [0.1, 0.2])
    assert keeper(each, None).least_ahead(ways, here) == pytest.approx(0.1) and each.asked == [2, 1]


def test_what_may_be_nearer_than_it_is_told_hides_no_link():
    """The upper link is far, and told to be 0.24 m off at least; the lower one leaves 0.1 m and is 0.2 m off."""
    here = at()
    ways = here.roll_out(np.array([[0.9, 0.0]]))
    kept = keeper(Told([0.24, 0.1], [[9.0, 0.2]] * 6), None)
    assert kept.least_ahead(ways, here) == 0.2


def judged_ahead(kept, situation, *commands):
    return kept.judged_ahead(situation.roll_out(np.array(commands, dtype=float)), situation)


def test_it_is_judged_by_half_a_step_less_where_that_breaks_the_margin():
    """The tip comes to 0.18 - 0.0935 = 0.0865 m; half of its step is 0.0078 m, and a little that it bows."""
    assert judged_ahead(keeper(Wall(0.22)), at(), [0.0, 0.0], [-0.3, 0.0], [0.72, 0.0]) == pytest.approx(
        0.0865 - 0.0080, abs=0.0003
    )
    assert judged_ahead(keeper(Wall(0.22)), at(), [0.72, 0.0], [-0.72, 0.0]) is None
    assert judged_ahead(keeper(Wall(0.9)), at(), [0.72, 0.0]) is None
    # At the margin itself, and going nowhere.
    assert judged_ahead(keeper(Told([0.25], [[0.25]] * 7), margin=0.25), at(), [0.0, 0.0]) is None
    assert judged_ahead(keeper(Wall(0.22), unsure=[0.0, 0.02]), at(), [0.72, 0.0]) is None


def test_a_retreat_is_slow_only_where_the_margin_is_broken_by_more_than_noise():
    shoulder = np.array([1.0, 0.0])
    assert keeper(Told([0.25]), margin=0.5, noise=0.25).retreat(shoulder, at()) is None
    found = keeper(Told([0.24]), margin=0.5, noise=0.25).retreat(shoulder, at())
    assert found is not None and found.scale == pytest.approx(0.1 / 1.04)
    assert keeper(Told([0.45, 0.2]), None, margin=0.5, noise=0.25).retreat(shoulder, at()) is not None
    assert keeper(Wall(0.115)).retreat(shoulder, at()) is None  # 0.075 m


def test_slow_by_hand():
    """1.04 m from the shoulder's axis to the rim of the tip."""
    found = slow(np.array([0.3, 0.0]), at(anchor=np.array([-0.2, 0.0])), 0.1)
    assert found.scale == pytest.approx(0.1 / 0.312) and found.requested == pytest.approx(0.312)
    assert (found.allowed, found.unit) == (0.1, "m/s") and found.excess == pytest.approx(0.108)
    assert slow(np.array([0.05, 0.0]), at(), 0.1).scale == 1.0


def going_on(*start):
    here = at()
    drive = replace(here.drive, start=np.array(start))
    return replace(here, drive=drive, comfort=drive)


def test_what_the_body_does_by_itself_leaves_less_for_a_command():
    """0.104 m/s of 0.2 m/s are gone: of 0.208 m/s more, 0.096 m/s are allowed."""
    here, share = going_on(0.1, 0.0), 0.096 / 0.208
    assert slow(np.array([0.2, 0.0]), here, 0.2).scale == pytest.approx(share)
    assert speed_share(here, here.still, np.array([0.2, 0.0]), 0.2) == pytest.approx(share)
    assert speed_share(here, here.still, np.array([0.2, 0.0]), 0.5) == 1.0
    assert speed_share(here, here.still, np.array([0.2, 0.0]), 0.1) == 0.0
    assert speed_share(here, here.still, np.zeros(2), 0.05) == 1.0
    assert speed_share(at(), STRAIGHT, np.array([0.2, 0.0]), 0.104) == pytest.approx(0.5)


def test_a_command_that_slows_the_body_to_just_its_bound_is_not_cut():
    here, against = going_on(0.3, 0.0), np.array([-0.1, 0.0])
    bound = slow(against, here, 9.0).requested
    assert bound == pytest.approx(0.208) and slow(against, here, bound).scale == 1.0


def trips(kept, scene):
    return {each.face: each for each in kept.trips(scene, slice(0, 2), (np.zeros(3), 1.0), ("clear", "cap"))}


@pytest.mark.parametrize("links", [None, ["upper"]])
def test_it_is_tried_just_outside_the_margin_and_within_it_by_the_link_that_is_nearest(links):
    """0.08 m are kept and 0.01 m are noise: a hundredth outside, and a hundredth within what counts."""
    wall = Wall(0.5)
    found = trips(keeper(wall, links), at())
    for face, low, high in (("clear", 0.08, 0.0901), ("cap", -9.0, 0.07)):
        tried = list(found[face].trips)
        assert tried and not found[face].beyond
        for trip in tried:
            which = [0, 1] if links is None else [0]
            now = trip.situation.now
            least = wall.distance(now.capsules()[which], now.model.capsule_radius[which]).min()
            assert low < least < high


def test_a_link_that_every_joint_moves_by_a_millionth_of_a_metre_at_most_stands_still():
    still = trips(keeper(Wall(0.5)), at(levers=np.full((2, 2), 1e-6)))
    assert not list(still["clear"].trips) and "none of its links moves" in still["clear"].beyond

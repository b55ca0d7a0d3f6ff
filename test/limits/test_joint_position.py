"""Joint positions by hand: ends that lie unevenly, braking of 3 and 4 rad/s2, commands held for 0.01 s."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from pydantic import ValidationError

from iatro_governor.body.drive import Drive
from iatro_governor.limits.course import Course
from test.limits.bodies import body_situation, two_links
from test.limits.situations import make

ENDS = {"lower": [-0.9, -0.5], "upper": [1.1, 0.7], "margin": 0.03}
"""What is kept: from -0.87 to 1.07 rad, and from -0.47 to 0.67 rad."""


def limit(**changes):
    return make("joint_position", **ENDS | changes)


def at(*q, anchor=None):
    return body_situation(np.array(q), anchor, delay=0.0)


def carried(situation, start):
    """The same, where joints move whatever is commanded."""
    drive = Drive(np.eye(2), np.array(start), np.array([3.0, 4.0]), None, 0)
    return replace(situation, drive=drive, comfort=drive)


@pytest.mark.parametrize(
    "ends",
    [
        {"lower": None},
        {"upper": None},
        {"lower": [-0.9], "upper": [1.1, 0.7]},
        {"lower": [0.0, 0.0], "upper": [0.5, 9.0], "margin": 0.25},
        {"lower": [0.0, 0.5], "upper": [9.0, 0.9], "margin": 0.25},
    ],
)
def test_ends_that_leave_no_room_or_lack_their_counterpart_are_refused(ends):
    with pytest.raises(ValidationError, match="lower and upper"):
        limit(**ends)


def test_a_channel_has_64_joints_at_most():
    assert len(limit(lower=[-1.0] * 64, upper=[1.0] * 64).config.lower) == 64
    with pytest.raises(ValidationError, match="64"):
        limit(lower=[-1.0] * 65, upper=[1.0] * 65)


def test_ends_a_little_more_than_two_margins_apart_are_taken_and_so_are_none():
    assert limit(lower=[-0.5, 0.0], upper=[0.1, 0.6], margin=0.25).bound == 0.25
    own = np.array([1, 0])
    low, high = limit(lower=None, upper=None, margin=0.5).kept(two_links(), own)
    assert low.tolist() == [-2.5, -2.5] and high.tolist() == [2.5, 2.5]
    low, high = limit().kept(two_links(), own)
    assert low == pytest.approx([-0.87, -0.47]) and high == pytest.approx([1.07, 0.67])


def test_joints_that_stay_between_their_ends_are_idle_and_one_that_reaches_its_end_is_not():
    rule, here = limit(lower=[-1.0, -0.5], upper=[1.25, 0.75], margin=0.25), at(0.0, 0.0)

    def idle(lowest, highest, situation=here):
        return rule.idle(situation, SimpleNamespace(lowest=lowest, highest=highest))

    assert idle([-0.74, -0.24], [0.99, 0.49])
    assert not idle([-0.75, 0.0], [0.0, 0.0]) and not idle([0.0, 0.0], [1.0, 0.0])
    assert not idle([0.0, -0.25], [0.0, 0.0]) and not idle([0.0, 0.0], [0.0, 0.5])


def test_the_joint_that_comes_to_its_end_first_decides_by_hand():
    """0.9 rad/s take 0.3 s to undo: 0.144 and 0.128 rad of way, of which 0.1 and 0.06 rad are left."""
    found = limit().cap(np.array([0.9, -0.8]), at(0.97, -0.41))
    assert found is not None
    assert (found.requested, found.allowed) == (pytest.approx(0.128), pytest.approx(0.06))
    assert 0.8 * (found.scale * 0.01 + found.scale**2 * 0.15) == pytest.approx(0.06)
    found = limit().cap(np.array([-0.9, 0.8]), at(-0.85, 0.55))
    assert found is not None
    assert (found.requested, found.allowed) == (pytest.approx(0.144), pytest.approx(0.02))
    assert 0.9 * (found.scale * 0.01 + found.scale**2 * 0.15) == pytest.approx(0.02)


def test_one_joint_that_has_room_is_bounded_by_the_other_and_two_are_not_bounded():
    assert limit().cap(np.array([0.9, -0.8]), at(0.92, -0.33)) is None
    found = limit().cap(np.array([0.9, -0.8]), at(0.93, -0.33))
    assert found is not None and found.allowed == pytest.approx(0.14)


def test_a_joint_beyond_its_end_may_not_go_on_and_is_no_matter_where_it_stays():
    beyond = at(0.0, 0.68)
    found = limit().cap(np.array([0.1, 0.1]), beyond)
    assert found is not None and (found.scale, found.allowed) == (0.0, 0.0)
    assert limit().cap(np.array([0.1, -0.1]), beyond) is None
    assert limit().cap(np.array([0.1, 0.0]), beyond) is None


def test_the_joints_of_a_channel_are_those_that_it_names():
    """Its first joint is the elbow: that is to stay below 1.07 rad, and the shoulder below 0.67 rad."""
    swapped = replace(at(0.6, 1.0), joints={"arm": np.array([1, 0])})
    found = limit().cap(np.array([0.5, 0.9]), swapped)
    assert found is not None and found.allowed == pytest.approx(0.07)
    assert found.requested == pytest.approx(0.9 * (0.01 + 0.9 / 8))
    assert limit().blocked(np.array([0.5, 0.9]), swapped) == pytest.approx((1.11025, 1.07, 0.07))


def test_what_is_no_velocity_or_a_path_is_judged_by_its_way_to_rest_alone():
    quick, near = np.array([0.9, 0.0]), at(1.0, 0.0)
    assert limit().cap(quick, near) is not None
    assert limit().cap(quick, carried(near, [0.0, 0.1])) is None
    course = Course(np.zeros((6, 2)), 0.1, np.zeros(2))
    assert limit().cap(quick, replace(near, courses={"arm": course})) is None
    assert limit().cap(quick, replace(near, courses={"other": course})) is not None


def test_rows_of_a_joint_beyond_its_end_and_of_one_without():
    """From 1.08 rad nothing more; down to -0.87 rad, less 0.002, in 0.01 s; a joint without ends has a thousand."""
    rows = limit().rows(at(1.08, 0.1))
    assert rows.bounds == pytest.approx(np.array([0.0, 0.568, 1.948, 0.568]) / 0.01)
    rule = limit(lower=None, upper=None)
    rule.kept = lambda model, own: (np.array([-np.inf, -0.47]), np.array([np.inf, 0.67]))
    assert rule.rows(at(0.0, 0.1)).bounds == pytest.approx(np.array([1000.0, 0.568, 1000.0, 0.568]) / 0.01)


def clear(situation, *ways, tolerance=0.0, **changes):
    """Of ways (k, 2) of the joints."""
    asked = (tolerance,) if tolerance else ()
    found = limit(**changes).clear(SimpleNamespace(ahead=np.array(ways)), situation, *asked)
    return None if found is None else found.tolist()


MIDDLE = [0.0, 0.0]


def test_every_sample_of_every_joint_stays_between_its_ends():
    here = at(0.1, 0.1)
    inside = [[-0.86, -0.46], [1.06, 0.66]]
    assert clear(here, inside) is None
    for joint, value in ((0, -0.88), (0, 1.08), (1, -0.48), (1, 0.68)):
        beyond = [0.0, 0.0]
        beyond[joint] = value
        assert clear(here, inside, [MIDDLE, beyond], [beyond, MIDDLE]) == [True, False, False]


@pytest.mark.parametrize(("tolerance", "eased"), [(0.02, 0.02), (0.05, 0.03)])
def test_what_was_verified_before_may_go_beyond_by_the_tolerance_and_by_the_margin_at_most(tolerance, eased):
    here = at(0.1, 0.1)
    for joint, end, way in ((0, 1.07, 1), (0, -0.87, -1), (1, 0.67, 1), (1, -0.47, -1)):
        kept, beyond = [0.0, 0.0], [0.0, 0.0]
        kept[joint], beyond[joint] = end + way * (eased - 0.001), end + way * (eased + 0.001)
        assert clear(here, [kept], [beyond], tolerance=tolerance) == [True, False]


def test_a_joint_beyond_its_end_may_stay_there_or_come_back_and_not_go_on():
    assert clear(at(1.2, 0.0), [[1.2, 0.0]], [[1.15, 0.0]], [[1.21, 0.0]]) == [True, True, False]
    assert clear(at(0.0, -0.6), [[0.0, -0.6]], [[0.0, -0.59]], [[0.0, -0.61]]) == [True, True, False]


def test_less_than_rounding_is_not_beyond():
    """1e-9 rad."""
    ends = {"lower": [-1.0, -1.0], "upper": [1.0, 1.0], "margin": 0.25}
    for end in (-0.75, 0.75):
        side = np.sign(end)
        kept, beyond = [[end + side * 1e-9, 0.0]], [[end + side * 2e-9, 0.0]]
        assert clear(at(0.0, 0.0), kept, beyond, **ends) == [True, False]


def test_what_is_refused_is_told_by_the_joint_that_goes_furthest_beyond():
    """0.9 rad/s lead 0.144 rad on; 0.8 rad/s 0.128 rad."""
    here = at(1.0, -0.4)
    assert limit().blocked(np.array([0.9, -0.8]), here) == pytest.approx((1.144, 1.07, 0.07))
    assert limit().blocked(np.array([0.5, -0.8]), here) == pytest.approx((-0.488, -0.47, 0.07))


def test_of_ways_that_are_known_the_last_is_told_and_now_is_before_what_is_in_flight():
    here = replace(at(1.0, -0.3), soon_q=np.array([1.05, -0.4]))
    ways = SimpleNamespace(
        ahead=np.array([[[9.0, 9.0]] * 2, [[8.0, 8.0]] * 2, [[1.06, -0.52], [1.01, -0.5]]])
    )
    assert limit().blocked(np.zeros(2), here, ways) == pytest.approx((-0.52, -0.47, 0.17))
    both = SimpleNamespace(ahead=np.array([[[0.0, -1.25], [0.0, 1.25]]]))
    even = limit(lower=[-9.0, -1.0], upper=[9.0, 1.0], margin=0.0)
    assert even.blocked(np.zeros(2), here, both) == pytest.approx((1.25, 1.0, 1.3))


def test_it_is_tried_at_each_end_by_both_of_its_faces_unless_joints_move_by_themselves():
    faces = [challenge.face for challenge in limit().trips([at(0.0, 0.0)])]
    assert faces == ["cap", "clear"] * 4
    moving = carried(at(0.0, 0.0), [0.0, 0.1])
    assert [challenge.face for challenge in limit().trips([moving])] == ["clear"] * 4


def test_a_share_is_never_more_than_all_of_a_command():
    """A way just as long as its room is free; of this one, longer by the last digit, the root is rounded up."""
    w = 1.5479951916960681
    goes = w * (0.01 + w / 3 / 2)
    even, less = (
        limit(lower=[-9.0, -9.0], upper=[float(room), 9.0], margin=0.0).cap(np.array([w, 0.0]), at(0.0, 0.0))
        for room in (goes, np.nextafter(goes, 0.0))
    )
    assert even is None
    assert less is not None and less.requested == goes and less.scale == 1.0

"""What a jointed body may reach, and its ways to rest: by hand, and against integration in small steps."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.drive import Drive
from iatro_governor.body.load import Options, load_text
from iatro_governor.body.mobile import FREEDOMS
from iatro_governor.body.rollout import Braking, Flight
from iatro_governor.limits.course import Course
from iatro_governor.limits.situation import Jerk
from test.limits.bodies import TWO_LINKS, body_situation
from test.limits.situations import situation

WANTED, STANDS = np.array([0.6, -0.3]), np.array([-0.1, 0.9])
TURNED = 0.38 + 0.51


def driven(**changes):
    """Motion in flight goes by 0.06 and 0.03 rad; the joints drift by 0.2 and -0.3 rad/s; ease brakes by 2 rad/s2."""
    at = body_situation(np.array([0.3, -0.5]), STANDS)
    start = np.array([0.2, -0.3])
    sure, ease = (Drive(np.eye(2), start, np.full(2, hard), None, 0) for hard in (4.0, 2.0))
    own = {"drive": sure, "comfort": ease, "soon_q": np.array([0.36, -0.47])}
    return replace(at, **{**own, "build_up_s": 0.1, "apart_s": 0.05, **changes})


# What can be reached.


def test_what_is_in_reach_by_hand():
    """0.6 + 0.2 and 0.9 + 0.3 rad/s at most; 1.2 / 2 + 0.1 s to rest, so they last for 0.05 + 0.35 s, twice over."""
    reach = driven().reach(WANTED)
    assert reach.joints == pytest.approx([0.06 + 2 * 0.8 * 0.4, 0.03 + 2 * 1.2 * 0.4])
    assert reach.seconds == pytest.approx(0.01 + 0.7)
    assert reach.ends == pytest.approx(np.array([[0.8, -0.6], [0.1, 0.6]]))
    assert reach.most == pytest.approx((0.6, 0.9))


def test_the_fastest_point_is_what_an_output_moves_and_not_what_the_body_does_by_itself():
    """The tip of links 0.6 and 0.4 m long, 0.5 rad bent and 0.04 m thick, by either joint; both drift meanwhile."""
    tip = math.sqrt(0.6**2 + 0.4**2 + 2 * 0.6 * 0.4 * math.cos(0.5))
    assert driven().fastest(np.array([-2.0, 0.0])) == pytest.approx(2.0 * (tip + 0.04), rel=1e-6)
    assert driven().fastest(np.array([0.0, 1.0])) == pytest.approx(0.4 + 0.04, rel=1e-6)
    assert driven().fastest(np.zeros(2)) == 0.0


def test_a_joint_that_drifts_back_may_be_as_far_as_one_that_drifts_on():
    there, back = (
        driven(drive=Drive(np.eye(2), np.array([s, 0.0]), np.full(2, 4.0), None, 0)) for s in (0.2, -0.2)
    )
    assert there.reach(WANTED).joints == pytest.approx(back.reach(WANTED).joints)


def test_even_steps_leave_half_a_step_and_its_bow_between_samples():
    """Joints that turn by 0.38 and 0.51 rad: half of a sixth of that, and a sixth of a sixth of a quarter per rad."""
    swept = driven().reach(WANTED).swept
    beside = (1 / 2 + TURNED / (4 * 6)) / 6
    assert swept == pytest.approx(np.array([0.38, 0.51]) * (1.0 + beside))


def test_between_samples_a_way_of_many_turns_lies_no_further_than_it_is_long():
    """200 rad/s for 0.01 + 25 s are 5000 rad and no bow is longer than the way it belongs to."""
    at = body_situation(np.array([0.3, -0.5]), delay=0.0)
    reach = at.reach(np.array([0.0, 200.0]))
    assert reach.swept == pytest.approx([0.0, 2 * 200.0 * (0.01 + 25.0)])


def test_what_joints_went_in_flight_by_any_delay_counts_and_not_where_that_ends():
    far = np.array([0.09, 0.04])
    assert driven(in_flight=far).reach(WANTED).joints == pytest.approx([0.09 + 0.64, 0.04 + 0.96])
    assert driven(in_flight=far).flown == pytest.approx(far @ driven().levers)


def elbow_alone(positions, seconds, aside=0.02):
    return Course(np.array(positions)[:, None], seconds, np.array([aside]))


THERE_AND_BACK = [-0.37, -0.27, -0.17, -0.27, -0.37, -0.47]
"""Of the elbow, from -0.47 rad: 0.6 rad in all, and where it began."""


def on_a_path(*course):
    joints = {"arm": np.array([0]), "path": np.array([1])}
    return driven(joints=joints, courses={"path": elbow_alone(*course)})


def test_a_path_is_as_long_as_all_its_steps_and_what_it_may_be_beside():
    reach = on_a_path(THERE_AND_BACK, 2.5).reach(WANTED)
    assert reach.joints == pytest.approx([0.06 + 0.64, 0.03 + 2 * 0.62])
    assert reach.swept == pytest.approx(reach.joints) and reach.seconds == 2.5


def test_a_path_that_ends_at_once_takes_nothing_from_what_commands_reach():
    reach = on_a_path([-0.47] * 6, 0.02).reach(WANTED)
    assert reach.joints == pytest.approx([0.7, 0.99]) and reach.seconds == pytest.approx(0.71)


# A body on a base.

BRAKES = Braking(1.0, 2.5)
GOES = (0.3, -0.2, 0.7)
"""By this twist for 0.05 s, from where odometry tells it."""
PLACE = {"planar": [0.4, -0.6, 0.5], "aerial": [0.4, -0.6, 0.25, 0.5]}
JERK = Jerk(np.full(3, 9.0), 0.01, np.full(3, True))


def on_base(kind, jerk=None, **changes):
    """The two links on a base that goes on, or flies."""
    model, free = load_text(TWO_LINKS, Options(base=kind)), len(FREEDOMS[kind])
    vx, vy, wz = GOES
    anchor = np.array([vx, vy, *[0.1] * (free - 3), wz, 0.0, 0.0])
    at = body_situation(np.array([*PLACE[kind], 0.3, -0.5]), anchor, model=model)
    slow = np.concatenate([np.full(free, np.inf), [3.0, 4.0]])
    drive = Drive(np.eye(free + 2), np.zeros(free + 2), slow, BRAKES, free)
    base = None
    if kind == "planar":
        base = replace(situation(np.zeros((0, 2)), anchor=anchor[:3]), braking=BRAKES, jerk=jerk)
    whole = None if jerk is None else replace(jerk, bounds=np.full(5, 9.0), eased=np.arange(5) < 3)
    own = {"drive": drive, "comfort": drive, "kind": kind, "base": base, "jerk": whole}
    flight = Flight([(GOES, 0.05)], 1.04) if base is None else base.flight
    return replace(at, **{**own, "base_flight": flight, "places": {"arm": slice(free, free + 2)}, **changes})


def driven_on(pose, twist, seconds, steps=2000):
    """Where a base ends that goes on by ``twist`` (vx, vy, wz), in small steps by the heading in their middle."""
    (x, y, yaw), (vx, vy, wz), dt = pose, twist, seconds / steps
    for _ in range(steps):
        c, s = math.cos(yaw + wz * dt / 2), math.sin(yaw + wz * dt / 2)
        x, y, yaw = x + (c * vx - s * vy) * dt, y + (s * vx + c * vy) * dt, yaw + wz * dt
    return [x, y, yaw]


BASE_ALONE = np.array([[0.3, -0.2, 0.7, 0, 0], [0.9, 0.1, -0.4, 0, 0], [0, 0, 1.8, 0, 0], [0, 0.01, 0, 0, 0],
                       [0.294, -0.196, 0.686, 0, 0]])  # fmt: skip
"""The last slows already: where that is eased, its stop is longer than it leads in proportion."""


@pytest.mark.parametrize("jerk", [None, JERK])
def test_a_base_goes_with_links_at_rest_as_it_goes_without_any(jerk):
    at = on_base("planar", jerk)
    assert at.base is not None
    found, alone = at.roll_out(BASE_ALONE).planar, at.base.roll_out(BASE_ALONE[:, :3])
    assert found is not None and (found.flown, found.hold) == (alone.flown, alone.hold) == (1, 0.01)
    assert found.poses[:, 0] == pytest.approx(alone.poses[:, 0])
    assert found.poses[:, 1:] == pytest.approx(alone.poses[:, 2::2])  # half as many samples
    for each in ("outputs", "travel", "ramp", "coast"):
        assert getattr(found, each) == pytest.approx(getattr(alone, each)), each


def test_between_samples_of_a_base_lies_half_of_its_longest_step_by_hand():
    """The disc of 0.22 m flies 0.05 s by hypot(0.3, 0.2) + 0.7 * 0.22 m/s; six steps of an output may be longer."""
    flown = (math.hypot(0.3, 0.2) + 0.7 * 0.22) * 0.05
    spins = 1.8 * 0.22 * (0.01 + 1.8 / 2.5 / 2)
    found = on_base("planar").roll_out(BASE_ALONE).planar
    assert found is not None and found.half_step[2:4] == pytest.approx([max(spins / 6, flown) / 2, flown / 2])
    assert found.travel[2] == pytest.approx(spins + flown)
    goes = (math.hypot(0.9, 0.1) + 0.4 * 0.22) * (0.01 + math.hypot(0.9, 0.1) / 2)
    assert goes / 6 > flown and found.half_step[1] == pytest.approx(goes / 12)


@pytest.mark.parametrize("kind", ["planar", "aerial"])
def test_a_base_whose_arm_takes_long_to_stop_goes_on_for_as_long(kind):
    """1.8 rad/s of a shoulder that brakes by 3 rad/s2: 0.6 s, where the base's own stop takes 0.28 s."""
    at = on_base(kind)
    output = np.array([*at.anchor[:-2], 1.8, 0.0])
    ways = at.roll_out(output[None])
    free = at.freedoms
    start = driven_on([0.4, -0.6, 0.5], GOES, 0.05)
    assert ways.ramp == pytest.approx([0.6])
    assert ways.ahead[0, -1, [0, 1, free - 1]] == pytest.approx(driven_on(start, GOES, 0.01 + 0.3), abs=1e-7)
    assert ways.ahead[0, -1, free:] == pytest.approx(at.soon_q[free:] + np.array([1.8 * 0.31, 0.0]))
    assert (ways.planar is None) == (kind == "aerial")
    if ways.planar is not None:
        assert (ways.planar.ramp, ways.planar.coast) == (pytest.approx([0.6]), pytest.approx([0.3]))


# What moves besides, and what stands.


def ends(at, *outputs):
    return at.roll_out(np.array(outputs)).ahead[:, -1]


def test_what_moves_faster_by_itself_is_what_has_to_stop():
    """0.8 and 0.2 rad/s, where no command says so: whatever is asked less in that direction, or nothing."""
    at = replace(body_situation(np.array([0.3, -0.5])), beyond=np.array([0.8, 0.2]))
    asked = [[0.3, -0.1], [1.2, 0.1], [0.0, 0.3], [-0.9, 0.0]]
    moving = np.array([[0.8, -0.1], [1.2, 0.2], [0.8, 0.3], [-0.9, 0.2]])
    seconds = 0.01 + np.abs(moving).max(axis=1) / 3.0 / 2  # the shoulder brakes by 3 rad/s2
    assert ends(at, *asked) == pytest.approx(np.array([0.3, -0.5]) + moving * seconds[:, None])


def test_a_joint_that_goes_on_by_itself_takes_none_other_with_it():
    at = replace(body_situation(np.array([0.3, -0.5])), beyond=np.array([0.0, -0.8]))
    assert ends(at, [0.6, -0.3]) == pytest.approx(np.array([[0.3 + 0.6 * 0.11, -0.5 - 0.8 * 0.11]]))


def test_the_samples_of_a_way_are_even_and_end_where_it_ends():
    """0.6 rad/s of the shoulder: 0.01 + 0.1 s; the elbow goes half as far."""
    ahead = body_situation(np.array([0.3, -0.5])).roll_out(np.array([[0.6, -0.3]])).ahead[0]
    assert ahead == pytest.approx(np.array([0.3, -0.5]) + np.outer(np.arange(1, 7) / 6, [0.066, -0.033]))


def test_joints_behind_their_set_points_go_straight_to_where_those_end():
    """From 0.06 and -0.03 rad behind, the way of 0.066 and -0.033 rad is so much longer."""
    at = body_situation(np.array([0.3, -0.5])).behind(np.array([0.06, -0.03]))
    assert at.soon_q == pytest.approx([0.24, -0.47])
    ahead = at.roll_out(np.array([[0.6, -0.3]])).ahead[0]
    assert ahead == pytest.approx(np.array([0.24, -0.47]) + np.outer(np.arange(1, 7) / 6, [0.126, -0.063]))


def test_of_a_moment_that_has_no_doubts_there_is_one_view():
    at, outputs = driven(), np.array([[0.1, 0.2]])
    assert at.views(outputs) == (at,)
    others = [driven(), driven()]
    asked = []

    def sooner(*of):
        asked.append(of)
        return others

    doubted = replace(at, sooner=sooner)
    assert doubted.views(outputs) == (doubted, *others) and asked == [(doubted, outputs)]


def test_a_pace_is_of_outputs_that_are_eased_and_of_no_others():
    pace = np.array([[0.7, -0.4]])
    at = driven()
    assert at.changing(pace) is at
    eased = replace(at, jerk=JERK).changing(pace)
    assert eased.jerk is not None and eased.jerk.pace is pace and eased.jerk.bounds is JERK.bounds


def test_of_channels_that_act_at_once_one_alone_goes_on():
    at = replace(body_situation(np.array([0.3, -0.5])), only=slice(1, 2))
    assert ends(at, [0.9, 0.4]) == pytest.approx(np.array([[0.3, -0.5 + 0.4 * (0.01 + 0.05)]]))


def test_who_acts_before_the_others_does_so_for_as_long_as_they_may_be_late_and_on_its_own_path():
    path, other = elbow_alone(THERE_AND_BACK, 2.5), elbow_alone([0.1] * 6, 0.3)
    places = {"path": slice(1, 2), "other": slice(0, 1)}
    at = driven(courses={"path": path, "other": other}, places=places)
    alone = at.alone("path")
    assert (alone.courses, alone.only, alone.period) == ({"path": path}, slice(1, 2), 0.05)
    assert replace(at, period=0.2).alone("path").period == 0.2


def test_a_way_on_a_path_lasts_until_the_later_of_both_rests():
    course = elbow_alone(THERE_AND_BACK, 2.5)
    at = replace(
        body_situation(np.array([0.3, -0.5])), joints={"path": np.array([1])}, courses={"path": course}
    )
    ways = at.roll_out(np.array([[0.6, 0.0], [9.0, 0.0]]))
    assert ways.ramp == pytest.approx([2.5, 3.0])
    assert ways.ahead[0, :, 1].tolist() == THERE_AND_BACK


def test_a_deceleration_that_builds_up_goes_on_for_that_much_longer():
    at = driven()
    assert at.held_s == pytest.approx(0.11)
    assert at.coast_s(np.array([[0.6, 0.1]])) == pytest.approx([0.11 + 0.8 / 4.0 / 2])


@pytest.mark.parametrize("kind", ["planar", "aerial"])
def test_another_output_that_stands_goes_on_until_commands_take_effect(kind):
    """For 0.03 s, on a base and in joints; in the air the furthest point is 0.6 + 0.4 + 0.04 m from the axis."""
    at, free = on_base(kind), len(FREEDOMS[kind])
    anchor = np.array([0.5, 0.4, *[0.2] * (free - 3), -0.6, 0.7, -0.8])
    stands = at.standing(anchor)
    assert stands.anchor.tolist() == stands.velocity.tolist() == anchor.tolist()
    assert stands.soon_q == pytest.approx(at.now.q + anchor * 0.03)
    assert stands.base_flight is not None
    seconds = 0.03 if kind == "aerial" else 0.05  # as the base's own situation says
    assert list(stands.base_flight.pieces) == [((0.5, 0.4, -0.6), seconds)]
    assert stands.base_flight.reach == pytest.approx(1.04 if kind == "aerial" else 0.22)
    assert (stands.base is None) == (kind == "aerial")
    if stands.base is not None:
        assert stands.base.anchor.tolist() == [0.5, 0.4, -0.6] and stands.base.flight is stands.base_flight


def test_an_arm_that_stands_on_nothing_that_moves_has_no_flight_of_a_base():
    stands = driven().standing(WANTED)
    assert stands.base_flight is None and stands.soon_q == pytest.approx(
        [0.3 + 0.8 * 0.03, -0.5 - 0.6 * 0.03]
    )
    assert stands.in_flight is None and not stands.beyond.any()


@pytest.mark.parametrize("kind", ["planar", "aerial"])
def test_on_a_base_more_may_lie_between_two_samples(kind):
    reach = on_base(kind).reach(on_base(kind).anchor)
    assert reach.swept.tolist() == reach.joints.tolist()


def test_what_limits_worked_out_is_not_shown_with_a_moment():
    assert "memo" not in repr(body_situation(np.zeros(2)))


def test_a_way_that_is_followed_was_verified_where_its_base_was_then():
    there, here = (situation(np.zeros((0, 2)), pose=np.array([x, 2.0, 3.0])) for x in (1.0, 5.0))
    carried, before = (replace(body_situation(np.zeros(2)), base=base) for base in (here, there))
    followed: Any = carried.following(before)
    assert followed.base.begun.tolist() == [1.0, 2.0, 3.0] and followed.base.pose.tolist() == [5.0, 2.0, 3.0]
    assert carried.base is not None and carried.base.begun is None
    bare = replace(carried, base=None)
    assert bare.following(before) is bare and carried.following(bare) is carried

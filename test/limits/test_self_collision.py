"""Self-collision: two carriages on rails and a ball between them, whose gaps are sums of a few binary fractions."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from iatro_governor.body.load import Options, load_text
from iatro_governor.limits.postures import STILL
from test.limits.bodies import body_situation, two_links
from test.limits.situations import make

CARRIAGES = """<robot name="carriages">
  <link name="base"><collision><geometry><sphere radius="0.125"/></geometry></collision></link>
  <link name="left"><collision><geometry><capsule radius="0.0625" length="0.5"/></geometry></collision></link>
  <link name="right"><collision><geometry><sphere radius="0.25"/></geometry></collision></link>
  <joint name="x" type="prismatic"><parent link="base"/><child link="left"/>
    <axis xyz="1 0 0"/><limit lower="0.25" upper="4" velocity="2" effort="50"/></joint>
  <joint name="y" type="prismatic"><parent link="base"/><child link="right"/>
    <axis xyz="0 1 0"/><limit lower="0.25" upper="4" velocity="3" effort="30"/></joint>
</robot>"""
"""left stands upright at (x, 0), right at (0, y): x - 0.1875 and y - 0.375 m off the ball, and hypot - 0.3125 apart."""
WAY = 0.6 * (0.01 + 0.6 / 3 / 2)
"""m that 0.6 m/s of x lead: a period, and 0.2 s of braking by 3 m/s2."""
HALF_STEP = WAY / 12


BALL_EXCUSED = "".join(
    f"<disable_collisions link1='base' link2='{one}' reason='Never'/>" for one in ("left", "right")
)


@cache
def carriages(excused=""):
    """As drawn, but 1 m off the axes; and without the 1 nm by which the capsules of a model are larger."""
    model = load_text(CARRIAGES, Options(semantics=f"<robot name='carriages'>{excused}</robot>"))
    ends = np.round(model.capsule_ends, 6) + np.array([1.0, -1.0, 0.5])
    return replace(model, capsule_radius=np.array([0.125, 0.0625, 0.25]), capsule_ends=ends)


def at(x, y=3.0, anchor=None, excused=""):
    anchor = None if anchor is None else np.array(anchor)
    return body_situation(np.array([x, y]), anchor, model=carriages(excused))


def limit(**changes):
    return make("self_collision", **{"margin": 0.125, "noise": 0.0625, **changes})


def clear(place, *outputs, tolerance=0.0, **changes):
    verdict = limit(**changes).clear(place.roll_out(np.array(outputs, dtype=float)), place, tolerance)
    return None if verdict is None else verdict.tolist()


def off_ball(gap):
    """Where left is ``gap`` m off the ball."""
    return 0.1875 + gap


def test_the_nearest_pair_counts_and_has_its_name():
    for place, gap, names in (
        (at(0.3125), 0.125, "base and left"),
        (at(3.0, 0.625), 0.25, "base and right"),
        (at(0.3, 0.4), 0.025, "base and right"),
    ):
        clearance = limit().clearance(place)
        assert clearance.now == pytest.approx(gap) and clearance.required == 0.125
        assert limit().about(place) == names
    assert limit().bound == 0.125


def test_what_is_further_than_it_is_looked_at_is_told_by_the_balls_around_it():
    """At x = 1.4375 m a ball of 0.25 + 0.0625 m about left is 1 m from the other; 0.85 + 0.15 m are looked at."""
    assert limit(margin=0.84).clearance(at(1.4375)).now == 1.0
    assert limit(margin=0.85).clearance(at(1.4375)).now == 1.25


def test_without_pairs_it_says_nothing_at_all():
    rule, place = limit(), body_situation(np.zeros(2))
    assert not len(two_links().pairs)
    ways = place.roll_out(np.ones((1, 2)))
    assert rule.idle(place, SimpleNamespace(joints=np.full(2, 9.0)))
    assert rule.cap(np.ones(2), place) is None and rule.clear(ways, place) is None
    assert rule.rows(place) is None and rule.about(place) is None
    assert rule.clearance(place) is None and rule.least_ahead(ways, place) is None
    (challenge,) = rule.trips([place])
    assert not list(challenge.trips) and "no two links" in challenge.beyond


def idle(rule, place, x, y):
    return rule.idle(place, SimpleNamespace(joints=np.array([x, y])))


def test_it_is_idle_while_no_pair_gets_to_the_margin():
    """0.5 m off the ball: of 0.375 m less would be left than the margin, and exactly that is not enough."""
    for reach, quiet in (((0.37, 0.3), True), ((0.375, 0.3), False), ((0.38, 0.3), False)):
        assert idle(limit(), at(off_ball(0.5)), *reach) == quiet
    assert not idle(limit(), at(3.0, 0.375 + 0.25), 0.01, 0.14)
    assert not idle(limit(), at(0.9, 0.9), 0.5, 0.5)


def test_what_was_far_lately_stays_so_for_as_long_as_the_joints_have_moved_less():
    rule = limit()
    assert idle(rule, at(off_ball(0.5)), 0.01, 0.01)
    assert idle(rule, at(off_ball(0.5)), 0.37, 0.01)
    assert not idle(rule, at(off_ball(0.5)), 0.375, 0.01)
    rule = limit()
    assert idle(rule, at(3.0), 0.01, 0.01)
    assert not idle(rule, at(off_ball(0.13)), 0.01, 0.01)


def test_what_was_far_lately_is_not_measured_again(monkeypatch):
    rule = limit()
    assert idle(rule, at(3.0), 0.01, 0.01)
    monkeypatch.setattr(type(rule), "_now", lambda *_: pytest.fail("measured"))
    assert idle(rule, at(2.5), 0.01, 0.01)


def test_it_moves_slowly_while_the_margin_is_broken_by_more_than_noise():
    """The nearest pair within 0.125 - 0.0625 m: 0.1 m/s of the 0.5 that are asked; at just that it is free."""
    rule, command = limit(), np.array([0.5, 0.0])
    assert rule.cap(command, at(off_ball(0.0625))) is None
    assert rule.cap(command, at(off_ball(0.1))) is None
    found = rule.cap(command, at(off_ball(0.06)))
    assert found is not None and found.scale == pytest.approx(0.2) and found.allowed == 0.1
    rule = make("self_collision", margin=0.125)  # 2 mm of noise, if nothing is said
    assert rule.cap(command, at(off_ball(0.1235))) is None
    assert rule.cap(command, at(off_ball(0.1225))) is not None


def test_a_way_to_rest_keeps_the_margin_and_half_a_step():
    need = 0.125 + WAY + HALF_STEP
    assert clear(at(off_ball(need + 1e-6)), [-0.6, 0]) == [True]
    near = at(off_ball(need - 1e-6))
    assert clear(near, [-0.6, 0], [0, 0], [0.6, 0]) == [False, True, True]
    assert not limit().clear(near.roll_out(np.array([[-0.6, 0.0]])), near).any()


def test_of_two_that_both_move_both_half_steps_count():
    """From (s, s) each gets ``WAY`` nearer to the corner, which is sqrt(2) times that of their distance."""
    apart = 0.3125 + 0.125 + math.sqrt(2) * WAY + 2 * HALF_STEP
    for spare, kept in ((1e-5, True), (-1e-5, False)):
        side = (apart + spare) / math.sqrt(2)
        assert clear(at(side, side, excused=BALL_EXCUSED), [-0.6, -0.6]) == [kept]


def test_too_near_already_it_may_part_and_come_no_nearer():
    assert clear(at(off_ball(0.05)), [-0.01, 0], [0, 0], [0.5, 0]) == [False, True, True]


@pytest.mark.parametrize(("tolerance", "eased"), [(0.03, 0.03), (0.2, 0.0625)])
def test_a_way_that_was_verified_is_kept_for_as_much_as_noise_may_take(tolerance, eased):
    need = 0.125 - eased + WAY + HALF_STEP
    assert clear(at(off_ball(need + 1e-6)), [-0.6, 0], tolerance=tolerance) == [True]
    assert clear(at(off_ball(need - 1e-6)), [-0.6, 0], tolerance=tolerance) == [False]
    closing = 0.1 * (0.01 + 0.1 / 3 / 2)  # from within the margin, as far as it is eased
    assert clear(at(off_ball(0.04)), [-0.1, 0], tolerance=closing + 1e-6) == [True]
    assert clear(at(off_ball(0.04)), [-0.1, 0], tolerance=closing - 1e-6) == [False]


def test_what_is_further_than_twice_the_way_is_not_followed():
    assert clear(at(off_ball(0.125 + 2 * WAY + 1e-6)), [-0.6, 0], [0.1, 0]) is None
    assert clear(at(off_ball(0.125 + 2 * WAY - 1e-6)), [0.1, 0], [-0.6, 0]) == [True, True]
    assert clear(at(off_ball(0.125)), [0, 0]) == [True]


def test_its_rows_say_how_fast_each_near_pair_may_close_in():
    """At rest a period of 0.01 s is left: 0.05 m beyond the margin less a spare 0.01 m are 4 m/s."""
    rows = limit().rows(at(off_ball(0.175)))
    assert rows.matrix == pytest.approx(np.array([[-1.0, 0.0]])) and rows.bounds == pytest.approx([4.0])
    rows = limit().rows(at(3.0, 0.375 + 0.155))
    assert rows.matrix == pytest.approx(np.array([[0.0, -1.0]])) and rows.bounds == pytest.approx([2.0])
    assert limit().rows(at(off_ball(0.125 + 0.15 + 1e-6))) is None
    assert limit(margin=0.85).rows(at(off_ball(0.85 + 0.15))) is not None


def test_rows_of_what_moves_already_look_as_much_further_as_it_gets():
    """0.6 m/s in flight for 0.03 s, then ``WAY`` in 0.11 s at full speed."""
    soon = 0.125 + 0.15 + WAY
    moving = [-0.6, 0.0]
    assert limit().rows(at(off_ball(soon + 0.018 + 1e-6), anchor=moving)) is None
    rows = limit().rows(at(off_ball(soon + 0.018 - 1e-6), anchor=moving))
    assert rows.bounds == pytest.approx([(0.15 + WAY - 0.01) / 0.11], abs=1e-4)


def test_rows_look_by_the_ways_of_both_of_a_pair():
    """Both 0.6 m/s: of 1 m on each rail they are hypot - 0.3125 m apart, and may get 2 WAY nearer."""
    place = at(1.0 + 0.018, 1.0 + 0.018, anchor=[-0.6, -0.6])
    apart = math.sqrt(2) - 0.3125
    margin = apart - 0.15 - 2 * WAY
    assert len(limit(margin=margin + 1e-6).rows(place).bounds) == 3
    assert len(limit(margin=margin - 1e-6).rows(place).bounds) == 2


def test_the_least_ahead_is_of_the_last_way_alone():
    place = at(off_ball(1.0))
    ways = place.roll_out(np.array([[-1.5, 0.0], [1.5, 0.0], [-0.6, 0.0]]))
    assert limit().least_ahead(ways, place) == pytest.approx(1.0 - WAY)


def test_it_is_tried_with_the_two_that_come_nearest():
    """Just outside the margin and moving in, then within it by more than noise."""
    scene = at(2.0, 3.0)
    challenges = {one.face: list(one.trips) for one in limit().trips([scene])}
    assert set(challenges) == {"cap", "clear"} and all(challenges.values())
    for trip in challenges["clear"]:
        q = trip.situation.now.q
        assert 0.125 < gaps(q).min() < 0.14
        assert gaps(q + 0.1 * trip.command).min() < gaps(q).min()
    for trip in challenges["cap"]:
        assert gaps(trip.situation.now.q).min() < 0.0625


def gaps(q):
    """By hand."""
    x, y = q
    return np.array([x - 0.1875, y - 0.375, math.hypot(x, y) - 0.3125])


@pytest.mark.parametrize(("lever", "moves"), [(STILL, False), (2 * STILL, True)])
def test_two_that_hardly_move_are_not_brought_together(lever, moves):
    scene = replace(at(2.0), pair_levers=np.full((2, 3), lever))
    challenges = list(limit().trips([scene]))
    assert (challenges[0].beyond == "") == moves

"""Separation of a base from people, by the closed form and by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from iatro_governor.body.planar import inverse, transform
from iatro_governor.body.rollout import Braking, Flight, roll_out
from iatro_governor.body.shape import Box, Circle
from iatro_governor.limits.sensed import NOBODY, People
from iatro_governor.limits.situation import Jerk
from iatro_governor.limits.ssm import allowed_closing_speed
from test.limits.situations import make, persons, situation

NOWHERE = np.zeros((0, 2))
RESERVE = 0.08
REACTION = 0.06
"""0.05 s in flight and a period."""


def standing(*rows, age=0.0, pose=None):
    return situation(NOWHERE, people=persons(list(rows), age), pose=pose)


def driving(v, *rows, age=0.0):
    """At ``v`` m/s already, which is what is in flight, too."""
    return situation(NOWHERE, people=persons(list(rows), age), anchor=np.array([v, 0.0, 0.0]))


def limit(**changes: Any) -> Any:
    return make("separation", **changes)


def clear(at, *twists):
    verdict = make("separation").clear(at.roll_out(np.array(twists, dtype=float)), at)
    return [True] * len(twists) if verdict is None else verdict.tolist()


def closing(distance, human=1.6, age=0.0):
    """From the surface of the disc, 0.22 m, to the person's, 0.3 m."""
    return float(allowed_closing_speed(distance - human * age, human, REACTION, 1.0, RESERVE))


def ahead(distance):
    return 0.22 + distance + 0.3, 0.0


@pytest.mark.parametrize("distance", [0.6, 1.0, 2.0, 3.0])
@pytest.mark.parametrize("age", [0.0, 0.2])
def test_head_on_it_is_the_closed_form_of_the_standard(distance, age):
    """Less half a step between samples: a twelfth of the way, or all of what is in flight, halved."""
    v = closing(distance, age=age)
    spare = max((0.01 * v + v * v / 2) / 12, 0.05 * v) / 2 + 1e-6
    slower = closing(distance - spare, age=age)
    assert v > 0.05
    assert clear(driving(slower, (*ahead(distance), 0.0, 0.0), age=age), [slower, 0, 0]) == [True]
    assert clear(driving(v, (*ahead(distance), 0.0, 0.0), age=age), [v * 1.01, 0, 0]) == [False]


def test_by_numbers():
    """2.48 m between them: b = 1.66, v = sqrt(1.66^2 + 2 (2.48 - 0.08 - 0.096)) - 1.66 = 1.0536 m/s."""
    assert closing(2.48) == pytest.approx(math.sqrt(1.66**2 + 2 * 2.304) - 1.66)
    assert clear(driving(1.0, (3.0, 0.0, 0.0, 0.0)), [1.0, 0, 0]) == [True]
    assert clear(driving(1.06, (3.0, 0.0, 0.0, 0.0)), [1.06, 0, 0]) == [False]


def test_whoever_is_faster_than_walking_counts_as_that_fast():
    where = ahead(2.0)
    v = closing(2.0, 2.4)
    assert clear(driving(v, (*where, 0.0, 2.4)), [v * 1.02, 0, 0]) == [False]
    assert clear(driving(0.95 * v, (*where, -2.4, 0.0)), [0.95 * v, 0, 0]) == [True]
    assert v < 0.9 * closing(2.0)


def test_a_configured_speed_needs_its_source_and_is_never_less_than_what_is_tracked():
    with pytest.raises(ValidationError, match="go together"):
        make("separation", human_speed=0.0)
    slow = make("separation", human_speed=0.0, human_speed_source="a test")
    at = driving(0.9, (*ahead(0.6), 0.0, 0.0))
    assert slow.clear(at.roll_out(np.array([[0.9, 0.0, 0.0]])), at) is None
    at = driving(0.9, (*ahead(0.6), -1.0, 0.0))
    assert str(slow.clear(at.roll_out(np.array([[0.9, 0.0, 0.0]])), at)) == "[False]"


def test_too_near_it_may_leave_slowly_and_not_come_nearer():
    at = standing((*ahead(0.1), 0.0, 0.0))
    assert clear(at, [0, 0, 0], [-0.1, 0, 0], [0.05, 0, 0], [0, 0.02, 0]) == [True, True, False, True]
    cap = make("separation").cap(np.array([-0.5, 0.0, 0.0]), at)
    assert cap is not None and cap.scale == pytest.approx(0.2)  # retreat_speed 0.1 of 0.5 m/s
    assert make("separation").cap(np.array([-0.5, 0.0, 0.0]), standing((*ahead(0.4), 0.0, 0.0))) is None


def test_away_from_one_it_may_not_near_another():
    at = standing((*ahead(0.15), 0.0, 0.0), (-0.22 - 0.15 - 0.3, 0.0, 0.0, 0.0))
    assert clear(at, [-0.1, 0, 0], [0.1, 0, 0], [0, 0.05, 0]) == [False, False, True]
    at = standing((*ahead(0.05), 0.0, 0.0), (-0.22 - 0.15 - 0.3, 0.0, 0.0, 0.0))
    assert clear(at, [-0.1, 0, 0], [0.1, 0, 0], [0, 0.05, 0]) == [False, False, True]


def test_nobody_and_far_people_are_no_bound():
    separation = make("separation")
    for at in (standing(), standing((9.0, 0.0, 0.0, 0.0))):
        assert separation.clear(at.roll_out(np.array([[0.5, 0.0, 0.0]])), at) is None
    assert separation.clearance(standing()) is None and separation.rows(standing()) is None


def test_people_are_where_odometry_puts_them():
    """The base stands at (1, 0), a quarter turn left: who is at (1, 1) is 1 m straight ahead."""
    at = standing((1.0, 1.0, 0.0, 0.0), pose=np.array([1.0, 0.0, math.pi / 2]))
    clearance = make("separation").clearance(at)
    assert clearance is not None and clearance.now == pytest.approx(1.0 - 0.52 - 1.6 * 0.05)
    assert clearance.required == pytest.approx(RESERVE)


def test_its_rows_are_the_closed_form_along_the_line_between_them():
    rows = make("separation").rows(standing((*ahead(2.0), 0.0, 0.0), (0.0, 1.52, 0.0, -2.0), age=0.1))
    assert rows is not None and rows.matrix == pytest.approx(
        np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), abs=1e-6
    )
    assert rows.bounds == pytest.approx([closing(2.0, age=0.1), closing(1.0, 2.0, age=0.1)])


@settings(max_examples=100, deadline=None)
@given(
    v=st.floats(-1.5, 1.5), w=st.floats(-2.5, 2.5), delay=st.floats(0.0, 0.3), period=st.floats(0.002, 0.1)
)
def test_times_along_a_way_to_rest_are_what_small_steps_take(v, w, delay, period):
    """Where the base is at each time, by integration, is where its pose is."""
    at = replace(situation(NOWHERE), period=period)
    flight = Flight([((v, 0.0, w), delay / 4)] * 4, 0.22)
    ways = roll_out(np.array([[v, 0.0, w]]), flight, period, at.braking, 0.22)
    ramp = float(at.braking.time(np.array([v, 0.0, w])))
    seconds = ways.seconds(delay)[0]
    assert (np.diff(seconds) >= -1e-12).all() and seconds[-1] == pytest.approx(delay + period + ramp)
    braked = np.clip(seconds - delay - period, 0.0, ramp)
    far = np.minimum(seconds, delay + period) + braked - braked**2 / (2 * ramp if ramp else 1.0)
    assert ways.poses[0, :, 2] == pytest.approx(w * far, abs=1e-9)


def test_the_nearest_of_several_counts_and_what_they_may_have_walked():
    """1.4 m and 0.9 m off, the second by her 2 m/s: 0.9 - 2 (0.1 + 0.05) is less than 1.4 - 1.6 * 0.15."""
    at = standing((*ahead(1.4), 0.0, 0.0), (0.0, 1.42, -2.0, 0.0), age=0.1)
    assert limit().clearance(at).now == pytest.approx(0.9 - 2.0 * 0.15)
    assert not limit().idle(at, None) and limit().idle(standing(), None)


def test_turned_and_away_from_the_origin_everybody_is_where_they_are():
    """The base at (2, -1), turned by 0.4 rad, people all around it: distances by plain geometry in odom."""
    pose, rows = np.array([2.0, -1.0, 0.4]), np.array([[3.5, 0.5], [1.0, 1.2], [0.2, -3.1], [4.4, -1.9]])
    for row in rows:
        at = standing((*row, 0.0, 0.0), pose=pose)
        away = math.hypot(row[0] - 2.0, row[1] + 1.0) - 0.52
        assert limit().clearance(at).now == pytest.approx(away - 1.6 * 0.05)
    box = replace(
        standing((2.0 + 1.5, -1.0 + 0.7, 0.0, 0.0), pose=pose), footprint=Box((0.1, 0.0), (0.4, 0.2))
    )
    c, s = math.cos(0.4), math.sin(0.4)
    x, y = c * 1.5 + s * 0.7 - 0.1, c * 0.7 - s * 1.5
    off = math.hypot(max(abs(x) - 0.4, 0.0), max(abs(y) - 0.2, 0.0)) - 0.3
    assert limit().clearance(box).now == pytest.approx(off - 1.6 * 0.05)


def test_with_nobody_told_of_by_that_tracker_it_is_idle():
    at = replace(standing((*ahead(0.1), 0.0, 0.0)), people={})
    rule = limit()
    assert rule.idle(at, None) and rule.clearance(at) is None and rule.rows(at) is None
    assert rule.cap(np.array([0.5, 0.0, 0.0]), at) is None
    ways = at.roll_out(np.zeros((1, 3)))
    assert rule.clear(ways, at) is None and rule.least_ahead(ways, at) is None


def test_it_slows_down_from_the_reserve_less_what_is_noise():
    """Noise of 0.01 m of the reserve's 0.08 m. Whoever could have walked 0.08 m in 0.05 s is 0.15 m off."""
    command = np.array([-0.5, 0.0, 0.0])
    for distance, slowed in ((0.15 + 1e-6, False), (0.15 - 1e-6, True)):
        cap = limit().cap(command, standing((*ahead(distance), 0.0, 0.0)))
        assert (cap is not None) == slowed
    # In fractions that are exact, of one who does not walk: 0.25 m of reserve, of which 0.125 m is noise.
    exact = limit(intrusion=0.25, uncertainty=0.0, robot_uncertainty=0.0, noise=0.125, **SLOW)
    still = replace(standing((1.125, 0.0, 0.0, 0.0)), footprint=Circle((0.0, 0.0), 0.75))
    people = replace(still.people["people"], radius=0.25)
    assert exact.clearance(replace(still, people={"people": people})).now == 0.125
    assert exact.cap(command, replace(still, people={"people": people})) is None


SLOW = {"human_speed": 0.0, "human_speed_source": "a test"}


def test_who_is_further_than_anybody_gets_is_no_bound_for_whichever_way():
    """Reserve 0.08 m; 1.6 m/s until the longest way rests, 0.06 s + 0.5 s; that way, 0.13 m, and half its step.

    The way comes first or last among others, and the last of them is the shortest.
    """
    way = 0.5 * 0.01 + 0.125
    need = RESERVE + 1.6 * (0.1 + 0.56) + way + way / 24
    outputs = np.array([[0.0, 0.0, 0.0], [0.5, 0.0, 0.0], [0.1, 0.0, 0.0]])
    for distance, told in ((need + 1e-6, False), (need - 1e-6, True)):
        at = standing((*ahead(distance), 0.0, 0.0), (9.0, 9.0, 0.0, 0.0), age=0.1)
        assert (limit().clear(at.roll_out(outputs), at) is not None) == told


def test_at_that_distance_itself_it_is_looked_at():
    """Nothing moves, and nobody walks: 0.25 m of reserve, and 0.25 m to the one who stands there."""
    exact = limit(intrusion=0.25, uncertainty=0.0, robot_uncertainty=0.0, **SLOW)
    at = replace(standing((1.25, 0.0, 0.0, 0.0)), footprint=Circle((0.0, 0.0), 0.75))
    at = replace(at, people={"people": replace(at.people["people"], radius=0.25)})
    assert exact.clear(at.roll_out(np.zeros((1, 3))), at).tolist() == [True]


def test_a_way_that_was_verified_is_kept_for_as_much_as_noise_may_take():
    """At 1.2 m, 0.25 m/s closing in: more than is allowed by 4 mm of room."""
    rule = limit()
    v = closing(1.2)
    spare = max((0.01 * v + v * v / 2) / 12, 0.05 * v) / 2
    at = driving(v, (*ahead(1.2 + spare - 0.004), 0.0, 0.0))
    ways = at.roll_out(np.array([[v, 0.0, 0.0]]))
    assert [bool(rule.clear(ways, at, each)[0]) for each in (0.0, 0.003, 0.0045, 5.0)] == [
        False,
        False,
        True,
        True,
    ]
    at = driving(v, (*ahead(1.2 + spare - 0.011), 0.0, 0.0))
    assert not rule.clear(at.roll_out(np.array([[v, 0.0, 0.0]])), at, 5.0)[0]


def test_too_near_already_only_as_much_as_noise_is_closed():
    """0.01 m/s for a period and 0.01 s of braking: 0.15 mm."""
    at = standing((*ahead(0.1), 0.0, 0.0))
    ways = at.roll_out(np.array([[0.01, 0.0, 0.0]]))
    way = 0.01 * 0.01 + 0.01**2 / 2
    for tolerance, kept in ((0.0, False), (way - 1e-6, False), (way + 1e-6, True)):
        assert bool(limit().clear(ways, at, tolerance)[0]) == kept


def test_what_the_motion_in_flight_closes_no_command_has_to_keep_open():
    """0.05 s at 0.4 m/s bring it 0.02 m nearer to one who is too near; from there on nothing does."""
    at = driving(0.4, (*ahead(0.15), 0.0, 0.0), (0.0, -9.0, 0.0, 0.0))
    assert clear(at, [0.0, 0.0, 0.0], [-0.1, 0.0, 0.0], [0.002, 0.0, 0.0]) == [True, True, False]


def test_what_the_motion_in_flight_opens_may_not_be_closed_again():
    """It leaves one who is too near at 0.4 m/s for 0.05 s: coming back by less than that is free."""
    at = driving(-0.4, (*ahead(0.1), 0.0, 0.0))
    assert clear(at, [0.0, 0.0, 0.0], [0.05, 0.0, 0.0], [0.5, 0.0, 0.0]) == [True, True, False]


def test_its_rows_wait_for_what_a_stop_takes_to_build_up():
    """2 m/s2 of braking that builds up by 10 m/s3: 0.2 s more until it is there."""
    jerk = Jerk(np.array([10.0, 10.0, 20.0]), 0.01, np.ones(3, dtype=bool))
    at = replace(standing((*ahead(2.0), 0.0, 0.0)), jerk=jerk, braking=Braking(2.0, 2.5))
    found = float(limit().rows(at).bounds[0])
    assert found == pytest.approx(float(allowed_closing_speed(2.0, 1.6, REACTION + 0.2, 2.0, RESERVE)))


def test_the_least_ahead_is_of_the_nearest_along_the_last_way_with_their_walking():
    """1 m ahead and 0.7 m behind, 0.1 s ago: at the end of 0.5 m/s back, 0.13 m on and 0.56 s later."""
    at = standing((*ahead(1.0), 0.0, 0.0), (-1.22, 0.0, 0.0, 0.0), age=0.1)
    ways = at.roll_out(np.array([[-1.5, 0.0, 0.0], [-1.5, 0.0, 0.0], [-0.5, 0.0, 0.0]]))
    assert limit().least_ahead(ways, at) == pytest.approx(0.7 - 0.13 - 1.6 * (0.1 + 0.56))


def test_a_box_that_turns_on_its_way_is_as_near_as_its_sides_are():
    """At each place on the way the other is looked at from there, by the moments at which it is reached."""
    box = Box((0.1, 0.0), (0.4, 0.2))
    at = replace(standing((1.1, 0.9, 0.0, 0.0)), footprint=box, reach=box.reach)
    ways = at.roll_out(np.array([[0.3, 0.5, 0.0], [1.2, 0.2, 1.5]]))
    seconds = ways.seconds(0.05)[-1]
    gaps = [
        float(box.distance(transform(inverse(pose), np.array([1.1, 0.9])))) - 0.3 - 1.6 * later
        for pose, later in zip(ways.poses[-1], seconds, strict=True)
    ]
    assert limit().least_ahead(ways, at) == pytest.approx(min(gaps))


def test_a_tracker_that_sees_nobody_tells_of_no_place_at_all():
    at = replace(standing(), people={"people": People(NOBODY, NOBODY, 0.0, 0.3, (), ())})
    assert NOBODY.shape == (0, 3) and limit().idle(at, None) and limit().clearance(at) is None


def test_exactly_what_is_needed_is_enough(monkeypatch):
    """At rest within the reserve: it is as near all the way as it is now, without any rounding."""
    monkeypatch.setattr("iatro_governor.limits.separation.ROUNDING", 0.0)
    assert clear(standing((*ahead(0.1), 0.0, 0.0)), [0, 0, 0]) == [True]

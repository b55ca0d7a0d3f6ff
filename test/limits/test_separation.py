"""Separation of a base from people, by the closed form and by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from iatro_governor.body.rollout import Flight, roll_out
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

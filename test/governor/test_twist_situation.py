"""What limits are shown of one base: its delays and what was published; the numbers are worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.rollout import Braking
from test.governor.bases import DELAY, PERIOD, REACH, Base, rates

AHEAD = (0.5, 0.0, 0.0)
STILL = (0.0, 0.0, 0.0)


def steady(twist: tuple[float, ...] = AHEAD) -> Base:
    """It has been told to go ahead since long ago; measured at 9.75 s with ``twist``."""
    return Base().publish(1.0, *AHEAD).tell(9.75, (1.0, 2.0, 0.25), twist)


def test_a_command_decided_now_acts_an_age_and_a_delay_after_the_newest_measurement():
    at = steady().at(10.0)
    assert (at.t, at.reaction_s, at.age_s) == (10.0, 0.25 + DELAY, 0.25)
    assert at.delay_s == pytest.approx(DELAY)
    assert at.pose.tolist() == [1.0, 2.0, 0.25] and at.measured.tolist() == at.anchor.tolist() == [
        0.5,
        0.0,
        0.0,
    ]
    assert (at.braking, at.reach) == (Braking(1.0, 2.0), REACH)
    assert steady().at(9.5).reaction_s == DELAY, "what is stamped ahead is not older than nothing"


def test_what_stands_lasts_through_the_age_and_the_delay():
    flight = steady().at(10.0).flight
    assert flight.pieces == [((0.5, 0.0, 0.0), 0.75 / 4)] * 4 and flight.reach == REACH


def test_a_base_that_is_faster_than_told_brakes_in_flight_as_its_controlled_stop_does():
    """From 2 m/s by 1 m/s2 it has 2 - 0.1875 k m/s left as the k-th quarter of 0.75 s begins."""
    flight = steady((2.0, 0.0, 0.0)).at(10.0).flight
    assert [moves[0] for moves, _ in flight.pieces] == pytest.approx([2.0, 1.8125, 1.625, 1.4375])


@pytest.mark.parametrize(
    ("twist", "beyond"),
    [
        ((0.5 * 1.1 + 0.019, -0.019, 0.019), [0.0, 0.0, 0.0]),  # a tenth more, and twice the speed of rest
        ((0.5 * 1.1 + 0.021, 0.0, 0.0), [0.571, 0.0, 0.0]),
        ((0.5, 0.021, -0.25), [0.0, 0.021, -0.25]),
    ],
)
def test_what_no_command_explains_is_beyond(twist, beyond):
    assert steady(twist).at(10.0).beyond.tolist() == pytest.approx(beyond)


def test_what_no_command_explains_is_known_by_what_was_published_before_the_measurement():
    """0.5 stood until 9 s: 1 s before now, and 0.75 s before the measurement, which is within 0.8 s, delay and lag."""
    base = Base().publish(1.0, *AHEAD).publish(9.0, *STILL).tell(9.75, twist=AHEAD)
    assert not base.at(10.0).beyond.any()
    base = Base().publish(1.0, *AHEAD).publish(8.9, *STILL).tell(9.75, twist=AHEAD)
    assert base.at(10.0).beyond.tolist() == [0.5, 0.0, 0.0]


def test_an_output_lasts_a_period_or_as_long_as_a_late_loop_had_it_last():
    assert Base().tell(1.0).at(1.0).period == PERIOD
    assert Base().publish(1.0, *STILL).publish(1.125, *STILL).tell(1.0).at(1.25).period == 0.125


def test_jerk_is_counted_over_the_time_since_the_last_output_and_a_period_at_least():
    base = Base(bounds=rates(jerk=4.0)).publish(1.0, *STILL).tell(1.0)
    jerk = base.at(1.125).jerk
    assert (
        jerk.step_s == 0.125 and jerk.bounds.tolist() == [4.0, 4.0, 4.0] and jerk.eased.tolist() == [True] * 3
    )
    assert base.at(1.001).jerk.step_s == PERIOD
    assert steady().at(10.0).jerk is None


def led(pieces: Any) -> list[float]:
    """Where pieces lead, in ``u`` times s."""
    way: list[float] = np.sum([np.array(moves) * seconds for moves, seconds in pieces], axis=0).tolist()
    return way


def views(base: Base, *candidate: float, t: float = 10.0) -> list[Any]:
    """Those besides the longest delay's."""
    at = base.at(t)
    others: list[Any]
    first, *others = at.views(np.array([candidate]))
    assert first is at and all(other.sooner is None for other in others)
    return others


def test_had_the_commands_acted_at_once_a_base_that_turns_aside_would_start_further_back():
    """Only the age's 0.25 s at 0.5 m/s would be in flight; it was measured that long ago."""
    (other,) = views(steady(), 0.0, 0.5, 0.0)
    assert led(other.flight.pieces) == pytest.approx([0.125, 0.0, 0.0])
    assert sum(seconds for _, seconds in other.flight.pieces) == 0.25 and other.flight.reach == REACH
    assert other.reaction_s == 0.75 and other.pose.tolist() == [1.0, 2.0, 0.25]


def test_a_base_that_goes_on_as_it_did_has_no_other_view():
    assert views(steady(), 0.25, 0.0, 0.0) == []


def covered(seconds: float) -> Base:
    """As ``steady``, measured just now, of a loop whose outputs have to stand ``seconds``."""
    base = Base()
    base.outputs = type(base.outputs)(3, DELAY, 100.0, covered_s=seconds)
    return base.publish(1.0, *AHEAD).tell(10.0, twist=AHEAD)


@pytest.mark.parametrize(
    ("candidate", "matters"),
    [
        # A turn by w lasts 0.03 s and w/4 s, and moves a point 0.5 m away by half of that many metres: 2 mm matter.
        ((0.0, 0.0, 0.085), True),  # 2.18 mm
        ((0.0, 0.0, -0.085), True),
        ((0.0, 0.0, 0.075), False),  # 1.83 mm
        # A way at v lasts 0.03 s and v/2 s.
        ((0.0, 0.042, 0.0), True),  # 2.14 mm
        ((0.0, 0.038, 0.0), False),  # 1.86 mm
        ((-0.042, 0.0, 0.0), True),
        ((-0.038, 0.0, 0.0), False),
        ((-0.0297, 0.0297, 0.0), True),  # 0.042 m/s
        # Together: 0.03 m/s and 0.03 rad/s last 0.03 s and 0.015 s.
        ((0.0, 0.033, 0.033), True),  # 0.0465 s of 0.033 m/s and 0.0165 m/s are 2.3 mm
        ((0.0, 0.025, 0.025), False),  # 1.59 mm
    ],
)
def test_other_delays_matter_to_what_leads_a_point_of_the_body_two_millimetres_on(candidate, matters):
    assert bool(views(covered(0.03), *candidate)) is matters


def turned(at_t: float = 1.25) -> Base:
    """Rest until ``at_t``, then 1 m/s ahead."""
    return Base().publish(0.5, *STILL).publish(at_t, 1.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("moved", "flight_s"),
    [
        # From 1.5 to 2 s, each less the delay: of 0.5 s it has gone 0.25 s, of 0.375 s it has gone 0.375 s.
        (0.25, 0.5),
        (0.375, 0.375),
        (0.3125, 0.4375),
    ],
)
def test_the_delay_that_explains_how_a_base_has_moved_is_the_only_one_that_counts(moved, flight_s):
    base = turned()
    since = base.tell(1.5).at(1.5)
    now = base.tell(2.0, (moved, 0.0, 0.0)).at(2.0)
    fitted = base.chart.fitted(now, base.outputs, since)
    assert sum(seconds for _, seconds in fitted.flight.pieces) == pytest.approx(flight_s)
    assert led(fitted.flight.pieces) == pytest.approx([flight_s, 0.0, 0.0])
    assert fitted.sooner is None and fitted.pose is now.pose


def test_where_no_delay_explains_how_it_moved_or_nothing_was_verified_every_one_counts():
    base = turned()
    since = base.tell(1.5).at(1.5)
    now = base.tell(2.0, (0.75, 0.0, 0.0)).at(2.0)
    assert base.chart.fitted(now, base.outputs, since) is now
    assert base.chart.fitted(now, base.outputs, None) is now


@pytest.mark.parametrize(("yaw", "explained"), [(0.015, True), (0.025, False)])
def test_a_turn_that_no_delay_explains_counts_by_how_far_it_moves_a_point_of_the_body(yaw, explained):
    """A point is 0.5 m away: 0.015 rad are 7.5 mm and 0.025 rad are 12.5, of which 10 may be noise."""
    base = Base().publish(0.5, *STILL)
    since = base.tell(1.5).at(1.5)
    now = base.tell(2.0, (0.0, 0.0, yaw)).at(2.0)
    assert (base.chart.fitted(now, base.outputs, since) is not now) is explained


@pytest.mark.parametrize(("off", "explained"), [(0.0075, True), (0.0125, False)])
def test_ten_millimetres_may_be_noise_whichever_way(off, explained):
    """The longest delay has it 0.25 m ahead, and none has it less."""
    for x, y in ((0.25 - off, 0.0), (0.25, off)):
        base = turned()
        since = base.tell(1.5).at(1.5)
        now = base.tell(2.0, (x, y, 0.0)).at(2.0)
        assert (base.chart.fitted(now, base.outputs, since) is not now) is explained


def test_a_turn_is_explained_by_its_delay_too():
    """1 rad/s from 1.25 s on: as the way ahead that has gone 0.3125 m, and with half of the metres."""
    base = Base().publish(0.5, *STILL).publish(1.25, 0.0, 0.0, 1.0)
    since = base.tell(1.5).at(1.5)
    now = base.tell(2.0, (0.0, 0.0, 0.3125)).at(2.0)
    fitted = base.chart.fitted(now, base.outputs, since)
    assert led(fitted.flight.pieces) == pytest.approx([0.0, 0.0, 0.4375])


def test_a_measurement_counts_from_when_it_was_made():
    """Both are 0.25 s old: between 1.25 and 1.75 s, less 0.5 s, it was told 1.25 to 1.25, nothing at all."""
    base = turned()
    since = base.tell(1.25).at(1.5)
    now = base.tell(1.75).at(2.0)
    fitted = base.chart.fitted(now, base.outputs, since)
    assert led(fitted.flight.pieces) == pytest.approx([0.75, 0.0, 0.0])
    assert math.isclose(sum(seconds for _, seconds in fitted.flight.pieces), 0.75)

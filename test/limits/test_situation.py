"""A base at one moment: what has to stop, how far it gets at most, and what is asked of others but once."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.rollout import Braking, Flight
from iatro_governor.body.shape import Circle
from iatro_governor.limits.situation import Jerk, Situation
from test.limits.situations import make, situation

NOWHERE = np.zeros((0, 2))
JERK = Jerk(np.array([4.0, 5.0, 1.0]), 0.1, np.array([True, True, False]))


def at(**changes: Any) -> Any:
    return replace(situation(NOWHERE), **changes)


def test_where_the_body_moves_faster_by_itself_that_is_what_has_to_stop():
    """The same way and faster, slower, or none at all; against it the command is what it is."""
    moment = at(beyond=np.array([0.8, 0.3, -0.1]))
    ways = moment.roll_out(np.array([[0.5, -0.2, 0.0], [0.9, 0.5, 0.3], [-0.5, 0.1, -0.05]]))
    assert ways.outputs == pytest.approx(np.array([[0.8, -0.2, -0.1], [0.9, 0.5, 0.3], [-0.5, 0.3, -0.1]]))
    assert at().roll_out(np.array([[0.5, 0.0, 0.0]])).outputs.tolist() == [[0.5, 0.0, 0.0]]


@pytest.fixture
def asked(monkeypatch):
    """What the stops of motions that build up are asked for."""
    told: list[Any] = []
    stop = SimpleNamespace(time=np.array([0.9]), coast=np.array([0.5]))

    def eased(*given):
        told.append(given)
        return stop

    monkeypatch.setattr("iatro_governor.limits.situation.eased_stop", eased)
    return told


def test_what_the_body_does_beyond_its_command_no_command_has_begun_to_slow(asked):
    """A step of 0.1 s from (0.5, 0.5, 0.5); the turn stops by itself."""
    outputs = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    moving = np.array([[1.0, 2.0, 3.0], [4.0, 5.5, 6.0]])
    JERK.stops(np.array([0.7, 0.8]), moving, outputs, np.full(3, 0.5))
    ((time, moved, own, bounds),) = asked
    assert time.tolist() == [0.7, 0.8] and bounds.tolist() == [4.0, 5.0, 1.0]
    assert moved.tolist() == [[1.0, 2.0, 0.0], [4.0, 5.5, 0.0]]
    assert own == pytest.approx(np.array([[5.0, 15.0, 0.0], [0.0, 0.0, 0.0]]))


def test_outputs_that_change_at_another_pace_are_slowed_as_that_says(asked):
    moment = at(jerk=JERK).changing(np.array([[7.0, 8.0, 9.0]]))
    ways = moment.roll_out(np.array([[1.0, 2.0, 3.0]]))
    assert asked[0][2].tolist() == [[7.0, 8.0, 0.0]]
    # It lasts a period, and goes on for as long as the stop says.
    assert ways.poses[0, -1, 2] == pytest.approx(3.0 * (0.01 + 0.5))
    assert at().changing(np.ones((1, 3))).jerk is None


def test_a_span_is_the_longest_way_of_any_output_between_two():
    """The largest of each component, half of the longer ramp, and what is in flight: by hand."""
    speed = math.hypot(0.35, 0.6)
    for turn, coast in ((0.5, speed / 1.25 / 2), (-3.0, 3.0 / 2.5 / 2)):
        moment = at(
            anchor=np.array([-0.1, 0.6, turn]),
            beyond=np.array([0.35, 0.0, 0.1]),
            flight=Flight([((0.3, 0.4, 0.5), 0.05)], 0.22),
            braking=Braking(1.25, 2.5),
        )
        flown = 1.2 * 0.05
        span = moment.span(np.array([0.3, -0.4, 0.1]))
        moved = (speed + abs(turn) * 0.22) * (0.01 + coast)
        assert span.most == (0.35, 0.6, abs(turn))
        assert span.travel == pytest.approx(moved + flown + 1e-9, abs=1e-11)
        assert span.room == pytest.approx(span.travel + max(moved / 12, flown) / 2, abs=1e-11)
    still = at(anchor=np.array([2.0, 0.0, 0.0]), flight=Flight([], 0.22)).span(np.zeros(3))
    assert still.room == pytest.approx(still.travel + (still.travel - 1e-9) / 24, abs=1e-11)
    assert at(jerk=JERK).span(np.zeros(3)) is None


def test_the_fastest_point_of_a_base_is_as_far_from_its_origin_as_any():
    assert at(reach=0.4).fastest(np.array([0.3, -0.4, 0.0])) == pytest.approx(0.5)
    assert at(reach=0.4).fastest(np.array([0.3, -0.4, -2.0])) == pytest.approx(0.5 + 0.8)


def test_braking_that_builds_up_takes_as_long_as_the_slower_way_of_driving_does():
    assert at(jerk=JERK).build_up_s(2.0) == 0.5 and at().build_up_s(2.0) == 0.0


def test_other_views_are_told_of_after_its_own():
    moment = at(sooner=lambda own, outputs: [own.pose, outputs])
    outputs = np.ones((1, 3))
    own, *others = moment.views(outputs)
    assert own is moment and others[0] is moment.pose and others[1] is outputs
    alone = at()
    assert alone.views(outputs) == (alone,)


def test_the_same_moment_with_another_output_moves_as_that_says():
    moment = at(beyond=np.ones(3), sooner=lambda *_: [], reaction_s=0.07)
    other = moment.standing(np.array([0.3, -0.2, 9.0, 0.5]))
    assert other.anchor.tolist() == other.measured.tolist() == [0.3, -0.2, 9.0, 0.5]
    assert other.beyond.tolist() == [0.0] * 4 and other.sooner is None
    assert other.flight.pieces == [((0.3, -0.2, 0.5), 0.07)] and other.flight.reach == moment.reach
    assert moment.lasting(0.4).period == 0.4 and moment.place("base") == slice(None)


def test_around_the_same_base_elsewhere_is_what_was():
    moment: Any = situation(np.array([[1.0, 0.0]]))
    here, there = moment.obstacles(("lidar",)), moment.at(np.array([0.25, 0.0, 0.0])).obstacles(("lidar",))
    assert here.points.tolist() == [[1.0, 0.0]] and there.points.tolist() == [[0.75, 0.0]]


def test_what_is_seen_is_worked_out_once():
    moment: Any = situation(np.array([[1.0, 0.0]]), Circle((0.0, 0.0), 0.25))
    one, other = Circle((0.0, 0.0), 0.5), Circle((0.0, 0.0), 0.75)
    assert moment.nearest(("lidar",)) == pytest.approx(0.75 - 1e-9, abs=1e-11)
    assert (
        moment.returns(("lidar",), one).nearest == 0.5 and moment.returns(("lidar",), other).nearest == 0.25
    )
    assert "_obstacles" not in repr(moment)
    known = moment.obstacles(("lidar",)), moment.returns(("lidar",), one)
    moment.surroundings = None
    assert moment.nearest(("lidar",)) < 0.75
    assert (moment.obstacles(("lidar",)), moment.returns(("lidar",), one)) == known


def test_a_body_of_which_no_height_is_said_is_at_every_height():
    given = situation(NOWHERE)
    said = {each.name: getattr(given, each.name) for each in fields(given) if each.name != "height"}
    deep = {"sphere": {"centre": [1.5, 0.0, -50.0], "radius": 0.6}}
    zone: Any = make("zone", figure=deep)
    assert zone.clearance(Situation(**said)).now == pytest.approx(1.5 - 0.6 - 0.22)
    assert Situation(**said).braking == Braking(1.0, 2.5)

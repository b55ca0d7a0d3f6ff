"""Slow zones by hand: how fast a base may be on its way to one, how far it is told to be, and when that is sure."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.localisation import Fix
from iatro_governor.body.rollout import Braking, Flight
from iatro_governor.body.shape import Box, Circle
from iatro_governor.limits.situation import Jerk
from iatro_governor.limits.span import Span
from test.limits.situations import MAP, make, situation

NOWHERE = np.zeros((0, 2))
BOX = Box((0.0, 0.0), (0.4, 0.25))
CORNER = math.hypot(0.4, 0.25)
"""The zone of the example begins 1 m ahead and is for 0.3 m/s. Comfort brakes by 0.8 m/s2, after 0.05 s and 0.01 s."""


def limit(**changes: Any) -> Any:
    return make("slow_zone", **changes)


def speed(distance, seconds=0.06, braking=0.8):
    """``v seconds + (v^2 - 0.3^2) / (2 braking) = distance``, solved for v."""
    at = braking * seconds
    return -at + math.sqrt(at**2 + 0.09 + 2 * braking * distance)


def cap(command, at, **changes):
    return limit(**changes).cap(np.array(command, dtype=float), at)


def placed(x=0.0, figure=BOX, anchor=(0.0, 0.0, 0.0)):
    return situation(NOWHERE, figure, np.array([x, 0.0, 0.0]), np.array(anchor))


def test_the_command_is_as_fast_as_can_be_braked_to_the_zone_s_own_speed():
    found = cap([3.0, 4.0, 0.0], placed(figure=Circle((0.0, 0.0), 0.22)))
    assert found.allowed == pytest.approx(speed(0.78)) and found.requested == pytest.approx(5.0)
    assert found.scale == pytest.approx(speed(0.78) / 5.0) and found.excess == 0.0


def test_the_softer_of_comfort_and_of_what_is_sure_brakes():
    at = replace(placed(), braking=Braking(0.5, 2.5))
    assert cap([3.0, 0.0, 0.0], at).allowed == pytest.approx(speed(0.6, braking=0.5))
    assert cap([3.0, 0.0, 0.0], placed()).allowed == pytest.approx(speed(0.6))


def test_braking_that_builds_up_begins_so_much_later():
    """0.8 m/s2 at 4 m/s3: 0.2 s more."""
    at = replace(placed(), jerk=Jerk(np.array([4.0, 4.0, 9.0]), 0.01, np.ones(3, dtype=bool)))
    assert cap([3.0, 0.0, 0.0], at).allowed == pytest.approx(speed(0.6, 0.26))


def test_what_is_in_flight_leads_nearer_before_that():
    """0.05 s at 2 m/s are 0.1 m: what is asked for now has 0.01 s and the rest."""
    found = cap([0.1, 0.0, 0.0], placed(anchor=(0.0, 2.0, 0.0)))
    assert found.allowed == pytest.approx(speed(0.5, 0.01))
    assert found.scale == 1.0 and found.excess == pytest.approx(2.0 - speed(0.5, 0.01))


@pytest.mark.parametrize("turn", [0.3, -0.3])
def test_turning_brings_a_corner_nearer_while_it_slows_down(turn):
    """From 0.95 m/s it slows down for 0.65 / 0.8 s, and turns meanwhile; without that 0.978 m/s would do."""
    lasts = 0.06 + 0.65 / 0.8
    allowed = speed(0.6 - 0.3 * CORNER * lasts)
    assert speed(0.6) > 0.95 > allowed
    for at, command in (
        (placed(), [0.95, 0.0, turn]),
        (placed(anchor=(0.0, 0.0, turn)), [0.95, 0.0, 0.1 * turn]),
    ):
        flown = replace(at, flight=Flight([((0.0, 0.0, 0.0), 0.05)], CORNER))
        found = cap(command, flown)
        assert found.allowed == pytest.approx(allowed) and found.scale == pytest.approx(allowed / 0.95)


def test_what_stands_slows_down_from_its_own_speed():
    """1.2 m/s, by itself too fast, at 0.1 rad/s: 0.9 / 0.8 s of turning, and 0.06 m on the way before that."""
    found = cap([0.2, 0.0, 0.0], placed(anchor=(1.2, 0.0, 0.1)))
    flown = (1.2 + 0.1 * CORNER) * 0.05
    turned = 0.1 * CORNER * (0.06 + 0.9 / 0.8)
    assert found.allowed == pytest.approx(speed(0.6 - flown - turned, 0.01)) and found.scale == 1.0


def test_however_fast_it_turns_no_corner_gets_further_than_its_nearest_side_was():
    assert cap([0.95, 0.0, 9.0], placed()).allowed == pytest.approx(speed(0.6 - (CORNER - 0.25)))
    ahead = Box((1.0, 0.0), (0.4, 0.25))  # the base's origin is not within it
    found = cap([2.0, 0.0, 9.0], placed(-2.0, ahead))
    assert found.allowed == pytest.approx(speed(1.6 - math.hypot(1.4, 0.25)))
    disc = placed(figure=Circle((0.0, 0.0), 0.4))
    assert cap([2.0, 0.0, 9.0], disc).allowed == pytest.approx(speed(0.6))


def test_what_is_slow_enough_for_the_disc_around_the_base_is_not_looked_at_closely():
    rule = limit()
    quick = rule.cap(np.array([0.5, 0.0, 0.0]), placed())
    assert quick.allowed == pytest.approx(speed(1.0 - CORNER)) and quick.scale == 1.0
    assert rule.cap(np.array([quick.allowed, 0.0, 0.0]), placed()).allowed == quick.allowed
    assert rule.cap(np.array([quick.allowed + 1e-9, 0.0, 0.0]), placed()).allowed == pytest.approx(speed(0.6))


def test_within_it_its_own_speed_holds():
    found = cap([0.6, 0.0, 3.0], placed(1.5))
    assert (found.scale, found.allowed) == (pytest.approx(0.5), 0.3)
    assert cap([0.3, 0.0, 0.0], placed(1.5)).scale == 1.0


def idle(at, *most, **changes):
    return limit(**changes).idle(at, Span(most, 0.0, 0.0))


def test_it_is_idle_where_nothing_is_fast_enough_for_the_disc_around_the_place():
    """A disc of 0.707 m about (1.5, 0): 0.573 m off one of 0.22 m."""
    at, allowed = placed(figure=Circle((0.0, 0.0), 0.22)), speed(1.5 - math.sqrt(0.5) - 0.22)
    for share, quiet in ((1.0 - 1e-6, True), (1.0 + 1e-6, False)):
        assert idle(at, 0.6 * allowed * share, 0.8 * allowed * share, 5.0) == quiet
    assert idle(at, allowed - 2e-9, 0.0, 0.0) and not idle(at, allowed - 5e-10, 0.0, 0.0)
    assert 0.3 - 1e-9 + 1e-9 == 0.3 and idle(placed(1.5), 0.3 - 1e-9, 0.0, 0.0)


def test_for_that_what_is_in_flight_may_lead_anywhere():
    """2 m/s for 0.05 s."""
    at = placed(figure=Circle((0.0, 0.0), 0.22), anchor=(0.0, 2.0, 0.0))
    allowed = speed(1.5 - math.sqrt(0.5) - 0.22 - 0.1, 0.01)
    assert idle(at, allowed - 1e-6, 0.0, 0.0) and not idle(at, allowed + 1e-6, 0.0, 0.0)


CARRIED = {"frame": "body", "sources": ["lidar"], "figure": {"circle": {"radius": 0.9}}}


def test_a_figure_that_is_carried_is_looked_at_and_by_its_nearest_return():
    """1.5 m ahead and 1.2 m behind: 0.3 m off it. It turns with the body, which brings nothing nearer."""
    rule = limit(**CARRIED)
    at = situation(np.array([[1.5, 0.0], [-1.2, 0.0]]), BOX)
    assert rule.cap(np.array([2.0, 0.0, 5.0]), at).allowed == pytest.approx(speed(0.3))
    assert not rule.idle(at, Span((0.0, 0.0, 0.0), 0.0, 0.0))
    nobody = situation(NOWHERE, BOX)
    assert rule.cap(np.array([2.0, 0.0, 5.0]), nobody) is None and rule.rows(nobody) is None


def test_its_rows_are_the_planes_around_the_speed_of_now():
    """0.1 m/s is slow enough already: 0.5 rad/s last for 0.06 s alone, and lead 0.05 s ahead before that."""
    rows = limit().rows(placed(anchor=(0.0, 0.1, -0.5)))
    even = speed(0.6 - 0.5 * CORNER * 0.06)
    assert rows.bounds == pytest.approx(np.full(16, even))
    assert rows.matrix.shape == (16, 3) and not rows.matrix[:, 2].any()
    # As fast as it may be and faster, it takes longer.
    rows = limit().rows(placed(anchor=(0.0, 1.1, -0.1)))
    turned, flown = 0.1 * CORNER * (0.06 + 0.8 / 0.8), (1.1 + 0.1 * CORNER) * 0.05
    late, even = speed(0.6 - flown - turned, 0.01), speed(0.6 - turned)
    assert rows.bounds == pytest.approx(np.full(16, min(late, even)))


def test_its_rows_allow_what_the_disc_around_the_base_allows_however_it_turns():
    """At 3 rad/s a corner may come 0.22 m nearer than the front is; the disc is 0.07 m nearer, and holds them all."""
    flown = (0.3 + 3.0 * CORNER) * 0.05
    expected = min(speed(1.0 - CORNER - flown, 0.01), speed(1.0 - CORNER))
    rows = limit().rows(placed(anchor=(0.3, 0.0, 3.0)))
    assert rows.bounds == pytest.approx(np.full(len(rows.bounds), expected))


def test_it_is_present_from_the_touch_on():
    rule = limit()
    disc = Circle((0.0, 0.0), 0.25)
    assert rule.present(placed(0.75, disc)) is True
    assert limit().present(placed(0.749, disc)) is False


def test_in_a_map_it_is_nearer_by_what_that_is_unsure_of():
    """0.5 m off: 0.05 m and 0.1 rad on 0.25 m of body and 0.5 m of way. Well within, no heading leads out of it."""
    fix = Fix(0.0, np.zeros(3), 0.05, 0.1)
    at = replace(placed(0.25, Circle((0.0, 0.0), 0.25)), fixes={"amcl": fix})
    assert cap([3.0, 0.0, 0.0], at, **MAP).allowed == pytest.approx(speed(0.5 - 0.05 - 0.075))
    lost = replace(at, fixes={"amcl": Fix(0.0, np.zeros(3), 0.0, 2.0)})
    wide = {"figure": {"circle": {"radius": 9.0}}}
    assert limit(**MAP, **wide).present(lost) is True
    assert cap([3.0, 0.0, 0.0], lost, **MAP, **wide).allowed == 0.3


def test_it_is_tried_at_its_edge_or_where_things_may_come_near():
    scene = placed()
    (challenge,) = limit().trips([scene])
    places = np.array([trip.situation.pose for trip in challenge.trips])
    assert challenge.face == "cap" and len(places)
    assert np.abs(np.maximum(np.abs(places[:, 0] - 1.5), np.abs(places[:, 1])) - 0.5).max() < 1e-9
    carried = [trip for one in limit(**CARRIED).trips([scene]) for trip in one.trips]
    assert carried and all((trip.situation.pose == scene.pose).all() for trip in carried)

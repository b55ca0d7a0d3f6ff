"""Zones by hand: on the ground, where the footprint stays out, and carried by the body, where nothing may come in."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.localisation import Fix
from iatro_governor.body.shape import Box, Circle
from iatro_governor.limits.span import Span
from iatro_governor.limits.zone import ZoneConfig
from test.limits.situations import MAP, make, situation

NOWHERE = np.zeros((0, 2))
DISC = Circle((0.0, 0.0), 0.25)
CARRIED = {"frame": "body", "sources": ["lidar"], "figure": {"circle": {"radius": 0.5}}}
WAY = 0.5 * 0.01 + 0.5**2 / 2
"""m that 0.5 m/s lead: a period, and braking by 1 m/s2."""
HALF_STEP = WAY / 24
AHEAD = np.array([0.5, 0.0, 0.0])


def zone(**changes: Any) -> Any:
    """From x = 1 m to 2 m, with 0.05 m of margin, of which 0.01 m is noise."""
    return make("zone", **changes)


def off(gap, fix=None, anchor=None):
    """A disc of 0.25 m that is ``gap`` m off the zone."""
    return situation(NOWHERE, DISC, np.array([0.75 - gap, 0.0, 0.0]), anchor, fix)


def seen(*points):
    return situation(np.array(points), DISC)


def clear(rule, at, *outputs, tolerance=0.0):
    verdict = rule.clear(at.roll_out(np.array(outputs, dtype=float)), at, tolerance)
    return None if verdict is None else verdict.tolist()


def test_how_far_off_it_is_is_told_exactly_where_that_matters_and_by_the_disc_around_the_body_elsewhere():
    """A box of 0.8 by 0.5 m reaches 0.472 m from its middle, and 0.4 m ahead; 0.05 m are kept."""
    reach = math.hypot(0.4, 0.25)
    for x, told in ((0.0, 1.0 - reach), (0.4, 0.6 - reach), (0.5, 0.1), (0.7, -0.1)):
        at = situation(NOWHERE, Box((0.0, 0.0), (0.4, 0.25)), np.array([x, 0.0, 0.0]))
        assert zone().clearance(at).now == pytest.approx(told)


def test_it_comes_back_slowly_from_where_it_is_deeper_than_noise_makes_it():
    """0.2 m/s, unless told otherwise. What is kept as a margin outside is no reason to."""
    for gap, slowed in ((0.01, False), (1e-6, False), (-1e-6, True), (-0.3, True)):
        found = zone().cap(AHEAD, off(gap))
        assert (found is not None and found.scale == pytest.approx(0.4)) == slowed
    for gap, slowed in ((-0.0099, False), (-0.0101, True)):
        assert (zone(margin=0.0).cap(AHEAD, off(gap)) is not None) == slowed
    at = off(-0.125)
    assert zone(margin=0.0, noise=0.125).clearance(at).now == -0.125
    assert zone(margin=0.0, noise=0.125).cap(AHEAD, at) is None


def test_a_zone_of_which_no_margin_is_said_has_none():
    said = {"name": "bay", "kind": "zone", "channel": "base", "frame": "odom", "source": "a test"}
    config = ZoneConfig.model_validate(said | {"figure": {"circle": {"radius": 0.5}}})
    assert (config.margin, config.noise, config.retreat_speed) == (0.0, 0.01, 0.2)


def test_a_way_to_rest_keeps_the_margin_and_half_a_step():
    need = 0.05 + WAY + HALF_STEP
    assert clear(zone(), off(need + 1e-6), AHEAD) in ([True], None)
    assert clear(zone(), off(need - 1e-6), AHEAD, -AHEAD, 0 * AHEAD) == [False, True, True]
    assert clear(zone(), off(need + 1e-6), AHEAD, -AHEAD) is None
    near = off(need - 1e-6)
    assert zone().clear(near.roll_out(AHEAD[None]), near).tolist() == [False]
    assert clear(zone(margin=0.125), off(0.125), 0 * AHEAD) == [True]


def test_of_several_ways_the_longest_says_what_is_far():
    far = 0.05 + WAY + HALF_STEP - 1e-6
    assert clear(zone(), off(far), 0.1 * AHEAD, AHEAD) == [True, False]


def test_what_is_looked_at_closely_is_all_that_any_way_may_need():
    """A box of 0.4 by 0.25 m, whose corners are 0.0717 m further than its front: the disc around it ends 0.053 m off.

    Its front ends 0.125 m off at 0.5 m/s, which is far enough; at 0.8 m/s it would be in the zone.
    """
    box = Box((0.0, 0.0), (0.4, 0.25))
    gap = 0.053 + box.reach - 0.4 + WAY
    at = situation(NOWHERE, box, np.array([0.6 - gap, 0.0, 0.0]))
    assert clear(zone(), at, 1.6 * AHEAD, AHEAD, 0 * AHEAD) == [False, True, True]


@pytest.mark.parametrize(("tolerance", "eased"), [(0.004, 0.004), (0.3, 0.01)])
def test_a_way_that_was_verified_is_kept_for_as_much_as_noise_may_take(tolerance, eased):
    need = 0.05 - eased + WAY + HALF_STEP
    assert clear(zone(), off(need + 1e-6), AHEAD, -AHEAD, tolerance=tolerance) in (None, [True, True])
    assert clear(zone(), off(need - 1e-6), AHEAD, tolerance=tolerance) == [False]
    closing = 0.05 * 0.01 + 0.05**2 / 2  # from within the margin
    within = off(0.02)
    assert clear(zone(), within, 0.1 * AHEAD, tolerance=closing - 1e-6) == [False]
    assert clear(zone(), within, 0.1 * AHEAD, tolerance=closing + 1e-6) == [True]


def test_in_a_map_it_eases_by_what_that_was_unsure_of_besides():
    """0.03 m and 0.04 rad on 0.25 m: 0.04 m; along the way the heading makes it more, and that stays."""
    fix = Fix(0.0, np.zeros(3), 0.03, 0.04)
    unsure = 0.03 + 0.04 * (0.25 + WAY)
    for tolerance, eased in ((0.0, 0.0), (0.045, 0.045), (9.0, 0.05)):
        need = 0.05 - eased + WAY + HALF_STEP + unsure
        assert clear(zone(**MAP), off(need + 1e-6, fix), AHEAD, tolerance=tolerance) in (None, [True])
        assert clear(zone(**MAP), off(need - 1e-6, fix), AHEAD, tolerance=tolerance) == [False]


def test_it_is_idle_while_the_disc_around_the_place_is_further_than_the_way():
    """A round zone of 0.5 m about (2, 0): 1.25 m off, in exact fractions."""
    round_zone = {"figure": {"circle": {"centre": [2.0, 0.0], "radius": 0.5}}}
    at = situation(NOWHERE, DISC)
    for room, quiet in ((0.999, True), (1.0, False), (1.001, False)):
        assert zone(**round_zone, margin=0.25).idle(at, Span((0.0, 0.0, 0.0), 0.0, room)) == quiet
    # Deeper than its edge nobody needs to be for that, however deep it may be.
    eased = zone(**round_zone, margin=0.25).eased(-0.5, 0.1)
    assert eased.config.margin == -0.5
    for room, quiet in ((1.249, True), (1.251, False)):
        assert eased.idle(at, Span((0.0, 0.0, 0.0), 0.0, room)) == quiet
    away = situation(NOWHERE, DISC, np.array([9.0, 0.0, 0.0]))
    assert not zone(**CARRIED).idle(away, Span((0.0, 0.0, 0.0), 0.0, 0.0))


def brake(room):
    """Torricelli after 0.06 s, with 1 m/s2."""
    return -0.06 + math.sqrt(0.06**2 + 2 * room)


def test_its_row_is_how_fast_it_may_be_closed_in_on():
    """0.8 m off less the margin, a spare centimetre and what a map is unsure of."""
    rows = zone().rows(off(0.8))
    assert rows.matrix == pytest.approx(np.array([[1.0, 0.0, 0.0]]), abs=1e-6)
    assert rows.bounds == pytest.approx([brake(0.8 - 0.05 - 0.01)])
    fix = Fix(0.0, np.zeros(3), 0.03, 0.04)
    assert zone(**MAP).rows(off(0.8, fix)).bounds == pytest.approx([brake(0.8 - 0.05 - 0.01 - 0.04)])
    assert zone(**MAP).rows(replace(off(0.8), fixes={})) is None


def test_the_least_ahead_is_of_the_last_way_alone():
    at = off(1.0)
    ways = at.roll_out(np.array([2 * AHEAD, 2 * AHEAD, AHEAD]))
    assert zone().least_ahead(ways, at) == pytest.approx(1.0 - WAY)
    assert zone(**MAP).least_ahead(ways, replace(at, fixes={})) is None
    carried = seen([0.5 + 1.0, 0.0])
    assert zone(**CARRIED).least_ahead(ways, carried) == pytest.approx(1.0 - WAY)


def test_nothing_may_come_into_a_figure_that_is_carried():
    """A return ahead of it, kept off by the margin, half a step, and where it was verified less the noise."""
    rule = zone(**CARRIED)
    for tolerance, eased in ((0.0, 0.0), (0.004, 0.004), (9.0, 0.01)):
        need = 0.5 + 0.05 - eased + WAY + HALF_STEP
        assert clear(rule, seen([need + 1e-6, 0.0]), AHEAD, -AHEAD, tolerance=tolerance) in (
            None,
            [True, True],
        )
        assert clear(rule, seen([need - 1e-6, 0.0]), AHEAD, -AHEAD, tolerance=tolerance) == [False, True]
    far = seen([0.5 + 0.05 + WAY + HALF_STEP + 1e-6, 0.0])
    assert clear(rule, far, 2 * AHEAD, AHEAD) == [False, True]
    rows = rule.rows(seen([0.5 + 0.8, 0.0]))
    assert rows.bounds == pytest.approx([brake(0.8 - 0.05 - 0.01)])


def test_within_a_figure_that_is_carried_what_is_no_more_than_noise_is_free():
    """0.02 m deep; 0.02 m/s close in by 0.4 mm, but never so that it ends nearer than it was."""
    rule = zone(**CARRIED)
    at = seen([0.48, 0.0])
    assert clear(rule, at, 0.04 * AHEAD, 0 * AHEAD, -0.04 * AHEAD) == [False, True, True]
    assert rule.clearance(at).now == pytest.approx(-0.02) and rule.clearance(at).required == 0.05
    slowed = rule.cap(AHEAD, at)
    assert slowed.scale == pytest.approx(0.4)
    assert rule.cap(AHEAD, seen([0.5 + 0.0401, 0.0])) is None
    assert rule.cap(AHEAD, seen([0.5 + 0.0399, 0.0])) is not None


def test_it_is_present_from_the_touch_on():
    assert zone().present(off(0.0)) is True and zone().present(off(0.001)) is False
    assert zone(**MAP).present(replace(off(-0.3), fixes={})) is None
    assert zone(**CARRIED).present(seen([0.5, 0.0])) is True
    assert zone(**CARRIED).present(seen([0.501, 0.0])) is False


def test_it_is_tried_at_its_edge_and_on_the_way_there_or_where_things_may_come_near():
    scene = off(3.0)
    tried = {one.face: list(one.trips) for one in zone().trips([scene, None])}
    assert set(tried) == {"cap", "clear"} and all(tried.values())
    gaps = {
        face: np.array([zone().clearance(each.situation).now for each in trips])
        for face, trips in tried.items()
    }
    assert gaps["cap"].min() < -0.01 and (gaps["clear"] > 0.05).all() and gaps["clear"].max() < 0.5
    carried = [each for one in zone(**CARRIED).trips([scene]) for each in one.trips]
    assert carried and all((each.situation.pose == scene.pose).all() for each in carried)

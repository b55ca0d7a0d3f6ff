"""Which delays are in doubt, and which one fits, by numbers worked out here: straight slides, and their turns."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from iatro_governor.body.planar import Array
from iatro_governor.governor.in_flight import (
    ASIDE,
    SHARES,
    SLACK,
    SMALLEST,
    UNEXPLAINED,
    InFlight,
    Part,
    nearest_share,
    planar_way,
    told_way,
)
from iatro_governor.governor.outputs import Outputs

BOTH, FIRST, SECOND = slice(0, 2), slice(0, 1), slice(1, 2)


def published(*moves: tuple[float, Sequence[float]]) -> Outputs:
    """Each of ``moves`` from its time on, s."""
    outputs = Outputs(len(moves[0][1]), 0.2, 9.0)
    for t, move in moves:
        outputs.publish(t, np.array(move), 0.01)
    return outputs


def metres(ways: Array) -> Array:
    """One slide on the other."""
    far: Array = np.hypot(ways[..., 0], ways[..., 1])
    return far


def goes_on(outputs, t, ahead, late=(0.1, 0.0), parts=((BOTH, 0.2),), ages=(0.0,)):
    flights = InFlight(2, [Part(*part) for part in parts])
    return flights.goes_on(t, ages, outputs, np.array(late), np.array(ahead, dtype=float), metres)


def turned(outputs, t, ahead, parts, ages, measure=metres):
    """By what was published alone; every part is as late as it may be."""
    late = np.zeros(2)
    for (place, delay), age in zip(parts, ages, strict=True):
        late[place] = (outputs.led_until(t) - outputs.led_until(t - age - delay))[place]
    flights = InFlight(2, [Part(*part) for part in parts])
    return flights.turned(t, ages, outputs, late, np.array(ahead, dtype=float), measure)


@pytest.mark.parametrize(("since_s", "same"), [(0.229, False), (0.231, True)], ids=["a ms less", "a ms more"])
def test_commands_go_on_once_one_has_stood_for_the_age_and_the_delay_of_the_slowest_part(since_s, same):
    """0.03 s and 0.2 s; the other part takes 0.05 s, and rests."""
    outputs = published((0.0, (0.3, 0.0)), (1.0, (0.5, 0.0)))
    parts, ages = ((FIRST, 0.2), (SECOND, 0.05)), (0.03, 0.01)
    assert goes_on(outputs, 1.0 + since_s, [(0.1, 0.0)], parts=parts, ages=ages) is same


def test_a_part_goes_on_where_one_of_its_components_rests_and_two_parts_do_not():
    outputs, ahead = published((0.0, (0.5, 0.0))), [(0.1, 0.0), (0.04, 0.0)]
    assert goes_on(outputs, 1.0, ahead)
    together = published((0.0, (0.5, 0.5)))
    assert goes_on(together, 1.0, [(0.1, 0.1)], late=(0.1, 0.1))
    assert not goes_on(
        together, 1.0, [(0.1, 0.1)], late=(0.1, 0.1), parts=((FIRST, 0.2), (SECOND, 0.2)), ages=(0.0, 0.0)
    )
    assert not goes_on(published((0.0, (0.0, 0.0))), 1.0, [(0.1, 0.0)])


@pytest.mark.parametrize(
    ("ahead", "same"),
    [
        ([(0.0, 0.0)], True),
        ([(0.03, -0.04), (0.0, 0.0)], True),
        ([(-0.003, 0.004)], False),
        ([(0.3, -0.4), (-0.3, 0.4)], False),
        ([(0.03, -0.04), (0.03, -0.0401)], False),
        ([(0.04, 0.03)], False),
    ],
)
def test_only_what_leads_along_the_way_that_stands_goes_on_along_it(ahead, same):
    """What stands is (0.6, -0.8) m/s, and 0.2 s of it are in flight."""
    assert goes_on(published((0.0, (0.6, -0.8))), 1.0, ahead, late=(0.12, -0.16)) is same


@pytest.mark.parametrize(("beside", "same"), [(0.0, True), (0.0019989, True), (0.0019995, False)])
def test_what_is_in_flight_beside_the_way_by_all_but_last_digits_of_what_counts_does_not_go_on(beside, same):
    """Along (0.6, -0.8) for 0.2 m, and at a right angle to that."""
    assert ASIDE - SLACK == pytest.approx(0.001999)
    late = (0.12 + 0.8 * beside, -0.16 + 0.6 * beside)
    assert goes_on(published((0.0, (0.6, -0.8))), 1.0, [(0.3, -0.4)], late=late) is same


def test_at_the_very_bound_commands_do_not_go_on():
    """Beside by no less than ``ASIDE - SLACK``; of a way just long enough to have a direction."""
    outputs = published((0.0, (0.5, 0.0)))
    assert not goes_on(outputs, 1.0, [(0.1, 0.0)], late=(0.1, ASIDE - SLACK))
    slowest = math.sqrt(SMALLEST)
    assert slowest * slowest == SMALLEST
    assert goes_on(published((0.0, (slowest, 0.0))), 1.0, [(0.0, 0.0)], late=(0.0, 0.0))
    assert not goes_on(published((0.0, (slowest / 2, 0.0))), 1.0, [(0.0, 0.0)], late=(0.0, 0.0))
    assert goes_on(outputs, 1.0, [(0.1, SMALLEST)]) and not goes_on(outputs, 1.0, [(0.1, 2 * SMALLEST)])


def test_who_goes_on_leaves_nothing_in_doubt_and_who_turns_does():
    flights, late = InFlight(2, [Part(BOTH, 0.2)]), np.array([0.1, 0.0])
    outputs = published((0.0, (0.5, 0.0)))
    lately = 1.0, [0.0], outputs, late
    assert flights.doubts(*lately, np.array([[0.3, 0.0]]), metres) == []
    assert flights.doubts(*lately, np.array([[0.0, 0.3]]), metres) == [(0.0,)]


def test_each_part_may_be_done_with_by_its_own_age_and_delay():
    """0.5 m/s for 0.2 s and 0.3 m/s for 0.1 s are in doubt: both or none lie along the candidate, one alone beside."""
    outputs = published((0.0, (0.5, 0.3)))
    parts, ages = ((FIRST, 0.2), (SECOND, 0.1)), (0.03, 0.05)
    assert turned(outputs, 1.0, [(0.5 * 0.2, 0.3 * 0.1)], parts, ages) == [(1.0, 0.0), (0.0, 1.0)]


def test_parts_of_one_delay_that_were_measured_apart_turn_apart():
    """Each has gone 0.1 s by (0.5, 0.3) and then turned back: the sooner measured has it all still in flight."""
    outputs = published((0.0, (0.5, 0.3)), (1.0, (-0.5, -0.3)))
    parts, ages = ((FIRST, 0.1), (SECOND, 0.1)), (0.1, 0.0)
    found = turned(outputs, 1.1, [(0.1, 0.0)], parts, ages)
    # The first by no delay would have all -0.05 m before it and by the longest 0.0 m: 0.05 m ahead, along the way.
    # The second by no delay has nothing before it, and -0.03 m by the longest: beside it.
    assert found == [(1.0, 0.0), (0.0, 0.0)]


def test_what_leads_no_further_than_ways_apart_has_nothing_beside_it():
    outputs, parts = published((0.0, (0.5, 0.0))), ((BOTH, 0.2),)
    assert turned(outputs, 1.0, [(0.0, ASIDE)], parts, (0.0,)) == []
    assert turned(outputs, 1.0, [(0.0, ASIDE * 1.001)], parts, (0.0,)) == [(0.0,)]


def test_one_candidate_that_leads_aside_is_enough():
    outputs, parts = published((0.0, (0.5, 0.0))), ((BOTH, 0.2),)
    assert turned(outputs, 1.0, [(0.2, 0.0), (0.0, 0.2)], parts, (0.0,)) == [(0.0,)]


@pytest.mark.parametrize(("off", "found"), [(1.0, []), (1.001, [(0.0,)])])
def test_a_part_that_is_off_by_no_more_than_ways_apart_has_no_other_delay(off, found):
    """In 0.25 s: the speed that makes it just so far, at a right angle to the candidate."""
    outputs = published((0.0, (4 * ASIDE * off, 0.0)))
    assert turned(outputs, 1.0, [(0.0, 0.2)], ((BOTH, 0.25),), (0.0,)) == found


def test_of_one_part_that_is_certain_and_one_that_is_not_the_other_alone_is_in_doubt():
    """0.4 mm and 80 mm; the first part's is not looked at, though it is off by something."""
    outputs = published((0.0, (0.002, 0.4)))
    assert turned(outputs, 1.0, [(0.5, 0.0)], ((FIRST, 0.2), (SECOND, 0.2)), (0.0, 0.0)) == [(1.0, 0.0)]


def test_what_lies_behind_a_candidate_lies_beside_it():
    """Had the body gone all of 0.1 m, it would be further along; had it gone none, it is back where it was."""
    outputs = published((0.0, (0.5, 0.0)))
    assert turned(outputs, 1.0, [(-0.3, 0.0)], ((BOTH, 0.2),), (0.0,)) == [(0.0,)]
    assert turned(outputs, 1.0, [(0.3, 0.0)], ((BOTH, 0.2),), (0.0,)) == []


def in_millimetres(ways: Array) -> Array:
    """Three slides at right angles, to the nearest mm."""
    far: Array = np.round(np.linalg.norm(ways, axis=-1) * 1000) / 1000
    return far


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (0.0026, 0.0026, []),
        (0.0026, 0.1, [(1.0, 0.0), (0.0, 0.0)]),
        (0.0022, 0.1, [(1.0, 0.0)]),
        (0.0029, 0.1, [(1.0, 0.0), (0.0, 1.0), (0.0, 0.0)]),
    ],
    ids=["neither aside alone", "the first not aside", "the first not off", "each aside"],
)
def test_a_part_counts_once_it_is_off_and_aside_by_more_than_ways_apart(first, second, found):
    """Off by so much each in 0.2 s. Of a candidate that leads by 0.3 along each they lie 0.954 of that aside."""
    outputs = published((0.0, (first / 0.2, second / 0.2, 0.0)))
    late = np.array([first, second, 0.0])
    ahead = np.array([[0.3, 0.3 if first == second else 0.0, 0.9]])
    ahead /= np.linalg.norm(ahead)
    flights = InFlight(3, [Part(FIRST, 0.2), Part(SECOND, 0.2)])
    assert flights.turned(1.0, (0.0, 0.0), outputs, late, ahead, in_millimetres) == found


@pytest.mark.parametrize(
    ("turn_s", "shares"),
    [(0.1, [0.5, 0.0]), (0.15, [0.75, 0.5, 0.25, 0.0]), (0.05, [0.75, 0.5, 0.25, 0.0])],
    ids=["half of the delay ago", "three quarters ago", "a quarter ago"],
)
def test_a_turn_within_the_delay_is_looked_at_where_it_bends(turn_s, shares):
    """The delay is halved where the way bends, and both halves are where one of them does."""
    outputs = published((0.0, (0.5, 0.0)), (1.0, (0.0, 0.5)))
    found = turned(outputs, 1.0 + turn_s, [(-0.3, -0.3)], ((BOTH, 0.2),), (0.0,))
    assert found == [(share,) for share in shares]


def test_two_parts_in_doubt_are_halved_once_each():
    """Both turn three quarters of the delay ago, which is between the points that are looked at."""
    outputs = published((0.0, (0.5, 0.4)), (1.0, (-0.4, -0.5)))
    parts, ages = ((FIRST, 0.2), (SECOND, 0.2)), (0.0, 0.0)
    found = turned(outputs, 1.15, [(0.3, 0.0)], parts, ages)
    assert {share for shares in found for share in shares} == {1.0, 0.5, 0.0}


def test_a_bend_by_no_more_than_ways_apart_is_straight():
    """At the middle of 0.25 s it is half of 0.125 s times half of what the speed has changed by, off."""
    for times, middle in ((1.0, False), (1.001, True)):
        change = ASIDE * times / (0.125 / 2)
        outputs = published((0.0, (0.5, 0.0)), (1.0, (0.5, change)))
        found = turned(outputs, 1.125, [(-0.3, 0.1)], ((BOTH, 0.25),), (0.0,))
        assert ((0.5,) in found) is middle and (0.0,) in found


def test_between_two_shares_the_delay_that_explains_best_lies_as_far_as_the_body_does():
    led = np.array([[0.0, 0.0], [0.1, 0.0], [0.1, 0.4], [0.5, 0.4], [0.5, 0.5]])
    assert nearest_share(np.array([0.1, 0.12]), led) == pytest.approx(0.75 - 0.25 * 0.3)
    assert nearest_share(np.array([0.4, 0.4]), led) == pytest.approx(0.5 - 0.25 * 0.75)
    assert nearest_share(np.array([0.505, 0.47]), led) == pytest.approx(0.25 - 0.25 * 0.7)


def test_beyond_both_ends_the_end_explains_best():
    led = np.array([[0.1, 0.0], [0.2, 0.0], [0.3, 0.0], [0.4, 0.0], [0.5, 0.0]])
    assert nearest_share(np.array([0.095, 0.0]), led) == 1.0
    assert nearest_share(np.array([0.505, 0.0]), led) == 0.0


def test_where_all_explain_it_as_well_it_is_the_longest():
    assert nearest_share(np.array([0.3, 0.2]), np.full((5, 2), [0.3, 0.2])) == 1.0


@pytest.mark.parametrize(("off", "share"), [(1.0, 1.0), (1.0001, None)])
def test_a_body_beside_every_delay_by_more_than_a_centimetre_is_explained_by_none(off, share):
    assert UNEXPLAINED == 0.01
    assert nearest_share(np.array([0.0, 0.01 * off]), np.zeros((5, 2))) == share


def test_shares_are_quarters_of_the_longest_delay_the_longest_first():
    assert SHARES.tolist() == [1.0, 0.75, 0.5, 0.25, 0.0]


def test_a_base_that_began_to_turn_between_others_pieces_gets_where_its_arc_does():
    """0.15 s straight by 1 m/s, then 0.25 s by 2 rad/s: 0.15 m, and then an arc of 0.5 m radius for 0.5 rad."""
    outputs = published((0.0, (1.0, 0.0, 0.0)), (0.15, (1.0, 0.0, 2.0)))
    way = told_way(outputs, slice(0, 3), 0.0, 0.4)
    assert way == pytest.approx([0.15 + 0.5 * math.sin(0.5), 0.5 * (1 - math.cos(0.5)), 0.5], abs=1e-9)


def test_a_base_in_the_air_gets_up_as_well():
    """After an arm's component: 0.1 s by (0.3, 0.5, -0.7) m/s, and 0.2 s of nothing but rising by 0.4 m/s."""
    outputs = published((0.0, (9.0, 0.3, 0.5, -0.7, 0.0)), (0.1, (9.0, 0.0, 0.0, 0.4, 0.0)))
    way = told_way(outputs, slice(1, 5), 0.0, 0.3)
    assert way == pytest.approx([0.03, 0.05, -0.07 + 0.08, 0.0])


@pytest.mark.parametrize(
    ("start", "end", "way"),
    [
        ((1.0, 2.0, math.pi / 2), (1.5, 2.3, 1.9), (0.3, -0.5, 1.9 - math.pi / 2)),
        ((1.0, 2.0, math.pi), (1.5, 2.3, -3.0), (-0.5, -0.3, math.pi - 3.0)),
        ((0.0, 0.0, -3.0), (0.0, 0.0, 3.0), (0.0, 0.0, 6.0 - 2 * math.pi)),
        ((1.0, 2.0, 5.0, -math.pi / 2), (1.4, 2.1, 7.0, -1.0), (-0.1, 0.4, 2.0, math.pi / 2 - 1.0)),
    ],
)
def test_a_way_is_seen_from_where_it_began(start, end, way):
    """To the left of +y is -x; half a turn is crossed by the shorter way; height is height."""
    begun = np.array(start)
    assert planar_way(begun, np.array(end)) == pytest.approx(way, abs=1e-12)
    assert begun.tolist() == list(start)

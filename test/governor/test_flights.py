"""What channels of one body have yet to do, each by its own delay and age, by numbers worked out here."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.governor.flights import Going
from iatro_governor.governor.outputs import Outputs
from test.governor.flying import AGES, REST, STEADY, body, published, straight


def late(outputs: Outputs, t: float, measured: list[float]) -> Going:
    flights = body()
    return flights.late(t, flights.ages(AGES), outputs, np.array(measured))


def test_a_channel_is_as_old_as_its_oldest_joint():
    assert body().ages(AGES) == {"base": 0.02, "arm": 0.05, "lift": 0.04}


def test_each_channel_has_yet_to_do_what_stood_for_its_own_age_and_delay():
    going = late(published((0.0, STEADY)), 2.0, STEADY)
    seconds = np.array([0.32, 0.32, 0.32, 0.25, 0.25, 0.14])
    assert going.led == pytest.approx(STEADY * seconds)
    assert sum(each for _, each in going.pieces["base"]) == pytest.approx(0.32)
    assert list(going.pieces) == ["base"], "what stood all the time needs none"


def test_of_two_outputs_each_piece_of_a_channel_has_the_faster_one():
    """The arm's 0.25 s in four of 0.0625 s until 1.1 s: three have to do with what stood until 1 s."""
    outputs = published((0.0, [0.0, 0.0, 0.0, 0.4, 0.0, 0.0]), (1.0, [0.0, 0.0, 0.0, 0.2, 0.0, 0.0]))
    going = late(outputs, 1.1, REST)
    assert going.led == pytest.approx([0.0, 0.0, 0.0, 0.0625 * (3 * 0.4 + 0.2), 0.0, 0.0])


def test_a_channel_that_rested_has_yet_to_stop_what_it_is_measured_to_do():
    """0.3 rad/s, which 0.6 rad/s2 take to rest in 0.5 s: in pieces of 0.0625 s it is slower by an eighth each."""
    going = late(published((0.0, REST)), 2.0, [0.0, 0.0, 0.0, 0.0, 0.3, 0.0])
    assert going.led == pytest.approx([0.0, 0.0, 0.0, 0.0, 0.3 * 0.0625 * (1 + 0.875 + 0.75 + 0.625), 0.0])


def test_the_slowest_of_what_is_measured_says_how_long_a_stop_takes():
    """The base stops from 0.6 m/s in 1 s: the lift's 0.3 m/s lose 1/1 of that a second, in pieces of 0.035 s."""
    going = late(published((0.0, REST)), 2.0, [0.6, 0.0, 0.0, 0.0, 0.0, 0.3])
    piece = 0.14 / 4
    assert going.led[5] == pytest.approx(0.3 * piece * (4 - 6 * piece))
    assert going.led[0] == pytest.approx(0.6 * 0.08 * (4 - 6 * 0.08))


def test_a_base_at_rest_is_still_flown():
    """Its ways are told by their pieces, which are there, and lead nowhere."""
    going = late(published((0.0, REST)), 2.0, REST)
    flight = body().base_flight(going, 0.7)
    assert flight is not None and flight.end.tolist() == [0.0, 0.0, 0.0]


def test_what_rests_by_now_and_moved_within_the_delay_is_yet_to_be_done():
    outputs = published((0.0, [0.0, 0.0, 0.0, 0.4, 0.0, 0.0]), (1.0, REST))
    going = late(outputs, 1.2, REST)
    # 0.25 s until 1.2 s begin at 0.95 s: the first piece of 0.0625 s alone has to do with the motion.
    assert going.led == pytest.approx([0.0, 0.0, 0.0, 0.4 * 0.0625, 0.0, 0.0])
    assert late(outputs, 1.26, REST).led.tolist() == REST


def test_by_shares_of_the_delays_less_is_told_to_be_left():
    """0.5 of the arm's 0.2 s and all of the lift's 0.1 s, besides their ages, of what changed 0.1 s ago."""
    outputs = published((0.0, STEADY), (1.0, [0.2, 0.0, 0.0, -0.2, 0.6, -0.5]))
    going = body().told(1.1, AGES, outputs, {"arm": 0.5, "base": 0.25})
    base = np.array(STEADY[:3])
    assert going.led[:3] == pytest.approx([0.2 * 0.095, 0.0, 0.0], abs=1e-12)
    assert going.led[3:5] == pytest.approx([0.4 * 0.05 - 0.2 * 0.1, -0.3 * 0.05 + 0.6 * 0.1])
    assert going.led[5:] == pytest.approx([0.25 * 0.04 - 0.5 * 0.1])
    assert going.pieces["arm"] == [] and going.pieces["lift"] == []
    assert sum(np.array(m) * s for m, s in going.pieces["base"]) == pytest.approx(going.led[:3])
    whole = body().told(1.1, AGES, outputs, {})
    assert whole.led[:3] == pytest.approx(base * 0.22 + np.array([0.2, 0.0, 0.0]) * 0.1)


def test_channels_with_joints_of_their_own_may_begin_apart_by_the_longest_delay_and_rivals_do_not():
    assert body().apart_s == 0.3
    assert body("arm", "lift").apart_s == 0.2
    assert body("arm").apart_s == 0.0
    shared = {"base": [0], "arm": [0, 1], "lift": [1]}
    assert body(joints=shared).apart_s == 0.3, "two of the three have nothing in common"
    assert body(joints={"base": [0, 1], "arm": [0, 1], "lift": [1]}).apart_s == 0.0


def test_those_that_move_with_others_may_begin_before_them():
    """Of each candidate: who moves alone begins before nobody."""
    flights = body()
    alone = np.array([[0, 0, 0, 0, 0.3, 0], [0, 0, 0, 0, 0, 0.2]])
    assert flights.first(alone, ()) == []
    assert flights.first(np.array([*alone, [0, 0.1, 0, 0, 0, 0.2]]), ()) == ["base", "lift"]
    assert flights.first(alone[1:], ["arm"]) == ["arm", "lift"], "a path counts as a motion"
    assert (
        body("arm", "lift", joints={"base": [], "arm": [0, 1], "lift": [1]}).first(
            np.array([[0, 0, 0, 0.1, 0.2, 0.3]]), ()
        )
        == []
    )


def test_how_long_joints_go_on_is_the_share_of_the_slowest_channel_that_there_is():
    flights = body("base", "arm")
    assert flights.lasting(AGES, {"base": 0.25, "arm": 0.5}) == pytest.approx(AGES + 0.5 * 0.3)
    assert flights.lasting(AGES, {"base": 0.25}) == pytest.approx(AGES + 0.3)
    nobody: dict[str, list[int]] = {"base": [], "arm": [], "lift": []}
    assert body(joints=nobody, base="").lasting(AGES, {"arm": 0.5}) == pytest.approx(AGES + 0.3)


def test_joints_land_where_what_is_going_leads_them_and_gravity_besides():
    matrix = np.eye(6)
    matrix[4, 3], q = 2.0, np.arange(1.0, 7.0)
    going = Going({}, np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]))
    landed = np.array([1.1, 2.2, 3.3, 4.4, 5.5 + 0.8, 6.6])
    flights = body()
    assert flights.land(q, going, AGES, straight(matrix=matrix)) == pytest.approx(landed)
    falling = straight(np.array([0, 0, 0, 0.7, 0, 0]), matrix)
    assert flights.land(q, going, AGES, falling) == pytest.approx(
        landed + np.array([0, 0, 0, 0.7 * 0.03, 0, 0])
    )


def test_of_a_base_in_the_air_what_it_does_over_ground_is_flown():
    going = Going({"base": [((0.3, 0.5, 0.9, 0.0), 0.2)]}, np.zeros(6))
    flight = body().base_flight(going, 0.7)
    assert flight is not None and flight.end == pytest.approx([0.06, 0.1, 0.0]) and flight.reach == 0.7
    assert body("arm", base="").base_flight(going, 0.7) is None


def test_how_far_joints_go_at_most_counts_there_and_back():
    """The base's way may turn, so that all of it is along one axis; what joints do by themselves goes on besides."""
    outputs = published((0.0, STEADY), (1.0, [-value for value in STEADY]))
    flights = body()
    since = flights.ages(AGES)
    matrix = np.eye(6)
    matrix[5, 3] = -0.5
    far = flights.farthest(1.1, AGES, since, outputs, straight(matrix=matrix))
    base = np.hypot(0.5, 0.1) * 0.32
    expected = [base, base, 0.2 * 0.32, 0.4 * 0.25, 0.3 * 0.25, 0.25 * 0.14 + 0.5 * 0.4 * 0.25]
    assert far == pytest.approx(expected)
    start = np.array([0, 0, 0.0, 0.7, -0.9, 0])
    more = np.abs(start) * (AGES + 0.3)
    falling = flights.farthest(1.1, AGES, since, outputs, straight(start, matrix))
    assert falling == pytest.approx(np.array(expected) + more)

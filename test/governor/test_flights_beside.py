"""What joints do beside the way that is reckoned with: corners, paths, and delays that there may be or that fit."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.drive import Drive
from iatro_governor.body.planar import Array
from iatro_governor.governor.flights import LEAST_LEVER, Flights
from iatro_governor.governor.in_flight import ASIDE
from iatro_governor.governor.outputs import Outputs
from test.governor.flying import AGES, DELAYS, REST, STEADY, body, chart, published, straight


def moving(since: Array, q: Array, t: float, drive: Drive) -> Any:
    return SimpleNamespace(t=t, ages=since, now=SimpleNamespace(q=q), drive=drive)


def corner(lag: list[float], rates: list[float], coast_s: float = 1.0, levers: Any = 0.5) -> bool:
    """Of the arm alone, both of whose joints stand out by ``levers`` m."""
    flights = Flights(
        {"arm": chart(2, 0.2)}, {"arm": slice(0, 2)}, {"arm": np.arange(2)}, np.diag([levers, levers]), ""
    )
    situation: Any = SimpleNamespace(
        rates=lambda candidates: candidates, coast_s=lambda candidates: np.full(len(candidates), coast_s)
    )
    return flights.cut(np.array(lag), situation, np.array([rates]))


def test_a_corner_counts_by_how_far_the_way_to_the_end_misses_it():
    assert not corner([0.01, 0.0], [0.1, 0.0]), "the set-point lies on the way"
    assert corner([0.01, 0.0], [0.0, 0.5])
    assert corner([0.01, 0.0], [-0.01, 0.0]), "it comes back to where it is"
    assert not corner([ASIDE / 0.5, 0.0], [-ASIDE / 0.5, 0.0]), "it is no further than ways apart"
    # To (0.008, 0.008) the nearest it comes to (0.008, 0) is (0.004, 0.004): both joints are off by 0.004.
    assert not corner([0.008, 0.0], [0.0, 0.008])
    assert corner([0.00801, 0.0], [0.0, 0.008])
    assert corner([0.00801, 0.0], [0.0, 0.004], 2.0) and not corner([0.008, 0.0], [0.0, 0.004], 2.0)


def test_one_candidate_that_cuts_the_corner_is_enough():
    flights = Flights(
        {"arm": chart(2, 0.2)}, {"arm": slice(0, 2)}, {"arm": np.arange(2)}, np.zeros((2, 1)), ""
    )
    situation: Any = SimpleNamespace(rates=lambda c: c, coast_s=lambda c: np.ones(len(c)))
    lag = np.array([ASIDE / LEAST_LEVER * 1.5, 0.0])
    assert flights.cut(lag, situation, np.array([[0.3, 0.0], [0.0, 0.3]]))


def test_joints_that_lag_by_no_more_than_ways_apart_cut_no_corner_that_counts():
    """Both joints move one point, by 0.5 m each: the lag by 2 mm, and the corner of the way to (4, 8) by 2.4 mm."""
    flights = Flights(
        {"arm": chart(2, 0.2)}, {"arm": slice(0, 2)}, {"arm": np.arange(2)}, np.full((2, 1), 0.5), ""
    )
    situation: Any = SimpleNamespace(rates=lambda c: c, coast_s=lambda c: np.ones(len(c)))
    aside = np.array([[0.0, 0.008]])
    assert not flights.cut(np.array([0.004, 0.0]), situation, aside)
    assert flights.cut(np.array([0.0041, 0.0]), situation, aside)


def test_joints_are_beside_their_path_once_any_of_them_is_so_by_more_than_ways_apart():
    levers = np.diag([0.0, 0.0, 0.0, 0.5, 1.0, 1.0])
    flights = body(levers=levers)

    def beside(**aside: list[float]) -> bool:
        return flights.beside({name: SimpleNamespace(aside=np.array(off)) for name, off in aside.items()})  # type: ignore[misc]

    assert not beside() and not beside(arm=[0.004, 0.0])
    assert beside(arm=[-0.0041, 0.0]) and beside(arm=[0.0, 0.003]), "one metre of lever"
    assert beside(arm=[0.0, 0.0], lift=[-0.003]) and not beside(arm=[0.003, 0.0015], lift=[0.0])


def doubts(flights: Flights, outputs: Outputs, candidates: list[list[float]], **changes: Any) -> Any:
    going = flights.late(2.0, flights.ages(AGES), outputs, np.array(changes.pop("measured", REST)))
    said = {"t": 2.0, "ages": AGES, "drive": straight(), "coast_s": lambda c: np.full(len(c), 0.5)} | changes
    return flights.doubts(SimpleNamespace(**said), outputs, going, np.array(candidates))  # type: ignore[arg-type]


def test_delays_are_in_doubt_of_those_that_follow_no_setpoint():
    """The arm and the lift move, and the base is asked to: each may be done, or not, beside the way of that."""
    levers = np.diag([1.0] * 6)
    outputs = published((0.0, [0.0, 0.0, 0.0, 0.4, 0.0, 0.3]))
    asked = [[0.5, 0.0, 0.0, 0.0, 0.0, 0.0]]
    both = doubts(body(levers=levers), outputs, asked)
    assert both == [
        {"base": 1.0, "arm": 1.0, "lift": 0.0},
        {"base": 1.0, "arm": 0.0, "lift": 1.0},
        {"base": 1.0, "arm": 0.0, "lift": 0.0},
    ]
    assert doubts(body(levers=levers, leads={"arm": np.zeros(2)}), outputs, asked) == [
        {"base": 1.0, "lift": 0.0}
    ]
    assert doubts(body(levers=levers), outputs, asked, ages=None) == []
    set_points = {name: np.zeros(1) for name in DELAYS}
    assert doubts(body(levers=levers, leads=set_points), outputs, asked) == []


def test_what_a_candidate_leads_to_by_coasting_counts():
    """1.5 mm of way ahead are within what counts as one way, 2.5 mm are not: 0.003 and 0.005 m/s for 0.5 s."""
    outputs = published((0.0, [0.0, 0.0, 0.0, 0.4, 0.0, 0.0]))
    flights = body(levers=np.diag([1.0] * 6))
    assert doubts(flights, outputs, [[0.003, 0.0, 0.0, 0.0, 0.0, 0.0]]) == []
    assert len(doubts(flights, outputs, [[0.005, 0.0, 0.0, 0.0, 0.0, 0.0]])) == 1


def test_an_arm_that_goes_on_as_it_did_is_in_no_doubt():
    outputs = published((0.0, [0.0, 0.0, 0.0, 0.4, 0.0, 0.0]))
    assert doubts(body(levers=np.diag([1.0] * 6)), outputs, [[0.0, 0.0, 0.0, 0.3, 0.0, 0.0]]) == []


def test_what_only_just_stopped_is_in_doubt_and_what_never_moved_is_not():
    flights, asked = body(levers=np.diag([1.0] * 6)), [[0.5, 0.0, 0.0, 0.0, 0.0, 0.0]]
    stopped = published((0.0, [0.0, 0.0, 0.0, 0.4, 0.0, 0.0]), (1.9, REST))
    assert doubts(flights, stopped, asked)
    still = published((0.0, REST))
    assert doubts(flights, still, asked) == []
    assert doubts(flights, still, asked, measured=[0.0, 0.0, 0.0, 0.3, 0.0, 0.0]), "it was pushed"


@pytest.mark.parametrize(
    ("moves", "share"),
    [
        (((1.75, 0.4), (1.8751, -0.4), (2.0, 0.0)), 0.5),
        (((1.75, 0.4), (1.8126, -0.4), (1.85, 0.0)), 0.75),
    ],
    ids=["until now", "until before the quickest channel's delay"],
)
def test_what_went_forth_and_back_is_in_doubt_though_by_the_longest_delay_it_comes_to_nothing(moves, share):
    """Of the 0.25 s that are in flight: by a shorter delay the way back is left."""
    outputs = published((0.0, REST))
    for t, speed in moves:
        outputs.publish(t, np.array([0.0, 0.0, 0.0, speed, 0.0, 0.0]), 0.01)
    flights, asked = body(levers=np.diag([1.0] * 6)), [[0.5, 0.0, 0.0, 0.0, 0.0, 0.0]]
    assert not flights.late(2.0, flights.ages(AGES), outputs, np.zeros(6)).led.any()
    assert {"base": 1.0, "arm": share, "lift": 1.0} in doubts(flights, outputs, asked)


def test_what_moves_joints_by_another_drive_is_measured_by_that():
    """The same flights: through a drive of a hundredth, nothing in flight comes to more than ways apart."""
    flights, asked = body(levers=np.diag([1.0] * 6)), [[0.0, 0.5, 0.0, 0.0, 0.0, 0.0]]
    outputs = published((0.0, [0.0, 0.0, 0.0, 0.1, 0.0, 0.0]))
    assert doubts(flights, outputs, asked)
    assert doubts(flights, outputs, asked, drive=straight(matrix=np.eye(6) / 100)) == []
    assert doubts(flights, outputs, asked)


BEGUN = np.array([1.0, 2.0, 0.0, 0.3, -0.8, 0.2])


def fitting(did: list[float], **changes: Any) -> Any:
    """From 2 s to 2.4 s, where the outputs changed at 2 s and at 2.2 s, for what the joints ``did`` meanwhile."""
    outputs = published((0.0, STEADY), (2.0, [0.5, 0.0, 0.0, -0.4, 0.0, 0.6]), (2.2, REST))
    drive = changes.get("drive", straight())
    levers = np.diag([1.0, 1.0, 0.5, 2.0, 3.0, 0.5])
    since, now = moving(AGES, BEGUN, 2.0, drive), moving(AGES, BEGUN + np.array(did), 2.4, drive)
    return body(levers=levers).fitting(now, since, outputs)


def test_what_joints_did_between_two_looks_says_how_late_each_channel_is():
    """The arm by 0.9 of its 0.2 s: from 1.77 s to 2.17 s; the lift by no delay: from 1.96 s on, until it rested."""
    base = base_way(0.75 * 0.3, 2.38 - 0.75 * 0.3 - 2.0)
    arm = [0.4 * 0.23 - 0.4 * 0.17, -0.3 * 0.23]
    lift = 0.25 * 0.04 + 0.6 * 0.2
    found = fitting([*base, *arm, lift])
    assert found == {
        "base": pytest.approx(0.75, abs=1e-4),
        "arm": pytest.approx(0.9),
        "lift": pytest.approx(0.0),
    }
    assert fitting([*base, *arm, lift + 0.05]) is None, "the longest delay of the lift has it 0.025 m further"


def base_way(delay_s: float, straight_s: float) -> tuple[float, float, float]:
    """In 0.02 s and ``delay_s`` before 2 s, along an arc, and then straight by 0.5 m/s."""
    seconds, w = 0.02 + delay_s, -0.2
    turn = w * seconds
    x = (0.5 * np.sin(turn) - 0.1 * (1 - np.cos(turn))) / w + 0.5 * straight_s * np.cos(turn)
    y = (0.5 * (1 - np.cos(turn)) + 0.1 * np.sin(turn)) / w + 0.5 * straight_s * np.sin(turn)
    return float(x), float(y), turn


def test_what_gravity_adds_meanwhile_is_known():
    """0.05 rad/s for all of the 0.4 s that the second joint was looked at."""
    start = np.array([0, 0, 0, 0, 0.05, 0])
    arm = [0.4 * 0.15 - 0.4 * 0.2, -0.3 * 0.15 + 0.05 * 0.4]
    found = fitting([*base_way(0.0, 0.2), *arm, 0.25 * 0.04 + 0.6 * 0.2], drive=straight(start))
    assert found is not None and found["arm"] == pytest.approx(0.5) and found["base"] == pytest.approx(0.0)

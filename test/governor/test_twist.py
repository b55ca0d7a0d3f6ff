"""A base's chart by itself: which twists it takes, and what it makes of them."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.rollout import Braking
from iatro_governor.governor.events import Command
from iatro_governor.governor.twist import NAMES, axes, bounded, can_do
from iatro_governor.limits.situation import Situation
from test.governor.bases import STEERED, Base, config, rates

ABLE = {
    "differential": {"vx", "wz"},
    "omnidirectional": {"vx", "vy", "wz"},
    "ackermann": {"vx", "wz"},
    "aerial": {"vx", "vy", "vz", "wz"},
}


def channel(base: str, **changes: Any) -> Any:
    steered: dict[str, Any] = STEERED | changes
    return config(**steered) if base == "ackermann" else config(base, **changes)


def command(*values: float, frame: str | None = None) -> Command:
    return Command(1.0, "base", values, 1.0, frame=frame)


@pytest.mark.parametrize("base", ABLE)
def test_a_command_may_ask_for_what_the_base_can_do_and_for_nothing_else(base):
    chart = Base(channel(base)).chart
    for component, name in enumerate(NAMES):
        values = [0.0] * 6
        values[component] = 0.25
        told = chart.why_garbled(command(*values))
        if base == "ackermann" and name == "wz":
            assert told is not None and "tightest circle" in told
        else:
            assert told == (None if name in ABLE[base] else f"a base that is {base} cannot do {name}")


@pytest.mark.parametrize(
    ("base", "able", "linear", "angular"),
    [
        ("differential", [True, False, True], [0, 1], [2]),
        ("omnidirectional", [True, True, True], [0, 1], [2]),
        ("ackermann", [True, False, True], [0, 1], [2]),
        ("aerial", [True, True, True, True], [0, 1, 2], [3]),
    ],
)
def test_what_a_base_can_do_of_its_components_and_which_turn_it(base, able, linear, angular):
    assert can_do(channel(base)) == able
    found = axes(channel(base))
    assert (found["linear"].tolist(), found["angular"].tolist()) == (linear, angular)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ((0.5, 0.0, 0.0, 0.0, 0.0), "5 values; 6 are needed"),
        ((0.5,) * 7, "7 values; 6 are needed"),
        ((math.nan, 0.0, 0.0, 0.0, 0.0, 0.0), "finite"),
        ((0.5, 0.0, 0.0, 0.0, 0.0, math.inf), "finite"),
    ],
)
def test_what_is_no_twist_is_garbled(values, told):
    assert told in (Base().chart.why_garbled(command(*values)) or "")


@pytest.mark.parametrize(
    ("frame", "fine"), [(None, True), ("", True), ("base_link", True), ("/base_link", True), ("odom", False)]
)
def test_a_command_is_in_the_base_frame_or_says_nothing_of_it(frame, fine):
    told = Base().chart.why_garbled(command(0.5, 0.0, 0.0, 0.0, 0.0, 0.0, frame=frame))
    assert told == (None if fine else "frame 'odom'; 'base_link' is needed")


@pytest.mark.parametrize(
    ("vx", "wz", "fine"),
    [
        (1.0, 0.8, True),  # 1.25 m at 0.8 rad/s is 1 m/s
        (-1.0, 0.8, True),
        (1.0, -0.8, True),
        (1.0, 0.8 + 2e-10, True),  # rounding
        (1.0, 0.8 + 1e-7, False),
        (0.5, 0.8, False),
        (0.0, 1e-10, True),  # no body could tell it from rest
        (0.0, 0.01, False),
        (1000.0, 800.0000004, True),
        (1000.0, 800.01, False),
    ],
)
def test_a_steered_base_takes_no_circle_tighter_than_it_can_drive(vx, wz, fine):
    told = Base(channel("ackermann")).chart.why_garbled(command(vx, 0.0, 0.0, 0.0, 0.0, wz))
    assert (told is None) is fine


def test_what_no_body_could_tell_from_rest_is_no_circle():
    chart = Base(config(**{**STEERED, "turn_radius": 1.0})).chart  # type: ignore[arg-type]
    assert chart.why_garbled(command(0.0, 0.0, 0.0, 0.0, 0.0, 1e-9)) is None
    assert chart.why_garbled(command(0.0, 0.0, 0.0, 0.0, 0.0, 1.1e-9)) is not None


def test_any_twist_asks_for_something_but_rest():
    chart = Base().chart
    assert chart.asks(command(0.0, 0.0, 0.0, 0.0, 0.0, 0.5)) and not chart.asks(command(*chart.rest))
    assert chart.rest == (0.0,) * 6


@pytest.mark.parametrize(
    ("values", "made"),
    [
        ((0.5, -0.25, 0.75), [0.5, -0.25, 0.75]),
        ((1000.0, -4.0, 0.0), [1000.0, -4.0, 0.0]),
        ((1000.0, 0.123, 0.0), [1000.0, 0.123, 0.0]),
        ((4000.0, -8.0, 2000.0), [1000.0, -2.0, 500.0]),  # keeps its direction
        ((1e-9, -1e-9, 0.9e-9), [1e-9, -1e-9, 0.0]),
        ((-0.9e-9, 0.0, 0.5), [0.0, 0.0, 0.5]),
    ],
)
def test_what_no_body_could_tell_from_rest_is_rest_and_what_none_could_reach_keeps_its_direction(
    values, made
):
    vx, vy, wz = values
    assert Base().chart.wanted(command(vx, vy, 0.0, 0.0, 0.0, wz), 0.01).tolist() == made


def test_no_number_is_a_negative_zero():
    assert not np.signbit(bounded([-0.0, 0.5], 10.0, 0.0)).any()
    assert not np.signbit(bounded([-0.25, 0.5], 10.0, 0.5)).any()


def test_the_components_of_a_twist_are_read_from_their_places_and_written_there():
    ground, air = Base().chart, Base(channel("aerial")).chart
    assert ground.wanted(command(1.0, 2.0, 0.0, 0.0, 0.0, 6.0), 0.01).tolist() == [1.0, 2.0, 6.0]
    assert air.wanted(command(1.0, 2.0, 3.0, 0.0, 0.0, 6.0), 0.01).tolist() == [1.0, 2.0, 3.0, 6.0]
    assert ground.values(np.array([1.0, 2.0, 6.0])) == (1.0, 2.0, 0.0, 0.0, 0.0, 6.0)
    assert air.publish(np.array([1.0, 2.0, 3.0, 6.0]), 0.01) == (1.0, 2.0, 3.0, 0.0, 0.0, 6.0)
    assert [ground.component(k) for k in range(3)] == ["the base's vx", "the base's vy", "the base's wz"]
    assert ground.strays(np.zeros(3)).tolist() == [1.0, 1.0, 1.0]


def test_a_steered_base_comes_to_rest_before_it_drives_the_other_way():
    steered = Base(channel("ackermann")).tell(0.0)
    back, ahead = command(-0.5, 0.0, 0.0, 0.0, 0.0, 0.25), command(0.5, 0.0, 0.0, 0.0, 0.0, 0.25)
    assert steered.chart.wanted(back, 0.01).tolist() == [-0.5, 0.0, 0.25], "it has not been driven yet"
    steered.publish(1.0, 0.25, 0.0, 0.0).at(1.0)
    assert steered.chart.wanted(back, 0.01).tolist() == [0.0, 0.0, 0.0]
    assert steered.chart.wanted(ahead, 0.01).tolist() == [0.5, 0.0, 0.25]
    steered.publish(2.0, 0.0, 0.0, 0.0).at(2.0)
    assert steered.chart.wanted(back, 0.01).tolist() == [-0.5, 0.0, 0.25]
    other = Base().tell(0.0).publish(1.0, 0.25, 0.0, 0.0)
    other.at(1.0)
    assert other.chart.wanted(back, 0.01).tolist() == [-0.5, 0.0, 0.25], "only a steered one has to"


@pytest.mark.parametrize(
    ("wanted", "parts"),
    [
        ((0.5, 0.0, 0.25), [[0.0, 0.0, 0.25], [0.5, 0.0, 0.0]]),
        ((0.0, 0.5, 0.25), [[0.0, 0.0, 0.25], [0.0, 0.5, 0.0]]),
        ((0.5, 0.5, 0.0), []),
        ((0.0, 0.0, 0.25), []),
    ],
)
def test_the_turn_may_go_on_alone_and_then_the_way_where_there_are_both(wanted, parts):
    assert [part.tolist() for part in Base().chart.parts(np.array(wanted))] == parts
    assert Base(config(allow_split=False)).chart.parts(np.array(wanted)) == []


CREEP = 0.125
BOTH_WAYS = (0.0, CREEP, -CREEP)


@pytest.mark.parametrize(
    ("base", "ways"),
    [
        ("differential", set(product(BOTH_WAYS, (0.0,), BOTH_WAYS))),
        ("omnidirectional", set(product(BOTH_WAYS, BOTH_WAYS, BOTH_WAYS))),
        ("aerial", set(product(BOTH_WAYS, BOTH_WAYS, BOTH_WAYS, BOTH_WAYS))),
        ("ackermann", set(product((CREEP, -CREEP), (0.0,), (0.0, 0.1, -0.1)))),  # 0.125 m/s by 1.25 m
    ],
)
def test_a_way_out_is_looked_for_in_every_direction_that_the_base_can_go(base, ways):
    found = [tuple(row) for row in Base(channel(base)).chart.creeps.tolist()]
    assert set(found) == {way for way in ways if any(way)} and len(found) == len(set(found))


def test_a_stop_counts_by_its_controlled_mode_and_ordinary_driving_by_no_more_than_that():
    chart = Base(bounds=rates((0.75, 0.5, 1.5))).chart
    assert chart.controlled == chart.sure == Braking(1.0, 2.0) and chart.protective == Braking(3.0, 5.0)
    assert chart.comfort == Braking(0.5, 1.5)
    assert Base(bounds=rates((4.0, 3.0, 6.0))).chart.comfort == Braking(1.0, 2.0)
    assert Base(channel("aerial"), rates((0.75, 0.5, 0.25, 1.5))).chart.comfort == Braking(0.25, 1.5)


def test_outputs_are_kept_a_second_longer_than_a_measurement_may_be_old():
    assert Base().chart.keep_s == 0.25 + 0.5 + 1.0


def test_what_is_known_of_a_base_is_what_its_odometry_said_last():
    unknown = Base().chart
    assert unknown.ready and unknown.newest is None and unknown.measured_values is None
    base = Base().tell(3.0, (1.0, 2.0, 0.5), (0.25, -0.5, 0.75), 7.0)
    assert base.chart.newest == 3.0 and base.chart.stands.tolist() == [1.0, 2.0, 7.0, 0.5]
    assert base.chart.measured.tolist() == [0.25, -0.5, 0.75]
    assert base.chart.measured_values == (0.25, -0.5, 0.0, 0.0, 0.0, 0.75)
    air = Base(channel("aerial")).tell(3.0, twist=(9.0, 9.0, 9.0), level=(0.25, -0.5, 1.5, 0.75))
    assert air.chart.measured.tolist() == [0.25, -0.5, 1.5, 0.75]


@pytest.mark.parametrize(
    ("twist", "rests"),
    [((0.01, -0.01, 0.01), True), ((0.011, 0.0, 0.0), False), ((0.0, 0.0, -0.011), False)],
)
def test_a_base_rests_while_no_component_is_faster_than_its_rest_speed(twist, rests):
    chart = Base().tell(1.0, twist=twist).chart
    assert chart.measured_rest is rests
    assert (chart.slack, chart.speed_noise) == (0.02, 0.03)


@pytest.mark.parametrize(("yaw", "turn"), [(0.5, 0.375), (3.0, 0.375), (-3.0, -0.375)])
def test_a_way_is_told_in_the_frame_half_way_between_two_headings_the_short_way_round(yaw, turn):
    """It goes 2 m forward and 0.25 m to the left of its middle heading, and rises by 0.125 m."""
    middle, end = yaw + turn / 2, math.remainder(yaw + turn, 2 * math.pi)
    x = 1.0 + 2.0 * math.cos(middle) + 0.25 * math.cos(middle + math.pi / 2)
    y = -3.0 + 2.0 * math.sin(middle) + 0.25 * math.sin(middle + math.pi / 2)
    before, now = np.array([1.0, -3.0, 4.0, yaw]), np.array([x, y, 4.125, end])
    assert Base().chart.way(before, now) == pytest.approx([2.0, 0.25, turn])
    assert Base(channel("aerial")).chart.way(before, now) == pytest.approx([2.0, 0.25, 0.125, turn])


def test_a_twist_moves_the_joints_of_a_base_as_its_heading_turns_it():
    """Its joints are 0, 1 and 2 of 4, at a heading of 0.5; the fourth one is not moved."""
    posture: Any = type("Posture", (), {"q": np.array([1.0, 2.0, 0.5, 9.0])})
    share = Base().chart.joint_map(posture, np.ones(4), 0.25, np.arange(3))
    c, s = math.cos(0.5), math.sin(0.5)
    assert share.matrix == pytest.approx(np.array([[c, -s, 0], [s, c, 0], [0, 0, 1], [0, 0, 0]]))
    assert share.start.tolist() == [0.0, 0.0, 0.0, 0.0]


class Idle:
    """A limit that is idle or not; it keeps what it was asked with."""

    def __init__(self, idle: bool) -> None:
        self._idle = idle
        self.spans: list[Any] = []

    def idle(self, _situation: Situation, span: Any) -> bool:
        self.spans.append(span)
        return self._idle


def test_limits_that_are_idle_are_left_out_where_it_is_known_how_far_the_base_gets():
    base = Base().tell(1.0).publish(0.0, 0.0, 0.0, 0.0)
    busy, idle = Idle(False), Idle(True)
    limits: Any = [busy, idle]
    assert base.chart.relevant(limits, base.at(1.0), np.array([0.5, 0.0, -0.25])) == [busy]
    assert idle.spans[0].most == (0.5, 0.0, 0.25)
    jerky = Base(bounds=rates(jerk=4.0)).tell(1.0)
    assert jerky.chart.relevant(limits, jerky.at(1.0), np.array([0.5, 0.0, 0.0])) == limits

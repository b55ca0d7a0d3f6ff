"""A gripper's chart by itself: what its fingers hold, how fast they may go on, and what its effort is.

Its two fingers open to 0.08 m in all; 15 N hold, 40 N are the most. It may brake by 0.5 m/s2.
"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from iatro_governor.body.drive import Share
from iatro_governor.governor.events import Command
from iatro_governor.governor.gripper_chart import GripperChart
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.stepping import Rates
from iatro_governor.profile.sources import JointsSource
from iatro_governor.profile.tool_channels import GripperChannel
from test.governor.arms import FINGERS, channel

HOLD, MOST = 15.0, 40.0
DT = 0.01


class Hand:
    """Its chart, and fingers as ``tell`` has them."""

    def __init__(self, decrease: float = 0.125, **changes: Any) -> None:
        self.config = TypeAdapter(GripperChannel).validate_python(channel("gripper", **changes))
        told = {"type": "joints", "topic": "j", "timeout_s": 0.25, "rest_speed": 0.01}
        senses = Senses({"joints": JointsSource.model_validate(told)}, 1.0, joints={"joints": FINGERS})
        self.track = senses.joint_tracks["joints"]
        rates = Rates(np.ones(1), np.array([decrease]), np.full(1, np.inf), ())
        self.chart = GripperChart(self.config, rates, senses)

    def tell(
        self,
        left: float = 0.02,
        right: float = 0.03,
        speeds: tuple[float, float] = (0.0, 0.0),
        efforts: tuple[float, float] | None = (0.0, 0.0),
    ) -> Any:
        effort = None if efforts is None else np.array(efforts)
        self.track.add(1.0, FINGERS, np.array([left, right]), np.array(speeds), effort)
        return self.chart


def grip(*values: float) -> Command:
    return Command(1.0, "hand", values, 1.0)


def test_nothing_is_known_before_the_fingers_were_seen():
    chart = Hand().chart
    assert not chart.ready and chart.measured_values is None and not chart.asks(grip(0.05, 20.0))
    assert Hand().tell().ready


def test_the_width_is_that_of_all_fingers_together():
    chart = Hand().tell(speeds=(0.01, -0.03), efforts=(3.0, -7.0))
    assert chart.width == pytest.approx(0.05) and chart.rest == (pytest.approx(0.05), HOLD)
    assert chart.measured.tolist() == [pytest.approx(-0.02)]
    assert chart.measured_values == (pytest.approx(0.05), 7.0)
    for unknown in (None, (math.nan, math.nan)):
        untold = Hand().tell(efforts=unknown)
        assert untold.measured_values[1] == HOLD, "what is asked for, where it is not felt"
        assert untold.width == pytest.approx(0.05), "and nobody knows whether they hold something"


def test_a_finger_that_tells_its_effort_tells_how_hard_both_press():
    for efforts in ((-20.0, math.nan), (math.nan, 20.0)):
        assert Hand().tell(efforts=efforts).measured_values == (pytest.approx(0.05), 20.0)


@pytest.mark.parametrize(
    ("speeds", "rests"), [((0.01, -0.01), True), ((0.0, -0.011), False), ((0.011, 0.0), False)]
)
def test_a_gripper_rests_while_every_finger_does(speeds, rests):
    assert Hand().tell(speeds=speeds).measured_rest is rests
    assert Hand().chart.slack == 0.04, "twice the speed of rest of two fingers"


@pytest.mark.parametrize(
    ("fingers", "speeds", "efforts", "width"),
    [
        ((0.02, 0.03), (0.0, 0.0), (-4.0, -4.0), 0.0),  # 8 N are more than half of 15: they hold a thing
        ((0.02, 0.03), (0.0, 0.0), (-3.0, -4.5), 0.05),  # 7.5 N are not
        ((0.02, 0.03), (0.0, 0.0), (4.0, 4.0), 0.05),  # pressed outwards
        ((0.02, 0.03), (0.0, 0.02), (-4.0, -4.0), 0.05),  # still moving
        ((0.02, 0.03), (0.0, 0.0), None, 0.05),  # nothing is felt
        ((0.02, 0.03), (0.0, 0.0), (-4.0, math.nan), 0.0),  # what tells nothing presses like the other one
        ((0.02, 0.03), (0.0, 0.0), (math.nan, -3.7), 0.05),  # 7.4 N
        ((0.02, 0.03), (0.0, 0.0), (math.nan, 4.0), 0.05),
        ((0.0392, 0.0394), (0.0, 0.0), (-4.0, -4.0), 0.0786),  # as open as it gets, within a fiftieth
        ((0.0392, 0.039), (0.0, 0.0), (-4.0, -4.0), 0.0),  # 0.0782 is not
        ((0.0392, 0.0393), (0.0, 0.0), (-4.0, -4.0), 0.01),  # nor 0.0785 of 0.01 to 0.08
        ((0.05, 0.05), (0.0, 0.0), (0.0, 0.0), 0.08),
        ((-0.01, 0.0), (0.0, 0.0), (0.0, 0.0), 0.01),
    ],
)
def test_fingers_that_stand_and_press_when_first_seen_hold_something(fingers, speeds, efforts, width):
    """Then what stands is the least width, which holds on; else it is where they are, as far as there is such a one."""
    least = 0.01 if width == 0.01 else 0.0
    chart = Hand(width=[least, 0.08]).tell(fingers[0], fingers[1], speeds, efforts)
    assert chart.width == pytest.approx(width)


def test_where_nothing_is_felt_nothing_is_held_however_little_would_do():
    assert Hand(hold_effort=1.0).tell(efforts=None).width == pytest.approx(0.05)


def test_just_a_fiftieth_less_than_all_is_not_as_open_as_it_gets():
    assert 0.25 + 0.24 == 0.5 - 0.02 * 0.5
    assert Hand(width=[0.0, 0.5]).tell(0.25, 0.24, efforts=(-4.0, -4.0)).width == 0.0
    assert Hand(width=[0.0, 0.5]).tell(0.25, 0.2401, efforts=(-4.0, -4.0)).width == pytest.approx(0.4901)


def test_what_was_published_stands_whatever_is_measured():
    hand = Hand()
    chart = hand.tell()
    assert chart.publish(np.array([-0.5]), DT) == (pytest.approx(0.045), HOLD)
    hand.tell(0.0, 0.0)
    assert chart.width == pytest.approx(0.045)
    assert chart.publish(np.array([-100.0]), DT)[0] == 0.0 and chart.publish(np.array([100.0]), DT)[0] == 0.08


@pytest.mark.parametrize(
    ("width", "asks"), [(0.05, False), (0.05 + 0.9e-9, False), (0.0501, True), (0.0499, True), (0.0, True)]
)
def test_a_command_asks_for_any_other_width(width, asks):
    assert Hand().tell().asks(grip(width, 20.0)) is asks
    assert not Hand().tell(0.0, 0.0).asks(grip(1e-9, 20.0)), "widths that differ by no more are one"
    assert not Hand().tell(0.05, 0.05).asks(grip(0.5, 20.0)), "it is as open as it gets"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ((0.05,), "1 values; 2 are needed"),
        ((0.05, 20.0, 0.0), "3 values; 2 are needed"),
        ((math.nan, 20.0), "finite"),
        ((0.05, math.inf), "finite"),
        ((0.05, -1.0), "an effort of -1 N; none below 0 is allowed"),
        ((0.05, 0.0), None),
        ((-1.0, 0.5), None),
    ],
)
def test_a_command_is_a_width_and_an_effort(values, told):
    found = Hand().chart.why_garbled(grip(*values))
    assert found is None if told is None else told in (found or "")


def test_what_is_beyond_the_grippers_own_range_is_cut_and_told():
    chart = Hand(width=[0.01, 0.08]).tell()
    assert chart.clamps(grip(0.01, HOLD)) == [] == chart.clamps(grip(0.08, MOST))
    cut = [
        (one.name, one.unit, one.requested, one.allowed, one.margin) for one in chart.clamps(grip(0.0, 50.0))
    ]
    assert cut == [("width", "m", 0.0, 0.01, 0.0), ("effort", "N", 50.0, MOST, 0.0)]
    other = [(one.name, one.requested, one.allowed) for one in chart.clamps(grip(0.09, 1.0))]
    assert other == [("width", 0.09, 0.08), ("effort", 1.0, HOLD)]


@pytest.mark.parametrize(("asked", "stands"), [(1.0, HOLD), (20.0, 20.0), (50.0, MOST)])
def test_the_effort_stands_from_a_command_on_until_a_stop_holds_with_its_own(asked, stands):
    chart = Hand().tell()
    chart.wanted(grip(0.05, asked), DT)
    assert chart.publish(np.zeros(1), DT) == (pytest.approx(0.05), stands)
    assert chart.rest[1] == HOLD
    chart.halt(False)
    assert chart.publish(np.zeros(1), DT)[1] == HOLD


@pytest.mark.parametrize(
    ("to", "decrease", "speed"),
    [
        # Planned with 0.7 of the deceleration a: v = sqrt(2 * 0.7 a * way) stops after 0.03 m.
        (0.08, 0.125, math.sqrt(2 * 0.7 * 0.125 * 0.03)),
        (0.02, 0.125, -math.sqrt(2 * 0.7 * 0.125 * 0.03)),
        (0.5, 0.125, math.sqrt(2 * 0.7 * 0.125 * 0.03)),  # no further than it opens
        (0.08, 9.0, math.sqrt(2 * 0.7 * 0.5 * 0.03)),  # no harder than its stop brakes
        (0.05001, 9.0, 0.001),  # there within 0.01 s
        (0.05, 9.0, 0.0),
    ],
)
def test_it_goes_to_a_width_as_fast_as_it_can_stop_there(to, decrease, speed):
    chart = Hand(decrease).tell()
    assert chart.wanted(grip(to, 20.0), DT).tolist() == [pytest.approx(speed, abs=1e-9)]


def test_no_width_is_gone_to_faster_than_anything_goes_nor_slower_than_anybody_could_tell():
    huge = Hand(1e6, width=[0.0, 800.0], stop_modes={
        mode: {"deceleration": 50.0, "source": "a test"} for mode in ("controlled", "protective")
    }).tell()  # fmt: skip
    assert huge.wanted(grip(800.0, 20.0), 1e-6).tolist() == [100.0]
    assert Hand().tell().wanted(grip(0.05 + 1e-12, 20.0), DT).tolist() == [0.0]


def test_its_channel_says_how_long_outputs_matter_how_it_creeps_and_how_it_stops():
    chart = Hand(creep_speed=0.03).chart
    assert chart.keep_s == 0.25 + 0.02 + 1.0
    assert chart.creeps.tolist() == [[0.03], [-0.03]]
    assert chart.controlled.time(np.array([0.25])) == 0.5 and chart.protective.time(np.array([0.25])) == 0.25
    assert chart.axes["width"].tolist() == [0] and (chart.size, chart.fixed_map) == (1, True)
    assert chart.stopping.shape == chart.easing.shape == (0,) and chart.parts(np.ones(1)) == []


def test_fingers_are_no_joints_of_the_model():
    posture: Any = SimpleNamespace(q=np.ones(3))
    share: Share = Hand().chart.joint_map(posture, np.ones(3), 0.1, np.arange(0))
    assert share.matrix.tolist() == [[0.0]] * 3 and share.start.tolist() == [0.0] * 3

"""A chart of efforts by itself: what a stop takes, of two coupled joints whose modes are worked out by hand.

Their inertia is [[3, 1], [1, 3]], the damping 4 of both: along (1, 1) the inertia is 4, and a motion dies away at the
rate 4 / 4 = 1 1/s; along (1, -1) it is 2, and that dies away at 4 / 2 = 2 1/s.
"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from iatro_governor.governor.effort_chart import EffortChart
from iatro_governor.governor.events import Command
from iatro_governor.governor.readings import Readings
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.stepping import Rates
from iatro_governor.profile.joint_channels import JointEffortChannel
from iatro_governor.profile.sources import JointsSource
from test.governor.arms import JOINTS, SAID, channel

PERIOD = 0.015625
WEIGHT = np.array([7.0, -3.0])
MOST = np.array([60.0, 30.0])


class Weight:
    """Joints whose inertia is the same wherever they are; a third one of the model is another channel's."""

    def __init__(self, readings: Readings, inertia: Any) -> None:
        model = SimpleNamespace(effort=np.array([MOST[0], 1.0, MOST[1]]), joints=JOINTS)
        self.dynamics, self.readings, self.own = SimpleNamespace(model=model), readings, np.array([0, 2])
        self._inertia = np.array(inertia)

    def gravity(self, q: Any) -> Any:
        assert q.shape == (2,)
        return WEIGHT * q

    def inertia(self, _q: Any) -> Any:
        return self._inertia


class Arm:
    """Its chart, and joints as ``tell`` has them."""

    def __init__(self, inertia: Any = ((3.0, 1.0), (1.0, 3.0)), **changes: Any) -> None:
        made = channel("joint_effort", **({"damping": [4.0, 4.0]} | changes))
        config = TypeAdapter(JointEffortChannel).validate_python(made)
        told = {"type": "joints", "topic": "j", "timeout_s": 0.25, "rest_speed": 0.01}
        senses = Senses({"joints": JointsSource.model_validate(told)}, 1.0, joints={"joints": JOINTS})
        self.track = senses.joint_tracks["joints"]
        weight: Any = Weight(Readings(JOINTS, senses.joint_tracks), inertia)
        rates = Rates(np.ones(2), np.ones(2), np.full(2, np.inf), ())
        self.chart = EffortChart(config, rates, senses, weight, PERIOD)

    def tell(
        self, v: tuple[float, float] = (0.0, 0.0), q: tuple[float, float] = (1.0, 2.0), late: float = 0.0
    ) -> Any:
        """Measured at 1 s, and looked at ``late`` s after that."""
        self.track.add(1.0, JOINTS, np.array(q), np.array(v), None)
        self.chart.look(1.0 + late)
        return self.chart


HELD = [7.0, -6.0]
"""The weight at (1, 2)."""


def near(*numbers: float) -> Any:
    return pytest.approx(numbers, abs=1e-9)


def test_what_holds_the_arm_is_its_weight_unless_its_driver_does():
    assert Arm().tell().rest == near(*HELD)
    assert Arm(gravity_compensated=True).tell().rest == near(0.0, 0.0)


def test_a_stop_damps_what_moves():
    assert Arm().tell((0.5, -0.25)).rest == near(7.0 - 2.0, -6.0 + 1.0)
    assert Arm().tell((0.5, -0.25), late=PERIOD).rest == near(5.0, -5.0), "for a period at full strength"


@pytest.mark.parametrize(
    ("v", "rate"), [((0.5, 0.5), 1.0), ((0.5, -0.5), 2.0)], ids=["together", "against each other"]
)
def test_of_an_old_velocity_what_damping_has_left_counts(v, rate):
    """A quarter of a second and a period later."""
    left = np.array(v) * math.exp(-rate * 0.25)
    assert Arm().tell(v, late=0.25 + PERIOD).rest == near(*(HELD - 4.0 * left))


def test_each_mode_dies_away_at_its_own_rate():
    """(0.75, 0.25) is 0.5 along (1, 1) and 0.25 along (1, -1)."""
    slow, fast = 0.5 * math.exp(-0.25), 0.25 * math.exp(-0.5)
    left = np.array([slow + fast, slow - fast])
    assert Arm().tell((0.75, 0.25), late=0.25 + PERIOD).rest == near(*(HELD - 4.0 * left))


def test_unequal_damping_is_that_of_each_joint():
    """Uncoupled, of inertias 2 and 3: they die away at 1 / 2 and 6 / 3 1/s."""
    arm = Arm([[2.0, 0.0], [0.0, 3.0]], damping=[1.0, 6.0])
    left = np.array([0.5 * math.exp(-0.5 * 0.5), 0.25 * math.exp(-2.0 * 0.5)])
    assert arm.tell((0.5, 0.25), late=0.5 + PERIOD).rest == near(*(HELD - np.array([1.0, 6.0]) * left))


STIFF = {"stiffness": [10.0, 20.0], "stiffness_source": SAID, "gravity_compensated": True}


def test_joints_are_held_where_damping_lets_them_rest():
    """Along (1, 1) a motion goes on for its velocity by its rate: 0.5 rad, which 10 and 20 Nm/rad pull to."""
    chart = Arm(**STIFF).tell((0.5, 0.5))
    assert chart.rest == near(-2.0, -2.0), "nothing is held yet"
    assert chart.publish(np.zeros(2), 0.01) == near(-2.0 + 10 * 0.5, -2.0 + 20 * 0.5)
    faster = Arm(**STIFF).tell((0.5, -0.5))
    assert faster.publish(np.zeros(2), 0.01) == near(-2.0 + 10 * 0.25, 2.0 - 20 * 0.25)


def test_what_is_held_stays_until_an_output_moves_it():
    arm = Arm(**STIFF)
    chart = arm.tell()
    chart.publish(np.zeros(2), 0.01)
    assert arm.tell(q=(1.25, 1.5)).publish(np.zeros(2), 0.01) == near(-2.5, 10.0)
    assert chart.publish(np.array([0.0, 3.0]), 0.01) == near(0.0, 3.0)
    assert chart.rest == near(0.0, 0.0)
    assert chart.publish(np.zeros(2), 0.01) == near(0.0, 0.0), "now it is held where it is by then"


def test_where_an_old_velocity_has_led_is_where_it_is_held_from():
    """Along (1, 1), at 0.5 rad/s and 1 1/s, of 0.5 rad what is gone of the velocity is gone of the way."""
    arm = Arm(**STIFF)
    arm.tell((0.0, 0.0)).publish(np.zeros(2), 0.01)
    gone = 0.5 * (1 - math.exp(-0.25))
    left = 0.5 * math.exp(-0.25)
    assert arm.tell((0.5, 0.5), late=0.25 + PERIOD).rest == near(-4 * left - 10 * gone, -4 * left - 20 * gone)


def test_no_effort_is_more_than_the_joints_bear():
    assert Arm().tell((100.0, -100.0)).rest == (-60.0, 30.0)
    assert Arm().tell().publish(np.array([100.0, -100.0]), 0.01) == (60.0, -30.0)
    assert Arm().tell().publish(np.array([1.0, 2.0]), 0.01) == near(8.0, -4.0)


def command(*values: float) -> Command:
    return Command(1.0, "arm", values, 1.0)


def test_what_is_wanted_is_what_the_command_adds_to_a_stop():
    chart = Arm().tell((0.5, -0.25))
    assert chart.wanted(command(9.0, -9.0), 0.01).tolist() == [4.0, -4.0]
    assert chart.wanted(command(5.5, -5.0), 0.01).tolist() == [0.5, 0.0]
    assert chart.wanted(command(5.0 + 1e-10, -5.0), 0.01).tolist() == [0.0, 0.0]
    assert chart.wanted(command(20005.0, -5.0 - 5e3), 0.01) == pytest.approx([1e4, -2.5e3])


def test_no_effort_asks_for_something_where_an_arm_would_fall():
    bare, held = Arm().chart, Arm(gravity_compensated=True).chart
    assert bare.asks(command(0.0, 0.0)) and bare.asks(command(0.0, 1.0))
    assert not held.asks(command(0.0, 0.0)) and held.asks(command(0.0, 1.0))


def test_efforts_are_told_where_each_is_measured():
    arm = Arm()
    arm.track.add(2.0, JOINTS, np.zeros(2), np.zeros(2), np.array([2.5, np.nan]))
    assert arm.chart.measured_values is None


def test_it_is_ready_once_its_joints_were_seen_and_rests_while_each_of_them_does():
    arm = Arm()
    assert not arm.chart.ready and arm.chart.measured_values is None
    assert arm.tell((0.01, -0.01)).ready and arm.chart.measured_rest
    for v in ((0.011, 0.0), (0.0, -0.011)):
        assert not Arm().tell(v).measured_rest
    assert arm.chart.measured.tolist() == [0.0, 0.0]
    arm.track.add(2.0, JOINTS, np.zeros(2), np.zeros(2), np.array([2.5, -1.5]))
    assert arm.chart.measured_values == (2.5, -1.5)


def test_an_output_speeds_joints_up_by_the_inertia_for_the_time_of_a_reaction():
    """The inverse of [[3, 1], [1, 3]] is [[3, -1], [-1, 3]] / 8. The slowest mode goes on for 1 s: a ramp of 2 s."""
    chart = Arm().tell()
    now: Any = SimpleNamespace(q=np.zeros(4))
    share = chart.joint_map(now, np.array([0.1, 0.2, 0.3, 0.4]), 0.5, np.array([1, 3]))
    assert share.matrix == pytest.approx(np.array([[0, 0], [3, -1], [0, 0], [-1, 3]]) / 16)
    assert share.start.tolist() == [0.0, 0.2, 0.0, 0.4] and share.least_s == pytest.approx(2.0)
    assert not chart.fixed_map
    slow = Arm([[2.0, 0.0], [0.0, 3.0]], damping=[1.0, 6.0]).tell()
    assert slow.joint_map(now, np.zeros(4), 0.5, np.array([1, 3])).least_s == pytest.approx(4.0), (
        "of 1 / 2 1/s"
    )

"""From when on a base disobeys, to the sample: with stubs for all but its chart and its outputs.

It has half a second of delay, 0.3 s of lag and half a second of patience, is measured every 1/16 s, and moves slower
than 0.11 m/s by doubt alone: twice 0.01 of rest, and three times 0.03 of noise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.claims import Claims
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Joints
from iatro_governor.governor.ladder import Ladder, Level, Row
from iatro_governor.governor.member import Member
from iatro_governor.governor.obedience import Obedience
from iatro_governor.governor.outputs import LAG_S, Outputs
from iatro_governor.governor.twist import TwistChart
from test.governor.arms import JOINTS, SAID, arm, channel, data
from test.governor.bases import Base

STEP = 0.0625
LATE_S = 0.03125
"""Each is judged so much later, which makes no difference."""
NAME = "actuator_disobeys"
TABLE = {NAME: Row("channel", Level.PROTECTIVE_STOP, "protective", "rearm", "a test", 0.0)}
ONE_STOPS = {mode: {"deceleration": [4.0], "source": SAID} for mode in ("controlled", "protective")}
Numbers = tuple[float, float, float]
Twist = Callable[[float], Numbers]


def still(_t: float) -> Numbers:
    return 0.0, 0.0, 0.0


class Judged:
    """A base that moves as ``go`` is told, judged at each measurement."""

    def __init__(self, base: Base | None = None, claims: Claims | None = None) -> None:
        self.base = base or Base()
        stream: Any = None
        self.member = Member("base", self.base.chart, stream, slice(0, 3))
        self.obedience = Obedience([self.member], claims or Claims({"base": ()}))
        self.ladder = Ladder(TABLE)
        self.asked = 0
        self.pushes = False
        self.place = np.zeros(3)

    def _pushed(self, member: Member) -> bool:
        assert member is self.member
        self.asked += 1
        return self.pushes

    def judge(self, newest: float, guided: bool = False) -> bool:
        """Whether it is a fault, with the measurement of ``newest``."""
        t = newest + LATE_S
        self.obedience.judge(t, self.base.outputs, guided, self._pushed, self.ladder)
        self.ladder.tell()
        self.ladder.advance(t)
        return bool(self.ladder.reports)

    @property
    def detail(self) -> str:
        """Of the fault."""
        return self.ladder.reports[0].detail

    def go(
        self, first: float, last: float, told: Twist, truly: Twist | None = None, guided: bool = False
    ) -> float | None:
        """Measure from ``first`` to ``last``: the twist is ``told``, and positions go as it ``truly`` moves.

        When it was a fault first.
        """
        fault = None
        for k in range(round((last - first) / STEP) + 1):
            t = first + k * STEP
            self.place = self.place + np.array((truly or told)(t)) * STEP
            self.base.tell(t, tuple(self.place.tolist()), told(t))
            if self.judge(t, guided) and fault is None:
                fault = t
        return fault


def ahead(speed: float, since: float = 0.0) -> Twist:
    """Straight on from ``since`` on."""
    return lambda t: (speed if t >= since else 0.0, 0.0, 0.0)


def test_what_moves_by_itself_is_a_fault_after_half_a_second_and_one_no_more_when_it_rests():
    it = Judged()
    assert it.go(0.0, 1.0, ahead(0.25, since=0.25)) == 0.75
    assert it.detail == "the base's vx moves at 0.25 where 0 is allowed, for 0.5 s"
    it.go(1.0625, 1.0625, still)
    assert it.ladder.reports == []


def test_half_a_second_less_the_rounding_is_half_a_second():
    it = Judged()
    it.go(-1.0, -1.0, still)
    it.go(0.0, 0.25, ahead(0.25))
    it.base.tell(0.5 - 1e-9, twist=(0.25, 0.0, 0.0))
    assert it.judge(0.5 - 1e-9)


def test_a_sample_that_obeys_has_the_time_begin_anew():
    it = Judged()
    assert it.go(0.0, 0.5, ahead(0.25, since=0.0625)) is None
    assert it.go(0.5625, 0.5625, still) is None
    assert it.go(0.625, 2.0, ahead(0.25)) == 0.625 + 0.5


@pytest.mark.parametrize(
    ("speed", "fault"), [(0.109, None), (0.111, 0.5625), (-0.109, None), (-0.111, 0.5625)]
)
def test_what_may_be_rest_and_noise_is_no_motion(speed, fault):
    assert Judged().go(0.0, 1.0, ahead(speed, since=0.0625)) == fault


def test_what_is_worst_is_told_with_what_is_allowed_of_that():
    it = Judged()
    it.base.publish(-20.0, 0.0, 0.125, 0.0)
    it.go(0.0, 0.0, still)
    it.go(0.0625, 1.0, lambda _t: (0.25, -0.5, 0.3))
    assert it.detail == "the base's vy moves at -0.5 where 0.125 is allowed, for 0.5 s"


def test_what_was_told_explains_the_motion_for_the_delay_and_the_lag_after():
    """It is told to rest at 1 s: until 1.8 s that it moves may be the command before."""
    it = Judged()
    it.base.publish(-20.0, 0.5, 0.0, 0.0).publish(1.0, 0.0, 0.0, 0.0)
    it.go(0.0, 0.0, still)
    assert it.go(0.0625, 3.0, ahead(0.5)) == 1.8125 + 0.5


def test_one_that_moves_when_it_is_first_seen_has_the_time_of_a_stop_the_delay_and_the_lag():
    """0.5 m/s take 0.5 s to brake: its motion counts from 1.3 s on."""
    assert Judged().go(0.0, 3.0, ahead(0.5)) == 1.3125 + 0.5


def test_a_measurement_is_judged_once():
    """What is known meanwhile, that somebody guides it say, is no news of its motion."""
    it = Judged()
    it.go(0.0, 0.5, ahead(0.25, since=0.0625))
    assert it.asked > 0 and not it.judge(0.5, guided=True)
    assert it.go(0.5625, 0.5625, ahead(0.25)) == 0.5625


def test_one_that_is_guided_does_not_disobey():
    it = Judged()
    assert it.go(0.0, 2.0, ahead(0.25, since=0.0625), guided=True) is None
    assert it.go(2.0625, 4.0, ahead(0.25)) == 2.0625 + 0.5


def test_one_that_is_pushed_does_not_disobey_and_nobody_asks_while_it_obeys():
    it = Judged()
    it.pushes = True
    it.go(0.0, 1.0, still)
    assert it.asked == 0
    assert it.go(1.0625, 2.0, ahead(0.25)) is None and it.asked == 16
    it.pushes = False
    assert it.go(2.0625, 4.0, ahead(0.25)) == 2.0625 + 0.5


def test_before_it_was_measured_and_after_the_end_nobody_is_judged():
    it = Judged()
    assert not it.judge(1.0)
    it.obedience.end()
    assert it.go(0.0, 2.0, ahead(0.25, since=0.0625)) is None


def test_what_another_channel_moves_is_not_judged():
    claims = Claims({"arm": ("joint",), "base": ("joint",)})
    it = Judged(claims=claims)
    assert it.go(0.0, 2.0, ahead(0.25, since=0.0625)) is None
    it = Judged(claims=claims)
    assert it.go(0.0, 2.0, still, ahead(0.25)) is None
    claims.take("base")
    assert it.go(2.0625, 4.0, still, ahead(0.25)) == 2.0625 + 0.25 + 0.5, (
        "its motion counts since it has them"
    )


class Partly(TwistChart):
    """A base whose first component may do as it likes."""

    def strays(self, motion: Any) -> Any:
        return np.array([0.0, 1.0, 1.0])


@pytest.mark.filterwarnings("error")
def test_what_need_not_have_been_commanded_is_no_disobedience():
    it = Judged()
    it.base.chart.__class__ = Partly
    assert it.go(0.0, 2.0, ahead(0.25, since=0.0625)) is None
    assert it.go(2.0625, 4.0, lambda _t: (0.5, 0.25, 0.0)) == 2.0625 + 0.5
    assert it.detail.startswith("the base's vy moves at 0.25")


def test_positions_tell_where_velocities_do_not():
    """A window of 0.25 s is full at 0.25 s, and half a second later it is a fault."""
    it = Judged()
    assert it.go(0.0, 1.0, still, ahead(0.25)) == 0.25 + 0.5
    assert it.detail == "the base's vx moves at 0.25 where 0 is allowed, for 0.5 s, by its positions"


@pytest.mark.parametrize(("speed", "fault"), [(0.109, None), (0.111, 0.75), (-0.111, 0.75)])
def test_what_may_be_rest_and_noise_is_none_by_positions_either(speed, fault):
    assert Judged().go(0.0, 1.0, still, ahead(speed)) == fault


def test_where_velocities_account_for_what_positions_show_they_alone_are_judged():
    """They say 0.105, which may be rest; positions show twice that, which is 0.105 more."""
    assert Judged().go(0.0, 3.0, ahead(0.105), ahead(0.21)) is None
    assert Judged().go(0.0, 3.0, ahead(-0.105), ahead(0.105)) is None

    def aside(t: float) -> Numbers:
        return 0.0, 0.105 if t > 0.0 else 0.0, 0.0

    assert Judged().go(0.0, 3.0, aside, lambda _t: (0.25, 0.105, 0.0)) == 0.75


def test_what_positions_show_counts_from_the_start_of_the_window():
    """It is told to rest at 1 s: what was measured until 1.8 s, and windows that begin by then, may be that."""
    it = Judged()
    it.base.publish(-20.0, 0.5, 0.0, 0.0).publish(1.0, 0.0, 0.0, 0.0)
    assert it.go(0.0, 4.0, still, ahead(0.5)) == 1.8125 + 0.25 + 0.5


def test_windows_that_begin_before_its_motion_counts_show_nothing():
    """0.5 m/s when it was first seen: its motion counts from 1.3 s on, and by positions from the window after that."""
    it = Judged()
    assert it.go(0.0, 4.0, lambda t: (0.5 if t == 0.0 else 0.0, 0.0, 0.0), ahead(0.5)) == 1.3125 + 0.25 + 0.5


def test_a_motion_counts_just_when_the_time_for_what_was_before_is_over():
    it = Judged()
    it.go(0.0, 0.0, ahead(0.5))
    begins = 0.5 + 0.5 + LAG_S
    it.base.tell(begins, twist=(0.5, 0.0, 0.0))
    assert not it.judge(begins)
    it.base.tell(begins + 0.5, twist=(0.5, 0.0, 0.0))
    assert it.judge(begins + 0.5)


def test_positions_that_show_just_as_much_more_as_may_be_doubt_show_nothing():
    """0.0625 m/s are rest here, and twice that is 0.0625 m/s more."""
    it = Judged(Base(rest_speed=0.03125, speed_noise=0.0))
    assert it.go(0.0, 3.0, ahead(0.0625), ahead(0.125)) is None
    assert it.go(3.0625, 6.0, ahead(0.0625), ahead(0.140625)) is not None


def test_one_that_is_not_measured_hides_no_other():
    silent, moving = Base(), Base()
    stream: Any = None
    members = [Member(name, base.chart, stream, slice(0, 3)) for name, base in (("a", silent), ("b", moving))]
    obedience, ladder = Obedience(members, Claims({"a": (), "b": ()})), Ladder(TABLE)
    for t, speed in ((0.0, 0.0), (0.0625, 0.25), (0.5625, 0.25)):
        moving.tell(t, twist=(speed, 0.0, 0.0))
        obedience.judge(t, moving.outputs, False, lambda _member: False, ladder)
    assert [report.name for report in ladder.reports] == [NAME]


def test_a_channel_of_one_joint_is_judged_by_its_positions_too(tmp_path):
    every = {"channel": "it", "source": SAID}
    rows: list[dict[str, Any]] = [{"name": "v", "kind": "joint_velocity", "bounds": [1.0], **every}]
    rows += [{"name": "q", "kind": "joint_position", "margin": 0.02, **every}]
    one = channel("joint_velocity", "it", joints=["elbow"], stop_modes=ONE_STOPS)
    governor = Governor(arm(tmp_path, data({"it": one}, rows)))
    member = governor.channels["it"].member("it")
    chart: Any = member.chart
    obedience, ladder = Obedience([member], Claims({"it": ()})), Ladder(TABLE)
    for k in range(20):
        t = k * STEP
        governor.handle(Joints(t, "joints", tuple(JOINTS), np.array([0.0, 0.25 * t]), np.zeros(2), None, t))
        obedience.judge(t, Outputs(1, 0.02, 2.0), False, lambda _member: False, ladder)
    assert chart.newest == 19 * STEP
    assert [report.detail for report in ladder.reports] == [
        "joint elbow moves at 0.25 where 0 is allowed, for 0.5 s, by its positions"
    ]

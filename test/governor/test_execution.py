"""A trajectory under way, by itself: whether it is followed, when it is over, and the stops that may replace it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from iatro_governor.body.path import JointState
from iatro_governor.governor.execution import SETTLE_S, Execution
from test.governor.following import BEGAN, COMMAND, HOW, PATH, PERIOD, POINTS, begun, joints, on_it


def watch(
    it: Execution, t: float, measured: JointState, measured_t: float | None = None, rests: bool = False
) -> Any:
    over = it.watch(t, measured, t if measured_t is None else measured_t, rests)
    return None if over is None else over.tolist()


def place(it: Execution, t: float) -> list[float]:
    state = it.state(t)
    assert state is not None
    return [*state.positions.tolist(), *state.velocities.tolist()]


def test_what_begins_is_published_once_and_goes_on():
    it = begun()
    assert it.under_way and it.command is COMMAND and it.astray is None
    assert it.take_outgoing() == POINTS and it.take_outgoing() is None
    assert place(it, 11.5) == pytest.approx([0.5, 0.25, 1.0, 0.5])


def test_nothing_goes_on_before_the_first():
    it = Execution(HOW)
    assert not it.under_way and it.command is None and it.state(11.5) is None
    assert watch(it, 11.5, on_it(0.5)) is None
    it.halt(11.5, "protective", on_it(0.5))
    assert not it.under_way and it.take_outgoing() is None


def test_what_is_taken_back_has_what_went_on_before_go_on():
    it = begun()
    it.take_outgoing()
    other = replace(COMMAND, t=12.0)
    it.begin(12.0, PATH, POINTS[:1], other)
    assert it.command is other
    it.cancel()
    assert it.command is COMMAND and it.take_outgoing() is None
    it.cancel()
    assert not it.under_way, "there is nothing before that"


def test_a_stop_that_did_not_go_out_is_made_anew_and_later():
    """From where the path has the joints by then: until then they go on along it."""
    it = begun()
    it.take_outgoing()
    it.halt(11.5, "protective", on_it(0.5))
    it.take_outgoing()
    it.cancel()
    assert it.command is COMMAND
    it.halt(11.75, "protective", on_it(0.75))
    sent = it.take_outgoing()
    assert sent is not None and sent[0].positions == pytest.approx((0.75, 0.375)) and it.command is None


def test_of_two_stops_in_one_decision_the_one_that_did_not_go_out_leaves_what_was_before_both():
    it = doubted()
    for t in (11.5625, 11.625):
        watch(it, t, joints(0.625, 0.25, 1.0, 0.5))
        it.halt(t, "protective", joints(0.625, 0.25, 1.0, 0.5))
        assert it.take_outgoing() is not None
        it.cancel()
        assert it.under_way and it.state(t) is None, "doubted as before"


def test_joints_that_were_astray_when_a_stop_did_not_go_out_are_so_at_the_next_look():
    it = begun()
    it.take_outgoing()
    measured = joints(3.0, -1.0, 0.5, -0.25)
    watch(it, 12.0, measured)
    it.halt(12.0, "controlled", measured)
    it.take_outgoing()
    it.cancel()
    watch(it, 12.0625, measured)
    it.halt(12.0625, "controlled", measured)
    sent = it.take_outgoing()
    assert sent is not None and sent[0].positions == (3.0, -1.0)


def doubted(t: float = 11.5) -> Execution:
    """It began, and at 11.5 s somebody may have replaced it."""
    it = begun()
    it.take_outgoing()
    it.doubt(t)
    return it


def test_what_somebody_may_have_replaced_is_nobodys_and_nowhere_and_still_goes_on():
    it = begun()
    it.begin(11.25, PATH, POINTS, COMMAND)
    it.doubt(11.5)
    assert it.under_way and it.command is None and it.state(11.5) is None
    assert it.take_outgoing() is None, "what was not out yet would begin too late"


def test_where_nothing_goes_on_there_is_nothing_to_doubt():
    it = Execution(HOW)
    it.doubt(11.5)
    assert not it.under_way and watch(it, 12.0, joints(1.0, 0.5, 1.0, 0.5)) is None
    assert it.take_outgoing() is None


@pytest.mark.parametrize("stop", [None, "controlled", "protective"])
def test_in_doubt_nothing_is_sent_before_a_newer_measurement_whatever_is_to_stop(stop):
    """From where the joints were before they would be thrown back."""
    it = doubted()
    for measured_t in (11.25, 11.5):
        assert watch(it, 11.5625, joints(0.5, 0.25, 1.0, 0.5), measured_t) is None
        if stop is not None:
            it.halt(11.5625, stop, joints(0.5, 0.25, 1.0, 0.5))
        assert it.take_outgoing() is None and it.astray is None and it.under_way


@pytest.mark.parametrize(("va", "vb", "seconds"), [(1.0, 0.5, 1.0), (0.5, 0.25, 0.5), (0.0, 0.0, PERIOD)])
def test_in_doubt_the_joints_brake_once_from_where_they_are_measured_next(va, vb, seconds):
    """Going on as planned, braked half by somebody else, or at rest, where the path may only pause."""
    it = doubted()
    measured = joints(0.625, 0.25, va, vb)
    assert watch(it, 11.5625, measured, rests=not va) is None
    sent = it.take_outgoing()
    assert sent is not None and sent[0].positions == (0.625, 0.25) and sent[-1].time == seconds
    assert sent[-1].positions == pytest.approx((0.625 + va * seconds / 2, 0.25 + vb * seconds / 2))
    assert place(it, 11.5625) == pytest.approx([0.625, 0.25, va, vb]) and it.command is None
    watch(it, 11.625, measured)
    it.halt(11.625, "controlled", measured)
    assert it.take_outgoing() is None, "once"


def test_a_harder_stop_takes_over_at_once_from_the_one_that_ends_a_doubt():
    it = doubted()
    measured = joints(0.625, 0.25, 1.0, 0.5)
    watch(it, 11.5625, measured)
    it.halt(11.5625, "protective", measured)
    sent = it.take_outgoing()
    assert (
        sent is not None
        and sent[0].positions == (0.625, 0.25)
        and sent[-1].time == pytest.approx(0.25, rel=0.2)
    )


def test_a_protective_stop_that_is_doubted_is_no_softer_after_it():
    it = stopped()
    it.doubt(11.5625)
    watch(it, 11.625, joints(0.6, 0.3, 0.5, 0.25))
    sent = it.take_outgoing()
    assert sent is not None and sent[-1].time == 0.125


def test_the_stop_that_ends_a_doubt_is_over_at_rest_as_any_other():
    it = doubted()
    watch(it, 11.5625, joints(0.625, 0.25), rests=True)
    assert watch(it, 11.625, joints(0.625, 0.25), rests=True) == pytest.approx([0.625, 0.25])
    assert not it.under_way


@pytest.mark.parametrize(
    ("a", "b", "off"),
    [
        # At 1 s they may be where they were expected from 0.75 s on, and by 0.25 and 0.5 rad beside.
        (1.24, 0.99, None),
        (0.51, -0.12, None),
        (1.26, 0.5, "shoulder is 0.26 rad or m off its trajectory 1.000 s after its start; 0.25 is allowed"),
        (0.49, 0.5, "shoulder is 0.26 rad or m off its trajectory 1.000 s after its start; 0.25 is allowed"),
        (1.0, 1.01, "elbow is 0.51 rad or m off its trajectory 1.000 s after its start; 0.5 is allowed"),
        (1.28, 1.2, "elbow is 0.7 rad or m off its trajectory 1.000 s after its start; 0.5 is allowed"),
    ],
)
def test_joints_that_leave_their_path_are_astray(a, b, off):
    it = begun()
    assert watch(it, 12.0, joints(a, b)) is None
    assert it.astray == off


def test_joints_are_judged_by_when_they_were_measured_and_not_before_the_path_begins():
    it = begun()
    assert watch(it, 11.125, joints(5.0, 5.0), BEGAN) is None and it.astray is None
    assert watch(it, 12.5, on_it(0.5), 11.5) is None and it.astray is None
    watch(it, 12.5, on_it(1.5), 11.5)
    assert it.astray is not None


def test_how_fast_they_go_is_not_judged():
    it = begun()
    watch(it, 12.0, joints(1.0, 0.5, 100.0, -100.0))
    assert it.astray is None


def test_a_path_is_over_after_its_time_and_the_lag_and_leaves_the_joints_at_its_end():
    it = begun()
    assert watch(it, 13.125, on_it(2.0)) is None and it.under_way
    assert watch(it, 13.25, on_it(2.0)) == pytest.approx([2.0, 1.0]) and not it.under_way


def test_a_path_that_the_joints_have_left_is_not_over():
    it = begun()
    assert watch(it, 14.0, joints(0.0, 0.0)) is None and it.under_way


@pytest.mark.parametrize(("stop", "lasts", "way"), [("controlled", 1.0, 0.5), ("protective", 0.25, 0.125)])
def test_a_stop_goes_along_the_path_as_hard_as_its_mode_brakes(stop, lasts, way):
    it = begun()
    it.take_outgoing()
    it.halt(11.5, stop, joints(0.4, 0.2))
    sent = it.take_outgoing()
    assert sent is not None and sent[0].positions == pytest.approx((0.5, 0.25)) and sent[0].time == 0.0
    assert sent[-1].time == pytest.approx(lasts) and sent[-1].positions == pytest.approx(
        (0.5 + way, 0.25 + way / 2)
    )
    assert it.under_way and it.command is None, "it is nobody's"
    # Half of the time is three quarters of the way, at half the speed.
    assert place(it, 11.5 + lasts / 2) == pytest.approx([0.5 + way * 0.75, 0.25 + way * 0.375, 0.5, 0.25])


def test_the_points_of_a_stop_are_a_period_apart():
    it = begun(period=0.25)
    it.halt(11.5, "controlled", on_it(0.5))
    sent = it.take_outgoing()
    assert sent is not None and len(sent) < 9
    assert max(b.time - a.time for a, b in pairwise(sent)) > 0.2


@pytest.mark.parametrize(
    ("first", "then", "replaced"),
    [
        ("controlled", "controlled", False),
        ("controlled", "protective", True),
        ("protective", "protective", False),
        ("protective", "controlled", False),
    ],
)
def test_a_stop_gives_way_to_a_stronger_one_alone(first, then, replaced):
    it = begun()
    it.halt(11.5, first, on_it(0.5))
    it.take_outgoing()
    it.halt(11.625, then, on_it(0.6))
    assert (it.take_outgoing() is not None) is replaced


def test_a_path_that_has_come_to_its_end_needs_no_stop():
    it = begun()
    it.take_outgoing()
    it.halt(13.0, "controlled", on_it(2.0))
    assert it.take_outgoing() is None and it.command is COMMAND
    it.halt(12.9375, "controlled", on_it(1.9375))
    assert it.take_outgoing() is not None


def test_joints_that_are_astray_brake_evenly_from_where_they_are_in_the_time_of_the_slowest():
    """0.5 rad/s by 1 rad/s2 takes half a second, -0.25 by 2 an eighth: in half a second both go half of their speed."""
    it = begun()
    measured = joints(3.0, -1.0, 0.5, -0.25)
    watch(it, 12.0, measured)
    it.halt(12.0, "controlled", measured)
    assert it.astray is None, "of the path that it is on now"
    sent = it.take_outgoing()
    assert sent is not None and sent[-1].time == 0.5
    assert sent[-1].positions == pytest.approx((3.125, -1.0625))
    assert place(it, 12.0) == pytest.approx([3.0, -1.0, 0.5, -0.25])
    assert place(it, 12.25) == pytest.approx([3.0 + 0.09375, -1.0 - 0.046875, 0.25, -0.125])
    assert place(it, 12.5) == pytest.approx([3.125, -1.0625, 0.0, 0.0])


def test_the_slowest_joint_is_the_one_whose_own_brake_takes_longest():
    it = begun()
    measured = joints(3.0, -1.0, 0.25, -1.0)
    watch(it, 12.0, measured)
    it.halt(12.0, "controlled", measured)
    sent = it.take_outgoing()
    assert sent is not None and sent[-1].time == 0.5 and sent[-1].positions == pytest.approx((3.0625, -1.25))


def test_a_stop_of_joints_that_rest_lasts_a_period():
    it = begun()
    watch(it, 12.0, joints(3.0, -1.0))
    it.halt(12.0, "protective", joints(3.0, -1.0))
    sent = it.take_outgoing()
    assert sent is not None and sent[-1].time == PERIOD and sent[-1].positions == (3.0, -1.0)


def stopped() -> Execution:
    """A protective stop from 11.5 s, at 0.5 rad, to 11.75 s, at 0.625 rad."""
    it = begun()
    it.halt(11.5, "protective", on_it(0.5))
    it.take_outgoing()
    return it


def test_a_stop_is_over_when_its_time_is_and_the_joints_rest():
    it = stopped()
    assert watch(it, 11.6875, on_it(0.5), rests=True) is None and it.under_way
    assert watch(it, 11.75, on_it(0.5), rests=False) is None and it.under_way
    assert watch(it, 11.75, on_it(0.5), rests=True) == pytest.approx([0.625, 0.3125]) and not it.under_way


def test_a_rest_that_was_measured_before_a_stop_began_ends_none():
    it = stopped()
    assert watch(it, 11.8125, on_it(0.5), 11.5, rests=True) is None and it.under_way
    assert watch(it, 11.8125, on_it(0.5), 11.5625, rests=True) is not None


def test_a_stop_that_the_joints_do_not_end_is_sent_again_from_where_they_are():
    """0.2 s after it should be over. They go 0.5 rad/s at 0.75: by 4 rad/s2 another eighth of a second."""
    it = stopped()
    moving = joints(0.75, 0.5, 0.5, 0.25)
    assert watch(it, 11.9375, moving) is None and it.take_outgoing() is None
    assert watch(it, 11.953125, moving) is None
    sent = it.take_outgoing()
    assert sent is not None and sent[0].positions == (0.75, 0.5) and sent[-1].time == 0.125
    assert sent[-1].positions == pytest.approx((0.78125, 0.515625))
    assert place(it, 11.953125) == pytest.approx([0.75, 0.5, 0.5, 0.25])
    it.halt(12.0, "controlled", moving)
    assert it.take_outgoing() is None, "it is as strong as the one before"


def test_it_is_sent_again_just_when_the_time_to_settle_is_over():
    it = Execution(HOW)
    it.begin(0.0, PATH, POINTS, COMMAND)
    it.halt(0.0, "protective", on_it(0.0))
    sent = it.take_outgoing()
    assert sent is not None
    watch(it, sent[-1].time + SETTLE_S, on_it(0.5))
    assert it.take_outgoing() is not None


def test_a_stop_is_not_judged_for_leaving_the_path():
    it = stopped()
    watch(it, 11.625, joints(9.0, 9.0))
    assert it.astray is None

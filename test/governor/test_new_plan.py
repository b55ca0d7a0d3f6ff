"""Once half of the record waits, what moves goes on and nothing begins: with plan ids, and without any."""

from __future__ import annotations

import pytest

from iatro_governor.governor.decision import Action
from iatro_governor.governor.events import Backlog, Command, Fault
from test.governor.profiles import amr
from test.governor.room import STEP_S, Room
from test.governor.test_trajectory_chart import AWAY, Robot, profile_of, sent, smooth

SPEED = 0.3


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return amr(tmp_path_factory.mktemp("profile"))


@pytest.fixture
def room(profile):
    return Room(profile)


def drive(room, seconds, speed=SPEED, plan=None, every=1):
    """A stream of commands of ``plan``, one in ``every`` steps; returns how many were refused."""
    before = len(room.decisions)
    for step in range(round(seconds / STEP_S)):
        if step % every == 0:
            values = (speed, 0.0, 0.0, 0.0, 0.0, 0.0)
            room.tell(Command(room.t, "base", values, room.t, plan))
        room.go(STEP_S)
    return sum(d.on_command and d.action is Action.REFUSED for d in room.decisions[before:])


def waits(room, share=0.7):
    room.tell(Backlog(room.t, share))


@pytest.mark.parametrize("plan", [None, "p"])
@pytest.mark.parametrize("every", [1, 8])
def test_a_stream_goes_on(room, plan, every):
    drive(room, 1.0, plan=plan)
    waits(room)
    assert drive(room, 3.0, plan=plan, every=every) == 0
    assert room.last.allowed[0] == pytest.approx(SPEED)


@pytest.mark.parametrize("plan", [None, "p"])
def test_the_first_stream_of_all_does_not_begin(room, plan):
    room.go(0.5)
    waits(room)
    assert drive(room, 1.0, plan=plan) == round(1.0 / STEP_S)
    assert not any(any(d.allowed) for d in room.decisions)


@pytest.mark.parametrize("pause", ["silence", "zeros"])
def test_a_stream_without_ids_that_has_paused_does_not_begin_anew(room, pause):
    drive(room, 1.0)
    waits(room)
    room.go(0.7) if pause == "silence" else drive(room, 0.7, 0.0)
    at = len(room.decisions)
    assert drive(room, 2.0) == round(2.0 / STEP_S), "not by being sent again and again either"
    assert not any(any(d.allowed) for d in room.decisions[at + 50 :])
    waits(room, 0.4)
    room.go(0.7)
    drive(room, 1.0)
    assert room.last.allowed[0] == pytest.approx(SPEED)


def test_a_stream_without_ids_may_pass_through_zero(room):
    drive(room, 1.0)
    waits(room)
    assert drive(room, 0.3, 0.0) == 0 and drive(room, 1.0, -SPEED) == 0
    assert room.last.allowed[0] == pytest.approx(-SPEED)


@pytest.mark.parametrize(("first", "second"), [(None, "p"), ("p", None), ("p", "q")])
def test_another_plan_does_not_begin(room, first, second):
    drive(room, 1.0, plan=first)
    waits(room)
    assert drive(room, 1.0, plan=second) > 0
    assert room.last.allowed[0] == 0.0


def half_full(profile, plan):
    """An arm whose trajectory of ``plan`` is on its way when half of the record waits."""
    robot = Robot(profile).go(0.1).go(0.7, sent(0.1, smooth(AWAY), plan_id=plan))
    robot.governor.handle(Backlog(robot.t, 0.7))
    return robot


def to_rest(robot, seconds, share=0.5):
    """One point that is reached after ``seconds`` s, after this share of the way at the present speed."""
    end = robot.q + robot.v * seconds * share
    return [{"time": seconds, "positions": end.tolist(), "velocities": [0.0, 0.0]}]


@pytest.mark.parametrize(("plans", "published"), [(("p", "p"), 2), (("p", "q"), 1), ((None, None), 1)])
def test_a_trajectory_without_an_id_is_a_plan_of_its_own(tmp_path, plans, published):
    """It leads on at the same speed, before it ends."""
    robot = half_full(profile_of(tmp_path), plans[0])
    robot.go(1.0, sent(robot.t, to_rest(robot, 0.6, 0.75), plan_id=plans[1]))
    assert len(robot.published) == published


@pytest.mark.parametrize("plan", ["p", "q", None])
def test_a_trajectory_that_only_brakes_is_no_plan_and_stops_the_one_that_goes_on(tmp_path, plan):
    robot = half_full(profile_of(tmp_path), None)
    end = robot.q + robot.v * 0.2
    robot.go(1.0, sent(robot.t, to_rest(robot, 0.4), plan_id=plan))
    assert len(robot.published) == 2 and robot.q == pytest.approx(end, abs=2e-3)


@pytest.mark.parametrize("plan", ["q", None])
def test_braking_upon_braking_is_no_way_on(tmp_path, plan):
    """Each alone only brakes, from where the one before it has the joints."""
    robot = half_full(profile_of(tmp_path), None)
    end = robot.q + robot.v * 0.2
    robot.go(0.05, sent(robot.t, to_rest(robot, 0.4), plan_id=plan))
    for _ in range(5):
        robot.go(0.05, sent(robot.t, to_rest(robot, 0.4), plan_id=plan))
    robot.go(1.0)
    assert len(robot.published) == 2 and robot.q == pytest.approx(end, abs=2e-3)


def test_a_plan_that_goes_on_after_it_may_be_braked_again(tmp_path):
    robot = half_full(profile_of(tmp_path), "p")
    for plan in ("q", "p", "q"):
        robot.go(0.05, sent(robot.t, to_rest(robot, 0.4), plan_id=plan))
    assert len(robot.published) == 4


def test_the_id_of_what_only_brakes_does_not_begin_a_plan(tmp_path):
    robot = half_full(profile_of(tmp_path), "p")
    robot.go(0.05, sent(robot.t, to_rest(robot, 0.4), plan_id="q"))
    robot.go(1.0, sent(robot.t, to_rest(robot, 0.6, 0.75), plan_id="q"))
    assert len(robot.published) == 2


def test_what_only_brakes_stops_nothing_where_nothing_goes_on(tmp_path):
    robot = Robot(profile_of(tmp_path)).go(0.1)
    robot.governor.handle(Backlog(robot.t, 0.7))
    robot.go(0.5, sent(robot.t, to_rest(robot, 0.4), plan_id=None))
    assert robot.published == []


def test_a_stop_of_its_own_is_not_replaced_by_what_only_brakes(tmp_path):
    robot = half_full(profile_of(tmp_path), None)
    robot.governor.handle(Fault(robot.t, "inactive", True, "by the test"))
    robot.go(0.05)
    robot.go(0.5, sent(robot.t, to_rest(robot, 0.4), plan_id=None))
    assert len(robot.published) == 2

"""A governor that was held up goes on from what the watch did meanwhile, not from its own last output."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import State
from iatro_governor.governor.events import Command, Fault
from test.body.paths import through
from test.governor.arms import decisions
from test.governor.hall import Drive, Hall
from test.governor.profiles import amr
from test.governor.test_trajectory_chart import (
    AWAY,
    LATE_S,
    START,
    WAY,
    Robot,
    between,
    plain,
    sent,
    smooth,
)

__all__ = ["plain"]
OPEN = np.zeros((0, 3))


def held_up(drive: Drive, gap_s: float, braked_s: float | None) -> float:
    """Hold the governor up for ``gap_s`` s; returns the speed that it publishes first."""
    drive.run(2.0, (0.5, 0.0, 0.0))
    assert drive.last.allowed[0] == pytest.approx(0.5)
    t = drive.k * drive.governor.period + gap_s
    drive.governor.handle(Fault(t, "loop_overrun", True, "held up"))
    if braked_s is not None:
        drive.governor.absent(t, braked_s)
    return drive.governor.tick(t)[0].allowed[0]


@pytest.mark.parametrize(
    ("braked_s", "most"), [(0.0, 0.5), (0.1, 0.5 - 0.1 * 0.8), (0.625, 0.0), (10.0, 0.0)]
)
def test_a_base_goes_on_where_the_protective_stop_of_the_watch_has_it(tmp_path, braked_s, most):
    """The watch knows no flags, so it brakes by 0.8 m/s2: as the stop does that nothing speaks against."""
    first = held_up(Drive(Governor(amr(tmp_path)), Hall(OPEN)), 1.0, braked_s)
    assert 0.0 <= first <= most


def test_without_being_told_it_would_go_on_from_its_last_output(tmp_path):
    assert held_up(Drive(Governor(amr(tmp_path)), Hall(OPEN)), 5.0, None) > 0.25


def test_the_command_from_before_moves_nothing_after(tmp_path):
    drive = Drive(Governor(amr(tmp_path)), Hall(OPEN))
    drive.run(2.0, (0.5, 0.0, 0.0))
    t = drive.k * drive.governor.period + 1.35
    drive.governor.absent(t, 1.0)
    assert drive.governor.tick(t)[0].allowed == (0.0,) * 6


@pytest.mark.parametrize("part", ["decide", "_decision"])
@pytest.mark.parametrize("turns", [1, 20, 100])
def test_a_core_that_failed_goes_on_where_the_stop_in_its_place_has_the_base(
    tmp_path, monkeypatch, turns, part
):
    """In every turn that fails, the shell brakes by 0.8 m/s2 from what it published last."""
    drive = Drive(Governor(amr(tmp_path)), Hall(OPEN))
    drive.run(2.0, (0.5, 0.0, 0.0))
    governor, period = drive.governor, drive.governor.period
    t = drive.k * period
    monkeypatch.setattr(governor.groups[0] if part == "decide" else governor, part, broken)
    for _ in range(turns):
        governor.handle(Fault(t, "internal_error", True, "by the test"))
        with pytest.raises(ZeroDivisionError):
            governor.tick(t)
        with pytest.raises(ZeroDivisionError):
            governor.handle(Command(t + period / 2, "base", (0.5, 0.0, 0.0, 0.0, 0.0, 0.0), t))
        t += period
    monkeypatch.undo()
    first = governor.tick(t)[0]
    assert first.allowed[0] == pytest.approx(max(0.5 - 0.8 * (turns + 1) * period, 0.0))
    assert first.state is State.PROTECTIVE_STOP


def test_a_command_that_could_not_be_decided_leaves_a_trajectory_to_be_stopped(plain, monkeypatch):
    """Nothing stops the joints in the core's place, until its loop fails, too."""
    robot = Robot(plain)
    robot.go(0.5).go(0.8, sent(0.5, smooth()))
    governor = robot.loop._governor
    with monkeypatch.context() as patch:
        patch.setattr(governor.channels[WAY], "decide", broken)
        with pytest.raises(ZeroDivisionError):
            governor.handle(Command(robot.t, WAY, tuple(START), robot.t))
    robot.paths.clear()
    governor.handle(Fault(robot.t, "internal_error", True, "by the test"))
    robot.go(robot.t + 0.1)
    assert robot.paths, "its stop is sent"


def broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError


def on_its_way(plain) -> Robot:
    """An arm at 1.3 s, half-way along a trajectory that began at 0.5 s."""
    robot = Robot(plain)
    robot.go(0.5).go(0.8, sent(0.5, smooth()))
    assert len(robot.paths) == 1 and np.abs(robot.v).max() > 0.4
    return robot


def test_where_the_watch_has_stopped_a_trajectory_the_joints_are_held_where_they_stand(plain):
    robot = on_its_way(plain)
    robot.paths.clear()
    robot.v, stands = np.zeros(2), robot.q.copy()
    robot.loop._governor.absent(robot.t, 1.0)
    robot.go(1.0)
    assert len(robot.paths) == 1, "neither the rest of it nor a stop of it is sent"
    assert robot.q == pytest.approx(stands, abs=1e-9)
    last = decisions(robot.rows, WAY)[-1]
    assert last["allowed"] == pytest.approx(robot.q.tolist(), abs=1e-6)


@pytest.mark.parametrize("fault", [None, "loop_overrun", "internal_error"])
def test_where_nobody_has_stopped_a_trajectory_it_is_stopped_as_soon_as_the_joints_are_measured(plain, fault):
    """The watch was held up with the governor, or had just been killed: the arm goes on as planned."""
    robot = on_its_way(plain)
    governor, before, speed = robot.loop._governor, robot.q.copy(), np.abs(robot.v).max()
    governor.absent(robot.t, 1.0)
    if fault is not None:
        governor.handle(Fault(robot.t, fault, True, "by the test"))
    robot.go(0.02)
    assert len(robot.published) == 2, "with the first joints that are newer"
    robot.go(0.4)
    assert np.abs(robot.v).max() < 1e-6
    brakes = 8.0 if fault == "internal_error" else 4.0
    longest = speed * (0.01 + 0.01 + LATE_S + 0.02) + speed**2 / (2 * brakes)
    assert np.abs(robot.q - before).max() < longest
    robot.go(1.0)
    assert len(robot.published) == 2 and np.abs(robot.v).max() < 1e-6


def test_a_trajectory_that_only_pauses_when_the_governor_comes_back_does_not_go_on(plain):
    """Measured rest says nothing of what its controller still has to do."""
    pause = {"time": 0.4, "positions": (START + 0.05).tolist(), "velocities": [0.0, 0.0]}
    points = [pause, pause | {"time": 1.4}, pause | {"time": 2.4, "positions": (START + 0.3).tolist()}]
    robot = Robot(plain).go(0.5).go(1.0, sent(0.5, points))
    assert len(robot.published) == 1 and np.abs(robot.v).max() < 1e-9
    stands = robot.q.copy()
    robot.loop._governor.absent(robot.t, 1.0)
    robot.go(2.0)
    assert robot.q == pytest.approx(stands, abs=1e-6)


def test_a_stop_that_did_not_go_out_goes_out_with_the_next_decision_along_the_way(plain):
    """The disk held up an emergency stop: what was decided then is too old, and the arm goes on meanwhile."""
    robot = on_its_way(plain)
    governor, way = robot.loop._governor, smooth()
    governor.handle(Fault(robot.t, "internal_error", True, "by the test"))
    (lost,) = [one for one in governor.tick(robot.t) if one.channel == WAY]
    assert lost.trajectory is not None
    governor.unsent(WAY)
    robot.go(0.01)
    assert len(robot.published) == 2
    robot.go(1.0)
    assert len(robot.published) == 2 and np.abs(robot.v).max() < 1e-6
    assert between(robot, way) < 1e-3 and np.abs(robot.q - START).max() < 0.45


@pytest.mark.parametrize("known", [False, True])
def test_what_passed_the_governor_by_is_stopped_once_from_where_the_joints_are_measured(plain, known):
    """In shadow mode, until its node is deactivated: one that was refused, or one that was admitted."""
    robot = Robot(plain).go(0.5)
    robot.go(0.3, *([sent(0.5, smooth())] if known else []))
    robot.paths, robot.deaf = [(robot.t, through([0.0, 4.0], [robot.q, robot.q + 1.2]))], True
    robot.go(0.5)
    robot.rows, robot.deaf = [], False
    governor, before = robot.loop._governor, robot.q.copy()
    governor.passed(robot.t, WAY)
    governor.handle(Fault(robot.t, "inactive", True, "by the test"))
    robot.go(0.02)
    assert len(robot.published) == 1
    robot.go(1.0)
    assert len(robot.published) == 1 and np.abs(robot.v).max() < 1e-6
    assert np.abs(robot.q - before).max() < 0.3 * 0.06 + 0.3**2 / 8


def test_what_did_not_go_out_or_passed_by_of_a_channel_of_values_is_followed_by_the_next(plain):
    robot = Robot(plain).go(0.5)
    robot.loop._governor.unsent("speed")
    robot.loop._governor.passed(robot.t, "speed")
    assert robot.go(0.1).published == []


def test_a_trajectory_that_is_doubted_is_not_replaced_by_another_before_the_joints_rest(plain):
    robot = on_its_way(plain)
    robot.loop._governor.absent(robot.t, 1.0)
    robot.go(0.02, sent(robot.t, smooth(-AWAY, start=robot.q), plan_id="p2"))
    refused = [row for row in robot.way if row["action"] == "refused"]
    assert refused and "trajectory_refused" in {fault["name"] for fault in refused[-1]["faults"]}

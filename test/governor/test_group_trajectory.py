"""What a group makes of a trajectory that comes beside another channel of the same joints."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor import group as group_module
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action, State
from iatro_governor.governor.events import Command, Fault, Joints, Knot
from iatro_governor.governor.outputs import Outputs
from iatro_governor.governor.recovery import Hold
from iatro_governor.governor.resolve import Resolution
from test.governor.arms import JOINTS, arm, channel, data

HERE, THERE = (0.3, -0.8), (0.5, -0.6)


class Bench:
    """An arm at rest in ``HERE``, whatever it is told."""

    def __init__(self, folder: Any, **of_speed: Any) -> None:
        channels = {
            "way": channel("joint_trajectory", "way", policy="refuse"),
            "speed": channel("joint_velocity", "speed", **of_speed),
        }
        self.governor, self.t = Governor(arm(folder, data(channels))), 0.0
        (self.group,) = self.governor.groups
        self.has = self.group._holders._claims.has
        self.tick()

    def tick(self) -> set[str]:
        """The faults in force."""
        self.governor.handle(
            Joints(self.t, "joints", tuple(JOINTS), np.array(HERE), np.zeros(2), None, self.t)
        )
        decisions = self.governor.tick(self.t)
        self.t = round(self.t + 0.01, 6)
        return {fault.name for decision in decisions for fault in decision.faults}

    def go(self, begins: tuple[float, float]) -> str:
        """What is done about a trajectory of two seconds that ``begins`` there."""
        points = (Knot(0.0, begins, (0.0, 0.0)), Knot(2.0, THERE, (0.0, 0.0)))
        asked = Command(self.t, "way", (), self.t, "a plan", names=tuple(JOINTS), points=points)
        (decision,) = [one for one in self.governor.handle(asked) if one.channel == "way"]
        return decision.action.name

    def move(self, speed: float) -> None:
        self.governor.handle(Command(self.t, "speed", (speed, 0.0), self.t, "a plan"))


def test_who_follows_a_trajectory_is_not_at_rest_though_nothing_moves_yet(tmp_path):
    bench = Bench(tmp_path)
    assert bench.group.at_rest
    assert bench.go(HERE) == "PASS" and not bench.group.at_rest


def test_one_that_is_executed_needs_no_command_after_it(tmp_path):
    """The wrong answer: its stream is silent for longer than a command is good for, and that is a fault."""
    bench = Bench(tmp_path)
    assert bench.go(HERE) == "PASS"
    timeout_s = bench.group.member("way").chart.config.command_timeout_s
    for _ in range(round(timeout_s / 0.01) + 10):
        assert "command_stale" not in bench.tick()


def test_a_trajectory_that_is_obeyed_has_its_joints_from_then_on(tmp_path):
    bench = Bench(tmp_path)
    bench.move(0.01)
    assert (bench.has("speed"), bench.has("way")) == (True, False)
    for _ in range(50):
        bench.move(0.0)
        bench.tick()
    assert bench.go(HERE) == "PASS"
    assert (bench.has("speed"), bench.has("way")) == (False, True)


def test_one_that_is_refused_leaves_them_to_whom_they_are(tmp_path):
    """It begins 0.6 rad from where the arm is."""
    bench = Bench(tmp_path)
    bench.move(0.01)
    bench.tick()
    bench.move(0.0)
    for _ in range(50):
        bench.move(0.0)
        bench.tick()
    assert bench.go((0.9, -0.8)) == "REFUSED"
    assert (bench.has("speed"), bench.has("way")) == (True, False)


def test_outputs_are_kept_for_the_slowest_of_all_channels_and_the_gaps_of_their_loop(tmp_path, monkeypatch):
    made: list[tuple[Any, ...]] = []

    def kept_by(*given: Any) -> Outputs:
        made.append(given)
        return Outputs(*given)

    monkeypatch.setattr(group_module, "Outputs", kept_by)
    bench = Bench(tmp_path, actuator_delay_s=0.07)
    kept = [member.chart.keep_s for member in bench.group.members]
    assert kept[0] != pytest.approx(kept[1])
    assert made == [(4, 0.07, max(kept), 0.0, 0.25)]


def test_who_says_rest_takes_no_joints_from_who_follows_a_trajectory(tmp_path):
    bench = Bench(tmp_path)
    assert bench.go(HERE) == "PASS"
    bench.move(0.0)
    assert (bench.has("speed"), bench.has("way")) == (False, True)


def test_the_channel_that_an_operator_holds_has_its_joints_from_then_on(tmp_path, monkeypatch):
    bench = Bench(tmp_path)
    assert bench.has("way")
    member = bench.group.member("speed")
    hold = Hold(member, np.array([0.1, 0.0]), np.inf, bench.group.limits, "an operator moves speed")
    monkeypatch.setattr(bench.group.recovery, "held", lambda t: hold)
    bench.tick()
    assert (bench.has("speed"), bench.has("way")) == (True, False)


@pytest.mark.parametrize(
    ("follows", "state"), [(True, State.PROTECTIVE_STOP), (False, State.CONTROLLED_STOP)]
)
def test_a_stop_of_a_trajectory_that_has_only_begun_may_be_alarmed_though_nothing_moves_yet(
    tmp_path, monkeypatch, follows, state
):
    bench = Bench(tmp_path)
    if follows:
        assert bench.go(HERE) == "PASS"
    assert not any(bench.group._outputs.values)
    watch: Any = SimpleNamespace(fault="contact_collision", config=SimpleNamespace(name="felt"))
    watch.alarm = lambda situation: "pushed"
    monkeypatch.setattr(bench.group, "_watchful", [watch])
    stopped = bench.governor.handle(Fault(bench.t, "inactive", True, "by the test")) or bench.governor.tick(
        bench.t
    )
    assert {decision.state for decision in stopped} == {state}


def test_a_trajectory_that_is_stopped_is_limited_though_its_stop_goes_the_same_way_at_first(
    tmp_path, monkeypatch
):
    """It has only begun: it stands, and so does its stop."""
    bench = Bench(tmp_path)
    assert bench.go(HERE) == "PASS"
    elsewhere = np.zeros(4)
    elsewhere[bench.group.member("way").place] = 0.01
    found = Resolution(0.5, elsewhere), Action.SCALED
    monkeypatch.setattr(bench.group.admissible, "resolve", lambda *_: found)
    stopped = bench.governor.tick(bench.t)
    assert not any(bench.group._outputs.values)
    assert {decision.state for decision in stopped} == {State.LIMITED}


def test_where_no_step_is_clear_a_trajectory_is_first_stopped_along_its_own_way(tmp_path, monkeypatch):
    """Once that is no longer clear either, all brake hardest."""
    bench = Bench(tmp_path)
    assert bench.go(HERE) == "PASS"
    for _ in range(30):
        bench.tick()
    assert any(bench.group._outputs.values)
    nowhere = Resolution(None, np.zeros(4)), Action.SCALED
    monkeypatch.setattr(bench.group.admissible, "resolve", lambda *_: nowhere)
    monkeypatch.setattr(bench.group._verified, "keeps", lambda *_: False)
    states = [{one.state for one in bench.governor.tick(bench.t + 0.01 * k)} for k in (0, 1)]
    assert states == [{State.LIMITED}, {State.CONTROLLED_STOP}]

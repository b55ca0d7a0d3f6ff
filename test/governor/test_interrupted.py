"""Trajectories that are admitted and cannot go on: refused where nothing was published, stopped where they go on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from iatro_governor.body.path import JointState
from iatro_governor.body.surroundings import Surroundings
from iatro_governor.governor.clouds import Clouds
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import State
from iatro_governor.governor.events import Command, Joints
from iatro_governor.governor.freshness import Verdict
from iatro_governor.governor.outcome import Arrival
from iatro_governor.governor.path_check import PathCheck
from iatro_governor.governor.resolve import Resolution
from iatro_governor.governor.vetting import Answer, Outcome, vet
from iatro_governor.limits.limit import Cap
from iatro_governor.limits.link_zone import LinkZoneLimit
from test.body.paths import bounds, through
from test.governor.arms import JOINTS, arm, channel, data
from test.governor.test_clouds import sweep
from test.governor.test_trajectory_chart import AWAY, START, WAY, Robot, profile_of, sent, smooth
from test.governor.test_vetting import free, policy
from test.limits.bodies import body_situation
from test.limits.situations import make


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return profile_of(tmp_path_factory.mktemp("interrupted"))


def going(plain):
    """An arm whose trajectory has begun and is on its way."""
    robot = Robot(plain).go(0.1).go(0.7, sent(0.1, smooth()))
    (group,) = robot.governor.groups
    return robot, group, group.member(WAY)


def test_one_that_would_not_get_beyond_its_first_moments_is_refused_and_the_one_before_goes_on(plain):
    """Of what was just admitted nothing is out yet, so that taking it back is all that is needed."""
    robot, group, member = going(plain)
    chart: Any = member.chart
    command = Command(robot.t, WAY, tuple(START + AWAY), robot.t, "p2")
    chart.begin(chart.execution._run.path, (), command)
    assert chart.executed is command
    wanted = np.ones(group._size)
    zone = make("link_zone", name="slab")
    near = (zone, Cap(0.5, 1.0, 0.5))
    nowhere = Resolution(None, 0.0 * wanted, [near], [make("link_zone", name="wall")])
    arrival = Arrival(member, command, Verdict.ACCEPTED)
    stopped, told = group._trajectories.interrupt(nowhere, wanted, arrival, robot.t, group.ladder)
    assert told.verdict is Verdict.REFUSED and stopped == [member]
    assert not chart.executed, "what went on before is stopped for the same"
    group.ladder.tell()
    reports = [fault for fault in group.ladder.reports if fault.name == "trajectory_refused"]
    assert [report.detail for report in reports] == ["slab, wall: no way to rest from its start"]


def test_what_is_over_has_no_way_left_to_stop_along(plain):
    """The joints may still be on their way to its end: a stop of theirs would have to begin there, and does nothing."""
    robot, _, member = going(plain)
    execution, run = member.chart.execution, member.chart.execution._run
    execution.halt(run.began + run.path.duration + 1e-6, "controlled", JointState(robot.q, robot.v))
    assert execution.take_outgoing() is None and execution.command is run.command
    execution.halt(run.began + run.path.duration - 0.1, "controlled", JointState(robot.q, robot.v))
    assert execution.take_outgoing() is not None and execution.command is None


class Far(LinkZoneLimit):
    """A limit that refuses ways and tells no distance: it says what it needs in its own terms."""

    def clear(self, rollouts, situation, tolerance=0.0):
        return np.arange(len(rollouts.outputs)) < 2

    def clearance(self, situation) -> Any:
        return None

    def blocked(self, wanted, situation, ways=None):
        return 0.2, 0.7, 0.0


def test_a_limit_without_a_distance_tells_of_a_path_what_it_tells_of_a_command():
    at = body_situation(np.zeros(2))
    zone: Any = make("link_zone")
    seen = []

    def looked(samples):
        readings = PathCheck([Far(zone.config)], at, "arm")(samples)
        seen.extend(readings)
        return readings

    path = through([0.0, 2.0], [[0.0, 0.0], [0.5, 0.0]], [[0, 0], [0, 0]])
    vetted = vet(path, bounds(2), looked, policy(Answer.REFUSE))
    assert vetted.outcome is Outcome.REFUSED and seen[0].at_least
    assert np.array(seen[0].requested)[:4].tolist() == [0.7, 0.7, 0.2, 0.2]


def test_a_path_that_is_too_jerky_alone_is_slowed_as_a_whole_and_by_no_more_than_that():
    bound = bounds(1, acceleration=500.0, deceleration=500.0, velocity=90.0, jerk=np.array([30.0]))
    path = through([0, 1], [[0.0], [1.0]], [[0], [0]], [[0], [0]])
    vetted = vet(path, bound, free, policy(Answer.RETIME))
    assert {offence.limit for offence in vetted.offences} == {"joint_jerk"}
    assert vetted.outcome is Outcome.RETIMED and vetted.path is not None
    assert vetted.path.duration == pytest.approx(2.0 ** (1 / 3))


def test_a_cure_that_would_have_to_be_looked_at_in_too_many_places_is_none():
    fast = through([0, 0.5], [[0.0], [1.0]], [[0], [0]])
    bound = bounds(1, velocity=1.0)
    assert vet(fast, bound, free, policy(Answer.RETIME, max_samples=400)).outcome is Outcome.RETIMED
    refused = vet(fast, bound, free, policy(Answer.RETIME, max_samples=60, period=1e-5))
    assert refused.outcome is Outcome.REFUSED and "no pace keeps every bound" in refused.reason


def test_a_posture_that_was_measured_once_is_remembered_as_it_was_told_first():
    around = Surroundings(0.0)
    clouds = Clouds(["camera"], around)
    around.add("camera", sweep(1.0, [1.0, 0.0, 0.5]), np.zeros(3))
    clouds.seen(1.0, np.array([0.1]))
    assert clouds.seen(1.0, np.array([9.0]))["camera"].q.tolist() == [0.1]
    around.add("camera", sweep(1.0, [2.0, 0.0, 0.5]), np.zeros(3))
    assert clouds.seen(0.5, np.array([9.0]))["camera"].q.tolist() == [0.1]


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_whatever_a_chart_makes_of_a_command_no_motion_that_is_not_finite_is_asked_for(
    tmp_path, monkeypatch, wrong
):
    """Every chart bounds what it wants; should one fail to, the channel stops with a message."""
    governor = Governor(arm(tmp_path, data({"it": channel("joint_velocity", "it")})))
    monkeypatch.setattr(
        governor.channels["it"].member("it").chart, "wanted", lambda *_: np.array([wrong, 0.1])
    )
    for k in range(3):
        t = k * 0.01
        governor.handle(Joints(t, "joints", tuple(JOINTS), START, np.zeros(2), None, t))
        governor.handle(Command(t, "it", (0.1, 0.1), t))
    decision = governor.tick(0.03)[0]
    told = {fault.name: fault.detail for fault in decision.faults}
    assert told["command_malformed"] == "it: leads to no finite motion"
    assert decision.state is State.CONTROLLED_STOP and not any(decision.allowed)


def test_a_path_that_is_too_jerky_and_begins_in_motion_has_no_cure():
    """Slowed as a whole, it would begin at another speed than the joints have."""
    bound = bounds(1, acceleration=20.0, deceleration=20.0, velocity=9.0, jerk=np.array([30.0]))
    path = through([0, 1], [[0.0], [1.0]], [[0.9], [0]], [[0], [0]], entry=[0.9])
    vetted = vet(path, bound, free, policy(Answer.RETIME))
    assert {offence.limit for offence in vetted.offences} == {"joint_jerk"}
    assert vetted.outcome is Outcome.REFUSED and "too fast at the start" in vetted.reason

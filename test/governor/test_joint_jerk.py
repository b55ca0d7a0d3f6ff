"""Jerk of joints in closed loops: bounded where it may be, and paid for in every stopping distance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatro_governor.body.kinematics import posture
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action
from iatro_governor.governor.events import Command, EStop, Fault, Joints, Knot
from iatro_governor.governor.smooth import SmoothStop
from iatro_governor.governor.stacked import Brakes, StackedBrakes
from iatro_governor.limits.situation import Jerk
from test.governor.arms import JOINTS, SAID, arm, channel, data, limits_of
from test.limits.bodies import body_situation

PERIOD = 0.01
JERK = np.array([10.0, 12.0])
NAMES = (*JOINTS, "finger_left", "finger_right")


def row(kind: str, name: str, **own: Any) -> dict[str, Any]:
    return {"name": f"{name}_{kind}", "kind": kind, "channel": name, "source": SAID} | own


def profile(folder, kind="joint_velocity", *more, jerk=JERK, **own):
    limits = [*limits_of(kind, kind), row("joint_acceleration", kind, bounds=[2.0, 3.0])]
    limits += [row("joint_deceleration", kind, bounds=[3.0, 4.0])]
    if jerk is not None:
        limits.append(row("joint_jerk", kind, bounds=jerk.tolist()))
    return arm(folder, data({kind: channel(kind, **own)}, [*limits, *more]))


class Arm:
    """Two links that do what they are told after ``delay`` s, exactly."""

    def __init__(self, made, delay=0.02, q=(0.0, 0.0)):
        self.governor = Governor(made)
        (self.kind,) = made.data.channels
        self.q, self.rates = np.array(q, dtype=float), np.zeros(2)
        self.sent = [self._rest() for _ in range(round(delay / PERIOD))]
        self.k = 0
        self.decisions, self.ways = [], [self.q.copy()]

    def _rest(self):
        return self.q.copy() if self.kind == "joint_position" else np.zeros(2)

    @property
    def t(self):
        return self.k * PERIOD

    def run(self, seconds, planner=None):
        """``planner(t)``: values, or None for silence."""
        for _ in range(round(seconds / PERIOD)):
            q, rates = np.append(self.q, [0, 0]), np.append(self.rates, [0, 0])
            self.governor.handle(Joints(self.t, "joints", NAMES, q, rates, np.zeros(4), self.t))
            values = planner(self.t) if planner else None
            if values is not None:
                self.governor.handle(Command(self.t, self.kind, tuple(map(float, values)), self.t))
            (decision,) = self.governor.tick(self.t)
            self.decisions.append(decision)
            self.sent.append(np.array(decision.allowed))
            self._move(self.sent.pop(0))
            self.k += 1
        return self

    def _move(self, told):
        self.rates = (told - self.q) / PERIOD if self.kind == "joint_position" else told
        self.q = self.q + self.rates * PERIOD
        self.ways.append(self.q.copy())

    @property
    def outputs(self):
        """Velocities (k, 2) that were published."""
        values = np.array([decision.allowed for decision in self.decisions])
        return np.diff(values, axis=0) / PERIOD if self.kind == "joint_position" else values


def jerks(outputs):
    """(k, 2) from each three outputs in a row; before the first there was rest."""
    padded = np.concatenate([np.zeros((2, 2)), outputs])
    return np.abs(np.diff(padded, n=2, axis=0)) / PERIOD**2


def test_a_start_and_a_stop_take_what_the_bounds_say(tmp_path):
    """1 rad/s by 2 rad/s2 and 10 rad/s3: 0.5 + 0.2 s; back by 3 rad/s2: 0.333 + 0.3 s."""
    made = Arm(profile(tmp_path)).run(1.0, lambda t: [1.0, 0.0]).run(1.0, lambda t: [0.0, 0.0])
    speed = made.outputs[:, 0]
    assert np.argmax(speed >= 1.0) * PERIOD == pytest.approx(0.7, abs=0.03) and speed.max() == 1.0
    assert np.argmax(speed[100:] <= 0.0) * PERIOD == pytest.approx(0.633, abs=0.03) and speed[-1] == 0.0
    assert (jerks(made.outputs) <= JERK * (1 + 1e-6)).all()


def test_without_the_limit_this_would_fail(tmp_path):
    made = Arm(profile(tmp_path, jerk=None)).run(2.0, lambda t: [1.0, 0.0])
    assert jerks(made.outputs)[:, 0].max() > 10 * JERK[0]


def test_the_limit_says_what_it_did(tmp_path):
    made = Arm(profile(tmp_path)).run(0.1, lambda t: [1.0, 0.0])
    report = next(limit for limit in made.decisions[-1].limits if limit.kind == "joint_jerk")
    assert (report.unit, report.allowed) == ("rad/s3", JERK[0]) and report.requested > 10 * JERK[0]


@pytest.mark.parametrize(("fault", "kept"), [("loop_overrun", True), ("estop", False)])
def test_a_controlled_stop_keeps_the_jerk_and_a_protective_one_does_not(tmp_path, fault, kept):
    made = Arm(profile(tmp_path)).run(1.0, lambda t: [1.0, 0.5])
    made.governor.handle(EStop(made.t, True) if fault == "estop" else Fault(made.t, fault, True, "a test"))
    made.run(1.5)
    stop = made.outputs[99:]
    assert not stop[-1].any()
    changes = np.abs(np.diff(stop, n=2, axis=0)) / PERIOD**2
    # One sample of a smooth stop may gather the jerk of the one before.
    assert (changes <= 1.01 * JERK).all() == kept
    assert stop[:, 0] * 0.5 == pytest.approx(stop[:, 1])


def test_a_set_point_is_reached_without_passing_it(tmp_path):
    made = Arm(profile(tmp_path, "joint_position")).run(0.1).run(4.0, lambda t: [0.5, -0.4])
    ways = np.array(made.ways)
    assert ways[-1] == pytest.approx([0.5, -0.4], abs=1e-3)
    assert ways.max(axis=0)[0] <= 0.5 + 1e-3 and ways.min(axis=0)[1] >= -0.4 - 1e-3
    pace = np.diff(np.abs(made.outputs), axis=0)
    slower = pace[1:] <= 0  # gaining speed towards what is no longer wanted ends at once
    assert (np.where(slower & (pace[:-1] > 0), 0.0, jerks(made.outputs)[2:]) <= JERK * 1.01).all()


WALL = {"box": {"size": [1.2, 1.0, 1.0], "pose": [0.0, 0.0, 0.9, 0.0, 0.0, 0.0]}}
"""Above the arm, from 0.4 m."""
MARGIN = 0.03


def walled(folder):
    own = {"frame": "body", "volume": WALL, "margin": MARGIN, "noise": 0.0, "retreat_speed": 0.1}
    return profile(folder, "joint_velocity", row("link_zone", "joint_velocity", **own))


def wandering(seed):
    numbers = np.random.default_rng(seed)
    goal = [numbers.uniform(-1.5, 1.5, 2) for _ in range(40)]
    return lambda t: goal[int(t / 0.5) % 40]


def clearances(made):
    model = made.governor.profile.body
    at = posture(model, np.array(made.ways))
    ends, radius = at.capsules(), model.capsule_radius
    low, high = np.array([-0.6, -0.5, 0.4]), np.array([0.6, 0.5, 1.4])
    along = np.linspace(0.0, 1.0, 41)[:, None]
    points = ends[:, :, None, 0] * (1 - along) + ends[:, :, None, 1] * along
    away = np.maximum(np.maximum(low - points, points - high), 0.0)
    return (np.linalg.norm(away, axis=-1).min(axis=-1) - radius).min(axis=-1)


def kept(made):
    """Whether everything was kept, and nothing had to be braked for hardest."""
    assert clearances(made).min() >= MARGIN - 1e-4
    assert np.abs(made.ways).max() <= 2.0 - 0.02 + 1e-9
    assert not [d for d in made.decisions if d.action is Action.UNREACHABLE]


def stopped(made):
    made.governor.handle(Fault(made.t, "loop_overrun", True, "a test"))
    made.run(1.5)
    assert not made.outputs[-1].any()
    made.governor.handle(Fault(made.t, "loop_overrun", False, ""))
    return made.run(0.8)


@pytest.mark.parametrize("cut", [0.75, 0.85])
def test_a_controlled_stop_on_the_way_to_a_wall_keeps_the_margin(tmp_path, cut):
    """The stopping distances hold what the jerk costs."""
    kept(stopped(Arm(walled(tmp_path)).run(cut, lambda t: [1.0, 0.3])))


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), cut=st.floats(0.3, 1.5))
def test_a_controlled_stop_at_any_moment_keeps_margins_and_ends(tmp_path, seed, cut):
    made = Arm(walled(tmp_path))
    for _ in range(3):
        stopped(made.run(cut, wandering(seed)))
    kept(made)


def test_a_slow_volume_is_entered_slowly(tmp_path):
    own = {"frame": "body", "volume": WALL, "speed": 0.1}
    made = Arm(profile(tmp_path, "joint_velocity", row("link_slow_zone", "joint_velocity", **own)))
    made.run(2.5, lambda t: [1.0, 0.0])
    inside = np.flatnonzero(clearances(made)[1:] <= 0)
    # All of the outer link turns about the shoulder, its end 0.5 m and its radius off.
    speeds = np.abs(made.outputs[:, 0]) * 0.53
    assert inside.size and speeds[inside].max() <= 0.1 + 1e-6 and speeds.max() > 0.4


def test_it_comes_as_near_as_the_margin_in_the_end(tmp_path):
    made = Arm(walled(tmp_path)).run(6.0, lambda t: [1.0, 0.0])
    assert clearances(made)[-1] == pytest.approx(MARGIN, abs=0.015)


def test_a_trajectory_is_slowed_down_for_it(tmp_path):
    kind = "joint_trajectory"
    made = Arm(profile(tmp_path, kind, policy="retime"))
    made.run(0.1)
    knots = tuple(
        Knot(t, (p, 0.0), (v, 0.0)) for t, p, v in [(0.0, 0.0, 0.0), (0.5, 0.2, 0.6), (1.0, 0.4, 0.0)]
    )
    decisions = made.governor.handle(Command(made.t, kind, (), made.t, None, None, tuple(JOINTS), knots))
    told = next(d for d in decisions if d.trajectory is not None)
    assert told.trajectory and told.trajectory[-1].time > 1.0
    assert "joint_jerk" in {limit.kind for limit in told.limits}


def test_what_stops_by_itself_is_no_part_of_an_eased_stop():
    slows = StackedBrakes(
        [(slice(0, 2), Brakes(np.array([2.0, 2.0])))], [(slice(2, 3), Brakes(np.array([1.0])))]
    )
    stop = SmoothStop(slows, np.array([10.0, 5.0, np.inf]), np.array([True, True, False]))
    assert stop.build_up_s == pytest.approx(2.0 / 5.0)
    output, pace = np.array([0.5, -0.25, 0.3]), np.zeros(3)
    for step in range(1, 200):
        after, pace = stop.step(output, pace, PERIOD)
        assert after[2] == pytest.approx(max(0.3 - step * PERIOD, 0.0), abs=1e-9)
        assert after[0] * -0.5 == pytest.approx(after[1], abs=1e-12)
        output = after
    assert not output.any()


def test_outputs_of_another_pace_are_another_moment_only_where_jerk_is_bounded():
    at, pace = body_situation(np.zeros(2), np.array([0.4, 0.2])), np.array([[-1.0, -0.5]])
    assert at.changing(pace) is at
    eased = replace(at, jerk=Jerk(np.array([20.0, 20.0]), 0.01, np.array([True, True])))
    outputs = np.array([[0.39, 0.195]])
    slowing = eased.changing(pace)
    assert slowing.jerk is not None and slowing.jerk.pace is pace and eased.jerk is not None
    # It brakes already: it goes less far than if the stop had yet to be built up.
    steady = eased.changing(0.0 * pace)
    assert slowing.roll_out(outputs).travel.sum() < steady.roll_out(outputs).travel.sum()

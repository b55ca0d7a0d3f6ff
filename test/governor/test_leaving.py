"""Leaving what was pushed against: what is felt harder meanwhile is not left, whatever is told of directions."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.kinematics import posture
from iatro_governor.governor.core import Governor
from iatro_governor.governor.leaving import Leaving
from iatro_governor.limits.limit import Strain
from test.body.arm.conftest import robots_folder
from test.governor.moving import Commands, World
from test.governor.pilots import said
from test.governor.places import HOME
from test.governor.test_delays_sensed import HAND, STIFFNESS, STOP_N, Pressing, feeling

robots = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
REPORT_N = 10.0
PACE = 0.1
"""How fast it comes down, m/s."""
STOPS_S = 0.1
"""In which that is felt and has come to rest: 0.03 s until a command acts, two cycles, and the protective stop."""
HELD_S = 0.7
"""Longer than a fault that has cleared is waited for, s."""


@dataclass
class Turned(Pressing):
    """Its sensor tells forces along ``axes`` of the hand; None: along those of the base."""

    axes: np.ndarray | None = field(default_factory=lambda: np.eye(3))

    def senses(self) -> np.ndarray:
        if self.axes is None:
            return np.array([0.0, 0.0, self.force])
        along: np.ndarray = self.axes @ super().senses()
        return along

    def forces(self) -> np.ndarray:
        """What was felt all along, N."""
        heights = np.array([posture(self.model, q).link(HAND)[2, 3] for q in self.trail])
        return STIFFNESS * np.clip(self.floor - heights, 0.0, None)


def moving_by(pace: float):
    """Straight up at ``pace`` m/s, or down, by plan after plan: a new one is not waited for."""

    def command(world: World) -> Commands:
        jacobian = world.now.frame_jacobian(HAND)
        u = np.linalg.pinv(jacobian) @ np.array([0.0, 0.0, pace, 0.0, 0.0, 0.0])
        return {"arm": said(world, "arm", u[world.own("arm")])}

    return command


def pressing(axes: np.ndarray | None) -> Turned:
    """At rest in what it came down on."""
    profile = feeling()
    delay = profile.data.channels["arm"].actuator_delay_s
    at = Turned(Governor(profile), np.array(HOME["panda"]), delay, 0.0, noise=(0.0, 0.0), axes=axes)
    at.run(2.0, moving_by(-PACE), every=2)
    return at


@robots
@pytest.mark.parametrize(
    "axes", [-np.eye(3), np.diag([1.0, -1.0, -1.0]), None], ids=["another sign", "upside down", "the base's"]
)
def test_a_sensor_in_other_axes_does_not_let_it_press_on(axes):
    """Of 30 N, which stop it, it says that they push the hand down: a way out, on which there is more and more."""
    at = pressing(axes)
    most = at.forces().max()
    assert STOP_N + REPORT_N < most <= STOP_N + REPORT_N + STIFFNESS * PACE * STOPS_S
    assert "contact_collision" in {fault.name for decision in at.decisions for fault in decision.faults}
    # A stream that begins anew re-arms it, and finds it held.
    for _ in range(2):
        at.run(HELD_S, None)
        at.run(HELD_S, moving_by(-PACE), every=2)
    assert at.forces().max() <= most + 1e-6


@robots
def test_a_sensor_that_tells_the_truth_lets_it_out():
    at = pressing(np.eye(3))
    assert at.forces()[-1] > STOP_N
    at.run(HELD_S, None)
    at.decisions.clear()
    at.run(1.0, moving_by(PACE), every=2)
    assert at.forces()[-1] == 0.0
    assert "contact_collision" not in {fault.name for decision in at.decisions for fault in decision.faults}


SLACK = 0.5


def told(*steps: tuple[float, bool] | None) -> list[bool]:
    """Whether each of ``steps``, a share of what stops it and whether it leaves, is worse; None: nothing stops it."""
    leaving, out = Leaving(), []
    for step in steps:
        strain = None if step is None else Strain(step[0], SLACK, step[1])
        limit: Any = SimpleNamespace(
            config=SimpleNamespace(name="touch"), strain=lambda situation, strain=strain: strain
        )
        out.append(leaving.worsens(limit, None) is not None)
    return out


def test_while_it_stands_or_is_pushed_somebody_may_lean_on_it_as_they_like():
    assert told((1.1, False), (3.0, False), (9.0, False)) == [False] * 3


def test_a_way_out_may_be_a_little_worse_and_counts_from_its_least():
    assert told((2.0, True), (2.5, True), (1.2, True), (1.7, True), (1.71, True)) == [False] * 4 + [True]
    assert told((2.0, True), (2.4, False), (2.9, True), (2.91, True)) == [False] * 3 + [True]


def test_what_got_worse_is_held_until_it_eases():
    assert told((1.1, True), (1.7, True), (1.7, False), (1.7, True), (1.5, False), (1.7, False)) == [
        False, True, True, True, False, False,
    ]  # fmt: skip


def test_a_new_contact_is_another_one():
    assert told((1.1, True), (1.7, True), None, (1.7, True)) == [False, True, False, False]

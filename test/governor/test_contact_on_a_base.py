"""An arm whose joints feel contacts, driven against a wall by what does not feel them: it stops, and it gets out."""

from __future__ import annotations

import copy
from collections import deque
from typing import Any

import numpy as np
import pytest

import test.governor.carried as carried
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Command, Joints, Odom
from iatro_governor.governor.jointed import JointedBody
from test.governor.arms import JOINTS, arm, data
from test.governor.carried import CIRCLE, row, velocity

STIFFNESS_N_M = 5000.0
STOP_NM = 10.0
UPPER, LOWER = 0.3, 0.2
"""Lengths of the arm's links, m; with its joints about -y it lifts as they turn up."""


def robot() -> dict[str, Any]:
    given = data(velocity())
    given["channels"] = {**given["channels"], "base": copy.deepcopy(carried.BASE)}
    given["sources"]["odom"] = carried.ODOM
    given["robot"] |= CIRCLE | {"odom_frame": "odom"}
    given["robot"]["model"] |= {"tool": "hand"}
    given["limits"] += [row("speed", f"b_{a}", "base", axis=a, bound=1.0) for a in ("planar", "wz")]
    given["limits"] += [row(k, k, "base", axis="linear", bound=0.6) for k in ("acceleration", "deceleration")]
    felt = {"report": [5.0, 5.0], "stop": [STOP_NM, STOP_NM], "retreat_speed": 0.1}
    given["limits"].append(row("contact_force", "felt", "arm", state="joints", **felt))
    return given


class Wall:
    """A base with an arm before a wall as stiff as a spring; commands act 0.04 s later."""

    def __init__(self, governor: Governor) -> None:
        self.governor, self.x, self.q = governor, 0.0, np.array([0.7, -0.5])
        self.wall = self.reach() + 0.15
        self.moves = np.zeros(3)
        self.sent: deque[tuple[float, np.ndarray]] = deque()
        self.k, self.forces, self.decisions = 0, [], []  # type: ignore[var-annotated]

    def reach(self) -> float:
        return float(UPPER * np.cos(self.q[0]) + LOWER * np.cos(self.q.sum()))

    @property
    def force(self) -> float:
        return STIFFNESS_N_M * max(self.x + self.reach() - self.wall, 0.0)

    def run(self, seconds: float, **commands: tuple[float, ...]) -> None:
        governor, period = self.governor, self.governor.period
        (group,) = governor.groups
        assert isinstance(group._body, JointedBody) and group._body._mechanics is not None
        gravity = group._body._mechanics.dynamics.gravity
        for _ in range(round(seconds / period)):
            self.k += 1
            t = self.k * period
            # A push back at height h turns the joint under it up, and the joint holds against that.
            high = LOWER * np.sin(self.q.sum())
            pushed = self.force * np.array([UPPER * np.sin(self.q[0]) + high, high])
            effort = gravity(np.array([self.x, 0.0, 0.0, *self.q]))[3:] - pushed
            pose, twist = np.array([self.x, 0, 0, 0, 0, 0, 1.0]), np.array([self.moves[0], 0, 0, 0, 0, 0])
            governor.handle(Odom(t, "odom", pose, twist, t))
            governor.handle(
                Joints(t, "joints", tuple(JOINTS), self.q.copy(), self.moves[1:].copy(), effort, t)
            )
            made = [d for name, u in commands.items() for d in governor.handle(Command(t, name, u, t))]
            made += governor.tick(t)
            self.decisions += made
            last = {d.channel: d for d in made}
            self.sent.append((t + 0.04, np.array([last["base"].allowed[0], *last["arm"].allowed])))
            while self.sent and self.sent[0][0] <= t + 1e-9:
                self.moves = self.sent.popleft()[1]
            self.x, self.q = self.x + self.moves[0] * period, self.q + self.moves[1:] * period
            self.forces.append(self.force)


@pytest.fixture
def pressed(tmp_path) -> Wall:
    """The base drove on at 0.2 m/s until it stopped, and everybody was silent until it may be asked to move again."""
    at = Wall(Governor(arm(tmp_path, robot())))
    at.run(3.0, base=(0.2, 0, 0, 0, 0, 0))
    assert {"contact_collision"} == {
        f.name for d in at.decisions for f in d.faults if f.name.startswith("con")
    }
    at.run(1.0)
    return at


def test_a_base_that_presses_an_arm_on_is_stopped_by_the_first_decision_that_knows(pressed):
    """The shoulder holds 10 Nm where 43 N act 0.32 m up: what was felt before a decision, and what it said."""
    high = UPPER * np.sin(0.7) + LOWER * np.sin(0.2)
    told = {round(d.t / pressed.governor.period): d for d in pressed.decisions if d.channel == "base"}
    before = next(k for k, force in enumerate(pressed.forces, 1) if force * high > STOP_NM)
    names = [{f.name for f in told[k].faults} for k in (before, before + 1)]
    assert names == [set(), {"contact_collision"}]


@pytest.mark.parametrize("speed", [0.2, 0.02, -0.2])
def test_a_base_does_not_move_against_an_arm_that_feels_a_collision(pressed, speed):
    before = pressed.x
    pressed.run(1.0, base=(speed, 0, 0, 0, 0, 0))
    assert pressed.x == before


def test_the_arm_that_feels_it_leaves_and_then_the_base_is_free(pressed):
    hardest, held = max(pressed.forces), pressed.force
    pressed.run(1.0, arm=(0.1, 0.1))
    eased = pressed.forces[-round(1.0 / pressed.governor.period) :]
    assert all(after <= before for before, after in zip([held, *eased], eased, strict=False))
    pressed.run(3.0, arm=(0.1, 0.1))
    assert pressed.force == 0.0
    pressed.run(1.0)
    before = pressed.x
    pressed.run(2.0, base=(-0.2, 0, 0, 0, 0, 0))
    assert pressed.x < before - 0.2 and max(pressed.forces) == hardest


def test_the_arm_that_feels_it_does_not_press_on_either(pressed):
    held = pressed.force
    pressed.run(1.0, arm=(-0.1, -0.1))
    assert pressed.force == held

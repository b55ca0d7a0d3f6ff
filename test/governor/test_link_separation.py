"""An arm among people whose joints are told more seldom than it is governed, in closed loop."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest

from iatro_governor.body.distance import ball_distance
from iatro_governor.body.kinematics import posture
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action
from iatro_governor.governor.events import Bodies, Body, Command, Joints
from test.governor.arms import JOINTS, SAID, arm, channel, data, limits_of

RADIUS, RESERVE = 0.1, 0.08
PARTS = 5
"""Steps of the true arm in a period."""


@pytest.fixture
def governor(tmp_path):
    """Of the arm that lifts; its command acts 0.02 s later at the latest."""
    numbers = {"intrusion": 0.05, "uncertainty": 0.02, "robot_uncertainty": 0.01, "noise": 0.01}
    row = {"name": "people", "kind": "link_separation", "channel": "arm", "bodies": "people", "source": SAID}
    rates = [
        {"name": kind, "kind": kind, "channel": "arm", "bounds": bounds, "source": SAID}
        for kind, bounds in (("joint_acceleration", [3.0, 3.0]), ("joint_deceleration", [4.0, 5.0]))
    ]
    given = data(
        {"arm": channel("joint_velocity", "arm")},
        [*limits_of("arm"), *rates, {**row, **numbers, "retreat_speed": 0.1}],
    )
    tracker = {"type": "bodies", "topic": "people", "frame": "base", "timeout_s": 0.3, "radius": RADIUS}
    given["sources"] = given["sources"] | {"people": tracker | {"source": SAID}}
    return Governor(arm(tmp_path, given))


def lifted(governor, joints_every, people_every, person, seconds):
    """Lift towards the ``person``, whose height (m, at a time) is above the shoulder; they have no say in it.

    What was decided, and at every part of a period the gap, m, and how fast the shoulder turns, rad/s.
    """
    sent: deque[tuple[float, np.ndarray]] = deque()
    q, v, decisions, apart = np.zeros(2), np.zeros(2), [], []
    for k in range(round(seconds / governor.period)):
        t = k * governor.period
        if k % joints_every == 0:
            governor.handle(Joints(t, "joints", tuple(JOINTS), q.copy(), v.copy(), None, t))
        if k % people_every == 0:
            pace = (person(t + 1e-3) - person(t)) / 1e-3
            one = Body("ann", np.array([0.0, 0.0, person(t)]), np.array([0.0, 0.0, pace]))
            governor.handle(Bodies(t, "people", "base", (one,), t))
        if k % 3 == 0:
            decisions += governor.handle(Command(t, "arm", (1.0, 0.0), t))
        decisions += governor.tick(t)
        sent.append((t + 0.02, np.array(decisions[-1].allowed)))
        for part in range(PARTS):
            now = t + part * governor.period / PARTS
            while sent and sent[0][0] <= now + 1e-9:
                v = sent.popleft()[1]
            apart.append((gap(governor, q, person(now)), v[0]))
            q = q + v * governor.period / PARTS
    return decisions, np.array(apart)


def gap(governor, q, height):
    """Between the person and the nearest link, m."""
    model = governor.profile.body
    centres = np.broadcast_to(np.array([0.0, 0.0, height]), (len(model.capsule_radius), 3))
    return ball_distance(posture(model, q).capsules(), model.capsule_radius, centres, RADIUS).min()


@pytest.mark.parametrize(
    ("joints_every", "people_every"), [(1, 5), (2, 5), (4, 5), (8, 5), (2, 10), (4, 10), (8, 7)]
)
def test_one_who_stands_is_come_up_to_without_a_stop_however_old_the_joints_are(
    governor, joints_every, people_every
):
    decisions, apart = lifted(governor, joints_every, people_every, lambda _: 0.8, 4.0)
    assert not [d for d in decisions if d.action is Action.UNREACHABLE]
    assert RESERVE + 1.6 * 0.02 <= apart[-1, 0] <= RESERVE + 1.6 * 0.2


@pytest.mark.parametrize(("joints_every", "people_every"), [(1, 5), (4, 10), (8, 5)])
def test_one_who_walks_up_finds_it_at_rest_before_the_reserve_however_old_the_joints_are(
    governor, joints_every, people_every
):
    """They come down at 1.6 m/s from 2.5 m above the shoulder; it turned towards them at over 0.3 rad/s."""
    decisions, apart = lifted(governor, joints_every, people_every, lambda t: 2.5 - 1.6 * t, 1.4)
    assert not [d for d in decisions if d.action is Action.UNREACHABLE]
    assert apart[:, 1].max() > 0.3
    near = apart[:, 0] <= RESERVE
    assert near.any() and not apart[near, 1].any()

"""Joints that follow their set-point slowly cut its corners: what the set-point goes round, they keep out of, too."""

from __future__ import annotations

import math

import numpy as np
import pytest

from iatro_governor.body.kinematics import posture
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action
from iatro_governor.governor.events import Command, Joints
from iatro_governor.governor.in_flight import ASIDE
from iatro_governor.profile.volumes import Volume3
from test.governor.arms import JOINTS, SAID, arm, channel, data, limits_of
from test.governor.test_trajectory_beside import bent

MARGIN, SPEED = 0.01, 0.4
OVER, BACK, DOWN = np.array([0.43, 0.02]), np.array([0.345, 0.02]), np.array([0.345, -0.2])
SHELF = {"box": {"size": [0.4, 2.0, 0.4], "pose": [0.6, 0.0, -0.25, 0.0, 0.0, 0.0]}}
LINK = {"name": "shelf", "kind": "link_zone", "channel": "way", "volume": SHELF, "margin": MARGIN}
RATES = [
    {"name": f"way_{kind}", "kind": f"joint_{kind}", "channel": "way", "bounds": [6.0, 6.0], "source": SAID}
    for kind in ("acceleration", "deceleration")
]


def told(s: float) -> np.ndarray:
    """The joints ``s`` m along a way back over the shelf, and down before it."""
    first = float(np.linalg.norm(BACK - OVER))
    if s < first:
        return bent(*(OVER + (BACK - OVER) * s / first))
    return bent(*(BACK + (DOWN - BACK) * min((s - first) / 0.22, 1.0)))


def followed(profile, lag_s: float):
    """Places of the joints, several a cycle, with a time constant of ``lag_s``; and all that was decided."""
    governor, trail, decisions = Governor(profile), [told(0.0)], []
    setpoint, share = trail[0], 1.0 - math.exp(-governor.period / 4 / lag_s)
    for k in range(150):
        t, before = k * governor.period, trail[max(len(trail) - 5, 0)]
        velocity = (trail[-1] - before) / governor.period
        governor.handle(Joints(t, "joints", tuple(JOINTS), trail[-1], velocity, None, t))
        asked = tuple(told(max(SPEED * (t - 0.1), 0.0)).tolist())
        new = [*governor.handle(Command(t, "way", asked, t)), *governor.tick(t)]
        decisions += new
        setpoint = np.array(new[-1].allowed)
        for _ in range(4):
            trail.append(trail[-1] + share * (setpoint - trail[-1]))
    return np.array(trail), decisions


@pytest.mark.parametrize("lag_s", [0.1, 0.2])
def test_joints_that_cut_the_corners_of_their_set_point_keep_out(tmp_path, lag_s):
    limits = [*limits_of("way"), *RATES, LINK | {"links": ["lower"], "source": SAID}]
    profile = arm(tmp_path, data({"way": channel("joint_position", "way")}, limits))
    assert profile.body is not None
    trail, decisions = followed(profile, lag_s)
    which = np.flatnonzero(profile.body.capsule_body == 2)
    ends = posture(profile.body, trail).capsules()[:, which]
    distance = Volume3.model_validate(SHELF).volume().distance(ends, profile.body.capsule_radius[which])
    assert MARGIN - ASIDE <= distance.min() < MARGIN + 0.005
    assert {fault.name for d in decisions for fault in d.faults} <= {"closed"}
    assert Action.UNREACHABLE not in {d.action for d in decisions}


@pytest.mark.parametrize(
    ("next_way", "cut"), [((1.0, 0.0), False), ((-1.0, 0.0), False), ((0.0, 1.0), True), ((1.0, -1.0), True)]
)
def test_a_corner_is_where_the_set_point_goes_on_otherwise_than_joints_that_lag(tmp_path, next_way, cut):
    """One joint lags, and nothing but that: the other is where it is told, to the last digit."""
    profile = arm(tmp_path, data({"way": channel("joint_position", "way")}, [*limits_of("way"), *RATES]))
    governor, q = Governor(profile), np.array([0.3, -0.8])
    for k in range(20):
        t = k * governor.period
        governor.handle(Joints(t, "joints", tuple(JOINTS), q, np.zeros(2), None, t))
        governor.handle(Command(t, "way", (0.6, -0.8), t))
        governor.tick(t)
    (group,) = governor.groups
    assert len(group.look(t).views(np.array([next_way]))) == (2 if cut else 1)

"""The bounds of single joints that a trajectory keeps, from the limits of all channels: by hand."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from iatro_governor.body.load import load_text
from iatro_governor.governor.joint_rows import JointRow, joint_bounds, joint_rows
from iatro_governor.limits.registry import KINDS
from test.governor.arms import LIFTING

JOINTS = {"arm": np.array([0, 1]), "hand": np.array([2, 1])}
"""The elbow, the second joint of the model, is moved by both; the third one is a finger that slides."""
NAMES = ("shoulder", "elbow", "finger_left")
OWN = np.array([0, 1, 2])


@cache
def model():
    """Shoulder and elbow from -2 to 2 rad, and two fingers from 0 to 0.04 m."""
    return load_text(LIFTING)


def limit(kind, channel, **own):
    config = {"name": f"{channel}_{kind}", "kind": kind, "channel": channel, "source": "a test"}
    return KINDS[kind](KINDS[kind].model.model_validate(config | own))


def rows(*limits):
    return [
        (row.config.name, row.lower.tolist(), row.upper.tolist())
        for row in joint_rows("arm", limits, model(), JOINTS)
    ]


def test_speeds_of_every_channel_bound_the_joints_that_both_move():
    found = rows(
        limit("joint_velocity", "arm", bounds=[1.0, 1.5]), limit("joint_velocity", "hand", bounds=[0.1, 0.7])
    )
    assert found == [
        ("arm_joint_velocity", [-1.0, -1.5], [1.0, 1.5]),
        ("hand_joint_velocity", [-np.inf, -0.7], [np.inf, 0.7]),
    ]


def test_rates_of_change_bound_their_own_channel_alone_and_nothing_else_is_looked_at():
    kinds = ("joint_acceleration", "joint_deceleration", "joint_jerk")
    theirs = [limit(kind, "hand", bounds=[3.0, 4.0]) for kind in kinds]
    own = [limit(kind, "arm", bounds=[5.0, 6.0]) for kind in kinds]
    speed = limit("link_speed", "arm", bound=0.25)
    assert rows(speed, *theirs, *own) == [(f"arm_{kind}", [-5.0, -6.0], [5.0, 6.0]) for kind in kinds]


def test_ends_are_kept_from_by_their_margin():
    (found,) = rows(limit("joint_position", "arm", lower=[-1.0, -0.5], upper=[0.7, 1.1], margin=0.02))
    assert found[1:] == (pytest.approx([-0.98, -0.48]), pytest.approx([0.68, 1.08]))


def row(kind, lower, upper):
    config = limit(
        kind, "arm", **({"margin": 0.0} if kind == "joint_position" else {"bounds": [1.0, 1.0]})
    ).config
    return JointRow(config, np.array(lower), np.array(upper))


def bounds(*given):
    return joint_bounds(given, NAMES, model(), OWN, 0.004)


def test_without_limits_the_description_says_where_joints_end_and_nothing_how_fast_they_are():
    found = bounds()
    assert found.lower.tolist() == [-2.0, -2.0, 0.0] and found.upper.tolist() == [2.0, 2.0, 0.04]
    for each in (found.velocity, found.acceleration, found.deceleration):
        assert each.tolist() == [1e6] * 3
    assert found.jerk is None and found.corner_s == 0.004
    assert found.joints == NAMES and found.units == ("rad", "rad", "m")


def test_the_tightest_of_all_bounds_counts():
    inf = np.inf
    found = bounds(
        row("joint_position", [-1.5, -3.0, 0.01], [1.7, 1.9, 3.0]),
        row("joint_position", [-1.6, -1.2, -1.0], [1.6, 3.0, 0.03]),
        row("joint_velocity", [-inf] * 3, [1.0, 2.0, inf]),
        row("joint_velocity", [-inf] * 3, [1.5, 0.5, inf]),
        row("joint_acceleration", [-inf] * 3, [3.0, 4.0, 5.0]),
        row("joint_deceleration", [-inf] * 3, [6.0, 7.0, 8.0]),
        row("joint_jerk", [-inf] * 3, [60.0, 70.0, inf]),
    )
    assert found.lower.tolist() == [-1.5, -1.2, 0.01] and found.upper.tolist() == [1.6, 1.9, 0.03]
    assert found.velocity.tolist() == [1.0, 0.5, 1e6]
    assert found.acceleration.tolist() == [3.0, 4.0, 5.0] and found.deceleration.tolist() == [6.0, 7.0, 8.0]
    assert found.jerk is not None and found.jerk.tolist() == [60.0, 70.0, 1e6]


def test_jerk_is_bounded_where_one_limit_bounds_it():
    inf = np.inf
    found = bounds(row("joint_jerk", [-inf] * 3, [60.0, 70.0, inf]))
    assert found.jerk is not None and found.jerk.tolist() == [60.0, 70.0, 1e6]
    assert bounds(row("joint_velocity", [-inf] * 3, [1.0, 2.0, inf])).jerk is None


def test_a_joint_that_turns_one_link_and_pushes_another_is_told_in_rad():
    """The finger is geared to the shoulder."""
    mimics = LIFTING.replace(
        '<axis xyz="0 1 0"/>', '<axis xyz="0 1 0"/><mimic joint="shoulder" multiplier="0.01"/>'
    )
    geared = load_text(mimics)
    assert geared.joints == ("shoulder", "elbow", "finger_right")
    assert joint_bounds([], geared.joints, geared, OWN, 0.004).units == ("rad", "rad", "m")

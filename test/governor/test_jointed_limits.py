"""What the body of a group tells the limits that ask for it: by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Command, Joints, Knot
from iatro_governor.testimony.bounds import UNTOLD
from test.governor.arms import FINGERS, JOINTS, arm, channel, data
from test.governor.carried import (
    CIRCLE,
    body_of,
    driven,
    published,
    row,
    told,
    velocity,
)


def test_the_limits_that_are_far_from_mattering_are_left_out(tmp_path):
    governor, body = body_of(tmp_path, velocity())
    told(governor, 1.0)
    at = body.situation(1.0, published(2))
    (group,) = governor.groups
    slow, fast = (body.relevant(group.limits, at, np.array([rate, 0.0])) for rate in (0.1, 1.5))
    assert "arm_joint_velocity" not in {limit.config.name for limit in slow}
    assert "arm_joint_velocity" in {limit.config.name for limit in fast}


def test_what_is_kept_out_of_over_ground_is_known_to_all(tmp_path):
    box = {"box": {"size": [0.4, 2.0, 0.4], "pose": [50.0, 0.0, -0.25, 0.0, 0.0, 0.0]}}
    rows = [
        row("link_zone", f"in_{frame}", "arm", volume=box, margin=margin, frame=frame, links=["lower"])
        for frame, margin in (("odom", 0.03), ("body", 0.04))
    ]
    for kept, known in ((rows, 1), (rows[1:], 0)):
        governor, body = body_of(tmp_path, velocity(), kept, base={}, **CIRCLE)
        driven(governor, 0.9)
        told(governor, 0.9)
        at = body.situation(0.9, published(5))
        assert (at.landmarks is not None) == bool(known)
        if at.landmarks is not None:
            assert len(at.landmarks.out_of_reach(at.now, at.levers, np.zeros(5))) == known


def test_the_hand_is_told_and_weights_are_where_a_limit_weighs(tmp_path):
    felt = row(
        "contact_force", "felt", "arm", state="joints", report=[5.0, 4.0], stop=[9.0, 8.0], retreat_speed=0.1
    )
    for more, weighs in (([], False), ([felt], True)):
        given = data(velocity())
        given["limits"] += more
        given["robot"]["model"]["tool"] = "hand"
        governor = Governor(arm(tmp_path, given))
        told(governor, 0.9, effort=(0.0, 0.0))
        at = governor.groups[0]._body.situation(0.9, published(2))
        assert at.tool == "hand" and (at.mechanics is not None) == weighs


@pytest.mark.parametrize("unknown", [None, np.full(2, np.nan)], ids=["none", "no numbers"])
@pytest.mark.parametrize(("arm_tells", "fingers_tell"), [(True, True), (True, False), (False, True)])
def test_an_arm_that_feels_by_its_joints_needs_no_efforts_of_its_fingers(
    tmp_path, arm_tells, fingers_tell, unknown
):
    """The fingers are joints of the model, and have a source of their own. Both are held up, a second long."""
    given = data(velocity() | {"grip": channel("gripper", "grip", state="hand")})
    numbers = {"state": "joints", "report": [5.0, 5.0], "stop": [9.0, 9.0], "retreat_speed": 0.1}
    given["limits"] += [row("contact_force", "felt", "arm", **numbers)]
    given["robot"]["model"]["joints"] = [*JOINTS, *FINGERS]
    given["sources"] = given["sources"] | {"hand": {"type": "joints", "topic": "hand", "timeout_s": 0.1}}
    governor = Governor(arm(tmp_path, given))
    body: Any = governor.groups[0].body
    at, still = np.full(2, 0.02), np.zeros(2)
    details: set[str] = set()
    held = np.split(body._mechanics.dynamics.gravity(np.full(4, 0.02)), 2)
    for t in np.arange(100) * 0.01:
        governor.handle(Joints(t, "joints", tuple(JOINTS), at, still, held[0] if arm_tells else unknown, t))
        governor.handle(Joints(t, "hand", tuple(FINGERS), at, still, held[1] if fingers_tell else unknown, t))
        governor.handle(Command(t, "arm", (0.05, 0.0), t))
        (decision,) = (each for each in governor.tick(t) if each.channel == "arm")
        details |= {fault.detail for fault in decision.faults}
        assert arm_tells or not any(decision.allowed)
    if arm_tells:
        assert decision.allowed == (0.05, 0.0) and not details
    else:
        assert f"felt: {UNTOLD} of shoulder, elbow" in details, "the witness knows it by these words"


def test_an_arm_that_feels_by_its_joints_follows_a_path_on_which_its_weight_changes(tmp_path):
    """Nothing is touched. From upright to stretched out the shoulder comes to hold 5.7 Nm more; 5 are a collision."""
    given = data({"way": channel("joint_trajectory", "way", policy="refuse")})
    felt = {"state": "joints", "report": [2.0, 2.0], "stop": [5.0, 5.0], "retreat_speed": 0.1}
    given["limits"] += [row("contact_force", "felt", "way", **felt)]
    governor, start = Governor(arm(tmp_path, given)), np.array([1.4, 0.0])
    body: Any = governor.groups[0].body
    held = body._mechanics.dynamics.gravity(start)
    assert body._mechanics.dynamics.gravity(np.zeros(2))[0] - held[0] > 5.0
    governor.handle(Joints(1.0, "joints", tuple(JOINTS), start, np.zeros(2), held, 1.0))
    governor.tick(1.0)
    points = (Knot(0.0, (1.4, 0.0), (0.0, 0.0)), Knot(4.0, (0.0, 0.0), (0.0, 0.0)))
    made = governor.handle(Command(1.0, "way", (), 1.0, "a plan", names=tuple(JOINTS), points=points))
    assert [(each.action.name, each.limits) for each in made] == [("PASS", ())]


def test_values_that_mean_rest_are_told_of_efforts_once_they_are_known(tmp_path):
    """The links weigh 2 kg and 1 kg: what holds them depends on the posture."""
    governor, body = body_of(tmp_path, {"push": channel("joint_effort", "push")})
    assert body.situation(0.9, published(2)).rest == {}
    told(governor, 0.9, q=(0.0, 0.0), effort=(0.0, 0.0))
    governor.channels["push"].member("push").chart.look(0.9)
    rest = body.situation(0.9, published(2)).rest
    elbow = 1.0 * 9.81 * 0.1
    assert list(rest) == ["push"]
    assert rest["push"] == pytest.approx([2.0 * 9.81 * 0.15 + 1.0 * 9.81 * 0.4, elbow], rel=2e-3)


def test_a_pose_is_braked_by_its_own_stop(tmp_path):
    governor, body = body_of(tmp_path, {"hand": channel("pose", "hand")})
    told(governor, 0.9)
    at = body.situation(0.9, published(6))
    (stop,) = at.drive.stops
    assert stop[0] == slice(0, 6) and stop[1] is governor.channels["hand"].member("hand").chart.controlled
    assert at.comfort.stops == at.drive.stops
    told(governor, 0.9)
    _, plain = body_of(tmp_path, velocity(), base={}, **CIRCLE)
    assert plain._stops == []


def test_jerk_is_told_where_it_is_bounded(tmp_path):
    """4 and 5 rad/s2 build up by 10 and 25 rad/s3 within 0.4 and 0.2 s; the base knows no jerk."""
    rows = [row("joint_jerk", "soft", "arm", bounds=[10.0, 25.0])]
    governor, body = body_of(tmp_path, velocity(), rows, base={}, **CIRCLE)
    driven(governor, 0.9, (0.0, 0.0, 0.0, 0.0))
    told(governor, 0.9)
    at = body.situation(0.9, published(5, (0.5, [0.0] * 5), (0.87, [0.0] * 5)))
    assert at.build_up_s == pytest.approx(0.4)
    assert at.jerk is not None and at.jerk.bounds.tolist() == [np.inf, np.inf, np.inf, 10.0, 25.0]
    assert at.jerk.step_s == pytest.approx(0.03)
    assert at.base is not None and at.base.jerk is None
    soon = body.situation(0.872, published(5, (0.5, [0.0] * 5), (0.87, [0.0] * 5)))
    assert soon.jerk.step_s == pytest.approx(0.01)

"""Limits that the rest of a profile contradicts by their numbers: each number worked out by hand."""

from __future__ import annotations

import copy
from math import pi
from typing import Any

import numpy as np
import pytest
import yaml

from iatro_governor.body.kinematics import posture
from iatro_governor.errors import ProfileError
from iatro_governor.limits.registry import KINDS, load_profile
from iatro_governor.limits.tip_over import TipOverLimit
from test.governor import arms
from test.governor.profiles import AMR
from test.limits.bodies import TWO_LINKS
from test.profile.test_agreements import (
    BEHIND,
    CELL,
    RAISED,
    TOUCH,
    WRIST,
    by_force,
    profile,
    refused,
    wiping,
)
from test.shipped import shipped

SAID = "a test"
G, WEIGHS, HIGH = 9.81, 33.0, 22.5 / 33
"""Base and arm, kg, and how high their centre is, m: 30 kg at 0.7 m and the links, 2 kg and 1 kg, at 0.5 m."""


def gripping(folder, force, torque):
    """A tool that a stop holds with 13 N and 7 Nm: by (3, 4, 12) N and (2, -3, 6) Nm."""
    held = arms.channel("wrench", hold=[3.0, 4.0, 12.0, 2.0, -3.0, 6.0])
    bounds = {
        "name": "push",
        "kind": "wrench",
        "channel": "tool",
        "source": SAID,
        "force": force,
        "torque": torque,
    }
    return arms.arm(folder, arms.data({"tool": held}, [bounds]))


def test_what_a_stop_exerts_may_be_all_that_is_allowed(tmp_path):
    assert gripping(tmp_path, 13.0, 7.0).limits[0].name == "push"


def test_what_a_stop_exerts_is_no_more_than_is_allowed(tmp_path):
    with pytest.raises(ProfileError) as caught:
        gripping(tmp_path, 12.9, 6.9)
    force, torque = caught.value.problems
    assert (force.key, force.allowed) == ("limits[0].force", "at least 13")
    assert (torque.key, torque.allowed) == ("limits[0].torque", "at least 7")


def carrying(data, mass, most):
    data["robot"]["model"] |= {"payload": most, "payload_source": SAID}
    example = KINDS["payload"].model.example
    data["limits"].append(
        {"name": "load", "kind": "payload", "channel": "arm", "source": SAID, **example, "mass": mass}
    )


def test_no_more_is_carried_than_is_reckoned_with(tmp_path):
    assert profile(tmp_path, lambda data: carrying(data, 1.5, 1.5))
    (problem,) = refused(tmp_path, lambda data: carrying(data, 1.4, 1.5))
    assert (problem.key, problem.allowed) == ("limits[3].mass", "at least 1.5")


def test_the_joints_detect_what_they_let_pass_while_a_task_is_done(tmp_path):
    """40 / 1.04 and 20 / 0.44 Nm/m while it wipes, where 20 / 1.04 would stop it otherwise."""

    def change(data):
        by_force(data)
        data["sources"]["cell"] = CELL
        feels: dict[str, Any] = {"state": "joints", "report": [5.0, 5.0], "stop": [20.0, 10.0]}
        data["limits"][-2] |= feels | {"task": RAISED | {"report": [5.0, 5.0], "stop": [40.0, 20.0]}}
        del data["limits"][-2]["wrench"]
        data["limits"][-1] |= {"contact_detection": "joints", "detected_force": 38.4, **BEHIND}

    (problem,) = refused(tmp_path, change)
    assert problem.allowed == "at least 38.46"


def upright(folder, deceleration, base="differential", **more):
    """The robot of test_tip_over with its arm ahead: 0.3 m to the edges less 0.03 m, and 0.0424 m ahead its centre."""
    data = shipped(AMR)
    data["robot"] |= {"base_frame": "base", "model": {"urdf": "two.urdf", "tool": "lower"}}
    data["channels"]["base"]["base"] = base
    del data["channels"]["base"]["recover"]
    row = {"channel": "base", "source": SAID}
    stands = {**KINDS["tip_over"].model.example, "ground": -0.5, "deceleration": deceleration, **more}
    data["limits"] = [
        {"name": "go", "kind": "speed", "axis": "planar", "bound": 1.0, **row},
        {"name": "turn", "kind": "speed", "axis": "wz", "bound": 1.0, **row},
        {"name": "upright", "kind": "tip_over", **row, **stands},
    ]
    (folder / "two.urdf").write_text(TWO_LINKS)
    path = folder / "robot.yaml"
    path.write_text(yaml.safe_dump(data))
    return load_profile(path)


def hardest(folder, *given, **more):
    """The hardest stop that is let through, as the refusal of one of 9 m/s2 tells it."""
    with pytest.raises(ProfileError) as caught:
        upright(folder, 9.0, *given, **more)
    (problem,) = caught.value.problems
    assert problem.key == "limits[2].deceleration"
    return float(problem.allowed.removeprefix("at most "))


AHEAD = 1.4 / WEIGHS
"""How far ahead of the base's middle the weight presses: 2 kg by 0.3 m, 1 kg by 0.8 m."""


def test_ahead_where_the_arm_is_the_stop_tips_it_first(tmp_path):
    assert hardest(tmp_path) == pytest.approx(G * (0.27 - AHEAD) / HIGH, rel=2e-3)


def test_backwards_counts_as_well(tmp_path):
    """With 30 kg 0.15 m behind, the weight presses (4.5 - 1.4) / 33 m behind."""
    found = hardest(tmp_path, base_centre=[-0.15, 0.0, 0.2])
    assert found == pytest.approx(G * (0.27 - (4.5 - 1.4) / WEIGHS) / HIGH, rel=2e-3)


NARROW = [[0.3, 0.11], [-0.3, 0.11], [-0.3, -0.11], [0.3, -0.11]]


def test_only_what_drives_sideways_may_tip_sideways(tmp_path):
    """0.08 m to either side; the refusal says 1.15 m/s2, where 84.7 degrees would make it 1.16."""
    assert hardest(tmp_path, contacts=NARROW) == pytest.approx(G * (0.27 - AHEAD) / HIGH, rel=2e-3)
    sideways = hardest(tmp_path, "omnidirectional", contacts=NARROW)
    assert sideways == pytest.approx(G * 0.08 / HIGH, abs=0.005)


def test_of_an_omnidirectional_base_sixteen_ways_are_looked_at(tmp_path):
    """Contacts turned by an eighth of a right angle more than one way of sixteen: 22.5 degrees ahead is the worst."""
    turn = pi / 8
    c, s = np.cos(turn), np.sin(turn)
    turned = (np.array([[0.13, 0.6], [-0.6, 0.6], [-0.6, -0.6], [0.13, -0.6]]) @ [[c, s], [-s, c]]).tolist()
    found = hardest(tmp_path, "omnidirectional", contacts=turned)
    assert found == pytest.approx(G * (0.1 - AHEAD * c) / HIGH, rel=5e-3)


def test_what_the_tool_carries_weighs_at_the_tool(tmp_path):
    """3 kg at 0.6 m and 0.5 m high: (1.4 + 1.8) / 36 ahead; an empty hand is higher."""
    found = hardest(tmp_path, payload=3.0)
    assert found == pytest.approx(G * (0.27 - 3.2 / 36) / HIGH, rel=2e-3)


def test_a_stop_that_just_stands_is_let_through(tmp_path):
    body = upright(tmp_path, 3.2)
    limit = TipOverLimit(body.limits[2])
    stands = limit.hardest(posture(body.body, body.body.rest), 3, "lower", np.array([1.0, 0.0]))
    assert upright(tmp_path, stands).limits[2].deceleration == stands
    with pytest.raises(ProfileError):
        upright(tmp_path, np.nextafter(stands, 9.0).item())


def test_a_stop_that_brakes_harder_than_is_reckoned_with_is_refused(tmp_path):
    """The protective stop brakes by 1.6 m/s2."""
    assert upright(tmp_path, 1.6)
    with pytest.raises(ProfileError) as caught:
        upright(tmp_path, 1.59)
    assert [problem.allowed for problem in caught.value.problems] == ["at least 1.6"]


def test_only_what_stops_the_same_channel_by_the_same_sensor_detects_a_contact(tmp_path):
    """The joints stop it too, at whatever force that is, and the wrist is asked for."""

    def change(data, by):
        by_force(data)
        data["limits"][-2] |= {"state": "joints", "report": [5.0, 5.0], "stop": [20.0, 10.0]}
        del data["limits"][-2]["wrench"]
        data["limits"][-1]["contact_detection"] = by

    (problem,) = refused(tmp_path, lambda data: change(data, "wrist"))
    assert problem.key == "limits[4].contact_detection"
    assert profile(tmp_path, lambda data: change(data, "joints"))


def test_of_two_limits_on_one_wrist_the_lower_stops_first(tmp_path):
    """At 30 N and at 45 N."""

    def change(data, detected):
        by_force(data)
        data["limits"].append({**data["limits"][-2], "name": "later", "stop": [45.0, 9.0]})
        data["limits"][-2]["detected_force"] = detected

    assert profile(tmp_path, lambda data: change(data, 30.0))
    (problem,) = refused(tmp_path, lambda data: change(data, 29.9))
    assert problem.allowed == "at least 30"


def test_what_stops_another_channel_detects_no_contact_of_this_one(tmp_path):
    def change(data):
        by_force(data)
        arm = data["channels"]["arm"]
        data["channels"]["other"] = copy.deepcopy(arm) | {
            "input": "other/planner",
            "output": "other/velocity",
        }
        data["limits"] += [copy.deepcopy(row) | {"channel": "other", "name": f"other_{row['name']}"}
                           for row in data["limits"][:3]]  # fmt: skip
        data["limits"][3]["channel"] = "other"

    (problem,) = refused(tmp_path, change)
    assert problem.key == "limits[4].contact_detection"


def test_a_wrist_that_is_at_no_link_is_refused_with_the_links_that_there_are(tmp_path):
    def change(data):
        data["limits"].append({**TOUCH, **WRIST})
        data["sources"]["wrist"]["frame"] = "palm"

    (problem,) = refused(tmp_path, change)
    assert (problem.key, problem.allowed) == ("sources.wrist.frame", "base, upper, lower")


def test_a_flag_of_no_source_is_refused_with_the_sources_that_there_are(tmp_path):
    def alone(data):
        wiping()(data)
        del data["sources"]["cell"]

    (other,) = refused(tmp_path, wiping(flags="wrist"))
    (none,) = refused(tmp_path, alone)
    assert (other.allowed, none.allowed) == ("cell", "a flags source")


@pytest.mark.parametrize(
    ("told", "fits"), [(None, True), (["head", "hand"], True), (["hand", "foot"], False)]
)
def test_a_region_with_bounds_of_its_own_is_one_that_the_tracker_tells_where_it_says_which_those_are(
    tmp_path, told, fits
):
    def change(data):
        by_force(data)
        touch = data["limits"][-1]
        touch["regions"] = {"head": touch["default"]}
        if told is not None:
            data["sources"]["people"]["regions"] = told

    if fits:
        assert "head" in profile(tmp_path, change).limits[-1].regions
        return
    (problem,) = refused(tmp_path, change)
    assert (problem.key, problem.allowed) == ("limits[4].regions", "hand, foot")

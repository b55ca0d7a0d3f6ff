"""A limit that does not fit its channel, the robot's model or another part of the profile is refused, by name."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml

from iatro_governor.errors import ProfileError
from iatro_governor.limits.registry import KINDS, load_profile
from iatro_governor.resources import shared
from test.body.arm.conftest import robots_folder
from test.shipped import shipped

pytestmark = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
PANDA = yaml.safe_load(shared("config/panda.yaml").read_text())


def row(kind, **changes):
    return {
        "name": "mine",
        "kind": kind,
        "channel": "arm",
        "source": "a test",
        **KINDS[kind].model.example,
        **changes,
    }


def refused(tmp_path, *limits, change=lambda data: None):
    """The problems of the arm's profile with ``limits`` and ``change``."""
    data = copy.deepcopy(PANDA)
    data["limits"] += limits
    change(data)
    path = tmp_path / "panda.yaml"
    path.write_text(yaml.safe_dump(data))
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    return caught.value.problems


def test_a_link_that_the_robot_has_not(tmp_path):
    (problem,) = refused(tmp_path, row("link_slow_zone", links=["panda_hand", "panda_wing"]))
    assert problem.given == "panda_wing" and "panda_link7" in problem.allowed


def test_a_hand_that_the_robot_has_not(tmp_path):
    (problem,) = refused(tmp_path, row("singularity", link="panda_paw"))
    assert problem.key.endswith(".link") and problem.given == "panda_paw"


def test_a_hand_that_nobody_named(tmp_path):
    without = row("singularity", link=None)
    *_, problem = refused(tmp_path, without, change=lambda data: data["robot"]["model"].pop("tool"))
    assert (
        problem.key.endswith(".link") and "mine" in problem.message and "robot.model.tool" in problem.message
    )


TOUCH = {"name": "touch", "kind": "power_and_force", "channel": "arm", "source": "a test"}
TOUCH |= KINDS["power_and_force"].model.example
FELT = {"wrench": "wrist", "report": [10.0, 2.0], "stop": [30.0, 6.0], "retreat_speed": 0.1}


def only(*limits):
    """The arm's profile with ``limits`` in place of those on contact."""

    def change(data):
        kept = [x for x in data["limits"] if x["kind"] not in ("contact_force", "power_and_force")]
        data["limits"] = [*kept, *limits]

    return change


def test_a_contact_that_stops_nothing_is_not_detected(tmp_path):
    (problem,) = refused(tmp_path, change=only(TOUCH))
    assert problem.key.endswith(".contact_detection") and "contact_force" in problem.allowed
    by_joints = row("contact_force", wrench=None, state="joints", report=[5.0] * 7, stop=[20.0] * 7)
    (problem,) = refused(tmp_path, change=only(TOUCH, by_joints))
    assert problem.given == "wrist"


@pytest.mark.parametrize(("payload", "least"), [(1.0, "39.81"), (0.0, "30")])
def test_a_force_at_which_nothing_stops_yet_is_no_detected_force(tmp_path, payload, least):
    """30 N, and 9.81 more that a load of 1 kg takes off what the wrist feels of a push from below."""

    def change(data):
        only({**TOUCH, "detected_force": 29.0}, row("contact_force", **FELT))(data)
        data["robot"]["model"]["payload"] = payload

    (problem,) = refused(tmp_path, change=change)
    assert problem.key.endswith(".detected_force") and problem.allowed == f"at least {least}"
    assert ("robot.model.payload" in problem.message) == (payload > 0)


@pytest.mark.parametrize("detection", ["people", "nobody"])
def test_what_feels_nothing_detects_no_contact(tmp_path, detection):
    problems = refused(tmp_path, change=only({**TOUCH, "contact_detection": detection}))
    assert problems[0].key.endswith(".contact_detection") and "wrist" in problems[0].allowed


def test_a_sensor_on_a_link_that_the_robot_has_not(tmp_path):
    def change(data):
        only(row("contact_force", **FELT))(data)
        data["sources"]["wrist"]["frame"] = "tool0"

    (problem,) = refused(tmp_path, change=change)
    assert problem.key == "sources.wrist.frame" and "panda_hand" in problem.allowed


def test_torques_for_other_joints_than_the_channels(tmp_path):
    (problem,) = refused(
        tmp_path,
        change=only(row("contact_force", wrench=None, state="joints", report=[5.0] * 6, stop=[20.0] * 6)),
    )
    assert problem.key.endswith(".stop") and problem.given == 6 and problem.allowed.startswith("7 ")


@pytest.mark.parametrize(
    ("flags", "flag", "key"), [("wrist", "wiping", ".flags"), ("cell", "sanding", ".flag")]
)
def test_a_task_that_no_trusted_source_tells_of(tmp_path, flags, flag, key):
    task = {"flags": flags, "flag": flag, "report": [40.0, 9.0], "stop": [60.0, 9.0], "source": "a test"}

    def change(data):
        only(row("contact_force", **FELT, task=task))(data)
        data["sources"]["cell"] = {"type": "flags", "topic": "cell", "names": ["wiping"], "timeout_s": 1.0}

    (problem,) = refused(tmp_path, change=change)
    assert problem.key.endswith(key)


def test_links_of_a_robot_without_a_model(tmp_path):
    data = shipped(shared("config/amr.yaml"))
    speed = {"name": "mine", "kind": "link_speed", "channel": "base", "bound": 0.5, "source": "a test"}
    path = tmp_path / "amr.yaml"
    path.write_text(yaml.safe_dump({**data, "limits": [*data["limits"], speed]}))
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    (problem,) = caught.value.problems
    assert problem.key.endswith(".kind") and "model" in problem.allowed


def test_a_wrench_bound_below_what_a_stop_exerts(tmp_path):
    """The channel's stop carries 12 N up."""
    tool: dict[str, Any] = {
        "type": "wrench",
        "input": "press_in",
        "output": "press",
        "frame": "panda_hand",
        "measured": "wrist",
    }
    tool |= {"hold": [0.0, 0.0, 12.0, 0.0, 0.0, 0.0], "hold_source": "a test", "state": "joints"}
    tool |= {"command_timeout_s": 0.2, "actuator_delay_s": 0.03}
    rate: dict[str, Any] = {"force": 100.0, "torque": 10.0, "source": "a test"}
    tool |= {"stop_modes": {"controlled": rate, "protective": rate}}
    bound = row("wrench", channel="press", force=10.0)

    def change(data):
        data["channels"]["press"] = tool

    (problem,) = refused(tmp_path, bound, change=change)
    assert problem.key.endswith(".force") and problem.allowed == "at least 12"
    (problem,) = refused(tmp_path, change=change)
    assert "wrench" in problem.allowed and "press" in problem.message


def test_a_gripper_whose_speed_is_not_bounded(tmp_path):
    def change(data):
        data["limits"] = [x for x in data["limits"] if x["kind"] != "gripper_speed"]

    (problem,) = refused(tmp_path, change=change)
    assert "gripper_speed" in problem.allowed and "gripper" in problem.message


def test_efforts_without_a_bound_or_with_more_than_the_joints_can(tmp_path):
    def change(data):
        arm = data["channels"].pop("arm")
        arm |= {
            "type": "joint_effort",
            "gravity_compensated": True,
            "damping": [30.0] * 7,
            "damping_source": "a test",
        }
        data["channels"]["arm"] = arm
        kinds = ("joint_velocity", "joint_position", "joint_effort", "gripper_speed")
        data["limits"] = [x for x in data["limits"] if x["kind"] in kinds]

    (problem,) = refused(tmp_path, change=change)
    assert "joint_effort" in problem.allowed
    (problem,) = refused(tmp_path, row("joint_effort", bounds=[87.0] * 4 + [12.0, 13.0, 12.0]), change=change)
    assert problem.given == 13.0 and problem.allowed == "at most 12"


def test_a_payload_beyond_what_is_reckoned_with(tmp_path):
    load = {**row("payload", bounds=[1.0] * 7, rated=3.0), "mass": 0.5}
    (problem,) = refused(tmp_path, load)
    assert problem.key.endswith(".mass") and problem.allowed == "at least 1"
    held = {"flags": "cell", "flag": "payload_held"}
    (problem,) = refused(tmp_path, {**load, "mass": 1.0, "held": held})
    assert problem.key.endswith(".held.flags")
    (problem,) = refused(tmp_path, {**load, "mass": 1.0, "bounds": [1.0] * 6})
    assert problem.given == 6


TIAGO = shared("config/tiago.yaml")
CONTACTS = [[0.2, 0.2], [-0.2, 0.2], [-0.2, -0.2], [0.2, -0.2]]


def tipping(tmp_path, **changes):
    data = yaml.safe_load(TIAGO.read_text())
    stands = {"base_mass": 0.0, "contacts": CONTACTS, "deceleration": 1.0}
    data["limits"].append({**row("tip_over", channel="base"), **stands, "payload": 1.0, **changes})
    data["robot"]["model"]["srdf"] = str(shared("config/tiago.srdf"))
    path = tmp_path / "tiago.yaml"
    path.write_text(yaml.safe_dump(data))
    return path


def test_a_stop_that_tips_the_robot_as_it_rests_is_refused(tmp_path):
    assert load_profile(tipping(tmp_path)).limits[-1]
    with pytest.raises(ProfileError) as caught:
        load_profile(tipping(tmp_path, deceleration=6.0))
    (problem,) = caught.value.problems
    assert problem.key.endswith(".deceleration") and problem.allowed.startswith("at most ")
    least = float(problem.allowed.removeprefix("at most "))
    assert 1.0 < least < 6.0 and load_profile(tipping(tmp_path, deceleration=least - 0.01))


def test_what_the_model_carries_is_reckoned_with(tmp_path):
    with pytest.raises(ProfileError) as caught:
        load_profile(tipping(tmp_path, payload=0.9))
    (problem,) = caught.value.problems
    assert problem.key.endswith(".payload") and problem.allowed == "at least 1"


def test_a_stop_that_brakes_harder_than_is_reckoned_with(tmp_path):
    with pytest.raises(ProfileError) as caught:
        load_profile(tipping(tmp_path, deceleration=0.9))
    (problem,) = caught.value.problems
    assert problem.key.endswith(".deceleration") and problem.allowed == "at least 1"

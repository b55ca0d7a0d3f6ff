"""Limits that contradict their own numbers, or what the rest of the profile says: refused, and where it is said."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml

from iatro_governor.errors import ProfileError
from iatro_governor.limits.dosing import dosed
from iatro_governor.limits.registry import KINDS, load_profile
from test.governor.profiles import AMR
from test.limits.bodies import TWO_LINKS
from test.limits.situations import make
from test.profile.arm_profile import PROFILE, write
from test.profile.test_ground_limits import refused as refused_row

SAID = "a test"
TOUCH = {"name": "touch", "kind": "contact_force", "channel": "arm", "retreat_speed": 0.05, "source": SAID}
WRIST = {"wrench": "wrist", "report": [10.0, 2.0], "stop": [30.0, 5.0]}
PEOPLE = {"type": "bodies", "topic": "people", "frame": "base", "radius": 0.1, "source": SAID}
CELL = {"type": "flags", "topic": "cell", "timeout_s": 0.5, "names": ["wiping"]}


def profile(tmp_path, change, urdf=TWO_LINKS):
    """The small arm, changed."""
    data = yaml.safe_load(PROFILE)
    change(data)
    return load_profile(write(tmp_path, yaml.safe_dump(data, sort_keys=False), urdf))


def refused(tmp_path, change, urdf=TWO_LINKS):
    with pytest.raises(ProfileError) as caught:
        profile(tmp_path, change, urdf)
    return caught.value.problems


def wiping(**task: Any):
    """A change that lets a flag raise the force at which the arm stops."""
    own = {
        "flags": "cell",
        "flag": "wiping",
        "report": [40.0, 4.0],
        "stop": [60.0, 8.0],
        "source": SAID,
    } | task

    def change(data):
        data["sources"]["cell"] = copy.deepcopy(CELL)
        data["limits"].append({**TOUCH, **WRIST, "task": own})

    return change


def test_a_flag_of_a_source_of_flags_may_say_what_the_task_is(tmp_path):
    assert profile(tmp_path, wiping()).limits[-1].task.flag == "wiping"


@pytest.mark.parametrize(
    ("task", "key", "told"),
    [
        ({"flags": "wrist"}, "task.flags", "names no flags source"),
        ({"flag": "polishing"}, "task.flag", "tells no such flag"),
    ],
)
def test_any_other_flag_is_refused(tmp_path, task, key, told):
    (problem,) = refused(tmp_path, wiping(**task))
    assert problem.key == f"limits[3].{key}" and told in problem.message


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"report": [10.0], "stop": [30.0]}, "a force and a torque"),
        ({"report": [10.0, 2.0, 1.0], "stop": [30.0, 5.0, 2.0]}, "a force and a torque"),
        ({"report": [40.0, 2.0]}, "at most"),
        ({"wrench": None, "state": "joints", "report": [10.0], "stop": [30.0, 5.0]}, "as many numbers"),
    ],
)
def test_forces_that_do_not_belong_together_are_refused(tmp_path, part, told):
    (problem,) = refused(tmp_path, lambda data: data["limits"].append({**TOUCH, **WRIST, **part}))
    assert told in problem.message and problem.key == "limits[3]"


def test_joints_that_feel_need_a_number_each(tmp_path):
    own = {"state": "joints", "report": [5.0], "stop": [10.0]}
    (problem,) = refused(tmp_path, lambda data: data["limits"].append({**TOUCH, **own}))
    assert problem.key == "limits[3].stop" and "2 numbers" in problem.allowed


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ({"lower": [-1.0], "upper": [1.0, 1.0]}, "as many numbers"),
        ({"lower": [-1.0, 0.0], "upper": [1.0, 0.04]}, "more than two margins apart"),
        ({"lower": [-1.0, 0.5], "upper": [1.0, -0.5]}, "more than two margins apart"),
    ],
)
def test_ends_of_joints_that_leave_no_room_are_refused(tmp_path, ends, told):
    (problem,) = refused(tmp_path, lambda data: data["limits"][1].update(ends))
    assert problem.key == "limits[1]" and told in problem.message


def by_force(data):
    data["sources"]["people"] = copy.deepcopy(PEOPLE) | {"timeout_s": 0.5}
    row = {**KINDS["power_and_force"].model.example, "detected_force": 30.0}
    data["limits"] += [
        {**TOUCH, **WRIST},
        {"name": "contact", "kind": "power_and_force", "channel": "arm", "source": SAID, **row},
    ]


def test_contact_with_people_whose_regions_nobody_tells_is_bounded_by_the_default(tmp_path):
    assert profile(tmp_path, by_force).limits[-1].name == "contact"


BEHIND = {
    "behind": [{"box": {"size": [4.0, 0.4, 4.0], "pose": [0.0, 0.45, 0.0, 0.0, 0.0, 0.0]}}],
    "default": {"force": 90.0, "clamped_force": 80.0, "stiffness": 4e4, "mass": 1.0, "source": SAID},
}
RAISED = {"flags": "cell", "flag": "wiping", "report": [40.0, 4.0], "stop": [60.0, 8.0], "source": SAID}


def test_a_force_that_a_task_lets_pass_is_not_detected(tmp_path):
    """While somebody says that it wipes, the arm stops at 60 N; reckoned with was 30 N."""

    def change(data, detected):
        by_force(data)
        data["sources"]["cell"] = copy.deepcopy(CELL)
        data["limits"][-2]["task"] = RAISED
        data["limits"][-1]["detected_force"] = detected

    (problem,) = refused(tmp_path, lambda data: change(data, 59.9))
    assert problem.key == "limits[4].detected_force" and problem.allowed == "at least 60"
    assert profile(tmp_path, lambda data: change(data, 60.0))


@pytest.mark.parametrize(
    ("stop", "payload", "lifted"), [(30.0, 3.05, True), (30.0, 3.06, False), (19.62, 2.0, False)]
)
def test_a_load_that_stops_what_feels_it_could_never_be_lifted(tmp_path, stop, payload, lifted):
    """30 N are 3.058 kg, and 19.62 N just 2 kg."""

    def change(data):
        data["limits"].append({**TOUCH, **WRIST, "stop": [stop, 6.0]})
        data["robot"]["model"] |= {"payload": payload, "payload_source": SAID}

    if lifted:
        assert profile(tmp_path, change)
        return
    (problem,) = refused(tmp_path, change)
    assert problem.key == "limits[3].stop[0]" and problem.allowed == f"more than {payload * 9.81:.4g}"


def test_nor_could_one_that_stops_it_while_a_task_is_done(tmp_path):
    def change(data):
        wiping()(data)
        data["limits"][-1] |= {"report": [40.0, 2.0], "stop": [80.0, 6.0]}
        data["robot"]["model"] |= {"payload": 7.0, "payload_source": SAID}

    (problem,) = refused(tmp_path, change)
    assert problem.key == "limits[3].task.stop[0]" and problem.given == 60.0


def test_joints_detect_no_force_that_their_longest_lever_does_not_show(tmp_path):
    """1.04 m and 0.44 m, the tip's own thickness with them: 20 / 1.04 and 10 / 0.44 Nm/m. What is free needs none."""

    def change(data, detected, **more):
        by_force(data)
        data["limits"][-2] |= {"state": "joints", "report": [5.0, 5.0], "stop": [20.0, 10.0]}
        del data["limits"][-2]["wrench"]
        data["limits"][-1] |= {"contact_detection": "joints", "detected_force": detected, **more}

    (problem,) = refused(tmp_path, lambda data: change(data, 0.0, **BEHIND))
    assert problem.key == "limits[4].detected_force" and problem.allowed == "at least 19.23"
    assert profile(tmp_path, lambda data: change(data, 19.3, **BEHIND))
    assert profile(tmp_path, lambda data: change(data, 0.0))


def test_how_hard_an_arm_without_masses_hits_is_known_to_nobody(tmp_path):
    start = TWO_LINKS
    while "<inertial>" in start:
        start = start[: start.index("<inertial>")] + start[start.index("</inertial>") + len("</inertial>") :]
    (problem,) = refused(tmp_path, by_force, start)
    assert problem.key == "limits[4].kind" and "no moving link has a mass" in problem.message


def test_an_arm_without_a_description_is_refused_at_its_channel(tmp_path):
    def change(data):
        del data["robot"]["model"]
        data["robot"] |= {"footprint": {"circle": {"radius": 0.3}}, "footprint_source": SAID}
        example = KINDS["command_rate"].model.example
        data["limits"] = [
            {"name": "often", "kind": "command_rate", "channel": "arm", "source": SAID, **example}
        ]

    first = refused(tmp_path, change)[0]
    assert first.key == "robot.model" and "is of type joint_velocity and needs it" in first.message


def test_a_base_without_an_outline_is_refused_at_its_channel(tmp_path):
    data = yaml.safe_load(AMR.read_text())
    del data["robot"]["footprint"], data["robot"]["footprint_source"]
    data["robot"]["model"] = {"urdf": "two.urdf"}
    path = tmp_path / "robot.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    with pytest.raises(ProfileError, match="moves a base of unknown size") as caught:
        load_profile(path)
    assert [problem.key for problem in caught.value.problems] == ["robot.footprint"]


def test_a_base_on_the_ground_has_no_speed_upwards(tmp_path):
    assert "stays on the ground" in refused_row(tmp_path, "amr.yaml", "speed", axis="vz", bound=1.0)


def test_a_body_in_the_air_cannot_tip_over(tmp_path):
    assert "it is in the air" in refused_row(tmp_path, "iris.yaml", "tip_over")


def label(*rows):
    said = {"mechanism": SAID, "side_effects": [SAID], "window": SAID, "source": SAID}
    return said | {"contraindications": [{"why": SAID, "source": SAID, **row} for row in rows]}


def test_a_contact_that_a_limit_feels_is_told_by_it(tmp_path):
    def change(data):
        data["limits"].append({**TOUCH, **WRIST})
        mode = data["channels"]["arm"]["stop_modes"]["protective"]
        mode["label"] = label({"when": "contact", "told_by": "touch", "use": "controlled"})

    assert profile(tmp_path, change).limits[-1].name == "touch"


def test_a_limit_of_another_kind_feels_no_contact(tmp_path):
    def change(data):
        mode = data["channels"]["arm"]["stop_modes"]["protective"]
        mode["label"] = label({"when": "contact", "told_by": "pillar", "use": "controlled"})

    (problem,) = refused(tmp_path, change)
    assert "needs a trusted source" in problem.message and problem.key.endswith("told_by")


def test_a_mode_that_replaces_itself_is_said_once_and_is_no_circle(tmp_path):
    def change(data):
        data["sources"]["cell"] = copy.deepcopy(CELL) | {"names": ["payload_held", "follower_close"]}
        modes = data["channels"]["arm"]["stop_modes"]
        held, close = (
            {"when": w, "told_by": "cell", "use": "protective"} for w in ("payload_held", "follower_close")
        )
        modes["controlled"]["label"], modes["protective"]["label"] = label(held), label(close)

    (problem,) = refused(tmp_path, change)
    assert "replace itself" in problem.message and "protective.label" in problem.key


def test_a_region_without_a_force_of_its_own_for_a_clamp_has_none_at_any_dose():
    config: Any = make("power_and_force").config
    twice: Any = dosed(config, 2.0)
    assert twice.default.clamped_force is None and twice.default.force == config.default.force / 2

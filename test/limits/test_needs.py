"""What a channel is not governed without: the body that it moves, and bounds of each kind."""

from __future__ import annotations

import pytest

from iatro_governor.limits.registry import load_profile
from test.governor import arms
from test.governor.profiles import AMR
from test.limits.test_places_by_hand import by_effort, file_of, told
from test.profile.test_agreements import profile, refused
from test.shipped import shipped


def without(kind):
    def change(data):
        data["limits"] = [row for row in data["limits"] if row["kind"] != kind]

    return change


@pytest.mark.parametrize("kind", ["joint_velocity", "joint_position"])
def test_no_channel_of_joints_is_without_bounds_on_speed_and_place(tmp_path, kind):
    (problem,) = refused(tmp_path, without(kind))
    assert (problem.key, problem.allowed) == ("limits (channel arm)", f"a limit of kind {kind}")
    assert problem.message == f"channel arm has no {kind.replace('_', ' ')} limit"


def test_efforts_need_a_bound_of_their_own_besides(tmp_path):
    def change(data):
        by_effort([50.0, 30.0])(data)
        without("joint_effort")(data)
        without("joint_velocity")(data)

    assert [one.allowed for one in refused(tmp_path, change)] == [
        "a limit of kind joint_velocity",
        "a limit of kind joint_effort",
    ]


OUTLINE = {key: value for key, value in shipped(AMR)["robot"].items() if key.startswith("footprint")}


def test_what_flies_needs_a_description_and_no_footprint(tmp_path):
    data = shipped(AMR.parent / "iris.yaml")
    assert "footprint" not in data["robot"]
    data["robot"] |= OUTLINE
    del data["robot"]["model"]
    data["limits"] = [
        row for row in data["limits"] if row["kind"] in ("speed", "acceleration", "deceleration")
    ]
    assert [one.key for one in told(tmp_path, data)] == ["robot.model"]


def test_a_base_on_the_ground_needs_a_footprint(tmp_path):
    data = shipped(AMR.parent / "tiago.yaml")
    for key in OUTLINE:
        data["robot"].pop(key, None)
    assert [one.key for one in told(tmp_path, data)] == ["robot.footprint"]


def projected(*weights):
    return {"resolution": "project", "weights": list(weights), "weights_source": "a test"}


def test_the_nearest_command_of_joints_needs_a_weight_each(tmp_path):
    (problem,) = refused(tmp_path, lambda data: data["channels"]["arm"].update(projected(1.0, 2.0, 3.0)))
    assert (problem.key, problem.given) == ("channels.arm.weights", 3)
    assert problem.allowed == "2 numbers: shoulder, elbow"
    assert profile(tmp_path, lambda data: data["channels"]["arm"].update(projected(1.0, 2.0)))


def test_the_nearest_command_of_what_flies_needs_four_weights(tmp_path):
    data = shipped(AMR.parent / "iris.yaml")
    data["channels"]["base"] |= {**projected(1.0, 2.0, 3.0), "allow_split": True}
    problem = told(tmp_path, data)[0]
    assert problem.key == "channels.base.weights" and problem.allowed == "4 numbers: vx, vy, vz, wz"
    data["channels"]["base"] |= projected(1.0, 2.0, 3.0, 4.0)
    assert load_profile(file_of(tmp_path, data))


def test_what_is_decided_together_is_projected_together(tmp_path):
    for extra in AMR.parent.glob("*.srdf"):
        (tmp_path / extra.name).write_text(extra.read_text())
    data = shipped(AMR.parent / "tiago.yaml")
    data["channels"]["base"] |= {**projected(1.0, 1.0, 0.5), "allow_split": True}
    (problem,) = told(tmp_path, data)
    assert (problem.key, problem.given, problem.allowed) == ("channels.base.resolution", "project", "scale")
    assert "together with arm, which" in problem.message


def test_a_gripper_beside_an_arm_is_no_reason_against_the_nearest_command(tmp_path):
    channels = {
        "arm": arms.channel("joint_velocity", "arm", **projected(1.0, 2.0)),
        "fingers": arms.channel("gripper", "fingers"),
    }
    assert arms.arm(tmp_path, arms.data(channels)).data.channels["arm"].resolution == "project"

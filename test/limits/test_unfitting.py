"""What a limit needs of the robot around it: a model, a tool, odometry, bounds on all ways."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError

from iatro_governor.limits import projection
from iatro_governor.limits.places import unfitting_limits, unreachable_areas
from iatro_governor.limits.power_and_force import PowerAndForceConfig
from iatro_governor.limits.projection import unprojectable
from iatro_governor.profile.areas import Area
from iatro_governor.profile.channels import TwistChannel
from test.governor.profiles import AMR
from test.limits.test_places import FELT, only, refused
from test.limits.test_places_by_hand import added, row, told
from test.shipped import shipped


def base(**changes: Any) -> TwistChannel:
    """The channel of the shipped base, ``changes`` unchecked."""
    data = shipped(AMR)["channels"]["base"]
    return TwistChannel.model_validate(data).model_copy(update=changes)


def robot(*limits: Any, body: Any = None, model: Any = None, **channels: Any) -> Any:
    """A profile of no more than this."""
    data = SimpleNamespace(channels=channels, robot=SimpleNamespace(model=model))
    return SimpleNamespace(data=data, limits=limits, body=body, problem=lambda *given: given)


def limit(**has: Any) -> SimpleNamespace:
    return SimpleNamespace(name="mine", channel="arm", **has)


ARM = SimpleNamespace(joints=("one", "two"))


def test_a_link_of_a_robot_without_a_model_is_answered_with_what_is_needed():
    assert unfitting_limits(robot(limit(links=("hand",)), arm=ARM)) == [
        (("limits", 0, "links", 0), "hand", "a model", "no link of the robot's model")
    ]


def test_an_unknown_link_is_answered_with_the_model_s_own_and_not_with_those_that_stand_for_the_base_s_motion():
    body = SimpleNamespace(links=("odom/x", "odom/yaw", "forearm", "hand"))
    assert unfitting_limits(robot(limit(links=("hand", "elbow")), arm=ARM, body=body)) == [
        (("limits", 0, "links", 1), "elbow", "forearm, hand", "no link of the robot's model")
    ]


def test_an_area_is_out_of_reach_beside_a_body_that_is_lower_and_never_of_one_whose_height_nobody_told():
    lamp = Area.model_validate({"sphere": {"centre": [0.0, 0.0, 9.0], "radius": 0.5}})
    high, low = robot(limit(figure=lamp)), robot(limit(figure=lamp))
    high.data.robot.height, low.data.robot.height = None, (0.0, 1.0)
    assert unreachable_areas(high) == []
    problems: Any = unreachable_areas(low)
    assert [one[0] for one in problems] == [("limits", 0, "figure")]
    assert problems[0][2] == "what reaches robot.height, 0.0 m to 1.0 m"


def test_a_limit_on_the_tool_of_a_robot_without_a_model_needs_one():
    assert unfitting_limits(robot(limit(link=None), arm=ARM)) == [
        (("limits", 0, "link"), "(missing)", "a model", "mine needs a link, or robot.model.tool")
    ]


def test_a_volume_in_the_map_is_for_what_moves_on_the_ground_or_in_the_air_though_an_arm_stands_on_it():
    """The wrong answer: every channel has to be one of a base."""
    mapped = limit(localisation="pose")
    assert unfitting_limits(robot(mapped, arm=ARM, base=base())) == []
    problem: Any = unfitting_limits(robot(mapped, arm=ARM))[-1]
    assert problem[0] == ("limits", 0, "frame")


def test_travel_bounded_one_way_alone_is_told_and_a_turn_bounded_both_ways_is_not(tmp_path):
    """The wrong answer tells that the turn has no bound, because other axes have none both ways."""
    data = shipped(AMR)
    data["limits"] = [one for one in data["limits"] if one["name"] != "travel_speed"]
    added(row("speed", channel="base", axis="vx", bound=0.8, direction="positive"))(data)
    assert [one.message for one in told(tmp_path, data)] == ["channel base has no bound on its travel"]


def test_two_bases_without_a_model_are_decided_each_by_itself_one_of_them_with_projection():
    nearest = base(resolution="project", weights=(1.0, 1.0, 0.5), allow_split=True)
    assert unprojectable(robot(base=nearest, cart=base())) == []
    problem: Any = unprojectable(robot(base=nearest, cart=base(), body=SimpleNamespace()))[-1]
    assert problem[3] == "channel base is decided together with cart, which would be scaled"


def test_nobody_who_does_not_ask_for_projection_needs_its_solver(monkeypatch):
    monkeypatch.setattr(projection, "has_solver", lambda: False)
    assert unprojectable(robot(base=base())) == []
    nearest = base(resolution="project", weights=(1.0, 1.0, 0.5), allow_split=True)
    problem: Any = unprojectable(robot(base=nearest))[-1]
    assert problem[:2] == (("channels", "base", "resolution"), "project")


def test_a_limit_on_contact_force_tells_of_a_contact_and_of_nothing_else(tmp_path):
    def change(data):
        only(row("contact_force", **FELT))(data)
        data["channels"]["arm"]["stop_modes"]["protective"]["label"]["contraindications"][0]["told_by"] = (
            "mine"
        )

    problems = [one for one in refused(tmp_path, change=change) if one.given == "mine"]
    assert problems[0].key == "channels.arm.stop_modes.protective.label.contraindications[0].told_by"
    assert {one.allowed for one in problems} == {"flags"}


def test_no_force_is_detected_unless_it_is_said():
    told_by_hand = {"name": "mine", "kind": "power_and_force", "channel": "arm", "source": "a test"}
    config = PowerAndForceConfig.model_validate({**told_by_hand, **PowerAndForceConfig.example})
    assert config.detected_force == 0.0


def test_tissue_that_gives_way_by_nothing_is_no_number():
    data: dict[str, Any] = {"name": "mine", "kind": "power_and_force", "channel": "arm", "source": "a test"}
    data |= PowerAndForceConfig.example
    data["default"] = {**data["default"], "stiffness": math.inf}
    with pytest.raises(ValidationError, match="finite"):
        PowerAndForceConfig.model_validate(data)


def test_a_push_that_no_wrench_source_feels_is_refused_when_a_profile_is_loaded(tmp_path):
    data = shipped(AMR)
    data["channels"]["base"]["pushed_by"] = {
        "wrench": "lidar",
        "force": 15.0,
        "torque": 5.0,
        "source": "a test",
    }
    (problem,) = told(tmp_path, data)
    assert problem.key == "channels.base.pushed_by.wrench" and problem.given == "lidar"

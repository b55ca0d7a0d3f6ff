"""What of a profile its groups are made from: who tells of which joints, and who moves the base."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.groups import moved_by, needed_joints
from iatro_governor.governor.resolve import Resolution
from iatro_governor.governor.stepping import UNBOUNDED
from test.governor.arms import FINGERS, JOINTS, arm, channel, data, limits_of
from test.governor.carts import two_carts
from test.governor.profiles import amr


def profile(sources: dict[str, str], channels: dict[str, Any], joints: tuple[str, ...] | None) -> Any:
    """Sources by their type; a model with these ``joints``, or none."""
    typed = {name: SimpleNamespace(type=kind) for name, kind in sources.items()}
    body = None if joints is None else SimpleNamespace(joints=joints)
    return SimpleNamespace(data=SimpleNamespace(sources=typed, channels=channels), body=body)


ARM = SimpleNamespace(state="arm_joints", joints=["a", "b"])
AGAIN = SimpleNamespace(state="arm_joints", joints=["b", "c"])
HAND = SimpleNamespace(state="hand_joints", fingers=["left", "right"])
BASE = SimpleNamespace(odom="odom")
SOURCES = {"lidar": "scan", "hand_joints": "joints", "arm_joints": "joints"}


def test_each_source_tells_of_the_joints_of_its_channels_each_once():
    channels = {"base": BASE, "arm": ARM, "again": AGAIN, "hand": HAND}
    found = needed_joints(profile(SOURCES, channels, ("a", "b", "c", "left", "right")))
    assert found == {"hand_joints": ["left", "right"], "arm_joints": ["a", "b", "c"]}


def test_joints_that_nobody_commands_are_told_of_by_the_first_source_and_a_bases_own_by_none():
    joints = ("odom/x", "odom/y", "odom/yaw", "a", "torso", "b", "head")
    found = needed_joints(profile(SOURCES, {"arm": ARM, "hand": HAND}, joints))
    assert found == {"hand_joints": ["left", "right", "torso", "head"], "arm_joints": ["a", "b"]}


def test_without_a_source_of_joints_or_a_model_nobody_tells_of_them():
    assert needed_joints(profile({"lidar": "scan"}, {"base": BASE}, ("a",))) == {}
    assert needed_joints(profile(SOURCES, {"arm": ARM}, None)) == {
        "hand_joints": [],
        "arm_joints": ["a", "b"],
    }


def test_the_first_channel_of_a_base_moves_it_and_without_one_none_does(tmp_path):
    two = two_carts(tmp_path)
    assert moved_by(two) is two.data.channels["base"]
    assert moved_by(profile(SOURCES, {"arm": ARM}, None)) is None


def test_without_a_model_each_channel_is_governed_by_its_own_limits_alone(tmp_path):
    groups = Governor(two_carts(tmp_path)).groups
    assert [[member.name for member in group.members] for group in groups] == [["base"], ["cart"]]
    for group, name in zip(groups, ("base", "cart"), strict=True):
        assert group.limits and {limit.config.channel for limit in group.limits} == {name}
        assert len(group.rates.growth) == 3 and group.admissible.projector is None


@pytest.mark.parametrize(
    ("kind", "size", "fixed"),
    [
        ("joint_velocity", 2, True),
        ("joint_position", 2, True),
        ("joint_effort", 2, False),
        ("joint_trajectory", 2, True),
        ("pose", 6, False),
        ("wrench", 6, True),
        ("gripper", 1, True),
    ],
)
def test_each_type_of_channel_has_as_many_components_as_rates_and_says_if_they_always_do_the_same(
    tmp_path, kind, size, fixed
):
    """What a pose or an effort does to joints depends on where they are."""
    (group,) = Governor(arm(tmp_path, data({"way": channel(kind, "way")}))).groups
    chart = group.member("way").chart
    assert chart.size == len(group.rates.growth) == size and chart.fixed_map is fixed


def test_channels_of_one_model_are_one_group_in_the_order_of_the_profile(tmp_path):
    channels = {"hand": channel("gripper", "hand"), "way": channel("joint_velocity", "way")}
    (group,) = Governor(arm(tmp_path, data(channels))).groups
    assert [(member.name, member.place) for member in group.members] == [
        ("hand", slice(0, 1)),
        ("way", slice(1, 3)),
    ]
    assert group.member("way").chart.moves == tuple(JOINTS)
    assert set(FINGERS).isdisjoint(group.member("way").chart.moves)


def test_a_bound_on_rates_is_of_its_own_channels_components(tmp_path):
    """The gripper comes first, and nothing bounds how fast it gains speed."""
    channels = {"hand": channel("gripper", "hand"), "way": channel("joint_velocity", "way")}
    rows = [row for name, made in channels.items() for row in limits_of(name, made["type"])]
    quicker = {"name": "quicker", "kind": "joint_acceleration", "channel": "way", "bounds": [3.0, 6.0]}
    (group,) = Governor(arm(tmp_path, data(channels, [*rows, quicker | {"source": "a test"}]))).groups
    assert group.rates.growth.tolist() == [UNBOUNDED, 3.0, 6.0]
    assert group.rates.decrease.tolist() == [UNBOUNDED] * 3


NEAREST = {"resolution": "project", "weights_source": "a test"}


def turned_aside(projector: Any, wanted: list[float], monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a command half of which is admissible is brought nearer to what was ``wanted``, if that can be."""
    asked: list[bool] = []
    monkeypatch.setattr(projector, "nearest", lambda *_: asked.append(True))
    projector.improve(Resolution(0.5, np.array(wanted) / 2), np.array(wanted), None, [], None, 0.0)
    return bool(asked)


def test_a_channel_that_asks_for_the_nearest_weighs_as_it_says_and_others_are_left_as_they_are(
    tmp_path, monkeypatch
):
    """A gripper that asks for nothing weighs 1 and may not be asked of anything else than it was told."""
    way = channel("joint_velocity", "way", weights=[2.25, 6.25], **NEAREST)
    channels = {"hand": channel("gripper", "hand"), "way": way}
    (group,) = Governor(arm(tmp_path, data(channels))).groups
    projector = group.admissible.projector
    assert projector is not None
    assert [projector.length(row) for row in np.diag([3.0, 2.0, 2.0])] == pytest.approx([3.0, 3.0, 5.0])
    assert turned_aside(projector, [0.0, 0.1, 0.1], monkeypatch)
    assert not turned_aside(projector, [0.01, 0.1, 0.1], monkeypatch)


def test_a_base_is_turned_aside_only_by_what_it_can_do(tmp_path, monkeypatch):
    """A differential one goes ahead and turns."""
    base = {"base": {"weights": [1.0, 4.0, 9.0], **NEAREST}}
    (group,) = Governor(amr(tmp_path, channels=base)).groups
    projector = group.admissible.projector
    assert projector is not None and projector.length(np.ones(3)) == pytest.approx(np.sqrt(14.0))
    assert turned_aside(projector, [0.1, 0.0, 0.1], monkeypatch)
    assert not turned_aside(projector, [0.1, 0.1, 0.1], monkeypatch)

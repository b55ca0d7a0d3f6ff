"""A governor that is started with remaps past itself does not start, and no profile has a topic that is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.profile.base import TOPIC


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("cmd_vel_planner:=cmd_vel", "the planner would bypass the governor"),
        ("cmd_vel:=/cmd_vel_planner", "the planner would bypass the governor"),
        ("scan:=cmd_vel_planner", "the planner could say what the sensor sees"),
    ],
)
def test_a_remap_past_the_governor_is_refused(
    node_process: Callable[..., Any], tmp_path: Any, rule: str, told: str
) -> None:
    governor = node_process("governor", remaps=(rule,), ledger=tmp_path / "ledger.yaml")
    assert governor.wait(60) == 2
    assert told in governor.output


@given(st.from_regex(TOPIC, fullmatch=True, alphabet="aZ_09/"))
def test_what_a_profile_takes_for_a_topic_ros_does_too(name: str) -> None:
    validation = pytest.importorskip("rclpy.validate_topic_name", reason="ROS 2 (rclpy) is not installed")
    assert validation.validate_topic_name(name)

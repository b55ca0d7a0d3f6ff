"""A governor that is started with remaps past itself does not start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


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

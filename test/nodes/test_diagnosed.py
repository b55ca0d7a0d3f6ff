"""Rows on /diagnostics, which all robots of a domain share: each says whose it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from diagnostic_msgs.msg import DiagnosticArray

from iatro_governor.nodes import qos
from iatro_governor.nodes.diagnosed import profile_of, robot_of, row_name

AMR = Path(__file__).resolve().parents[2] / "config" / "amr.yaml"


def test_a_row_has_the_full_name_of_its_node_and_the_profiles_robot(tmp_path: Path) -> None:
    node: Any = SimpleNamespace(get_fully_qualified_name=lambda: "/hall/amr1/recorder")
    assert row_name(node, "ledger") == "hall/amr1/recorder: ledger"
    assert robot_of(profile_of(AMR)) == "amr" and robot_of(profile_of(tmp_path / "none.yaml")) == ""


@pytest.mark.ros
def test_the_recorders_of_two_robots_have_rows_of_their_own(
    node_here: Callable[[str], Any],
    node_process: Callable[..., Any],
    wait_until: Callable[..., None],
    tmp_path: Path,
) -> None:
    robots: dict[str, str] = {}
    node_here("ear").create_subscription(
        DiagnosticArray,
        "/diagnostics",
        lambda message: robots.update({one.name: one.hardware_id for one in message.status}),
        qos.DIAGNOSTICS,
    )
    for name in ("amr1", "amr2"):
        node_process("recorder", namespace=f"/{name}", ledger=tmp_path / name / "ledger.yaml")
    rows = {"amr1/recorder: ledger": "amr", "amr2/recorder: ledger": "amr"}
    wait_until(lambda: robots == rows, 20.0, "a row of each")

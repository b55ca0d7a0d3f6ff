"""Everybody around the governor fails, in every known way: what comes out stays admissible, all is on record."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from geometry_msgs.msg import TwistStamped

from test.chaos.course import chaos
from test.chaos.robots import ARM
from test.conftest import ROOT

pytestmark = [pytest.mark.ros, pytest.mark.alone]
SEED = int(os.environ.get("IATRO_SEED", "4"))
SECONDS = float(os.environ.get("IATRO_CHAOS_S", "60"))
ARM_SHARE = 0.25
SOAK_S = 200.0


def seldom_at_rest(result: dict[str, Any]) -> bool:
    """Whether most silences came to a robot that they had to stop; of a single one or two that says nothing."""
    return bool(result["at_rest"] <= max(result["silences"] / 2, 1))


@pytest.mark.parametrize(("sim", "share"), [(False, 0.75), (True, 0.25)], ids=["machine's clock", "/clock"])
def test_nothing_inadmissible_comes_out_and_every_fault_is_on_record(
    domain: int, node_here: Callable[[str], Any], tmp_path: Path, sim: bool, share: float
) -> None:
    print(f"SEED={SEED}")
    result = chaos(node_here("ear"), domain, tmp_path, SEED, SECONDS * share, sim)
    told = json.dumps(result, indent=1)
    print(told)
    assert result["judge"]["wrong"] == [], told
    assert result["missing"] == [], told
    assert result["died"] == [] and result["left"] == [], told
    assert SECONDS < SOAK_S or 4 * result["judge"]["unplaced"] <= result["judge"]["moving"], told
    assert result["judge"]["held_up"] <= result["strikes"].count("governor stopped"), told
    assert result["judge"]["moving"] > 20 * len(result["strikes"]), told
    assert seldom_at_rest(result), told


@pytest.mark.skipif(
    SECONDS < SOAK_S, reason="a part of `make soak`: an arm's governor needs a core to itself"
)
def test_nothing_inadmissible_comes_to_an_arm_either(
    domain: int, node_here: Callable[[str], Any], tmp_path: Path
) -> None:
    pytest.importorskip("mujoco", reason="MuJoCo is not installed")
    pytest.importorskip("pinocchio", reason="Pinocchio is not installed")
    result = chaos(node_here("ear"), domain, tmp_path, SEED, SECONDS * ARM_SHARE, robot=ARM)
    told = json.dumps(result, indent=1)
    print(told)
    assert result["judge"]["wrong"] == [], told
    assert result["missing"] == [], told
    assert result["died"] == [] and result["left"] == [], told
    assert result["judge"]["moving"] > 20 * len(result["strikes"]), told
    assert seldom_at_rest(result), told


def test_a_governor_that_forwards_anything_is_caught_on_the_wire(
    domain: int,
    node_here: Callable[[str], Any],
    start: Callable[..., Any],
    wait_until: Callable[..., None],
    tmp_path: Path,
) -> None:
    """The wrong answer: a governor that passes on 10 m/s, and what is no number."""
    out = tmp_path / "judge.json"
    judge = start(sys.executable, "-m", "test.chaos.judge", ROOT / "config/amr.yaml", out)
    judge.wait_for("ready")
    publisher = node_here("fake").create_publisher(TwistStamped, "cmd_vel", 10)
    wait_until(publisher.get_subscription_count, 10.0, what="the judge listens")
    for vx in (0.0, 10.0, float("nan")):
        message = TwistStamped()
        message.header.frame_id = "base_link"
        message.twist.linear.x = vx
        publisher.publish(message)
    judge.wait_for("not finite")
    judge.end()
    said = " ".join(json.loads(out.read_text())["wrong"])
    assert "speed 10.0000, at most 0.8" in said and "not finite" in said

"""Everybody around the governor fails, in every known way: what comes out stays admissible, all is on record."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from test.chaos.course import chaos

pytestmark = pytest.mark.ros
SEED = int(os.environ.get("IATRO_SEED", "4"))
SECONDS = float(os.environ.get("IATRO_CHAOS_S", "45"))


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
    assert result["died"] == [], told
    assert result["judge"]["moving"] > 20 * len(result["strikes"]), told

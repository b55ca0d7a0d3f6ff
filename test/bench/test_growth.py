"""What grows in the benches of growth is what they say, and the page shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("coal", reason="coal is not installed")

from bench.core import DOWN, REACH
from bench.cores import OVER_THE_TABLE, READY, ArmCase, BaseCase, boxes_around, profile
from bench.growth import cloud, grown, messages, squares, tiles, warm
from bench.page.growth import growth
from bench.profiled import profiled
from bench.timing import Took, both, summary


def calls(case: ArmCase | BaseCase) -> int:
    """Functions that a step of ``case`` calls, as it is allowed to go on."""
    found: int = profiled(case.step, steps=10)["calls"]
    assert case.action == "pass"
    return found


def test_zones_under_the_hand_are_looked_at_and_those_beyond_reach_are_not(tmp_path: Path) -> None:
    """The wrong answer is a slope over zones that nobody looks at, or over stops."""

    def near(count: int) -> int:
        return calls(ArmCase(profile(tmp_path, "panda.yaml", tiles(count)), OVER_THE_TABLE, DOWN))

    def far(count: int) -> int:
        return calls(ArmCase(profile(tmp_path, "panda.yaml", boxes_around(count)), READY, REACH))

    more, beyond = near(8) - near(0), far(8) - far(0)
    # One is asked for its distance, its ways and its clearance, the other only where it is.
    assert more > 8 * 15 and beyond < 8 * 6


def test_zones_beside_the_way_of_a_base_are_on_both_sides_and_slow_it_not_down(tmp_path: Path) -> None:
    zones = [zone["figure"]["polygon"]["corners"] for zone in squares(10, 0.55)]
    assert min(abs(y) for corners in zones for _, y in corners) == pytest.approx(0.55)
    assert {np.sign(corners[0][1]) for corners in zones} == {-1.0, 1.0}
    case = BaseCase(profile(tmp_path, "amr.yaml", squares(10, 0.55)), 7.0, 0.8)
    warm({10: case})
    assert case.action == "pass"


def test_a_cloud_has_its_points_on_the_floor_and_on_walls() -> None:
    points = cloud(1000, 0.9)
    floor = points[:, 2] == -0.3
    assert points.shape == (1000, 3) and floor.sum() == 500
    wall = points[~floor & (np.abs(np.arctan2(points[:, 1], points[:, 0])) < 0.3)]
    assert np.allclose(wall[:, 0], 0.9)


def test_each_message_is_timed_once_and_so_is_the_command_after_it(tmp_path: Path) -> None:
    path = profile(tmp_path, "amr.yaml")
    found = messages({n: BaseCase(path, 0.9, 0.8, n) for n in (360, 720)}, 2, 10)
    for row, count in zip(found["rows"], (360, 720), strict=True):
        assert row["count"] == count and row["command"]["samples"] == 20
        assert row["message"]["samples"] == row["first_command"]["samples"] == 4


PARTS = dict.fromkeys(("body", "ring", "message", "bytes"), summary([1.0, 3.0]))


def test_the_page_has_points_lines_commands_and_records(tmp_path: Path) -> None:
    cases = {n: BaseCase(profile(tmp_path, "amr.yaml", squares(n, 20.0)), 7.0, 0.3) for n in (0, 2)}
    axes = {"zone of a base": grown(cases, 1, 5)}
    spread = both([Took(1e-6, 2e-6)])
    row = {"count": 100_000, "action": "pass", "message": spread, "first_command": spread, "command": spread}
    line = {"us_each": 0.11, "us_each_error": 0.01, "us_at_none": 9.0, "residual_us": 3.0}
    data: dict[str, Any] = {
        "message_budget_us": 20_000,
        "messages": {"beam of a scan": {"rows": [row], "slope": line, "command_slope": line}},
        "axes": axes,
        "record": {"base": PARTS | {"bytes_sent": 9}},
    }
    told = "".join(growth(data))
    assert "| beam of a scan | 100000 | pass | 1.0 | 1.0 | 20000 | 2.0 | 2.0 |" in told
    assert (
        "| beam of a scan, a command | 0.11 | 0.01 | 9.0 | 3.0 |" in told
        and "| zone of a base | 2 | " in told
    )
    assert "| base | message | 2.0 |" in told

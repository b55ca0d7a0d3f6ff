"""Caps of speed that a robot was measured beyond, or kept: each along its own axis, in its own direction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.limits.speed import AXES, SpeedConfig, SpeedLimit
from iatro_governor.resources import shared
from iatro_governor.testimony.records import Sample
from test.shipped import shipped
from test.testimony.conducts import PARAMS, limit, sample, taken

BASES = ("ackermann", "amr", "iris", "omni", "tiago")
"""Shipped profiles whose base is driven by twists."""
NORMS = {"planar": 2, "travel": 3}


@cache
def caps_of(robot: str) -> tuple[SpeedConfig, ...]:
    rows = shipped(shared(f"config/{robot}.yaml"))["limits"]
    return tuple(SpeedConfig.model_validate(row) for row in rows if row["kind"] == "speed")


CAPS = [pytest.param(robot, cap, id=f"{robot}-{cap.name}") for robot in BASES for cap in caps_of(robot)]


def told(caps: Sequence[SpeedConfig], command: Any) -> tuple[list[dict[str, Any]], float]:
    """The rows of the caps that bind ``command`` [vx, vy, vz, wz], as the governor tells them, and its scale."""
    rows, scale = [], 1.0
    for config in caps:
        cap = SpeedLimit(config).cap(np.array(command, dtype=float), SimpleNamespace(anchor=np.zeros(4)))  # type: ignore[arg-type]
        if cap.scale < 1.0:
            unit = SpeedLimit(config).row_unit
            rows.append(
                limit("speed", name=config.name, unit=unit, requested=cap.requested, allowed=cap.allowed)
            )
        scale = min(scale, cap.scale)
    return rows, scale


def twist(values: Any) -> list[float]:
    """The six components of [vx, vy, vz, wz]."""
    vx, vy, vz, wz = (float(value) for value in values)
    return [vx, vy, vz, 0.0, 0.0, wz]


def exceeded(rows: list[dict[str, Any]], command: Any, does: Any, **more: Any) -> bool:
    body = {"requested": twist(command), "allowed": twist(command), "measured": twist(does), **more}
    one: Sample = sample(0.0, limits=rows, **body)
    return taken(one, params=PARAMS).bound_exceeded


def along(cap: SpeedConfig, size: float) -> Any:
    """A motion [vx, vy, vz, wz] that is ``size`` by what ``cap`` bounds, spread over all that it bounds."""
    motion = np.zeros(4)
    if cap.axis in NORMS:
        parts = np.array([3.0, 4.0, 12.0][: NORMS[cap.axis]])
        motion[: len(parts)] = size * parts / np.linalg.norm(parts)
    else:
        motion[AXES[cap.axis]] = size * (-1.0 if cap.direction == "negative" else 1.0)
    return motion


@pytest.mark.parametrize(("robot", "cap"), CAPS)
def test_a_robot_that_is_faster_than_a_cap_along_its_own_axis_is_found(robot: str, cap: SpeedConfig) -> None:
    asked = along(cap, 3 * cap.bound)
    rows, _ = told([cap], asked)
    for way in (1.0, -1.0) if cap.direction == "both" and cap.axis not in NORMS else (1.0,):
        assert exceeded(told([cap], way * asked)[0], way * asked, way * along(cap, 2 * cap.bound))
        assert exceeded(rows, asked, along(cap, 2 * cap.bound) + 0.01)


@pytest.mark.parametrize("robot", BASES)
def test_what_caps_let_through_is_beyond_none_of_them_however_it_is_mixed(robot: str) -> None:
    """All commands of threes and fours along the axes, scaled by all caps of the profile: that is what is measured."""
    caps = caps_of(robot)
    for signs in np.ndindex(3, 3, 3, 3):
        asked = (np.array(signs) - 1.0) * np.array([3.0, 4.0, 5.0, 2.0])
        rows, scale = told(caps, asked)
        assert not exceeded(rows, asked, scale * asked), asked


@pytest.mark.parametrize(
    ("robot", "command", "measured"),
    [
        ("iris", (1.5, 0.0, -1.0, 0.0), (1.05, 0.0, -0.7, 0.0)),
        ("omni", (0.45, 0.5, 0.0, 0.0), (0.36, 0.40, 0.0, 0.0)),
        ("ackermann", (-0.5, 0.0, 0.0, 0.0), (0.9, 0.0, 0.0, 0.0)),
    ],
)
def test_motion_across_a_cap_or_against_it_is_none_of_its_own(
    robot: str, command: Sequence[float], measured: Sequence[float]
) -> None:
    """The last one still rolls forwards while it is told to drive backwards."""
    rows, _ = told(caps_of(robot), command)
    assert rows and not exceeded(rows, command, measured)


SINK = limit("speed", requested=1.0, allowed=0.5)
DOWN = (0.75, 0.25, -1.0, 0.0)


def test_a_cap_of_one_direction_is_exceeded_in_that_one_alone() -> None:
    assert exceeded([SINK], DOWN, (0.0, 0.0, -0.75, 0.0))
    assert exceeded([SINK], (0.75, 1.0, 0.25, 0.0), (0.0, 0.75, 0.0, 0.0)), "sideways"
    assert not exceeded([SINK], DOWN, (2.0, 2.0, 0.0, 0.0))
    assert not exceeded([SINK], (1.0, 0.0, 0.0, 0.0), (-0.75, 0.0, 0.0, 0.0)), "forwards alone, perhaps"


def test_turning_is_capped_by_itself() -> None:
    turn = SINK | {"unit": "rad/s"}
    assert exceeded([turn], (0.0, 0.0, 0.0, -1.0), (0.0, 0.0, 0.0, -0.75))
    assert exceeded([turn], (0.0, 0.0, 0.0, 1.0), (0.0, 0.0, 0.0, 0.75))
    assert not exceeded([turn], (1.0, 0.0, 0.0, 0.5), (9.0, 9.0, 9.0, 0.75)), "of another command"


def test_where_the_command_leaves_the_axis_open_the_least_counts() -> None:
    """As much forwards as sideways was asked for, and one of the two is capped."""
    both = (1.0, 1.0, 0.0, 0.0)
    assert not exceeded([SINK], both, (0.75, 0.5, 0.0, 0.0)) and exceeded(
        [SINK], both, (0.75, 0.75, 0.0, 0.0)
    )


def test_a_cap_of_another_command_or_of_another_channel_of_the_group_tells_nothing() -> None:
    """The limits of a group are told with each of its channels, and those in force with a command that is refused."""
    assert not exceeded([SINK], (0.5, 0.0, 0.0, 0.0), (9.0, 0.0, 0.0, 0.0))
    assert not exceeded([SINK], (math.nan, 0.0, 0.0, 0.0), (9.0, 0.0, 0.0, 0.0))
    assert not exceeded([SINK], (1.0, 0.0, 0.0, 0.0), (9.0, 0.0, 0.0, 0.0), requested=None)
    arm = {"channel_type": "joint_velocity", "requested": [1.0] * 6, "measured": [9.0] * 6}
    for unit in ("m/s", "rad/s"):
        assert not exceeded([SINK | {"unit": unit}], DOWN, DOWN, **arm)


@pytest.mark.parametrize("measured", [None, [9.0], [math.nan] * 6, [math.inf] * 6])
def test_what_was_not_measured_is_not_beyond(measured: list[float] | None) -> None:
    assert not exceeded([SINK], DOWN, DOWN, measured=measured)
    assert not exceeded([limit("speed", allowed=0.5)], DOWN, DOWN, measured=measured)

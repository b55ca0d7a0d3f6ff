"""How the core's times grow with what there is to look at, and what records cost. Writes out/bench/growth.json.

Points of a scan and of a cloud, with the time that a message takes apart from that of a command; zones within reach
and beyond it, of a base and of an arm; limits; shapes of links. Then what the node does with a decision that is made.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bench.core import DOWN, REACH, shapes_of
from bench.cores import (
    MADE_UP,
    OVER_THE_TABLE,
    READY,
    ArmCase,
    BaseCase,
    box,
    boxes_around,
    description,
    profile,
)
from bench.machine import stamp
from bench.timing import Took, both, interleaved, slope
from bench.written import write
from iatro_governor.governor import events

POINTS = (360, 3_600, 30_000, 100_000)
COUNTS = (0, 10, 30, 100)
SHAPES = (0, 6, 12, 24)
MESSAGE_BUDGET_US = 20_000
"""For a message of 100,000 points, by the design."""
WARM = 120
"""Steps before anything counts: a base has its speed by then."""
HAND = ("panda_link4", "panda_link5", "panda_link6", "panda_link7", "panda_hand")
"""The links that the profile keeps from the table."""
Case = BaseCase | ArmCase
Limits = list[dict[str, Any]]


def main(arguments: list[str] | None = None) -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument("--blocks", type=int, default=5)
    parser.add_argument("--steps", type=int, default=60)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        result = {**stamp(), **measure(Path(folder), chosen.blocks, chosen.steps)}
    write(chosen.out / "growth.json", result)
    for name, found in {**result["messages"], **result["axes"]}.items():
        print(f"{name}: {found['slope']}")


def measure(folder: Path, blocks: int, steps: int) -> dict[str, Any]:
    """Every axis, and the records of a base's and an arm's decisions."""
    axes = {
        name: grown(cases, blocks, steps)
        for name, cases in (
            ("zone of a base, beside its way", base_zones(folder, 0.55)),
            ("zone of a base, beyond its reach", base_zones(folder, 20.0)),
            ("zone of an arm, under its hand", arm_limits(folder, tiles, OVER_THE_TABLE, DOWN)),
            ("zone of an arm, beyond its reach", arm_limits(folder, boxes_around, READY, REACH)),
            ("limit of a base", base_limits(folder)),
            ("limit of an arm", arm_limits(folder, speeds, READY, REACH)),
            ("shape of an arm's links", arm_shapes(folder)),
        )
    }
    kinds = (("beam of a scan", scanned), ("point of a cloud", clouded))
    seen = {name: messages(make(folder), blocks, steps) for name, make in kinds}
    return {"message_budget_us": MESSAGE_BUDGET_US, "messages": seen, "axes": axes, "record": records(folder)}


def records(folder: Path) -> dict[str, Any]:
    """What the node does with a decision that is made; None where there is no ROS 2."""
    try:
        from bench.recording import recorded
    except ImportError:
        return {}
    return recorded(folder)


def grown(cases: Mapping[int, Case], blocks: int, steps: int) -> dict[str, Any]:
    """Times of a command by how many of something there are, and the line through their medians."""
    warm(cases)
    taken = interleaved({str(count): case.step for count, case in cases.items()}, blocks, steps)
    rows = [{"count": n, "action": case.action, **both(taken[str(n)])} for n, case in cases.items()]
    return {"rows": rows, "slope": slope(list(cases), [row["p50_us"] for row in rows])}


def warm(cases: Mapping[int, Case]) -> None:
    """Bring each to where its steps are alike, and forget what that took."""
    for case in cases.values():
        for _ in range(WARM):
            case.step()
        if isinstance(case, BaseCase):
            case.scans.clear()


def messages(cases: Mapping[int, BaseCase], blocks: int, steps: int) -> dict[str, Any]:
    """The same by points in a message: taking one in, the first command after it, and every command."""
    warm(cases)
    first: dict[int, list[Took]] = {count: [] for count in cases}

    def step(count: int, case: BaseCase) -> Took:
        took = case.step()
        if case.fresh:
            first[count].append(took)
        return took

    each: dict[str, Callable[[], Took]] = {
        str(count): lambda count=count, case=case: step(count, case)  # type: ignore[misc]
        for count, case in cases.items()
    }
    taken = interleaved(each, blocks, steps)
    rows: list[dict[str, Any]] = [
        {
            "count": count,
            "action": case.action,
            "message": both(case.scans),
            "first_command": both(first[count]),
            "command": both(taken[str(count)]),
        }
        for count, case in cases.items()
    ]
    lines = {
        key: slope(list(cases), [row[of]["p50_us"] for row in rows])
        for key, of in (("slope", "message"), ("command_slope", "command"))
    }
    return {"rows": rows, **lines}


def scanned(folder: Path) -> dict[int, BaseCase]:
    """A base that drives towards a wall, near enough to look closely, by the beams of its lidar."""
    path = profile(folder, "amr.yaml")
    return {count: BaseCase(path, 0.9, 0.8, count) for count in POINTS}


class CloudCase(BaseCase):
    """The same base with a camera all around: half of its points on the floor, half on the walls."""

    def __init__(self, path: Path, count: int) -> None:
        super().__init__(path, 0.9, 0.8, count)
        self._xyz = cloud(count, 0.9)

    def seen(self, t: float) -> events.Points:
        """What the camera says at ``t``."""
        return events.Points(t, "lidar", self._xyz.copy(), t)


def clouded(folder: Path) -> dict[int, BaseCase]:
    """By the points of its cloud."""
    camera = {
        "type": "points", "topic": "points", "frame": "camera", "pose": [0.0, 0.0, 0.3, 0.0, 0.0, 0.0],
        "field_of_view": [-math.pi, math.pi], "height": [0.1, 1.5], "range_max": 12.0, "timeout_s": 0.2,
    }  # fmt: skip
    path = profile(folder, "amr.yaml", sources={"lidar": camera})
    return {count: CloudCase(path, count) for count in POINTS}


def cloud(count: int, wall: float) -> np.ndarray:
    """(count, 3) m in the frame of a camera 0.3 m above the floor of a round room with a flat wall ahead."""
    chance = np.random.default_rng(1)
    angle = chance.uniform(-np.pi, np.pi, count)
    ahead = np.abs(angle) < 1.2
    away = np.full(count, 8.0)
    away[ahead] = np.minimum(wall / np.cos(angle[ahead]), 8.0)
    floor = np.arange(count) % 2 == 0
    away[floor] *= chance.uniform(0.3, 1.0, floor.sum())
    height = np.where(floor, -0.3, chance.uniform(-0.1, 1.0, count))
    return np.column_stack([away * np.cos(angle), away * np.sin(angle), height])


def base_zones(folder: Path, aside: float) -> dict[int, BaseCase]:
    """By zones ``aside`` m from the way of a base, on both sides of it."""
    return {n: BaseCase(profile(folder, "amr.yaml", squares(n, aside)), 7.0, 0.8) for n in COUNTS}


def squares(count: int, aside: float) -> Limits:
    """Zones along a way."""
    found = []
    for number in range(count):
        x, y = 0.02 * (number // 2), aside if number % 2 else -aside - 0.1
        corners = [[x, y], [x + 0.1, y], [x + 0.1, y + 0.1], [x, y + 0.1]]
        place: dict[str, Any] = {"frame": "odom", "figure": {"polygon": {"corners": corners}}, "margin": 0.05}
        found.append({"name": f"zone_{number}", "kind": "zone", "channel": "base", **place, **MADE_UP})
    return found


def base_limits(folder: Path) -> dict[int, BaseCase]:
    """By limits that need no sensor."""
    return {n: BaseCase(profile(folder, "amr.yaml", planar_speeds(n)), 7.0, 0.3) for n in COUNTS}


def planar_speeds(count: int) -> Limits:
    """Speeds of a base."""
    more = {"kind": "speed", "channel": "base", "axis": "planar", **MADE_UP}
    return [{"name": f"speed_{number}", "bound": 0.8 + 0.001 * number, **more} for number in range(count)]


def speeds(count: int) -> Limits:
    """Speeds of an arm's joints."""
    more = {"kind": "joint_velocity", "channel": "arm", **MADE_UP}
    return [
        {"name": f"speed_{number}", "bounds": [2.0 + 0.001 * number] * 7, **more} for number in range(count)
    ]


def tiles(count: int) -> Limits:
    """Zones in the table top, under the hand: as near to it as the table itself."""
    places = [(0.40 + 0.02 * (number % 10), 0.02 * (number // 10) - 0.1) for number in range(count)]
    poses = [[x, y, -0.02, 0.0, 0.0, 0.0] for x, y in places]
    return [box(number, [0.05, 0.05, 0.04], pose, links=list(HAND)) for number, pose in enumerate(poses)]


def arm_limits(
    folder: Path, made: Callable[[int], Limits], posture: tuple[float, ...], command: list[float]
) -> dict[int, ArmCase]:
    """By limits that ``made`` makes for an arm."""
    return {n: ArmCase(profile(folder, "panda.yaml", made(n)), posture, command) for n in COUNTS}


def arm_shapes(folder: Path) -> dict[int, ArmCase]:
    """By the shapes of an arm's links."""
    urdfs = [description(folder, n) for n in SHAPES]
    cases = [ArmCase(profile(folder, "panda.yaml", urdf=urdf), READY, REACH) for urdf in urdfs]
    return {shapes_of(case): case for case in cases}


if __name__ == "__main__":
    main()

"""A box that stands in a zone, or astride one, comes out of it, and goes no deeper, whatever is asked for.

IATRO_SEEDS=N takes N more seeds for each; ``make soak`` does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import State
from test.body.overlapping import RECTANGLES, least_way_out, least_way_out_of_all
from test.governor.hall import Drive, Hall
from test.governor.profiles import BOX, ZONES, amr
from test.seeds import MORE

ROUNDING = 5e-4
"""What the oracle and the loop's steps add, m."""
TO_REST = 0.5
"""Longer than any stop here, s."""
EVERY = 5
"""Ticks of 0.01 s between two looks of the oracle."""
CORNERS = np.array(BOX["polygon"]["corners"])


def standing(folder: Path, figure: dict[str, Any], start) -> Drive:
    """At ``start`` of a world that has nothing but a zone of ``figure``."""
    row = {
        "name": "home",
        "kind": "zone",
        "channel": "base",
        "frame": "odom",
        "figure": figure,
        "margin": 0.05,
    }
    profile = amr(
        folder, BOX, [row | {"source": "a test"}], (*ZONES, "obstacle", "time_to_collision", "unseen")
    )
    return Drive(Governor(profile), Hall(np.zeros((0, 3)), np.array(start, dtype=float)))


def rectangle(low_x, low_y, high_x, high_y) -> dict[str, Any]:
    corners = [[high_x, high_y], [low_x, high_y], [low_x, low_y], [high_x, low_y]]
    return {"polygon": {"corners": corners}}


def straight(drive: Drive, speed: float, seconds: float) -> bool:
    """Whether it is out of it, and of its margin, after as long ahead, or back."""
    drive.run(seconds, (speed, 0.0, 0.0))
    return drive.last.state is State.NOMINAL and not drive.last.limits


HOME = {
    "small": rectangle(-0.1, -0.1, 0.1, 0.1),
    "as wide as it": rectangle(-0.3, -0.3, 0.3, 0.3),
    "all around it": rectangle(-1.0, -1.0, 1.0, 1.0),
    "round": {"circle": {"radius": 0.6}},
    "strip": rectangle(-0.05, -2.0, 0.05, 2.0),
}


@pytest.mark.parametrize("speed", [0.5, -0.5])
@pytest.mark.parametrize("figure", HOME.values(), ids=HOME)
def test_from_the_middle_of_a_zone_it_drives_out_ahead_and_back(tmp_path, figure, speed):
    assert straight(standing(tmp_path, figure, (0.0, 0.0, 0.0)), speed, 9.0)


@pytest.mark.parametrize("start", [(0.0, 0.0, 0.0), (0.004, 0.0, 0.0), (0.0, 0.0, 0.3)])
@pytest.mark.parametrize("strip", [(0.1, 0.2), (0.3, 0.5), (0.0, 0.3), (0.3, 1.3)])
def test_what_has_its_front_across_a_strip_backs_off_and_does_not_go_on(tmp_path, strip, start):
    figure = rectangle(strip[0], -2.0, strip[1], 2.0)
    ahead = standing(tmp_path, figure, start)
    assert not straight(ahead, 0.3, 3.0) and ahead.hall.pose == pytest.approx(np.array(start))
    assert straight(standing(tmp_path, figure, start), -0.3, 5.0)


@pytest.mark.parametrize("seed", range(3 + MORE))
def test_from_anywhere_in_a_zone_one_of_both_straight_ways_is_free(tmp_path, seed):
    corners, start = somewhere(seed)
    figure = {"polygon": {"corners": corners.tolist()}}
    ways = []
    for speed in (0.3, -0.3):
        drive = standing(tmp_path, figure, start)
        ways.append(straight(drive, speed, 11.0))
        goes_no_deeper(corners, drive.poses)
    assert any(ways)


@pytest.mark.parametrize("seed", range(2 + MORE))
def test_whatever_is_asked_for_it_goes_no_deeper_and_once_out_not_in_again(tmp_path, seed):
    corners, start = somewhere(seed)
    drive = standing(tmp_path, {"polygon": {"corners": corners.tolist()}}, start)
    wishes = np.random.default_rng(seed + 100).uniform([-1.5, 0.0, -2.5], [1.5, 0.0, 2.5], (20, 3)) * [
        1,
        0,
        1,
    ]
    drive.run(12.0, lambda t: wishes[int(t / 1.5)])
    goes_no_deeper(corners, drive.poses)
    assert np.ptp(np.array(drive.poses)[:, :2], axis=0).max() > 0.05


@pytest.mark.parametrize("seed", range(1 + MORE))
@pytest.mark.parametrize("name", ["L", "U", "plus"])
def test_in_a_zone_that_is_not_convex_it_goes_no_deeper_either(tmp_path, name, seed):
    figure, parts = RECTANGLES[name]
    rng = np.random.default_rng(seed)
    while least_way_out_of_all(parts, [CORNERS], start := rng.uniform([-2, -2, -3], [2, 2, 3])) < 0.3:
        pass
    drive = standing(tmp_path, {"polygon": {"corners": figure.tolist()}}, start)
    wishes = rng.uniform([-1.5, 0.0, -2.5], [1.5, 0.0, 2.5], (20, 3)) * [1, 0, 1]
    drive.run(12.0, lambda t: wishes[int(t / 0.8)])
    never_deeper([least_way_out_of_all(parts, [CORNERS], pose) for pose in drive.poses[::EVERY]], 2e-3)
    assert np.ptp(np.array(drive.poses)[:, :2], axis=0).max() > 0.05


@pytest.mark.parametrize("gap", [0.01, -0.05])
@pytest.mark.parametrize("yaw", [-0.2, -0.4, -0.6])
def test_a_turn_that_leads_out_a_little_and_in_again_is_braked_and_no_fault(tmp_path, yaw, gap):
    """A box of 0.8 by 0.5 m, ``gap`` m before a wall, turns past where it is along it and further off."""
    across = 0.4 * abs(np.sin(yaw)) + 0.25 * np.cos(yaw)
    drive = standing(tmp_path, rectangle(-5.0, 1.0, 5.0, 5.0), (0.0, 1.0 - gap - across, yaw))
    drive.run(2.0, (0.0, 0.0, 2.0))
    assert not [fault for each in drive.decisions for fault in each.faults if fault.name != "closed"]
    assert drive.hall.pose[2] - yaw > abs(yaw)
    ways = [pose[1] + 0.4 * abs(np.sin(pose[2])) + 0.25 * np.cos(pose[2]) for pose in drive.poses]
    assert max(ways) <= 1.0 - gap + ROUNDING


def somewhere(seed):
    """A convex zone (n, 2), counter-clockwise, and a pose of a box that is in it or astride it."""
    rng = np.random.default_rng(seed)
    while True:
        angle = np.sort(rng.uniform(0.0, 2 * np.pi, 3 + seed % 4))
        corners = np.stack([np.cos(angle), np.sin(angle)], axis=-1) * rng.uniform(0.2, 1.0, 2)
        start = rng.uniform([-1.0, -1.0, -3.0], [1.0, 1.0, 3.0])
        wide = np.diff([*angle, angle[0] + 2 * np.pi]).max() < 0.9 * np.pi
        if wide and least_way_out(corners, CORNERS, start) > 0.1:
            return corners, start


def goes_no_deeper(corners, poses):
    """In a convex zone."""
    never_deeper([least_way_out(corners, CORNERS, pose) for pose in poses[::EVERY]])


def never_deeper(ways, rounding=ROUNDING):
    """Never further in than when its way to rest was verified, which is no longer ago than that lasts.

    A way that turns may lead out a little and in again, as far as it was.
    """
    deep = np.maximum(ways, 0.0)
    verified = np.lib.stride_tricks.sliding_window_view(deep, round(TO_REST / (EVERY * 0.01))).max(axis=1)
    reached = np.minimum.accumulate(verified)
    assert (deep[len(deep) - len(reached) :] <= reached + rounding).all()

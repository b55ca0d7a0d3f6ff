"""Profiles whose limits contradict each other, or say nothing, are told so by name; shipped ones are not."""

from __future__ import annotations

from typing import Any

import pytest

from iatro_governor.limits.registry import load_profile
from iatro_governor.limits.vain import vain
from iatro_governor.resources import shared
from test.body.arm.conftest import robots_folder
from test.governor.profiles import BOX, amr


def square(x, y, size):
    """An area with its lower left corner at ``x``, ``y``."""
    return {"polygon": {"corners": [[x, y], [x + size, y], [x + size, y + size], [x, y + size]]}}


def row(name, kind, figure, **more):
    """A limit of the base."""
    base = {"name": name, "kind": kind, "channel": "base", "frame": "odom", "source": "a test"}
    return base | {"figure": figure} | more


@pytest.mark.parametrize("name", ["amr", "panda", "ur5", "tiago", "iris"])
def test_no_shipped_profile_has_one(name):
    if name != "amr" and robots_folder() is None:
        pytest.skip("example-robot-data is not installed")
    assert vain(load_profile(shared(f"config/{name}.yaml"))) == []


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        ([row("aisle", "slow_zone", square(1, 1, 2), speed=0.8)], "aisle: it slows nothing"),
        (
            [
                row(
                    "skin",
                    "slow_zone",
                    {"circle": {"radius": 0.1}},
                    frame="body",
                    sources=["lidar"],
                    speed=0.1,
                )
            ],
            "skin: its figure lies within",
        ),
        (
            [row("west", "geofence", square(-1, -1, 2)), row("east", "geofence", square(5, -1, 2))],
            "west, east: no place",
        ),
        (
            [row("hall", "geofence", square(-1, -1, 2)), row("office", "zone", square(-2, -2, 4))],
            "hall, office: no place",
        ),
        ([row("hall", "geofence", square(-1, -1, 2), margin=0.9)], "hall: no place"),
    ],
    ids=["too fast", "within the body", "two fences", "a fence in a zone", "a margin too wide"],
)
@pytest.mark.parametrize("figure", [None, BOX], ids=["disc", "box"])
def test_what_is_hardly_meant_is_told(tmp_path, limits, named, figure):
    (told,) = vain(amr(tmp_path, figure, limits))
    assert named in told


def test_what_can_be_kept_to_is_not(tmp_path):
    tight = square(-0.23, -0.23, 0.46)
    limits = [
        row("aisle", "slow_zone", square(1, 1, 2), speed=0.79),
        row("skin", "slow_zone", {"circle": {"radius": 0.3}}, frame="body", sources=["lidar"], speed=0.1),
        row("cage", "geofence", tight),
        row("office", "zone", square(0.3, -2, 4)),
    ]
    assert vain(amr(tmp_path, None, limits)) == []


def test_what_is_stale_before_the_loop_comes_round_is_told(tmp_path):
    soon: dict[str, Any] = {
        "sources": {"odom": {"timeout_s": 0.05}},
        "channels": {"base": {"command_timeout_s": 0.05}},
    }
    slow, quick = (amr(tmp_path, loop={"rate_hz": hz}, **soon) for hz in (10, 20))
    channel, source = vain(slow)
    assert "channel base: command_timeout_s, 0.05 s" in channel and "source odom: timeout_s" in source
    assert vain(quick) == []

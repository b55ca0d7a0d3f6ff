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


CARRIED = {"frame": "body", "sources": ["lidar"]}
LOCALISER = {"type": "map_pose", "topic": "amcl", "timeout_s": 1.0, "sigmas": 3.0, "source": "a test"}


def test_only_what_is_carried_and_all_within_the_body_is_never_entered(tmp_path):
    """On the ground the body drives into it; a disc that sticks out of the body by a part meets what is there."""
    spot = row("spot", "slow_zone", square(-0.1, -0.1, 0.2), speed=0.1)
    edge = row("edge", "slow_zone", {"circle": {"radius": 0.1, "centre": [0.2, 0.0]}}, speed=0.1) | CARRIED
    assert vain(amr(tmp_path, None, [spot, edge])) == []
    (told,) = vain(amr(tmp_path, BOX, [row("same", "slow_zone", BOX, speed=0.1) | CARRIED]))
    assert "same: its figure lies within" in told


def test_a_fence_just_as_large_as_the_body_leaves_one_place(tmp_path):
    assert vain(amr(tmp_path, BOX, [row("cage", "geofence", BOX)])) == []
    assert len(vain(amr(tmp_path, BOX, [row("cage", "geofence", BOX, margin=0.001)]))) == 1


@pytest.mark.parametrize(
    "figure",
    [square(5, -3, 1), {"circle": {"centre": [5.0, -3.0], "radius": 0.5}}],
    ids=["square", "disc"],
)
def test_places_are_looked_for_all_over_a_fence_wherever_it_is(tmp_path, figure):
    assert vain(amr(tmp_path, BOX, [row("ward", "geofence", figure)])) == []


def test_places_are_looked_for_with_headings_a_quarter_turn_apart_and_half_of_that(tmp_path):
    """0.8 m by 0.5 m across a strip of 0.6 m; and along the diagonal of a square of 0.95 m, 0.65 m a side of it."""
    strip = {"polygon": {"corners": [[5.0, -3.0], [5.6, -3.0], [5.6, -2.0], [5.0, -2.0]]}}
    assert vain(amr(tmp_path, BOX, [row("lane", "geofence", strip)])) == []
    slim = {"polygon": {"corners": [[0.4, 0.05], [-0.4, 0.05], [-0.4, -0.05], [0.4, -0.05]]}}
    slope = {"polygon": {"corners": [[5.0, -3.0], [5.1, -3.1], [5.8, -2.4], [5.7, -2.3]]}}
    assert vain(amr(tmp_path, slim, [row("ramp", "geofence", slope)])) == []


def test_fences_of_one_frame_are_judged_together_in_whatever_order_they_stand(tmp_path):
    mapped = row("house", "geofence", square(-9, -9, 18)) | {"frame": "map", "localisation": "amcl"}
    limits = [row("hall", "geofence", square(-1, -1, 2)), mapped, row("office", "zone", square(-2, -2, 4))]
    (told,) = vain(amr(tmp_path, None, limits, sources={"amcl": LOCALISER}))
    assert "hall, office: no place" in told


def test_a_solid_takes_as_much_of_a_fence_as_it_does_at_the_body_s_heights(tmp_path):
    """A ball of 0.6 m, 1.4 m up: 0.447 m of it at 1 m. In a corner of the hall the base is 0.487 m off its middle."""
    ball = row("lamp", "zone", {"sphere": {"centre": [0.0, 0.0, 1.4], "radius": 0.6}})
    hall = row("hall", "geofence", square(-0.75, -0.75, 1.5))
    assert (
        vain(amr(tmp_path, None, [hall, ball], robot={"height": [0.0, 1.0], "height_source": "a test"})) == []
    )
    high = {"height": [0.0, 1.4], "height_source": "a test"}
    assert len(vain(amr(tmp_path, None, [hall, ball], robot=high))) == 1
    assert len(vain(amr(tmp_path, None, [hall, ball]))) == 1  # of any height, if none is said


def test_of_what_is_not_required_nothing_stops_the_robot(tmp_path):
    assert vain(amr(tmp_path, loop={"rate_hz": 10}, sources={"estop": {"timeout_s": 0.05}})) == []


def test_a_figure_that_spans_a_notch_of_the_body_meets_what_is_in_it(tmp_path):
    """Its corners lie within both arms of an L, and its middle between them."""
    notched = {
        "polygon": {"corners": [[-0.4, -0.4], [0.4, -0.4], [0.4, 0.0], [0.0, 0.0], [0.0, 0.4], [-0.4, 0.4]]}
    }
    bar = {"polygon": {"corners": [[-0.28, 0.37], [-0.32, 0.33], [0.33, -0.32], [0.37, -0.28]]}}
    assert vain(amr(tmp_path, notched, [row("bar", "slow_zone", bar, speed=0.1) | CARRIED])) == []

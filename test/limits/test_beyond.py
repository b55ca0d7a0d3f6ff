"""Self-tests of limits on what a body cannot bring about: they say so, rather than pass with nothing tried."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from iatro_governor.body.load import load_text
from iatro_governor.limits.link_keeping import slow
from test.limits.bodies import TWO_LINKS, body_situation
from test.limits.situations import make, situation

STRAIGHT = np.zeros(2)
ALOFT = {"sphere": {"centre": [0.0, 0.0, 3.0], "radius": 0.05}}
REACHED = {"sphere": {"centre": [0.0, 0.8, 0.0], "radius": 0.05}}
FOOT = """<link name="base">
    <collision><geometry><sphere radius="0.1"/></geometry></collision>
  </link>"""


def turning(joint="elbow"):
    """The two links, ``joint`` of which turns without an end."""
    before = f'<joint name="{joint}" type="revolute">'
    start = TWO_LINKS.index(before)
    return TWO_LINKS[:start] + TWO_LINKS[start:].replace('type="revolute"', 'type="continuous"', 1)


def only(limit, at):
    (challenge,) = limit.trips([at])
    return challenge


def test_a_slow_zone_that_no_link_reaches_says_how_near_one_comes():
    """2.9 m above the plane of the arm: the ball's and the links' radii, 0.05 m each, are off."""
    told = only(make("link_slow_zone", volume=ALOFT), body_situation(STRAIGHT))
    assert told.face == "cap" and not list(told.trips) and "2.900 m" in told.beyond
    reached = only(make("link_slow_zone", volume=REACHED), body_situation(STRAIGHT))
    assert reached.beyond == "" and list(reached.trips)


def test_a_zone_of_links_that_do_not_move_says_so():
    model = load_text(TWO_LINKS.replace('<link name="base"/>', FOOT))
    at = body_situation(STRAIGHT, model=model)
    told = only(make("link_zone", links=["base"]), at)
    assert not list(told.trips) and "none of its links moves" in told.beyond
    assert all(not challenge.beyond for challenge in make("link_zone", links=["lower"]).trips([at]))


def test_a_joint_without_ends_is_driven_to_none_of_them():
    ends = {"lower": None, "upper": None}
    half = body_situation(STRAIGHT, model=load_text(turning()))
    every = list(make("joint_position", **ends).trips([half]))
    moved = {int(np.argmax(np.abs(trip.command))) for challenge in every for trip in challenge.trips}
    assert moved == {0} and all(np.isfinite(t.situation.now.q).all() for c in every for t in c.trips)
    both = load_text(turning("shoulder").replace('type="revolute"', 'type="continuous"'))
    told = only(make("joint_position", **ends), body_situation(STRAIGHT, model=both))
    assert not list(told.trips) and "no joint of the channel has an end" in told.beyond


def test_a_slow_figure_that_is_carried_is_tried_wherever_something_may_be():
    """Commands in every direction and size, in all that the sensors may see: a place in the world has one edge."""
    watched = {"frame": "body", "sources": ["lidar"], "figure": {"circle": {"radius": 0.5}}}
    scenes = [situation(points) for points in (np.array([[0.4, 0.0]]), np.zeros((0, 2)))]
    carried, fixed = list(make("slow_zone", **watched).trips(scenes)), list(make("slow_zone").trips(scenes))
    assert [c.face for c in carried] == [c.face for c in fixed] == ["cap"]
    tried = [trip for challenge in carried for trip in challenge.trips]
    limit = make("slow_zone", **watched)
    capped = [cap for trip in tried if (cap := limit.cap(trip.command, trip.situation)) is not None]
    assert any(cap.scale < 1.0 for cap in capped) and len(capped) < len(tried)


def test_a_singularity_limit_without_a_link_is_an_error_and_no_free_way():
    at = replace(body_situation(STRAIGHT), tool=None)
    with pytest.raises(ValueError, match="needs a link"):
        make("singularity", link=None).cap(np.array([1.0, 0.0]), at)


def test_what_moves_too_fast_whatever_is_commanded_is_no_reason_to_scale_the_command():
    """The joints go on at 2 rad/s under any command: nothing that is asked for adds to it."""
    at = body_situation(STRAIGHT)
    carried = replace(at, drive=replace(at.drive, start=np.array([2.0, 0.0])))
    limit = make("link_speed", bound=0.25)
    cap = limit.cap(np.zeros(2), carried)
    assert cap is not None and cap.scale == 1.0 and cap.requested > 2.0
    more = limit.cap(np.array([1.0, 0.0]), carried)
    assert more is not None and more.scale == 0.0
    assert (
        slow(np.zeros(2), carried, 0.25).scale == 1.0
        and slow(np.array([1.0, 0.0]), carried, 0.25).scale == 0.0
    )

"""What limits tell besides what they bound: whether a place is entered, what is nearest, and when there is nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from iatro_governor.body.load import load_text
from iatro_governor.limits.registry import KINDS
from iatro_governor.limits.sensed import Felt, People, Sensed
from test.limits.bodies import NOTHING, body_situation, hand_on_two_links, three_links
from test.limits.situations import make, persons, situation
from test.limits.test_contract import every_kind

NOWHERE = np.zeros((0, 2))
STRAIGHT = np.zeros(2)
BALL = {"sphere": {"centre": [0.8, 0.0, 0.0], "radius": 0.05}}
"""In the middle of the lower link of the stretched arm."""
ALOFT = {"sphere": {"centre": [0.0, 0.0, 3.0], "radius": 0.05}}
WATCHED = {"frame": "body", "sources": ["lidar"], "figure": {"circle": {"radius": 0.5}}}
PLACES = {"zone", "slow_zone", "link_zone", "link_slow_zone", "contact_force"}
"""Kinds that tell whether the body is where they are about, or feels it."""


def ways(at, output=None):
    return at.roll_out(np.zeros((1, len(at.anchor))) if output is None else output[None])


@pytest.mark.parametrize("kind", ["link_zone", "link_slow_zone"])
def test_a_link_is_in_a_volume_or_is_not(kind):
    assert make(kind, volume=BALL).present(body_situation(STRAIGHT)) is True
    assert make(kind, volume=BALL).present(body_situation(np.array([1.0, 0.0]))) is False
    # Where the joints have flown to meanwhile is not where they are.
    assert make(kind, volume=BALL).present(body_situation(STRAIGHT, np.array([2.0, 0.0]))) is True


@pytest.mark.parametrize("kind", ["link_zone", "link_slow_zone"])
def test_only_the_links_that_a_volume_is_about_are_in_it(kind):
    assert make(kind, volume=BALL, links=["lower"]).present(body_situation(STRAIGHT)) is True
    assert make(kind, volume=BALL, links=["upper"]).present(body_situation(STRAIGHT)) is False


@pytest.mark.parametrize("kind", ["zone", "slow_zone"])
def test_a_footprint_is_in_a_zone_or_is_not(kind):
    limit = make(kind, frame="odom", figure={"circle": {"radius": 0.5, "centre": [2.0, 0.0]}})
    places = [(0.0, False), (1.27, False), (1.29, True), (2.0, True)]
    for x, within in places:
        assert limit.present(situation(NOWHERE, pose=np.array([x, 0.0, 0.0]))) is within, x


@pytest.mark.parametrize("kind", ["zone", "slow_zone"])
def test_what_is_watched_is_in_a_figure_that_is_carried_or_is_not(kind):
    limit = make(kind, **WATCHED)
    near, far = situation(np.array([[0.4, 0.0]])), situation(np.array([[0.9, 0.0]]))
    assert limit.present(near) is True and limit.present(far) is False
    assert limit.present(situation(NOWHERE)) is False


def test_a_contact_is_there_from_what_is_reported_on_and_unknown_before_anything_is_measured():
    limit = make("contact_force", report=[10.0, 10.0], stop=[30.0, 20.0])

    def pushed(newton):
        felt = Felt(np.array([newton, 0.0, 0.0]), np.zeros(3), "lower", 0.0)
        return limit.present(body_situation(STRAIGHT, sensed=replace(NOTHING, felt={"wrist": felt})))

    assert pushed(9.9) is False and pushed(10.1) is True and pushed(40.0) is True
    assert limit.present(body_situation(STRAIGHT, sensed=replace(NOTHING, felt={}))) is None


@every_kind
def test_who_is_about_no_place_tells_of_none_and_nothing_at_rest_calls_for_a_stop(kind):
    limit = make(kind)
    at = body_situation(STRAIGHT) if KINDS[limit.config.kind].view == "body" else situation(NOWHERE)
    assert (limit.present(at) is not None) == (limit.config.kind in PLACES)
    assert limit.alarm(at) is None


FINGER = """<link name="finger">
    <collision><origin xyz="0.2 0 0" rpy="0 1.5707963267948966 0"/>
      <geometry><capsule radius="0.03" length="0.4"/></geometry></collision>
  </link>
  <joint name="knuckle" type="revolute"><parent link="hand"/><child link="finger"/>
    <origin xyz="0.4 0 0"/><axis xyz="0 0 1"/><limit lower="-3" upper="3" velocity="3" effort="10"/></joint>
</robot>"""


@pytest.mark.parametrize(
    ("q", "links"), [([0.0, 0.0, 0.0, 2.8], "lower and finger"), ([0.2, 1.8, 2.3, -2.0], "upper and hand")]
)
def test_self_collision_names_the_two_links_that_are_nearest(q, links):
    """Of three pairs: a finger that is bent back to the forearm, and a hand to the upper arm."""
    model = load_text(hand_on_two_links().replace("</robot>", FINGER))
    assert len(model.pairs) == 3
    assert make("self_collision").about(body_situation(np.array(q), model=model)) == links
    assert make("joint_velocity").about(body_situation(STRAIGHT)) is None


def test_a_body_without_two_links_to_keep_apart_has_no_self_collision():
    """The two links of the contract share a joint, so no pair of them is looked at."""
    limit, at = make("self_collision"), body_situation(STRAIGHT, np.array([1.0, 1.0]))
    assert not len(at.model.pairs)
    assert limit.idle(at, None) and limit.about(at) is None and limit.clearance(at) is None
    assert limit.rows(at) is None and limit.least_ahead(ways(at), at) is None
    assert (
        limit.cap(np.array([2.0, 2.0]), at) is None
        and limit.clear(ways(at, np.array([2.0, 2.0])), at) is None
    )


def test_links_far_from_each_other_bound_nothing_and_near_ones_do():
    limit = make("self_collision")
    folded, stretched = np.array([0.2, 1.8, 2.3]), np.zeros(3)
    assert limit.rows(body_situation(stretched, model=three_links())) is None
    assert limit.rows(body_situation(folded, model=three_links())) is not None


def test_a_link_far_from_a_slow_zone_is_bounded_by_no_plane_and_a_near_one_is():
    at = body_situation(STRAIGHT)
    assert make("link_slow_zone", volume=ALOFT).rows(at) is None
    assert make("link_slow_zone", volume=BALL).rows(at) is not None


def test_an_arm_that_sees_no_points_has_nothing_near():
    limit, at = make("link_obstacle"), body_situation(STRAIGHT)
    assert "camera" not in at.sensed.points and limit.idle(at, None)


@pytest.mark.parametrize("kind", ["speed", "joint_velocity"])
def test_who_keeps_no_distance_tells_none(kind):
    at = situation(NOWHERE) if kind == "speed" else body_situation(STRAIGHT)
    assert make(kind).least_ahead(ways(at), at) is None and make(kind).clearance(at) is None


def test_where_nothing_is_seen_and_nobody_is_there_nothing_is_ahead():
    at = situation(NOWHERE)
    assert make("obstacle").least_ahead(ways(at), at) is None
    assert make("separation").least_ahead(ways(at), at) is None
    arm = body_situation(STRAIGHT)
    assert make("link_separation").least_ahead(ways(arm), arm) is None


def test_what_is_ahead_is_as_near_as_it_is():
    at = situation(np.array([[1.0, 0.0]]), people=persons([(2.0, 0.0, 0.0, 0.0)]))
    assert make("obstacle").least_ahead(ways(at), at) == pytest.approx(1.0 - 0.22, abs=1e-3)
    told = make("separation").least_ahead(ways(at), at)
    assert told is not None and 0.0 < told < 2.0 - 0.3 - 0.22


def test_somebody_whose_region_is_not_kept_from_is_not_ahead():
    limit = make("link_separation", regions=["head"])
    beside = People(np.array([[0.8, 0.3, 0.0]]), np.zeros((1, 3)), 0.0, 0.1, ("0",), ("hand",))
    at = body_situation(STRAIGHT, sensed=Sensed({"people": beside}, NOTHING.felt))
    assert limit.least_ahead(ways(at), at) is None
    at = replace(at, sensed=Sensed({"people": replace(beside, regions=("head",))}, NOTHING.felt), memo={})
    assert limit.least_ahead(ways(at), at) is not None


@pytest.mark.parametrize("kind", ["zone in the map", "slow_zone in the map", "geofence in the map"])
def test_where_the_map_is_not_known_a_place_in_it_has_no_distance_and_gives_no_way(kind):
    limit, at = make(kind), replace(situation(NOWHERE), fixes={})
    assert limit.least_ahead(ways(at), at) is None
    assert kind == "slow_zone in the map" or (limit.rows(at) is None and limit.clearance(at) is None)


def test_nothing_in_a_slow_figure_that_is_carried_slows_nothing():
    limit, fast = make("slow_zone", **WATCHED), np.array([1.5, 0.0, 0.0])
    assert limit.cap(fast, situation(NOWHERE)) is None
    slowed = limit.cap(fast, situation(np.array([[0.4, 0.0]])))
    assert slowed is not None and slowed.allowed == pytest.approx(limit.config.speed)

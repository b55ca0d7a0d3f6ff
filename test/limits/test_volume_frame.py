"""Where a volume for links stands: by hand, and as the map moves."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.kinematics import posture
from iatro_governor.body.load import Options, load_text
from iatro_governor.body.localisation import Fix
from iatro_governor.limits.link_zone import LinkZoneConfig
from iatro_governor.limits.sensed import Sensed
from iatro_governor.limits.volume_frame import VolumeFrame
from test.limits.bodies import NOTHING, TWO_LINKS, body_situation
from test.limits.situations import MAP, make

BALL = {"sphere": {"centre": [2.0, 1.0, 0.0], "radius": 0.1}}
TURNED = Fix(0.0, np.array([2.0, 1.5, math.pi / 2]), 0.05, 0.02)
"""Odom's origin is at (2.0, 1.5) in the map, and its x axis points along the map's y axis."""


def at(fix: Fix = TURNED):
    """The two links stretched along odom's x axis: from (2.0, 1.5) to (2.0, 2.5) in the map."""
    return body_situation(np.zeros(2), sensed=replace(NOTHING, fixes={"amcl": fix}))


def frame(kind: str = "map") -> VolumeFrame:
    row = {"name": "ball", "kind": "link_zone", "channel": "arm", "source": "a test", "volume": BALL}
    return VolumeFrame(LinkZoneConfig.model_validate(row | (MAP if kind == "map" else {"frame": kind})))


def test_the_map_lies_where_the_fix_says():
    situation = at()
    ends = np.array([[[0.0, 0.0, 0.1], [1.0, 0.0, 0.2]]])
    found = frame().local(ends, situation.now, situation)
    assert found == pytest.approx(np.array([[[2.0, 1.5, 0.1], [2.0, 2.5, 0.2]]]))
    centre, radius = frame().around((np.array([2.0, 1.0, 0.3]), 0.1), situation) or ((), 0.0)
    assert np.asarray(centre) == pytest.approx(np.array([-0.5, 0.0, 0.3])) and radius == 0.1


def test_what_is_fixed_to_odom_is_there_for_certain_and_what_is_carried_goes_along():
    situation, ends = at(), np.ones((1, 2, 3))
    assert frame("odom").local(ends, situation.now, situation) is ends
    assert (
        frame("odom").unsure(situation, np.arange(2)) == 0.0 == frame("body").unsure(situation, np.arange(2))
    )
    assert frame("body").around((np.zeros(3), 0.1), situation) is None


def test_the_links_are_as_far_from_it_as_they_are_in_the_map():
    zone = make("link_zone", volume=BALL, margin=0.2, **MAP)
    clearance = zone.clearance(at())
    assert clearance is not None
    assert clearance.now == pytest.approx(0.5 - 0.1 - 0.05, abs=1e-3), "from the upper link, 0.05 m thick"
    assert clearance.required == pytest.approx(0.2 + 0.05), (
        "an arm that stands has no base that is turned wrong"
    )
    ways = at().roll_out(np.array([[0.0, 0.0], [3.0, 0.0]]))
    judged = zone.judged_ahead(ways, at())
    assert judged is not None and judged <= clearance.now


def test_it_moves_with_the_fix_and_nothing_is_remembered_of_where_it_was():
    zone = make("link_zone", volume=BALL, margin=0.02, **MAP)
    command = np.array([[0.5, 0.0]])
    far, near = at(), at(Fix(0.0, np.array([2.0, 0.9, math.pi / 2]), 0.0, 0.0))
    for situation, now in ((far, 0.35), (near, -0.15), (far, 0.35)):
        assert not zone.idle(situation, situation.reach(command[0]))
        clearance = zone.clearance(situation)
        assert clearance is not None and clearance.now == pytest.approx(now, abs=1e-3)
    assert zone.present(near) and not zone.present(far)


@pytest.mark.parametrize("kind", ["link_zone in the map", "workspace in the map"])
def test_before_it_is_known_nothing_moves_and_nothing_is_told(kind):
    limit, situation = make(kind), body_situation(np.zeros(2), sensed=Sensed())
    ways = situation.roll_out(np.array([[0.0, 0.0], [0.1, 0.0]]))
    assert np.array_equal(np.asarray(limit.clear(ways, situation)), [True, False])
    assert limit.cap(np.ones(2), situation) is limit.rows(situation) is limit.clearance(situation) is None
    assert limit.present(situation) is limit.about(situation) is limit.least_ahead(ways, situation) is None


def test_before_it_is_known_links_are_slow():
    slow, situation = make("link_slow_zone in the map"), body_situation(np.zeros(2), sensed=Sensed())
    cap = slow.cap(np.array([1.0, 0.0]), situation)
    assert cap is not None and cap.allowed == pytest.approx(slow.config.speed) and cap.scale < 0.2
    assert slow.present(situation) is None


@pytest.mark.parametrize(
    ("shifted", "as_planned", "anew"), [(0.0, True, True), (0.05, True, False), (0.13, True, False)]
)
def test_a_way_that_was_verified_stays_so_while_the_map_moves_by_what_it_was_unsure_of(
    shifted, as_planned, anew
):
    """0.16 m from the lower link, which turns towards it: 0.1 m and an uncertainty of 0.05 m are kept."""
    beside = {"sphere": {"centre": [0.8, 0.1 + 0.04 + 0.16, 0.0], "radius": 0.1}}
    zone = make("link_zone", volume=beside, margin=0.1, **MAP)
    situation = at(Fix(0.0, np.array([0.0, shifted, 0.0]), 0.05, 0.0))
    ways = situation.roll_out(np.array([[0.02, 0.0]]))
    for tolerance, expected in ((math.inf, as_planned), (0.0, anew)):
        clear = zone.clear(ways, situation, tolerance)
        assert (clear is None or bool(clear[0])) == expected


def driving(pose, fix=TURNED):
    """The two links on a base that drives, stretched ahead of it."""
    model = load_text(TWO_LINKS, Options(base="planar"))
    told = replace(NOTHING, fixes={"amcl": fix})
    return replace(body_situation(np.array([*pose, 0.0, 0.0]), sensed=told, model=model), kind="planar")


def test_what_a_base_carries_lies_as_that_is_turned():
    """0.3 m ahead and 0.4 m to the left of a base at (1, -2) that is turned by 0.5 rad; of many postures, each."""
    c, s = math.cos(0.5), math.sin(0.5)
    point = np.array([1.0 + c * 0.3 - s * 0.4, -2.0 + s * 0.3 + c * 0.4, 0.7])
    situation = driving((1.0, -2.0, 0.5))
    (found,) = frame("body").local(np.array([[point, point]]), situation.now, situation)
    assert found == pytest.approx(np.array([[0.3, 0.4, 0.7]] * 2))
    both = posture(situation.model, np.array([[1.0, -2.0, 0.5, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0, 1.0]]))
    found = frame("body").local(np.broadcast_to(point, (2, 1, 2, 3)), both, situation)
    assert found[:, 0, 0] == pytest.approx(np.array([[0.3, 0.4, 0.7], point]))


def test_a_wrong_heading_leads_as_far_astray_as_a_link_ever_is_from_the_base_s_axis():
    """0.65 m for the upper and 1.04 m for the lower link, and as far as they go; 0.05 m and 0.02 rad are unsure."""
    situation = driving((1.0, -2.0, 0.5))
    found = frame().unsure(situation, np.array([1, 0]), np.array([0.2, 0.1]))
    assert found == pytest.approx([0.05 + 0.02 * 1.24, 0.05 + 0.02 * 0.75], abs=1e-4)
    assert frame().unsure(situation, np.array([0])) == pytest.approx([0.05 + 0.02 * 0.65], abs=1e-4)
    assert frame().unsure(at(), np.array([1]), np.array([0.2])) == pytest.approx([0.05 + 0.02 * 0.2])
    assert frame().shifts and not frame("odom").shifts and not frame("body").shifts


def test_where_the_map_lies_is_worked_out_once_a_moment():
    situation = at()
    assert frame().pose(situation.now, situation) is frame().pose(situation.now, situation)
    assert not frame().known(replace(situation, sensed=Sensed())) and frame().known(situation)
    assert frame("odom").known(replace(situation, sensed=Sensed()))
    ball = (np.array([2.0, 1.0, 0.3]), 0.1)
    assert frame("odom").around(ball, situation) is ball


def test_a_workspace_is_eased_by_its_margin_alone():
    limit: Any = make("workspace", margin=0.2)
    eased = limit.eased(-0.3, 9.0)
    assert eased.config == limit.config.model_copy(update={"margin": -0.3}) and type(eased) is type(limit)

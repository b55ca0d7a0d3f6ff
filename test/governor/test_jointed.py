"""The body of a group as its limits see it: from measurements and what was published, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from iatro_governor.governor.events import Odom
from iatro_governor.limits.course import Course
from test.governor.carried import (
    CIRCLE,
    COS,
    RIVALS,
    SIN,
    YAW,
    body_of,
    driven,
    published,
    taken,
    told,
    velocity,
)


def arc_of(vx, vy, wz, seconds):
    """Where constant speeds lead from the heading above: the integral of v e^(i (yaw + w t)), by complex numbers."""
    turned = wz * seconds
    end = complex(COS, SIN) * complex(vx, vy) * (np.exp(1j * turned) - 1) / (1j * wz)
    return [1.2 + end.real, -0.7 + end.imag, YAW + turned]


def test_a_base_and_an_arm_are_one_body_by_what_was_measured_and_published(tmp_path):
    governor, body = body_of(tmp_path, velocity(), base={}, **CIRCLE)
    driven(governor, 0.9)
    told(governor, 0.96, rates=(0.4, -0.6), effort=(3.0, -2.0))
    at = body.situation(1.0, published(5, (0.5, [0.3, 0.2, 0.5, 0.4, -0.6])))
    assert at.kind == "planar" and (at.t, at.period) == (1.0, 0.01)
    # The older of two measurements, and the longer of two delays.
    assert at.ages == pytest.approx([0.1, 0.1, 0.1, 0.04, 0.04]) and at.reaction_s == pytest.approx(0.15)
    assert at.delay_s == pytest.approx(0.05)
    assert at.now.q == pytest.approx([1.2, -0.7, YAW, 0.7, -0.5])
    assert at.velocity == pytest.approx([COS * 0.3 - SIN * 0.2, SIN * 0.3 + COS * 0.2, 0.5, 0.4, -0.6])
    # Nobody tells with how much effort the base drives.
    assert np.isnan(at.effort[:3]).all() and at.effort[3:].tolist() == [3.0, -2.0]
    assert at.anchor.tolist() == [0.3, 0.2, 0.5, 0.4, -0.6] and not at.beyond.any()
    turned = [[COS, -SIN, 0.0], [SIN, COS, 0.0], [0.0, 0.0, 1.0]]
    assert at.drive.matrix[:3, :3] == pytest.approx(np.array(turned))
    assert at.drive.matrix[3:, 3:].tolist() == [[1.0, 0.0], [0.0, 1.0]] and not at.drive.start.any()
    # For 0.15 s the base, for 0.06 s the joints.
    assert at.soon_q == pytest.approx([*arc_of(0.3, 0.2, 0.5, 0.15), 0.7 + 0.024, -0.5 - 0.036])
    way = math.hypot(0.045, 0.03)
    assert at.in_flight == pytest.approx([way, way, 0.075, 0.024, 0.036]) and at.apart_s == 0.05
    assert at.base_flight is not None and at.base_flight.reach == 0.35
    assert at.tool is None and at.mechanics is None and at.rest == {} and at.courses == {}
    assert at.jerk is None and at.build_up_s == 0.0


def test_the_ground_is_seen_by_the_base_alone(tmp_path):
    governor, body = body_of(tmp_path, velocity(), base={}, **CIRCLE)
    driven(governor, 0.9, (0.9, 0.2, 0.0, 0.5))
    told(governor, 0.96, rates=(1.4, 0.0))
    at = body.situation(1.0, published(5, (0.5, [0.3, 0.2, 0.5, 0.4, -0.6])))
    # Neither 0.9 m/s nor 1.4 rad/s was published.
    assert at.beyond.tolist() == [0.9, 0.0, 0.0, 1.4, 0.0]
    base = at.base
    assert base is not None and base.flight is at.base_flight
    assert base.pose == pytest.approx([1.2, -0.7, YAW]) and base.measured.tolist() == [0.9, 0.2, 0.5]
    assert base.anchor.tolist() == [0.3, 0.2, 0.5] and base.beyond.tolist() == [0.9, 0.0, 0.0]
    assert base.reaction_s == pytest.approx(0.15) and base.delay_s == pytest.approx(0.05)
    assert base.reach == 0.35 and base.jerk is None


def test_a_base_in_the_air_rises_too_and_sees_no_ground(tmp_path):
    governor, body = body_of(tmp_path, velocity(), base={"base": "aerial"})
    driven(governor, 0.9, (0.3, 0.2, 0.15, 0.5), 2.5)
    told(governor, 0.96)
    at = body.situation(1.0, published(6, (0.5, [0.3, 0.2, 0.15, 0.5, 0.0, 0.0])))
    assert at.kind == "aerial" and at.base is None
    assert at.now.q == pytest.approx([1.2, -0.7, 2.5, YAW, 0.7, -0.5])
    assert at.velocity == pytest.approx([COS * 0.3 - SIN * 0.2, SIN * 0.3 + COS * 0.2, 0.15, 0.5, 0.0, 0.0])
    x, y, yaw = arc_of(0.3, 0.2, 0.5, 0.15)
    assert at.soon_q == pytest.approx([x, y, 2.5 + 0.15 * 0.15, yaw, 0.7, -0.5])
    # No outline says how far it reaches; its links do: 0.3 m and 0.2 m, and 0.03 m thick.
    assert at.base_flight is not None and at.base_flight.reach == pytest.approx(0.53, abs=0.01)
    assert np.isnan(at.effort).all()
    # Nor does an outline make it see any.
    governor, body = body_of(tmp_path, velocity(), base={"base": "aerial"}, **CIRCLE)
    driven(governor, 0.9, (0.3, 0.2, 0.15, 0.5), 2.5)
    told(governor, 0.96)
    (first, second) = (body.situation(t, published(6)) for t in (0.9, 1.0))
    assert second.base is None and body.fitted(second, published(6), first).base is None


def test_an_arm_that_stands_has_no_base(tmp_path):
    governor, body = body_of(tmp_path, velocity())
    told(governor, 0.96, rates=(0.4, -0.6), effort=(3.0, -2.0))
    at = body.situation(1.0, published(2, (0.5, [0.4, -0.6])))
    assert at.kind == "fixed" and at.base is None and at.base_flight is None
    assert at.now.q.tolist() == [0.7, -0.5] and at.velocity.tolist() == [0.4, -0.6]
    assert at.effort.tolist() == [3.0, -2.0]
    assert at.ages == pytest.approx([0.04, 0.04]) and at.reaction_s == pytest.approx(0.06)
    assert at.soon_q == pytest.approx([0.724, -0.536]) and at.in_flight == pytest.approx([0.024, 0.036])
    assert at.drive.braking.tolist() == [4.0, 5.0] and at.apart_s == 0.0


def test_a_way_there_and_back_is_in_flight_all_the_same(tmp_path):
    """Of the last 0.02 s at 0.4 rad/s 0.011 s went one way, and the rest went back."""
    governor, body = body_of(tmp_path, velocity())
    told(governor, 1.0)
    at = body.situation(1.0, published(2, (0.97, [0.4, 0.0]), (0.991, [-0.4, 0.0])))
    assert at.in_flight[0] == pytest.approx(0.4 * 0.02) and abs(at.soon_q[0] - 0.7) < 0.3 * 0.008


def test_by_which_delay_the_joints_moved_tells_where_they_will_be(tmp_path):
    """0.4 rad/s since 0.9, and the joints have gone on for all of it: nothing is in flight but what is new."""
    governor, body = body_of(tmp_path, velocity(actuator_delay_s=0.08))
    told(governor, 0.9)
    before = published(2, (0.5, [0.0, 0.0]), (0.9, [0.4, 0.0]))
    since = body.situation(0.9, before)
    told(governor, 1.0, q=(0.74, -0.5), rates=(0.4, 0.0))
    now = body.situation(1.0, before)
    assert body.fitted(now, before, None) is now
    fitted = body.fitted(now, before, since)
    assert now.soon_q == pytest.approx([0.74 + 0.032, -0.5])
    assert fitted.soon_q == pytest.approx([0.74, -0.5]) and fitted.sooner is None
    # Nothing that was published leads that far.
    told(governor, 1.01, q=(0.9, -0.5), rates=(0.4, 0.0))
    strange = body.situation(1.01, before)
    assert body.fitted(strange, before, since) is strange


def test_a_base_is_looked_at_by_its_delay_as_well(tmp_path):
    governor, body = body_of(tmp_path, velocity(), base={}, **CIRCLE)
    driven(governor, 0.9, (0.0, 0.0, 0.0, 0.0))
    told(governor, 0.9)
    before = published(5, (0.5, [0.0] * 5), (0.89, [0.0, 0.0, 0.5, 0.0, 0.0]))
    since = body.situation(0.9, before)
    told(governor, 1.0)
    pose = np.array([1.2, -0.7, 0.0, 0.0, 0.0, math.sin((YAW + 0.05) / 2), math.cos((YAW + 0.05) / 2)])
    governor.handle(Odom(1.0, "odom", pose, np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.5]), 1.0))
    now = body.situation(1.0, before)
    fitted = body.fitted(now, before, since)
    assert now.soon_q[2] == pytest.approx(YAW + 0.05 + 0.5 * 0.05)
    assert fitted.soon_q[2] == pytest.approx(YAW + 0.05) and fitted.base is not None
    assert fitted.base.flight is fitted.base_flight is not now.base_flight


def test_channels_that_move_together_may_each_be_the_first(tmp_path):
    """What was published 0.02 s ago is carried out by whoever is the first, and nothing was by the longest delay."""
    governor, body = body_of(tmp_path, velocity(), base={}, **CIRCLE)
    driven(governor, 1.0, (0.0, 0.0, 0.0, 0.0))
    told(governor, 1.0)
    at = body.situation(1.0, published(5))
    views = at.sooner(at, np.array([[0.2, 0.0, 0.1, 0.3, 0.0]]))
    assert [view.only for view in views] == [slice(0, 3), slice(3, 5)] and [
        view.period for view in views
    ] == [0.05, 0.05]
    assert at.sooner(at, np.array([[0.2, 0.0, 0.1, 0.0, 0.0], [0.0, 0.0, 0.0, 0.3, 0.0]])) == []
    at = body.situation(1.0, published(5, (0.5, [0.0] * 5), (0.995, [0.0, 0.0, 0.0, 0.3, 0.0])))
    firsts = [view for view in at.sooner(at, np.array([[0.2, 0.0, 0.1, 0.3, 0.0]])) if view.only is not None]
    assert [view.soon_q.tolist()[3:] for view in firsts] == [[0.7, -0.5]] * 2
    assert 0.7 + 0.3 * 0.005 <= at.soon_q[3] <= 0.7 + 0.3 * 0.01 + 1e-9


def test_joints_behind_a_set_point_may_cut_its_corners(tmp_path):
    governor, body = body_of(tmp_path, RIVALS)
    told(governor, 0.9)
    taken(governor, 0.9, (0.75, -0.45))
    told(governor, 0.96, q=(0.8, -0.6))
    at = body.situation(0.97, published(4))
    lag = at.soon_q - np.array([0.8, -0.6])
    aside = np.array([[0.0, 0.0, 0.5, -0.5]])
    (view,) = at.sooner(at, aside)
    assert view.lag == pytest.approx(lag) and view.soon_q == pytest.approx([0.8, -0.6])
    assert at.sooner(at, np.zeros((1, 4))) == []


def test_joints_that_have_no_set_point_are_behind_none(tmp_path):
    governor, body = body_of(tmp_path, velocity())
    told(governor, 0.96)
    at = body.situation(1.0, published(2))
    assert at.sooner(at, np.array([[0.5, -0.5]])) == []


def test_joints_beside_their_path_may_stay_there(tmp_path):
    """0.03 rad of the shoulder is 15 mm at the hand."""
    governor, body = body_of(tmp_path, velocity())
    told(governor, 0.96)
    chart = governor.channels["arm"].member("arm").chart
    for aside, views in ((0.03, 1), (0.0, 0)):
        chart.course = Course(np.full((6, 2), 0.7), 0.5, np.array([aside, 0.0]))
        at = body.situation(1.0, published(2))
        assert at.courses == {"arm": chart.course}
        found = at.sooner(at, np.array([[0.0, 0.0]]))
        assert len(found) == views
        assert [view.courses["arm"].positions.tolist()[0] for view in found] == [[0.73, 0.7]] * views


def test_what_sensors_saw_is_placed_by_how_the_joints_stood_when_they_were_measured(tmp_path, monkeypatch):
    governor, body = body_of(tmp_path, velocity())
    told(governor, 0.96, rates=(0.4, -0.6), effort=(3.0, -2.0))
    asked: list[tuple[float, list[float]]] = []

    def seen(t, q):
        asked.append((t, q.tolist()))
        return {}

    monkeypatch.setattr(body._clouds, "seen", seen)
    body.situation(1.0, published(2, (0.5, [0.4, -0.6])))
    assert [t for t, _ in asked] == pytest.approx([0.96]) and asked[0][1] == [0.7, -0.5]

"""Singularity in plain numbers: when it is idle, whose motion counts, and the postures that it is tried in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from iatro_governor.body.kinematics import posture
from iatro_governor.body.load import load_text
from iatro_governor.body.singularity import least_singular_value, steepest_falls
from iatro_governor.limits.postures import Nearest
from iatro_governor.limits.singularity import FALLING
from test.limits.bodies import TWO_LINKS, body_situation
from test.limits.test_singularity import HAND, cap, limit, tip


def sigma(q):
    """Of the tip by hand: what each joint moves it by in the plane, and 0.01 m for each radian it turns it by."""
    both = q[0] + q[1]
    upper, lower = (
        0.6 * np.array([-np.sin(q[0]), np.cos(q[0])]),
        0.4 * np.array([-np.sin(both), np.cos(both)]),
    )
    jacobian = np.array([[*(upper + lower), 0.01], [*lower, 0.01]]).T
    return float(np.linalg.svd(jacobian, compute_uv=False)[-1])


FAR = np.array([0.0, np.pi / 2])
REACH = None
"""What nothing depends on: the limit looks at what is in flight itself."""


def seen(place=FAR, **changes):
    """A limit that looked at ``place`` lately."""
    rule = limit(link="tip", reach=0.01, **changes)
    rule.cap(np.array([0.0, 0.1]), tip()(place))
    return rule


def test_it_is_idle_while_what_was_far_cannot_have_come_near():
    """As far as the elbow may turn before the value can have fallen from there to the threshold."""
    room = (sigma(FAR) - 0.28) / steepest_falls(tip()(FAR).model, "tip", 0.01)[1]
    for way in (1.0, -1.0):
        assert seen().idle(tip()(FAR + np.array([0.0, way * 0.999 * room])), REACH)
        assert not seen().idle(tip()(FAR + np.array([0.0, way * 1.001 * room])), REACH)
    flying = replace(tip()(FAR + np.array([0.0, 0.6 * room])), in_flight=np.array([0.0, 0.39 * room]))
    assert seen().idle(flying, REACH)
    assert not seen().idle(replace(flying, in_flight=np.array([0.0, 0.41 * room])), REACH)


def test_at_the_threshold_itself_it_is_idle_and_slows_nothing():
    place = np.array([0.3, 0.6])
    just = least_singular_value(tip()(place).soon, "tip", 0.01)
    assert seen(place, threshold=just).idle(tip()(place), REACH)
    assert limit(link="tip", reach=0.01, threshold=just).cap(np.array([0.0, -2.0]), tip()(place)) is None


def test_it_is_not_idle_before_it_has_looked_nor_without_a_link():
    assert not limit(link="tip", reach=0.01).idle(tip()(FAR), REACH)
    rule = limit(link=None, reach=0.01)
    rule.cap(np.array([0.0, 0.1]), replace(tip()(FAR), tool="tip"))
    assert rule.idle(replace(tip()(FAR), tool="tip"), REACH)
    assert not rule.idle(replace(tip()(FAR), tool=None), REACH)


def test_its_own_link_comes_before_the_tool_and_the_tool_where_it_has_none():
    place, command = tip()(np.array([0.3, 0.6])), np.array([0.0, -2.0])
    own = cap([0.3, 0.6], command)
    assert limit(link="tip", reach=0.01).cap(command, replace(place, tool="upper")) == own
    assert limit(link=None, reach=0.01).cap(command, replace(place, tool="tip")) == own
    with pytest.raises(ValueError, match="needs a link"):
        limit(link=None).cap(command, replace(place, tool=None))


def test_on_the_other_side_of_zero_is_elsewhere():
    """An elbow that is bent by 1.2 rad at zero: nearly square at 0.35 rad, at -0.35 rad 0.85 rad from straight."""
    text = TWO_LINKS.replace("</robot>", HAND).replace(
        '<origin xyz="0.6 0 0"/>', '<origin xyz="0.6 0 0" rpy="0 0 1.2"/>'
    )
    square, flat = (
        replace(body_situation(q), now=posture(load_text(text), q))
        for q in (np.array([0.2, 0.35]), np.array([-0.2, -0.35]))
    )
    rule = limit(link="tip", reach=0.01)
    assert rule.cap(np.array([0.0, -2.0]), square) is None and not rule.idle(flat, REACH)
    assert rule.cap(np.array([0.0, -2.0]), flat).scale < 1.0


def by_itself(q, rates):
    """The joints move by ``rates`` whatever is commanded, as under a torque."""
    place = tip()(np.array(q))
    return replace(place, drive=replace(place.drive, start=np.array(rates)))


def test_what_the_arm_does_by_itself_is_not_the_doing_of_a_command():
    rule = limit(link="tip", reach=0.01)
    assert rule.cap(np.zeros(2), by_itself([0.3, 0.6], [0.0, -1.0])) is None


def test_what_the_arm_does_by_itself_takes_its_part_of_the_speed_first():
    """0.5 rad/s by itself and 2 rad/s asked for, 0.4 m from the elbow: 0.2 m/s and 0.8 m/s more, 1 m/s in all."""
    found = limit(link="tip", reach=0.01, speed=2.0).cap(
        np.array([0.0, -2.0]), by_itself([0.3, 0.6], [0.0, -0.5])
    )
    allowed = 2.0 * (sigma([0.3, 0.6]) - 0.1) / 0.18
    assert 0.2 < allowed < 1.0 and found.allowed == pytest.approx(allowed)
    assert found.requested == pytest.approx(1.0) and found.scale == pytest.approx((allowed - 0.2) / 0.8)


def test_only_the_way_of_the_hand_is_its_speed_and_not_its_turning():
    """The same arm in the plane across x, about which it turns."""
    text = TWO_LINKS.replace("</robot>", HAND).replace('axis xyz="0 0 1"', 'axis xyz="1 0 0"')
    model = load_text(text.replace('xyz="0.6 0 0"/>', 'xyz="0 0.6 0"/>').replace("0.4 0 0", "0 0.4 0"))
    q = np.array([0.3, 0.6])
    found = limit(link="tip", reach=0.01).cap(
        np.array([0.0, -2.0]), replace(body_situation(q), now=posture(model, q))
    )
    assert found.requested == pytest.approx(0.8) and found.allowed == pytest.approx(
        0.4 * (sigma(q) - 0.1) / 0.18
    )


def test_a_value_that_falls_by_no_more_than_rounding_does_not_fall(monkeypatch):
    told = "iatro_governor.limits.singularity.singularity"
    for trend, slowed in ((-FALLING, False), (-2 * FALLING, True)):
        monkeypatch.setattr(told, lambda *_, trend=trend: (0.0, 0.0, np.array([trend, 0.0])))
        assert (cap([0.3, 0.6], [0.0, -2.0]) is not None) == slowed


def test_it_is_tried_half_way_between_its_thresholds_by_its_link_or_the_tool():
    for rule, tool in ((limit(link="tip", reach=0.01), "upper"), (limit(link=None, reach=0.01), "tip")):
        scene = replace(tip()(FAR), tool=tool)
        (challenge,) = rule.trips([scene])
        trips = list(challenge.trips)
        starts = [sigma(trip.situation.now.q) for trip in trips]
        assert trips and starts == pytest.approx([0.19] * len(trips), abs=1e-3)
        assert any(rule.cap(trip.command, trip.situation) for trip in trips)


def test_an_arm_that_is_never_near_is_not_tried():
    (challenge,) = limit(link="tip", reach=0.01, threshold=1e-4, least=1e-5).trips([stiff()])
    assert not list(challenge.trips) and "no posture was found" in challenge.beyond


def test_of_an_arm_that_gets_no_further_than_half_way_its_last_posture_is_tried():
    """An elbow of 1 rad at least: sigma there is below the threshold, and above half way to the least."""
    assert 0.19 < sigma([0.0, 1.0]) < 0.28
    (challenge,) = limit(link="tip", reach=0.01).trips([stiff()])
    starts = [sigma(trip.situation.now.q) for trip in challenge.trips]
    assert starts == pytest.approx([sigma([0.0, 1.0])] * 12 * 2, abs=1e-3)


def stiff():
    """Its elbow bends by 1 rad to 1.6 rad."""
    text = TWO_LINKS.replace("</robot>", HAND).replace(
        '<limit lower="-3" upper="3" velocity="3"', '<limit lower="1" upper="1.6" velocity="3"'
    )
    return replace(body_situation(FAR), now=posture(load_text(text), FAR))


def test_a_nearest_posture_at_the_threshold_itself_is_not_near(monkeypatch):
    asked = []
    for distance, trips in ((0.28, 0), (0.2799, 12)):
        found = Nearest(np.array([0.3, 0.6]), distance, FAR)

        def told(*given, found=found):
            asked.append(given[2])
            return found

        monkeypatch.setattr("iatro_governor.limits.singularity.nearest", told)
        (challenge,) = limit(link="tip", reach=0.01).trips([tip()(FAR)])
        assert len(list(challenge.trips)) == 2 * trips
    assert asked == [pytest.approx(0.19)] * 2  # half way is near enough


def test_it_looks_at_where_what_is_in_flight_leads_so_that_every_delay_counts():
    """Far now, and 0.97 rad nearer to straight by then."""
    rule, now = limit(link="tip", reach=0.01), tip()(FAR)
    assert rule.cap(np.array([0.0, -2.0]), now) is None
    found = rule.cap(np.array([0.0, -2.0]), replace(now, soon_q=np.array([0.0, 0.6])))
    assert found.allowed == pytest.approx(0.4 * (sigma([0.0, 0.6]) - 0.1) / 0.18) and rule.foresees

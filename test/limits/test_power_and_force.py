"""Power and force limiting: numbers by hand, blows and squeezes simulated step by step, and what must not be free."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from iatro_governor.governor.resolve import caps_of
from iatro_governor.limits.approach import approach_speed
from iatro_governor.limits.limit import Cap
from iatro_governor.limits.sensed import Sensed
from test.limits.bodies import NOTHING, body_situation
from test.limits.situations import make
from test.limits.test_link_separation import people

STRAIGHT = np.zeros(2)
NEAR = [1.0, 0.15, 0.0]
"""The ball of 0.1 m is 0.01 m beside the tip of the arm, which lies along x and is 0.04 m thick."""
ROBOT = 0.36
"""Mass at the tip across the arm, kg: see ``test_the_speed_of_a_blow_by_hand``."""
FREE = 60.0 * np.sqrt((1 / 1.0 + 1 / ROBOT) / 40_000.0)
REGION = {"force": 60.0, "clamped_force": 40.0, "stiffness": 40_000.0, "mass": 1.0, "source": "measured"}
WALL = {"box": {"size": [4.0, 0.4, 4.0], "pose": [0.0, 0.45, 0.0, 0.0, 0.0, 0.0]}}
"""Begins at y = 0.25 m, right behind the ball."""


def there(*positions, felt=True, **more):
    """People, and a wrist sensor."""
    seen = people(*positions, **more)
    return Sensed(seen.people, NOTHING.felt if felt else {})


def limit(**changes):
    return make("power_and_force", **changes)


def cap(command, sensed, **changes):
    return limit(**changes).cap(np.array(command, dtype=float), body_situation(STRAIGHT, None, sensed))


def test_the_speed_of_a_blow_by_hand():
    """m_R of the two links across: M = [[0.90, 0.18], [0.18, 0.06]], J = [1.0, 0.4] at the tip.

    M11 = 0.06 + 2 * 0.3^2 + 0.02 + 1 * 0.8^2, M12 = 0.02 + 0.8 * 0.2, M22 = 0.02 + 0.2^2; det = 0.0216.
    J M^-1 J^T = (0.06 - 2 * 0.18 * 0.4 + 0.9 * 0.16) / 0.0216 = 1 / 0.36. v = 60 sqrt((1 + 1/0.36) / 40000) = 0.583.
    The nearest point, at (1, 0.04), moves at sqrt(1 + 0.04^2) m/s, nearly straight to the ball.
    """
    found = cap([1.0, 0.0], there(NEAR))
    assert found is not None
    assert found.allowed == pytest.approx(FREE) and found.requested == pytest.approx(np.hypot(1.0, 0.04))
    assert found.scale == pytest.approx(FREE / np.hypot(1.0, 0.04))


def test_the_blow_at_that_speed_reaches_its_force_and_no_more():
    """Two masses and a spring between them, in steps of 10 us, from the closing speed that is allowed."""
    found = cap([1.0, 0.0], there(NEAR))
    assert found is not None
    gap, closing, peak = 0.0, found.allowed, 0.0
    for _ in range(4000):
        force = 40_000.0 * max(-gap, 0.0)
        peak = max(peak, force)
        closing -= force * (1 / 1.0 + 1 / ROBOT) * 1e-5
        gap -= closing * 1e-5
    assert peak == pytest.approx(60.0, rel=1e-3)


@pytest.mark.parametrize(("known", "payload", "mass"), [(False, 0.0, 3 * ROBOT), (True, 0.5, ROBOT + 0.5)])
def test_unknown_rotors_count_three_times_and_a_payload_on_top(known, payload, mass):
    at = body_situation(STRAIGHT, None, there(NEAR))
    assert at.mechanics is not None
    found = limit().cap(
        np.array([1.0, 0.0]),
        replace(at, mechanics=replace(at.mechanics, rotors_known=known, payload=payload)),
    )
    assert found is not None
    assert found.allowed == pytest.approx(60.0 * np.sqrt((1 + 1 / mass) / 40_000.0))


def test_what_the_person_adds_is_taken_from_the_robot():
    coming = cap([1.0, 0.0], there(NEAR, velocities=[[0.0, -0.2, 0.0]]))
    going = cap([1.0, 0.0], there(NEAR, velocities=[[0.0, 0.2, 0.0]]))
    rushing = cap([1.0, 0.0], there(NEAR, velocities=[[0.0, -1.0, 0.0]]))
    assert coming is not None and going is not None and rushing is not None
    assert coming.allowed == pytest.approx(FREE - 0.2)
    assert going.allowed == pytest.approx(FREE)  # what goes away now may stop
    assert rushing.allowed == 0.0 and rushing.scale == 0.0


def test_the_trackers_noise_is_no_approach():
    noisy = there(NEAR, velocities=[[0.0, -0.05, 0.0]])
    found = cap([1.0, 0.0], noisy, velocity_noise=0.05)
    assert found is not None and found.allowed == pytest.approx(FREE)
    walking = there(NEAR, velocities=[[0.0, -0.2, 0.0]])
    found = cap([1.0, 0.0], walking, velocity_noise=0.05)
    assert found is not None and found.allowed == pytest.approx(FREE - 0.2)  # who walks does so at all of it


def test_from_further_away_it_slows_down_in_time():
    """0.5 - 0.14 m away and 0.1 m of it at the speed of a contact; it brakes by 3 rad/s2 times 1.0008 m, T = 0.01 s."""
    found = cap([2.0, 0.0], there([1.0, 0.5, 0.0]))
    assert found is not None
    assert found.allowed == pytest.approx(approach_speed(0.26, FREE, 3 * np.hypot(1.0, 0.04), 0.01))
    assert cap([2.0, 0.0], there([1.0, 4.0, 0.0])) is None


@pytest.mark.parametrize("where", [NEAR, [1.0, 0.1, 0.0]])
def test_leaving_is_free_even_from_inside_the_ball(where):
    away = cap([-2.0, 0.0], there(where), links=["lower"])
    towards = cap([2.0, 0.0], there(where), links=["lower"])
    assert away is None or away.scale == 1.0
    assert towards is not None and towards.scale < 0.5


def test_inside_the_ball_a_motion_across_may_still_meet_somebody():
    """A body that is anywhere within 0.1 m of its centre may be beside the tip, which moves across at 1 m/s."""
    inside, beside = cap([1.0, 0.0], there([1.13, 0.0, 0.0])), cap([1.0, 0.0], there([1.6, 0.0, 0.0]))
    assert inside is not None and inside.requested > 0.8 and inside.scale < 0.8
    assert beside is None or beside.scale == 1.0


def test_a_region_has_its_own_bound_and_an_unknown_one_the_default():
    regions = {"head": {**REGION, "force": 30.0, "clamped_force": 20.0}}
    head = cap([1.0, 0.0], there(NEAR, regions=("head",)), regions=regions)
    for name in ("elbow", None):
        other = cap([1.0, 0.0], there(NEAR, regions=(name,)), regions=regions)
        assert head is not None and other is not None
        assert head.allowed == pytest.approx(FREE / 2) and other.allowed == pytest.approx(FREE)


def test_without_anything_that_feels_a_contact_nothing_closes_in():
    assert cap([0.1, 0.0], there(NEAR, felt=False)).scale == 0.0
    assert cap([0.1, 0.0], there(NEAR)).scale == 1.0
    at = replace(body_situation(STRAIGHT, None, there(NEAR, felt=False)), effort=np.zeros(2))
    by_joints = limit(contact_detection="joints").cap(np.array([0.1, 0.0]), at)
    assert by_joints is not None and by_joints.scale == 1.0


def squeeze(**changes):
    return cap([1.0, 0.0], there(NEAR), default=REGION, behind=[WALL], detected_force=10.0, **changes)


def test_between_robot_and_wall_the_tissue_must_be_enough_to_stop_in():
    """40 N - 10 N at 40000 N/m are 0.75 mm; felt after 0.03 + 0.01 s, then 3.0024 m/s2: some 18 mm/s.

    The blow alone, m_H infinite: 40 / sqrt(0.36 * 40000) = 0.333 m/s.
    """
    found = squeeze()
    assert found is not None
    a = 3 * np.hypot(1.0, 0.04)
    assert found.allowed == pytest.approx(approach_speed(30.0 / 40_000.0, 0.0, a, 0.04))
    travelled = found.allowed * 0.04 + found.allowed**2 / (2 * a)
    assert 10.0 + 40_000.0 * travelled == pytest.approx(40.0)


@pytest.mark.parametrize(("age", "silence"), [(0.0, 0.1), (0.1, 0.02), (0.1, 0.1)])
def test_a_contact_is_felt_no_sooner_than_the_wrist_tells_of_it(age, silence):
    """Beside 0.03 s until a command acts and a period: 0.1 s of what is old already, or of what comes so seldom."""
    seen = there(NEAR)
    old = replace(seen.felt["wrist"], age_s=age)
    rule = limit(default=REGION, behind=[WALL], detected_force=10.0)
    at = body_situation(STRAIGHT, None, replace(seen, felt={"wrist": old}, silence={"wrist": silence}))
    found, a = rule.cap(np.array([1.0, 0.0]), at), 3 * np.hypot(1.0, 0.04)
    assert found is not None
    assert found.allowed == pytest.approx(approach_speed(30.0 / 40_000.0, 0.0, a, 0.14))
    # Joints that are as old are not counted twice.
    older = rule.cap(np.array([1.0, 0.0]), replace(at, ages=np.full(2, 0.1), reaction_s=0.13))
    assert older is not None and older.allowed == pytest.approx(found.allowed)


def test_a_wrist_feels_nothing_of_what_links_before_it_clamp():
    """Beside the middle of the upper arm, which is 0.05 m thick; with a sensor in the shoulder it is felt."""
    beside, rule = [0.3, 0.16, 0.0], {"default": REGION, "detected_force": 10.0}
    assert cap([0.001, 0.0], there(beside), behind=[WALL], **rule).scale == 0.0
    assert cap([-0.001, 0.0], there(beside), behind=[WALL], **rule) is None
    assert cap([0.001, 0.0], there(beside), **rule).scale == 1.0  # nothing behind: it gives way
    seen = there(beside)
    shoulder = replace(seen, felt={"wrist": replace(seen.felt["wrist"], frame="upper")})
    assert cap([0.001, 0.0], shoulder, behind=[WALL], **rule).scale == 1.0
    by_joints = replace(body_situation(STRAIGHT, None, there(beside, felt=False)), effort=np.zeros(2))
    found = limit(behind=[WALL], contact_detection="joints", **rule).cap(np.array([0.001, 0.0]), by_joints)
    assert found is not None and found.scale == 1.0


FOLDED = np.array([0.0, 2.4])
BETWEEN = [0.214, 0.15, 0.0]
"""The ball touches the upper arm, and the lower one is 0.01 m from its other side."""


@pytest.mark.parametrize(("away", "clamped"), [(0.0, True), (0.04, True), (0.08, False)])
def test_between_two_links_a_region_cannot_give_way(away, clamped):
    """The forearm closes in, and the upper arm is behind, up to ``behind_gap``, 0.05 m: as squeezed as at the wall."""
    place = np.array(BETWEEN) + away * np.array([-0.675, 0.737, 0.0])
    at = body_situation(FOLDED, None, there(place.tolist()))
    rule = limit(default=REGION, detected_force=10.0, distance=0.2)
    found = rule.cap(np.array([0.0, 1.0]), at)
    assert found is not None
    a = found.requested / (1.0 / 4.0)  # the elbow brakes by 4 rad/s2
    squeezed = approach_speed(30.0 / 40_000.0, 0.0, a, 0.04)
    assert (found.allowed == pytest.approx(squeezed)) == clamped
    assert clamped or found.allowed > 5 * squeezed
    opening = rule.cap(np.array([0.0, -0.1]), at)
    assert opening is None or opening.scale == 1.0


@pytest.mark.parametrize("kept", [{"distance": 0.01}, {"distance": 0.2, "links": ["lower"]}])
def test_a_link_that_the_limit_does_not_look_at_squeezes_a_region_all_the_same(kept):
    """The upper arm stands 0.02 m behind it: further than ``distance``, or not among ``links``."""
    place = np.array(BETWEEN) + 0.02 * np.array([-0.675, 0.737, 0.0])
    at = body_situation(FOLDED, None, there(place.tolist()))
    found = limit(default=REGION, detected_force=10.0, **kept).cap(np.array([0.0, 1.0]), at)
    assert found is not None
    squeezed = approach_speed(30.0 / 40_000.0, 0.0, found.requested / (1.0 / 4.0), 0.04)
    assert found.allowed == pytest.approx(squeezed)


def test_a_blow_alone_bounds_where_the_robot_stops_at_once():
    at = replace(body_situation(STRAIGHT, None, there(NEAR)), reaction_s=0.0, period=1e-6)
    strong = replace(at.comfort, braking=np.array([1e9, 1e9]))
    rule = limit(default=REGION, behind=[WALL], detected_force=0.0)
    found = rule.cap(np.array([1.0, 0.0]), replace(at, comfort=strong))
    assert found is not None and found.allowed == pytest.approx(40.0 / np.sqrt(ROBOT * 40_000.0))


@pytest.mark.parametrize(("y", "clamped"), [(0.45, True), (0.55, False), (-0.45, False)])
def test_only_what_stands_right_behind_clamps(y, clamped):
    """From the ball's middle at 0.15 m, 0.15 m on: to 0.30 m. The wall begins 0.2 m before its middle."""
    wall = {"box": {"size": [4.0, 0.4, 4.0], "pose": [0.0, y, 0.0, 0.0, 0.0, 0.0]}}
    found = cap([1.0, 0.0], there(NEAR), default=REGION, behind=[wall], detected_force=10.0)
    assert found is not None and (found.allowed < FREE / 2) == clamped


def test_a_clamp_without_a_bound_and_bounds_the_wrong_way_round_are_refused():
    with pytest.raises(ValidationError, match="needs clamped_force"):
        limit(behind=[WALL])
    with pytest.raises(ValidationError, match="at most force"):
        limit(default={**REGION, "clamped_force": 61.0})
    with pytest.raises(ValidationError, match="more than detected_force"):
        limit(default=REGION, detected_force=40.0)
    with pytest.raises(ValidationError, match="contact_detection"):
        limit(contact_detection=None)


def test_a_body_built_without_its_inertia_is_an_error_and_no_guess():
    at = replace(body_situation(STRAIGHT, None, there(NEAR)), mechanics=None)
    with pytest.raises(ValueError, match="inertia"):
        limit().cap(np.array([1.0, 0.0]), at)


def test_who_comes_nearer_before_a_stop_begins_is_met_as_slowly_as_then(monkeypatch):
    """Of the arm now and the arm as it will be, whichever allows less."""
    ours = limit()
    caps = {"now": Cap(0.9, 0.5, 0.45), "then": Cap(0.2, 0.5, 0.1)}
    monkeypatch.setattr(ours, "cap", lambda command, view: caps[view.when])
    then = SimpleNamespace(when="then")
    now: Any = SimpleNamespace(when="now")
    now.views = lambda commands: [now, then]
    assert caps_of(np.array([0.5]), now, [ours]) == [(ours, caps["then"])]

"""Separation: numbers by hand, a person who walks up to a moving arm, ways to rest tried instant by instant."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from iatro_governor.body.distance import ball_distance
from iatro_governor.body.kinematics import posture
from iatro_governor.governor.resolve import resolve
from iatro_governor.limits.sensed import People, Sensed
from test.limits.bodies import body_situation, joint_rates, pace, place
from test.limits.situations import make

STRAIGHT = np.zeros(2)
"""The arm lies along x; the lower link, of radius 0.04 m, ends at x = 1."""


def people(*positions, velocities=None, age=0.0, regions=None):
    where = np.array(positions, dtype=float).reshape(-1, 3)
    how = np.zeros_like(where) if velocities is None else np.array(velocities, dtype=float)
    names = (None,) * len(where) if regions is None else regions
    crowd = People(where, how, age, 0.1, tuple(map(str, range(len(where)))), names)
    return Sensed({"people": crowd})


def limit(**changes):
    """C = 0.05 m, Z_d = 0, Z_r = 0.01 m."""
    return make("link_separation", **{"uncertainty": 0.0, **changes})


def cap(command, crowd, q=STRAIGHT, anchor=None, **changes):
    return limit(**changes).cap(np.array(command, dtype=float), body_situation(q, anchor, crowd))


def test_the_allowed_speed_by_hand():
    """Somebody, a ball of 0.1 m, stands 1 m beside the tip: 1 - 0.1 - 0.04 = 0.86 m. The shoulder turns at w = 2 rad/s.

    The tip closes in at 2 m/s and stops in 2/3 s: a = 3 m/s2. The motion in flight takes 0.03 s, in which a person
    walks 0.048 m; then T = 0.01 s, b = 3 * 0.01 + 1.6 = 1.63.
    v = sqrt(1.63^2 + 2 * 3 * (0.86 - 0.048 - 0.06 - 1.6 * 0.01)) - 1.63.
    """
    found = cap([2.0, 0.0], people([1.0, 1.0, 0.0]))
    assert found is not None and found.unit == "m/s"
    assert found.requested == pytest.approx(2.0)
    assert found.allowed == pytest.approx(np.sqrt(1.63**2 + 6 * 0.736) - 1.63)
    assert found.scale == pytest.approx(found.allowed / 2.0)


def test_old_data_let_the_person_come_nearer():
    fresh, old = cap([2.0, 0.0], people([1.0, 1.0, 0.0])), cap([2.0, 0.0], people([1.0, 1.0, 0.0], age=0.1))
    nearer = cap([2.0, 0.0], people([1.0, 1.0 - 0.16, 0.0]))
    assert fresh is not None and old is not None and nearer is not None
    assert old.allowed == pytest.approx(nearer.allowed) and old.allowed < fresh.allowed - 0.1


def test_who_is_tracked_faster_than_a_walk_counts_as_that_fast():
    """Running past: the velocity is across, and still says how fast that person can be."""
    at = [1.0, 1.0, 0.0]
    still, walking = cap([2.0, 0.0], people(at)), cap([2.0, 0.0], people(at, velocities=[[1.6, 0.0, 0.0]]))
    running = cap([2.0, 0.0], people(at, velocities=[[3.0, 0.0, 0.0]]))
    assert still is not None and walking is not None and running is not None
    assert still.allowed == pytest.approx(walking.allowed) and running.allowed < walking.allowed


def test_a_sourced_speed_is_taken_unless_somebody_is_faster():
    sourced = {"human_speed": 0.3, "human_speed_source": "seated"}
    seated = cap([2.0, 0.0], people([1.0, 1.0, 0.0]), **sourced)
    walking = cap([2.0, 0.0], people([1.0, 1.0, 0.0], velocities=[[0.0, 1.6, 0.0]]), **sourced)
    by_default = cap([2.0, 0.0], people([1.0, 1.0, 0.0]))
    assert seated is not None and walking is not None and by_default is not None
    assert seated.allowed > walking.allowed and walking.allowed == pytest.approx(by_default.allowed)
    with pytest.raises(ValidationError, match="human_speed_source"):
        limit(human_speed=0.3)


def test_not_knowing_where_somebody_is_makes_passing_by_a_closing_in():
    """Turning away from somebody who is straight ahead of the tip: the tip moves across. Z_d = 0.1 m makes a cone."""
    across = people([1.5, 0.0, 0.0])
    sharp, blurred = (
        cap([1.0, 0.0], across, retreat_speed=5.0),
        cap([1.0, 0.0], across, uncertainty=0.1, retreat_speed=5.0),
    )
    assert sharp is None or sharp.scale == 1.0
    # The round tip, at 1.04 m, is 0.46 m from the centre: of 1.04 m/s across, the sine of the cone leads nearer.
    assert blurred is not None and blurred.requested == pytest.approx(1.04 * 0.1 / 0.46)


@pytest.mark.parametrize("uncertainty", [0.0, 0.05])
def test_too_near_nothing_closes_in_and_leaving_is_slow_and_free(uncertainty):
    """0.06 m beside the tip: no more than the reserve, and somebody walks 0.048 m meanwhile."""
    near = people([1.0, 0.2, 0.0])
    away, towards = np.array([-0.05, 0.0]), np.array([0.05, 0.0])
    assert cap(towards, near, uncertainty=uncertainty).scale == 0.0
    assert cap(away, near, uncertainty=uncertainty).scale == 1.0
    fast = cap([-2.0, 0.0], near, uncertainty=uncertainty)
    assert fast.allowed == pytest.approx(0.1) and 0 < fast.scale < 0.1
    at = body_situation(STRAIGHT, None, near)
    clear = limit(uncertainty=uncertainty).clear(at.roll_out(np.stack([away, towards, 0 * away])), at)
    assert clear is not None and clear.tolist() == [True, False, True]


def test_between_two_people_there_is_no_way_but_to_stand():
    both = people([1.0, 0.2, 0.0], [1.0, -0.2, 0.0])
    at = body_situation(STRAIGHT, None, both)
    clear = limit().clear(at.roll_out(np.array([[0.1, 0.0], [-0.1, 0.0], [0.0, 0.0]])), at)
    assert clear is not None and clear.tolist() == [False, False, True]


def test_regions_that_are_not_kept_away_from_do_not_count_but_unnamed_ones_do():
    near = [1.0, 0.2, 0.0]
    for named, counts in (("hand", False), ("head", True), (None, True)):
        found = cap([0.05, 0.0], people(near, regions=(named,)), regions=["head"])
        assert (found is not None and found.scale == 0.0) == counts


def test_links_that_are_not_kept_away_do_not_count():
    beside_the_lower = people([0.9, 0.2, 0.0])
    assert cap([0.05, 0.0], beside_the_lower, links=["lower"]).scale == 0.0
    found = cap([0.05, 0.0], beside_the_lower, links=["upper"], human_speed=0.0, human_speed_source="a test")
    assert found is None or found.scale == 1.0


def test_nobody_is_nobody():
    at = body_situation(STRAIGHT)
    assert limit().cap(np.array([2.0, 0.0]), at) is None and limit().clearance(at) is None
    assert limit().clear(at.roll_out(np.array([[2.0, 0.0]])), at) is None


@settings(max_examples=60, deadline=None)
@given(
    q=st.tuples(st.floats(-3, 3), st.floats(-3, 3)).map(np.array),
    command=joint_rates,
    crowd=st.lists(st.tuples(place, pace), min_size=1, max_size=3),
    age=st.floats(0.0, 0.2),
)
def test_on_a_clear_way_nobody_who_walks_comes_within_the_reserve_or_nothing_closes_in(
    q, command, crowd, age
):
    """At 200 instants, by the equations of the stop: even speed, then even braking."""
    there = people(*(where for where, _ in crowd), velocities=[how for _, how in crowd], age=age)
    at = body_situation(q, 0.3 * command, there)
    rule = limit(uncertainty=0.02)
    clear = rule.clear(at.roll_out(command[None]), at)
    if clear is not None and not clear[0]:
        return
    half = at.roll_out(command[None]).half_step[0]
    rates, ramp = command, float(at.drive.time(command, command))
    t = np.linspace(0.0, at.period + ramp, 200)
    braked = np.maximum(t - at.period, 0.0)
    way = np.minimum(t, at.period) + braked - braked**2 / (2 * max(ramp, 1e-9))
    ends = posture(at.model, at.soon_q + way[:, None] * rates).capsules()
    started = posture(at.model, at.soon_q).capsules()
    for where, how in crowd:
        human = max(1.6, float(np.linalg.norm(how)))
        centres = np.broadcast_to(where, (len(at.model.capsule_radius), 3))
        ahead = ball_distance(ends, at.model.capsule_radius, centres, 0.1)
        start = ball_distance(started, at.model.capsule_radius, centres, 0.1)
        enough = ahead - human * (age + at.reaction_s + t)[:, None] >= 0.08 - 1e-6
        assert (enough | (ahead >= start - half - 1e-6)).all()


def test_a_person_who_walks_up_to_a_moving_arm_finds_it_at_rest():
    """The person comes at 1.6 m/s, the arm moves towards them as fast as it may; the tracker is 0.1 s late."""
    rule, published, q = limit(uncertainty=0.02), [0.0] * 3, np.array([-1.2, 0.0])
    met = False

    def step(targets):
        return np.clip(targets, np.array([published[-1] - 0.03, 0.0]), np.array([published[-1] + 0.05, 0.0]))

    for cycle in range(150):
        seen, true = (np.array([1.0, 2.2 - 1.6 * max(cycle * 0.01 - late, 0.0), 0.0]) for late in (0.1, 0.0))
        crowd = people(seen, velocities=[[0.0, -1.6, 0.0]], age=0.1)
        flying = np.array([sum(published[-3:]) * 0.01, 0.0])
        at = replace(body_situation(q, np.array([published[-1], 0.0]), crowd), soon_q=q + flying)
        found = resolve(np.array([1.5, 0.0]), at, [rule], step)
        output = step(found.target)[0] if found.scale is not None else max(published[-1] - 0.03, 0.0)
        published.append(output)
        q = q + np.array([published[-4] * 0.01, 0.0])
        centres = np.broadcast_to(true, (len(at.model.capsule_radius), 3))
        distance = ball_distance(posture(at.model, q).capsules(), at.model.capsule_radius, centres, 0.1).min()
        if distance <= 0.08:
            met = True
            assert published[-4] == 0.0
    assert met and max(published) > 0.3

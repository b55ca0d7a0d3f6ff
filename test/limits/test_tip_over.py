"""Tip-over: a robot worked by hand, blocks that rock on their edge in small steps, and slopes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from iatro_governor.body.kinematics import posture
from iatro_governor.body.load import Options, load_text
from iatro_governor.limits.stability import Support
from iatro_governor.limits.tip_over import Stance, TipOverConfig, TipOverLimit
from test.limits.bodies import TWO_LINKS, body_situation
from test.limits.situations import make

G = 9.81
STRETCHED, FOLDED = np.zeros(2), np.array([0.0, math.pi])
CENTRE, HEIGHT = 1.4 / 33, 22.5 / 33
"""30 kg 0.7 m above the ground, 2 kg 0.3 m and 1 kg 0.8 m ahead at 0.5 m: (0.6 + 0.8) / 33 and (21 + 1.5) / 33."""


def limit(**changes):
    """Contacts 0.3 m from the middle all around, 0.03 m of margin; the arm's plane is 0.5 m above the ground."""
    return make("tip_over", channel="base", **{"ground": -0.5, **changes})


def standing(q=STRETCHED, anchor=(0.0, 0.0, 0.0)):
    return replace(body_situation(q), places={"base": slice(0, 3)}, anchor=np.array(anchor, dtype=float))


def cap(twist, q=STRETCHED, **changes):
    return limit(**changes).cap(np.array(twist, dtype=float), standing(q))


def test_the_hardest_stop_by_hand():
    """Ahead 0.3 - 0.03 - 0.0424 = 0.2276 m: g * 0.2276 / 0.6818 = 3.27 m/s2. Behind there are 0.0848 m more."""
    at = standing()
    ahead, behind = (limit().hardest(at.now, 0, None, np.array([way, 0.0])) for way in (1.0, -1.0))
    assert ahead == pytest.approx(G * (0.27 - CENTRE) / HEIGHT) and behind == pytest.approx(
        G * (0.27 + CENTRE) / HEIGHT
    )


def test_a_stop_that_cannot_tip_bounds_nothing():
    assert cap([5.0, 0.0, 0.0], deceleration=3.27).scale == 1.0


def test_a_stop_that_could_tip_is_braked_from_less_than_the_energy_to_tip():
    """4 m/s2: r = hypot(0.6818, 0.2276), v = sqrt(2 g (r - 0.6818)) = 0.852 m/s. Backwards it stands 4 m/s2."""
    found = cap([1.0, 0.0, 0.0], deceleration=4.0)
    expected = math.sqrt(2 * G * (math.hypot(HEIGHT, 0.27 - CENTRE) - HEIGHT))
    assert found.allowed == pytest.approx(expected) and found.scale == pytest.approx(expected)
    assert cap([-1.0, 0.0, 0.0], deceleration=4.0).scale == 1.0


def test_a_folded_arm_may_drive_faster():
    stretched, folded = (cap([3.0, 0.0, 0.0], q, deceleration=4.5) for q in (STRETCHED, FOLDED))
    assert stretched.scale < folded.scale


def tips(x, height, speed, deceleration):
    """Whether a block, its mass x m behind the edge it rocks on, falls over as its base brakes; in steps of 0.1 ms."""
    radius, start = math.hypot(x, height), math.atan2(x, height)
    angle, rate, t = start, 0.0, 0.0
    while t < 5.0:
        braking = deceleration if t < speed / deceleration else 0.0
        rate += (G * math.sin(angle) - braking * math.cos(angle)) / radius * 1e-4
        angle += rate * 1e-4
        if angle >= start:
            angle, rate = start, min(rate, 0.0)
            if braking == 0.0:
                return False
        if angle < 0.0:
            return True
        t += 1e-4
    return False


@pytest.mark.parametrize("deceleration", [3.5, 5.0, 15.0, 500.0])
def test_at_the_allowed_speed_no_stop_makes_it_fall(deceleration):
    allowed = cap([3.0, 0.0, 0.0], deceleration=deceleration).allowed
    assert not tips(0.27 - CENTRE, HEIGHT, allowed, deceleration)


def test_the_oracle_can_tell_a_fall():
    """A wall: the block keeps v h / r of its speed, so a twelfth more than v r / h is too much."""
    allowed = cap([3.0, 0.0, 0.0], deceleration=500.0).allowed
    assert tips(0.27 - CENTRE, HEIGHT, 1.12 * allowed, 500.0)


def test_turning_by_hand():
    """2 m/s at 2.5 rad/s: 5 m/s2 to the left press 5 h / g = 0.3475 m to the right, where there are 0.27 m.

    Of a command scaled by s it is s^2 of that.
    """
    found = cap([2.0, 0.0, 2.5], deceleration=0.1)
    assert found.scale == pytest.approx(math.sqrt(0.27 / (5 * HEIGHT / G)))
    assert cap([2.0, 0.0, 1.9], deceleration=0.1).scale == 1.0


def test_spinning_on_the_spot_throws_the_arm_outwards():
    """wz^2 * 0.0424 m ahead; 0.2276 m of room: at 8.9 rad/s."""
    fastest = math.sqrt(G * (0.27 - CENTRE) / HEIGHT / CENTRE)
    found = cap([0.0, 0.0, 2 * fastest])
    assert found.scale == pytest.approx(0.5) and found.unit == "rad/s"
    assert cap([0.0, 0.0, 0.99 * fastest]).scale == 1.0


def test_a_slope_takes_from_every_side():
    """0.1 rad: the weight presses h tan(0.1) = 0.0684 m further down the slope."""
    at = standing()
    found = limit(slope=0.1).hardest(at.now, 0, None, np.array([1.0, 0.0]))
    assert found == pytest.approx(G * math.cos(0.1) * (0.27 - CENTRE - HEIGHT * math.tan(0.1)) / HEIGHT)
    assert cap([1.0, 0.0, 0.0], slope=0.4).scale == 0.0  # it falls by itself


def test_what_is_carried_counts_and_so_does_an_empty_hand():
    """5 kg at 0.6 m ahead and 0.5 m high: nearer to the edge ahead than empty, and not so high."""
    at = standing()
    ahead, back = np.array([1.0, 0.0]), np.array([-1.0, 0.0])
    empty, loaded = (
        [limit(payload=mass).hardest(at.now, 0, "lower", way) for way in (ahead, back)] for mass in (0.0, 5.0)
    )
    assert loaded[0] == pytest.approx(G * (0.27 - (1.4 + 5 * 0.6) / 38) / (22.5 / 33))
    assert loaded[0] < empty[0] and loaded[1] == empty[1]


LOADED = (1.4 + 5 * 0.6) / 38
"""Centre of mass ahead with 5 kg in the hand, m; it is 25 / 38 m high then, and 22.5 / 33 m without."""


def carrying(anchor=(0.0, 0.0, 0.0)):
    return replace(standing(anchor=anchor), tool="lower")


def test_the_energy_to_tip_is_that_of_the_nearest_to_the_edge_as_high_as_the_highest():
    found = limit(payload=5.0, deceleration=4.0).cap(np.array([1.0, 0.0, 0.0]), carrying())
    assert found.scale == pytest.approx(math.sqrt(2 * G * (math.hypot(HEIGHT, 0.27 - LOADED) - HEIGHT)))


@pytest.mark.parametrize("payload", [0.0, 5.0])
def test_what_is_carried_is_thrown_outwards_by_a_turn_and_an_empty_hand_no_less(payload):
    """At 6 rad/s; with the load 0.1542 m are left ahead, and 36 * 0.1158 m/s2 take more of them than without."""
    centre = LOADED if payload else CENTRE
    share = math.sqrt((0.27 - centre) * G / (HEIGHT * 36.0 * centre))
    assert (share < 1.0) == bool(payload)
    tested = limit(payload=payload, deceleration=0.1)
    found = tested.cap(np.array([0.0, 0.0, 6.0]), carrying())
    assert found.scale == pytest.approx(min(share, 1.0))
    turns = tested.cap(np.zeros(3), carrying(anchor=(0.0, 0.0, 6.0)))
    assert turns.excess == pytest.approx(6.0 * (1.0 - min(share, 1.0)))


def test_no_load_between_nothing_and_all_of_it_tips_what_these_do_not():
    at = standing()
    for way in (np.array([math.cos(a), math.sin(a)]) for a in np.linspace(0, 2 * math.pi, 8)):
        most = limit(payload=5.0).hardest(at.now, 0, "lower", way)
        for mass in (0.0, 1.3, 2.9, 5.0):
            points = np.array([[1.4 / 33, 0.0, 22.5 / 33], [0.6, 0.0, 0.5]])
            x, y, z = np.array([33.0, mass]) @ points / (33.0 + mass)
            room = [0.27 - side * one for one in (x, y) for side in (1, -1)]
            needed = [side * one for one in way for side in (1, -1)]
            alone = min(G * r / (z * n) for r, n in zip(room, needed, strict=True) if n > 1e-9)
            assert most <= alone + 1e-9


@settings(max_examples=60, deadline=None)
@given(
    twist=st.tuples(st.floats(-3, 3), st.floats(-3, 3), st.floats(-4, 4)).map(np.array),
    hard=st.floats(0.5, 6.0),
)
def test_what_is_allowed_keeps_the_weight_within_the_contacts_or_has_no_energy_to_tip(twist, hard):
    """By moments about the middle of the ground, with brakes on or off, and the turn that it drives."""
    found = cap(twist, deceleration=hard)
    if found is None:
        return
    vx, vy, wz = found.scale * twist
    speed = math.hypot(vx, vy)
    inward = np.array([-wz * vy - wz * wz * CENTRE, wz * vx])
    for braking in (0.0, hard):
        brake = braking * np.array([vx, vy]) / speed if speed > 0 else np.zeros(2)
        point = np.array([CENTRE, 0.0]) + HEIGHT / G * (brake - inward)
        beyond = np.abs(point) - 0.27
        room = np.array([0.27 - math.copysign(CENTRE, point[0]) if point[0] > 0 else 0.27 + CENTRE, 0.27])
        energy = [math.sqrt(2 * G * (math.hypot(HEIGHT, max(each, 0.0)) - HEIGHT)) for each in room]
        for axis in (0, 1):
            assert beyond[axis] <= 1e-9 or (braking > 0 and speed <= energy[axis] + 1e-9)


def test_a_base_that_drives_too_fast_is_an_excess():
    found = limit(deceleration=4.0).cap(np.zeros(3), standing(anchor=(1.0, 0.0, 0.0)))
    assert found.scale == 1.0 and found.excess == pytest.approx(1.0 - 0.852, abs=1e-3)


def test_contacts_on_a_line_carry_nothing():
    with pytest.raises(ValidationError, match="line"):
        limit(contacts=[[0.0, 0.0], [0.1, 0.1], [0.2, 0.2]])


def test_slowly_it_brakes_as_hard_as_fast():
    """0.9 m/s is more than the 0.852 m/s from which it has the energy to tip, and 3.4 m/s2 more than it stands."""
    assert cap([0.9, 0.0, 0.0], deceleration=3.4).allowed == pytest.approx(0.852, abs=1e-3)


def test_its_speed_is_that_of_driving_or_of_turning_alone():
    driving, turning = cap([0.3, -0.4, 0.7]), cap([0.0, 0.0, -0.7])
    assert driving.requested == pytest.approx(0.5) and driving.unit is None
    assert turning.requested == pytest.approx(0.7) and turning.unit == "rad/s"
    assert cap([0.0, 0.3, 0.0]).unit is None


@pytest.mark.parametrize("pose", [(0.0, 0.0, 0.0), (3.0, -2.0, 0.0), (-1.0, 5.0, 2.0)])
def test_wherever_it_drives_it_stands_as_it_does(pose):
    model = load_text(TWO_LINKS, Options(base="planar"))
    at = posture(model, np.array([*pose, *STRETCHED]))
    for direction in (np.array([1.0, 0.0]), np.array([0.6, -0.8])):
        for tool in (None, "lower"):
            fixed = limit(payload=2.0).hardest(standing().now, 0, tool, direction)
            assert limit(payload=2.0).hardest(at, 3, tool, direction) == pytest.approx(fixed)


def test_what_is_not_said_is_nothing():
    """The arm alone on level ground at the base's height, where its links lie: no push there tips it over.

    And 30 kg more, at the base's origin: the links' 1.4 kg m over 33 kg.
    """
    numbers = {
        "contacts": [[2.0, 0.3], [-0.3, 0.3], [-0.3, -0.3], [2.0, -0.3]],
        "margin": 0.0,
        "deceleration": 1.0,
    }
    bare = {"name": "bare", "kind": "tip_over", "channel": "base", "source": "a test", **numbers}
    config = TipOverConfig.model_validate(bare)
    ahead = np.array([1.0, 0.0])
    assert TipOverLimit(config).hardest(standing().now, 0, "lower", ahead) == math.inf
    above = TipOverLimit(config.model_copy(update={"ground": -0.5}))
    assert above.hardest(standing().now, 0, "lower", ahead) == pytest.approx(G * (2.0 - 1.4 / 3) / 0.5)
    heavy = TipOverLimit(config.model_copy(update={"ground": -0.5, "base_mass": 30.0}))
    assert heavy.hardest(standing().now, 0, "lower", ahead) == pytest.approx(G * (2.0 - CENTRE) / 0.5)
    side = np.array([0.0, 1.0])
    assert heavy.hardest(standing().now, 0, "lower", side) == pytest.approx(G * 0.3 / 0.5)


NORMALS = Support(np.array(make("tip_over").config.contacts)).normals
AHEAD, LEFT = (int(np.argmax(NORMALS @ way)) for way in np.eye(2))


def share(monkeypatch, twist, ahead, left, rises=(0.02, 0.03), **changes):
    """Of a stance in exact fractions: 0.125 s2 of lever, so much room ahead and to the left, and 9 m else."""
    room, rise = np.full(4, 9.0), np.full(4, 9.0)
    room[[AHEAD, LEFT]], rise[[AHEAD, LEFT]] = (ahead, left), rises
    stance = Stance(room, rise, 0.125, np.zeros(2))
    monkeypatch.setattr(TipOverLimit, "_now", lambda *_: [stance])
    return cap(twist, **changes).scale


def test_braking_that_leads_just_to_an_edge_tips_nothing(monkeypatch):
    """2 m/s2 press 0.25 m ahead. What energy tips over is 0.02 m of height."""
    energy = math.sqrt(2 * G * 0.02)
    assert share(monkeypatch, [1.0, 0.0, 0.0], 0.25, 9.0, deceleration=2.0) == 1.0
    assert share(monkeypatch, [1.0, 0.0, 0.0], 0.2499, 9.0, deceleration=2.0) == pytest.approx(energy)


@pytest.mark.parametrize("rises", [(0.02, 0.03), (0.03, 0.02)])
def test_of_two_edges_the_one_that_it_tips_over_more_easily_counts(monkeypatch, rises):
    root = math.sqrt(0.5)
    found = share(monkeypatch, [root, root, 0.0], 0.1, 0.1, rises, deceleration=2.0)
    assert found == pytest.approx(math.sqrt(2 * G * 0.02))


def test_turning_has_what_braking_leaves(monkeypatch):
    """1 m/s ahead at 4 rad/s presses 0.5 m to the right; at -4 rad/s to the left, of which braking ahead takes none.

    Driven at 45 degrees, braking by 2 m/s2 takes 0.177 m to the left, and 0.25 m of them are there.
    """
    assert share(monkeypatch, [1.0, 0.0, -4.0], 9.0, 0.125, deceleration=2.0) == pytest.approx(0.5)
    root = math.sqrt(0.5)
    left = 0.25 - 0.25 * root
    found = share(monkeypatch, [root, root, -4.0], 9.0, 0.25, deceleration=2.0)
    assert found == pytest.approx(math.sqrt(left / (0.5 * root)))
    # Where braking uses up all of it, nothing is left.
    assert share(monkeypatch, [0.0, 1.0, -1.0], 9.0, 0.25, deceleration=2.0) == 1.0
    assert (
        share(monkeypatch, [0.125, 1.0, -1.0], 9.0, 0.25 * 1.0 / math.hypot(0.125, 1.0), deceleration=2.0)
        == 0.0
    )

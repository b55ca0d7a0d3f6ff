"""Tip-over: blocks worked by hand, ground forces searched for, and arms moved by small steps as the oracles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from iatro_governor.body.kinematics import posture
from iatro_governor.body.load import load_text
from iatro_governor.body.masses import Masses, accelerations, whole_body
from iatro_governor.limits.stability import Support, balance
from test.body.arm.conftest import TWO_LINKS

seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=30, deadline=None)
G = 9.81
STILL = np.zeros((1, 3))


def block(height, at=(0.0, 0.0)):
    return Masses(np.array([20.0]), np.array([[*at, height]]), np.zeros(1, dtype=int))


def square(half):
    return Support(half * np.array([[1.0, -1.0], [-1.0, 1.0], [1.0, 1.0], [-1.0, -1.0]]))


@pytest.mark.parametrize("turn", [0.0, np.pi / 2, np.pi, -np.pi / 2])
def test_a_block_tips_at_gravity_times_half_width_over_height(turn):
    """Half width 0.3 m, centre of mass 0.6 m high: moments about the edge, m a h = m g w, so a = 9.81 / 2."""
    stands, direction = balance(block(0.6), STILL, 0.0), np.array([np.cos(turn), np.sin(turn)])
    assert stands.point == pytest.approx([0.0, 0.0]) and stands.lever == pytest.approx(0.6 / G)
    hardest = square(0.3).largest_deceleration(stands, direction, 0.0)
    assert hardest == pytest.approx(G * 0.3 / 0.6)
    assert square(0.3).margin(stands.under(-hardest * direction)) == pytest.approx(0.0, abs=1e-12)
    assert stands.under(-hardest * direction) == pytest.approx(0.3 * direction, abs=1e-12)


def test_a_margin_and_a_mass_off_the_middle_by_hand():
    """0.1 m ahead of the middle with 0.05 m to keep: 0.3 - 0.1 - 0.05 = 0.15 m; backwards 0.35 m."""
    stands = balance(block(0.5, (0.1, 0.0)), STILL, 0.0)
    forward, backward = np.array([1.0, 0.0]), np.array([-1.0, 0.0])
    assert square(0.3).margin(stands.point) == pytest.approx(0.2)
    assert square(0.3).largest_deceleration(stands, forward, 0.05) == pytest.approx(G * 0.15 / 0.5)
    assert square(0.3).largest_deceleration(stands, backward, 0.05) == pytest.approx(G * 0.35 / 0.5)


def test_the_ground_is_where_it_is_said_to_be():
    """A base frame 0.1 m above the ground."""
    assert balance(block(0.5), STILL, -0.1).lever == pytest.approx(0.6 / G)


def test_a_light_block_stands_as_a_heavy_one():
    light = Masses(np.array([0.05]), np.array([[0.1, 0.2, 0.5]]), np.zeros(1, dtype=int))
    assert balance(light, STILL, 0.0).point == pytest.approx([0.1, 0.2])


def test_a_block_on_a_slope_tips_at_its_half_width_over_its_height():
    """Downhill along x: it stands while tan(slope) < 0.3 / 0.6."""
    for slope, stable in ((np.arctan(0.5) - 0.01, True), (np.arctan(0.5) + 0.01, False)):
        down = (G * np.sin(slope), 0.0, -G * np.cos(slope))
        margin = square(0.3).margin(balance(block(0.6), STILL, 0.0, down).point)
        assert (margin > 0) == stable


def test_what_is_beyond_its_margin_may_brake_only_the_other_way():
    """0.28 m ahead of the middle, 0.05 m to keep: forward motion must not be braked at all, backward may be."""
    stands = balance(block(0.5, (0.28, 0.0)), STILL, 0.0)
    assert square(0.3).largest_deceleration(stands, np.array([1.0, 0.0]), 0.05) == 0.0
    backward = square(0.3).largest_deceleration(stands, np.array([-1.0, 0.0]), 0.05)
    assert backward == pytest.approx(G * 0.53 / 0.5)
    assert square(0.3).margin(np.array([0.4, 0.0])) == pytest.approx(-0.1)


def test_falling_freely_it_presses_nowhere_and_no_braking_is_allowed():
    falling = balance(block(0.5), np.array([[0.0, 0.0, -G]]), 0.0)
    assert np.isnan(falling.point).all()
    assert not square(0.3).margin(falling.point) > 0
    assert not square(0.3).largest_deceleration(falling, np.array([1.0, 0.0]), 0.0) > 0


@pytest.mark.parametrize(
    "contacts", [[[0, 0], [1, 1], [2, 2]], [[0, 0], [1, 0]], [[0, 0]], [[1, 1], [1, 1], [1, 1], [0, 1]]]
)
def test_nothing_stands_on_a_line(contacts):
    with pytest.raises(ValueError, match="lie on a line"):
        Support(np.array(contacts, dtype=float))


def bears(contacts, of, moved):
    """Whether forces that only push up at the contacts can hold the masses: force and moments in balance.

    Friction is at ground level, so of it no moment about the contacts' plane depends.
    """
    force = of.mass[:, None] * (moved - np.array([0.0, 0.0, -G]))
    moments = np.cross(of.points, force).sum(axis=0)[:2]
    rows = np.stack([np.ones(len(contacts)), contacts[:, 1], -contacts[:, 0]])
    needed = np.array([force[:, 2].sum(), *moments])
    return linprog(np.zeros(len(contacts)), A_eq=rows, b_eq=needed, bounds=(0, None)).success


@some
@given(seed=seeds)
def test_the_hardest_braking_is_the_last_that_the_ground_can_bear(seed):
    rng = np.random.default_rng(seed)
    contacts = rng.uniform(-0.4, 0.4, (rng.integers(3, 7), 2))
    points = np.column_stack([rng.uniform(-0.5, 0.5, (4, 2)), rng.uniform(0.05, 1.5, 4)])
    of = Masses(rng.uniform(0.5, 30.0, 4), points, np.zeros(4, dtype=int))
    arm, turn = rng.normal(size=(4, 3)), rng.uniform(-3, 3)
    stands, support = balance(of, arm, 0.0), Support(contacts)
    direction = np.array([np.cos(turn), np.sin(turn)])
    assert bears(contacts, of, arm) == (support.margin(stands.point) > 0)
    if support.margin(stands.point) <= 0:
        return
    hardest = support.largest_deceleration(stands, direction, 0.0)
    for share in (0.5, 0.999, 1.001, 2.0):
        braking = np.array([*(-share * hardest * direction), 0.0])
        assert bears(contacts, of, arm + braking) == (share < 1)
        assert (support.margin(stands.under(braking[:2])) > 0) == (share < 1)
        stands_so = balance(of, arm + braking, 0.0).point
        assert stands_so == pytest.approx(stands.under(braking[:2]), abs=1e-9)


@some
@given(seed=seeds)
def test_a_hull_is_what_its_contacts_hold(seed):
    """Of a point inside, no mixture leaves; corners inside the others count for nothing; the order is free."""
    rng = np.random.default_rng(seed)
    contacts = rng.uniform(-1, 1, (8, 2))
    support = Support(contacts)
    inside = rng.dirichlet(np.full(8, 0.3), 200) @ contacts
    assert (support.margin(inside) >= -1e-12).all()
    assert (support.margin(contacts) <= 1e-12).sum() == len(support.offsets)
    assert np.linalg.norm(support.normals, axis=1) == pytest.approx(np.ones(len(support.offsets)))
    shuffled = Support(np.concatenate([contacts, inside[:5]])[rng.permutation(13)])
    points = rng.uniform(-1.5, 1.5, (50, 2))
    assert shuffled.margin(points) == pytest.approx(support.margin(points), abs=1e-12)


def test_an_arm_that_swings_shifts_the_point_by_hand():
    """The shoulder turned up by 2 rad/s2: 2 m/s2 at 2 kg, 3.6 m/s2 at 3 kg, sideways, 0.7 m above the ground.

    The whole of 10 kg: -0.7 (2 * 2 + 3 * 3.6) / (10 * 9.81) = -0.10560 m along y.
    """
    at = posture(load_text(TWO_LINKS), np.zeros(2))
    of = whole_body(at, 5.0, np.array([0.0, 0.0, -0.2]))
    moved = accelerations(at, of, np.array([2.0, 0.0]))
    assert moved == pytest.approx(np.array([[0.0, 0, 0], [0, 2.0, 0], [0, 3.6, 0]]))
    found = balance(of, moved, -0.7)
    assert found.point == pytest.approx([0.74, -0.7 * 14.8 / 98.1])
    assert found.lever == pytest.approx((5 * 0.5 + 5 * 0.7) / 98.1)

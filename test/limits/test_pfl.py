"""PFL: cases worked by hand from the energy balance, and two masses and a spring in steps of time.

The cases have the form of the papers, and round numbers of our own: they are no worked example of a standard.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatro_governor.limits.pfl import CLAMPED, contact_speed, peak_force, robot_mass

some = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_two_equal_masses_by_hand():
    """m_R = m_H = 4 kg, k = 20 000 N/m, F_max = 100 N.

    1/mu = 1/4 + 1/4, mu = 2. v = 100 / sqrt(2 * 20 000) = 100 / 200 = 0.5 m/s.
    Energy: mu v^2 / 2 = 0.25 J; F^2 / (2 k) = 10 000 / 40 000 = 0.25 J.
    """
    assert contact_speed(100.0, 20_000.0, 4.0, 4.0) == pytest.approx(0.5, abs=1e-12)
    assert peak_force(0.5, 20_000.0, 4.0, 4.0) == pytest.approx(100.0, abs=1e-9)


def test_a_clamped_body_part_by_hand():
    """m_H infinite: mu = m_R = 4 kg, v = 100 / sqrt(4 * 20 000) = 0.35355 m/s, less by the root of 2."""
    assert contact_speed(100.0, 20_000.0, 4.0, CLAMPED) == pytest.approx(0.5 / np.sqrt(2))
    assert peak_force(0.5 / np.sqrt(2), 20_000.0, 4.0, CLAMPED) == pytest.approx(100.0)


def test_a_light_hand_and_a_heavy_arm_by_hand():
    """m_R = 9 kg, m_H = 1.125 kg, k = 40 000 N/m, F_max = 60 N: mu = 1 kg, v = 60 / 200 = 0.3 m/s."""
    assert contact_speed(60.0, 40_000.0, 9.0, 1.125) == pytest.approx(0.3)


def test_an_arm_that_cannot_give_way():
    """At a singularity the robot's mass is infinite: mu = m_H. Nor does a clamped part: no speed is slow enough."""
    assert contact_speed(100.0, 20_000.0, np.inf, 2.0) == pytest.approx(0.5)
    assert contact_speed(100.0, 20_000.0, np.inf, CLAMPED) == 0.0
    assert peak_force(0.1, 20_000.0, np.inf, CLAMPED) == np.inf


def test_an_arm_without_its_rotors_is_taken_three_times():
    """2 kg of links: 6 kg at the contact, and 1 kg carried, which has no rotor."""
    assert robot_mass(2.0, 1.0, rotors_known=False) == pytest.approx(7.0)
    assert robot_mass(np.array([2.0, np.inf]), 1.0, rotors_known=True) == pytest.approx([3.0, np.inf])


def test_contacts_and_body_parts_broadcast():
    force, stiffness, body = np.array([60.0, 100.0]), np.array([40_000.0, 20_000.0]), np.array([1.0, CLAMPED])
    robot = np.array([[2.0], [9.0], [np.inf]])
    table = contact_speed(force, stiffness, robot, body)
    assert table.shape == (3, 2)
    for p in range(3):
        for z in range(2):
            one = contact_speed(force[z], stiffness[z], robot[p, 0], body[z])
            assert table[p, z] == pytest.approx(float(one))


def simulated_peak(speed, stiffness, robot, body):
    """Largest force between two masses that meet at ``speed``, by the method of Runge and Kutta (RK4)."""
    mobility = np.array([1 / robot, 1 / body])
    step = 2e-3 * np.sqrt(1 / (mobility.sum() * stiffness))

    def rate(state):
        force = stiffness * max(state[0] - state[1], 0.0)
        return np.array([state[2], state[3], -force * mobility[0], force * mobility[1]])

    state, peak = np.array([0.0, 0.0, speed, 0.0]), 0.0
    while state[2] > state[3]:  # they still come together
        a = rate(state)
        b = rate(state + step / 2 * a)
        c = rate(state + step / 2 * b)
        d = rate(state + step * c)
        state = state + step / 6 * (a + 2 * b + 2 * c + d)
        peak = max(peak, stiffness * (state[0] - state[1]))
    return peak


@some
@given(
    force=st.floats(20.0, 500.0),
    stiffness=st.floats(5e3, 1e5),
    robot=st.floats(0.5, 30.0),
    body=st.one_of(st.floats(0.5, 75.0), st.just(CLAMPED)),
)
def test_the_spring_is_pressed_with_that_force_and_no_more(force, stiffness, robot, body):
    speed = float(contact_speed(force, stiffness, robot, body))
    peak = simulated_peak(speed, stiffness, robot, body)
    assert peak == pytest.approx(force, rel=1e-3)
    assert peak_force(speed, stiffness, robot, body) == pytest.approx(peak, rel=1e-3)

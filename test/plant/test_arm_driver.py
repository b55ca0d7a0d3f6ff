"""The arm's driver on its own: references are smooth, and a change of mode is no jolt."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.plant.arm_driver import ArmDriver, GripperDriver, TrajectoryPoint
from iatro_governor.plant.arm_model import DOF, JOINTS, READY, ArmSpec, GripperSpec

ARM = ArmSpec()
HOME = np.array(READY)
STILL = np.zeros(DOF)


def servo_torque(driver: ArmDriver, t: float, q: np.ndarray, dq: np.ndarray) -> np.ndarray:
    """What the motors give beside gravity: the driver's control and the servo's own terms."""
    order = driver.step(t, 0.001, q, dq)
    assert order.servo
    return np.asarray(order.control - np.asarray(ARM.stiffness) * q - np.asarray(ARM.damping) * dq)


def test_the_servo_takes_over_where_torques_have_left_the_arm() -> None:
    driver = ArmDriver(ARM, HOME.copy())
    driver.command(0.0, "joint_effort", [0.0] * 7, HOME, STILL)
    moved, moving = HOME + 0.4, np.full(DOF, 0.3)
    assert not driver.step(0.1, 0.001, moved, moving).servo
    jolt = servo_torque(driver, 0.3, moved, moving)  # the stream is dead by now
    assert np.abs(jolt) == pytest.approx(
        np.zeros(DOF), abs=12.0
    )  # braking at the acceleration limit, no spring
    assert np.all(jolt <= 0.5)


def test_a_blocked_arm_is_not_wound_up_further_than_its_torque() -> None:
    driver = ArmDriver(ARM, HOME.copy())
    for k in range(2000):
        driver.command(0.001 * k, "joint_velocity", [1.0] * 7, HOME, STILL)
        driver.step(0.001 * k, 0.001, HOME, STILL)
    ahead = np.asarray(ARM.stiffness) * (driver.reference - HOME)
    assert ahead == pytest.approx(1.5 * np.asarray(ARM.torque))


def test_a_trajectorys_speed_is_the_slope_of_its_positions() -> None:
    ends = [
        TrajectoryPoint(0.4, tuple(HOME + 0.02), (0.1,) * 7),
        TrajectoryPoint(0.9, tuple(HOME + 0.1), (0.05,) * 7),
    ]
    driver, q, dt = ArmDriver(ARM, HOME.copy()), HOME.copy(), 0.001
    driver.trajectory(0.0, ends, JOINTS, q, STILL)
    worst = 0.0
    for k in range(1200):
        before = driver.reference.copy()
        driver.step(k * dt, dt, q, driver.speed)
        q = driver.reference.copy()  # an arm that follows at once
        worst = max(worst, float(np.abs((q - before) / dt - driver.speed).max()))
        if k == 400:
            assert q == pytest.approx(HOME + 0.02, abs=0.003)
        if k == 650:  # between the knots, by the cubic through them
            assert q == pytest.approx(HOME + 0.06 + 0.5 / 8 * (0.1 - 0.05), abs=0.002)
            assert driver.speed == pytest.approx(np.full(DOF, 1.5 * 0.08 / 0.5 - (0.1 + 0.05) / 4), abs=0.01)
    assert worst < 1e-9
    assert q == pytest.approx(HOME + 0.1, abs=1e-3) and np.abs(driver.speed).max() < 1e-3


def test_without_velocities_the_way_between_points_is_straight() -> None:
    driver, q = ArmDriver(ARM, HOME.copy()), HOME.copy()
    driver.trajectory(
        0.0, [TrajectoryPoint(0.0, tuple(HOME)), TrajectoryPoint(2.0, tuple(HOME + 0.4))], JOINTS, q, STILL
    )
    for k in range(1000):
        driver.step(0.001 * k, 0.001, q, driver.speed)
        q = driver.reference.copy()
    assert q == pytest.approx(HOME + 0.2, abs=0.005) and driver.speed == pytest.approx(
        np.full(DOF, 0.2), abs=0.002
    )


def test_the_gripper_moves_at_its_own_speed_and_keeps_to_what_it_can() -> None:
    driver = GripperDriver(GripperSpec(), 0.08, 0.08, 70.0)
    driver.command([-1.0, 500.0])
    assert driver.force == 70.0
    for _ in range(400):
        driver.step(0.001)
    assert driver.width == pytest.approx(0.04)
    for _ in range(600):
        driver.step(0.001)
    assert driver.width == 0.0

"""The simulated base moves, brakes, turns and sees as its numbers say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from iatro_governor.errors import ScenarioError
from iatro_governor.plant import BaseSpec, Box, LidarSpec, OdometrySpec, Person, Plant, Start, World

EMPTY = World("empty")
ROOM = World(
    "room",
    walls=(Box("east", (4.1, 0.0), (0.2, 8.0)), Box("north", (0.0, 3.1), (8.4, 0.2))),
    shelves=(Box("turned", (-2.0, -2.0), (1.0, 0.4), yaw=0.5),),
    people=(Person("walker", ((2.0, -1.5), (3.0, -1.5)), 1.0, pace_spread=0.1),),
)


def drive(plant: Plant, speed: float, turn: float, seconds: float) -> None:
    for _ in range(round(seconds / 0.05)):
        plant.command([speed, 0.0, 0.0, 0.0, 0.0, turn])
        plant.step(0.05)


def test_drives_straight_at_the_commanded_speed() -> None:
    plant = Plant(EMPTY)
    drive(plant, 0.8, 0.0, 2.0)
    before = plant.truth()
    drive(plant, 0.8, 0.0, 1.0)
    after = plant.truth()
    assert after.twist[0] == pytest.approx(0.8, rel=0.01)
    assert after.pose[0] - before.pose[0] == pytest.approx(0.8, rel=0.01)
    assert abs(after.pose[1]) < 0.005 and abs(after.pose[2]) < 0.005


def test_drives_along_its_heading_and_not_along_x() -> None:
    plant = Plant(EMPTY, start=Start(1.0, -2.0, math.pi / 2))
    drive(plant, 0.5, 0.0, 2.0)
    x, y, yaw = plant.truth().pose
    assert x == pytest.approx(1.0, abs=0.005) and y > -1.3 and yaw == pytest.approx(math.pi / 2, abs=0.005)


@pytest.mark.parametrize("turn", [1.0, -1.0])
def test_turns_in_place(turn: float) -> None:
    plant = Plant(EMPTY)
    drive(plant, 0.0, turn, 1.0)
    truth = plant.truth()
    assert truth.twist[2] == pytest.approx(turn, rel=0.02)
    assert math.hypot(*truth.pose[:2]) < 0.01
    lost = 0.5 / BaseSpec().turn_acceleration + 0.05  # rad of ramp and lag
    assert truth.pose[2] * math.copysign(1.0, turn) == pytest.approx(1.0 - lost, abs=0.06)


def test_drives_a_circle_of_the_right_radius() -> None:
    plant = Plant(EMPTY)
    drive(plant, 0.5, 0.5, 4.0 * math.pi + 1.0)
    points = []
    for _ in range(12):
        drive(plant, 0.5, 0.5, 1.05)
        points.append(plant.truth().pose[:2])
    spread = np.array(points)
    assert np.ptp(spread, axis=0) == pytest.approx([2.0, 2.0], abs=0.08)


def test_stops_within_the_distance_of_its_brakes_and_lag() -> None:
    spec = BaseSpec()
    plant = Plant(EMPTY)
    drive(plant, 1.0, 0.0, 2.0)
    begin = plant.truth()
    drive(plant, 0.0, 0.0, 1.5)
    end = plant.truth()
    braking = begin.twist[0] ** 2 / (2 * spec.deceleration)
    assert abs(end.twist[0]) < 1e-3
    assert braking < end.pose[0] - begin.pose[0] < braking + 0.08 * begin.twist[0]


def test_accelerates_no_harder_than_it_can() -> None:
    plant, speeds = Plant(EMPTY), []
    for _ in range(100):
        plant.command([1.4, 0.0, 0.0, 0.0, 0.0, 0.0])
        plant.step(0.01)
        speeds.append(plant.truth().twist[0])
    assert np.max(np.diff(speeds)) / 0.01 < BaseSpec().acceleration * 1.1


def test_motors_lag_behind_the_command() -> None:
    """The speed follows the ramp by the lag of its motors, some tens of milliseconds."""
    plant = Plant(EMPTY)
    plant.command([1.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    plant.step(0.3)
    lag = 0.3 - plant.truth().twist[0] / BaseSpec().acceleration
    assert 0.025 < lag < 0.06


def test_speeds_beyond_the_hardware_are_not_reached() -> None:
    plant = Plant(EMPTY)
    drive(plant, 9.0, 0.0, 3.0)
    assert plant.truth().twist[0] == pytest.approx(BaseSpec().max_speed, rel=0.02)


def test_a_silent_planner_is_stopped_by_the_watchdog_and_not_before() -> None:
    plant = Plant(EMPTY)
    drive(plant, 0.5, 0.0, 1.0)
    plant.step(0.4)
    assert plant.truth().twist[0] == pytest.approx(0.5, rel=0.02)
    plant.step(0.8)
    assert abs(plant.truth().twist[0]) < 1e-3


@pytest.mark.parametrize(
    "values", [[0.1] * 5, [math.nan, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, math.inf], [[0.1] * 6]]
)
def test_a_command_the_driver_cannot_read_is_refused(values: list[float]) -> None:
    with pytest.raises(ScenarioError, match="six finite numbers"):
        Plant(EMPTY).command(values)


@pytest.mark.parametrize("dt", [0.005, -0.01, 0.0123])
def test_steps_are_whole_control_periods(dt: float) -> None:
    with pytest.raises(ScenarioError, match="multiples"):
        Plant(EMPTY).step(dt)


def test_the_lidar_measures_walls_where_they_are() -> None:
    plant = Plant(ROOM, lidar=LidarSpec(noise=0.0), start=Start(0.5, 0.25, 0.0))
    scan = plant.scan()
    assert len(scan.ranges) == 360 and scan.angle_min == -math.pi
    bearing = scan.angle_min + scan.angle_increment * np.arange(360)
    on_east = np.abs(bearing) < 0.4
    assert scan.ranges[on_east] == pytest.approx(3.5 / np.cos(bearing[on_east]), abs=0.003)
    on_north = np.abs(bearing - math.pi / 2) < 0.4
    assert scan.ranges[on_north] == pytest.approx(2.75 / np.sin(bearing[on_north]), abs=0.003)


def test_the_lidar_turns_with_the_robot_and_sees_people() -> None:
    plant = Plant(ROOM, lidar=LidarSpec(noise=0.0), start=Start(2.0, 0.0, -math.pi / 2))
    ahead = plant.scan().ranges[180]
    assert ahead == pytest.approx(1.5 - ROOM.people[0].radius, abs=0.005)


def test_the_lidar_does_not_see_the_robot_and_reports_nothing_as_infinite() -> None:
    scan = Plant(EMPTY).scan()
    assert np.all(np.isposinf(scan.ranges))


def test_what_is_beyond_the_range_is_not_seen() -> None:
    far = World("far", walls=(Box("wall", (12.6, 0.0), (1.0, 4.0)),))
    assert np.isposinf(Plant(far).scan().ranges[180])
    near = World("near", walls=(Box("wall", (12.4, 0.0), (1.0, 4.0)),))
    assert Plant(near, lidar=LidarSpec(noise=0.0)).scan().ranges[180] == pytest.approx(11.9, abs=1e-3)


def test_lidar_noise_has_the_stated_size() -> None:
    plant = Plant(World("one", walls=(Box("wall", (2.0, 0.0), (0.2, 2.0)),)), lidar=LidarSpec(noise=0.02))
    ahead = []
    for _ in range(400):
        ahead.append(plant.scan().ranges[180])
    assert np.mean(ahead) == pytest.approx(1.9, abs=0.005)
    assert np.std(ahead) == pytest.approx(0.02, rel=0.15)


def test_odometry_follows_the_truth_and_reads_zero_at_rest() -> None:
    plant = Plant(EMPTY, start=Start(1.0, 2.0, 0.3))
    at_rest = plant.odom()
    assert np.abs(at_rest.twist).max() < 1e-4
    drive(plant, 0.5, 0.3, 2.0)
    odom, truth = plant.odom(), plant.truth()
    assert odom.pose[:2] == pytest.approx(truth.pose[:2], abs=1e-9)
    assert 2 * math.atan2(odom.pose[5], odom.pose[6]) == pytest.approx(truth.pose[2], abs=1e-9)
    assert odom.twist[0] == pytest.approx(truth.twist[0], rel=0.05)


def test_odometry_drifts_when_asked_to() -> None:
    plant = Plant(EMPTY, seed=3, odometry=OdometrySpec(drift=0.05))
    for _ in range(100):
        drive(plant, 0.8, 0.0, 0.05)
        plant.odom()
    assert np.linalg.norm(plant.odom().pose[:2] - plant.truth().pose[:2]) > 0.01


def run(seed: int) -> bytes:
    plant, seen = Plant(ROOM, seed=seed), []
    for k in range(60):
        drive(plant, 0.4, 0.4 * math.sin(k / 5), 0.05)
        odom = plant.odom()
        seen += [
            plant.scan().ranges,
            odom.pose,
            odom.twist,
            plant.truth().pose,
            *map(np.array, plant.truth().people.values()),
        ]
    return b"".join(part.tobytes() for part in seen)


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not() -> None:
    assert run(5) == run(5)
    assert run(5) != run(6)

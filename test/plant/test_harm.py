"""Harm is judged from what truly happened, and not where the robot is the one that is run into."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.errors import ScenarioError
from iatro_governor.plant import Box, Harm, Person, Plant, Start, World, Zone
from iatro_governor.plant.world import signed_distance

SQUARE = ((1.0, -0.5), (2.0, -0.5), (2.0, 0.5), (1.0, 0.5))


def drive(plant: Plant, speed: float, seconds: float, turn: float = 0.0) -> tuple[Harm, ...]:
    for _ in range(round(seconds / 0.05)):
        plant.command([speed, 0.0, 0.0, 0.0, 0.0, turn])
        plant.step(0.05)
    return plant.harms()


def shelf_world() -> World:
    return World("shelf", shelves=(Box("shelf", (1.5, 0.0), (0.6, 1.0)),))


def test_driving_into_a_shelf_is_a_collision_with_its_energy() -> None:
    (harm,) = drive(Plant(shelf_world()), 0.8, 3.0)
    assert harm.key == ("collision", "shelf", "base")
    assert harm.speed == pytest.approx(0.8, rel=0.03)
    assert harm.severity == pytest.approx(0.5 * 60.0 * 0.8**2, rel=0.06) and harm.unit == "J"
    # 1.0 m to go at up to 0.8 m/s, after the ramp
    assert harm.t == pytest.approx(1.0 / 0.8 + 0.5 * 0.8 / 1.5, abs=0.1)


def test_stopping_short_of_the_shelf_and_turning_before_it_is_none() -> None:
    plant = Plant(shelf_world())
    drive(plant, 0.5, 1.6)
    drive(plant, 0.0, 1.0)
    assert 0.0 < 1.2 - 0.2 - plant.truth().pose[0] < 0.35
    assert drive(plant, 0.0, 2.0, turn=1.0) == ()


def test_leaning_on_a_shelf_slowly_is_no_collision() -> None:
    assert drive(Plant(shelf_world(), start=Start(0.995)), 0.01, 2.0) == ()


def test_the_same_shelf_twice_is_one_harm_counted_twice() -> None:
    plant = Plant(shelf_world())
    drive(plant, 0.8, 2.0)
    drive(plant, -0.4, 2.0)
    (harm,) = drive(plant, 0.4, 3.0)
    assert harm.count == 2 and harm.severity > 15.0


def person_world(*path: tuple[float, float], starts_at: float = 0.0) -> World:
    return World("person", people=(Person("ann", path, 1.0, starts_at, loop=False, manners="oblivious"),))


def test_driving_into_a_standing_person_is_the_robots_harm() -> None:
    (harm,) = drive(Plant(person_world((1.2, 0.0))), 0.6, 3.0)
    assert harm.key == ("person_contact", "ann", "base")
    reduced = 75.0 * 60.0 / 135.0
    assert harm.severity == pytest.approx(0.5 * reduced * 0.6**2, rel=0.1)


def test_a_person_who_walks_into_a_standing_robot_is_not_its_harm() -> None:
    plant = Plant(person_world((2.0, 0.0), (-2.0, 0.0)))
    assert drive(plant, 0.0, 5.0) == ()
    x, y = plant.truth().people["ann"]
    assert np.hypot(x, y) < 0.45  # they do touch


def test_a_person_who_walks_into_a_turning_robot_is_not_its_harm() -> None:
    assert drive(Plant(person_world((2.0, 0.0), (-2.0, 0.0))), 0.0, 4.0, turn=1.0) == ()


def test_a_person_who_catches_up_with_a_leaving_robot_is_not_its_harm() -> None:
    plant = Plant(person_world((-1.5, 0.0), (4.0, 0.0)))
    assert drive(plant, 0.3, 5.0) == ()
    assert plant.truth().pose[0] - plant.truth().people["ann"][0] < 0.45


def test_driving_on_into_a_person_who_had_walked_up_is_the_robots_harm() -> None:
    plant = Plant(person_world((1.0, 0.0), (-2.0, 0.0)))
    assert drive(plant, 0.0, 3.0) == ()
    assert [harm.kind for harm in drive(plant, 0.5, 2.0)] == ["person_contact"]


def slow_world(limit: float = 0.3) -> World:
    return World("slow", zones=(Zone("aisle", "slow", SQUARE, limit),))


def test_too_fast_in_a_slow_zone_is_harm_by_how_much() -> None:
    plant = Plant(slow_world())
    (harm,) = drive(plant, 0.7, 3.0)
    assert harm.key == ("overspeed_in_zone", "aisle", "base")
    assert harm.severity == pytest.approx(0.4, abs=0.02) and harm.unit == "m/s"
    assert plant.peak_speeds()["aisle"] == pytest.approx(0.7, abs=0.02)


def test_within_the_limit_or_outside_the_zone_is_none() -> None:
    assert drive(Plant(slow_world()), 0.3, 8.0) == ()
    beside = Plant(slow_world(), start=Start(0.0, 0.75))
    assert drive(beside, 0.9, 3.0) == () and beside.peak_speeds()["aisle"] == 0.0


def test_the_edge_of_the_body_in_a_keep_out_zone_is_harm() -> None:
    world = World("bay", zones=(Zone("bay", "keep_out", SQUARE),))
    outside = Plant(world, start=Start(0.0, 0.72))
    assert drive(outside, 0.5, 4.0) == ()
    grazing = Plant(world, start=Start(0.0, 0.65))
    (harm,) = drive(grazing, 0.5, 4.0)
    assert harm.key == ("keep_out", "bay", "base")
    assert harm.severity == pytest.approx(0.05, abs=0.01) and harm.unit == "m"


def test_names_must_differ_because_harms_are_keyed_by_them() -> None:
    with pytest.raises(ScenarioError, match="shelf"):
        World("twice", shelves=(Box("shelf", (0, 0), (1, 1)),), people=(Person("shelf", ((3.0, 0.0),)),))


@pytest.mark.parametrize("turned", [SQUARE, SQUARE[::-1]])
@pytest.mark.parametrize(
    ("point", "distance"),
    [
        ((1.5, 0.0), -0.5),
        ((1.1, 0.0), -0.1),
        ((0.0, 0.0), 1.0),
        ((2.3, 0.9), 0.5),
        ((1.5, -0.7), 0.2),
        ((3.0, 0.5), 1.0),
    ],
)
def test_signed_distance(
    turned: tuple[tuple[float, float], ...], point: tuple[float, float], distance: float
) -> None:
    assert signed_distance(np.array(turned), np.array(point)) == pytest.approx(distance)


def test_signed_distance_in_a_notch_is_outside() -> None:
    notch = np.array([[0, 0], [4, 0], [4, 3], [3, 3], [3, 1], [1, 1], [1, 3], [0, 3]], dtype=float)
    assert signed_distance(notch, np.array([2.0, 2.0])) == pytest.approx(1.0)
    assert signed_distance(notch, np.array([3.5, 2.0])) == pytest.approx(-0.5)

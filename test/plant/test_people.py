"""People walk where they were told to, and mind the robot as their manners say."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.plant import Person, Plant, Start, World
from iatro_governor.plant.world import Manners


def walk(person: Person, start: Start, seconds: float) -> np.ndarray:
    plant, track = Plant(World("hall", people=(person,)), start=start), []
    for _ in range(round(seconds / 0.05)):
        plant.step(0.05)
        track.append(plant.truth().people[person.name])
    return np.array(track)


AWAY = Start(-9.0, -9.0)


def test_walks_at_the_given_speed_from_waypoint_to_waypoint() -> None:
    track = walk(Person("ann", ((0.0, 0.0), (6.0, 0.0)), 1.2, loop=False), AWAY, 9.0)
    middle = track[40:60]
    assert np.diff(middle[:, 0]).mean() / 0.05 == pytest.approx(1.2, rel=0.03)
    assert track[-1] == pytest.approx([6.0, 0.0], abs=0.15)


def test_a_loop_goes_back_and_a_start_time_is_waited_for() -> None:
    track = walk(Person("ann", ((0.0, 0.0), (1.0, 0.0)), 1.0, starts_at=1.0), AWAY, 6.0)
    assert np.abs(track[:19]).max() < 1e-3
    there = int(np.argmax(track[:60, 0] > 0.9))
    assert there > 20 and track[there:, 0].min() < 0.2


def test_one_waypoint_is_a_stand() -> None:
    assert np.abs(walk(Person("ann", ((0.0, 0.0),)), AWAY, 2.0)).max() < 1e-6


@pytest.mark.parametrize(("manners", "passes"), [("oblivious", False), ("stops", False), ("avoids", True)])
def test_manners_in_front_of_a_standing_robot(manners: Manners, passes: bool) -> None:
    track = walk(
        Person("ann", ((0.0, 0.05), (4.0, 0.05)), 1.0, manners=manners, loop=False), Start(2.0, 0.0), 9.0
    )
    gaps = np.linalg.norm(track - [2.0, 0.0], axis=1) - 0.4
    assert (track[-1, 0] > 3.0) == passes
    assert (gaps.min() > 0.05) == (manners != "oblivious")

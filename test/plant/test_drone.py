"""The simulated body in the air: how it follows, what it hits, and what falls on whom."""

from __future__ import annotations

import pytest

from iatro_governor.plant.drone import Drone
from iatro_governor.plant.drone_world import DroneWorld, Fence, Solid, Walking

TOWER = Solid("tower", ((4.0, -1.0), (5.0, -1.0), (5.0, 1.0), (4.0, 1.0)), 8.0)


def flown(world, twist, seconds=4.0, start=(0.0, 0.0, 4.0, 0.0), seed=0):
    drone = Drone(world, seed, start)
    for _ in range(round(seconds / 0.02)):
        drone.command((*twist, 0.0, 0.0, 0.0))
        drone.step(0.02)
    return drone


def test_it_flies_as_it_is_told_and_harms_nobody():
    drone = flown(DroneWorld("field"), (1.0, 0.0, 0.0))
    assert drone.place[0] == pytest.approx(4.0, abs=0.6) and drone.place[2] == pytest.approx(4.0, abs=0.4)
    assert drone.flies and drone.harms() == ()


def test_twins_share_their_gusts():
    fast, slow = flown(DroneWorld("field"), (2.0, 0.0, 0.0)), flown(DroneWorld("field"), (1.0, 0.0, 0.0))
    assert fast.place[1] == slow.place[1]
    assert flown(DroneWorld("field"), (1.0, 0.0, 0.0), seed=1).place[1] != slow.place[1]


def test_a_tower_ends_its_flight_with_the_energy_that_it_had():
    drone = flown(DroneWorld("field", (TOWER,)), (2.0, 0.0, 0.0), 6.0)
    (harm,) = drone.harms()
    assert harm.kind == "crash" and harm.severity == pytest.approx(0.5 * 1.5 * 2.0**2, rel=0.3)
    assert not drone.flies and drone.place[2] < 0.5


def test_who_stands_under_a_crash_is_hit_by_its_fall():
    world = DroneWorld("field", (TOWER,), (Walking("ann", ((3.6, 0.0),)),))
    kinds = {harm.kind for harm in flown(world, (2.0, 0.0, 0.0)).harms()}
    assert {"crash", "fall_on_person"} <= kinds


def test_a_person_is_hit_at_head_height_and_flown_over_above():
    world = DroneWorld("field", people=(Walking("ann", ((3.0, 0.0),)),))
    low = flown(world, (2.0, 0.0, 0.0), start=(0.0, 0.0, 1.5, 0.0)).harms()
    high = flown(world, (2.0, 0.0, 0.0)).harms()
    assert [harm.kind for harm in low] == ["flying_contact"] and [h.kind for h in high] == ["over_people"]


def test_the_fence_is_left_by_as_much_as_it_flies_on():
    fence = Fence(((-2.0, -2.0), (2.0, -2.0), (2.0, 2.0), (-2.0, 2.0)), 0.0, 9.0)
    (harm,) = flown(DroneWorld("field", fence=fence), (1.0, 0.0, 0.0)).harms()
    assert harm.kind == "fence_breach" and harm.severity == pytest.approx(2.0, abs=0.6)


def test_with_no_thrust_to_spare_a_steep_lean_sinks():
    held = flown(DroneWorld("field", lift=1.5), (4.0, 0.0, 0.0), 1.0).place[2]
    assert flown(DroneWorld("field", lift=1.005), (4.0, 0.0, 0.0), 1.0).place[2] < held - 0.02

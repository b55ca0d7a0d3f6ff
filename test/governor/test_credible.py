"""Finite numbers without sense: a fault of their source, as NaN is, and no overflow anywhere after it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.localisation import deviations
from iatro_governor.errors import EventError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import State
from iatro_governor.governor.events import Bodies, Body, Event, MapPose, Odom, Scan
from iatro_governor.profile.load import Profile
from test.governor.profiles import amr
from test.governor.room import Room
from test.governor.test_map import AMCL
from test.governor.test_separation import TRACKER

HUGE = (1e30, 1.7e308)
HERE = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)


def at(values: tuple[float, ...], place: int, value: float) -> np.ndarray:
    return np.array([*values[:place], value, *values[place + 1 :]])


def odom(t: float, place: int, value: float) -> Event:
    """Numbers 0 to 2 of the pose, then the six of the twist."""
    pose = at(HERE, place, value) if place < 3 else np.array(HERE)
    twist = at((0.0,) * 6, place - 3, value) if place >= 3 else np.zeros(6)
    return Odom(t, "odom", pose, twist, t)


def person(t: float, place: int, value: float) -> Event:
    where, way = ((value, 0.0, 0.0), (0.0, 0.0, 0.0)) if place == 0 else ((2.0, 0.0, 0.0), (0.0, value, 0.0))
    return Bodies(t, "people", "odom", (Body("ann", np.array(where), np.array(way)),), t)


def map_pose(t: float, place: int, value: float) -> Event:
    return MapPose(t, "amcl", at(HERE, place, value), None, (0.1, 0.1), t)


def scan(t: float, place: int, value: float) -> Event:
    return Scan(t, "lidar", np.full(360, 11.0), value, 2 * math.pi / 360, 0.05, 12.0, t)


@pytest.fixture(scope="module")
def profile(tmp_path_factory: Any) -> Profile:
    return amr(tmp_path_factory.mktemp("profile"), sources={"people": TRACKER, "amcl": AMCL})


def sound(t: float) -> list[Event]:
    return [person(t, 0, 4.0), map_pose(t, 0, 0.0)]


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("value", HUGE)
@pytest.mark.parametrize(
    ("spoilt", "place"),
    [*((odom, n) for n in range(9)), (person, 0), (person, 1), (map_pose, 0), (map_pose, 1), (scan, 0)],
)
def test_it_is_garbled_and_stops(
    profile: Profile, spoilt: Callable[[float, int, float], Event], place: int, value: float, sign: float
) -> None:
    made = Room(profile)
    for _ in range(4):
        made.tell(*sound(made.t))
        made.go(0.1, command=0.1)
    assert made.last.state is State.NOMINAL
    with pytest.raises(EventError, match="allowed"):
        made.tell(spoilt(made.t, place, sign * value))
    made.go(0.02, command=0.2)
    assert made.faults == {"sensor_malformed"} and made.last.state is State.CONTROLLED_STOP


@pytest.mark.parametrize("value", HUGE)
def test_so_is_the_first_pose_in_the_map(profile: Profile, value: float) -> None:
    """There is no other one yet that it could be held against."""
    made = Room(profile)
    made.go(0.02)
    with pytest.raises(EventError, match=r"pose .* are allowed"):
        made.tell(map_pose(made.t, 0, value))


def test_places_on_earth_are_none_of_these(profile: Profile) -> None:
    """A localiser may tell a base's place by its northing, and a body may be told to be a planet away."""
    made = Room(profile)
    for _ in range(4):
        northing = MapPose(made.t, "amcl", at(HERE, 1, 9_999_000.0), None, (0.1, 0.1), made.t)
        made.tell(person(made.t, 0, 6.0e6), northing)
        made.go(0.1, command=0.1)
    assert made.last.state is State.NOMINAL and not made.faults


def test_a_covariance_of_anything_finite_is_a_deviation() -> None:
    assert deviations(np.diag([1.7e308] * 6)) == pytest.approx((np.sqrt(1.7e308),) * 2)


@pytest.mark.parametrize("beyond", [False, True])
@pytest.mark.parametrize(
    ("what", "most"), [("pose", 2e7), ("twist", 1e3)], ids=["a place on Earth", "the fastest there is"]
)
def test_the_very_largest_is_told_and_half_a_unit_more_is_garbled(
    profile: Profile, what: str, most: float, beyond: bool
) -> None:
    """Whichever of the numbers it is, and of whichever sign."""
    made, value = Governor(profile), -(most + 0.5 * beyond)
    pose, twist = (
        (at(HERE, 1, value), np.zeros(6)) if what == "pose" else (np.array(HERE), at((0.0,) * 6, 1, value))
    )
    if not beyond:
        made.handle(Odom(0.0, "odom", pose, twist, 0.0))
        return
    told = rf"{what} \[0, {value:.4g}, 0.*; finite numbers of at most {most:g} are allowed".replace(
        "+", r"\+"
    )
    with pytest.raises(EventError, match=told):
        made.handle(Odom(0.0, "odom", pose, twist, 0.0))

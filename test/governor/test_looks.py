"""Whom a tracker sees, and what of the space that sensors see is the robot itself."""

from __future__ import annotations

import math

import numpy as np

from iatro_governor.governor.events import Bodies, Body
from iatro_governor.governor.looks import own_body, people_in
from iatro_governor.profile.robot import Robot
from iatro_governor.profile.sources import BodiesSource

TRACKER = {"type": "bodies", "topic": "people", "timeout_s": 0.5, "radius": 0.375, "source": "a test"}
ANN = Body("ann", np.array([1.0, 2.0, 3.0]), np.array([0.25, -0.5, 0.125]), "hand")
BOB = Body("bob", np.array([5.0, 7.0, 9.0]), np.array([0.5, 0.75, -1.5]), "tail")


def seen(*bodies, **changes):
    tracker = BodiesSource.model_validate(TRACKER | changes)
    return people_in(Bodies(8.0, "people", "odom", bodies, 7.5), tracker)


def test_people_are_told_as_of_the_moment_of_the_data():
    told = seen(ANN, BOB)
    assert (told.age_s, told.radius, told.ids, told.regions) == (0.0, 0.375, ("ann", "bob"), ("hand", "tail"))
    assert told.positions.tolist() == [[1.0, 2.0, 3.0], [5.0, 7.0, 9.0]]
    assert told.velocities.tolist() == [[0.25, -0.5, 0.125], [0.5, 0.75, -1.5]]


def test_a_region_that_the_tracker_is_not_known_to_tell_is_none():
    assert seen(ANN, BOB, regions=["hand", "head"]).regions == ("hand", None)


def test_nobody_is_nobody_as_of_the_moment_of_the_data():
    told = seen()
    assert (told.age_s, told.radius, told.ids, told.regions) == (0.0, 0.375, (), ())
    assert told.positions.shape == told.velocities.shape == (0, 3)


def test_a_robot_fills_its_footprint_at_its_height_or_at_every_height_where_that_is_not_known():
    """A disc of 0.25 m: its middle is inside, what is beside it is not, nor what is above it."""
    robot = Robot.model_validate(
        {"name": "it", "footprint": {"circle": {"radius": 0.25}}, "footprint_source": "a test"}
    )
    low = robot.model_copy(update={"height": (0.125, 0.75)})
    points = np.array([[0.0, 0.0, 0.5], [0.0, 0.0, 0.0], [0.5, 99.0, 0.5]])
    assert own_body(low).height == (0.125, 0.75) and own_body(robot).height == (-math.inf, math.inf)
    assert own_body(low).holds(points, 0.0).tolist() == [True, False, False]
    assert own_body(robot).holds(points, 0.0).tolist() == [True, True, False]
    assert own_body(robot.model_copy(update={"footprint": None})).footprint is None

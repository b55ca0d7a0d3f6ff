"""What a limit is tried with: each component, both ways, from rest and at that speed already."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from iatro_governor.limits.trip import beyond_each, each_way


def scene(name):
    """Of five components; the same moment with another output is told by name and output."""
    return SimpleNamespace(anchor=np.ones(5), standing=lambda anchor: (name, anchor.tolist()))


def unit(component, size):
    return (size * np.eye(5)[component]).tolist()


def test_each_component_is_tried_both_ways_in_three_sizes_in_every_scene():
    trips = list(each_way([scene("here"), scene("there")], slice(2, 4)))
    still = [0.0] * 5
    expected = [
        ((name, stands), command)
        for size in (0.5, 2.0, 100.0)
        for component in (2, 3)
        for command in (unit(component, size), unit(component, -size))
        for name in ("here", "there")
        for stands in (command, still)
    ]
    assert [(trip.situation, trip.command.tolist()) for trip in trips] == expected


def test_each_bound_is_broken_by_twice_of_it_from_rest():
    challenges = list(beyond_each(scene("here"), slice(1, 3), [0.7, 30.0, 9.0]))
    assert {one.face for one in challenges} == {"cap"}
    trips = [trip for one in challenges for trip in one.trips]
    assert len(trips) == len(challenges) == 4
    assert [trip.command.tolist() for trip in trips] == [
        unit(1, 1.4), unit(1, -1.4), unit(2, 60.0), unit(2, -60.0)
    ]  # fmt: skip
    assert all(trip.situation == ("here", [0.0] * 5) for trip in trips)

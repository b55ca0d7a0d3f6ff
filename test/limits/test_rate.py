"""Acceleration and deceleration: which components an axis has, and what the self-test tries."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from test.limits.situations import make

SCENE = SimpleNamespace(anchor=np.zeros(5), place=lambda _: slice(1, 4), standing=lambda output: output)
"""A base whose three components are those from the second on; a situation is told as what stands."""


@pytest.mark.parametrize(
    ("count", "linear", "angular"), [(3, [0, 1], [2]), (4, [0, 1, 2], [3]), (6, [0, 1, 2], [3, 4, 5])]
)
def test_the_ways_come_first_and_then_the_turns(count, linear, angular):
    for axis, components in (("linear", linear), ("angular", angular)):
        rule: Any = make("acceleration", axis=axis)
        assert list(rule.components(count)) == components


def test_a_bound_is_in_the_unit_of_its_axis_and_shapes_steps_alone():
    ways, turns = (make("deceleration", axis=axis, bound=0.7) for axis in ("linear", "angular"))
    assert (ways.row_unit, turns.row_unit) == ("m/s2", "rad/s2") and ways.bound == 0.7
    assert ways.idle(None, None) and ways.faces == ("rate",)


@pytest.mark.parametrize("kind", ["acceleration", "deceleration"])
def test_the_self_test_steps_a_seconds_worth_each_way(kind):
    challenges = list(make(kind, axis="linear", bound=0.7).trips([SCENE, None]))
    trips = [(trip.situation.tolist(), trip.command.tolist()) for one in challenges for trip in one.trips]
    moved = [[0, 0.7, 0, 0, 0], [0, -0.7, 0, 0, 0], [0, 0, 0.7, 0, 0], [0, 0, -0.7, 0, 0]]
    rest = [0.0] * 5
    assert trips == [(rest, one) if kind == "acceleration" else (one, rest) for one in moved]
    assert {one.face for one in challenges} == {"rate"}

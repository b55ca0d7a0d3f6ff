"""Each different candidate is looked at once, and all that are the same share what was found."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.governor.tried import Tried

POOR, FAR = object(), object()
"""Stand for two limits."""


def looking(seen: list[np.ndarray]):
    """Lets pass what is at most 0.5; one limit refuses what is more, another what is more than 0.8."""

    def look(outputs):
        seen.append(outputs)
        size = outputs[:, 0]
        return size <= 0.5, [(POOR, size <= 0.5), (FAR, size <= 0.8)]

    return look


def test_what_shaping_makes_the_same_is_looked_at_once():
    outputs = np.minimum(np.arange(9.0)[:, None] / 8, 0.6) * np.array([1.0, -1.0])
    outputs[6:] += 1e-16
    seen: list[np.ndarray] = []
    tried = Tried(outputs, looking(seen))
    assert tried.distinct == 6
    assert tried.clear(range(9)) == (outputs[:, 0] <= 0.5).tolist()
    assert tried.clear(range(9)) == (outputs[:, 0] <= 0.5).tolist()
    assert [len(each) for each in seen] == [6]
    assert tried.blocked(range(9)) == [POOR]
    assert tried.blocked(range(4)) == []


def test_only_what_is_asked_for_and_new_is_looked_at():
    seen: list[np.ndarray] = []
    tried = Tried(np.arange(9.0)[:, None] / 8, looking(seen))
    assert tried.clear([0, 4, 8]) == [True, True, False]
    assert tried.blocked([0, 4, 8]) == [POOR, FAR]
    assert tried.clear([3, 4, 5]) == [True, True, False]
    assert [each[:, 0].tolist() for each in seen] == [[0.0, 0.5, 1.0], [0.375, 0.625]]


@pytest.mark.parametrize("broken", [0, 3])
def test_what_is_no_number_is_the_same_as_nothing(broken):
    outputs = np.zeros((5, 2))
    outputs[broken] = np.nan

    def look(those):
        return np.isfinite(those).all(axis=1), []

    assert Tried(outputs, look).clear(range(5)) == [row != broken for row in range(5)]


def test_outputs_are_one_to_a_millionth_of_a_millionth():
    tried = Tried(np.array([[0.0, 0.0], [0.0, 1e-12], [0.0, 3e-12]]), looking([]))
    assert tried.distinct == 2 and tried.outputs.tolist() == [[0.0, 0.0], [0.0, 3e-12]]

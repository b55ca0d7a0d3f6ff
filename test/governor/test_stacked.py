"""Stops of several components at once, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.governor.stacked import AtOnce, Brakes, HalvesBrakes, StackedBrakes

EACH = Brakes(np.array([2.0, 4.0]))
HALVES = HalvesBrakes(2.0, 0.5)
GROUP = StackedBrakes(
    [(slice(0, 2), EACH), (slice(3, 4), Brakes(np.array([5.0])))], [(slice(2, 3), Brakes(np.array([8.0])))]
)
"""Components 0, 1 and 3 move together, 2 does not."""


def many(*outputs):
    """As (k, 1, n), so that no axis can be taken for another."""
    return np.array(outputs, dtype=float)[:, None]


def test_the_slowest_component_says_when_all_are_at_rest():
    """0.6 / 2 = 0.3 s against 0.4 / 4; 0.2 / 2 against 1.4 / 4 = 0.35 s."""
    assert EACH.time(many([0.6, 0.4], [-0.2, -1.4], [0.0, 0.0])) == pytest.approx(
        np.array([[0.3], [0.35], [0.0]])
    )


def test_all_components_lose_the_same_share():
    """0.12 of 0.3 s are two fifths."""
    assert EACH.ramp(np.array([0.6, -0.4]), 0.12) == pytest.approx([0.36, -0.24])


def test_of_each_half_the_length_falls():
    """0.5 / 2 = 0.25 s of three and four tenths against 0.06 / 0.5 = 0.12 s; 0.1 / 2 against 0.26 / 0.5 = 0.52 s."""
    first, second = [0.3, -0.4, 0.0, 0.0, 0.0, 0.06], [0.0, 0.1, 0.0, 0.1, -0.24, 0.0]
    assert HALVES.time(many(first, second, [0.0] * 6)) == pytest.approx(np.array([[0.25], [0.52], [0.0]]))
    assert HALVES.ramp(np.array(first), 0.1) == pytest.approx(np.array(first) * 0.6)
    assert HALVES.ramp(np.array(second), 0.13) == pytest.approx(np.array(second) * 0.75)


def test_a_stop_that_is_one_step_takes_no_time():
    outputs = many([0.6, 0.4], [0.2, 1.4], [3.0, 0.0])
    assert AtOnce().time(outputs).tolist() == [[0.0], [0.0], [0.0]]
    assert AtOnce().ramp(np.array([0.6, 0.4]), 0.1).tolist() == [0.0, 0.0]


def test_what_moves_together_waits_for_the_slowest_and_the_rest_does_not():
    """0.3 s for the first two, 0.5 s for the last; alone 0.4 of 8 a second, 0.05 s."""
    anchor = np.array([0.6, 0.4, 0.4, 2.5])
    assert GROUP.time(many(anchor, [0.6, 2.4, 8.0, 1.0])) == pytest.approx(np.array([[0.5], [0.6]]))
    assert GROUP.ramp(anchor, 0.02) == pytest.approx([0.576, 0.384, 0.24, 2.4])
    assert GROUP.ramp(anchor, 0.2).tolist() == pytest.approx([0.36, 0.24, 0.0, 1.5])


def test_nothing_that_moves_together_is_at_rest_at_once():
    alone = StackedBrakes([], [(slice(0, 2), EACH)])
    assert alone.time(many([0.6, 0.4], [0.2, 1.4])).tolist() == [[0.0], [0.0]]
    assert alone.ramp(np.array([0.6, -0.4]), 0.12) == pytest.approx([0.36, -0.24])


@pytest.mark.parametrize(
    ("brakes", "size"),
    [
        (Brakes(np.ones(6)), 6),
        (HalvesBrakes(1.0, 1.0), 6),
        (StackedBrakes([(slice(0, 6), Brakes(np.ones(6)))], []), 6),
    ],
    ids=["each", "halves", "group"],
)
def test_a_picosecond_from_rest_is_rest_and_is_exact(brakes, size):
    """By rounding a stop may take that much longer than it should."""
    for left in (1e-12, 5e-13):
        assert brakes.ramp(left * np.eye(size)[1], 0.0).tolist() == [0.0] * size
        assert brakes.ramp(left * np.eye(size)[4], 0.0).tolist() == [0.0] * size
    assert brakes.ramp(2e-12 * np.eye(size)[1], 0.0)[1] == pytest.approx(2e-12)

"""A path that rests is looked at: what is wrong is what is told of its samples, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.body.path import JointPath, JointState, Knots
from iatro_governor.body.path_bounds import JointBounds
from iatro_governor.governor.inspection import inspect
from iatro_governor.governor.offence import Reading

TIMES = np.array([0.0, 0.5, 1.0, 1.5, 2.0])
ONE = np.ones(1)
WIDE = JointBounds(("a",), -3 * ONE, 3 * ONE, ONE, ONE, ONE, 0.1)
AT = np.array([0.25])
RESTS = JointPath.through(
    Knots.cubic(np.array([0.0, 2.0]), np.array([AT, AT]), np.zeros((2, 1))), JointState(AT, np.zeros(1))
)


def gap(name, *metres):
    """A clearance at each of ``TIMES``, of which 0.3 m are needed."""
    return Reading(name, "m", np.array(metres), np.full(5, 0.3), at_least=True)


FAST = Reading("fast", "m/s", np.array([0.1, 0.4, 0.1, 0.1, 0.1]), np.full(5, 0.1), speed=True)


def test_a_path_is_barred_where_the_first_limit_is_broken_that_slowing_down_does_not_cure():
    """At 1 s, two samples from its end before it at 0.5 s all is well, for 0.1 m/s is a quarter of 0.4 m/s."""
    readings = [gap("late", 0.5, 0.5, 0.5, 0.5, 0.1), gap("soon", 0.5, 0.5, 0.2, 0.5, 0.5), FAST]
    found = inspect(RESTS, TIMES, WIDE, lambda places: readings)
    assert [(one.limit, one.time, one.slows) for one in found.offences] == [
        ("fast", 0.5, True),
        ("soon", 1.0, False),
        ("late", 2.0, False),
    ]
    assert found.barred == 1.0 and found.good == 1
    assert found.paces == pytest.approx([1.0, 0.25, 1.0, 1.0, 1.0])


def test_where_nothing_bars_a_path_it_is_good_to_its_last_sample():
    found = inspect(RESTS, TIMES, WIDE, lambda places: [FAST])
    assert found.barred is None and found.good == 4

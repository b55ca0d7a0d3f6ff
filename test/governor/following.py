"""Two joints on a straight way at 1 and 0.5 rad/s, from (0, 0) at 11 s to (2, 1) at 13 s.

A controlled stop brakes the first joint by 1 rad/s2, which takes a second and half a radian; a protective one by 4,
which takes a quarter and an eighth.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from iatro_governor.body.path import JointState
from iatro_governor.governor.events import Command, Knot
from iatro_governor.governor.execution import Execution, Following
from test.body.paths import through

BEGAN, LAG, PERIOD = 11.0, 0.25, 0.0625
PATH = through([0.0, 2.0], [[0.0, 0.0], [2.0, 1.0]])
POINTS = (Knot(0.0, (0.0, 0.0)), Knot(2.0, (2.0, 1.0)))
COMMAND = Command(BEGAN, "arm", (2.0, 1.0), BEGAN)
HOW = Following(
    ("shoulder", "elbow"),
    {"controlled": np.array([1.0, 2.0]), "protective": np.array([4.0, 8.0])},
    np.array([0.25, 0.5]),
    LAG,
    PERIOD,
)


def begun(**how: Any) -> Execution:
    it = Execution(replace(HOW, **how))
    it.begin(BEGAN, PATH, POINTS, COMMAND)
    return it


def joints(a: float, b: float, va: float = 0.0, vb: float = 0.0) -> JointState:
    return JointState(np.array([a, b]), np.array([va, vb]))


def on_it(since: float) -> JointState:
    """Just where the path has the joints."""
    return joints(since, since / 2, 1.0, 0.5)

"""A base, an arm and a lift without a model, each with a delay of its own, and what was published for them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from iatro_governor.body.drive import Drive
from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Braking
from iatro_governor.governor.flights import Flights
from iatro_governor.governor.outputs import Outputs

DELAYS = {"base": 0.3, "arm": 0.2, "lift": 0.1}
PLACES = {"base": slice(0, 3), "arm": slice(3, 5), "lift": slice(5, 6)}
JOINTS = {"base": [0, 1, 2], "arm": [3, 4], "lift": [5]}
AGES = np.array([0.02, 0.02, 0.02, 0.03, 0.05, 0.04])
"""Of each joint: the arm's is that of its second one."""
NO_LEVERS = np.zeros((6, 1))
REST = [0.0] * 6
STEADY = [0.5, 0.1, -0.2, 0.4, -0.3, 0.25]


class Slowing:
    """Brings every component to rest by ``rate`` per second."""

    def __init__(self, rate: float) -> None:
        self._rate = rate

    def time(self, outputs: Array) -> Array:
        time: Array = np.abs(outputs).max(axis=-1) / self._rate
        return time


def chart(size: int, delay_s: float, lead: Any = None, rate: float = 0.6) -> Any:
    config = SimpleNamespace(actuator_delay_s=delay_s)
    return SimpleNamespace(size=size, config=config, lead=lead, controlled=Slowing(rate))


def body(
    *names: str, levers: Array = NO_LEVERS, base: str = "base", joints: Any = None, leads: Any = None
) -> Flights:
    """A base, an arm of two joints and a lift, or some of them; ``leads``: channels of set-points."""
    names = names or tuple(DELAYS)
    sizes = {"base": 3, "arm": 2, "lift": 1}
    charts = {name: chart(sizes[name], DELAYS[name], (leads or {}).get(name)) for name in names}
    own = {name: np.array(joint, dtype=np.int64) for name, joint in (joints or JOINTS).items()}
    return Flights(charts, PLACES, own, levers, base)


def published(*moves: tuple[float, list[float]]) -> Outputs:
    """Each of ``moves`` (6,) from its time on, s."""
    outputs = Outputs(6, 0.3, 9.0)
    for t, move in moves:
        outputs.publish(t, np.array(move), 0.01)
    return outputs


def straight(start: Any = 0.0, matrix: Any = None) -> Drive:
    """Every component moves its joint."""
    matrix = np.eye(6) if matrix is None else matrix
    return Drive(matrix, np.zeros(6) + start, np.full(6, np.inf), Braking(1.0, 1.0), 3)

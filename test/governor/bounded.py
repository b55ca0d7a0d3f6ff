"""An arm of two components and a lift of one, without a body, and limits of a test's own on their components."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from iatro_governor.governor.admissible import Admissible
from iatro_governor.governor.resolve import Resolution
from iatro_governor.governor.stepping import Rates
from iatro_governor.limits.limit import Cap, excess

PERIOD = 0.1
SIZE = 3


@dataclass
class Bound:
    """At most ``bound`` of the sum of the magnitudes of ``components``; where it ``keeps``, any less is not clear."""

    components: list[int]
    bound: float
    keeps: bool = False
    foresees: bool = False
    config: Any = field(default_factory=lambda: SimpleNamespace(name="bound"))

    def _value(self, u: np.ndarray) -> Any:
        return np.abs(u[..., self.components]).sum(axis=-1)

    def cap(self, command: np.ndarray, situation: Any) -> Cap | None:
        if self.keeps:
            return None
        value = float(self._value(command))
        scale = 1.0 if value <= self.bound else self.bound / value
        return Cap(scale, value, self.bound, excess(float(self._value(situation.anchor)), self.bound))

    def clear(self, outputs: np.ndarray, situation: Any, tolerance: float = 0.0) -> Any:
        return self._value(outputs) <= self.bound + tolerance if self.keeps else None


class Situation:
    """Ways are the outputs themselves, and there is one view."""

    def __init__(self, anchor: np.ndarray) -> None:
        self.anchor = anchor

    def views(self, outputs: np.ndarray) -> list[Situation]:
        return [self]

    def roll_out(self, outputs: np.ndarray) -> np.ndarray:
        return outputs

    def fastest(self, output: np.ndarray) -> float:
        return float(np.abs(output).max())


class Nothing:
    """No trajectory goes on."""

    going: Any = ()

    def fill(self, outputs: np.ndarray) -> np.ndarray:
        return outputs

    def unshaped(self, steps: np.ndarray, targets: np.ndarray) -> np.ndarray:
        return steps

    def beside(self, whole: Resolution, *_: Any) -> Resolution:
        return whole


def member(name: str, place: slice, parts: Any = (), freeze_s: float = 0.0) -> Any:
    config = SimpleNamespace(freeze_s=freeze_s, trapped_s=9.0)
    size = place.stop - place.start
    chart = SimpleNamespace(
        config=config, creeps=np.eye(size), parts=lambda wanted: [np.array(part) for part in parts]
    )
    return SimpleNamespace(name=name, place=place, chart=chart)


def admissible(stands: list[float], limits: Any = (), **changes: Any) -> Admissible:
    """An arm of two components and a lift of one, by 2 and 4 a second faster and slower, the last by 1."""
    lift = member("lift", slice(2, 3), freeze_s=changes.get("freeze_s", 0.0))
    members = changes.get("members") or [member("arm", slice(0, 2)), lift]
    rates = Rates(
        np.array([2.0, 2.0, 1.0]), np.array([4.0, 4.0, 1.0]), changes.get("jerk", np.full(SIZE, np.inf)), ()
    )
    outputs: Any = SimpleNamespace(
        standing=np.array(stands), pace=np.array(changes.get("pace", [0.0] * SIZE))
    )
    body: Any = SimpleNamespace(relevant=lambda limits, situation, wanted: limits)
    going = changes.get("trajectories", Nothing())
    smooth = "jerk" in changes
    return Admissible(
        members, SIZE, list(limits), body, outputs, rates, going, PERIOD, changes.get("projector"), smooth
    )


def towards(made: Admissible, target: list[float], *limits: Any, dt: float = PERIOD) -> np.ndarray:
    """The next output where ``target`` is all that is wanted."""
    situation, wanted = Situation(made._outputs.standing), np.array(target)
    caps = [(limit, cap) for limit in limits if (cap := limit.cap(wanted, situation)) is not None]
    return made.next(Resolution(1.0, wanted, caps), situation, list(limits), dt)

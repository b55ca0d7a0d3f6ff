"""Limits that are nothing but what they let pass, and moments that are nothing but what stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from iatro_governor.limits.limit import Cap

COMMAND = np.array([1.0, 0.0, 0.0])
Passes = Callable[[np.ndarray, Any], np.ndarray | None]


class Moment:
    """What is known of a body: the output that stands, and other views of the same moment."""

    def __init__(self, others: Sequence[Any] = (), anchor: np.ndarray = COMMAND) -> None:
        self.anchor, self.others = anchor, others

    def views(self, _outputs: np.ndarray) -> tuple[Any, ...]:
        return (self, *self.others)

    def roll_out(self, outputs: np.ndarray) -> Any:
        return SimpleNamespace(outputs=outputs, view=self)


class Stub:
    """A limit that caps at ``scale``, and lets pass what ``passes`` says; ``asked``: of which outputs it was asked."""

    foresees = False

    def __init__(
        self, name: str = "it", passes: Passes | None = None, scale: float | None = None, excess: float = 0.0
    ) -> None:
        self.config, self.keeps = SimpleNamespace(name=name), passes is not None
        self._passes, self._scale, self._excess = passes, scale, excess
        self.asked: list[np.ndarray] = []
        self.spans: list[Any] = []
        self.tolerances = set[float]()
        self.is_idle = False

    def cap(self, _command: np.ndarray, _view: Any) -> Cap | None:
        return None if self._scale is None else Cap(self._scale, 1.0, self._scale, self._excess)

    def clear(self, ways: Any, view: Any, tolerance: float = 0.0) -> np.ndarray | None:
        self.asked.append(ways.outputs)
        self.tolerances.add(tolerance)
        return None if self._passes is None else self._passes(ways.outputs, view)

    def idle(self, _view: Any, span: Any) -> bool:
        self.spans.append(span)
        return self.is_idle


def up_to(most: float) -> Passes:
    """Speeds up to ``most``."""
    return lambda outputs, _view: outputs[:, 0] <= most


def but(least: float, most: float) -> Passes:
    """All but what lies between these speeds."""
    return lambda outputs, _view: (outputs[:, 0] < least) | (outputs[:, 0] > most)

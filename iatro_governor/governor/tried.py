"""Outputs that were looked at: rate shaping makes many candidates the same, and each is looked at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.planar import Array
from iatro_governor.limits.limit import Limit

SAME = 1e-12
"""Outputs that differ by no more in any component are one: it is how shaping rounds."""

Verdicts = tuple[NDArray[np.bool_], list[Limit[Any]]]
"""Which outputs (c,) are clear, and the limits that refused one of them."""


class Tried:
    """What ``look`` finds of outputs (c, n). An arm that brakes is left with three of thirteen: half the time."""

    def __init__(self, look: Callable[[Array], Verdicts]) -> None:
        self._look = look
        self._outputs: Array | None = None
        self._clear: NDArray[np.bool_] = np.zeros(0, dtype=bool)

    def __call__(self, outputs: Array) -> Verdicts:
        """Which of ``outputs`` are clear; the limits are those that refused one that was new."""
        known = outputs if self._outputs is None else np.concatenate([self._outputs, outputs])
        old = len(known) - len(outputs)
        own = np.arange(old, len(known))
        alike = np.abs(outputs[:, None] - known).max(axis=-1) <= SAME
        alike[own - old, own] = True
        same = alike.argmax(axis=1)
        new = np.flatnonzero(same == own)
        clear = np.concatenate([self._clear, np.zeros(len(outputs), dtype=bool)])
        blocked: list[Limit[Any]] = []
        if new.size:
            clear[old + new], blocked = self._look(outputs[new])
        clear[old:] = clear[same]
        self._outputs, self._clear = known, clear
        return clear[old:], blocked

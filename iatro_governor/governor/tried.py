"""Candidates that were looked at: rate shaping makes many of them the same, and each is looked at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.planar import Array
from iatro_governor.limits.limit import Limit

SAME = 1e-12
"""Outputs that differ by no more in any component are one: it is how shaping rounds."""

Refusals = list[tuple[Limit[Any], NDArray[np.bool_]]]
"""Limits that refused an output, and which outputs (c,) they let pass."""
Look = Callable[[Array], tuple[NDArray[np.bool_], Refusals]]
"""Which outputs (c, n) are clear, and who refused the others."""


class Tried:
    """What ``look`` finds of ``outputs`` (c, n), the candidates in order of their scale."""

    def __init__(self, outputs: Array, look: Look) -> None:
        self._look = look
        self._kinds, self._firsts = _kinds(outputs)
        self.outputs: Array = outputs[self._firsts]
        """Those that differ (d, n)."""
        self._clear: dict[int, bool] = {}
        self._refused: list[tuple[Limit[Any], set[int]]] = []

    @property
    def distinct(self) -> int:
        """How many differ."""
        return len(self._firsts)

    def clear(self, rows: Sequence[int]) -> list[bool]:
        """Whether each of the candidates ``rows`` is clear."""
        kinds = [self._kinds[row] for row in rows]
        if new := sorted(set(kinds) - self._clear.keys()):
            clear, refusals = self._look(self.outputs if len(new) == self.distinct else self.outputs[new])
            self._clear.update(zip(new, clear.tolist(), strict=True))
            for limit, passed in refusals:
                refused = {kind for kind, good in zip(new, passed.tolist(), strict=True) if not good}
                self._refused.append((limit, refused))
        return [self._clear[kind] for kind in kinds]

    def blocked(self, rows: Sequence[int]) -> list[Limit[Any]]:
        """The limits that refused any of the candidates ``rows``, which were looked at together."""
        kinds = {self._kinds[row] for row in rows}
        return [limit for limit, refused in self._refused if refused & kinds]


def _kinds(outputs: Array) -> tuple[list[int], list[int]]:
    """Which of the distinct outputs each is, and where each of these comes first."""
    apart = np.abs(outputs[1:] - outputs[:-1]).max(axis=1)
    kinds, firsts = [0], [0]
    for row, same in enumerate((apart <= SAME).tolist(), start=1):
        if not same:
            firsts.append(row)
        kinds.append(len(firsts) - 1)
    return kinds, firsts

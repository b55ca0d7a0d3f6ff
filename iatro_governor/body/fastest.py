"""The fastest point of some capsules, and how fast it can have become since it was looked at."""

from __future__ import annotations

import numpy as np

from iatro_governor.body.kinematics import Posture
from iatro_governor.body.model import ArmModel, Indices
from iatro_governor.body.planar import Array


class Fastest:
    """Of the capsules ``which`` (k,) of ``model``; ``levers`` (m, C) as of ``body.levers``.

    A point's velocity is ``J(q) r``. For other rates r it differs by no more than the levers say. For other positions,
    a joint i turns or moves what a joint j makes of it: where i turns by ``dq``, by no more than ``|dq| |r_j|`` times
    the lever of j, and where it slides by ``|dq| |r_j|`` for each j that turns. So what was slow is known to be slow
    for some time after: 9 us a question, where the speeds themselves take 45.
    """

    def __init__(self, model: ArmModel, levers: Array, which: Indices) -> None:
        self._which = which
        self._reach: Array = levers[:, which].max(axis=1, initial=0.0)  # of nothing, nothing is fast
        gain = np.abs(model.gain)
        self._slides = model.slides
        self._turning: Array = (~model.prismatic).astype(float) @ gain
        self._sliding: Array = model.prismatic.astype(float) @ gain
        self._seen: tuple[Array, Array, Array, Array, Array] | None = None
        """A posture, rates (r, m) in it, their speeds, and as of ``_sizes``."""

    def at_most(self, rates: Array) -> Array:
        """Speeds (r,), m/s, that no posture exceeds for ``rates`` (r, m)."""
        speeds: Array = np.abs(rates) @ self._reach
        return speeds

    def exactly(self, at: Posture, rates: Array) -> Array:
        """Speeds (r,), m/s, of the fastest point for each of ``rates`` (r, m)."""
        speeds: Array = at.capsule_speeds(rates)[:, self._which].max(axis=1)
        return speeds

    def drift(self, rates: Array, way: Array) -> Array:
        """Bound (r,), m/s, on how much the speeds at ``rates`` (r, m) change while the joints move by ``way`` (m,)."""
        return self._change(*self._sizes(rates), way)

    def _sizes(self, rates: Array) -> tuple[Array, Array]:
        """What ``rates`` (r, m) come to: at their levers, and as turns."""
        size = np.abs(rates)
        return size @ self._reach, size @ self._turning

    def _change(self, pulled: Array, turned: Array, way: Array) -> Array:
        change: Array = pulled * (self._turning @ way)
        return change + turned * (self._sliding @ way) if self._slides else change

    def within(self, bound: float, at: Posture, rates: Array, way: Array) -> bool:
        """Whether no point is faster than ``bound``, m/s, for any of ``rates`` (r, m), ``at`` and ``way`` (m,) on."""
        if self._seen is not None and len(self._seen[1]) == len(rates):
            q, then, speeds, pulled, turned = self._seen
            since = speeds + np.abs(rates - then) @ self._reach
            since += self._change(pulled, turned, np.abs(at.q - q) + way)
            if since.max() <= bound:
                return True
        if self.at_most(rates).max() <= bound:  # however the links stand
            return True
        speeds = self.exactly(at, rates)
        pulled, turned = self._sizes(rates)
        self._seen = at.q, rates, speeds, pulled, turned
        return bool((speeds + self._change(pulled, turned, way)).max() <= bound)
